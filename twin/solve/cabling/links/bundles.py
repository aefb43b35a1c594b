"""Bundles of cables: alike, from one place to one place; of racks, and between switches."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.cabling.links.links import links, managers, switch_places
from twin.solve.study import Study


@dataclass(frozen=True)
class Bundles:
    """Bundles, (B,): those of racks as `links` numbers them, of uplinks, of fabric managers.

    Attributes
    ----------
    rack
        Row of the rack at the lower end, -1 where that is a switch.
    low
        Row of the switch at the lower end, -1 where that is a rack.
    switch
        Row of the switch at the upper end.
    place, host
        Rows of the positions of both ends; -1 not known.
    count
        Links; NaN not known.
    medium
        Row of the product that the layout names for these links, -1 none.
    wanted
        Those of things that stand on the day, and that are some or may be.
    manager
        Those of a fabric's managers, whose rack is at the lower end.
    """

    rack: IntArray
    low: IntArray
    switch: IntArray
    place: IntArray
    host: IntArray
    count: FloatArray
    medium: IntArray
    wanted: BoolArray
    manager: BoolArray


def bundles(study: Study) -> Bundles:
    """All bundles of the site."""
    site, link, uplink, own = study.site, study(links), study.table("uplink"), study(managers)
    low, high = (site.rows_of("switch", uplink[end]) for end in ("tail", "head"))
    at = np.append(switch_places(study), -1)
    n, m = len(low), len(own.rack)
    rack = np.concatenate([link.rack, np.full(n, -1), own.rack])
    here = site.rows_of("position", study.table("rack")["position"])
    switch = np.concatenate([link.switch, high, own.switch])
    # A switch says the medium of its links downward, whoever is at their lower end.
    medium = site.rows_of("product", study.table("switch")["medium"])
    count = np.concatenate([link.count, np.asarray(uplink["links"], dtype=float), own.links])
    low = np.concatenate([np.full(len(link.rack), -1), low, np.full(m, -1)])
    stands = np.append(study.here, True)[rack]
    return Bundles(
        rack=rack,
        low=low,
        switch=switch,
        place=np.where(rack >= 0, np.append(here, -1)[rack], at[low]),
        host=at[switch],
        count=count,
        medium=np.append(medium, -1)[switch],
        wanted=stands & ~(count <= 0),
        manager=np.arange(len(rack)) >= len(rack) - m,
    )
