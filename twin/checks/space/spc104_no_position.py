"""SPC104: a rack that names no position, and whether any is left for it."""

from __future__ import annotations

import numpy as np

from twin.checks.measure import Input, Measure
from twin.checks.rule import rule
from twin.checks.space.sums import yes_or_no
from twin.solve.study import Study


@rule(
    "SPC104",
    role="gate",
    severity="error",
    unit="racks",
    message="rack {subject} names no position, and every position is taken",
    fix="plan a position more, or free one, and name it as position of rack {subject}",
    source="a rack is judged where it stands",
)
def no_position(study: Study) -> Measure:
    """A rack names no position.

    Why it matters
    --------------
    Without a position there is no power, no coolant and no network to judge: a rack on the ship
    notice that nobody has placed is not fine.

    Method
    ------
    A rack with a position holds. One without is not known as long as a position is free (racks
    that stand on the day of the study take theirs): name one. Where none is free it fails.

    Does not cover
    --------------
    Which of the free positions would do: that is for the other rules, once one is named.

    See also
    --------
    SPC103, SPC402.
    """
    site = study.site
    place = site.rows_of("position", study.table("rack")["position"])
    rows = np.flatnonzero(study.here)
    free = len(study.table("position")) - len(np.unique(place[rows][place[rows] >= 0]))
    homeless = place[rows] < 0
    waits = homeless & (free > 0)
    return Measure(
        kind="rack",
        subject=rows,
        demand=np.where(waits, np.nan, homeless.astype(float)),
        limit=np.zeros(len(rows)),
        scale=yes_or_no(len(rows)),
        inputs=(Input("rack", "position", rows, ~waits),),
        owner="layout",
    )
