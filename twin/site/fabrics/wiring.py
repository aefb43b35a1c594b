"""Which port joins which: links of nodes to leaves, of leaves to spines, of spines to cores.

All from a handful of whole numbers, so that a fabric is a rule and no list. A fabric is wired for
its last scalable unit: what stands at first is a part of that, and no cord moves as it grows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.site.table import BoolArray, IntArray, Table


@dataclass(frozen=True)
class Wiring:
    """Sizes of one plane of a fabric, all planes being alike.

    Parameters
    ----------
    units, unit_nodes
        Scalable units, and node places of each.
    links
        Links of a node.
    rails
        Groups of a node's links that end on leaves of their own; 1 where links fill leaf by leaf.
    leaves
        Leaves of each rail of a unit.
    down, spare, up
        Ports of a leaf for nodes, those of them kept free, and those in use towards spines.
    split
        Links of nodes that share one port of a leaf.
    group
        Leaves that share spines of their own.
    spines, spine_up
        Spines of a group; ports of a spine in use towards cores, 0 in two tiers.
    cores
        Cores of each core group; there is one such group for each spine of a group.
    last_spines, last_spine_up
        Spines of the last group, and ports of one in use towards cores, where it has fewer leaves;
        0: as others.
    lone_cores
        Cores of each core group that the last group has no spine in; 0: as others.
    """

    units: int
    unit_nodes: int
    links: int
    rails: int
    leaves: int
    down: int
    spare: int = 0
    up: int = 0
    group: int = 1
    spines: int = 0
    spine_up: int = 0
    cores: int = 0
    split: int = 1
    last_spines: int = 0
    last_spine_up: int = 0
    lone_cores: int = 0

    @property
    def leaf_links(self) -> int:
        """Links of nodes for which a leaf has ports.

        Examples
        --------
        32 ports of 400 Gb/s, each split for two nodes at 200 Gb/s:

        >>> Wiring(
        ...     units=1, unit_nodes=64, links=1, rails=1, leaves=1, down=32, split=2
        ... ).leaf_links
        64
        """
        return (self.down - self.spare) * self.split

    @property
    def all_leaves(self) -> int:
        """Leaves of the plane."""
        return self.units * self.rails * self.leaves

    @property
    def groups(self) -> int:
        """Groups of leaves with spines of their own; the last may have fewer leaves."""
        return -(-self.all_leaves // self.group) if self.spines else 0

    @property
    def shared(self) -> int:
        """Spines of the last group: positions at which all groups have one."""
        return self.last_spines or self.spines

    @property
    def last_leaves(self) -> int:
        """Leaves of the last group."""
        return self.all_leaves - (self.groups - 1) * self.group

    @property
    def all_spines(self) -> int:
        """Spines of the plane."""
        return max(self.groups - 1, 0) * self.spines + (self.shared if self.groups else 0)

    @property
    def all_cores(self) -> int:
        """Cores of the plane."""
        lone = self.lone_cores or self.cores
        return self.shared * self.cores + (self.spines - self.shared) * lone

    @property
    def core_down(self) -> int:
        """Links of the core that has the most."""
        if not self.cores:
            return 0
        last = self.last_spine_up or self.spine_up
        return (self.groups - 1) * (self.spine_up // self.cores) + -(-last // self.cores)

    def spine_down(self, spine: IntArray) -> IntArray:
        """Links of spines to leaves, by their numbers, (n,)."""
        full, last = (
            leaves * (self.up // max(spines, 1))
            for leaves, spines in ((self.group, self.spines), (self.last_leaves, self.shared))
        )
        return np.where(spine // max(self.spines, 1) == self.groups - 1, last, full)


def of_managers(drops: Table) -> BoolArray:
    """Tell the drops of fabric managers, (drops,): their links are said, and no node places.

    No rack waits for them: the traffic of none goes through its fabric's manager.
    """
    links, first = (np.asarray(drops[c], dtype=float) for c in ("links", "first"))
    return np.asarray(~np.isnan(links) & np.isnan(first))


COLUMNS = {
    "units": "units", "unit_nodes": "unit_nodes", "links": "links_per_node", "rails": "rails",
    "leaves": "rail_leaves", "down": "leaf_down", "spare": "spare", "up": "leaf_up",
    "group": "group_leaves", "spines": "group_spines", "spine_up": "spine_up",
    "cores": "group_cores", "split": "split", "last_spines": "last_spines",
    "last_spine_up": "last_spine_up", "lone_cores": "lone_cores",
}  # fmt: skip
"""Where each size of a wiring stands in the table of fabrics."""


def wiring_of(fabrics: Table, row: int) -> Wiring:
    """Wiring of a fabric as its row says it."""
    return Wiring(**{size: int(fabrics[column][row]) for size, column in COLUMNS.items()})


@dataclass(frozen=True)
class Joined:
    """Links between two things and the ports in which they end, (n,) whole numbers from 0.

    Ports count upward from 0: those of a leaf first to nodes, then to spines; those of a spine
    first to leaves, then to cores. Of a port that is split `high_lane` is the link's part of it.
    """

    low: IntArray
    low_port: IntArray
    high: IntArray
    high_port: IntArray
    high_lane: IntArray


def to_leaves(w: Wiring, nodes: IntArray) -> Joined:
    """Links of some nodes to leaves: `low` is the place of the node, `low_port` its link.

    Within a rail nodes fill leaf after leaf, of a port that is split one part after the other.
    Nodes in different units share no leaf.

    Examples
    --------
    The eight links of each node go to eight leaves, one a rail; node 33 is in the second unit:

    >>> h100 = Wiring(units=4, unit_nodes=32, links=8, rails=8, leaves=1, down=32)
    >>> j = to_leaves(h100, np.array([33]))
    >>> j.high.tolist(), j.high_port.tolist()
    ([8, 9, 10, 11, 12, 13, 14, 15], [1, 1, 1, 1, 1, 1, 1, 1])

    Two nodes share a port of 400 Gb/s at 200:

    >>> halves = Wiring(units=1, unit_nodes=8, links=1, rails=1, leaves=1, down=4, split=2)
    >>> j = to_leaves(halves, np.arange(4))
    >>> j.high_port.tolist(), j.high_lane.tolist()
    ([0, 0, 1, 1], [0, 1, 0, 1])
    """
    node = np.repeat(np.asarray(nodes, dtype=np.int64), w.links)
    link = np.tile(np.arange(w.links), len(nodes))
    unit, within = np.divmod(node, w.unit_nodes)
    in_rail, rail = np.divmod(link, w.rails)
    leaf, part = np.divmod(within * (w.links // w.rails) + in_rail, w.leaf_links)
    port, lane = np.divmod(part, w.split)
    return Joined(node, link, (unit * w.rails + rail) * w.leaves + leaf, port, lane)


def to_spines(w: Wiring) -> Joined:
    """Links of all leaves to the spines of their group, spread evenly.

    Examples
    --------
    32 leaves of 32 uplinks over 16 spines: two links between each pair.

    >>> h100 = Wiring(
    ...     units=4, unit_nodes=32, links=8, rails=8, leaves=1, down=32, up=32, group=32, spines=16
    ... )
    >>> j = to_spines(h100)
    >>> len(j.low), j.high[:4].tolist(), j.high_port[:4].tolist(), int(j.high_port.max())
    (1024, [0, 0, 1, 1], [0, 1, 0, 1], 63)
    """
    if w.shared == w.spines:
        return _spread(np.arange(w.all_leaves), w.group, w.up, w.spines, w.down)
    before = w.all_leaves - w.last_leaves
    full = _spread(np.arange(before), w.group, w.up, w.spines, w.down)
    last = _spread(np.arange(w.last_leaves), w.last_leaves, w.up, w.shared, w.down)
    return Joined(
        low=np.concatenate([full.low, last.low + before]),
        low_port=np.concatenate([full.low_port, last.low_port]),
        high=np.concatenate([full.high, last.high + (w.groups - 1) * w.spines]),
        high_port=np.concatenate([full.high_port, last.high_port]),
        high_lane=np.concatenate([full.high_lane, last.high_lane]),
    )


def to_cores(w: Wiring) -> Joined:
    """Links of all spines to the cores of their core group, spread as evenly as they go.

    Spine number s of each group joins core group s.

    Examples
    --------
    16 groups of 8 spines with 32 ports upward; 8 core groups of 8:

    >>> b200 = Wiring(
    ...     units=16, unit_nodes=32, links=8, rails=8, leaves=1, down=32, up=32, group=8, spines=8,
    ...     spine_up=32, cores=8,
    ... )
    >>> j = to_cores(b200)
    >>> len(j.low), int(j.high.max()) + 1, int(j.high_port.max()) + 1
    (4096, 64, 64)

    Three leaves of four uplinks, two and one a group: the one of the last group is on its own
    spine, whose four uplinks go to the core at the first position; the second has a core as well.

    >>> few = Wiring(
    ...     units=3, unit_nodes=1, links=4, rails=1, leaves=1, down=4, up=4, group=2, spines=2,
    ...     spine_up=4, cores=1, last_spines=1, last_spine_up=4, lone_cores=1,
    ... )
    >>> j = to_cores(few)
    >>> j.low.tolist(), j.high.tolist()
    ([0, 0, 0, 0, 2, 2, 2, 2, 1, 1, 1, 1], [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1])
    """
    # Spines in the order of their core group, so that those of one group lie together.
    place, group = np.divmod(np.arange(w.spines * w.groups), max(w.groups, 1))
    there = (group < w.groups - 1) | (place < w.shared)
    place, group = place[there], group[there]
    spine = group * w.spines + place
    up = np.where(group == w.groups - 1, w.last_spine_up or w.spine_up, w.spine_up)
    lone = w.lone_cores or w.cores
    cores = np.where(place < w.shared, w.cores, lone)
    first = np.where(
        place < w.shared, place * w.cores, w.shared * w.cores + (place - w.shared) * lone
    )
    at = np.repeat(np.arange(len(spine)), up)
    link = np.arange(len(at)) - np.repeat(np.cumsum(up) - up, up)
    # Where links do not go evenly, the first cores take one more.
    each, more = np.divmod(up, np.maximum(cores, 1))
    each, more = each[at], more[at]
    wide = link < more * (each + 1)
    left = link - more * (each + 1)
    core = np.where(wide, link // (each + 1), more + left // np.maximum(each, 1))
    again = np.where(wide, link % (each + 1), left % np.maximum(each, 1))
    return Joined(
        low=spine[at],
        low_port=w.spine_down(spine)[at] + link,
        high=first[at] + core,
        high_port=group[at] * (w.spine_up // np.maximum(cores[at], 1)) + again,
        high_lane=np.zeros(len(at), dtype=np.int64),
    )


def _spread(low: IntArray, group: int, up: int, highs: int, first_port: int) -> Joined:
    """Spread `up` links of each of the low switches over the `highs` of its group."""
    each = up // highs if highs else 0
    high, again = (a.ravel() for a in np.divmod(np.arange(each * highs), max(each, 1)))
    within = low % group
    n = len(high)
    return Joined(
        low=np.repeat(low, n),
        low_port=first_port + np.tile(np.arange(n), len(low)),
        high=(np.repeat(low // group, n) * highs + np.tile(high, len(low))).astype(np.int64),
        high_port=np.repeat(within, n) * each + np.tile(again, len(low)),
        high_lane=np.zeros(n * len(low), dtype=np.int64),
    )


def to_managers(w: Wiring, free: IntArray, links: int) -> Joined:
    """Links of fabric managers: on the ports that the node places `free` leave, first link first.

    Examples
    --------
    >>> h100 = Wiring(units=4, unit_nodes=32, links=8, rails=8, leaves=1, down=32)
    >>> to_managers(h100, np.array([127]), 4).high.tolist()
    [24, 25, 26, 27]
    """
    j = to_leaves(w, free)
    n = np.arange(min(links, len(j.high)))
    return Joined(np.zeros(len(n), dtype=np.int64), n, j.high[n], j.high_port[n], j.high_lane[n])
