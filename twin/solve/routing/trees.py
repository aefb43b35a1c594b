"""Shortest-path trees over junctions, and the ways that sources take along them.

Dijkstra 1959 with a binary heap whose stale entries are skipped when they come up.
A whole is never searched for: it enters the tree of its root at an end of its chain.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twin.kernels import kernel, prange
from twin.site.table import FloatArray, IntArray
from twin.solve.heap import drop, push
from twin.solve.routing.contract import Graph
from twin.solve.routing.units import Units

Chains = NDArray[np.int32]
Turns = NDArray[np.int8]
LEFT, RIGHT, THERE, NOWHERE = 0, 1, 2, 3
"""How a whole enters its tree: over its chain's start, its end, at a junction, not at all."""

BLOCKED = 1e9
"""What a slot weighs that must not be walked, m; no way is as long."""

ROUNDING_M = 1e-9
"""By so much sums of lengths may be more than a reach."""

_BLOCKS = 8  # of roots; fixed, so that no sum depends on the number of cores


@kernel
def grow(
    graph: Graph,
    weight: FloatArray,
    root: int,
    far: FloatArray,
    before: Chains,
    settled: IntArray,
    keys: FloatArray,
    nodes: IntArray,
    one: int,
    two: int,
) -> int:
    """Grow the tree of a root over chains of some weights, until two junctions are reached.

    Fills the distance of each junction, the chain by which it is left towards the root (-1: the
    root, or no way) and the junctions in the order of settling, whose count it returns. With
    junctions of -1 the tree is grown whole.
    """
    missing = 2 if one != two else 1
    far[:] = np.inf
    before[:] = -1
    far[root] = 0.0
    count, done = push(keys, nodes, 0, 0.0, root), 0
    while count > 0:
        key, node = keys[0], nodes[0]
        count = drop(keys, nodes, count)
        if key > far[node]:
            continue
        settled[done] = node
        done += 1
        if node in (one, two):
            missing -= 1
            if missing == 0:
                break
        if graph.closed[node] and node != root:
            continue
        for k in range(graph.arc_first[node], graph.arc_first[node + 1]):
            chain, there = graph.arc_chain[k], graph.arc_other[k]
            new = key + weight[chain]
            if new < far[there]:
                far[there] = new
                before[there] = chain
                count = push(keys, nodes, count, new, there)
    return done


@kernel
def chain_sums(
    graph: Graph, of_slot: FloatArray, sort: int, ahead: FloatArray, weight: FloatArray
) -> None:
    """Add up weights of slots along each chain: (S,) before each slot, and (C,) in all.

    A chain that does not take a sort of cords weighs infinitely for it; sort -1 is any.
    """
    for c in range(len(graph.chain_start)):
        total = 0.0
        for s in range(graph.chain_first[c], graph.chain_first[c + 1]):
            ahead[s] = total
            total += of_slot[s]
        weight[c] = total if sort < 0 or graph.open[sort, c] else np.inf


@kernel
def entry(
    graph: Graph,
    ahead: FloatArray,
    weight: FloatArray,
    far: FloatArray,
    before: Chains,
    chain: int,
    slot: int,
    junction: int,
) -> tuple[float, int]:
    """Return the weight of the way from a place to the root of a tree, and how it enters it."""
    best, turn = np.inf, NOWHERE
    if chain < 0:
        if junction >= 0:
            best, turn = far[junction], THERE
    elif weight[chain] < np.inf:
        start, end = graph.chain_start[chain], graph.chain_end[chain]
        # Where an end is reached over this very chain, the way leads through the place itself.
        if before[start] != chain:
            best, turn = far[start] + ahead[slot], LEFT
        if before[end] != chain:
            right = far[end] + (weight[chain] - ahead[slot])
            if right < best:
                best, turn = right, RIGHT
    if best < BLOCKED / 2:  # half: differences of sums may be a little less
        return best, turn
    return np.inf, NOWHERE


@kernel
def trace(
    graph: Graph,
    before: Chains,
    turn: int,
    chain: int,
    slot: int,
    junction: int,
    out: IntArray,
) -> int:
    """Write the slots of a way into `out`, from its source on; return how many they are."""
    if turn == NOWHERE:
        return 0
    k, at = 0, junction
    if turn == LEFT:
        for s in range(slot - 1, graph.chain_first[chain] - 1, -1):
            out[k] = s
            k += 1
        at = graph.chain_start[chain]
    elif turn == RIGHT:
        for s in range(slot, graph.chain_first[chain + 1]):
            out[k] = s
            k += 1
        at = graph.chain_end[chain]
    while before[at] >= 0:
        c = before[at]
        if at == graph.chain_start[c]:
            for s in range(graph.chain_first[c], graph.chain_first[c + 1]):
                out[k] = s
                k += 1
            at = graph.chain_end[c]
        else:
            for s in range(graph.chain_first[c + 1] - 1, graph.chain_first[c] - 1, -1):
                out[k] = s
                k += 1
            at = graph.chain_start[c]
    return k


@kernel
def spread(
    graph: Graph,
    through: FloatArray,
    leftward: FloatArray,
    rightward: FloatArray,
    fill_m2: FloatArray,
) -> None:
    """Add to slots what goes through their chains, and what starts on these towards an end."""
    for c in range(len(through)):
        some = through[c]
        for s in range(graph.chain_first[c], graph.chain_first[c + 1]):
            some += rightward[s]
            fill_m2[s] += some
        some = 0.0
        for s in range(graph.chain_first[c + 1] - 1, graph.chain_first[c] - 1, -1):
            fill_m2[s] += some
            some += leftward[s]


@kernel(parallel=True)
def shortest(
    graph: Graph,
    units: Units,
    of_slot: FloatArray,
    price: FloatArray,
    tree: Chains,
    turn: Turns,
    cost: FloatArray,
    fill_m2: FloatArray,
) -> None:
    """Let every whole take its best way if ways had no limit.

    Fills a tree for each root, (R, J), and for each whole its turn and the weight of its way for
    one cord; adds to the fill of slots. A slot weighs `of_slot` + section of a cord x `price`.
    """
    roots, junctions, slots = len(units.root_junction), len(graph.arc_first) - 1, len(of_slot)
    part = np.zeros((_BLOCKS, slots))
    for block in prange(_BLOCKS):
        own = part[block]
        leftward, rightward = np.zeros(slots), np.zeros(slots)
        weight, at_slot = np.empty(len(graph.chain_start)), np.empty(slots)
        ahead, through = np.empty(slots), np.zeros(len(graph.chain_start))
        far, stands = np.empty(junctions), np.zeros(junctions)
        settled = np.empty(junctions, np.int64)
        keys = np.empty(len(graph.arc_chain) + 1)
        nodes = np.empty(len(graph.arc_chain) + 1, np.int64)
        section, sort = -1.0, -1
        for r in range(roots * block // _BLOCKS, roots * (block + 1) // _BLOCKS):
            if units.root_section[r] != section or units.root_sort[r] != sort:
                section, sort = units.root_section[r], units.root_sort[r]
                at_slot[:] = of_slot + section * price
                chain_sums(graph, at_slot, sort, ahead, weight)
            before = tree[r]
            root = units.root_junction[r]
            done = grow(graph, weight, root, far, before, settled, keys, nodes, -1, -1)
            for u in range(units.first[r], units.first[r + 1]):
                chain, slot = units.chain[u], units.slot[u]
                cost[u], turn[u] = entry(
                    graph, ahead, weight, far, before, chain, slot, units.junction[u]
                )
                much = units.section_m2[u]
                if turn[u] == THERE:
                    stands[units.junction[u]] += much
                elif turn[u] == LEFT:
                    stands[graph.chain_start[chain]] += much
                    leftward[slot] += much
                elif turn[u] == RIGHT:
                    stands[graph.chain_end[chain]] += much
                    rightward[slot] += much
            for k in range(done - 1, -1, -1):
                at = settled[k]
                c = before[at]
                if c >= 0 and stands[at] > 0.0:
                    through[c] += stands[at]
                    stands[graph.chain_start[c] + graph.chain_end[c] - at] += stands[at]
                stands[at] = 0.0
        spread(graph, through, leftward, rightward, own)
    for block in range(_BLOCKS):
        for s in range(slots):
            fill_m2[s] += part[block, s]


@kernel
def beyond(graph: Graph, way: IntArray, count: int, reach_m: float) -> bool:
    """Tell whether the slots of a way are longer together than a reach."""
    if reach_m == np.inf:
        return False
    total = 0.0
    for k in range(count):
        total += graph.length_m[way[k]]
    return total > reach_m + ROUNDING_M
