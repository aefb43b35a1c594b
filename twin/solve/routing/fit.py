"""The last of an overfill: wholes taken out of full slots, one at a time, to where there is room.

Negotiation leaves slots over their limit by a few cords. Here nothing is priced any more beyond
what negotiation has learned: a slot without room is a wall.
"""

from __future__ import annotations

import numpy as np

from twin.kernels import kernel
from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.routing.contract import Graph
from twin.solve.routing.negotiate import Laid, costs_now, shift, with_spare
from twin.solve.routing.trees import (
    BLOCKED,
    LEFT,
    NOWHERE,
    RIGHT,
    Chains,
    beyond,
    chain_sums,
    entry,
    grow,
    trace,
)  # fmt: skip
from twin.solve.routing.units import Units

ROUNDING = 1e-9
"""Part of a limit that the rounding of sums may take."""


def overfull(fill_m2: FloatArray, limit_m2: FloatArray) -> BoolArray:
    """Tell where more lies than may, beyond the rounding of sums."""
    return np.asarray(~(fill_m2 <= limit_m2 * (1 + ROUNDING)))


def fit(graph: Graph, units: Units, laid: Laid, history: FloatArray) -> Laid:
    """Move wholes out of full slots while that helps, the cheapest first."""
    while overfull(laid.fill_m2, graph.limit_m2).any():
        crosses = crossing(graph, units, laid)
        order = np.argsort(regrets(graph, units, laid, history, crosses), kind="stable")
        laid, spare = with_spare(laid, len(units.root_junction))
        moved, more = move_out(graph, units, laid, history, order[: crosses.sum()], spare)
        if not moved and not more:
            break
    return laid


@kernel
def is_over(graph: Graph, fill_m2: FloatArray, s: int) -> bool:
    """Tell whether more lies in a slot than may."""
    return not (fill_m2[s] <= graph.limit_m2[s] * (1 + ROUNDING))


@kernel
def crossing(graph: Graph, units: Units, laid: Laid) -> BoolArray:
    """Tell which wholes lie in a slot that is over its limit."""
    out = np.zeros(len(units.root), np.bool_)
    over = np.zeros(len(graph.chain_start), np.bool_)
    for c in range(len(over)):
        for s in range(graph.chain_first[c], graph.chain_first[c + 1]):
            over[c] |= is_over(graph, laid.fill_m2, s)
    for u in range(len(out)):
        if laid.turn[u] == NOWHERE:
            continue
        at, chain = units.junction[u], units.chain[u]
        if laid.turn[u] == LEFT:
            at = graph.chain_start[chain]
            for s in range(graph.chain_first[chain], units.slot[u]):
                out[u] |= over[chain] and is_over(graph, laid.fill_m2, s)
        elif laid.turn[u] == RIGHT:
            at = graph.chain_end[chain]
            for s in range(units.slot[u], graph.chain_first[chain + 1]):
                out[u] |= over[chain] and is_over(graph, laid.fill_m2, s)
        before = laid.trees[laid.tree[u]]
        while before[at] >= 0 and not out[u]:
            c = before[at]
            out[u] = over[c]
            at = graph.chain_start[c] + graph.chain_end[c] - at
    return out


@kernel
def regrets(
    graph: Graph, units: Units, laid: Laid, history: FloatArray, crosses: BoolArray
) -> FloatArray:
    """Weigh what it would cost each whole to stay out of full slots, by section; else infinite."""
    junctions, slots, chains = len(graph.arc_first) - 1, len(laid.fill_m2), len(graph.chain_start)
    at_slot, ahead, weight = np.empty(slots), np.empty(slots), np.empty(chains)
    far, memo, settled = np.empty(junctions), np.empty(junctions), np.empty(junctions, np.int64)
    before = np.empty(junctions, np.int32)
    keys, nodes = np.empty(len(graph.arc_chain) + 1), np.empty(len(graph.arc_chain) + 1, np.int64)
    out = np.full(len(units.root), np.inf)
    now = np.empty(len(units.root))
    for r in range(len(units.root_junction)):
        low, high = units.first[r], units.first[r + 1]
        if not crosses[low:high].any():
            continue
        for s in range(slots):
            at_slot[s] = graph.length_m[s] + units.root_section[r] * history[s]
        chain_sums(graph, at_slot, units.root_sort[r], ahead, weight)
        costs_now(graph, units, laid, r, ahead, weight, memo, now)
        for s in range(slots):
            if is_over(graph, laid.fill_m2, s):
                at_slot[s] = BLOCKED
        chain_sums(graph, at_slot, units.root_sort[r], ahead, weight)
        root = units.root_junction[r]
        grow(graph, weight, root, far, before, settled, keys, nodes, -1, -1)
        for u in range(low, high):
            if crosses[u]:
                cost, _ = entry(
                    graph, ahead, weight, far, before, units.chain[u], units.slot[u],
                    units.junction[u],
                )  # fmt: skip
                out[u] = (cost - now[u - low]) * units.cords[u] / max(units.section_m2[u], 1e-300)
    return out


@kernel
def overlay(
    graph: Graph,
    trees: Chains,
    rows: IntArray,
    of_root: IntArray,
    used: int,
    before: Chains,
    start: int,
    root: int,
) -> int:
    """Write a way into a tree of its root that says nothing against it; return its place.

    Of `rows` the first `used` hold ways of the roots `of_root`; a new one is begun if need be, and
    its place is `used`. Where none is left, the place is the count of rows.
    """  # fmt: skip
    for k in range(used + 1):
        if k == len(rows):
            return k
        row = trees[rows[k]]
        if k == used:
            row[:] = -1
            of_root[k] = root
        if of_root[k] != root:
            continue
        at, fits = start, True
        while before[at] >= 0 and fits:
            c = before[at]
            fits = row[at] < 0 or row[at] == c
            at = graph.chain_start[c] + graph.chain_end[c] - at
        if fits:
            at = start
            while before[at] >= 0:
                c = before[at]
                row[at] = c
                at = graph.chain_start[c] + graph.chain_end[c] - at
            return k
    return len(rows)


@kernel
def move_out(
    graph: Graph, units: Units, laid: Laid, history: FloatArray, order: IntArray, spare: IntArray
) -> tuple[int, bool]:
    """Move wholes out of full slots, in some order, each on its best way with room for it.

    Returns how many have moved, and whether trees ran out.
    """
    junctions, slots, chains = len(graph.arc_first) - 1, len(laid.fill_m2), len(graph.chain_start)
    at_slot, ahead, weight = np.empty(slots), np.empty(slots), np.empty(chains)
    far, settled = np.empty(junctions), np.empty(junctions, np.int64)
    before = np.empty(junctions, np.int32)
    keys, nodes = np.empty(len(graph.arc_chain) + 1), np.empty(len(graph.arc_chain) + 1, np.int64)
    old, new = np.empty(slots + 1, np.int64), np.empty(slots + 1, np.int64)
    of_root = np.empty(len(spare), np.int64)
    moved, used = 0, 0
    failed_item, failed_tree = -1, -1
    for u in order:
        if units.item[u] == failed_item and laid.tree[u] == failed_tree:
            continue
        chain, slot, junction, much = (
            units.chain[u], units.slot[u], units.junction[u], units.section_m2[u],
        )  # fmt: skip
        olds = trace(graph, laid.trees[laid.tree[u]], laid.turn[u], chain, slot, junction, old)
        bad = False
        for i in range(olds):
            bad |= is_over(graph, laid.fill_m2, old[i])
        if not bad:
            continue
        shift(laid, old, olds, new, 0, much)
        each = units.root_section[units.root[u]]
        for s in range(slots):
            room = laid.fill_m2[s] + much <= graph.limit_m2[s] * (1 + ROUNDING)
            at_slot[s] = graph.length_m[s] + each * history[s] if room else BLOCKED
        chain_sums(graph, at_slot, units.root_sort[units.root[u]], ahead, weight)
        one = junction if chain < 0 else graph.chain_start[chain]
        two = junction if chain < 0 else graph.chain_end[chain]
        root = units.root_junction[units.root[u]]
        grow(graph, weight, root, far, before, settled, keys, nodes, one, two)
        _, turn = entry(graph, ahead, weight, far, before, chain, slot, junction)
        news = trace(graph, before, turn, chain, slot, junction, new)
        if turn == NOWHERE or beyond(graph, new, news, units.reach_m[u]):
            shift(laid, new, 0, old, olds, much)
            failed_item, failed_tree = units.item[u], laid.tree[u]
            continue
        start = two if turn == RIGHT else one
        k = overlay(graph, laid.trees, spare, of_root, used, before, start, root)
        if k == len(spare):
            shift(laid, new, 0, old, olds, much)
            return moved, True
        used = max(used, k + 1)
        shift(laid, old, 0, new, news, much)
        laid.tree[u], laid.turn[u] = spare[k], turn
        moved += 1
    return moved, False
