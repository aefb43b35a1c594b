"""Times in which windows leave racks on a single path that have two as built."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.site.table import BoolArray, FloatArray, IntArray
from twin.site.windows import WORK
from twin.solve.losses.outages import blockers, due, grids, spoken_of, timeline
from twin.solve.losses.switching import Grid
from twin.solve.power.shelves import lowest_common_of
from twin.solve.ready import number_of_days
from twin.solve.study import Study


@dataclass(frozen=True)
class SinglePaths:
    """What windows do to the paths of racks, (racks,) each but `rack`.

    Attributes
    ----------
    rack
        Rows of racks that stand, have several whips, and hang below an element with a window.
    hours
        Longest time without a break on a single path, infinite where it never ends; without what
        rests on work that has no last day; NaN where the rack's arrival is not known. With a day
        of the study only times that last until that day or begin later, from their own start on.
    on
        Node on which all hangs then, -1 none.
    endless
        Window of work without a last day that leaves it so, -1 none.
    """

    rack: IntArray
    hours: FloatArray
    on: IntArray
    endless: IntArray


def single_paths(study: Study) -> SinglePaths:
    """Sum up intervals of single paths over all racks, one interval after the other."""
    time, topology = study(timeline), study.arrays.topology.power
    racks, start, today = len(study.table("rack")), _starts(study), _today(study)
    several = np.diff(topology.whip_ptr) > 1
    wanted = study.here & several & spoken_of(study)
    built = lowest_common_of(topology.whip_ptr, topology.whips, topology.parent)
    leaves = number_of_days(study.table("rack")["leaves"])
    edges = np.concatenate([[-np.inf], number_of_days(time.day), [np.inf]])
    run, best = np.zeros(racks), np.zeros(racks)
    on, endless = np.full((2, racks), -1, dtype=np.int64)
    for i in range(len(edges) - 1):
        now = study(grids).get(i)
        if now is None:
            run[:] = 0.0
            continue
        common, single = _single(study, now, built)
        low = np.fmax(edges[i], start)
        days = np.clip(np.fmin(edges[i + 1], leaves) - low, 0.0, None)
        days = np.where(single & wanted & ~np.isnan(start), days, 0.0)
        window = _endless(study, i, now) if np.isinf(edges[i + 1]) else np.full(racks, -1)
        window = np.where(np.isinf(days), window, -1)
        endless = np.where(window >= 0, window, endless)
        run = np.where(single, run + np.where(window >= 0, 0.0, days), 0.0)
        if edges[i + 1] <= today:  # may go on, but what has ended by the day of the study is over
            continue
        longer = (run > best) | ((window >= 0) & (on < 0))
        on = np.where(longer, common, on)
        best = np.maximum(run, best)
    hours = np.where(np.isnan(start), np.nan, best * 24.0)
    return SinglePaths(np.flatnonzero(wanted), hours, on, endless)


def _starts(study: Study) -> FloatArray:
    """(racks,) day from which each rack stands; where nobody gives it, the day of the study."""
    arrival = number_of_days(study.arrival)
    return np.where(np.isnan(arrival), due(study), arrival)


def _today(study: Study) -> float:
    day = study.conditions.date
    return -np.inf if day is None else float(np.datetime64(day, "D").astype(np.int64))


def _single(study: Study, now: Grid, built: IntArray) -> tuple[IntArray, BoolArray]:
    """Node on which all living whips of each rack hang, -1 none, and whether it is a new one."""
    topology = study.arrays.topology.power
    alive = ~now.dead[topology.whips]
    count = np.bincount(topology.rack_of[alive], minlength=len(built))
    ptr = np.concatenate([[0], np.cumsum(count)]).astype(np.int64)
    whips = topology.whips[alive]
    common = lowest_common_of(ptr, whips, now.parent)
    lone = np.flatnonzero(count == 1)
    common[lone] = now.parent[whips[ptr[lone]]]
    return common, (common >= 0) & (common != built)


def _endless(study: Study, interval: int, now: Grid) -> IntArray:
    """(racks,) window of work without a last day that takes a whip of each rack, -1 none."""
    time, topology = study(timeline), study.arrays.topology.power
    out = np.full(len(topology.whip_ptr) - 1, -1, dtype=np.int64)
    dead = np.flatnonzero(now.dead[topology.whips])
    place = blockers(study, interval, topology.whips[dead])
    windows = study.site.tables["window"]
    of = np.full(len(time.element) + 1, -1, dtype=np.int64)
    open_work = np.flatnonzero(np.isnat(windows["until"]) & np.asarray(windows["state"] == WORK))
    of[time.place(windows["element"][open_work] - topology.first)] = open_work
    of[-1] = -1
    has = of[place] >= 0
    out[topology.rack_of[dead[has]]] = of[place[has]]
    return out
