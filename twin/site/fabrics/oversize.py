"""Fabrics of more leaves than the tiers above join: which key is at fault, and what would fit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from twin.errors import plural
from twin.model.data import Fabric
from twin.site.fabrics.evenly import ceil_div, least_that
from twin.site.fabrics.figures import Figures
from twin.site.fabrics.sized import leaf_ports, sized
from twin.site.fabrics.wiring import Wiring
from twin.site.fabrics.wrong import faults_of_cages, faults_of_leaf, radix
from twin.site.faults import Fault

_MOST_PORTS = 1_000_000


@dataclass(frozen=True)
class Asked:
    """A fabric as the layout asks for it: its id, its positions and the nodes of each."""

    name: str
    item: Fabric
    places: int
    nodes: int
    figures: Figures


def faults_of_size(asked: Asked, w: Wiring, ports: list[int]) -> Iterator[Fault]:
    """More leaves than the tiers above them can join."""
    item = asked.item
    if item.tiers == 1:
        return
    if item.tiers == 2:  # noqa: PLR2004 - tiers
        yield from _of_two_tiers(asked, w, ports)
    elif not w.spines:
        low = ports[1] // 2
        said = f"a spine has {plural(low, 'port')} for leaves, a group {w.group} leaves"
        right = f"at most {low}"
        if not _fits(asked, group=low):
            most = most_nodes(w, ports[2] * low)
            right = f"{_at_most(asked, most)} in groups of {plural(low, 'leaf', 'leaves')}"
        yield Fault("fabric", asked.name, "group", item.group, said, right)
    elif not w.cores:
        yield from _of_cores(asked, w, ports)


def _needs(w: Wiring) -> str:
    """Say what a fabric needs, its last unit in full, in words."""
    split = f", each split into {w.split}" if w.split > 1 else ""
    return (
        f"{plural(w.units * w.unit_nodes, 'node place')} of {plural(w.links, 'link')} need"
        f" {w.all_leaves:,} leaves of {plural(w.down - w.spare, 'port')}{split}"
    )


def _of_two_tiers(asked: Asked, w: Wiring, ports: list[int]) -> Iterator[Fault]:
    name, item = asked.name, asked.item
    whole = w.units == 1 and w.group % w.leaves == 0
    if w.groups > 1 and not whole:
        said = (
            f"nothing joins {w.groups} groups of {w.group} leaves, and they are no whole rails of"
            " one unit"
        )
        three = "write 3 tiers, " if _fits(asked, tiers=3) else ""
        right = f"leave it out, {three}or {w.leaves} in one unit of {plural(w.rails, 'rail')}"
        yield Fault("fabric", name, "group", item.group, said, right)
    elif not w.spines:
        said = f"{_needs(w)}; a spine of {ports[1]} ports joins {ports[1]}"
        most = most_nodes(w, ports[1])
        key, other = _at_fault(asked, ports[0], most)
        three = ", or 3 tiers" if _fits(asked, tiers=3, group=None) else ""
        right = f"{_at_most(asked, most, other)}{three}"
        yield Fault("fabric", name, key or "tiers", getattr(item, key or "tiers"), said, right)


def _of_cores(asked: Asked, w: Wiring, ports: list[int]) -> Iterator[Fault]:
    said = (
        f"{_needs(w)}, {w.groups} groups of {w.group}; a core of {ports[2]} ports joins {ports[2]}"
    )
    wider = ceil_div(w.all_leaves, ports[2])
    low = ports[1] // 2
    if wider <= low and _fits(asked, group=wider):
        right, key = f"groups of {plural(wider, 'leaf', 'leaves')}", "group"
    else:
        most = most_nodes(w, ports[2] * low)
        key, other = _at_fault(asked, ports[0], most)
        wide = plural(low, "leaf", "leaves")
        right, key = f"{_at_most(asked, most)} in groups of {wide}{other}", key or "group"
    yield Fault("fabric", asked.name, key, getattr(asked.item, key), said, right)


def _at_fault(asked: Asked, ports: int, most: int) -> tuple[str, str]:
    """Name the key that the layout writes and that alone keeps the fabric from being built.

    Parameters
    ----------
    ports
        Ports of a leaf.
    most
        Node places that would fit; below 1 where not even one unit does.

    Returns
    -------
    the key, "" where no single one is, and what of it would do, to follow what would fit else.
    """
    for key, said, changed in _trials(asked, ports, most):
        if _fits(replace(asked, nodes=changed.pop("nodes", asked.nodes)), **changed):
            return key, said
    return "", ""


def _trials(asked: Asked, ports: int, most: int) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield what may be at fault, the likeliest first and the smallest change of each first."""
    item = asked.item
    own = radix(item.model_copy(update={"radix": None}), 0, asked.figures)
    wider = range(item.radix + 1, int(own) + 1) if item.radix and own > item.radix else ()
    for more in wider:
        said = f": at least {more}" if most < 1 else f", a radix of {more} or more"
        yield "radix", said, {"radix": more}
    if item.up and item.up > ports // 2:
        for less in range(item.up - 1, 0, -1):
            yield "up", f", at most {less} up", {"up": less}
    if item.down and item.down < ports // 2:
        for more in range(item.down + 1, ports):
            yield "down", f", {more} down or more", {"down": more}
    if item.down or item.up:
        for more in wider:
            said = f", a radix of {more} or more with half of it down"
            yield "radix", said, {"radix": more, "down": None, "up": None}
    if item.nodes_per_position and most < 1:
        for less in range(asked.nodes - 1, 0, -1):
            said = f", at most {less} nodes in each position"
            yield "nodes_per_position", said, {"nodes": less}


def _fits(asked: Asked, **changed: int | None) -> bool:
    """Whether the tiers join all leaves once some keys say something else."""
    item = asked.item.model_copy(update=changed)
    ports = [int(radix(item, tier, asked.figures)) for tier in range(item.tiers)]
    down, up = leaf_ports(item, ports[0])
    told = faults_of_leaf(asked.name, item, down, up, ports[0])
    if next(told, None) or next(faults_of_cages(asked.name, item, down, asked.figures), None):
        return False
    found = sized(item, asked.places, asked.nodes, ports)
    return bool(found.spines and (found.cores or item.tiers == 2))  # noqa: PLR2004 - tiers


def _at_most(asked: Asked, nodes: int, other: str = "") -> str:
    """Say how many nodes would fit, in words, or how many ports of a switch where none would.

    Parameters
    ----------
    other
        What would do instead, to follow.
    """
    if nodes > 0:
        # A fabric is sized for its last unit in full, however few positions of it there are.
        alone = asked.item.su_positions and asked.places <= asked.item.su_positions
        unit = " of a unit (su_positions)" if alone else ""
        return f"at most {plural(nodes, 'node place')}{unit}{other}"
    if other.startswith(":"):  # the ports that the layout may say of this product
        return f"switches of more ports{other}"
    least = least_that(lambda ports: _fits(asked, radix=ports), 2, _MOST_PORTS)
    ports = f"switches of {least:,} ports or more" if least else "several fabrics"
    return f"{ports}{other}"


def most_nodes(w: Wiring, leaves: int) -> int:
    """Node places that so many leaves carry, units alike.

    Examples
    --------
    >>> most_nodes(Wiring(units=9, unit_nodes=32, links=8, rails=8, leaves=1, down=32), 64)
    256
    """
    if w.units > 1:
        return leaves // (w.rails * w.leaves) * w.unit_nodes
    return leaves // w.rails * w.leaf_links // (w.links // w.rails)
