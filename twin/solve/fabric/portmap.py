"""The port map: every link of every fabric, with the port at both its ends."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from twin.site.fabrics.wiring import (
    Joined,
    of_managers,
    to_cores,
    to_leaves,
    to_managers,
    to_spines,
    wiring_of,
)
from twin.site.table import BoolArray, IntArray
from twin.solve.study import Study

TIERS = ("node to leaf", "leaf to spine", "spine to core", "manager to leaf")
NODE, SPINE, CORE, MANAGER = range(4)


@dataclass(frozen=True)
class PortMap:
    """Links, one per row, (n,) whole numbers; by fabric, plane and tier.

    Attributes
    ----------
    fabric, plane, tier
        Row of the fabric, plane from 0, and which of `TIERS` it joins.
    place
        Row of the position of the node or manager at its lower end; -1 where that is a switch, or
        a manager of which nobody says where it stands.
    node
        Place of the node among those of its position, from 0, of a manager 0; -1 as above.
    low
        Row of the switch at its lower end, -1 where that is a node or a manager.
    low_port, high_port
        Port of each end, from 0: link of the node, or port of the switch.
    high
        Row of the switch at its upper end.
    high_lane
        Part of the port at the upper end, from 0, where the port is split.
    """

    fabric: IntArray
    plane: IntArray
    tier: IntArray
    place: IntArray
    node: IntArray
    low: IntArray
    low_port: IntArray
    high: IntArray
    high_port: IntArray
    high_lane: IntArray

    def __len__(self) -> int:
        """Return the number of links."""
        return len(self.fabric)

    def take(self, rows: IntArray | BoolArray) -> PortMap:
        """Return some of the links."""
        return PortMap(**{f.name: getattr(self, f.name)[rows] for f in fields(self)})


def port_map(study: Study) -> PortMap:
    """Every link of every fabric as it is wired for its last unit.

    Links whose ends, or whose drop or uplink, somebody has taken out of the layout are left out.
    """
    parts = [_of_fabric(study, row) for row in range(len(study.table("fabric")))]
    columns = {
        f.name: np.concatenate([np.empty(0, dtype=np.int64), *(getattr(p, f.name) for p in parts)])
        for f in fields(PortMap)
    }
    whole = PortMap(**columns)
    return whole.take(_joined(study, whole))


def _joined(study: Study, m: PortMap) -> BoolArray:
    """(n,) links that still have both ends, and a drop or uplink between these."""
    site, switches = study.site, len(study.table("switch"))
    out: BoolArray = (m.high >= 0) & (m.tier == MANAGER) & (m.place < 0)
    for link, kind, low in (("drop", "position", m.place), ("uplink", "switch", m.low)):
        table = study.table(link)
        by_rule = ~np.isnan(np.asarray(table["links"], dtype=float))
        tail, head = (site.rows_of(k, table[e]) for k, e in ((kind, "tail"), ("switch", "head")))
        there = (m.high >= 0) & (low >= 0)
        out |= there & np.isin(low * switches + m.high, (tail * switches + head)[by_rule])
    return out


def _of_fabric(study: Study, row: int) -> PortMap:
    table = study.table("fabric")
    w = wiring_of(table, row)
    place_of, node_of, reserved = _node_places(study, row)
    tiers: list[tuple[int, Joined]] = [(NODE, to_leaves(w, np.flatnonzero(place_of >= 0)))]
    if w.spines:
        tiers.append((SPINE, to_spines(w)))
    if w.cores:
        tiers.append((CORE, to_cores(w)))
    links = int(table["manager_links"][row])
    if links:
        tiers.append((MANAGER, to_managers(w, reserved, links)))
    switches = _switch_rows(study, row)
    parts = []
    for plane in range(int(table["planes"][row])):
        for tier, j in tiers:
            rows = _rows(row, plane, tier, j, place_of, node_of, switches)
            parts.append(_housed(study, rows) if tier == MANAGER else rows)
    return PortMap(**{f.name: np.concatenate([p[f.name] for p in parts]) for f in fields(PortMap)})


def _housed(study: Study, rows: dict[str, IntArray]) -> dict[str, IntArray]:
    """Give links of managers the places that the drops of their leaves say, in order."""
    drop, switch = study(manager_drops), study.site.rows_of("switch", study.table("drop")["head"])
    tail = study.site.rows_of("position", study.table("drop")["tail"])
    links = np.asarray(study.table("drop")["links"], dtype=float)
    place, port = rows["place"].copy(), rows["low_port"].copy()
    for leaf in np.unique(rows["high"][rows["high"] >= 0]).tolist():
        mine = drop[switch[drop] == leaf]
        there = np.repeat(tail[mine], links[mine].astype(np.int64))
        at = np.flatnonzero(rows["high"] == leaf)[: len(there)]
        place[at] = there[: len(at)]
    for here in np.unique(place[place >= 0]).tolist():
        at = np.flatnonzero(place == here)
        port[at] = np.arange(len(at))
    return {**rows, "place": place, "node": np.where(place >= 0, 0, -1), "low_port": port}


def manager_drops(study: Study) -> IntArray:
    """Rows of the drops of managers, in the order of their positions."""
    drops = study.table("drop")
    rows = np.flatnonzero(of_managers(drops))
    tail = study.site.rows_of("position", drops["tail"])[rows]
    return rows[np.argsort(tail, kind="stable")]


def _node_places(study: Study, row: int) -> tuple[IntArray, IntArray, IntArray]:
    """Position and node within it of each node place, -1 none; and places that are reserved."""
    site, drops, table = study.site, study.table("drop"), study.table("fabric")
    switch = site.rows_of("switch", drops["head"])
    of = np.append(site.rows_of("fabric", study.table("switch")["fabric"]), -1)[switch]
    mine = np.flatnonzero((of == row) & ~np.isnan(drops["first"]))
    place = site.rows_of("position", drops["tail"])[mine]
    first = np.asarray(drops["first"], dtype=float)[mine].astype(np.int64)
    each = int(table["places"][row])
    total = int(table["units"][row] * table["unit_nodes"][row])
    out = np.full(total, -1, dtype=np.int64)
    count = np.asarray(drops["nodes"], dtype=float)[mine]
    for k in range(each):
        here = k < count
        out[first[here] + k] = place[here]
    last = int(table["node_places"][row])
    reserved = np.arange(last - int(table["reserved"][row]), last)
    out[reserved] = -1
    return out, np.arange(total) % each, reserved


def _switch_rows(study: Study, row: int) -> dict[str, IntArray]:
    """(planes, n) rows of a fabric's switches of each tier by their numbers, -1 gone."""
    switches = study.table("switch")
    mine = np.flatnonzero(study.site.rows_of("fabric", switches["fabric"]) == row)
    planes = int(study.table("fabric")["planes"][row])
    w = wiring_of(study.table("fabric"), row)
    counts = {"leaf": w.all_leaves, "spine": w.all_spines, "core": w.all_cores}
    out = {}
    tier = np.asarray(switches["tier"])[mine]
    for name, count in counts.items():
        rows = np.full((planes, count), -1, dtype=np.int64)
        here = mine[tier == name]
        plane, number = (
            np.asarray(switches[c], dtype=float)[here].astype(np.int64) for c in ("plane", "number")
        )
        rows[plane, number] = here
        out[name] = rows
    return out


def _rows(
    fabric: int, plane: int, tier: int, j: Joined, place_of: IntArray, node_of: IntArray,
    switches: dict[str, IntArray],
) -> dict[str, IntArray]:  # fmt: skip
    n = len(j.low)
    none = np.full(n, -1, dtype=np.int64)
    high = {NODE: "leaf", MANAGER: "leaf", SPINE: "spine", CORE: "core"}[tier]
    low = {SPINE: "leaf", CORE: "spine"}.get(tier)
    return {
        "fabric": np.full(n, fabric),
        "plane": np.full(n, plane),
        "tier": np.full(n, tier),
        "place": place_of[j.low] if tier == NODE else none,
        "node": node_of[j.low] if tier == NODE else none,
        "low": switches[low][plane][j.low] if low else none,
        "low_port": j.low_port,
        "high": switches[high][plane][j.high],
        "high_port": j.high_port,
        "high_lane": j.high_lane,
    }


def node_names(study: Study, fabric: IntArray, place: IntArray, node: IntArray) -> list[str]:
    """Names of nodes, (n,): as the layout says what they are, else n1, n2 and so on; "" none.

    Parameters
    ----------
    fabric, place, node
        (n,) rows of the fabric and of the position, and place of the node there; -1 none.
    """
    known = study.site.devices
    fabrics, places = (np.append(study.table(k).ids, "").tolist() for k in ("fabric", "position"))
    out = []
    for f, p, k in zip(fabric.tolist(), place.tolist(), node.tolist(), strict=True):
        names = known.get((fabrics[f], places[p]), ())
        out.append("" if k < 0 else names[k] if k < len(names) else f"n{k + 1}")
    return out
