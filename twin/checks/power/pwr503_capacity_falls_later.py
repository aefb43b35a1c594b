"""PWR503: the part of each element that is there later against the part on the racks' day."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.measure import Measure
from twin.checks.rule import rule
from twin.site.table import IntArray, StrArray
from twin.solve.losses.outages import due, earliest_below, timeline
from twin.solve.study import Study


@rule(
    "PWR503",
    role="advice",
    severity="warning",
    unit="%",
    message=(
        "{kind} {subject} has {limit} % of its rating as its racks come, and {demand} % later, by "
        "window {other}"
    ),
    fix=(
        "check the layout on that day as well (--date), and plan what takes its place or which "
        "racks leave before its window ends"
    ),
    source="capacity by date: what is there on one day may be gone on another",
)
def capacity_falls_later(study: Study) -> Iterator[Measure]:
    """An element has less to give on a later day than on the day that is checked.

    Why it matters
    --------------
    A check for the day of delivery says nothing about the day on which the temporary transformer
    goes back to its owner. Racks that were feasible in May are dark in August.

    Method
    ------
    For each element of which a window speaks and on which a rack stands: the part of its rating
    that is there on the day of the study, or on the earliest arrival of a rack on it, against the
    least that windows leave of it on any later day. Told are the window that takes it first and, as
    what sets the limit, the day.

    Does not cover
    --------------
    Whether the racks then still stand (check with that day as --date), ratings without windows,
    cooling, and contracts.

    See also
    --------
    PWR501, PWR502.
    """
    time, topology = study(timeline), study.arrays.topology.power
    if not len(time.element):
        return
    day = earliest_below(study, due(study))[time.element]
    held = np.flatnonzero(np.isfinite(day))
    interval = time.interval(day[held])
    late = np.arange(len(time.share))[:, None] >= interval[None, :]
    share = time.share[:, held]
    now = share[interval, np.arange(len(held))]
    least = np.where(late, share, np.inf).min(axis=0)
    falls = late & (share < now[None, :])
    first = np.where(falls.any(axis=0), falls.argmax(axis=0), 1) - 1
    by, owner = _told(study, time.element[held], np.where(falls.any(axis=0), first, -1))
    subject = time.element[held] + topology.first
    for kind in study.site.tables:
        rows = study.site.rows_of(kind, subject)
        mine = np.flatnonzero(rows >= 0)
        if len(mine):
            yield Measure(
                kind=kind,
                subject=rows[mine],
                demand=least[mine] * 100.0,
                limit=now[mine] * 100.0,
                sense="min",
                scale=np.full(len(mine), np.nan),
                other=by[mine],
                owner=owner[mine],
            )


def _told(study: Study, element: IntArray, first: IntArray) -> tuple[IntArray, StrArray]:
    """Window that ends or begins on a day, a subject, -1 none; and that day in words.

    Parameters
    ----------
    element, first
        (n,) power nodes, and the place of a day in the timeline, -1 none.
    """
    windows = study.site.tables["window"]
    node = windows["element"] - study.arrays.topology.power.first
    ends = windows["until"] + np.timedelta64(1, "D")
    day = np.append(study(timeline).day, np.datetime64("NaT", "D"))[first]
    edge = (ends[None, :] == day[:, None]) | (windows["start"][None, :] == day[:, None])
    mine = (node[None, :] == element[:, None]) & edge
    row = np.where(mine.any(axis=1), mine.argmax(axis=1), -1)
    words = np.strings.add("windows of the layout, less from ", day.astype(np.str_))
    return study.site.subject("window", row), np.where(first < 0, "windows of the layout", words)
