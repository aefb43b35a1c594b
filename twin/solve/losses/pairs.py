"""Pairs of elements of which one rack would feel both losses at once: what "within a group" is."""

from __future__ import annotations

import numpy as np

from twin.arrays.power import PowerTopology
from twin.kernels import kernel
from twin.site.table import BoolArray, IntArray
from twin.solve.losses.fallen import close
from twin.solve.losses.sorts import FAULT, WORK
from twin.solve.losses.supply_lost import fault_roots, shielded
from twin.solve.losses.switching import grid
from twin.solve.study import Study


def pairs_within(study: Study, first: int) -> tuple[IntArray, IntArray]:
    """Pairs of feeders on the ways of one rack, each of which lives on when the other is lost.

    A rack's ways are those on which it stands, and those on which it would stand after a
    transfer. Taps and whips are left out: losing two of them takes less than losing their feeders.

    Parameters
    ----------
    first
        FAULT: both fail. WORK: the first is out for work, and the second fails.

    Returns
    -------
    a, b
        (n,) power nodes; a < b where both fail.
    """
    topology, now = study.arrays.topology.power, study(grid)
    # Racks with the same feeders above their taps give the same pairs.
    at = now.parent[topology.taps] if len(topology.whips) else np.empty(0, dtype=np.int64)
    found = np.stack([topology.rack_of, at], axis=1)[at >= 0]
    row, more = _in_parallel(topology, found[:, 1])
    beside = np.stack([found[row, 0], more], axis=1)
    found = np.unique(np.concatenate([found, beside]), axis=0)
    starts = np.searchsorted(found[:, 0], np.unique(found[:, 0]))
    of_racks = {tuple(g.tolist()) for g in np.split(found[:, 1], starts[1:])}
    groups = sorted((of_racks | _sharing_a_reserve(study)) - {()})
    ptr, ups = _inputs(study)
    sizes = np.array([len(g) for g in groups], dtype=np.int64)
    heads = np.array([h for g in groups for h in g], dtype=np.int64)
    group_ptr = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    a, b = _together(group_ptr, heads, ptr, ups, now.dead)
    distinct = np.unique(np.stack([a, b], axis=1), axis=0)
    a, b = distinct[:, 0], distinct[:, 1]
    fails = _outlives(study, FAULT, b, a)
    if first == FAULT:
        kept = fails & _outlives(study, FAULT, a, b)
        return a[kept], b[kept]
    back = _outlives(study, FAULT, a, b)
    there, again = fails & _outlives(study, WORK, a, b), back & _outlives(study, WORK, b, a)
    return np.concatenate([a[there], b[again]]), np.concatenate([b[there], a[again]])


def _sharing_a_reserve(study: Study) -> set[tuple[int, ...]]:
    """Return what feeds those that would move to one alternate: two may come to it at once."""
    topology = study.arrays.topology.power
    n, reserve = topology.feeders, topology.alternate
    out = set()
    for shared in np.unique(reserve[reserve >= 0]).tolist():
        fed = topology.parent[:n][reserve == shared]
        fed = np.unique(fed[fed >= 0])
        if len(fed) > 1:
            out.add(tuple(int(f) for f in fed))
    return out


def _outlives(study: Study, sort: int, lost: IntArray, other: IntArray) -> BoolArray:
    """Whether each `other` lives when `lost` is, by a fault or for work."""
    now, n = study(grid), study.arrays.topology.power.feeders
    head = now.work.head[lost] if sort == WORK else fault_roots(study, lost)
    out = study(shielded)[lost] & (sort != WORK)
    roots, at = np.unique(np.stack([head, out], axis=1), axis=0, return_inverse=True)
    none = np.full(len(roots), -1, dtype=np.int64)
    both, gear = np.stack([roots[:, 0], none], axis=1), np.stack([none, none], axis=1)
    outage = np.stack([roots[:, 1] > 0, none > 0], axis=1)
    fallen = close(study, np.full(len(roots), sort), both, gear, outage)
    key = np.repeat(np.arange(len(roots)), np.diff(fallen.ptr)) * (n + 1)
    dead = fallen.dead < n
    return ~np.isin(at.ravel() * (n + 1) + other, (key + fallen.dead)[dead])


def _inputs(study: Study) -> tuple[IntArray, IntArray]:
    """Return what may feed each feeder: now, as built, on its alternate, by a tie."""
    topology, now = study.arrays.topology.power, study(grid)
    n = topology.feeders
    node = np.arange(n)
    ties = np.flatnonzero(topology.side_a >= 0)
    a, b = topology.side_a[ties], topology.side_b[ties]
    low = [node, node, node, ties, ties, a, b]
    up = [now.parent[:n], topology.parent[:n], topology.alternate, a, b, ties, ties]
    tail, head = np.concatenate(low), np.concatenate(up)
    tail, head = tail[head >= 0], head[head >= 0]
    row, more = _in_parallel(topology, head)
    tail, head = np.concatenate([tail, tail[row]]), np.concatenate([head, more])
    order = np.argsort(tail, kind="stable")
    return np.searchsorted(tail[order], np.arange(n + 1)).astype(np.int64), head[order]


def _in_parallel(topology: PowerTopology, node: IntArray) -> tuple[IntArray, IntArray]:
    """Members of the parallel groups of some nodes: who hangs on one hangs on all.

    Returns
    -------
    row, member
        (m,) place among the nodes, and a node of its group.
    """
    group = topology.group[node]
    size = np.append(np.diff(topology.group_ptr), 0)[group]
    within = np.arange(int(size.sum())) - np.repeat(np.cumsum(size) - size, size)
    member = topology.members[np.repeat(topology.group_ptr[group], size) + within]
    return np.repeat(np.arange(len(node)), size), member


@kernel
def _together(
    group_ptr: IntArray, heads: IntArray, ptr: IntArray, ups: IntArray, dead: BoolArray
) -> tuple[IntArray, IntArray]:
    """Pairs of living feeders that can be reached from one group of heads, the lower first."""
    n = len(ptr) - 1
    seen = np.full(n, -1, np.int64)
    stack = np.empty(n + 1, np.int64)
    a, b = np.empty(1024, np.int64), np.empty(1024, np.int64)
    count = 0
    for g in range(len(group_ptr) - 1):
        found = np.empty(n, np.int64)
        f, depth = 0, 0
        for k in range(group_ptr[g], group_ptr[g + 1]):
            if seen[heads[k]] != g:
                seen[heads[k]] = g
                stack[depth] = heads[k]
                depth += 1
        while depth > 0:
            depth -= 1
            at = stack[depth]
            if not dead[at]:
                found[f] = at
                f += 1
            for k in range(ptr[at], ptr[at + 1]):
                if seen[ups[k]] != g:
                    seen[ups[k]] = g
                    stack[depth] = ups[k]
                    depth += 1
        within = np.sort(found[:f])
        if count + f * f > len(a):
            a = np.concatenate((a, np.empty(len(a) + f * f, np.int64)))
            b = np.concatenate((b, np.empty(len(b) + f * f, np.int64)))
        for i in range(f):
            for j in range(i + 1, f):
                a[count], b[count] = within[i], within[j]
                count += 1
    return a[:count].copy(), b[:count].copy()
