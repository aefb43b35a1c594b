"""Pairs of elements of which one rack would feel both losses at once: what "within a group" is."""

from __future__ import annotations

import numpy as np

from twin.kernels import kernel
from twin.site.table import BoolArray, IntArray
from twin.solve.study import Study
from twin.solve.switching import grid


def pairs_within(study: Study) -> tuple[IntArray, IntArray]:
    """Pairs of feeders on the ways of one rack, neither of which hangs below the other.

    A rack's ways are those on which it stands, and those on which it would stand after a
    transfer. Taps and whips are left out: losing two of them takes less than losing their feeders.

    Returns
    -------
    a, b
        (n,) power nodes, a < b.
    """
    topology, now = study.arrays.topology.power, study(grid)
    n = topology.feeders
    # Racks with the same feeders above their taps give the same pairs.
    heads = now.parent[topology.taps] if len(topology.whips) else np.empty(0, dtype=np.int64)
    rack = topology.rack_of
    found = np.unique(np.stack([rack, heads], axis=1)[heads >= 0], axis=0)
    if not len(found):
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    key = _ways(study)
    starts = np.searchsorted(found[:, 0], np.unique(found[:, 0]))
    groups = {tuple(g.tolist()) for g in np.split(found[:, 1], starts[1:])}
    out = [np.empty((0, 2), dtype=np.int64)]
    for group in sorted(groups):
        above = np.unique(np.concatenate([key[h] for h in group]))
        above = above[~now.dead[above]]
        a, b = (above[i] for i in np.triu_indices(len(above), 1))
        apart = ~_hangs(now.parent[:n], a, b) & ~_hangs(now.parent[:n], b, a)
        out.append(np.stack([a[apart], b[apart]], axis=1))
    pairs = np.unique(np.concatenate(out), axis=0)
    return pairs[:, 0], pairs[:, 1]


def _ways(study: Study) -> dict[int, IntArray]:
    """All feeders above each feeder that carries taps, itself included, over any position."""
    topology = study.arrays.topology.power
    heads = np.unique(study(grid).parent[topology.taps])
    out = {}
    for head in heads[heads >= 0].tolist():
        seen = {head}
        left = [head]
        while left:
            at = left.pop()
            for up in _inputs(study, at):
                if up not in seen:
                    seen.add(up)
                    left.append(up)
        out[head] = np.array(sorted(seen), dtype=np.int64)
    return out


def _inputs(study: Study, node: int) -> list[int]:
    """Return what may feed a feeder: now, in its normal position, on its alternate, by a tie."""
    topology, now = study.arrays.topology.power, study(grid)
    found = [int(now.parent[node]), int(topology.parent[node]), int(topology.alternate[node])]
    ties = np.flatnonzero((topology.side_a == node) | (topology.side_b == node))
    found += ties.tolist()
    if topology.side_a[node] >= 0:
        found += [int(topology.side_a[node]), int(topology.side_b[node])]
    out = [f for f in found if f >= 0]
    for f in list(out):
        g = int(topology.group[f])
        if g >= 0:
            out += topology.members[topology.group_ptr[g] : topology.group_ptr[g + 1]].tolist()
    return out


@kernel
def _hangs(parent: IntArray, low: IntArray, high: IntArray) -> BoolArray:
    """Whether each `low` hangs below its `high`."""
    out = np.zeros(len(low), np.bool_)
    for i in range(len(low)):
        at = low[i]
        while at >= 0:
            if at == high[i]:
                out[i] = True
                break
            at = parent[at]
    return out
