"""How many leaves a plan needs, how many its tiers can join, and what is told where they differ."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from twin.errors import Problem
from twin.site.fabrics.evenly import ceil_div
from twin.solve.fabric.plan import Plan, problem
from twin.solve.fabric.rails import unit_nodes, units


def leaves(plan: Plan) -> int:
    """Return the leaves of one plane.

    Examples
    --------
    >>> leaves(Plan(nodes=40, links_per_node=8, radix=64, down=32))
    10
    >>> leaves(Plan(nodes=40, links_per_node=8, radix=64, down=32, rails=8))
    16
    """
    if plan.rails is not None:
        return units(plan) * plan.rails
    return ceil_div(plan.endpoint_links, plan.down)


def most_leaves(plan: Plan) -> int:
    """Return how many leaves of one plane the tiers can join.

    A spine reaches a leaf with one link at least, a core likewise a spine of each group.
    """
    if plan.tiers == 2:
        return plan.radix
    if plan.group_leaves > plan.spine_ports:  # such a group is never full: there is only one
        return plan.spine_ports
    return plan.radix * plan.group_leaves


def most_nodes(plan: Plan) -> int:
    """Return the largest number of nodes with which a plan can be built; may be below 1.

    Examples
    --------
    >>> most_nodes(Plan(nodes=1, links_per_node=1, radix=64, down=32))
    2048
    >>> most_nodes(Plan(nodes=1, links_per_node=1, radix=64, down=32, tiers=3))
    65536
    """
    most, kept = most_leaves(plan), plan.reserved * plan.links_per_node
    if plan.rails is not None:
        most = most // plan.rails * plan.rails
    by_links = (most * plan.down - max(kept, plan.manager_links)) // plan.links_per_node
    if plan.rails is None:
        return by_links
    return min(by_links, most // plan.rails * unit_nodes(plan) - plan.reserved)


def too_large(plan: Plan) -> Iterator[Problem]:
    """Yield why the tiers cannot join the leaves, with the nearest that they could."""
    leaf = leaves(plan)
    if plan.tiers == 2:
        if plan.group is not None and plan.group < leaf:
            yield problem(
                plan, "group", f"in two tiers all {leaf:,} leaves are one group, not groups of "
                f"{plan.group:,}", "leave it out, or write 3 tiers",
            )  # fmt: skip
        if leaf > plan.radix:
            message = f"{_needs(plan, leaf)}, a spine of {plan.radix:,} ports joins {plan.radix:,}"
            yield problem(plan, "nodes", message, _nearest(plan))
    elif plan.group_leaves > plan.spine_ports and leaf > plan.spine_ports:
        yield problem(
            plan, "group", f"a spine has {plan.spine_ports:,} ports for leaves, a group "
            f"{min(plan.group_leaves, leaf):,} leaves", f"write at most {plan.spine_ports:,}",
        )  # fmt: skip
    elif leaf > most_leaves(plan):
        groups = ceil_div(leaf, plan.group_leaves)
        message = (
            f"{_needs(plan, leaf)} in {groups:,} groups of {plan.group_leaves:,}, a core of "
            f"{plan.radix:,} ports joins {plan.radix:,} groups"
        )
        yield problem(plan, "nodes", message, _nearest(plan))


def _needs(plan: Plan, leaf: int) -> str:
    """Return what a plan needs, in words."""
    links = plan.endpoint_links
    kept = links - plan.nodes * plan.links_per_node
    more = f" and {kept:,} kept" if kept else ""
    subject = f"{plan.nodes:,} nodes" if plan.nodes > 1 else "1 node"
    verb = "need" if links > plan.links_per_node else "needs"
    return (
        f"{subject} of {plan.links_per_node:,} links{more} {verb} {leaf:,} leaves of "
        f"{plan.down:,} ports"
    )


def _nearest(plan: Plan) -> str:
    """Return the nearest plans that could be built, in words."""
    most = most_nodes(plan)
    ways = [f"write at most {most:,} nodes"] if most > 0 else []
    if plan.tiers == 2:
        wider = ceil_div(plan.endpoint_links, plan.radix)
        if plan.rails is None and plan.up is None and wider < plan.radix:
            up = min(wider, plan.radix - wider)
            ways.append(f"{wider:,} ports down ({wider / up:.3g} to 1)")
        three = replace(plan, tiers=3, group=None)
        if leaves(three) <= most_leaves(three):
            ways.append(f"3 tiers (up to {most_nodes(three):,} nodes)")
    else:
        wider = ceil_div(leaves(plan), plan.radix)
        if wider <= plan.spine_ports:
            ways.append(f"groups of {wider:,} leaves")
    if not ways:
        return "take switches with more ports, or more tiers"
    return ", or ".join(ways)
