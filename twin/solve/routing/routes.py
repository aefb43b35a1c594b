"""What the bare router answers: which way each cord takes, and what lies in each way."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.kernels import kernel
from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.routing.contract import Contracted, Graph
from twin.solve.routing.trees import LEFT, NOWHERE, RIGHT, Chains, Turns


@dataclass(frozen=True)
class Cut:
    """Why the cords do not fit: ways that are too small together, however cords are routed.

    With weights w on ways, every cord needs at least its section times the shortest way measured
    in w; all ways together offer the sum of w times capacity. Less offered than needed: no
    routing exists (Onaga and Kakusho 1971; Iri 1971). With w of 0 and 1 this is a plain cut.

    Attributes
    ----------
    edge, weight
        (C,) ways of the cut and their weights; all 1 where `single`.
    needed_m2, offered_m2
        Section that must cross, and section that may; the former is the greater.
    single
        Whether it is a plain cut: taken out, the ways part sources from sinks.
    """

    edge: IntArray
    weight: FloatArray
    needed_m2: float
    offered_m2: float
    single: bool


@dataclass(frozen=True)
class Statistics:
    """Figures of a routing.

    Attributes
    ----------
    rounds
        Rounds of rerouting; 0 where nothing overfills.
    length_m
        Of all cords that have a way.
    unlimited_m
        The same if no way had a limit.
    bound_m
        No routing that respects the limits is shorter, cords free of their bundles (Lagrangian
        bound); `unlimited_m` where nothing overfills. Ways apart are not counted in.
    whole_extra_m
        What keeping bundles whole costs: length less that with free cords, 0 where no shorter
        one was found; NaN if not asked.
    overfull_at_first
        Ways that would overfill if each cord took its shortest.
    exact
        Whether the last overfill was removed by a linear or integer program.
    """

    rounds: int
    length_m: float
    unlimited_m: float
    bound_m: float
    whole_extra_m: float
    overfull_at_first: int
    exact: bool

    @property
    def extra_m(self) -> float:
        """Length that the limits cost."""
        return self.length_m - self.unlimited_m


@dataclass(frozen=True)
class Routes:
    """Routes of all groups, in parts: a group that is split has several.

    Attributes
    ----------
    group, count
        (P,) group of each part and its cords; the counts of a group sum to its own.
    length_m
        (P,) way of each cord of the part; infinite where no way leads.
    fill_m2
        (E,) section that lies in each way.
    overfull
        (O,) ways whose fill is over their capacity.
    unknown
        (U,) ways with cords whose capacity is not known.
    split
        (G,) groups that do not keep to one way, or not to that of their bundle.
    cut
        Why something overfills; None where nothing does, and where no cut was found.
    shared_pair, shared_edge
        (S,) pairs whose two sides share a way, and that way: there is no other, or (where the
        two sides have no source in common) none was found.
    statistics
        Figures.
    net
        The net as it was searched.
    source
        (P,) node at which each part starts.
    tree, turn
        (P,) row of `before`, and how the part's anchor enters that tree; the way -1 - tree of
        `own_edge` where tree is negative, as it is for pairs.
    before
        (T, J) for each tree the chain by which a junction is left towards the sink, -1 none.
    own_first, own_edge
        Ways that are in no tree, from the anchor to the sink: beginnings, and ways of the net.
    in_parts
        Whether something overfills though a linear program finds room for all cords in parts: then
        it is whole cords that do not fit, as far as was searched.
    """

    group: IntArray
    count: IntArray
    length_m: FloatArray
    fill_m2: FloatArray
    overfull: IntArray
    unknown: IntArray
    split: BoolArray
    cut: Cut | None
    shared_pair: IntArray
    shared_edge: IntArray
    statistics: Statistics
    net: Contracted
    source: IntArray
    tree: IntArray
    turn: Turns
    before: Chains
    own_first: IntArray
    own_edge: IntArray
    in_parts: bool = False

    def ways(self, parts: IntArray) -> tuple[IntArray, IntArray]:
        """Write the ways of some parts, from source to sink.

        Returns
        -------
        first
            (len(parts) + 1,) where the ways of each part begin in `edge`.
        edge
            Rows of the ways of the net, in order.
        """
        net, source = self.net, self.source[parts]
        anchor = net.anchor[source]
        turn = np.where(np.isfinite(self.length_m[parts]), self.turn[parts], NOWHERE)
        first = np.zeros(len(source) + 1, np.int64)
        out = np.empty(0, np.int64)
        for _ in range(2):  # once to count, once to write
            _write(
                net.graph, net.slot_first, net.slot_edge, net.up_node, net.up_edge, source,
                net.chain[anchor], net.slot[anchor], net.junction[anchor], self.tree[parts],
                turn.astype(np.int8), self.before, self.own_first, self.own_edge, first, out,
            )  # fmt: skip
            if not len(out):
                out = np.empty(int(first[-1]), np.int64)
        return first, out


@kernel
def _slot_ways(
    slot_first: IntArray,
    slot_edge: IntArray,
    low: int,
    high: int,
    back: int,
    at: int,
    out: IntArray,
) -> int:
    """Write the ways of slots from low to high, or (1) back; return the place behind them."""
    begin, end = slot_first[low], slot_first[high]
    if len(out):
        for i in range(end - begin):
            out[at + i] = slot_edge[end - 1 - i] if back == 1 else slot_edge[begin + i]
    behind: int = at + end - begin
    return behind


@kernel
def _write(
    graph: Graph,
    slot_first: IntArray,
    slot_edge: IntArray,
    up_node: IntArray,
    up_edge: IntArray,
    source: IntArray,
    chain: IntArray,
    slot: IntArray,
    junction: IntArray,
    tree: IntArray,
    turn: Turns,
    before: Chains,
    own_first: IntArray,
    own_edge: IntArray,
    first: IntArray,
    out: IntArray,
) -> None:
    """Write where the ways of parts begin, and where `out` has room the ways themselves."""
    at = 0
    for p in range(len(source)):
        first[p] = at
        if turn[p] == NOWHERE:
            continue
        node = source[p]
        while up_node[node] >= 0:
            if len(out):
                out[at] = up_edge[node]
            at += 1
            node = up_node[node]
        if tree[p] < 0:
            for i in range(own_first[-1 - tree[p]], own_first[-tree[p]]):
                if len(out):
                    out[at] = own_edge[i]
                at += 1
            continue
        here, c = junction[p], chain[p]
        if turn[p] == LEFT:
            at = _slot_ways(slot_first, slot_edge, graph.chain_first[c], slot[p], 1, at, out)
            here = graph.chain_start[c]
        elif turn[p] == RIGHT:
            end = graph.chain_first[c + 1]
            at = _slot_ways(slot_first, slot_edge, slot[p], end, 0, at, out)
            here = graph.chain_end[c]
        row = before[tree[p]]
        while row[here] >= 0:
            c = row[here]
            low, high = graph.chain_first[c], graph.chain_first[c + 1]
            back = 1 if graph.chain_end[c] == here else 0
            at = _slot_ways(slot_first, slot_edge, low, high, back, at, out)
            here = graph.chain_start[c] + graph.chain_end[c] - here
    first[len(source)] = at
