"""What a layout says of a fabric, with figures of products filled in: its wiring, or what is wrong.

The sizing rule is that of the published reference architectures: each leaf spreads its uplinks
evenly over the spines of its group, so their count divides the uplinks; in three tiers the same
holds of spines over the cores of a core group.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from twin.errors import near, shown
from twin.model.data import Fabric
from twin.site.fabrics.devices import Names, devices_of
from twin.site.fabrics.evenly import ceil_div, least_above
from twin.site.fabrics.figures import Figures
from twin.site.fabrics.wiring import Wiring
from twin.site.fabrics.wrong import (
    faults_of_cages,
    faults_of_leaf,
    faults_of_media,
    faults_of_products,
    faults_of_radix,
    faults_of_shape,
    faults_of_size,
    faults_of_split,
    gbps_of,
    radix,
)
from twin.site.faults import Fault
from twin.site.table import StrArray, Table

_PARTS = re.compile(r"(\D*)(\d*)")


@dataclass(frozen=True)
class Described:
    """A fabric with all that its wiring needs.

    Attributes
    ----------
    name, item
        Its id and what the layout says.
    wiring
        Sizes of one plane.
    places
        (P,) ids of its positions, in the order of their node places.
    nodes
        Node places of each position.
    gbps
        Speed of a link of a node; NaN not known.
    products
        Product of leaves, spines and cores.
    devices
        Names of the nodes of positions, where the layout says what they are.
    """

    name: str
    item: Fabric
    wiring: Wiring
    places: StrArray
    nodes: int
    gbps: float
    products: tuple[str, str, str]
    devices: Names


def described(
    fabrics: Mapping[str, Fabric], positions: Table, racks: Table, figures: Figures,
    faults: list[Fault],
) -> list[Described]:  # fmt: skip
    """Fabrics that can be wired; what keeps others from it is told."""
    out = []
    for name, item in fabrics.items():
        told = [
            *faults_of_radix(name, item, figures), *faults_of_split(name, item, figures),
            *faults_of_products(name, item, figures),
            *faults_of_media(name, item, figures),
        ]  # fmt: skip
        known = all(p in figures.products for p in (item.leaf, item.spine, item.core) if p)
        places = matching(("fabric", name), "positions", item.positions, positions, told)
        nodes = item.nodes_per_position or _nodes(places, racks, figures)
        if not nodes and len(places):
            said = "nodes of the racks there are not known"
            told.append(Fault("fabric", name, "nodes_per_position", None, said, "write a count"))
        if nodes and len(places):
            told += faults_of_shape(name, item, len(places) * nodes)
        devices = devices_of(name, item, places, nodes, positions.ids, told)
        wiring = (
            None if told or not known else _wiring(name, item, len(places), nodes, figures, told)
        )
        faults.extend(told)
        if wiring is not None:
            products = (item.leaf, item.spine or item.leaf, item.core or item.spine or item.leaf)
            gbps = gbps_of(item, figures)
            out.append(Described(name, item, wiring, places, nodes, gbps, products, devices))
    return out


def matching(
    owner: tuple[str, str], key: str, globs: Iterable[str], positions: Table, faults: list[Fault]
) -> StrArray:
    """Ids of positions, glob after glob, within one by row and place in it; each once.

    Rows and ids count as people do: R2 comes before R10.
    """
    ids = positions.ids.tolist()
    place = dict(zip(ids, zip(positions["row"], positions["index"], strict=True), strict=True))
    found: dict[str, None] = {}
    said: set[str] = set()
    for glob in globs:
        here = [glob] if glob in place else fnmatch.filter(ids, glob)
        if not here:
            told, guess = f"{shown(glob)} matches no position", near(glob, ids)
            faults.append(Fault(*owner, key, glob, told, "ids or globs", guess))
        if glob in said:
            told = f"names {shown(glob)} twice"
            faults.append(Fault(*owner, key, glob, told, "each position once"))
        said.add(glob)
        here.sort(key=lambda i: _order(i, *place[i]))
        found |= dict.fromkeys(here)
    return np.array(list(found), dtype=np.str_)


def _order(name: str, row: str, index: float) -> tuple[object, ...]:
    """Return the key of a position: its row and place in it; one in no row has no place."""
    return natural(str(row)), float(index) if row else 0.0, natural(name)


def natural(name: str) -> tuple[tuple[str, int], ...]:
    """Return a key that sorts names by their words and numbers.

    Examples
    --------
    >>> sorted(["R10", "R2", "R2b"], key=natural)
    ['R2', 'R2b', 'R10']
    """
    return tuple((word, int(digits or -1)) for word, digits in _PARTS.findall(name))


def _nodes(places: StrArray, racks: Table, figures: Figures) -> int:
    """Nodes of the largest rack on some positions."""
    here = np.isin(racks["position"], places)
    counts = [nodes_of(kind, figures) for kind in np.unique(racks["type"][here]).tolist()]
    return int(max((c for c in counts if c > 0), default=0))


def nodes_of(kind: str, figures: Figures) -> float:
    """Nodes of a rack type: its trays of servers, else its servers; NaN not known."""
    trays = figures.of(kind, "compute_trays")
    return trays if trays >= 0 else figures.of(kind, "systems")


def _wiring(
    name: str, item: Fabric, places: int, nodes: int, figures: Figures, faults: list[Fault]
) -> Wiring | None:
    """Sizes of a fabric for so many positions; None, and why, where it cannot be built."""
    ports = [int(radix(item, tier, figures)) for tier in range(item.tiers)]
    down, up = leaf_ports(item, ports[0])
    told = list(faults_of_leaf(name, item, down, up, ports[0]))
    told += faults_of_cages(name, item, down, figures)
    if not told:
        found = sized(item, places, nodes, ports)
        told = list(faults_of_size(name, item, found, ports))
    faults.extend(told)
    return None if told else found


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
    if not three or not spines:
        return two
    spine_up = min(group * up // spines, ports[1] - low)
    cores = least_above(two.groups, spine_up, ports[2]) or 0
    return replace(two, spine_up=spine_up, cores=cores)
