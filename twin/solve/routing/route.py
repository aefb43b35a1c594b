"""Route cords over ways that have limits: every step in its own file, composed here.

contract    ways without a branch become one; sources cut them into slots
└▶ trees       one shortest tree per sink, no cord searched for
└▶ negotiate   prices on what overfills, until wholes go elsewhere
└▶ fit         the last of it, one whole at a time
└▶ cut_up      bundles fall into their cords where only a split fits
└▶ exact       a linear program decides what nothing else could
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from twin.errors import SolveError
from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.routing.apart import (
    Pairs,
    fill_of,
    lay,
    net_ways,
    pairs,
    shared,
    way_lengths,
)  # fmt: skip
from twin.solve.routing.contract import Contracted, Graph, contract, to_edges
from twin.solve.routing.cut import cut, narrow
from twin.solve.routing.demand import Demand, WayNet
from twin.solve.routing.exact import Program, solve
from twin.solve.routing.fit import crossing, fit, overfull
from twin.solve.routing.negotiate import (
    Laid,
    Prices,
    lengths,
    negotiate,
    refill,
    signatures,
)  # fmt: skip
from twin.solve.routing.routes import Cut, Routes, Statistics
from twin.solve.routing.trees import NOWHERE, ROUNDING_M, shortest
from twin.solve.routing.units import Items, Units, cut_up, items, units

OVER_CORDS = 1e-4
"""A linear program that leaves so much over limits, in cords, has no routing."""


@dataclass(frozen=True)
class _Stand:
    """Where everything lies at some moment; arrays of `laid` are changed in place."""

    rows: IntArray
    units: Units
    laid: Laid
    history: FloatArray


def route(net: WayNet, demand: Demand, *, free: bool = False, compare: bool = False) -> Routes:
    """Route all groups: no way over its limit where that can be, and short.

    Parameters
    ----------
    net, demand
        Ways, and what is to be laid in them.
    free
        Cords need not stay in their bundles.
    compare
        Route with free cords as well, to tell what keeping bundles whole costs.

    Examples
    --------
    Ten cords of 1 m2 over a short way for six and a long one; as one bundle only a split fits:

    >>> net = WayNet(2, np.zeros(2, int), np.ones(2, int), np.array([1.0, 3.0]),
    ...              np.array([6.0, 9.0]))
    >>> found = route(net, Demand(np.array([0]), np.array([1]), np.ones(1), np.array([10])))
    >>> found.count.tolist(), found.length_m.tolist(), found.fill_m2.tolist()
    ([6, 4], [1.0, 3.0], [6.0, 4.0])
    """
    _checked(net, demand)
    found = items(demand)
    small = contract(net, demand.source, demand.sink)
    rows, beside = _sorted_out(found, small, net.own)
    rows, lots = cut_up(found, rows, rows if free else rows[:0])
    stand = _start(found, small, rows, lots)
    none = Prices(np.zeros(small.slots), np.zeros(small.slots))
    _lay_beside(beside, stand.laid, none)
    unlimited_m = _total_m(found, small, stand, beside)
    limit = _limit(net)
    at_first = int(overfull(_fill(net, found, small, stand, beside), limit).sum())
    bound_m, rounds, exact, why, in_parts = unlimited_m, 0, False, None, False
    if overfull(stand.laid.fill_m2, small.graph.limit_m2).any():
        every = units(found, np.arange(found.bundles), np.ones(found.bundles, np.int64), small)
        laid, history, rounds = negotiate(
            small.graph, stand.units, stand.laid, *_means(every, stand.laid, small.graph),
            lambda prices: _lay_beside(beside, stand.laid, prices),
        )  # fmt: skip
        stand = replace(stand, laid=laid, history=history)
        refill(small.graph, stand.units, stand.laid)
        bound_m = _bound(found, small, every, history)
        stand = replace(stand, laid=fit(small.graph, stand.units, stand.laid, history))
        stand, why, exact, in_parts = _last(net, found, small, stand, every)
    statistics = Statistics(
        rounds, _total_m(found, small, stand, beside), unlimited_m, bound_m, np.nan, at_first,
        exact,
    )  # fmt: skip
    routes = _routes(net, demand, found, small, stand, beside, statistics)
    why = narrow(net, small, routes) or why
    in_parts &= why is None and len(routes.overfull) > 0
    routes = replace(routes, cut=why, in_parts=in_parts)
    if compare and not free:
        least = route(net, demand, free=True).statistics.length_m
        extra = max(0.0, statistics.length_m - least)  # a whole bundle is free cords, too
        routes = replace(routes, statistics=replace(statistics, whole_extra_m=extra))
    return routes


def _checked(net: WayNet, demand: Demand) -> None:
    ends = np.stack([demand.source, demand.sink])
    bad = np.flatnonzero(((ends < 0) | (ends >= net.nodes)).any(axis=0))
    if len(bad):
        node = next(n for n in ends[:, bad[0]].tolist() if not 0 <= n < net.nodes)
        raise SolveError(f"group {bad[0]} ends at node {node}; there are {net.nodes} nodes")
    bad = np.flatnonzero((demand.sort < 0) | (demand.sort >= len(net.open)))
    if len(bad):
        sort = demand.sort[bad[0]]
        raise SolveError(f"group {bad[0]} is of sort {sort}; ways know {len(net.open)} sorts")


def _sorted_out(found: Items, small: Contracted, own: IntArray) -> tuple[IntArray, Pairs]:
    """Bundles that go alone, and pairs, of which both sides are there."""
    pair, side = found.pair[: found.bundles], found.side[: found.bundles]
    one, two = (np.unique(pair[(pair >= 0) & (side == k)]) for k in (0, 1))
    both = np.isin(pair, np.intersect1d(one, two))
    rows = np.flatnonzero(both)
    wholes = units(found, rows, np.ones(len(rows), np.int64), small)
    return np.flatnonzero(~both), pairs(found, small, wholes, own)


def _lay_beside(beside: Pairs, laid: Laid, prices: Prices) -> None:
    """Lay pairs, and keep what they fill."""
    if len(beside.one):
        lay(beside, laid.fill_m2, prices)
        laid.fixed_m2[:] = fill_of(beside)


def _means(every: Units, laid: Laid, graph: Graph) -> tuple[float, float]:
    """Mean section of a cord, and mean length of its way."""
    section = float(every.section_m2.sum())
    return section / float(every.cords.sum()), float(laid.fill_m2 @ graph.length_m) / section


def _start(found: Items, small: Contracted, rows: IntArray, lots: IntArray) -> _Stand:
    """Lay everything as if there were no limits."""
    wholes = units(found, rows, lots, small)
    size, roots = len(wholes.root), len(wholes.root_junction)
    laid = Laid(
        roots, np.empty((roots, len(small.graph.arc_first) - 1), np.int32), wholes.root.copy(),
        np.empty(size, np.int8), np.zeros(small.slots), np.zeros(small.slots),
    )  # fmt: skip
    cost = np.empty(size)
    free = np.zeros(small.slots)
    shortest(
        small.graph, wholes, small.graph.length_m, free, laid.trees, laid.turn, cost, laid.fill_m2
    )
    # Who is beyond its reach on its shortest way loses nothing by going round.
    wholes = wholes._replace(
        reach_m=np.where(cost > wholes.reach_m + ROUNDING_M, np.inf, wholes.reach_m)
    )
    return _Stand(rows, wholes, laid, free)


def _bound(found: Items, small: Contracted, every: Units, history: FloatArray) -> float:
    """Lagrangian bound of the length of all ways at some prices, m."""
    graph, cost = small.graph, np.empty(len(every.root))
    trees = np.empty((len(every.root_junction), len(graph.arc_first) - 1), np.int32)
    shortest(
        graph, every, graph.length_m, history, trees, np.empty(len(cost), np.int8), cost,
        np.zeros(len(history)),
    )  # fmt: skip
    priced, there = history > 0, np.isfinite(cost)
    stub = small.stub_m[found.source[every.item]]
    return float(every.cords[there] @ (cost + stub)[there]) - float(
        history[priced] @ graph.limit_m2[priced]
    )


def _last(
    net: WayNet, found: Items, small: Contracted, stand: _Stand, every: Units
) -> tuple[_Stand, Cut | None, bool, bool]:
    """Remove what negotiation has left over limits, or say why that cannot be.

    Also whether a program was asked, and whether it found room for all cords in parts.
    """
    limit, exact, in_parts = small.graph.limit_m2, False, False
    why = None
    if overfull(stand.laid.fill_m2, limit).any():
        why = cut(net, small, every, stand.history)
    if why is None:
        kept = replace(stand, laid=stand.laid.copied())
        stand = _split(found, small, stand)
        if overfull(stand.laid.fill_m2, limit).any() and np.isfinite(kept.units.reach_m).any():
            # Somebody may have to go beyond a reach: the program sends few, and bundles whole.
            stand = kept
    for whole in (False, True):
        if why is not None or not overfull(stand.laid.fill_m2, limit).any():
            break
        program = solve(small.graph, stand.units, stand.laid, whole=whole)
        if program is None:
            break
        exact, in_parts = True, program.over <= OVER_CORDS
        if not in_parts:
            why = cut(net, small, every, program.price)
            break
        stand = _assigned(found, small, stand, program)
        stand = _split(found, small, replace(stand, history=np.zeros(small.slots)))
    if why is None and overfull(stand.laid.fill_m2, limit).any():
        # Rather too long, which may do with other parts, than overfull.
        loose = stand.units._replace(reach_m=np.full(len(stand.units.item), np.inf))
        stand = replace(stand, laid=fit(small.graph, loose, stand.laid, stand.history))
    refill(small.graph, stand.units, stand.laid)
    return stand, why, exact, in_parts


def _assigned(found: Items, small: Contracted, stand: _Stand, program: Program) -> _Stand:
    """Lay wholes as a program says; bundles that no way of it takes whole are cut."""
    commodity = program.commodity
    column, torn = _dealt(stand.units, commodity, program)
    if len(torn):
        stand, at = _cut(found, small, stand, stand.units.item[torn])
        commodity = commodity[at]
        column, _ = _dealt(stand.units, commodity, program)
    laid = stand.laid
    moved = column >= 0
    tree, turn = laid.tree.copy(), laid.turn.copy()
    tree[moved] = len(laid.trees) + program.tree[column[moved]]
    turn[moved] = program.turn[column[moved]]
    trees = np.concatenate([laid.trees, program.trees])
    laid = laid._replace(trees=trees, tree=tree, turn=turn)
    refill(small.graph, stand.units, laid)
    laid = fit(small.graph, stand.units, laid, np.zeros(small.slots))
    return replace(stand, laid=laid)


def _dealt(wholes: Units, commodity: IntArray, program: Program) -> tuple[IntArray, IntArray]:
    """Column for each whole, -1 none, largest first; and bundles that no column takes whole."""
    column = np.full(len(commodity), -1, np.int64)
    low = np.searchsorted(program.of, np.arange(len(program.wholes.root)))
    high = np.searchsorted(program.of, np.arange(len(program.wholes.root)), side="right")
    single = (commodity >= 0) & (high - low == 1)[commodity]
    column[single] = low[commodity[single]]
    torn = []
    several = np.flatnonzero((commodity >= 0) & ~single)
    order = several[np.lexsort((-wholes.cords[several], commodity[several]))]
    left = program.cords.astype(float)
    for u in order.tolist():
        k = commodity[u]
        best = low[k] + int(np.argmax(left[low[k] : high[k]]))
        if left[best] >= wholes.cords[u]:
            column[u] = best
            left[best] -= wholes.cords[u]
        else:
            torn.append(u)
    return column, np.array(torn, dtype=np.int64)


def _split(found: Items, small: Contracted, stand: _Stand) -> _Stand:
    """Cut bundles in full slots into cords, largest first, until what is left fits."""
    count = 1
    while overfull(stand.laid.fill_m2, small.graph.limit_m2).any():
        crosses = crossing(small.graph, stand.units, stand.laid)
        whole = crosses & (stand.units.item < found.bundles) & (stand.units.cords > 1)
        candidates = np.flatnonzero(whole)
        if not len(candidates):
            break
        order = np.argsort(-stand.units.section_m2[candidates], kind="stable")
        stand, _ = _cut(found, small, stand, stand.units.item[candidates[order[:count]]])
        laid = fit(small.graph, stand.units, stand.laid, stand.history)
        stand, count = replace(stand, laid=laid), 4 * count
    return stand


def _cut(found: Items, small: Contracted, stand: _Stand, torn: IntArray) -> tuple[_Stand, IntArray]:
    """Cut some bundles; their cords lie where they lay. Also which whole each was part of."""
    rows, lots = cut_up(found, stand.rows, torn)
    new = _start(found, small, rows, lots)
    old, item = stand.units, new.units.item
    was = item.copy()
    fresh = (item >= found.bundles) & ~np.isin(item, stand.rows)
    was[fresh] = found.bundle[item[fresh] - found.bundles]
    # Lots of an item stand together and in order, before and after.
    order = np.argsort(old.item, kind="stable")
    at = order[np.searchsorted(old.item[order], was) + np.where(fresh, 0, _within(item))]
    laid = Laid(
        new.laid.roots, np.concatenate([new.laid.trees, stand.laid.trees]),
        stand.laid.tree[at] + new.laid.roots, stand.laid.turn[at], stand.laid.fill_m2,
        stand.laid.fixed_m2,
    )  # fmt: skip
    return _Stand(rows, new.units, laid, stand.history), at


def _within(item: IntArray) -> IntArray:
    """Place of each among those of its item."""
    order = np.argsort(item, kind="stable")
    begins = np.searchsorted(item[order], item[order])
    out = np.empty(len(item), np.int64)
    out[order] = np.arange(len(item)) - begins
    return out


def _total_m(found: Items, small: Contracted, stand: _Stand, beside: Pairs) -> float:
    """Length of all cords that have a way, m."""
    total = 0.0
    for wholes, length in (
        (stand.units, lengths(small.graph, stand.units, stand.laid)),
        (beside.units, way_lengths(beside)),
    ):
        there = np.isfinite(length)
        stub = small.stub_m[found.source[wholes.item]]
        total += float(wholes.cords[there] @ (length + stub)[there])
    return total


def _limit(net: WayNet) -> FloatArray:
    return np.where(np.isnan(net.capacity_m2), np.inf, net.capacity_m2)


def _fill(net: WayNet, found: Items, small: Contracted, stand: _Stand, beside: Pairs) -> FloatArray:
    """Section in each way of the net, (E,)."""
    there = stand.laid.turn != NOWHERE
    also = np.isfinite(way_lengths(beside))
    item = np.concatenate([stand.units.item[there], beside.units.item[also]])
    section = np.concatenate([stand.units.section_m2[there], beside.units.section_m2[also]])
    return to_edges(small, len(net), stand.laid.fill_m2, found.source[item], section)


def _routes(
    net: WayNet, demand: Demand, found: Items, small: Contracted, stand: _Stand, beside: Pairs,
    statistics: Statistics,
) -> Routes:  # fmt: skip
    """Write the answer: parts of groups, sorted by group, the shortest part first."""
    fill = _fill(net, found, small, stand, beside)
    first, edge = net_ways(beside)
    item = np.concatenate([stand.units.item, beside.units.item])
    cords = np.concatenate([stand.units.cords, beside.units.cords])
    own = np.arange(len(beside.units.item))
    length = np.append(lengths(small.graph, stand.units, stand.laid), way_lengths(beside))
    tree = np.append(stand.laid.tree, -1 - own)
    turn = np.concatenate([stand.laid.turn, np.zeros(len(own), np.int8)])
    sign = np.append(signatures(small.graph, stand.units, stand.laid), own)
    group, unit = _parts(found, item)
    length, tree, turn, sign = length[unit], tree[unit], turn[unit], sign[unit]
    length = length + small.stub_m[demand.source[group]]
    count = np.where(item[unit] >= found.bundles, cords[unit], demand.count[group])
    order = np.lexsort((tree, sign, length, group))
    group, count, sign = group[order], count[order], sign[order]
    length, tree, turn = length[order], tree[order], turn[order]
    new = np.ones(len(group), np.bool_)
    new[1:] = (group[1:] != group[:-1]) | (sign[1:] != sign[:-1])
    begins = np.flatnonzero(new)
    if len(begins):
        count = np.add.reduceat(count, begins)
    group = group[begins]
    return Routes(
        group, count.astype(np.int64), length[begins], fill,
        np.flatnonzero(overfull(fill, _limit(net))),
        np.flatnonzero(np.isnan(net.capacity_m2) & (fill > 0)),
        _split_groups(demand, found, group, item), None, *shared(beside, first, edge),
        statistics, small, demand.source[group], tree[begins], turn[begins], stand.laid.trees,
        first, edge,
    )  # fmt: skip


def _parts(found: Items, item: IntArray) -> tuple[IntArray, IntArray]:
    """(group, whole) of each group that lies in each whole."""
    order = np.argsort(found.bundle, kind="stable")
    low = np.searchsorted(found.bundle[order], item)
    high = np.searchsorted(found.bundle[order], item, side="right")
    single = item >= found.bundles
    count = np.where(single, 1, high - low)
    unit = np.repeat(np.arange(len(item)), count)
    within = np.arange(len(unit)) - np.repeat(np.cumsum(count) - count, count)
    at = np.where(single[unit], item[unit] - found.bundles, 0)
    bundled = ~single[unit]
    at[bundled] = order[low[unit[bundled]] + within[bundled]]
    return found.group[at], unit


def _split_groups(demand: Demand, found: Items, group: IntArray, item: IntArray) -> BoolArray:
    """Tell which groups are in several parts, or were cut out of a bundle with others."""
    out = np.bincount(group, minlength=len(demand)) > 1
    size = np.bincount(found.bundle, minlength=found.bundles)
    cut = np.zeros(found.bundles, np.bool_)
    cut[found.bundle[item[item >= found.bundles] - found.bundles]] = True
    out[found.group[(cut & (size > 1))[found.bundle]]] = True
    return out
