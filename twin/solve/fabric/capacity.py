"""How many leaves a plan needs, how many its tiers can join, and what is told where they differ."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from twin.errors import Problem, plural
from twin.site.fabrics.evenly import ceil_div, least_that
from twin.solve.fabric.plan import MOST_PORTS, Plan, problem, problems
from twin.solve.fabric.rails import unit_nodes, units

_ENOUGH = 2
"""Ways out of a plan that cannot be built, beside switches of more ports."""


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
                plan, "group", f"in two tiers all {plural(leaf, 'leaf', 'leaves')} are one group, "
                f"not groups of {plan.group:,}", "leave it out, or write 3 tiers",
            )  # fmt: skip
        if leaf > plan.radix:
            ports = plural(plan.radix, "port")
            message = f"{_needs(plan, leaf)}, a spine of {ports} joins {plan.radix:,}"
            yield problem(plan, _at_fault(plan), message, _nearest(plan))
    elif plan.group_leaves > plan.spine_ports and leaf > plan.spine_ports:
        yield problem(
            plan, "group", f"a spine has {plural(plan.spine_ports, 'port')} for leaves, a group "
            f"{min(plan.group_leaves, leaf):,} leaves", _nearest(plan),
        )  # fmt: skip
    elif leaf > most_leaves(plan):
        groups = ceil_div(leaf, plan.group_leaves)
        message = (
            f"{_needs(plan, leaf)} in {groups:,} groups of {plan.group_leaves:,}, a core of "
            f"{plural(plan.radix, 'port')} joins {plan.radix:,} groups"
        )
        yield problem(plan, _at_fault(plan), message, _nearest(plan))


def _needs(plan: Plan, leaf: int) -> str:
    """Return what a plan needs, in words."""
    links = plan.endpoint_links
    kept = links - plan.nodes * plan.links_per_node
    more = f" and {kept:,} kept" if kept else ""
    verb = "need" if links > plan.links_per_node else "needs"
    return (
        f"{plural(plan.nodes, 'node')} of {plural(plan.links_per_node, 'link')}{more} {verb} "
        f"{plural(leaf, 'leaf', 'leaves')} of {plural(plan.down, 'port')}"
    )


def _at_fault(plan: Plan) -> str:
    """Return the key that asks for most of the ports: nodes, or what is kept beside them.

    What is kept is at fault only where the nodes alone could be joined.
    """
    reserved = plan.reserved * plan.links_per_node
    kept = max(reserved, plan.manager_links)
    if kept <= plan.nodes * plan.links_per_node or not _fits(plan, reserved=0, manager_links=0):
        return "nodes"
    return "manager_links" if plan.manager_links > reserved else "reserved"


def _nearest(plan: Plan) -> str:
    """Return the nearest plans that can be built, in words; each of them has been tried."""
    ways = [*_ways(plan)]

    def tried(ports: int) -> bool:
        return _fits(plan, radix=ports)

    # Of more ports there is nearly always a switch: it is told where little else is left.
    if len(ways) < _ENOUGH and (radix := least_that(tried, plan.radix, MOST_PORTS)):
        ways.append(f"a radix of {radix:,} or more")
    ways = ways or [f"several plans: no radix up to {MOST_PORTS:,} would do"]
    return f"write {', or '.join(ways)}"


def _ways(plan: Plan) -> Iterator[str]:
    """Yield what of a plan may be changed so that it can be built, one thing at a time."""
    too_wide = plan.tiers == 3 and plan.group_leaves > plan.spine_ports
    if too_wide and _fits(plan, group=plan.spine_ports):
        yield f"groups of at most {plural(plan.spine_ports, 'leaf', 'leaves')}"
    if (most := most_nodes(plan)) > 0:
        yield f"at most {plural(most, 'node')}"
    if (key := _at_fault(plan)) != "nodes":
        fits = _last(plan, key, getattr(plan, key))
        yield f"at most {fits:,} {'links of managers' if key == 'manager_links' else 'reserved'}"
    if plan.tiers == 2:
        yield from _other_tiers(plan)
    elif not too_wide:
        wider = ceil_div(leaves(plan), plan.radix)
        if _fits(plan, group=wider):
            yield f"groups of {plural(wider, 'leaf', 'leaves')}"


def _other_tiers(plan: Plan) -> Iterator[str]:
    """Yield what would do instead of two tiers as they are: more ports down, or three tiers."""
    wider = ceil_div(plan.endpoint_links, plan.radix)
    if plan.rails is None and plan.up is None and _fits(plan, down=wider):
        up = min(wider, plan.radix - wider)
        yield f"{plural(wider, 'port')} down ({wider / up:.3g} to 1)"
    three = replace(plan, tiers=3, group=None)
    if _fits(three):
        yield f"3 tiers (up to {plural(most_nodes(three), 'node')})"


def _fits(plan: Plan, **changed: int) -> bool:
    """Whether a plan can be built once some fields say something else."""
    other = replace(plan, **changed)
    if next(problems(other), None):
        return False
    return leaves(other) <= most_leaves(other)


def _last(plan: Plan, key: str, beyond: int) -> int:
    """Return the largest number of a field, below `beyond`, with which a plan can be built."""
    low = 0
    while beyond - low > 1:
        middle = (low + beyond) // 2
        low, beyond = (middle, beyond) if _fits(plan, **{key: middle}) else (low, middle)
    return low
