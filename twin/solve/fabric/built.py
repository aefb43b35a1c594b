"""A fabric with its size: switches, links, cords, and how one plane is joined."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from twin.solve.fabric.plan import Plan


class Tiers(NamedTuple):
    """A count for each pair of neighbouring tiers; 0 where there are no cores."""

    node_leaf: int
    leaf_spine: int
    spine_core: int


@dataclass(frozen=True, slots=True)
class SpineGroup:
    """Spine-leaf groups of one plane that are alike: each leaf is joined to each spine.

    Attributes
    ----------
    count
        Groups.
    leaves, spines
        Switches of one group.
    joint
        Links between each leaf and each spine.
    up
        Uplinks of each spine; 0 in two tiers.
    """

    count: int
    leaves: int
    spines: int
    joint: int
    up: int

    @property
    def down(self) -> int:
        """Links of each spine to leaves."""
        return self.leaves * self.joint


@dataclass(frozen=True, slots=True)
class CoreGroup:
    """Core groups of one plane that are alike: each spine is joined to each core.

    Attributes
    ----------
    count
        Core groups: positions of spines in their groups.
    spines, cores
        Switches of one group.
    links
        Links of one group between spines and cores; cores have the same share, but for one link
        more or less where those of the last spine do not spread evenly.
    """

    count: int
    spines: int
    cores: int
    links: int


@dataclass(frozen=True, slots=True)
class Fabric:
    """A fabric with its size.

    Attributes
    ----------
    plan
        What was asked for.
    leaf, spine, core
        Switches of all planes.
    links
        Links of all planes, each at the rate of one plane.
    cords
        What is pulled for them; see `twin.solve.fabric.cords`.
    spine_groups, core_groups
        How one plane is built: full groups first, then the one that is not.
    """

    plan: Plan
    leaf: int
    spine: int
    core: int
    links: Tiers
    cords: Tiers
    spine_groups: tuple[SpineGroup, ...]
    core_groups: tuple[CoreGroup, ...]

    @property
    def leaf_oversubscription(self) -> float:
        """Ports of a leaf for nodes over those for spines; 1 where nothing can be slowed there."""
        return self.plan.down / self.plan.leaf_up

    @property
    def spine_oversubscription(self) -> float | None:
        """Links of a spine to leaves over those to cores, the worst group's; None in two tiers."""
        return max((g.down / g.up for g in self.spine_groups if g.up), default=None)

    @property
    def free_ports(self) -> tuple[int, int, int]:
        """Ports of all leaves, spines and cores that no link takes; reserved ones are free."""
        radix = self.plan.radix
        node_leaf, leaf_spine, spine_core = self.links
        return (
            self.leaf * radix - node_leaf - leaf_spine,
            self.spine * radix - leaf_spine - spine_core,
            self.core * radix - spine_core,
        )
