"""COL401: the loop's supply temperature against what each rack on it may be given."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.coolant.sums import supply_figure, told_as
from twin.checks.measure import Measure
from twin.checks.rule import rule
from twin.solve.coolant.racks import loop_supply, rack_loops, wet
from twin.solve.study import Study

SCALE_K = 10.0


@rule(
    "COL401",
    role="gate",
    severity="error",
    unit="degC",
    message="loop {other} supplies rack {subject} at {demand} degC, its maker's limit is "
    "{limit} degC",
    fix="set supply_c of loop {other} to {limit} degC, or put rack {subject} on another loop",
    source="the rack type's own published range of coolant supply",
)
def supply_temperature_out_of_range(study: Study) -> Iterator[Measure]:
    """A loop supplies a rack warmer or colder than its maker allows.

    Why it matters
    --------------
    Above the range chips throttle or trip and the warranty ends; below it seals and the room's
    dew point set the bound. Generations differ, and a loop has one set-point for all its racks.

    Method
    ------
    The set-point of the loop against the rack type's own greatest and least supply temperature,
    for every rack that gives heat to liquid. A type that publishes no greatest one is not known;
    where no least one is published only the dew point speaks (COL403). Worked number: GB300 as
    Lenovo ships it takes 2 to 45 degC.

    Does not cover
    --------------
    Swings around the set-point, what hoses and pipes add on the way, and altitude.

    See also
    --------
    COL403, COL405.
    """
    loop, racks = study(rack_loops), study.table("rack")
    mine = np.flatnonzero(study(wet) & (loop >= 0) & study.here)
    warmest = np.asarray(racks["supply_max_c"], dtype=float)[mine]
    coldest = np.asarray(racks["supply_min_c"], dtype=float)[mine]
    told = ~np.isnan(coldest)
    ends = (
        ("supply_max_c", mine, warmest, "max"),
        ("supply_min_c", mine[told], coldest[told], "min"),
    )
    for column, rows, limit, sense in ends:
        yield Measure(
            kind="rack",
            subject=rows,
            other=study.site.subject("loop", loop[rows]),
            demand=study(loop_supply)[rows],
            limit=limit,
            sense="max" if sense == "max" else "min",
            scale=np.full(len(rows), SCALE_K),
            inputs=(
                supply_figure(study, rows),
                *told_as(study, "rack", column, rows, ~np.isnan(limit)),
            ),
            owner="rack type",
        )
