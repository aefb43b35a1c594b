"""Patch panels: which positions each serves; and trunks between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from twin.model.data import Fabric, Panel, Trunk
from twin.site.fabrics.described import matching
from twin.site.fabrics.figures import Figures
from twin.site.fabrics.wrong import parts_of_port
from twin.site.faults import Fault
from twin.site.table import Chunk, Table


def faults_of_trunks(
    trunks: Mapping[str, Trunk], panels: Mapping[str, Panel], figures: Figures
) -> Iterator[Fault]:
    """Trunks that lead from a panel to itself, and those between two panels that both shuffle."""
    for name, trunk in trunks.items():
        ends = trunk.panel_a, trunk.panel_b
        if ends[0] == ends[1]:
            said, right = "leads from a panel to itself", "another panel"
            yield Fault("trunk", name, "panel_b", trunk.panel_b, said, right)
        elif all(end in panels and _shuffles(panels[end], figures) for end in ends):
            said = f"the cassettes of {ends[0]} and {ends[1]} both shuffle: one undoes the other"
            right = "a cassette that does not shuffle in one of the two panels"
            yield Fault("trunk", name, "panel_b", trunk.panel_b, said, right)


def _shuffles(panel: Panel, figures: Figures) -> bool:
    product = figures.products.get(panel.cassette or panel.type or "")
    return product is not None and product.text.get("wiring") == "shuffle"


def faults_of_cassettes(
    panels: Mapping[str, Panel], fabrics: Mapping[str, Fabric], figures: Figures
) -> Iterator[Fault]:
    """Cassettes that are none, and those that shuffle other ports than there are planes."""
    for name, panel in panels.items():
        product = figures.products.get(panel.cassette or "")
        if product is None:  # one that the catalog does not have is told with all other names
            continue
        if product.kind != "cassette":
            said = f"{product.id} is a {product.kind}"
            yield Fault("panel", name, "cassette", product.id, said, "a cassette")
        elif product.text.get("wiring") == "shuffle":
            yield from _wrong_shuffle(name, panel, fabrics, figures)


def _wrong_shuffle(
    name: str, panel: Panel, fabrics: Mapping[str, Fabric], figures: Figures
) -> Iterator[Fault]:
    """Tell a cassette of other ports than a fabric of its panel has planes, and ports too whole.

    Lanes of as many nodes as there are planes share a port of a leaf.
    """
    cassette = panel.cassette or ""
    ends = [figures.of(cassette, figure) for figure in ("ports", "rear_ports")]
    for fabric, item in fabrics.items():
        if item.planes == 1 or panel.fabric not in {None, fabric}:
            continue
        links = item.split if item.split > 1 else parts_of_port(item, figures)
        if links % item.planes > 0:
            said = (
                f"{cassette} brings lanes of {item.planes} planes together, and a port of a leaf"
                f" of {fabric} serves {links:g} link{'s' if links != 1 else ''}"
            )
            right = f"split = {item.planes} in data.fabrics.{fabric}, or a radix of divided ports"
            yield Fault("panel", name, "cassette", cassette, said, right)
        if any(end > 0 and end != item.planes for end in ends):
            front, rear = (f"{end:g}" if end > 0 else "?" for end in ends)
            said = f"{cassette} shuffles {front} ports to {rear}, {fabric} has {item.planes} planes"
            right = f"a cassette of {item.planes} ports on both its sides"
            yield Fault("panel", name, "cassette", cassette, said, right)


def patches(panels: Mapping[str, Panel], positions: Table, faults: list[Fault]) -> list[Chunk]:
    """Positions on the panels that serve them; one that two serve of one fabric is told."""
    out: list[Chunk] = []
    taken: dict[tuple[str, str], str] = {}
    for name, panel in panels.items():
        places = matching(("panel", name), "serves", panel.serves, positions, faults)
        for place in places.tolist():
            other = taken.setdefault((place, panel.fabric or ""), name)
            if other != name:
                said = f"serves {place}, and so does panel {other}"
                right = "one panel for the cords of one position, or another fabric"
                faults.append(Fault("panel", name, "serves", place, said, right))
        ids = np.array([f"{place}>{name}" for place in places.tolist()], dtype=np.str_)
        out.append((ids, {"tail": places, "head": np.full(len(places), name)}))
    return out
