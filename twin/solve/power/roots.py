"""From which sources elements may be fed, over all positions of their switches."""

from __future__ import annotations

import numpy as np

from twin.site.table import IntArray
from twin.solve.study import Study


def count_sources(study: Study, nodes: IntArray, of: IntArray, groups: int) -> IntArray:
    """Count the sources that the nodes of each group can stand on as built, (groups,).

    What heads a chain and is no source counts as one: nobody says what feeds it.

    Parameters
    ----------
    nodes, of
        (m,) power nodes, -1 none, and the group 0..groups-1 that each belongs to.
    """
    topology = study.arrays.topology.power
    ptr, above = study(_ways_up)
    room = len(topology.parent)
    known = nodes >= 0
    # Pairs (group, node) as one number; all groups climb together, a step at a time.
    at = np.unique(of[known] * room + nodes[known])
    seen = at
    while len(at):
        low = ptr[at % room]
        count = ptr[at % room + 1] - low
        within = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
        up = above[np.repeat(low, count) + within]
        at = np.setdiff1d(np.repeat(at // room, count) * room + up, seen)
        seen = np.concatenate([seen, at])
    head = topology.parent < 0
    head[: topology.feeders] &= topology.side_a < 0
    return np.bincount((seen // room)[head[seen % room]], minlength=groups)


def _ways_up(study: Study) -> tuple[IntArray, IntArray]:
    """List what each node may be fed from, whatever switches do: above[ptr[n]:ptr[n + 1]].

    A node stands on its parent and its alternate, a tie on both its sides, a side on the other
    one through the tie, and a member of a parallel group on all of its group.
    """
    topology = study.arrays.topology.power
    tied = np.flatnonzero(topology.side_a >= 0)
    a, b = topology.side_a[tied], topology.side_b[tied]
    size = np.diff(topology.group_ptr)
    times = np.repeat(size, size)
    within = np.arange(int(times.sum())) - np.repeat(np.cumsum(times) - times, times)
    mates = np.repeat(np.repeat(topology.group_ptr[:-1], size), times) + within
    node = np.concatenate(
        [np.arange(len(topology.parent)), np.arange(topology.feeders), tied, tied, a, b,
         np.repeat(topology.members, times)]
    )  # fmt: skip
    up = np.concatenate([topology.parent, topology.alternate, a, b, b, a, topology.members[mates]])
    node, up = node[(node >= 0) & (up >= 0)], up[(node >= 0) & (up >= 0)]
    order = np.argsort(node, kind="stable")
    ptr = np.searchsorted(node[order], np.arange(len(topology.parent) + 1)).astype(np.int64)
    return ptr, up[order].astype(np.int64)
