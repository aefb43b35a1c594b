"""What is routed as a whole: bundles from one place to one sink, or single cords of them.

Everything is sorted by what it is, never by where it stands in the caller's columns.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from twin.site.table import FloatArray, IntArray
from twin.solve.routing.contract import Contracted
from twin.solve.routing.demand import Demand

CLASSES = 8
"""Sections that trees tell apart; more are put together, each with the least of its class."""

MOST_UNITS = 2_000_000
"""Beyond so many free cords, they go by lots."""


class Items(NamedTuple):
    """Bundles of the demand (B,), and behind them its groups one by one (G,); (B + G,).

    Attributes
    ----------
    bundles
        How many bundles there are.
    group
        (G,) group at each of the later places.
    bundle
        (G,) bundle of the group at each of the later places.
    source, sink
        Nodes.
    cords, section_m2
        Cords, and their section together.
    pair, side
        -1 where there is no pair.
    sort
        Which ways they may take.
    reach_m
        Beyond which none of its cords is led round.
    """

    bundles: int
    group: IntArray
    bundle: IntArray
    source: IntArray
    sink: IntArray
    cords: IntArray
    section_m2: FloatArray
    pair: IntArray
    side: IntArray
    sort: IntArray
    reach_m: FloatArray


class Units(NamedTuple):
    """Wholes (U,), sorted by root, and the roots (R,) from which their trees grow.

    Attributes
    ----------
    item
        Row of `Items` of each.
    root
        Root of each; a root is a sink, a sort of cords and a section per cord.
    chain, slot, junction
        Where it starts: on a chain before a slot, else (chain -1) at a junction; all -1 where no
        way leads out of the dead end in which it stands.
    cords, section_m2
        How many cords it has, and their section together.
    reach_m
        Length of its way beyond which it is not led round; infinite where it is there already.
    first
        (R + 1,) first whole of each root.
    root_junction, root_section, root_sort
        (R,) junction of the sink; section per cord for which a root's prices are reckoned; sort.
    """

    item: IntArray
    root: IntArray
    chain: IntArray
    slot: IntArray
    junction: IntArray
    cords: FloatArray
    section_m2: FloatArray
    reach_m: FloatArray
    first: IntArray
    root_junction: IntArray
    root_section: FloatArray
    root_sort: IntArray


def items(demand: Demand) -> Items:
    """Put groups of one bundle, source, sink and sort together, in an order of their own.

    Examples
    --------
    >>> two = items(Demand(np.array([0, 1, 0]), np.array([9, 9, 9]), np.ones(3),
    ...                    np.array([2, 5, 3]), np.array([7, 7, 7])))
    >>> two.bundles, two.source.tolist(), two.cords.tolist(), two.group.tolist()
    (2, [0, 1, 0, 0, 1], [5, 5, 2, 3, 5], [0, 2, 1])
    """
    size = len(demand)
    section = demand.count * demand.section_m2
    if (demand.bundle < 0).all() and (demand.pair < 0).all():
        order, begins = np.arange(size), np.arange(size)
    else:
        name = np.where(demand.bundle >= 0, demand.bundle, -1 - np.arange(size))
        name[demand.pair >= 0] = -1  # one side of a pair is one bundle
        keys = (demand.sink, demand.source, demand.sort, demand.side, demand.pair, name)
        order = _sorted(demand.count, demand.section_m2, *keys)
        new = np.ones(size, np.bool_)
        new[1:] = np.any([k[order][1:] != k[order][:-1] for k in keys], axis=0)
        begins = np.flatnonzero(new)
    head = order[begins]
    cords, much, reach = demand.count, section, demand.reach_m
    if size:
        cords, much = np.add.reduceat(cords[order], begins), np.add.reduceat(much[order], begins)
        reach = np.minimum.reduceat(reach[order], begins)
    # By what they are: the names of bundles decide only between what is alike.
    source, sink, pair, side, sort = (
        c[head] for c in (demand.source, demand.sink, demand.pair, demand.side, demand.sort)
    )
    row = _sorted(pair, reach, cords, much, side, sort, source, sink)
    place = np.empty(len(row), np.int64)
    place[row] = np.arange(len(row))
    of_place = np.repeat(place, np.diff(np.append(begins, size)))
    back = np.argsort(of_place, kind="stable")
    group = order[back]

    def joined(whole: IntArray, single: IntArray) -> IntArray:
        return np.concatenate([whole[row], single[group]])

    return Items(
        len(row), group, of_place[back], joined(source, demand.source),
        joined(sink, demand.sink), joined(cords, demand.count),
        np.concatenate([much[row], section[group]]), joined(pair, demand.pair),
        joined(side, demand.side), joined(sort, demand.sort),
        np.concatenate([reach[row], demand.reach_m[group]]),
    )  # fmt: skip


def _sorted(*keys: IntArray | FloatArray) -> IntArray:
    """Sort by the last key, then by those before it."""
    telling = [k for k in keys if len(k) and (k != k[0]).any()]
    return np.lexsort(telling) if telling else np.arange(len(keys[0]))


def cut_up(found: Items, rows: IntArray, cut: IntArray) -> tuple[IntArray, IntArray]:
    """Cut some bundles into their cords.

    Parameters
    ----------
    rows
        Items that are routed now.
    cut
        Bundles among them that are to be cut.

    Returns
    -------
    rows, lots
        (n,) items that are routed then, and into how many wholes each of them falls.
    """
    single = np.isin(found.bundle, cut)
    rows = np.concatenate([rows[~np.isin(rows, cut)], found.bundles + np.flatnonzero(single)])
    lots = np.where(rows >= found.bundles, found.cords[rows], 1)
    total = int(lots.sum())
    if total > MOST_UNITS:
        lots = np.maximum(lots * MOST_UNITS // total, 1)
    return rows, lots


def units(found: Items, rows: IntArray, lots: IntArray, net: Contracted) -> Units:
    """Make wholes of some items, each in so many lots of whole cords."""
    within = np.arange(int(lots.sum())) - np.repeat(np.cumsum(lots) - lots, lots)
    rows, lots = np.repeat(rows, lots), np.repeat(lots, lots)
    cords = found.cords[rows] * (within + 1) // lots - found.cords[rows] * within // lots
    each = found.section_m2[rows] / found.cords[rows]
    sink, section, sort = net.junction[found.sink[rows]], _classes(each), found.sort[rows]
    order = _sorted(within, rows, section, sort, sink)
    rows, cords, each = rows[order], cords[order].astype(float), each[order]
    sink, section, sort = sink[order], section[order], sort[order]
    new = np.ones(len(rows), np.bool_)
    new[1:] = np.any([k[1:] != k[:-1] for k in (sink, section, sort)], axis=0)
    begins = np.flatnonzero(new)
    source = found.source[rows]
    anchor, leads = net.anchor[source], net.stub_open[sort, source]
    chain, slot, junction = (
        np.where(leads, c[anchor], -1) for c in (net.chain, net.slot, net.junction)
    )
    return Units(
        rows, np.cumsum(new) - 1, chain, slot, junction, cords, cords * each,
        found.reach_m[rows] - net.stub_m[source],
        np.append(begins, len(rows)), sink[begins], section[begins], sort[begins],
    )  # fmt: skip


def _classes(section_m2: FloatArray) -> FloatArray:
    """Section of the class of each: as it is where few differ, else the least of its class."""
    part, power = np.frexp(section_m2)
    distinct = np.unique(np.ldexp(np.round(part * 2**30), power - 30))  # nine digits count
    if len(distinct) > CLASSES:
        distinct = distinct[np.arange(CLASSES) * len(distinct) // CLASSES]
    at = np.searchsorted(distinct, section_m2 * (1 + 1e-8), side="right") - 1
    return np.asarray(distinct[np.maximum(at, 0)], dtype=float)
