"""Sums of each fabric of a site: switches, links, cords, bandwidth, free ports, what stands."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.site.fabrics.evenly import ceil_div
from twin.site.fabrics.wiring import Wiring, wiring_of
from twin.site.resolve import of_product
from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.fabric.cages import cage_of
from twin.solve.fabric.growth import cord_of, ends_stand, links_stand, switches_stand
from twin.solve.fabric.portmap import MANAGER, NODE, TIERS, PortMap, port_map
from twin.solve.study import Study

SWITCHES = ("leaf", "spine", "core")


@dataclass(frozen=True)
class Tier:
    """Switches of one tier, or links between two: all of them, and those that stand."""

    name: str
    count: int
    stand: int


@dataclass(frozen=True)
class Joint(Tier):
    """Links between two tiers, the cords that carry them, and what they carry each way, Tb/s.

    `tbps` is NaN where the speed of a link is not known.
    """

    cords: int
    cords_stand: int
    tbps: float


@dataclass(frozen=True)
class Total:
    """One fabric.

    Attributes
    ----------
    row, name
        Row of its table, and id.
    wiring, planes
        Sizes of one plane, and how many there are.
    radix
        (3,) ports of its leaves, spines and cores at the speed of a link; NaN not known.
    gbps
        Speed of a link of a node; NaN not known.
    cage
        Ports of a cage of its leaves, at the speed of a port; 0 not known.
    switches
        Its tiers of switches.
    free
        (3,) ports of all its switches of a tier that no link takes; NaN not known.
    joints
        Its links, tier by tier.
    places, reserved, taken, nodes, joined
        Node places, those kept free at the end, those that nodes take, nodes that stand, and those
        of them with a link that does.
    """

    row: int
    name: str
    wiring: Wiring
    planes: int
    radix: FloatArray
    gbps: float
    cage: int
    switches: tuple[Tier, ...]
    free: FloatArray
    joints: tuple[Joint, ...]
    places: int
    reserved: int
    taken: int
    nodes: int
    joined: int

    @property
    def leaf_cages(self) -> int | None:
        """Cages of a leaf that ports for nodes take, the spare ones left out; None not known."""
        return ceil_div(self.wiring.down - self.wiring.spare, self.cage) if self.cage else None

    @property
    def leaf_oversubscription(self) -> float:
        """Ports of a leaf for nodes over those for spines; NaN without spines.

        Examples
        --------
        48 ports for nodes over 16 for spines are 3 to 1.
        """
        w = self.wiring
        return (w.down - w.spare) / w.up if w.up else float("nan")

    @property
    def spine_oversubscription(self) -> float:
        """Links of a spine of a full group to leaves over those to cores; NaN without cores."""
        w = self.wiring
        return w.group * (w.up // w.spines) / w.spine_up if w.spine_up else float("nan")


def totals(study: Study) -> tuple[Total, ...]:
    """Return the sums of all fabrics, in the order of their ids."""
    return tuple(_total(study, row) for row in range(len(study.table("fabric"))))


def _total(study: Study, row: int) -> Total:
    table, switches = study.table("fabric"), study.table("switch")
    w, planes = wiring_of(table, row), int(table["planes"][row])
    m = study(port_map)
    mine, stand = m.fabric == row, study(links_stand)
    of = study.site.rows_of("fabric", switches["fabric"]) == row
    tier = np.asarray(switches["tier"])
    tiers = [of & (tier == name) for name in SWITCHES]
    alive = study(switches_stand)
    gbps = _one(np.asarray(switches["gbps"], dtype=float)[of & (tier == "leaf")])
    leaf = int(study.site.rows_of("product", table["leaf"])[row])
    radix = np.array([_one(study(radixes)[rows]) for rows in tiers])
    used = _ports_used(m.take(mine), len(switches))
    return Total(
        row=row,
        name=str(table.ids[row]),
        wiring=w,
        planes=planes,
        radix=radix,
        gbps=gbps,
        cage=cage_of(study, row, leaf).ports if leaf >= 0 else 0,
        switches=tuple(
            Tier(name, int(rows.sum()), int((rows & alive).sum()))
            for name, rows in zip(SWITCHES, tiers, strict=True)
            if rows.any()
        ),
        free=np.array(
            [rows.sum() * r - used[rows].sum() for rows, r in zip(tiers, radix, strict=True)]
        ),
        joints=tuple(_joints(study, mine, stand, gbps, w.split)),
        places=int(table["node_places"][row]),
        reserved=int(table["reserved"][row]),
        taken=_nodes(study, mine & (m.tier == NODE)),
        nodes=_nodes(study, mine & study(ends_stand) & (m.tier == NODE)),
        joined=_nodes(study, mine & stand & (m.tier == NODE)),
    )


def _ports_used(m: PortMap, switches: int) -> IntArray:
    """(switches,) ports that links take; those that share one take it once."""
    up = m.low >= 0
    switch = np.concatenate([m.high, m.low[up]])
    port = np.concatenate([m.high_port, m.low_port[up]])
    size = int(port.max(initial=0)) + 1
    return np.bincount(np.unique(switch * size + port) // size, minlength=switches)


def _joints(
    study: Study, mine: BoolArray, stand: BoolArray, gbps: float, split: int
) -> list[Joint]:
    """Links of a fabric tier by tier; those between switches run at the speed of whole ports."""
    m, cord = study(port_map), study(cord_of)
    out = []
    # A cord whose tails end on nodes and on a manager counts with those of nodes.
    first = np.full(int(cord.max(initial=-1)) + 1, len(TIERS))
    np.minimum.at(first, cord[mine], m.tier[mine])
    every, standing = (np.unique(cord[rows]) for rows in (mine, mine & stand))
    for tier, name in enumerate(TIERS):
        rows = mine & (m.tier == tier)
        if rows.any():
            here = rows & stand
            cords, cords_here = (int((first[c] == tier).sum()) for c in (every, standing))
            links = int(rows.sum())
            each = gbps * (1 if tier in (NODE, MANAGER) else split)
            out.append(Joint(name, links, int(here.sum()), cords, cords_here, links * each / 1e3))
    return out


def _nodes(study: Study, rows: BoolArray) -> int:
    """Nodes at the lower ends of some links."""
    m = study(port_map)
    return int(np.unique(np.stack([m.place[rows], m.node[rows]]), axis=1).shape[1])


def _one(values: FloatArray) -> float:
    """Return the value that all have; NaN where there is none, or they differ."""
    return float(values[0]) if len(values) and (values == values[0]).all() else float("nan")


def radixes(study: Study) -> FloatArray:
    """Ports of each switch at the speed that its fabric asks of one, (switches,); NaN not known.

    A port of 800 Gb/s is two of 400 Gb/s; one of 400 Gb/s that two links at 200 share is one.
    """
    site, switches = study.site, study.table("switch")
    row = site.rows_of("fabric", switches["fabric"])
    said = np.append(np.asarray(study.table("fabric")["radix"], dtype=float), np.nan)[row]
    ports, gbps = (of_product(site, "switch", c) for c in ("ports", "gbps"))
    split = np.append(np.asarray(study.table("fabric")["split"], dtype=float), 1.0)[row]
    parts = np.where(np.asarray(switches["tier"]) == "leaf", split, 1.0)
    with np.errstate(invalid="ignore"):
        speed = np.asarray(switches["gbps"], dtype=float) * parts
        counted = ports * np.floor(gbps / speed + 1e-9)  # divided, never joined
    return np.asarray(np.where(np.isnan(said), counted, said), dtype=float)


@dataclass(frozen=True)
class Housed:
    """Switches of one tier of a fabric in one place: row of its position (-1 not said), units.

    `units` are the lowest ones of each, NaN not known.
    """

    position: int
    switches: IntArray
    units: FloatArray


def housed(study: Study, total: Total) -> list[Housed]:
    """Where the switches of a fabric stand, position by position."""
    switches = study.table("switch")
    mine = np.flatnonzero(study.site.rows_of("fabric", switches["fabric"]) == total.row)
    place = study.site.rows_of("position", switches["position"])[mine]
    unit = np.asarray(switches["unit"], dtype=float)
    out = []
    for position in np.unique(place).tolist():
        rows = mine[place == position]
        rows = rows[np.lexsort((rows, unit[rows]))]
        out.append(Housed(position, rows, unit[rows]))
    return out
