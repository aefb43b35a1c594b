"""Patch panels: which positions each serves; and trunks between them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from twin.model.data import Panel, Trunk
from twin.site.expand import Chunk
from twin.site.fabrics.described import matching
from twin.site.faults import Fault
from twin.site.table import Table


def faults_of_trunks(trunks: Mapping[str, Trunk]) -> list[Fault]:
    """Trunks that lead from a panel to itself."""
    said, right = "leads from a panel to itself", "another panel"
    return [
        Fault("trunk", name, "panel_b", trunk.panel_b, said, right)
        for name, trunk in trunks.items()
        if trunk.panel_a == trunk.panel_b
    ]


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
