"""PWR501: what windows leave of a rack's supplies on its day."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.inputs import own_figure
from twin.checks.measure import Measure
from twin.checks.rule import rule
from twin.site.table import Array, FloatArray, IntArray
from twin.solve.losses.outages import blockers, due, grids, spoken_of, timeline, told
from twin.solve.study import Study


@rule(
    "PWR501",
    role="gate",
    severity="error",
    unit="whips",
    message=(
        "rack {subject} has {demand} whips without supply on its day: {other} is not energised "
        "yet, gone, or out for work"
    ),
    fix=(
        "let the rack come later (arrives), bring the window of {other} forward, or move the work; "
        "a temporary element needs an end after what takes its place"
    ),
    source="energised before load; temporary supply stays until the permanent one is there",
)
def supply_not_there(study: Study) -> Iterator[Measure]:
    """An element on a rack's chain is not there on the day of the rack.

    Why it matters
    --------------
    Temporary transformers are taken away, switchgear is energised side by side, and work is
    planned for the week in which the last delivery slipped. On paper both sides of the rack are
    there all the time.

    Method
    ------
    Switches are settled with what windows leave on the day of the study, else on the day on which
    each rack arrives. A whip of it without supply then counts, and the nearest element above that
    is gone is told with the day on which that ends. Where the element is not yet energised, or a
    temporary one is past its last day, the rack does not stand. Where it is out for work the rule
    only warns: work ends, and PWR502 holds the time against the policy. Racks below no element of
    which a window speaks have no row.

    Does not cover
    --------------
    Elements without windows (their `ready` counts in DLV501), parts of a rating (PWR503), work on
    cooling and network, and the hours of the day.

    See also
    --------
    PWR502, PWR503, DLV501.
    """
    time, topology = study(timeline), study.arrays.topology.power
    day, racks = due(study), len(study.table("rack"))
    wanted = np.flatnonzero(study.here & spoken_of(study))
    if not len(wanted):
        return
    interval = time.interval(day)
    count, other = np.zeros((2, racks)), np.full((2, racks), -1, dtype=np.int64)
    owner = np.full((2, racks), "windows of the layout", dtype=object)
    settled = study(grids)
    for i in np.unique(interval[wanted]).tolist():
        if i not in settled:
            continue
        mine = np.flatnonzero((interval == i)[topology.rack_of] & study.here[topology.rack_of])
        mine = mine[settled[i].dead[topology.whips[mine]]]
        place = blockers(study, i, topology.whips[mine])
        rack = topology.rack_of[mine]
        working = (place >= 0) & np.append(time.work[i], False)[place]
        for sort in (0, 1):
            some = np.flatnonzero((place >= 0) & (working == bool(sort)))
            np.add.at(count[sort], rack[some], 1.0)
            other[sort, rack[some]] = place[some]
            for k in np.unique(place[some]).tolist():
                owner[sort, rack[some[place[some] == k]]] = told(study, i, k)
    yield _measure(study, wanted, np.where(interval < 0, np.nan, count[0]), other[0], owner[0])
    worked = wanted[count[1, wanted] > 0]
    yield _measure(study, worked, count[1], other[1], owner[1], judged=True)


def _measure(
    study: Study,
    rows: IntArray,
    count: FloatArray,
    place: IntArray,
    owner: Array,
    *,
    judged: bool = False,
) -> Measure:
    time, first = study(timeline), study.arrays.topology.power.first
    element = np.append(time.element, -1 - first)[place[rows]] + first
    return Measure(
        kind="rack",
        subject=rows,
        demand=count[rows],
        limit=np.zeros(len(rows)),
        scale=np.full(len(rows), np.nan),
        other=np.where(place[rows] >= 0, element, -1),
        judged=judged,
        inputs=(own_figure(study, "rack", "arrives", rows)._replace(known=~np.isnan(count[rows])),),
        owner=owner[rows].astype(np.str_),
    )
