"""Links of racks: how many end on which switch, in each network that reaches their positions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from twin.arrays.joins import each_match
from twin.arrays.needs import hosts
from twin.site.resolve import product_rows
from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.fabric.portmap import manager_drops
from twin.solve.study import Study


@dataclass(frozen=True)
class Links:
    """Bundles of links, one per rack and entry of its position's drop, (L,).

    Links of a fabric's managers are not the rack's own, and not here: `managers` has them.
    A drop that a fabric makes says its links. One that is written by hand takes an even share of
    the rack's ports of the compute network.

    Attributes
    ----------
    rack, drop, switch
        (L,) rows of the rack, of the drop and of the switch.
    fabric
        (L,) row of the fabric that made the drop, -1 by hand.
    count
        (L,) links; NaN not known.
    share
        (L,) part of the rack's links of one fabric, or by hand, that end here.
    ports
        (racks,) ports of the compute network; NaN not known. A rack that houses switches or
        panels and whose product publishes none has none: it needs no drop.
    houses
        (racks,) racks that house a switch or a panel.
    switches
        (racks,) switches of the rack's drops, identical ones counted each.
    """

    rack: IntArray
    drop: IntArray
    switch: IntArray
    fabric: IntArray
    count: FloatArray
    share: FloatArray
    ports: FloatArray
    houses: BoolArray
    switches: FloatArray

    @property
    def wanted(self) -> BoolArray:
        """(L,) links that are some, or may be."""
        return ~(self.count <= 0)


def links(study: Study) -> Links:
    """Links of each rack, drop by drop."""
    site, drops, racks = study.site, study.table("drop"), study.table("rack")
    rack, drop = _met(study, managers=False)
    switch = site.rows_of("switch", drops["head"])[drop]
    rack, drop, switch = rack[switch >= 0], drop[switch >= 0], switch[switch >= 0]
    alike = np.asarray(study.table("switch")["count"], dtype=float)[switch]
    ports, houses = _ports(study)
    said = np.asarray(drops["links"], dtype=float)[drop]
    fabric = site.rows_of("fabric", study.table("switch")["fabric"])[switch]
    fabric = np.where(np.isnan(said), -1, fabric)  # a drop by hand may end on a fabric's switch
    parts = np.where(fabric >= 0, said, alike)
    network = rack * (len(study.table("fabric")) + 1) + fabric + 1
    _, which = np.unique(network, return_inverse=True)
    share = parts / np.bincount(which, parts)[which]
    return Links(
        rack=rack, drop=drop, switch=switch, fabric=fabric,
        count=np.where(fabric >= 0, said, ports[rack] * share), share=share,
        ports=ports, houses=houses,
        switches=np.bincount(rack, alike, minlength=len(racks)).astype(float),
    )  # fmt: skip


class Managers(NamedTuple):
    """Links of fabric managers, (m,): rack that houses them, switch and number of links."""

    rack: IntArray
    switch: IntArray
    links: FloatArray


def managers(study: Study) -> Managers:
    """Links of the managers that racks house, drop by drop."""
    rack, drop = _met(study, managers=True)
    switch = study.site.rows_of("switch", study.table("drop")["head"])[drop]
    count = np.asarray(study.table("drop")["links"], dtype=float)[drop]
    known = switch >= 0
    return Managers(rack[known], switch[known], count[known])


def _met(study: Study, *, managers: bool) -> tuple[IntArray, IntArray]:
    """Racks and the drops of their positions, pair by pair: of managers, or all others."""
    site, drops, racks = study.site, study.table("drop"), study.table("rack")
    place = site.rows_of("position", racks["position"])
    at = site.rows_of("position", drops["tail"])
    order = np.argsort(place, kind="stable")
    drop, which = each_match(place[order], at)
    rack = order[which]
    known = (at[drop] >= 0) & (np.isin(drop, study(manager_drops)) == managers)
    return rack[known], drop[known]


def _ports(study: Study) -> tuple[FloatArray, BoolArray]:
    """Ports of each rack, NaN not known, and which racks house switches or panels.

    A rack of the class network has none of its own, whether or not anything stands in it yet.
    """
    published = np.asarray(study.table("rack")["ew_ports"], dtype=float)
    houses = np.zeros(len(published), dtype=bool)
    host = hosts(study.site)
    houses[host[host >= 0]] = True
    places = study.site.rows_of("position", study.table("rack")["position"])
    panels = study.site.rows_of("position", study.table("panel")["position"])
    houses |= np.isin(places, panels[panels >= 0])
    empty = houses | _for_network(study)
    return np.where(empty & np.isnan(published), 0.0, published), houses


def _for_network(study: Study) -> BoolArray:
    """(racks,) racks whose product is one for switches."""
    site = study.site
    ids = site.tables["product"].ids.tolist()
    network = [site.catalog.products[i].text.get("class") == "network" for i in ids]
    return np.append(network, False)[product_rows(site, "rack")].astype(bool)


def switch_places(study: Study) -> IntArray:
    """(switches,) position row at which each switch stands: of its rack, else its own; -1 none."""
    site = study.site
    switches = study.table("switch")
    rack = site.rows_of("rack", switches["rack"])
    of_rack = np.append(study.table("rack")["position"], -1)[rack]
    own = switches["position"]
    return site.rows_of("position", np.where(of_rack >= 0, of_rack, own))
