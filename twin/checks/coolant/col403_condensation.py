"""COL403: the loop's supply temperature against the dew point of the halls that it serves."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.inputs import own_figure
from twin.checks.measure import Measure
from twin.checks.rule import rule
from twin.solve.coolant.air import rack_halls
from twin.solve.coolant.psychro import dew_point_c
from twin.solve.coolant.racks import rack_loops, wet
from twin.solve.limits import limit
from twin.solve.study import Study

SCALE_K = 10.0


@rule(
    "COL403",
    role="gate",
    severity="error",
    unit="degC",
    message="loop {subject} at {demand} degC would sweat in hall {other}: dew point and margin "
    "are {limit} degC",
    fix="raise supply_c of loop {subject} to {limit} degC or dry the air of hall {other}",
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
    margin of the code profile, for every hall in which a loop serves racks. Worked number: 24
    degC and 50 % have a dew point of 12.95 degC, so 18 degC is safe with 2 K; 27 degC and 60 %
    have 18.58 degC, and it is not.

    Does not cover
    --------------
    Facility water, which is colder than the loop, air that differs within the hall, and doors
    left open on a humid day.

    See also
    --------
    COL401, COL402.
    """
    loop, hall = study(rack_loops), study(rack_halls)
    mine = study(wet) & (loop >= 0) & (hall >= 0) & study.here
    pairs = np.unique(np.stack([loop[mine], hall[mine]], axis=1), axis=0)
    loops, halls = pairs[:, 0], pairs[:, 1]
    room = study.table("hall")
    dew = dew_point_c(room["dry_bulb_c"], room["relative_humidity_pct"])
    margin = limit(study, "dew_margin_k")
    yield Measure(
        kind="loop",
        subject=loops,
        other=study.site.subject("hall", halls),
        demand=np.asarray(study.table("loop")["supply_c"], dtype=float)[loops],
        limit=dew[halls] + margin.value,
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
