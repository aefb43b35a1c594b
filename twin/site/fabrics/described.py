"""What a layout says of a fabric, with figures of products filled in: its wiring, or what is wrong.

The sizing rule is that of the published reference architectures: each leaf spreads its uplinks
evenly over the spines of its group, so their count divides the uplinks; in three tiers the same
holds of spines over the cores of a core group.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from twin.errors import near
from twin.model.data import Fabric
from twin.site.fabrics.evenly import least_above
from twin.site.fabrics.wiring import Wiring
from twin.site.faults import Fault
from twin.site.table import StrArray, Table

if TYPE_CHECKING:
    from twin.catalog.catalog import Catalog

TIERS = ("leaf", "spine", "core")


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
        Speed of a link; NaN not known.
    products
        Product of leaves, spines and cores.
    """

    name: str
    item: Fabric
    wiring: Wiring
    places: StrArray
    nodes: int
    gbps: float
    products: tuple[str, str, str]


def described(
    fabrics: Mapping[str, Fabric], positions: Table, racks: Table, catalog: Catalog,
    faults: list[Fault],
) -> list[Described]:  # fmt: skip
    """Fabrics that can be wired; what keeps others from it is told."""
    out = []
    for name, item in fabrics.items():
        told = list(_faults_of_figures(name, item, catalog))
        places = matching(("fabric", name), "positions", item.positions, positions, told)
        nodes = item.nodes_per_position or _nodes(places, racks, catalog)
        if not nodes and len(places):
            said = "is not known of the racks there"
            told.append(Fault("fabric", name, "nodes_per_position", None, said, "a count"))
        if not told:
            told += _faults_of_shape(name, item, len(places) * nodes)
        wiring = None if told else _wiring(name, item, places, nodes, catalog, told)
        if wiring is not None:
            products = (item.leaf, item.spine or item.leaf, item.core or item.spine or item.leaf)
            gbps = _gbps(item, catalog)
            out.append(Described(name, item, wiring, places, nodes, gbps, products))
        faults.extend(told)
    return out


def matching(
    owner: tuple[str, str], key: str, globs: Iterable[str], positions: Table, faults: list[Fault]
) -> StrArray:
    """Ids of positions, glob after glob, within one by row and place in it; each once."""
    order = np.lexsort((positions.ids, positions["index"], positions["row"]))
    ids = positions.ids[order].tolist()
    found: dict[str, None] = {}
    for glob in globs:
        here = fnmatch.filter(ids, glob)
        if not here:
            told, guess = "matches no position", near(glob, ids)
            faults.append(Fault(*owner, key, glob, told, "ids or globs", guess))
        found |= dict.fromkeys(here)
    return np.array(list(found), dtype=np.str_)


def _nodes(places: StrArray, racks: Table, catalog: Catalog) -> int:
    """Nodes of the largest rack on some positions: its trays of servers, else its servers."""
    here = np.isin(racks["position"], places)
    most = 0.0
    for kind in np.unique(racks["type"][here]).tolist():
        product = catalog.products.get(kind)
        if product is not None:
            counts = [product.number(c) for c in ("compute_trays", "systems")]
            most = max([most, *(c for c in counts if c == c)])  # noqa: PLR0124 - NaN is not known
    return int(most)


def _gbps(item: Fabric, catalog: Catalog) -> float:
    return item.gbps or catalog.products[item.leaf].number("gbps")


def radix(item: Fabric, tier: int, catalog: Catalog) -> float:
    """Ports of a switch of a tier at the speed of the links; NaN not known."""
    if item.radix is not None:
        return float(item.radix)
    name = (item.leaf, item.spine or item.leaf, item.core or item.spine or item.leaf)[tier]
    product = catalog.products[name]
    return float(product.number("ports") * product.number("gbps") // _gbps(item, catalog))


def _faults_of_figures(name: str, item: Fabric, catalog: Catalog) -> Iterator[Fault]:
    """Products that are no switches, and figures that neither they nor the layout give."""
    for tier, key in enumerate(TIERS[: item.tiers]):
        product = getattr(item, key)
        if product is None:
            continue
        found = catalog.products.get(product)
        if found is None:
            guess = near(product, list(catalog.products))
            said = f'there is no product in the catalog "{product}"'
            yield Fault("fabric", name, key, product, said, "the id of a switch", guess)
        elif found.kind != "switch":
            yield Fault("fabric", name, key, product, f"is a {found.kind}", "a switch")
        elif not radix(item, tier, catalog) >= 1:
            said = f"the ports of {product} at the speed of its links are not known"
            yield Fault("fabric", name, "radix", None, said, "ports of a switch")


def _faults_of_shape(name: str, item: Fabric, nodes: int) -> Iterator[Fault]:
    """Numbers that do not go with each other, whatever the ports of a switch."""
    rails = item.rails or 1
    if item.links_per_node % rails:
        fits = [r for r in range(1, item.links_per_node + 1) if item.links_per_node % r == 0]
        nearest = min(fits, key=lambda r: (abs(r - rails), r))
        said = f"does not divide the {item.links_per_node} links of a node"
        yield Fault("fabric", name, "rails", rails, said, f"a divisor: {nearest}")
    if item.reserved >= nodes:
        said = f"leaves no node of {nodes} places"
        yield Fault("fabric", name, "reserved", item.reserved, said, f"at most {nodes - 1}")
    elif item.manager_links > item.reserved * item.links_per_node:
        said = f"{item.reserved} reserved node places free {item.reserved * item.links_per_node}"
        least = -(-item.manager_links // item.links_per_node)
        yield Fault(
            "fabric", name, "manager_links", item.manager_links, said, f"reserved = {least}"
        )
    for key, tiers in (("spine", 2), ("core", 3), ("group", 2)):
        if getattr(item, key) is not None and item.tiers < tiers:
            said = f"means nothing with {item.tiers} tiers"
            yield Fault("fabric", name, key, getattr(item, key), said, f"tiers = {tiers}")


def _wiring(
    name: str, item: Fabric, places: StrArray, nodes: int, catalog: Catalog, faults: list[Fault]
) -> Wiring | None:
    ports = [int(radix(item, tier, catalog)) for tier in range(item.tiers)]
    down, up = _leaf_ports(item, ports[0])
    if down + up > ports[0] or item.spare >= down:
        said = f"{down} ports for nodes and {up} for spines of a leaf that has {ports[0]}"
        least = f"down + up at most {ports[0]}, spare below down"
        faults.append(Fault("fabric", name, "down", down, said, least))
        return None
    unit_places = item.su_positions or len(places)
    rails = item.rails or 1
    in_rail = unit_places * nodes * item.links_per_node // rails
    leaves = -(-in_rail // (down - item.spare))
    bare = Wiring(
        units=-(-len(places) // unit_places), unit_nodes=unit_places * nodes,
        links=item.links_per_node, rails=rails, leaves=leaves, down=down, spare=item.spare,
    )  # fmt: skip
    if item.tiers == 1:
        return bare
    return _with_spines(name, item, bare, up, ports, faults)


def _leaf_ports(item: Fabric, ports: int) -> tuple[int, int]:
    """Ports of a leaf for nodes and towards spines."""
    if item.tiers == 1:
        return item.down or ports, 0
    down = item.down or (ports - item.up if item.up else ports // 2)
    return down, item.up or min(down, ports - down)


def _with_spines(
    name: str, item: Fabric, bare: Wiring, up: int, ports: list[int], faults: list[Fault]
) -> Wiring | None:
    """Add spines, and cores in three tiers."""
    all_leaves = bare.all_leaves
    natural = bare.rails * bare.leaves if item.tiers == len(TIERS) else all_leaves
    group = min(item.group or natural, all_leaves)
    low = ports[1] // 2 if item.tiers == len(TIERS) else ports[1]
    spines = least_above(group, up, low)
    if spines is None:
        said = (
            f"{group} leaves with {up} uplinks share spines of {low} ports downward, each of which"
            f" would take more than {up} spines"
        )
        faults.append(Fault("fabric", name, "group", group, said, f"group = {low} at most"))
        return None
    two = {"up": up, "group": group, "spines": spines}
    if item.tiers == 2:  # noqa: PLR2004 - tiers
        return _replaced(bare, **two)
    groups = -(-all_leaves // group)
    spine_up = min(group * up // spines, ports[1] - low)
    cores = least_above(groups, spine_up, ports[2])
    if cores is None:
        said = f"{groups} groups of leaves on cores of {ports[2]} ports"
        most = f"at most {ports[2]} groups: larger ones, or switches of more ports"
        faults.append(Fault("fabric", name, "group", group, said, most))
        return None
    return _replaced(bare, **two, spine_up=spine_up, cores=cores)


def _replaced(wiring: Wiring, **sizes: int) -> Wiring:
    return Wiring(**{**vars(wiring), **sizes})
