"""From which sources an element may be fed, over all positions of its switches."""

from __future__ import annotations

import numpy as np

from twin.site.table import IntArray
from twin.solve.study import Study


def sources_above(study: Study, nodes: IntArray) -> IntArray:
    """Return the sources that some nodes can stand on as built, ascending; power nodes.

    What heads a chain and is no source counts as one: nobody says what feeds it.
    """
    topology = study.arrays.topology.power
    n = topology.feeders
    tied = np.flatnonzero(topology.side_a >= 0)
    seen = np.zeros(len(topology.parent), dtype=bool)
    at = np.unique(nodes[nodes >= 0])
    while len(at):
        seen[at] = True
        feeders = at[at < n]
        up = [topology.parent[at], topology.alternate[feeders]]
        for side, other in ((topology.side_a, topology.side_b), (topology.side_b, topology.side_a)):
            up += [side[feeders], other[tied[np.isin(side[tied], feeders)]]]
        for g in np.unique(topology.group[feeders]).tolist():
            if g >= 0:
                up.append(topology.members[topology.group_ptr[g] : topology.group_ptr[g + 1]])
        above = np.unique(np.concatenate(up))
        at = above[(above >= 0)]
        at = at[~seen[at]]
    head = seen & (topology.parent < 0)
    head[:n] &= topology.side_a < 0
    return np.flatnonzero(head)
