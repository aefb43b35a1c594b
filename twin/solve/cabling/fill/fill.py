"""How full a way is: cables' sections against the way's, and how high they would lie.

One formula for trays, openings, drop-outs and cable managers: sum of sections over the section that
counts. A tray at half its section looks full, since round cables that lie loose leave about as much
void as they fill; so the height of the stack is told beside the ratio.
"""

from __future__ import annotations

import numpy as np

from twin.site.table import FloatArray, IntArray

DEPTH_MAX_M = 0.15
"""Of a tray's depth no more counts (NEC 392.22 as quoted; have the code text confirmed)."""

NEAT = np.pi / (2 * np.sqrt(3))
"""Density of equal circles in hexagonal order, the greatest that there is (Thue 1890): 0.9069."""


def cable_area_m2(od_m: FloatArray) -> FloatArray:
    """Section of a round cable, pi/4 d^2.

    Examples
    --------
    A tray of 2 x 12 in takes 124.7 cables of 0.35 in at half its section:

    >>> half = 0.5 * 0.0508 * 0.3048
    >>> round(float(half / cable_area_m2(np.float64(0.35 * 0.0254))), 1)
    124.7
    """
    return np.asarray(np.pi / 4 * od_m**2)


def section_m2(width_m: FloatArray, depth_m: FloatArray) -> FloatArray:
    """(W,) section of a way that counts for fill: width times depth of at most 150 mm.

    Examples
    --------
    >>> section_m2(np.array([0.3]), np.array([0.1, 0.2])).round(4).tolist()
    [0.03, 0.045]
    """
    return np.asarray(width_m * np.minimum(depth_m, DEPTH_MAX_M))


def areas_m2(way: IntArray, od_m: FloatArray, count: FloatArray, size: int) -> FloatArray:
    """(size,) cable section in each way; NaN where a diameter of a cable in it is not known.

    Parameters
    ----------
    way
        (E,) way of each entry.
    od_m, count
        (E,) diameter, and how many cables of it lie there.
    size
        Count of ways.

    Examples
    --------
    >>> way, od = np.array([0, 0, 1]), np.array([0.008, 0.003, np.nan])
    >>> (1e6 * areas_m2(way, od, np.array([10.0, 4.0, 1.0]), 3)).round(1).tolist()
    [530.9, nan, 0.0]
    """
    return np.bincount(way, count * cable_area_m2(od_m), minlength=size).astype(float)


def sure_areas_m2(way: IntArray, od_m: FloatArray, count: FloatArray, size: int) -> FloatArray:
    """(size,) cable section of the cables whose diameter is known: at least so much lies there."""
    return areas_m2(way, np.nan_to_num(od_m), count, size)


def fits(section: FloatArray, share: FloatArray | float, od_m: FloatArray) -> FloatArray:
    """Whole cables of one diameter that a section takes at a fill.

    Examples
    --------
    A raceway of 3.22 square inches at 40 % takes 13 cables of 0.354 in:

    >>> float(fits(np.float64(3.22), 0.4, np.float64(0.354)))
    13.0
    """
    return np.floor(section * share / cable_area_m2(od_m))


def stack_m(
    area_m2: FloatArray, width_m: FloatArray, largest_m: FloatArray, packing: float
) -> FloatArray:
    """(W,) estimated height of the cables in a way: area / (packing x width).

    Cables that are thrown in leave voids: `packing` is the part of the stack that is cable. No
    stack is lower than its thickest cable, and none fits that is thicker than the way is wide.

    Parameters
    ----------
    area_m2
        (W,) sum of the cables' sections.
    width_m
        (W,) inner width.
    largest_m
        (W,) thickest cable; 0 where there is none.
    packing
        0 to 1; the profile's `packing`.

    Examples
    --------
    Half the section of a tray of 0.3 x 0.1 m, at a packing of one half, is a full tray:

    >>> round(float(stack_m(np.float64(0.015), np.float64(0.3), np.float64(0.008), 0.5)), 6)
    0.1
    """
    height = np.maximum(area_m2 / (packing * width_m), largest_m)
    return np.where(largest_m > width_m, np.inf, height)


def neat_stack_m(area_m2: FloatArray, width_m: FloatArray, largest_m: FloatArray) -> FloatArray:
    """(W,) least height of cables of one diameter: no order of them fills more than 0.9069.

    Cables of several diameters can lie a little denser; there it is a guide, not a bound.

    Examples
    --------
    A tray of 0.3 m with 0.015 m2 of cables could not be lower than 55 mm:

    >>> round(float(neat_stack_m(np.float64(0.015), np.float64(0.3), np.float64(0.008))), 3)
    0.055
    """
    return stack_m(area_m2, width_m, largest_m, NEAT)


def largest_m(way: IntArray, od_m: FloatArray, size: int) -> FloatArray:
    """(size,) diameter of the thickest cable in each way; 0 without any, NaN not known."""
    out = np.zeros(size)
    with np.errstate(invalid="ignore"):
        np.maximum.at(out, way, od_m)
    return out
