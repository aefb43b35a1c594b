"""What hangs on which supplies: racks on their whips, gear on its feeds, and how they share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.site.table import BoolArray, FloatArray, IntArray
from twin.site.wiring import grouped
from twin.solve.losses.asked import classes
from twin.solve.power.servers import servers
from twin.solve.study import Study

GEAR = ("plant", "cdu", "air_unit")


@dataclass(frozen=True)
class Supplies:
    """Loads and their supplies. Racks come first, by row, then gear that has feeds.

    Attributes
    ----------
    ptr
        Supplies of each load: places ptr[i]:ptr[i + 1] of the columns below.
    supply
        (W,) whip node of each supply of a rack; -1 for gear.
    start
        (W,) power node on which the supply hangs, the tap of a whip; -1 none.
    weight
        (W,) share of the load that it takes before division by the sum of those that live.
    units
        (W,) supplies of each server that it feeds; 0 where servers have none of their own.
    least
        (loads,) living units below which the load is off and draws nothing.
    first_only
        (loads,) stands on the first living supply alone, as gear behind a transfer switch does.
    of_class
        (loads,) class of each rack; the last class is gear.
    gear
        (loads - racks,) subject of each piece of gear.
    """

    ptr: IntArray
    supply: IntArray
    start: IntArray
    weight: FloatArray
    units: IntArray
    least: IntArray
    first_only: BoolArray
    of_class: IntArray
    gear: IntArray


def supplies(study: Study) -> Supplies:
    """Collect the supplies of racks and gear."""
    topology, site = study.arrays.topology.power, study.site
    feed = site.tables["feed"]
    gear, at = np.unique(feed["tail"], return_inverse=True)
    # The feed that is listed first is preferred; of those whose place nobody says, by their ids.
    order = np.empty(len(feed), dtype=np.int64)
    order[np.lexsort((feed.ids, feed["place"]))] = np.arange(len(feed))
    ptr, rows = grouped(at.astype(np.int64), order, len(gear))
    heads = feed["head"][rows] - topology.first
    own = study(classes)
    racks = len(site.tables["rack"])
    return Supplies(
        ptr=np.concatenate([topology.whip_ptr, ptr[1:] + topology.whip_ptr[-1]]).astype(np.int64),
        supply=np.concatenate([topology.whips, np.full(len(rows), -1)]).astype(np.int64),
        start=np.concatenate([topology.taps, heads]).astype(np.int64),
        weight=np.concatenate([_weights(study), np.ones(len(rows))]),
        units=np.concatenate([study(servers).supplies, np.zeros(len(rows), np.int64)]),
        least=np.concatenate([study(servers).least, np.zeros(len(gear), np.int64)]),
        first_only=np.concatenate([np.zeros(racks, bool), np.ones(len(gear), bool)]),
        of_class=np.concatenate([own.of_rack, np.full(len(gear), len(own.names))]).astype(np.int64),
        gear=gear.astype(np.int64),
    )


def _weights(study: Study) -> FloatArray:
    """(W,) what the owner says of a rack's whips; else by supplies of its servers, else equal."""
    topology = study.arrays.topology.power
    whips = study.table("whip")
    own = np.asarray(whips["share"], dtype=float)
    said = own[topology.whips - (study.site.first["whip"] - topology.first)]
    rack = topology.rack_of
    racks = len(topology.whip_ptr) - 1
    given = np.bincount(rack, weights=~np.isnan(said), minlength=racks) > 0
    return np.where(given[rack], np.nan_to_num(said), study(servers).weight)
