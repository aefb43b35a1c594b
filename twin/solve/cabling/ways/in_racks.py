"""What cables run beside their ways: up and down at racks, in them, and at their ports."""

from __future__ import annotations

import numpy as np

from twin.arrays.trays import TrayGraph
from twin.site.table import FloatArray
from twin.solve.cabling.panels.pieces import pieces
from twin.solve.limits import adopted
from twin.solve.study import Study


def heights_m(study: Study) -> FloatArray:
    """Height at which cables leave the rack on each position, (positions,); NaN not known.

    Of the tallest rack on it; the tallest that fits where no rack's height is known.
    """
    racks = study.table("rack")
    place = study.site.rows_of("position", racks["position"])
    height = np.full(len(study.table("position")) + 1, np.nan)
    np.fmax.at(height, place, np.asarray(racks["height_m"], dtype=float))
    return np.where(np.isnan(height[:-1]), study.table("position")["height_m"], height[:-1])


def access_drop_m(study: Study, graph: TrayGraph) -> FloatArray:
    """Height between a rack's top and each tray that it reaches, (A,), up to it or down."""
    height = study(heights_m)[graph.place]
    return np.asarray(np.abs(graph.node_m[graph.access, 2] - np.nan_to_num(height)), dtype=float)


def end_m(study: Study) -> float:
    """Length of a cable at each port beside its way: the run across to the manager, and slack.

    0 of either while it is a judgement that the owner has not adopted.
    """
    return adopted(study, "side_run_m") + adopted(study, "service_length_m")


UNIT_M = 0.04445
"""Height of a rack unit, EIA-310."""


def to_top_m(study: Study) -> tuple[FloatArray, FloatArray]:
    """Run inside the rack at the lower and the upper end of each of the `pieces`, (Q,).

    From the lower edge of the unit in which a switch or panel sits to the rack's top; of what has
    no unit the longest that there can be, the rack's height. NaN not known.

    Examples
    --------
    A switch in unit 41 of a rack of 2.3 m:

    >>> round(2.3 - 40 * UNIT_M, 3)
    0.522
    """
    piece, height = study(pieces), np.append(study(heights_m), np.nan)
    ends = ((piece.place, piece.low_unit), (piece.host, piece.high_unit))
    low, high = (height[at] - np.nan_to_num(unit - 1.0) * UNIT_M for at, unit in ends)
    return np.maximum(low, 0.0), np.maximum(high, 0.0)


def along_m(study: Study, way_m: FloatArray) -> FloatArray:
    """Length of the cables of each of the `pieces` over given ways, (Q,).

    Way over the trays, and the run in the rack at each end, with what is added at its ports.
    Within one rack the run between the two units, no less than `in_rack_min_m` where the owner
    adopts it; the rack's height where a unit is not known. Cables leave a rack over its top: where
    the tray hangs above it, height and drop add up to the tray's elevation.

    Examples
    --------
    A tray at 2.8 m, 0.3 m aside of both racks' centres, 4 m along it, racks of 2.3 m:

    >>> 2.3 + (2.8 - 2.3) + 0.3 + 4.0 + 0.3 + (2.8 - 2.3) + 2.3
    10.2
    """
    piece, height = study(pieces), np.append(study(heights_m), np.nan)
    low, high = study(to_top_m)
    between = np.abs(piece.low_unit - piece.high_unit) * UNIT_M
    inside = np.where(np.isnan(between), height[piece.place], between)
    least = adopted(study, "in_rack_min_m")
    ends = 2.0 * adopted(study, "side_run_m")
    short = np.maximum(inside + ends, least) + 2.0 * adopted(study, "service_length_m")
    far = low + high + 2.0 * end_m(study)
    length = way_m + np.where(piece.place == piece.host, short, far)
    return np.where(np.isinf(way_m), np.inf, length)
