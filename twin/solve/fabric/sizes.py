"""How many leaves, spines and cores a fabric has, and how they are joined.

Leaves follow from the links that end on them. Spines are the least number that takes all uplinks
and over which each leaf can spread its uplinks evenly: a leaf with 32 uplinks can have 16 spines,
not 12. In three tiers that holds twice. A spine-leaf group is a fabric of two tiers whose spines
use half their ports. The spines at one position of all groups make, with their cores, a core
group, in which spines stand for leaves and cores for spines.

What the published tables leave open is settled like this:

- A spine has as many uplinks as it has links to leaves: more would carry nothing.
- Each group is sized on its own leaves. A last group with fewer leaves has fewer spines, and the
  core groups of the positions that it lacks are smaller. Its spines may get a few more uplinks
  than links to leaves, so that these, too, spread evenly over the cores.
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

from collections.abc import Iterator

from twin.site.fabrics.evenly import ceil_div, divisors, least_divisor
from twin.solve.fabric.built import CoreGroup, Fabric, SpineGroup, Tiers
from twin.solve.fabric.capacity import leaves, too_large
from twin.solve.fabric.cords import cords
from twin.solve.fabric.plan import Plan, problems, refuse

Groups = tuple[tuple[SpineGroup, ...], tuple[CoreGroup, ...]]


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
    groups, cores = _two_tiers(plan, leaf) if plan.tiers == 2 else _three_tiers(plan, leaf)
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


# ----------------------------------------------------------------------------------- the tiers


def _two_tiers(plan: Plan, leaf: int) -> Groups:
    """Return the one group of two tiers, and no cores."""
    spines = _spines(plan, leaf)[0]
    return (SpineGroup(1, leaf, spines, plan.leaf_up // spines, 0),), ()


def _three_tiers(plan: Plan, leaf: int) -> Groups:
    """Return the groups of three tiers, and the core groups above them."""
    in_group = min(plan.group_leaves, leaf)
    count, rest = divmod(leaf, in_group)
    spines = _spines(plan, in_group)[0]
    joint = plan.leaf_up // spines
    full = SpineGroup(count, in_group, spines, joint, _spine_up(plan, in_group * joint))
    if rest:
        return next(_with_a_rest(plan, full, rest))
    return (full,), (_cores(plan, full, spines),)


def _with_a_rest(plan: Plan, full: SpineGroup, leaf: int) -> Iterator[Groups]:
    """Yield full groups with a smaller one whose uplinks spread evenly, the least spines first.

    With as many spines as a full group has, they do.
    """
    base = full.count * full.up
    for spines in _spines(plan, leaf):
        joint = plan.leaf_up // spines
        wanted = _spine_up(plan, leaf * joint)
        for cores in divisors(full.up):
            up = ceil_div(wanted, cores) * cores
            if up <= plan.radix - plan.spine_ports and base + up <= cores * plan.radix:
                rest = SpineGroup(1, leaf, spines, joint, up)
                shared = CoreGroup(spines, full.count + 1, cores, base + up)
                alone = _cores(plan, full, full.spines - spines)
                yield (full, rest), (shared, alone) if alone.count else (shared,)


def _spines(plan: Plan, leaf: int) -> list[int]:
    """Return how many spines a group of leaves may have, the least first."""
    least = ceil_div(leaf * plan.leaf_up, plan.spine_ports)
    return [d for d in divisors(plan.leaf_up) if d >= least]


def _spine_up(plan: Plan, down: int) -> int:
    """Return the uplinks of a spine with so many links to leaves."""
    return min(down, plan.radix - plan.spine_ports)


def _cores(plan: Plan, full: SpineGroup, positions: int) -> CoreGroup:
    """Return core groups at positions that only full groups have."""
    links = full.count * full.up
    cores = least_divisor(full.up, ceil_div(links, plan.radix))
    return CoreGroup(positions, full.count, cores, links)
