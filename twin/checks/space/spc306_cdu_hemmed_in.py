"""SPC306: clear depth before and behind CDUs."""

from __future__ import annotations

import numpy as np

from twin.checks.inputs import own_figure, typed_figure
from twin.checks.measure import Measure
from twin.checks.rule import rule
from twin.checks.space.sums import drawn
from twin.site.rack_cdus import in_racks
from twin.solve.floor.standing import cdu_aisles
from twin.solve.limits import limit
from twin.solve.study import Study


@rule(
    "SPC306",
    role="advice",
    severity="warning",
    unit="m",
    message="{demand} m are clear at the narrower side of CDU {subject}, {limit} m are asked for",
    fix="move CDU {subject} (at_m) by {shortfall} m, or replace cdu_clear_m in policy.limits by "
    "what its maker asks for",
    source="engineering judgement, for a CDU whose maker states no service clearance",
)
def cdu_hemmed_in(study: Study) -> Measure:
    """A CDU cannot be served.

    Why it matters
    --------------
    Pumps and filters are changed in place while the racks run on.

    Method
    ------
    The lesser of the depths that are clear before and behind the CDU over its whole width, to
    1 mm and up to 3 m, against cdu_clear_m.

    Does not cover
    --------------
    What each maker asks for at which side, doors, hoist and drain, and CDUs that stand back to a
    wall by design. CDUs without a place on the plan are not known. CDUs in racks are served as
    these are (SPC304, SPC305).

    See also
    --------
    SPC304, SPC305.
    """
    rows = np.flatnonzero(~in_racks(study.arrays.tables))
    clear, asked = study(cdu_aisles), limit(study, "cdu_clear_m")
    by_front = clear.front_m <= clear.rear_m
    hall = study.site.rows_of("hall", study.table("cdu")["hall"])[rows]
    return Measure(
        kind="cdu",
        subject=rows,
        demand=np.minimum(clear.front_m, clear.rear_m)[rows],
        limit=np.full(len(rows), asked.value),
        sense="min",
        other=np.where(by_front, clear.front_by, clear.rear_by)[rows],
        inputs=(
            own_figure(study, "cdu", "hall", rows),
            own_figure(study, "cdu", "at_x_m", rows),
            typed_figure(study, "cdu", "width_m", rows),
            typed_figure(study, "cdu", "depth_m", rows),
            drawn(study, hall),
        ),
        owner=asked.owner,
        judged=asked.judged,
    )
