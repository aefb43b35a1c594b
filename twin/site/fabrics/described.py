"""What a layout says of a fabric, with figures of products filled in: its wiring, or what is wrong.

The sizing rule is that of the published reference architectures: each leaf spreads its uplinks
evenly over the spines of its group, so their count divides the uplinks; in three tiers the same
holds of spines over the cores of a core group.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from twin.errors import near, shown
from twin.model.data import Fabric
from twin.site.fabrics.devices import Names, devices_of
from twin.site.fabrics.figures import Figures
from twin.site.fabrics.oversize import Asked, faults_of_size
from twin.site.fabrics.sized import leaf_ports, sized
from twin.site.fabrics.wiring import Wiring
from twin.site.fabrics.wrong import (
    faults_of_cages,
    faults_of_leaf,
    faults_of_managers,
    faults_of_media,
    faults_of_products,
    faults_of_protocol,
    faults_of_radix,
    faults_of_shape,
    faults_of_speed,
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
    managers
        Ids of the positions that house its managers; none where the layout does not say.
    """

    name: str
    item: Fabric
    wiring: Wiring
    places: StrArray
    nodes: int
    gbps: float
    products: tuple[str, str, str]
    devices: Names
    managers: StrArray


def described(
    fabrics: Mapping[str, Fabric], positions: Table, racks: Table, figures: Figures,
    faults: list[Fault],
) -> list[Described]:  # fmt: skip
    """Fabrics that can be wired; what keeps others from it is told."""
    out = []
    for name, item in fabrics.items():
        told = [
            *faults_of_speed(name, item, figures), *faults_of_radix(name, item, figures),
            *faults_of_split(name, item, figures), *faults_of_products(name, item, figures),
            *faults_of_media(name, item, figures), *faults_of_protocol(name, item, figures),
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
        managers = matching(("fabric", name), "manager_at", item.manager_at, positions, told)
        told += faults_of_managers(name, item, places, managers)
        wiring = (
            None if told or not known else _wiring(name, item, len(places), nodes, figures, told)
        )
        faults.extend(told)
        if wiring is not None:
            products = (item.leaf, item.spine or item.leaf, item.core or item.spine or item.leaf)
            gbps = gbps_of(item, figures)
            out.append(
                Described(name, item, wiring, places, nodes, gbps, products, devices, managers)
            )
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
        asked = Asked(name, item, places, nodes, figures)
        told = list(faults_of_size(asked, found, ports))
    faults.extend(told)
    return None if told else found
