"""Sizes of a fabric of a layout: ports of its leaves, leaves, spines and cores."""

from __future__ import annotations

from dataclasses import replace

from twin.model.data import Fabric
from twin.site.fabrics.evenly import ceil_div, least_above
from twin.site.fabrics.groups import Ports, grouped
from twin.site.fabrics.wiring import Wiring


def sized(item: Fabric, places: int, nodes: int, ports: list[int]) -> Wiring:
    """Sizes of a fabric; 0 spines or cores where its switches cannot join what is below them."""
    down, up = leaf_ports(item, ports[0])
    unit_places = item.su_positions or places
    rails = item.rails or 1
    in_rail = unit_places * nodes * item.links_per_node // rails
    one = Wiring(
        units=ceil_div(places, unit_places), unit_nodes=unit_places * nodes,
        links=item.links_per_node, rails=rails, leaves=1, down=down, spare=item.spare,
        split=item.split,
    )  # fmt: skip
    bare = replace(one, leaves=ceil_div(in_rail, one.leaf_links))
    if item.tiers == 1:
        return bare
    return _with_spines(item, bare, up, ports)


def leaf_ports(item: Fabric, ports: int) -> tuple[int, int]:
    """Ports of a leaf for nodes and towards spines."""
    if item.tiers == 1:
        return item.down or ports, 0
    down = item.down or (ports - item.up if item.up else ports // 2)
    return down, item.up or min(down, ports - down)


def _with_spines(item: Fabric, bare: Wiring, up: int, ports: list[int]) -> Wiring:
    """Add spines, and cores in three tiers."""
    three = item.tiers == 3  # noqa: PLR2004 - tiers
    low = ports[1] // 2 if three else ports[1]
    of_unit = bare.rails * bare.leaves
    group = item.group or (min(of_unit, low) if three else bare.all_leaves)
    group = min(group, bare.all_leaves)
    spines = least_above(group, up, low) or 0
    two = replace(bare, up=up, group=group, spines=spines)
    high, core = (ports[1] - low, ports[2]) if three else (0, 0)
    found = grouped(bare.all_leaves, group, up, Ports(low, high, core))
    if found is None:
        return two
    wired = replace(two, spine_up=found.full.up, cores=found.cores)
    if found.last is None:
        return wired
    return replace(
        wired, last_spines=found.last.spines, last_spine_up=found.last.up,
        lone_cores=found.lone_cores,
    )  # fmt: skip
