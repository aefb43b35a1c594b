"""What is routed as a whole: bundles from one place to one sink, or single cords of them.

Everything is sorted by what it is, never by where it stands in the caller's columns.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from twin.site.table import FloatArray, IntArray
from twin.solve.cabling.contract import Contracted
from twin.solve.cabling.demand import Demand

CLASSES = 8
"""Sections that trees tell apart; more are put together, each with the least of its class."""

MOST_UNITS = 2_000_000
"""Beyond so many cords, free ones go by lots."""


class Units(NamedTuple):
    """Wholes (U,), sorted by root, and the roots (R,) from which their trees grow.

    Attributes
    ----------
    bundle
        Row of `Bundles` of each.
    root
        Root of each; a root is a sink and a section per cord.
    chain, slot, junction
        Where it starts: on a chain before a slot, else (chain -1) at a junction.
    cords, section_m2
        How many cords it has, and their section together.
    first
        (R + 1,) first whole of each root.
    root_junction, root_section
        (R,) junction of the sink; section per cord for which a root's prices are reckoned.
    """

    bundle: IntArray
    root: IntArray
    chain: IntArray
    slot: IntArray
    junction: IntArray
    cords: FloatArray
    section_m2: FloatArray
    first: IntArray
    root_junction: IntArray
    root_section: FloatArray


class Bundles(NamedTuple):
    """Bundles (B,) of the demand; those of a pair apart.

    Attributes
    ----------
    of_group
        (G,) bundle of each group.
    source, sink
        Nodes.
    cords, section_m2
        Cords, and their section together.
    pair, side
        -1 where there is no pair.
    """

    of_group: IntArray
    source: IntArray
    sink: IntArray
    cords: FloatArray
    section_m2: FloatArray
    pair: IntArray
    side: IntArray


def bundles(demand: Demand) -> Bundles:
    """Put groups of the same bundle, source and sink together, in an order of their own.

    Examples
    --------
    >>> two = bundles(Demand(np.array([0, 1, 0]), np.array([9, 9, 9]), np.ones(3),
    ...                      np.array([2, 5, 3]), np.array([7, 7, 7])))
    >>> two.of_group.tolist(), two.source.tolist(), two.cords.tolist()
    ([0, 1, 0], [0, 1], [5.0, 5.0])
    """
    size = len(demand)
    name = np.where(demand.bundle >= 0, demand.bundle, -1 - np.arange(size))
    keys = (demand.side, demand.pair, name, demand.source, demand.sink)
    inner = (demand.count, demand.section_m2, *keys)
    order = np.lexsort(inner)
    new = np.ones(size, np.bool_)
    new[1:] = np.any([k[order][1:] != k[order][:-1] for k in keys], axis=0)
    begins = np.flatnonzero(new)
    count = demand.count.astype(float)
    head = order[begins]
    source, sink, pair, side = (k[head] for k in (
        demand.source, demand.sink, demand.pair, demand.side,
    ))  # fmt: skip
    cords = np.add.reduceat(count[order], begins) if size else count
    section = (
        np.add.reduceat((count * demand.section_m2)[order], begins) if size else demand.section_m2
    )
    # By what they are: the names of bundles decide only between what is alike.
    row = np.lexsort((begins, cords, section, side, source, sink))
    place = np.empty(len(row), np.int64)
    place[row] = np.arange(len(row))
    of_group = np.empty(size, np.int64)
    of_group[order] = place[np.cumsum(new) - 1]
    return Bundles(
        of_group, source[row], sink[row], cords[row], section[row], pair[row], side[row]
    )


def units(
    found: Bundles, rows: IntArray, net: Contracted, lots: IntArray | None = None
) -> Units:
    """Make wholes of some bundles.

    Parameters
    ----------
    rows
        Bundles.
    lots
        (len(rows),) into how many equal wholes each is cut; none: it stays one.
    """
    if lots is not None:
        rows = np.repeat(rows, lots)
        share = np.repeat(1.0 / lots, lots)
    else:
        share = np.ones(len(rows))
    sink = net.junction[found.sink[rows]]
    each = found.section_m2[rows] / found.cords[rows]
    section = _classes(each)
    order = np.lexsort((rows, section, sink))
    rows, share, sink, section = rows[order], share[order], sink[order], section[order]
    new = np.ones(len(rows), np.bool_)
    new[1:] = (sink[1:] != sink[:-1]) | (section[1:] != section[:-1])
    begins = np.flatnonzero(new)
    anchor = net.anchor[found.source[rows]]
    return Units(
        rows, np.cumsum(new) - 1, net.chain[anchor], net.slot[anchor], net.junction[anchor],
        found.cords[rows] * share, found.section_m2[rows] * share,
        np.append(begins, len(rows)), sink[begins], section[begins],
    )  # fmt: skip


def _classes(section_m2: FloatArray) -> FloatArray:
    """Section of the class of each: as it is where few differ, else the least of its class."""
    part, power = np.frexp(section_m2)
    distinct = np.unique(np.ldexp(np.round(part * 2**30), power - 30))  # nine digits count
    if len(distinct) > CLASSES:
        distinct = distinct[np.arange(CLASSES) * len(distinct) // CLASSES]
    at = np.searchsorted(distinct, section_m2 * (1 + 1e-8), side="right") - 1
    return np.asarray(distinct[np.maximum(at, 0)], dtype=float)
