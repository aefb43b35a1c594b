"""What windows take out and when: the days on which something changes, and whom it leaves how.

Time is cut into intervals between days on which a window begins or has ended; within one nothing
changes. Interval 0 lies before the first such day, the last one has no end.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from twin.site.table import BoolArray, DateArray, FloatArray, IntArray
from twin.site.windows import WORK, shares_on, work_on
from twin.solve.losses.switching import Grid, grid
from twin.solve.ready import number_of_days
from twin.solve.study import Study


@dataclass(frozen=True)
class Timeline:
    """Intervals i = 0 .. D, cut at D days, and what is there in each of K elements with windows.

    Attributes
    ----------
    day
        (D,) first day of the intervals 1 .. D, ascending.
    element
        (K,) feeder nodes of which a window speaks, ascending.
    share
        (D + 1, K) part of the rating that is there.
    work
        (D + 1, K) whether it is out for work then.
    open_ended
        (K,) whether a piece of work on it names no last day.
    """

    day: DateArray
    element: IntArray
    share: FloatArray
    work: BoolArray
    open_ended: BoolArray

    def interval(self, days: FloatArray) -> IntArray:
        """Interval in which days lie, as numbers since 1970-01-01; -1 where a day is NaN."""
        at = np.searchsorted(number_of_days(self.day), days, side="right")
        return np.where(np.isnan(days), -1, at).astype(np.int64)

    def place(self, nodes: IntArray) -> IntArray:
        """Place of power nodes in `element`, -1 where no window speaks of one."""
        if not len(self.element):
            return np.full(len(nodes), -1, dtype=np.int64)
        at = np.minimum(np.searchsorted(self.element, nodes), len(self.element) - 1)
        return np.where(self.element[at] == nodes, at, -1).astype(np.int64)


def timeline(study: Study) -> Timeline:
    """Cut time where windows begin and end."""
    site, first = study.site, study.arrays.topology.power.first
    windows = site.tables["window"]
    named = np.asarray(windows["element"] - first, dtype=np.int64)
    element = np.unique(named)
    edges = np.concatenate([windows["start"], windows["until"] + np.timedelta64(1, "D")])
    day = np.unique(edges[~np.isnat(edges)]).astype("datetime64[D]")
    share, work = np.ones((len(day) + 1, len(element))), np.zeros((len(day) + 1, len(element)))
    before = day[:1] - np.timedelta64(1, "D")
    for i, on in enumerate(np.concatenate([before, day]).tolist()):
        share[i] = shares_on(site, on)[element]
        work[i] = work_on(site, on)[element]
    if not len(day) and len(element):  # windows without any day are there for ever
        share[0] = shares_on(site, _ANY)[element]
        work[0] = work_on(site, _ANY)[element]
    endless = np.isnat(windows["until"]) & np.asarray(windows["state"] == WORK)
    return Timeline(day, element, share, work.astype(bool), np.isin(element, named[endless]))


_ANY = date(2000, 1, 1)
"""A day like any other: all windows that name no day speak of it."""


def due(study: Study) -> FloatArray:
    """Day on which each rack needs its power: that of the study, else its arrival, (racks,)."""
    arrival = number_of_days(study.arrival)
    if study.conditions.date is None:
        return arrival
    return np.full(len(arrival), float(np.datetime64(study.conditions.date, "D").astype(np.int64)))


def grids(study: Study) -> Mapping[int, Grid]:
    """Return switches settled with nothing lost, by interval, where an element is gone in it."""
    time = study(timeline)
    out = {}
    for i in np.flatnonzero((time.share <= 0).any(axis=1)).tolist():
        on = _within(time, i)
        then = Study(study.arrays, replace(study.conditions, date=on), study.lost)
        out[i] = then(grid)
    return out


def _within(time: Timeline, interval: int) -> date:
    """Return a day in an interval."""
    if not len(time.day):
        return _ANY
    first = time.day[max(interval - 1, 0)]
    return (first if interval else first - np.timedelta64(1, "D")).item()  # type: ignore[no-any-return]


def blockers(study: Study, interval: int, whips: IntArray) -> IntArray:
    """Place in `Timeline.element` of what leaves dead whips dead in an interval, -1 none.

    The nearest element that is gone then, on the way as built.
    """
    time, parent = study(timeline), study.arrays.topology.power.parent
    out = np.full(len(whips), -1, dtype=np.int64)
    at, rows = whips.copy(), np.arange(len(whips))
    while len(rows):
        place = time.place(at)
        gone = (place >= 0) & (np.append(time.share[interval], 1.0)[place] <= 0)
        out[rows[gone]] = place[gone]
        at, rows = parent[at[~gone]], rows[~gone]
        at, rows = at[at >= 0], rows[at >= 0]
    return out


def spoken_of(study: Study) -> BoolArray:
    """(racks,) racks above which an element stands of which a window speaks."""
    time, topology = study(timeline), study.arrays.topology.power
    above = np.zeros(len(topology.parent) + 1, dtype=bool)
    above[time.element] = True
    while True:
        more = above.copy()
        more[:-1] |= above[topology.parent]
        if np.array_equal(more, above):
            break
        above = more
    hit = np.bincount(
        topology.rack_of, weights=above[topology.whips], minlength=len(topology.whip_ptr) - 1
    )
    return np.asarray(hit > 0)


def told(study: Study, interval: int, place: int) -> str:
    """Say what is the matter with an element in an interval, and on which day it ends."""
    time = study(timeline)
    name = study.site.name_of(int(time.element[place]) + study.arrays.topology.power.first)
    later = np.flatnonzero(time.share[interval + 1 :, place] > 0)
    back = f"until {time.day[interval + later[0]]}" if len(later) else "with no day of return"
    if time.work[interval, place]:
        return f"windows of the layout: {name} is out for work {back}"
    had = bool((time.share[:interval, place] > 0).any())
    return f"windows of the layout: {name} is {'gone' if had else 'not energised'} {back}"


def earliest_below(study: Study, day: FloatArray) -> FloatArray:
    """Earliest day of the racks that stand below each power node, (P,); infinite where none is.

    Parameters
    ----------
    day
        (racks,) NaN where not known.
    """
    topology = study.arrays.topology.power
    out = np.full(len(topology.parent), np.inf)
    own = np.where(study.here & ~np.isnan(day), day, np.inf)[topology.rack_of]
    at = topology.whips
    while len(at):
        np.minimum.at(out, at, own)
        above = topology.parent[at]
        at, own = above[above >= 0], own[above >= 0]
    for g in range(len(topology.group_ptr) - 1):
        members = topology.members[topology.group_ptr[g] : topology.group_ptr[g + 1]]
        out[members] = out[members].min()
    return out
