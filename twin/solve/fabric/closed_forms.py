"""Sizes of regular networks in closed form: what a plan is held against.

References
----------
.. [1] M. Al-Fares, A. Loukissas, A. Vahdat, "A scalable, commodity data center network
   architecture", SIGCOMM 2008, section 3.1.
.. [2] C. Clos, "A study of non-blocking switching networks", Bell System Technical Journal
   32(2), 1953; folded, with as many uplinks as links down.
.. [3] J. Kim, W. J. Dally, S. Scott, D. Abts, "Technology-driven, highly-scalable dragonfly
   topology", ISCA 2008, section 3.1.
"""

from __future__ import annotations

import math
from typing import NamedTuple


class FatTree(NamedTuple):
    """A k-ary fat tree: hosts, switches and links."""

    hosts: int
    edge: int
    aggregation: int
    core: int
    links: int


def fat_tree(k: int) -> FatTree:
    """Return the size of a fat tree of switches with `k` ports, `k` even [1]_.

    Examples
    --------
    >>> fat_tree(48).hosts, fat_tree(4)
    (27648, FatTree(hosts=16, edge=8, aggregation=8, core=4, links=48))
    """
    return FatTree(k**3 // 4, k**2 // 2, k**2 // 2, k**2 // 4, 3 * k**3 // 4)


def clos_hosts(radix: int, tiers: int) -> int:
    """Return the most hosts of a folded Clos network that blocks nothing [2]_.

    Each tier but the last uses half its ports downward: 2 (radix / 2)^tiers.

    Examples
    --------
    >>> clos_hosts(64, 2), clos_hosts(64, 3)
    (2048, 65536)
    """
    return 2 * math.prod([radix // 2] * tiers)


def planes_hosts(radix: int, planes: int) -> int:
    """Return the most hosts of two tiers where each host's port is split over planes.

    Each switch port is split likewise, so that a switch has `planes` times the ports: the hosts
    grow by the square. `radix` counts ports at the host's full rate.

    Examples
    --------
    >>> planes_hosts(64, 8)  # 64 ports of 800G as 512 of 100G
    131072
    """
    return clos_hosts(planes * radix, 2)


class Dragonfly(NamedTuple):
    """A dragonfly: hosts, groups, routers of a group and ports of a router."""

    hosts: int
    groups: int
    routers: int
    radix: int


def dragonfly(h: int) -> Dragonfly:
    """Return the largest balanced dragonfly with `h` global links of each router [3]_.

    Balanced: a = 2p = 2h routers of a group and p hosts of a router; a h + 1 groups, each joined
    to each other by one link.

    Examples
    --------
    >>> dragonfly(4)
    Dragonfly(hosts=1056, groups=33, routers=8, radix=15)
    """
    routers = 2 * h
    groups = routers * h + 1
    return Dragonfly(h * routers * groups, groups, routers, 4 * h - 1)
