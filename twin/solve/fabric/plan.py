"""What is asked of a fabric, and what of it cannot be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from twin.errors import InputError, Problem, plural
from twin.site.fabrics.evenly import ceil_div, divisors, least_divisor

MOST_PORTS, MOST = 1_000_000, 1_000_000_000
"""Of a switch, and of anything: more is a typing error."""
_MAY_BE_NONE = ("reserved", "manager_links")
_COUNTS = (
    "nodes", "links_per_node", "radix", "down", "group", "planes", "reserved", "manager_links",
    "up", "spine_down", "rails", "links_per_cord",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A fabric as it is asked for; ports and links are those of one plane, at its rate.

    Parameters
    ----------
    nodes
        Nodes to be connected.
    links_per_node
        Links of a node in one plane: a GPU with two half-rate ports on two planes has one.
    radix
        Ports of a switch: 128 where 64 cages of 800G are split into two ports of 400G.
    down
        Ports of a leaf for nodes.
    tiers
        2: leaves and spines. 3: leaves and spines in groups, cores above them.
    group
        Leaves of a spine-leaf group in three tiers; None: as many as a spine has ports down.
    planes
        Fabrics side by side, all alike; a node has its links in each of them.
    reserved
        Node places kept free, as the one that gives its ports to the fabric's managers.
    manager_links
        Links of the managers in one plane. They take the ports of the reserved places first.
    up
        Ports of a leaf for spines; None: see `leaf_up`.
    spine_down
        Ports of a spine for leaves in three tiers; None: half of them.
    rails
        None: leaves are filled link by link. Else they come in whole sets of so many, one leaf
        for each rail (see `twin.solve.fabric.rails`).
    links_per_cord
        Links that one cord carries; None: as many as there are planes (see
        `twin.solve.fabric.cords`).
    """

    nodes: int
    links_per_node: int
    radix: int
    down: int
    tiers: int = 2
    group: int | None = None
    planes: int = 1
    reserved: int = 0
    manager_links: int = 0
    up: int | None = None
    spine_down: int | None = None
    rails: int | None = None
    links_per_cord: int | None = None

    @property
    def leaf_up(self) -> int:
        """Ports of a leaf for spines.

        Unless said otherwise as many as for nodes, so that nothing is oversubscribed; where the
        switch has fewer left, all that it has left. A leaf of 64 ports with 18 for nodes has 18
        uplinks and not 46: more would carry nothing. With 48 for nodes it has 16, 3 to 1.
        """
        return min(self.down, self.radix - self.down) if self.up is None else self.up

    @property
    def spine_ports(self) -> int:
        """Ports of a spine for leaves: all in two tiers, else half unless said otherwise."""
        if self.tiers == 2:
            return self.radix
        return self.radix // 2 if self.spine_down is None else self.spine_down

    @property
    def group_leaves(self) -> int:
        """Leaves of a full spine-leaf group; in two tiers all leaves that fit are one group."""
        return self.spine_ports if self.group is None or self.tiers == 2 else self.group

    @property
    def cord_links(self) -> int:
        """Links that one cord carries."""
        return self.planes if self.links_per_cord is None else self.links_per_cord

    @property
    def endpoint_links(self) -> int:
        """Ports of one plane to be kept for nodes, reserved places and managers."""
        kept = max(self.reserved * self.links_per_node, self.manager_links)
        return self.nodes * self.links_per_node + kept


def refuse(problems: Iterator[Problem]) -> None:
    """Raise what is wrong, all at once, if anything is."""
    found = tuple(problems)
    if found:
        raise InputError(found)


def problems(plan: Plan) -> Iterator[Problem]:
    """Yield what is wrong with the figures of a plan, whatever its size; keys are its fields."""
    wrong = [*_of_figures(plan)]
    yield from wrong
    if not wrong:
        yield from _of_ports(plan)
        yield from _of_rails(plan)


def problem(plan: Plan, key: str, message: str, expected: str) -> Problem:
    """Return what is wrong with a field of a plan."""
    return Problem("", key=key, value=getattr(plan, key), message=message, expected=expected)


def _of_figures(plan: Plan) -> Iterator[Problem]:
    """Yield figures that mean nothing by themselves."""
    for key in _COUNTS:
        value = getattr(plan, key)
        least = 0 if key in _MAY_BE_NONE else 1
        if value is not None and value < least:
            yield problem(plan, key, f"{value:,} is too few", f"write {least} or more")
        most = MOST_PORTS if key == "radix" else MOST
        if value is not None and value > most:
            yield problem(plan, key, f"{value:,} is too many", f"write at most {most:,}")
    if plan.tiers not in {2, 3}:
        yield problem(plan, "tiers", f"{plan.tiers:,} tiers cannot be sized", "write 2 or 3")
    if plan.radix == 1:
        yield problem(plan, "radix", "a switch of 1 port joins nothing", "write 2 or more")


def _of_ports(plan: Plan) -> Iterator[Problem]:
    """Yield ports that a switch does not have."""
    radix, down, up = plan.radix, plan.down, plan.leaf_up
    if down >= radix:
        yield problem(
            plan, "down", f"{plural(down, 'port')} for nodes leave none of {radix:,} for spines",
            f"write at most {radix - 1:,}; up to {radix // 2:,} nothing is oversubscribed",
        )  # fmt: skip
    elif up > radix - down:
        yield problem(
            plan, "up", f"{plural(down, 'port')} for nodes and {up:,} for spines are "
            f"{down + up:,}, the switch has {radix:,}", f"write at most {radix - down:,}",
        )  # fmt: skip
    if plan.tiers == 2 and plan.spine_down is not None:
        yield problem(
            plan, "spine_down", "in two tiers all ports of a spine go to leaves",
            "leave it out, or write 3 tiers",
        )  # fmt: skip
    if plan.tiers == 3 and plan.spine_ports >= radix:
        yield problem(
            plan, "spine_down", f"{plural(plan.spine_ports, 'port')} for leaves leave none of "
            f"{radix:,} for cores", f"write at most {radix - 1:,}",
        )  # fmt: skip


def _of_rails(plan: Plan) -> Iterator[Problem]:
    """Yield rails over which the links of a node do not spread."""
    links, rails, down = plan.links_per_node, plan.rails, plan.down
    if rails is None:
        return
    if links % rails:
        fits = max(n for n in divisors(links) if n <= rails)
        yield problem(
            plan, "rails", f"{plural(links, 'link')} of a node do not spread evenly over "
            f"{rails:,} rails",
            f"write {fits:,}, or another divisor of {links:,}",
        )  # fmt: skip
    elif links // rails > down:
        yield problem(
            plan, "rails", f"a node has {plural(links // rails, 'link')} on each rail, a leaf "
            f"has {plural(down, 'port')} for nodes",
            f"write {least_divisor(links, ceil_div(links, down)):,} or more",
        )  # fmt: skip
