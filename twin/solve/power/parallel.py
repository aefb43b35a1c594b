"""Parallel groups whose members share in a way that nobody knows, and what is missing for it."""

from __future__ import annotations

import numpy as np

from twin.site.table import IntArray
from twin.solve.losses.switching import grid
from twin.solve.study import Study


def blamed(study: Study) -> tuple[IntArray, IntArray]:
    """Find the transformer for lack of whose figures it is not known what feeders carry.

    Returns
    -------
    z, rating
        (feeders,) row of a transformer that lacks its `z_pct`, or its rating, in a group that the
        feeder belongs to or may feed; -1 none.
    """
    topology, now, table = study.arrays.topology.power, study(grid), study.table("transformer")
    start, n = study.site.first["transformer"] - topology.first, topology.feeders
    bare = np.isnan(np.asarray(table["z_pct"], dtype=float))
    out = np.full((2, n), -1, dtype=np.int64)
    for g in range(len(topology.group_ptr) - 1):
        mine = topology.members[topology.group_ptr[g] : topology.group_ptr[g + 1]]
        if not np.isnan(now.weight[mine]).any():
            continue
        rows = mine - start
        lacking = rows[bare[rows]]
        unrated = [r for r in rows.tolist() if _unrated(study, r)]
        out[0 if len(lacking) else 1, mine] = lacking[0] if len(lacking) else unrated[0]
    for told in out:
        hand_up(study, told)
    return out[0], out[1]


def hand_up(study: Study, told: IntArray) -> None:
    """Hand what is told of feeders, -1 nothing, to all that feeds or may feed them; in place."""
    topology, now = study.arrays.topology.power, study(grid)
    n = topology.feeders
    at = np.flatnonzero(told >= 0)
    ties = np.flatnonzero(topology.side_a >= 0)
    while len(at):
        ups = [now.parent[:n], topology.parent[:n], topology.alternate]
        below, above = [np.tile(at, len(ups))], [np.concatenate([u[at] for u in ups])]
        for one, other in ((topology.side_a, topology.side_b), (topology.side_b, topology.side_a)):
            # Over a tie either side may feed the other one.
            joined = ties[np.isin(one[ties], at)]
            below += [one[joined], one[joined]]
            above += [joined, other[joined]]
        up, row = np.concatenate(above), told[np.concatenate(below)]
        new = (up >= 0) & (told[up] < 0)
        told[up[new]] = row[new]
        at = np.unique(up[new])


def _unrated(study: Study, row: int) -> bool:
    columns = ("rating_a", "rating_kw", "rating_kva")
    return all(np.isnan(float(study.table("transformer")[c][row])) for c in columns)
