"""What stands behind a battery: of a UPS or of a rectifier, on the way from the source."""

from __future__ import annotations

import numpy as np

from twin.site.rack_cdus import in_racks
from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.losses.switching import grid
from twin.solve.ready import fed_ready, number_of_days
from twin.solve.study import Study


def bridged(study: Study) -> BoolArray:
    """(P,) power nodes that a battery carries while their source is away; as switches stand.

    A UPS has a battery unless it says that it lasts 0 minutes: how long one lasts of which nobody
    says so, PWR214 asks. A rectifier has one where it says so. What has no power on the day, or
    is not ready by then, carries nothing and is not carried.
    """
    site, topology = study.site, study.arrays.topology.power
    out = np.zeros(len(topology.parent), dtype=bool)
    for kind in ("ups", "rectifier"):
        node = np.arange(len(study.table(kind))) + site.first[kind] - topology.first
        battery = np.asarray(study.table(kind)["battery_min"], dtype=float)
        out[node] = (battery > 0) | (np.isnan(battery) & (kind == "ups"))
    there = study(_there)
    out &= there
    parent = study(grid).parent
    at = np.where(parent >= 0, parent, np.arange(len(parent)))
    while True:  # each step looks twice as far up
        seen = out | out[at]
        if (seen == out).all() and (at == at[at]).all():
            return out & there
        out, at = seen, at[at]


def _there(study: Study) -> BoolArray:
    """(P,) power nodes that have power on the day of the study, and stand on what is ready."""
    there, day = ~study(grid).dead, study.conditions.date
    if day is None:
        return there
    now = number_of_days(np.array([day], dtype="datetime64[D]"))
    return np.asarray(there & ~(study(fed_ready).day > now))


def bridged_feeds(study: Study, kind: str) -> FloatArray:
    """(units,) feeds of each plant, CDU or air unit that stand behind a battery.

    NaN where nobody says what feeds it. A CDU in a rack stands on the whips of its rack.
    """
    site, topology = study.site, study.arrays.topology.power
    feed, known = site.tables["feed"], study(bridged)
    unit = site.rows_of(kind, feed["tail"])
    mine = unit >= 0
    node = feed["head"][mine].astype(np.int64) - topology.first
    count = _count(unit[mine], known[node], len(study.table(kind)))
    if kind != "cdu" or not in_racks(site.tables).any():
        return count
    rack = site.rows_of("rack", study.table("cdu")["rack"])
    of_racks = _count(topology.rack_of, known[topology.taps], len(study.table("rack")))
    return np.where(rack >= 0, np.append(of_racks, np.nan)[rack], count)


def _count(unit: IntArray, known: BoolArray, size: int) -> FloatArray:
    """(size,) supplies behind a battery of each unit, NaN where it has none at all."""
    every = np.bincount(unit, minlength=size)
    behind = np.bincount(unit, weights=known, minlength=size)
    return np.where(every > 0, behind, np.nan)
