"""COL403: the loop's supply temperature against the dew point of the halls that it serves."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.coolant.lane_rows import running_units
from twin.checks.inputs import own_figure
from twin.checks.measure import Measure
from twin.checks.rule import rule
from twin.site.table import IntArray
from twin.solve.coolant.dew import dry_above_c, halls_of_loops
from twin.solve.coolant.warmth import Valve
from twin.solve.limits import limit
from twin.solve.study import Study

SCALE_K = 10.0


@rule(
    "COL403",
    role="gate",
    severity="error",
    unit="degC",
    message="{kind} {subject} at {demand} degC would sweat in hall {other}{lost}: dew point and "
    "margin are {limit} degC",
    fix="raise supply_c of the loop to {limit} degC, where a valve is at its least opening let it "
    "close further (valve_min), or dry the air of hall {other}",
    source="HPE and OCP guides: coolant at least 2 K above the dew point of the room",
)
def condensation(study: Study) -> Iterator[Measure]:
    """Coolant is so cold that water condenses on hoses and manifolds.

    Why it matters
    --------------
    Drops on a cold manifold fall on busbars. The leak sensors then stop racks that have no leak.

    Method
    ------
    Dew point of the hall's air by the Magnus form (constants of Alduchov and Eskridge), plus the
    margin of the code profile, for every hall in which a loop serves racks, against the loop's
    set-point. CDUs do not go below it: where it is above the set-point, solved temperatures are
    those of a supply that is raised to it. A CDU whose facility valve closes no further
    (`valve_min`) is held against it by its solved supply, healthy and after each loss. Worked
    number: 24 degC and 50 % have a dew point of 12.95 degC, so 18 degC is safe with 2 K; 27 degC
    and 60 % have 18.58 degC, and it is not.

    Does not cover
    --------------
    Facility water, which is colder than the loop, air that differs within the hall, and doors
    left open on a humid day.

    See also
    --------
    COL401, COL402.
    """
    loops, halls = study(halls_of_loops)
    margin = limit(study, "dew_margin_k")
    yield Measure(
        kind="loop",
        subject=loops,
        other=study.site.subject("hall", halls),
        demand=np.asarray(study.table("loop")["supply_c"], dtype=float)[loops],
        limit=study(dry_above_c)[halls],
        sense="min",
        scale=np.full(len(loops), SCALE_K),
        inputs=(
            own_figure(study, "loop", "supply_c", loops),
            own_figure(study, "hall", "dry_bulb_c", halls),
            own_figure(study, "hall", "relative_humidity_pct", halls),
        ),
        owner=margin.owner,
        judged=margin.judged,
    )
    yield _colder(study, loops, halls)


def _colder(study: Study, loops: IntArray, halls: IntArray) -> Measure:
    """CDUs whose valves close no further, so that their supply is colder than the set-point."""
    units = study(running_units)
    units = units.some(units.of(lambda flow: flow.warmth.valve) == Valve.AT_LEAST)
    row, pair = np.nonzero(units.loop[:, None] == loops)
    margin = limit(study, "dew_margin_k")
    return Measure(
        kind="cdu",
        subject=units.row[row],
        case=units.case[row],
        other=study.site.subject("hall", halls[pair]),
        demand=units.of(lambda flow: flow.warmth.supply_c)[row],
        limit=study(dry_above_c)[halls[pair]],
        sense="min",
        scale=np.full(len(row), SCALE_K),
        inputs=(
            own_figure(study, "hall", "dry_bulb_c", halls[pair]),
            own_figure(study, "hall", "relative_humidity_pct", halls[pair]),
        ),
        owner=margin.owner,
        judged=margin.judged,
    )
