"""PWR415: the level to which elements are commissioned against the level that the owner wants."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.inputs import own_figure
from twin.checks.measure import Measure
from twin.checks.rule import rule
from twin.solve.limits import limit
from twin.solve.losses.outages import due, earliest_below
from twin.solve.ready import number_of_days
from twin.solve.study import Study


@rule(
    "PWR415",
    role="advice",
    severity="warning",
    unit="level",
    message="{other} is commissioned to level {demand} ({kind} {subject}), {limit} is wanted",
    fix=(
        "commission {other} to level {limit} before the racks on it come, or set "
        "commissioned_level in policy.limits"
    ),
    source="levels of commissioning 1 to 5: factory, delivery, start-up, function, whole system",
)
def not_commissioned(study: Study) -> Iterator[Measure]:
    """An element with racks on it has been commissioned to a lower level than the owner wants.

    Why it matters
    --------------
    Level 3 says that a thing starts, level 4 that it works, level 5 that everything works
    together when one thing fails. What was never tested fails on the first real night.

    Method
    ------
    For windows that say "commissioned" and lie over the day of the study, or over the earliest
    arrival of a rack on the element where no day is given: their `level` against
    `policy.limits.commissioned_level`; without one there is no row.

    Does not cover
    --------------
    What each level contains, elements of which no window says that they are commissioned, and
    racks and cooling, whose commissioning windows do not tell.

    See also
    --------
    PWR501, PWR503.
    """
    wanted, windows = limit(study, "commissioned_level"), study.site.tables["window"]
    if np.isnan(wanted.value):
        return
    node = np.asarray(windows["element"] - study.arrays.topology.power.first, dtype=np.int64)
    day = earliest_below(study, due(study))[node]
    start, until = number_of_days(windows["start"]), number_of_days(windows["until"])
    now = ~(start > day) & ~(until < day) & np.isfinite(day)
    rows = np.flatnonzero(now & (np.asarray(windows["state"]) == "commissioned"))
    yield Measure(
        kind="window",
        subject=rows,
        demand=np.asarray(windows["level"], dtype=float)[rows],
        limit=np.full(len(rows), wanted.value),
        sense="min",
        scale=np.full(len(rows), np.nan),
        other=windows["element"][rows].astype(np.int64),
        inputs=(own_figure(study, "window", "level", rows),),
        owner=wanted.owner,
    )
