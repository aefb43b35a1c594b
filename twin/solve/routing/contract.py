"""Ways without a branch as one: what a search walks over instead of every piece of tray.

Dead ends without a sink are stripped: what stands there has one way to the rest. Of what is left,
nodes where ways branch, sinks, and nodes through
which no way leads are junctions, and a chain of ways leads from each to the next.
Places of sources on a chain cut it into slots; ways of one slot always hold the same cables, so
that the least of their capacities is the slot's. A chain takes the same sorts of cords all along.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from twin.kernels import kernel
from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.routing.demand import WayNet


class Graph(NamedTuple):
    """Junctions (J,), chains (C,), slots (S,) and arcs, as kernels take them.

    Attributes
    ----------
    arc_first, arc_chain, arc_other
        (J + 1,) and (A,) chains at each junction, and the junction at their other end.
    chain_start, chain_end
        (C,) junctions; the same one where a chain is a ring.
    chain_first
        (C + 1,) first slot of each chain, from its start to its end.
    length_m, limit_m2
        (S,) of each slot; infinite where no limit is known.
    closed
        (J,) junctions through which no way leads: it begins or ends there.
    open
        (K, C) which chains take which sort of cords.
    """

    arc_first: IntArray
    arc_chain: IntArray
    arc_other: IntArray
    chain_start: IntArray
    chain_end: IntArray
    chain_first: IntArray
    length_m: FloatArray
    limit_m2: FloatArray
    closed: BoolArray
    open: BoolArray


@dataclass(frozen=True)
class Contracted:
    """A net, contracted for some sources and sinks.

    Attributes
    ----------
    graph
        What is searched.
    junction
        (N,) junction of each node, -1 none.
    chain, slot
        (N,) chain on which a source's node lies, and the slot that begins there; -1 none.
    anchor, stub_m, stub_open
        (N,) node at which what is stripped meets the rest, itself for all others; how far that
        is; and (K, N) which sorts of cords the ways up to there take.
    up_node, up_edge
        (N,) node and way towards the anchor, -1 where nothing was stripped.
    stripped
        Stripped nodes, outermost first.
    slot_first, slot_edge
        (S + 1,) and (K,) ways of each slot, from its chain's start to its end.
    """

    graph: Graph
    junction: IntArray
    chain: IntArray
    slot: IntArray
    anchor: IntArray
    stub_m: FloatArray
    stub_open: BoolArray
    up_node: IntArray
    up_edge: IntArray
    stripped: IntArray
    slot_first: IntArray
    slot_edge: IntArray

    @property
    def slots(self) -> int:
        """Return the number of slots."""
        return len(self.graph.length_m)

    @property
    def slot_open(self) -> BoolArray:
        """(K, S) which slots take which sort of cords."""
        return np.repeat(self.graph.open, np.diff(self.graph.chain_first), axis=1)


def contract(net: WayNet, source: IntArray, sink: IntArray) -> Contracted:
    """Contract a net for some sources and sinks.

    Examples
    --------
    Of a square with a tail, one corner is a source and the opposite one the sink:

    >>> net = WayNet(5, np.array([0, 1, 2, 3, 0]), np.array([1, 2, 3, 0, 4]), np.ones(5),
    ...              np.array([9.0, 8.0, 7.0, 6.0, 5.0]))
    >>> small = contract(net, np.array([4]), np.array([2]))
    >>> small.anchor.tolist(), small.graph.length_m.tolist(), small.graph.limit_m2.tolist()
    ([0, 1, 2, 3, 0], [2.0, 2.0], [8.0, 6.0])
    """
    order = _order(net)
    tail, head = net.tail[order], net.head[order]
    first, other, edge = adjacency(net.nodes, tail, head)
    is_sink = np.zeros(net.nodes, np.bool_)
    is_sink[sink] = True
    up_node, up_edge, stripped = _strip(first, other, edge, is_sink)
    open_ = net.open[:, order]
    anchor, stub, stub_open = _anchored(up_node, up_edge, stripped, net.length_m[order], open_)
    core = up_node < 0
    inner = core[tail] & core[head]
    degree = np.bincount(np.concatenate([tail[inner], head[inner]]), minlength=net.nodes)
    parts = _parts(net.nodes, tail[inner], head[inner], open_[:, inner])
    is_junction = core & ((degree != 2) | is_sink | net.end | parts)
    node = np.flatnonzero(is_junction)
    starts, ends, count, seq_edge, seq_node = _walk(first, other, edge, core, is_junction, node)
    junction = np.full(net.nodes, -1, np.int64)
    junction[node] = np.arange(len(node))
    is_break = is_junction.copy()
    is_break[anchor[source]] = True
    of_chain = np.repeat(np.arange(len(count)), count)
    last = is_break[seq_node]
    of_slot = np.cumsum(last) - last
    begins = np.flatnonzero(np.append(True, last[:-1])[: len(last)])
    chain, slot = (np.full(net.nodes, -1, np.int64) for _ in range(2))
    inside = last & ~is_junction[seq_node]
    chain[seq_node[inside]] = of_chain[inside]
    slot[seq_node[inside]] = of_slot[inside] + 1
    limit = np.where(np.isnan(net.capacity_m2), np.inf, net.capacity_m2)
    used = order[seq_edge]
    chain_first = np.append(0, of_slot[np.cumsum(count) - 1] + 1) if len(count) else np.zeros(1)
    start, end = junction[starts], junction[ends]
    graph = Graph(
        *_arcs(len(node), start, end), start, end, chain_first.astype(np.int64),
        _reduced(np.add, net.length_m[used], begins),
        _reduced(np.minimum, limit[used], begins), net.end[node],
        net.open[:, used[np.cumsum(count) - count]],
    )  # fmt: skip
    return Contracted(
        graph, junction, chain, slot, anchor, stub, stub_open, up_node,
        np.where(up_edge >= 0, np.append(order, -1)[up_edge], -1), stripped,
        np.append(begins, len(used)), used,
    )  # fmt: skip


def adjacency(nodes: int, tail: IntArray, head: IntArray) -> tuple[IntArray, IntArray, IntArray]:
    """Return what is next to each node: (nodes + 1,) first place, (2 E,) other node and edge."""
    end = np.concatenate([tail, head]).astype(np.int64)
    other = np.concatenate([head, tail]).astype(np.int64)
    edge = np.tile(np.arange(len(tail)), 2)  # not by which end it was that was named first
    at = np.lexsort((edge, other, end))
    first = np.searchsorted(end[at], np.arange(nodes + 1)).astype(np.int64)
    return first, other[at], edge[at]


def _order(net: WayNet) -> IntArray:
    """Rows of the ways that lead anywhere, in an order that does not depend on theirs."""
    low, high = np.minimum(net.tail, net.head), np.maximum(net.tail, net.head)
    section = -np.nan_to_num(net.capacity_m2, nan=np.inf)
    row = np.lexsort((*net.open, section, net.length_m, high, low))
    leads = (net.tail != net.head) & ~(net.capacity_m2 == 0) & net.open.any(axis=0)
    return np.asarray(row[leads[row]], dtype=np.int64)


def _parts(nodes: int, tail: IntArray, head: IntArray, open_: BoolArray) -> BoolArray:
    """(nodes,) where ways meet that do not take the same sorts of cords."""
    end = np.concatenate([tail, head])
    out = np.zeros(nodes, np.bool_)
    for takes in open_:
        some = np.bincount(end, np.tile(takes, 2), minlength=nodes)
        out |= (some > 0) & (some < np.bincount(end, minlength=nodes))
    return out


def _arcs(nodes: int, start: IntArray, end: IntArray) -> tuple[IntArray, IntArray, IntArray]:
    """Chains at each junction; rings lead nowhere."""
    chain = np.flatnonzero(start != end)
    first, other, row = adjacency(nodes, start[chain], end[chain])
    return first, chain[row] if len(chain) else row, other


def _reduced(how: np.ufunc, values: FloatArray, begins: IntArray) -> FloatArray:
    return np.asarray(how.reduceat(values, begins) if len(begins) else np.empty(0), dtype=float)


def to_edges(
    net: Contracted, edges: int, fill_m2: FloatArray, node: IntArray, section_m2: FloatArray
) -> FloatArray:
    """Return what lies in each way, (edges,): of slots, and of what leaves dead ends.

    Parameters
    ----------
    fill_m2
        (S,) of each slot.
    node, section_m2
        Nodes where cords begin, and their section.
    """
    out = np.zeros(edges)
    out[net.slot_edge] = np.repeat(fill_m2, np.diff(net.slot_first))
    stands = np.bincount(node, section_m2, minlength=len(net.up_node)).astype(float)
    _leave(net.up_node, net.up_edge, net.stripped, stands, out)
    return out


@kernel
def _leave(
    up_node: IntArray, up_edge: IntArray, stripped: IntArray, stands: FloatArray, out: FloatArray
) -> None:
    """Add up along dead ends, outermost first."""
    for node in stripped:
        if up_node[node] >= 0 and stands[node] > 0.0:
            out[up_edge[node]] += stands[node]
            stands[up_node[node]] += stands[node]


@kernel
def _strip(
    first: IntArray, other: IntArray, edge: IntArray, keep: BoolArray
) -> tuple[IntArray, IntArray, IntArray]:
    """Take off dead ends, outermost first: node and edge that each hangs on, and the order."""
    n = len(first) - 1
    degree = first[1:] - first[:-1]
    up_node, up_edge = np.full(n, -1, np.int64), np.full(n, -1, np.int64)
    order = np.empty(n, np.int64)
    gone = np.zeros(n, np.bool_)
    count = 0
    for node in range(n):
        if degree[node] == 1 and not keep[node]:
            order[count] = node
            count += 1
    done = 0
    while done < count:
        node = order[done]
        done += 1
        gone[node] = True
        for k in range(first[node], first[node + 1]):
            there = other[k]
            if not gone[there]:
                up_node[node], up_edge[node] = there, edge[k]
                degree[there] -= 1
                if degree[there] == 1 and not keep[there]:
                    order[count] = there
                    count += 1
    return up_node, up_edge, order[:count]


@kernel
def _anchored(
    up_node: IntArray,
    up_edge: IntArray,
    stripped: IntArray,
    length_m: FloatArray,
    open_: BoolArray,
) -> tuple[IntArray, FloatArray, BoolArray]:
    """Where each stripped node meets the rest, how far that is, and what the ways there take."""
    anchor = np.arange(len(up_node))
    stub = np.zeros(len(up_node))
    takes = np.ones((len(open_), len(up_node)), np.bool_)
    for k in range(len(stripped) - 1, -1, -1):
        node = stripped[k]
        if up_node[node] >= 0:
            anchor[node] = anchor[up_node[node]]
            stub[node] = stub[up_node[node]] + length_m[up_edge[node]]
            takes[:, node] = takes[:, up_node[node]] & open_[:, up_edge[node]]
    return anchor, stub, takes


@kernel
def _walk(
    first: IntArray,
    other: IntArray,
    edge: IntArray,
    core: BoolArray,
    is_junction: BoolArray,
    junctions: IntArray,
) -> tuple[IntArray, IntArray, IntArray, IntArray, IntArray]:
    """Walk all chains: their ends, count of edges, and one after the other edges and nodes."""
    size = len(edge) // 2
    seen = np.zeros(size, np.bool_)
    starts, ends, counts = (
        np.empty(size, np.int64), np.empty(size, np.int64), np.empty(size, np.int64),
    )  # fmt: skip
    seq_edge, seq_node = np.empty(size, np.int64), np.empty(size, np.int64)
    chains, at = 0, 0
    for start in junctions:
        for k in range(first[start], first[start + 1]):
            if seen[edge[k]] or not core[other[k]]:
                continue
            began, node, way = at, other[k], edge[k]
            seen[way] = True
            seq_edge[at], seq_node[at] = way, node
            at += 1
            while not is_junction[node]:
                for i in range(first[node], first[node + 1]):
                    if not seen[edge[i]] and core[other[i]]:
                        way, node = edge[i], other[i]
                        break
                seen[way] = True
                seq_edge[at], seq_node[at] = way, node
                at += 1
            starts[chains], ends[chains], counts[chains] = start, node, at - began
            chains += 1
    return starts[:chains], ends[:chains], counts[:chains], seq_edge[:at], seq_node[:at]
