"""Names that two devices of a layout would share in labels and in lists for other programs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from twin.site.faults import Fault
from twin.site.table import Table

_RIGHT = "another id: labels and lists for other programs tell devices apart by their names"


def faults_of_names(
    tables: Mapping[str, Table], devices: Mapping[tuple[str, str], tuple[str, ...]]
) -> Iterator[Fault]:
    """Panels that are called like a switch, and panels and written switches called like a node.

    Parameters
    ----------
    devices
        Names of the nodes of fabrics at positions, as the layout says them; others are n1, n2 ...
    """
    panels, switches = tables["panel"], tables["switch"]
    of = dict(zip(switches.ids.tolist(), switches["fabric"].tolist(), strict=True))
    own = [name for name, fabric in of.items() if not fabric]
    if not len(panels) and not own:
        return
    nodes = _nodes(tables["drop"], of)
    for kind, names in (("panel", panels.ids.tolist()), ("switch", own)):
        for name in names:
            if kind == "panel" and name in of:
                yield Fault(kind, name, "", name, f"there is a switch {name}, too", _RIGHT)
            for fabric, place in _hosts(name, nodes, devices):
                said = f"a node of fabric {fabric} at {place} is called so, too"
                yield Fault(kind, name, "", name, said, _RIGHT)


def _nodes(drops: Table, fabric_of: Mapping[str, str]) -> dict[str, dict[str, int]]:
    """Nodes of each position, by position and fabric."""
    mine = np.flatnonzero(~np.isnan(np.asarray(drops["nodes"], dtype=float)))
    out: dict[str, dict[str, int]] = {}
    for place, head, count in zip(
        *(drops[column][mine].tolist() for column in ("tail", "head", "nodes")), strict=True
    ):
        out.setdefault(place, {})[fabric_of.get(head, "")] = int(count)
    return out


def _hosts(
    name: str,
    nodes: Mapping[str, Mapping[str, int]],
    devices: Mapping[tuple[str, str], tuple[str, ...]],
) -> Iterator[tuple[str, str]]:
    """Fabrics and positions of which a node has the name: that of its position, a dash, its own."""
    for k, sign in enumerate(name):
        place, node = name[:k], name[k + 1 :]
        if sign != "-":
            continue
        for (fabric, there), names in devices.items():
            if there == place and node in names:
                yield fabric, place
        for fabric, count in nodes.get(place, {}).items():
            if (fabric, place) not in devices and node in {f"n{i + 1}" for i in range(count)}:
                yield fabric, place
