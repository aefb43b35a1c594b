"""Outages of sources: supply that stays away, with no fault for a device to clear.

A fault in what has no device of its own takes out the source that feeds it. The other way round
nothing is hurt: a transfer switch without a device still moves when its source is out.
"""

from __future__ import annotations

import numpy as np

from twin.site.table import BoolArray, IntArray
from twin.solve.losses.sorts import WORK_SORTS
from twin.solve.losses.switching import grid
from twin.solve.study import Study


def shielded(study: Study) -> BoolArray:
    """(P,) sources with whose zone something else falls by a fault, and not by their outage."""
    topology, now = study.arrays.topology.power, study(grid)
    head = now.fault.head
    start = study.site.first["source"] - topology.first
    nodes = np.arange(start, start + len(study.table("source")))
    out = np.zeros(len(head), dtype=bool)
    out[nodes] = np.bincount(head, minlength=len(head))[head[nodes]] > 1
    return out


def fault_roots(study: Study, node: IntArray) -> IntArray:
    """Heads of what falls when nodes are lost, (n,): of a source that is out it alone."""
    return np.where(study(shielded)[node], node, study(grid).fault.head[node])


def outages(
    study: Study, sort: IntArray, origin: IntArray, second: IntArray, roots: IntArray
) -> BoolArray:
    """(S, 2) which roots of losses are outages of sources, and no faults in their zones.

    Parameters
    ----------
    sort, origin, second
        (S,) sort of each loss, and the subjects that are lost, -1 none.
    roots
        (S, 2) heads of what is lost, -1 none.
    """
    first = study.arrays.topology.power.first
    own = np.append(study(shielded), False)[roots]
    lost = np.stack([origin - first, second - first], axis=1)
    itself = (roots[:, :, None] == lost[:, None, :]).any(axis=2)
    by_work = np.isin(sort, WORK_SORTS)[:, None] & np.array([[True, False]])
    return np.asarray(own & itself & ~by_work & (roots >= 0))
