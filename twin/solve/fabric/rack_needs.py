"""What must be live before one rack is usable: its switches, all above them, panels and trunks."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from twin.arrays.needs import hosts
from twin.site.table import IntArray
from twin.solve.cabling.links.bundles import bundles
from twin.solve.cabling.links.links import links, switch_places
from twin.solve.cabling.panels.through import gear_of_links_ready, through
from twin.solve.fabric.before import above
from twin.solve.ready import own_ready, racks_arrive
from twin.solve.study import Study


class Need(NamedTuple):
    """One element that a rack waits for.

    Attributes
    ----------
    kind, name
        leaf, spine, core or switch, panel or trunk; and its id.
    network
        Fabric of a switch, "" by hand, and of panels and trunks.
    position, rack
        Where it stands, "" not said or a trunk; the rack that houses it, "" none.
    day
        Day on which it is there, since 1970-01-01; NaN not known; -inf always.
    """

    kind: str
    name: str
    network: str
    position: str
    rack: str
    day: float


def needs_of(study: Study, rack: int) -> list[Need]:
    """Return what a rack waits for: switches tier by tier, then panels and trunks."""
    link, bundle = study(links), study(bundles)
    low = np.unique(link.switch[(link.rack == rack) & link.wanted])
    switches = above(study, low)
    led = np.flatnonzero((bundle.rack == rack) | np.isin(bundle.low, switches))
    of = study(through)
    gear = np.unique(of.subject[np.isin(of.bundle, led)])
    return [*_switches(study, switches), *_gear(study, gear)]


def _switches(study: Study, rows: IntArray) -> list[Need]:
    site, table = study.site, study.table("switch")
    fabric = site.rows_of("fabric", table["fabric"])
    names = [*study.table("fabric").ids.tolist(), ""]
    place = [*study.table("position").ids.tolist(), ""]
    host, at = hosts(site), switch_places(study)
    ready = study(own_ready).take(site.subject("switch", np.arange(len(table))))
    ready = ready.and_(study(racks_arrive).take(host))
    racks = [*study.table("rack").ids.tolist(), ""]
    out = []
    tiers = np.asarray(table["tier"])
    order = {"leaf": 0, "": 0, "spine": 1, "core": 2}
    for row in sorted(rows.tolist(), key=lambda r: (int(fabric[r]), order[str(tiers[r])], r)):
        housed = host[row] >= 0
        day = float(ready.day[row]) if housed and ready.lacking[row] < 0 else np.nan
        out.append(Need(
            kind=str(tiers[row]) or "switch", name=str(table.ids[row]), network=names[fabric[row]],
            position=place[at[row]], rack=racks[host[row]], day=day,
        ))  # fmt: skip
    return out


def _gear(study: Study, subjects: IntArray) -> list[Need]:
    site, panel = study.site, study.table("panel")
    ready = study(gear_of_links_ready).take(subjects)
    at = np.append(site.rows_of("position", panel["position"]), -1)[site.rows_of("panel", subjects)]
    place = [*study.table("position").ids.tolist(), ""]
    here = np.flatnonzero(study.here)[::-1]
    of_rack = site.rows_of("position", study.table("rack")["position"])[here]
    rack_at = dict(zip(of_rack.tolist(), study.table("rack").ids[here].tolist(), strict=True))
    out = []
    for k, subject in enumerate(subjects.tolist()):
        kind, _, name = site.name_of(subject).partition(":")
        day = float(ready.day[k]) if ready.lacking[k] < 0 else np.nan
        rack = str(rack_at.get(int(at[k]), "")) if at[k] >= 0 else ""
        out.append(Need(kind, name, "", place[at[k]], rack, day))
    return out
