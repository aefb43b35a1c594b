"""The power layer compiled: who feeds whom as built, what runs in parallel, and racks' whips."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.model.base import FEEDERS, POWER_KINDS
from twin.site.site import Site
from twin.site.table import Array, BoolArray, IntArray
from twin.site.wiring import grouped


@dataclass(frozen=True)
class PowerTopology:
    """Power as built. A node is numbered subject - `first`: feeders, then taps, then whips.

    Attributes
    ----------
    first
        Subject number of node 0.
    feeders
        Number of feeders: nodes below it are feeders, from it on taps and whips.
    parent
        (P,) node that feeds each node in its normal position, -1 at a source; of a parallel group
        its first member stands for all.
    alternate
        (feeders,) the other input of each feeder, -1 none.
    side_a, side_b
        (feeders,) what a tie joins, -1 for all that is no tie.
    group
        (feeders,) number of the parallel group of each feeder, -1 where it runs alone.
    group_ptr, members
        Feeders of each group: members[group_ptr[g]:group_ptr[g + 1]], the first one leads.
    depth
        (P,) steps to the source in the normal position.
    whip_ptr, whips
        Whip nodes of each rack: whips[whip_ptr[r]:whip_ptr[r + 1]].
    """

    first: int
    feeders: int
    parent: IntArray
    alternate: IntArray
    side_a: IntArray
    side_b: IntArray
    group: IntArray
    group_ptr: IntArray
    members: IntArray
    depth: IntArray
    whip_ptr: IntArray
    whips: IntArray

    @property
    def rack_of(self) -> IntArray:
        """(W,) rack row of each entry of `whips`."""
        return np.repeat(np.arange(len(self.whip_ptr) - 1), np.diff(self.whip_ptr))

    @property
    def taps(self) -> IntArray:
        """(W,) tap node of each entry of `whips`, -1 none."""
        return np.asarray(self.parent[self.whips])

    def joined(self, node: int) -> list[int]:
        """Return all whose outputs are joined to that of a node, itself among them."""
        g = int(self.group[node]) if node < self.feeders else -1
        if g < 0:
            return [node]
        return [int(m) for m in self.members[self.group_ptr[g] : self.group_ptr[g + 1]]]

    def silent(self, dead: BoolArray) -> BoolArray:
        """(P,) nodes whose output is dead: of a parallel group only if all of it is."""
        out = dead.copy()
        if len(self.members):
            every = np.logical_and.reduceat(dead[self.members], self.group_ptr[:-1])
            out[self.members] = np.repeat(every, np.diff(self.group_ptr))
        return out


def nodes(site: Site, column: str) -> Array:
    """One column over all power nodes but whips, which lack most; (P without whips,)."""
    return np.concatenate([site.tables[k][column] for k in (*FEEDERS, "tap")])


def of_feeders(site: Site, column: str, missing: object = np.nan) -> Array:
    """One column over feeders, (feeders,); kinds that lack it give `missing`."""
    parts = []
    for kind in FEEDERS:
        table = site.tables[kind]
        has = column in table.columns
        parts.append(table[column] if has else np.full(len(table), missing))
    return np.concatenate(parts)


def parents(site: Site) -> IntArray:
    """(P,) node that feeds each node, -1 at a source; a whip is fed by its tap.

    Who is fed from a member of a parallel group is fed from its leader.
    """
    parent = np.concatenate([nodes(site, "fed_from"), site.tables["whip"]["tap"]])
    return _led(site, _as_nodes(site, parent))


def _as_nodes(site: Site, subjects: Array) -> IntArray:
    return np.where(subjects >= 0, subjects - site.first[POWER_KINDS[0]], -1).astype(np.int64)


def _led(site: Site, node: IntArray) -> IntArray:
    """Put the leader of its parallel group in place of each node."""
    leader = _leaders(site)
    led = np.append(leader, -1)[np.where(node < len(leader), node, -1)]
    return np.where(led >= 0, led, node)


def _leaders(site: Site) -> IntArray:
    """(feeders,) whom each feeder runs in parallel with, -1 none."""
    return _as_nodes(site, of_feeders(site, "parallel_with", -1))


def power_topology(site: Site) -> PowerTopology:
    """Compile the power layer of a site."""
    first = site.first[POWER_KINDS[0]]
    parent = parents(site)
    group, group_ptr, members = _groups(_leaders(site))
    whips = site.tables["whip"]
    ptr, rows = grouped(
        rack_of_whips(site), np.nan_to_num(whips["shelf"]), len(site.tables["rack"])
    )
    return PowerTopology(
        first=first,
        feeders=len(group),
        parent=parent,
        alternate=_led(site, _as_nodes(site, of_feeders(site, "alternate", -1))),
        side_a=_led(site, _as_nodes(site, of_feeders(site, "side_a", -1))),
        side_b=_led(site, _as_nodes(site, of_feeders(site, "side_b", -1))),
        group=group,
        group_ptr=group_ptr,
        members=members,
        depth=depths(parent, group, group_ptr, members),
        whip_ptr=ptr,
        whips=rows + site.first["whip"] - first,
    )


def _groups(leader: IntArray) -> tuple[IntArray, IntArray, IntArray]:
    """Give each parallel group a number: (feeders,) group, and its members, the leader first."""
    follows = np.flatnonzero(leader >= 0)
    heads = np.unique(leader[follows])
    group = np.full(len(leader), -1, dtype=np.int64)
    group[heads] = np.arange(len(heads))
    group[follows] = group[leader[follows]]
    ptr, members = grouped(group, (leader >= 0).astype(np.int64), len(heads))
    return group, ptr, members


def depths(parent: IntArray, group: IntArray, group_ptr: IntArray, members: IntArray) -> IntArray:
    """(P,) most steps from each node to a source; a group is as deep as its deepest member."""
    depth = np.zeros(len(parent), dtype=np.int64)
    led = np.append(group, np.full(len(parent) - len(group) + 1, -1))
    while True:
        deep = depth.copy()
        if len(members):
            deep[members] = np.repeat(
                np.maximum.reduceat(depth[members], group_ptr[:-1]), np.diff(group_ptr)
            )
        more = np.where(parent >= 0, deep[np.maximum(parent, 0)] + 1, 0)
        if np.array_equal(more, depth) or int(more.max(initial=0)) > len(led):
            return depth
        depth = more


def rack_of_whips(site: Site) -> IntArray:
    """(whips,) rack row of each whip: its own, else the first rack on its position; -1 none."""
    whips, racks = site.tables["whip"], site.tables["rack"]
    own = site.rows_of("rack", whips["rack"])
    first_at = np.full(len(site.tables["position"]) + 1, -1, dtype=np.int64)
    place = site.rows_of("position", racks["position"])
    first_at[place[::-1]] = np.arange(len(racks))[::-1]
    first_at[-1] = -1
    by_place = first_at[site.rows_of("position", whips["position"])]
    return np.where(own >= 0, own, by_place)
