"""Zones between protective devices: what a fault takes out with it, and work that is switched off.

A device stands at the feed end of an element, towards each that feeds it: below a parallel group
towards every member. What has none there is one with what feeds it, and falls with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from twin.site.table import BoolArray, IntArray


@dataclass(frozen=True)
class Zones:
    """Zones of power nodes under one kind of device.

    Attributes
    ----------
    head
        (P,) the node that stands for the zone of each: the highest of it, of several the first.
    others
        By head the other highest nodes of zones that have several, as below a parallel group.
    """

    head: IntArray
    others: Mapping[int, IntArray]


def zones(
    parent: IntArray, devices: BoolArray, group: IntArray, group_ptr: IntArray, members: IntArray
) -> Zones:
    """Return the zones of nodes that stand on `parent`.

    Parameters
    ----------
    parent
        (P,) what feeds each node, of a parallel group its leader; -1 none.
    devices
        (P,) which nodes can be cut off at their feed end.
    group, group_ptr, members
        Parallel groups, as in the topology.
    """
    climbed = _climbed(parent, devices)
    joined = _joined(parent, devices, group)
    label = np.arange(len(parent))
    before = np.empty(0, dtype=np.int64)
    while len(joined) and not np.array_equal(label, before):
        before = label.copy()
        for g in joined.tolist():
            tops = climbed[members[group_ptr[g] : group_ptr[g + 1]]]
            label[tops] = label[tops].min()
    head = label[climbed]
    tops = np.flatnonzero(label != np.arange(len(label)))
    others = {int(h): tops[label[tops] == h] for h in np.unique(label[tops])}
    return Zones(head=head, others=others)


def _joined(parent: IntArray, devices: BoolArray, group: IntArray) -> IntArray:
    """Parallel groups below which something has no device towards them."""
    bare = parent[~devices & (parent >= 0)]
    below = group[bare[bare < len(group)]]
    return np.unique(below[below >= 0])


def _climbed(parent: IntArray, devices: BoolArray) -> IntArray:
    """Climb from each node to the nearest one that can be cut off at its feed end."""
    at = np.arange(len(parent))
    while True:
        climbs = ~devices[at] & (parent[at] >= 0)
        if not climbs.any():
            return at
        at = np.where(climbs, parent[at], at)
