"""How many leaves, spines and cores a fabric has, and how they are joined.

Leaves follow from the links that end on them. Spines are the least number that takes all uplinks
and over which each leaf can spread its uplinks evenly: a leaf with 32 uplinks can have 16 spines,
not 12. In three tiers that holds twice. A spine-leaf group is a fabric of two tiers whose spines
use half their ports. The spines at one position of all groups make, with their cores, a core
group, in which spines stand for leaves and cores for spines.

What the published tables leave open is settled like this:

- A spine has as many uplinks as it has links to leaves: more would carry nothing.
- Each group is sized on its own leaves. A last group with fewer leaves has fewer spines, and the
  core groups of the positions that it lacks are smaller. Its spines have as many uplinks as links
  to leaves, too; where these do not spread evenly over the cores, some cores get one more of them
  than others (see `twin.site.fabrics.groups`).
- A fabric that is to grow is therefore sized for its last group; what stands before that is a
  part of it.

References
----------
C. E. Leiserson, "Fat-trees: universal networks for hardware-efficient supercomputing", IEEE
Transactions on Computers C-34(10), 1985. M. Al-Fares, A. Loukissas, A. Vahdat, "A scalable,
commodity data center network architecture", SIGCOMM 2008. NVIDIA, InfiniBand Cluster Bring-up
Procedure, Acronyms (spine-leaf group, core group).
"""

from __future__ import annotations

from twin.site.fabrics.groups import Ports, grouped
from twin.solve.fabric.built import CoreGroup, Fabric, SpineGroup, Tiers
from twin.solve.fabric.capacity import leaves, too_large
from twin.solve.fabric.cords import cords
from twin.solve.fabric.plan import Plan, problems, refuse


def size(plan: Plan) -> Fabric:
    """Return the size of a fabric.

    Raises
    ------
    InputError
        The plan cannot be built; keys are fields of the plan.

    Examples
    --------
    >>> found = size(Plan(nodes=512, links_per_node=8, radix=64, down=32, tiers=3, group=8))
    >>> found.leaf, found.spine, found.core, found.links
    (128, 128, 64, Tiers(node_leaf=4096, leaf_spine=4096, spine_core=4096))
    """
    refuse(problems(plan))
    refuse(too_large(plan))
    leaf = leaves(plan)
    groups, cores = _joined(plan, leaf)
    endpoints = plan.nodes * plan.links_per_node + plan.manager_links
    uplinks = sum(g.count * g.spines * g.up for g in groups)
    p = plan.planes
    return Fabric(
        plan,
        p * leaf,
        p * sum(g.count * g.spines for g in groups),
        p * sum(c.count * c.cores for c in cores),
        Tiers(p * endpoints, p * leaf * plan.leaf_up, p * uplinks),
        cords(plan, leaf, groups),
        groups,
        cores,
    )


def _joined(plan: Plan, leaf: int) -> tuple[tuple[SpineGroup, ...], tuple[CoreGroup, ...]]:
    """Return the groups of a plan, and the core groups above them."""
    three = plan.tiers == 3
    high = plan.radix - plan.spine_ports
    ports = Ports(plan.spine_ports, high, plan.radix) if three else Ports(plan.spine_ports)
    found = grouped(leaf, min(plan.group_leaves, leaf) if three else leaf, plan.leaf_up, ports)
    assert found is not None  # noqa: S101 - for the types: what cannot be joined is refused before
    members = [(found.count, found.full), *([(1, found.last)] if found.last else [])]
    groups = tuple(
        SpineGroup(count, g.leaves, g.spines, plan.leaf_up // g.spines, g.up)
        for count, g in members
    )
    if not three:
        return groups, ()
    shared = groups[-1].spines
    all_of_them = CoreGroup(
        shared, sum(g.count for g in groups), found.cores, sum(g.count * g.up for g in groups)
    )
    full = groups[0]
    lone = CoreGroup(full.spines - shared, full.count, found.lone_cores, full.count * full.up)
    return groups, (all_of_them, lone) if lone.count else (all_of_them,)
