"""The port map as a table: each link with rack, unit, device, port and lane at both its ends."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.report.tables import Value
from twin.site.site import Site
from twin.site.table import IntArray
from twin.solve.cabling.links.links import switch_places
from twin.solve.cabling.panels.pieces import shuffled_fabrics
from twin.solve.fabric.growth import cord_links, cord_of, links_stand
from twin.solve.fabric.portmap import MANAGER, TIERS, node_names, port_map
from twin.solve.fabric.totals import radixes
from twin.solve.study import Study

_END = ("position", "rack", "unit", "device", "port", "lane")
PORTS = (
    "fabric", "between", "plane", "bundle", "cord", "stands",
    *(f"a {name}" for name in _END), *(f"b {name}" for name in _END),
)  # fmt: skip


def ports_rows(study: Study, rows: IntArray | None = None) -> Iterator[tuple[Value, ...]]:
    """Yield the links of the port map, or some rows of it, as cells of `PORTS`.

    Ends: `a` is the lower one, a node or the switch of the lower tier, `b` the upper one.
    """
    m = study(port_map)
    rows = np.arange(len(m)) if rows is None else rows
    fabric = study.table("fabric").ids.tolist()
    planes = study.table("fabric")["planes"].astype(int).tolist()
    split = study.table("fabric")["split"].astype(int).tolist()
    # A cord that splits a port of a leaf ends in whole ports of nodes; a shuffle in their lanes.
    apart = ((cord_links(study) == 1) | (study.table("fabric")["split"] > 1)).tolist()
    for f in np.flatnonzero(shuffled_fabrics(study)).tolist():
        apart[f] = False
    stand, cord = study(links_stand), study(cord_of)
    of_switch, of_node = _Switches(study), _Nodes(study)
    named = node_names(study, m.fabric[rows], m.place[rows], m.node[rows])
    # Cords of each fabric are numbered from 1.
    first = {f: int(cord[m.fabric == f].min()) - 1 for f in np.unique(m.fabric).tolist()}
    for k, node in zip(rows.tolist(), named, strict=True):
        f, tier, plane = int(m.fabric[k]), int(m.tier[k]), int(m.plane[k])
        # Planes share a port of the node, one lane each, or have ports of their own.
        port = int(m.low_port[k]) * (planes[f] if apart[f] else 1) + (plane if apart[f] else 0)
        lane = plane + 1 if planes[f] > 1 and not apart[f] else None
        if m.low[k] >= 0:
            a = of_switch.end(int(m.low[k]), int(m.low_port[k]))
        elif tier == MANAGER and m.place[k] < 0:
            a = (None, None, None, f"{fabric[f]} managers", str(port + 1), lane)
        else:
            a = of_node.end(int(m.place[k]), node, port, lane)
        parts = split[f] if m.low[k] < 0 else 1
        b = of_switch.end(int(m.high[k]), int(m.high_port[k]), parts, int(m.high_lane[k]))
        bundle = f"{a[0] if m.place[k] >= 0 else a[3]}>{b[3]}"
        yield (
            fabric[f], TIERS[tier], plane + 1, bundle, int(cord[k]) - first[f],
            bool(stand[k]), *a, *b,
        )  # fmt: skip


def port_name(port: int, lanes: int, per_cage: float) -> tuple[str, int | None]:
    """Return the name of a port of a switch, and the lane in it; both count from 1.

    Parameters
    ----------
    port
        Number from 0, of ports at the speed of the link.
    lanes
        Links into which one port of the switch is split.
    per_cage
        Ports of a cage; NaN where it is not known: then ports are numbered through.

    Examples
    --------
    The fourteenth port of a switch of twin-port cages, and a port split into two lanes:

    >>> port_name(13, 1, 2), port_name(13, 2, float("nan"))
    (('7/2', None), ('7', 2))
    """
    whole, lane = divmod(port, lanes)
    name = str(whole + 1)
    if per_cage > 1:
        cage, place = divmod(whole, int(per_cage))
        name = f"{cage + 1}/{place + 1}"
    return name, lane + 1 if lanes > 1 else None


_Cells = tuple[str | None, str | None, int | None, str, str, int | None]


class _Switches:
    """Ends of links at switches."""

    def __init__(self, study: Study) -> None:
        table, site = study.table("switch"), study.site
        products = [site.catalog.products.get(_name(site, s)) for s in table["type"].tolist()]
        self.ids, self.place = table.ids.tolist(), _places(study, switch_places(study))
        self.unit = [None if np.isnan(u) else int(u) for u in table["unit"].tolist()]
        radix = study(radixes)
        ports = [np.nan if p is None else p.number("ports") for p in products]
        self.lanes = [
            max(int(r // p), 1) if r >= p else 1 for r, p in zip(radix, ports, strict=True)
        ]
        self.cage = [np.nan if p is None else p.number("ports_per_cage") for p in products]

    def end(self, row: int, port: int, parts: int = 1, part: int = 0) -> _Cells:
        """Cells of one end; of a port that cords split into parts the lane is that of the part."""
        lanes = self.lanes[row] * parts
        name, lane = port_name(port * parts + part, lanes, self.cage[row])
        position, rack = self.place[row]
        return position, rack, self.unit[row], self.ids[row], name, lane


class _Nodes:
    """Ends of links at nodes: which of their position's, and which of its links."""

    def __init__(self, study: Study) -> None:
        self.place = _places(study, np.arange(len(study.table("position"))))

    def end(self, place: int, node: str, port: int, lane: int | None) -> _Cells:
        """Cells of one end."""
        position, rack = self.place[place]
        number = node.removeprefix("n")
        name = f"node {number}" if number.isdigit() else node
        return position, rack, None, name, str(port + 1), lane


def _name(site: Site, subject: int) -> str:
    return site.name_of(subject).partition(":")[2] if subject >= 0 else ""


def _places(study: Study, rows: IntArray) -> list[tuple[str | None, str | None]]:
    """Ids of some positions and of the first rack that is to stand on each; None not said."""
    racks, site = study.table("rack"), study.site
    place = site.rows_of("position", racks["position"])
    rack: dict[int, str] = {}
    for p, name in zip(place.tolist(), racks.ids.tolist(), strict=True):
        rack.setdefault(p, name)
    ids = study.table("position").ids.tolist()
    return [(ids[p], rack.get(p)) if p >= 0 else (None, None) for p in rows.tolist()]
