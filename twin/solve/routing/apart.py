"""Two sides of a pair on disjoint ways: planes A and B.

From one source to two sinks, two ways that share as little as can be and are short together are a
flow of two units (Suurballe and Tarjan, "A quick method for finding shortest pairs of disjoint
paths", Networks 14, 1984): the second way may push back the first. A slot taken twice costs more
than all slots together, so that something is shared only where there is no other way. Where the
sources differ each side goes first once, and the better order stays.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.errors import SolveError
from twin.kernels import kernel
from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.routing.contract import Contracted
from twin.solve.routing.negotiate import Prices, all_prices
from twin.solve.routing.plain import Plain, plain
from twin.solve.routing.units import Items, Units


@dataclass(frozen=True)
class Pairs:
    """Pairs as wholes of their own, and the plain graph they are searched on.

    Attributes
    ----------
    one, two
        (P,) whole of either side.
    pair
        (P,) number of each pair.
    units, source
        Wholes (U,), and their nodes in the graph.
    ways
        Slots of the way of each whole, from its source.
    own
        (S,) node of the net at which a pair must begin or end to take a slot, -1 any.
    ends
        (U, 2) nodes of the net at which each whole begins and ends.
    open
        (K, S) which slots take which sort of cords.
    """

    small: Contracted
    graph: Plain
    first: IntArray
    other: IntArray
    slot: IntArray
    units: Units
    source: IntArray
    one: IntArray
    two: IntArray
    pair: IntArray
    ways: list[IntArray]
    own: IntArray
    ends: IntArray
    open: BoolArray


def pairs(found: Items, small: Contracted, units: Units, own: IntArray) -> Pairs:
    """Find which wholes belong together.

    Parameters
    ----------
    own
        (E,) as `WayNet` has it.

    Raises
    ------
    SolveError
        A side of a pair has groups of several sources or sinks.
    """
    pair, side = found.pair[units.item], found.side[units.item]
    order = np.lexsort((units.item, side, pair))
    key = pair[order] * 2 + side[order]
    twice = np.flatnonzero(key[1:] == key[:-1])
    if len(twice):
        raise SolveError(f"a side of pair {pair[order][twice[0]]} has several sources or sinks")
    both = np.flatnonzero(pair[order][1:] == pair[order][:-1])
    graph = plain(small)
    first, other, slot = graph.neighbours()
    return Pairs(
        small, graph, first, other, slot, units, graph.at(units.slot, units.junction),
        order[both], order[both + 1], pair[order][both],
        [np.empty(0, np.int64) for _ in units.item],
        _own(small, own), np.stack([found.source[units.item], found.sink[units.item]], axis=1),
        small.slot_open,
    )  # fmt: skip


def _own(small: Contracted, own: IntArray) -> IntArray:
    """Give each slot the node that its ways are for, -1 any."""
    slot = np.repeat(np.arange(small.slots), np.diff(small.slot_first))
    out = np.full(small.slots, -1, dtype=np.int64)
    np.maximum.at(out, slot, own[small.slot_edge])
    return out


def lay(them: Pairs, fill_m2: FloatArray, prices: Prices) -> None:
    """Lay every pair; where it lies already, lay it anew if it is in a slot with a price.

    A pair laid anew sees the prices that would be if it lay nowhere.
    """
    limit, length = them.small.graph.limit_m2, them.small.graph.length_m
    known: dict[tuple[int, ...], tuple[IntArray, IntArray]] = {}
    sort_of = them.units.root_sort[them.units.root]
    for a, b in zip(them.one.tolist(), them.two.tolist(), strict=True):
        old, sections = (them.ways[a], them.ways[b]), them.units.section_m2[[a, b]].tolist()
        again = len(old[0]) + len(old[1]) > 0
        if again:
            if not any((all_prices(prices, limit, fill_m2)[way] > 0).any() for way in old):
                continue
            for way, section in zip(old, sections, strict=True):
                fill_m2[way] -= section
        sinks = them.units.root_junction[them.units.root[[a, b]]].tolist()
        sort = int(sort_of[a])
        key = (*them.source[[a, b]].tolist(), *sinks, sort)
        if again or key not in known:
            each = sum(sections) / (them.units.cords[a] + them.units.cords[b])
            price = all_prices(prices, limit, fill_m2) if again else 0.0
            shut = (them.own >= 0) & ~np.isin(them.own, them.ends[[a, b]])
            known[key] = _both(them, key[:4], length + each * price, shut, ~them.open[sort])
        them.ways[a], them.ways[b] = known[key]
        for way, section in zip(known[key], sections, strict=True):
            fill_m2[way] += section


def _both(
    them: Pairs, ends: tuple[int, ...], weight: FloatArray, shut: BoolArray, never: BoolArray
) -> tuple[IntArray, IntArray]:
    """Ways of both sides; `ends` are their sources, then their sinks.

    None takes `shut` slots where there is another way, and none at all those that it `never` may.
    """
    from_a, from_b, to_a, to_b = ends
    twice = 1.0 + 4.0 * float(weight.sum())
    # Even all slots taken twice cost less than one that is shut.
    weight = np.where(never, np.inf, weight + shut * (4.0 * len(weight) * twice))
    if min(from_a, from_b) >= 0 and from_a == from_b:
        return two_ways(them.first, them.other, them.slot, weight, from_a, (to_a, to_b), twice)
    best, least = None, np.inf
    for turned in (False, True):
        legs = [(from_a, to_a), (from_b, to_b)]
        costs, found = weight.copy(), []
        for source, sink in legs[::-1] if turned else legs:
            way = one_way(them.first, them.other, them.slot, costs, source, sink)
            found.append(way)
            costs[way] += twice
        found = found[::-1] if turned else found
        shared = np.intersect1d(found[0], found[1])
        total = float(sum(weight[way].sum() for way in found)) + twice * len(shared)
        if total < least:
            best, least = (found[0], found[1]), total
    assert best is not None  # noqa: S101 - for the types
    return best


def fill_of(them: Pairs) -> FloatArray:
    """Section of pairs in each slot, (S,)."""
    slots = np.concatenate([np.empty(0, np.int64), *them.ways])
    section = np.repeat(them.units.section_m2, [len(way) for way in them.ways])
    return np.bincount(slots, section, minlength=them.small.slots).astype(float)


def way_lengths(them: Pairs) -> FloatArray:
    """Return the length of the way of each whole, m; infinite where none leads."""
    length = them.small.graph.length_m
    out = np.array([float(length[way].sum()) for way in them.ways])
    sink = them.units.root_junction[them.units.root]
    lacks = np.array([not len(way) for way in them.ways], np.bool_) & (them.source != sink)
    out[lacks] = np.inf
    return out


def net_ways(them: Pairs) -> tuple[IntArray, IntArray]:
    """Write the ways of all wholes as ways of the net: (n + 1,) beginnings, and the ways."""
    count = np.diff(them.small.slot_first)
    slots = np.concatenate([np.empty(0, np.int64), *them.ways])
    begins = np.cumsum([0, *map(len, them.ways)]).astype(np.int64)
    out = np.empty(int(count[slots].sum()), np.int64)
    first = np.append(0, np.cumsum(count[slots]))[begins]
    _expand(
        them.small.slot_first, them.small.slot_edge, them.graph.tail, them.graph.head, begins,
        slots, them.source, out,
    )  # fmt: skip
    return first, out


def shared(them: Pairs, first: IntArray, edge: IntArray) -> tuple[IntArray, IntArray]:
    """(pair, way of the net) of all ways that both sides of a pair take; ways by `net_ways`."""
    no_ways, length = np.empty(0, np.int64), way_lengths(them)
    number, edges = [no_ways], [no_ways]
    stubs = [_stub(them.small, node) for node in them.ends[:, 0].tolist()]
    for k, (a, b) in enumerate(zip(them.one.tolist(), them.two.tolist(), strict=True)):
        one, two = (np.append(stubs[u], edge[first[u] : first[u + 1]]) for u in (a, b))
        both = np.intersect1d(one, two) if np.isfinite(length[[a, b]]).all() else no_ways
        number.append(np.full(len(both), them.pair[k]))
        edges.append(both)
    return np.concatenate(number), np.concatenate(edges)


def _stub(small: Contracted, node: int) -> IntArray:
    """Ways of the net from a node in a dead end to where it meets the rest."""
    out = []
    while small.up_node[node] >= 0:
        out.append(int(small.up_edge[node]))
        node = int(small.up_node[node])
    return np.array(out, dtype=np.int64)


@kernel
def _expand(
    slot_first: IntArray,
    slot_edge: IntArray,
    tail: IntArray,
    head: IntArray,
    begins: IntArray,
    slots: IntArray,
    source: IntArray,
    out: IntArray,
) -> None:
    """Write the ways of slots one after the other, each as it is walked."""
    k = 0
    for u in range(len(source)):
        at = source[u]
        for i in range(begins[u], begins[u + 1]):
            s = slots[i]
            low, high = slot_first[s], slot_first[s + 1]
            if tail[s] == at:
                for e in range(low, high):
                    out[k] = slot_edge[e]
                    k += 1
                at = head[s]
            else:
                for e in range(high - 1, low - 1, -1):
                    out[k] = slot_edge[e]
                    k += 1
                at = tail[s]


@kernel
def _label(
    first: IntArray,
    other: IntArray,
    slot: IntArray,
    weight: FloatArray,
    taken: IntArray,
    twice: float,
    source: int,
) -> tuple[FloatArray, IntArray]:
    """Distances from a source and the place in `slot` by which each node is reached, -1 none.

    A slot is taken from the node that `taken` tells; so again it costs `twice` more, and against
    that it gives its weight back (labels are corrected until none changes: Bellman 1958).
    """
    n = len(first) - 1
    far, by = np.full(n, np.inf), np.full(n, -1, np.int64)
    waits = np.zeros(n, np.bool_)
    queue = np.empty(n + 1, np.int64)
    begin, end = 0, 1
    queue[0], far[source], waits[source] = source, 0.0, True
    while begin != end:
        node = queue[begin]
        begin = (begin + 1) % (n + 1)
        waits[node] = False
        for k in range(first[node], first[node + 1]):
            s, there = slot[k], other[k]
            if there == node:
                continue
            cost = weight[s]
            if taken[s] == node:
                cost += twice
            elif taken[s] >= 0:
                cost = -cost
            new = far[node] + cost
            # Slots of a billionth of all weights are none: rounding must not go round in rings.
            if new < far[there] - 1e-12 * twice and there != source:
                far[there], by[there] = new, k
                if not waits[there]:
                    waits[there] = True
                    queue[end] = there
                    end = (end + 1) % (n + 1)
    return far, by


@kernel
def _back(slot: IntArray, tails: IntArray, by: IntArray, sink: int) -> tuple[IntArray, IntArray]:
    """Slots of a labelled way and the nodes from which they are taken, from its source on."""
    count, node = 0, sink
    while by[node] >= 0:
        node = tails[by[node]]
        count += 1
    way, start = np.empty(count, np.int64), np.empty(count, np.int64)
    node = sink
    for k in range(count - 1, -1, -1):
        way[k] = slot[by[node]]
        node = tails[by[node]]
        start[k] = node
    return way, start


def _tails(first: IntArray) -> IntArray:
    return np.repeat(np.arange(len(first) - 1), np.diff(first))


def one_way(
    first: IntArray, other: IntArray, slot: IntArray, weight: FloatArray, source: int, sink: int
) -> IntArray:
    """Return the slots of a shortest way; none where none leads."""
    if source < 0:
        return np.empty(0, np.int64)
    taken = np.full(len(weight), -1, np.int64)
    _, by = _label(first, other, slot, weight, taken, 1.0, source)
    return _back(slot, _tails(first), by, sink)[0]


def two_ways(
    first: IntArray,
    other: IntArray,
    slot: IntArray,
    weight: FloatArray,
    source: int,
    sinks: tuple[int, int],
    twice: float,
) -> tuple[IntArray, IntArray]:
    """Return the slots of ways from a source to two sinks that share as few as can be.

    Examples
    --------
    The shortest way to node 3 takes the rung of a ladder, and would leave none for node 4; two
    ways that share nothing take a rail each:

    >>> from twin.solve.routing.contract import adjacency
    >>> tail, head = np.array([0, 0, 1, 1, 2, 3, 5]), np.array([1, 2, 2, 5, 3, 4, 4])
    >>> weight = np.array([1.0, 3.0, 1.0, 3.0, 1.0, 1.0, 1.0])
    >>> [way.tolist() for way in two_ways(*adjacency(6, tail, head), weight, 0, (4, 4), 99.0)]
    [[0, 3, 6], [1, 4, 5]]
    """
    taken, tails = np.full(len(weight), -1, np.int64), _tails(first)
    far, by = _label(first, other, slot, weight, taken, twice, source)
    near, late = sinks[::-1] if far[sinks[1]] < far[sinks[0]] else sinks
    way, start = _back(slot, tails, by, near)
    taken[way] = start
    far, by = _label(first, other, slot, weight, taken, twice, source)
    more, begin = _back(slot, tails, by, late)
    # What the second pushes back neither takes; what is left falls into two ways.
    back = (taken[more] >= 0) & (taken[more] != begin)
    kept = ~np.isin(way, more[back])
    slots, starts = np.append(way[kept], more[~back]), np.append(start[kept], begin[~back])
    ends = np.append(_ends(other, slot, tails, way, start)[kept],
                     _ends(other, slot, tails, more, begin)[~back])  # fmt: skip
    found = _walked(slots, starts, ends, source)
    out = []
    for sink in sinks:
        ways = [k for k, (_, end) in enumerate(found) if end == sink]
        out.append(found.pop(ways[0])[0] if ways else np.empty(0, np.int64))
    return out[0], out[1]


def _ends(
    other: IntArray, slot: IntArray, tails: IntArray, way: IntArray, start: IntArray
) -> IntArray:
    """Node at which each slot of a way ends."""
    nodes = np.full((int(slot.max()) + 1 if len(slot) else 1, 2), -1, np.int64)
    nodes[slot, 0], nodes[slot, 1] = np.minimum(tails, other), np.maximum(tails, other)
    ends: IntArray = nodes[way].sum(axis=1) - start
    return ends


def _walked(
    slots: IntArray, starts: IntArray, ends: IntArray, source: int
) -> list[tuple[IntArray, int]]:
    """Walk twice from a source until nothing leads on: slots and last node of both ways."""
    leads: dict[int, list[int]] = {}
    for k in range(len(slots) - 1, -1, -1):
        leads.setdefault(int(starts[k]), []).append(k)
    found = []
    for _ in range(2):
        node, way, seen = source, [], {source: 0}
        while leads.get(node):
            k = leads[node].pop()
            way.append(int(slots[k]))
            node = int(ends[k])
            if node in seen:  # a ring of no length
                way = way[: seen[node]]
            seen[node] = len(way)
        found.append((np.array(way, dtype=np.int64), node))
    return found
