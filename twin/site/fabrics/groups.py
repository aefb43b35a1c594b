"""Groups of leaves with spines of their own, and the cores that join them: the rule of sizes.

Each leaf spreads its uplinks evenly over the spines of its group, each spine over the cores of its
core group: there is one for each position of a spine in its group. Spines and cores are the least
numbers with which that goes. A last group with fewer leaves is sized on its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from twin.site.fabrics.evenly import ceil_div, divisors


@dataclass(frozen=True, slots=True)
class Ports:
    """Ports of spines for leaves and for cores, and of cores for spines; 0 for cores: no cores."""

    low: int
    high: int = 0
    core: int = 0


@dataclass(frozen=True, slots=True)
class Group:
    """A group of leaves: its leaves and spines, and the uplinks of each spine."""

    leaves: int
    spines: int
    up: int


@dataclass(frozen=True, slots=True)
class Groups:
    """Groups of a plane.

    Attributes
    ----------
    full, count
        A full group, and how many there are.
    last
        The last group where it has fewer leaves; None where it is full.
    cores
        Cores of a core group at a position that all groups have a spine at.
    lone_cores
        Those at a position that the last group has none at.
    """

    full: Group
    count: int
    last: Group | None
    cores: int
    lone_cores: int


def grouped(leaf: int, group: int, up: int, ports: Ports) -> Groups | None:
    """Return the groups of so many leaves; None where spines, or cores, cannot join them.

    The last group has the least spines that its own leaves ask for; more only where the cores have
    no ports for the uplinks of so few.

    Parameters
    ----------
    leaf, group, up
        Leaves of the plane and of a full group, and uplinks of each.

    Examples
    --------
    36 leaves of 32 uplinks: four groups of 8 leaves and 8 spines, one of 4 and 4.

    >>> found = grouped(36, 8, 32, Ports(32, 32, 64))
    >>> found.count, found.full.spines, found.last, found.cores, found.lone_cores
    (4, 8, Group(leaves=4, spines=4, up=32), 4, 2)
    """
    count, rest = divmod(leaf, group)
    full = next(_sized(group, up, ports), None)
    if full is None:
        return None
    if not ports.core:
        last = next(_sized(rest, up, ports)) if rest else None
        return Groups(full, count, last, 0, 0)
    lone = cores_of(count * full.up, [full.up], ports.core)
    if not lone:
        return None
    if not rest:
        return Groups(full, count, None, lone, lone)
    sizes = (
        Groups(full, count, last, cores, lone)
        for last in _sized(rest, up, ports)
        if (cores := cores_of(count * full.up + last.up, [full.up, last.up], ports.core))
    )
    return next(sizes, None)


def _sized(leaves: int, up: int, ports: Ports) -> Iterator[Group]:
    """Yield a group with as few spines as its leaves ask for, then with more."""
    least = ceil_div(leaves * up, ports.low)
    for spines in divisors(up):
        if spines >= least:
            yield Group(leaves, spines, min(leaves * (up // spines), ports.high))


def cores_of(links: int, ups: list[int], ports: int) -> int:
    """Return the cores of a core group: the least over which its spines spread evenly; 0 none.

    Where no number is even for all spines, it is for those of full groups, and the one of the last
    group spreads as evenly as its links go: to some cores one more than to others.

    Parameters
    ----------
    links
        Of all spines of the core group.
    ups
        Uplinks of a spine of a full group, and of the one of the last group.

    Examples
    --------
    500 links need 8 cores of 64 ports. Over them 32 spread evenly and 20 do not; 10 cores would be
    even for 20 alone. 28 uplinks and 14 spread evenly over 7, as 5 cores do not for either:

    >>> cores_of(500, [32, 20], 64), cores_of(294, [28, 14], 64)
    (8, 7)
    """
    least = max(ceil_div(links, ports), 1)
    fit = [c for c in divisors(ups[0]) if c >= least]
    even = (c for c in fit if all(up % c == 0 for up in ups))
    return next(even, fit[0] if fit else 0)
