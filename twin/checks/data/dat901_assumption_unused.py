"""DAT901: assumptions that stand in for nothing."""

from __future__ import annotations

import numpy as np

from twin.checks.data.spoken import rows_of_items
from twin.checks.measure import Measure
from twin.checks.rule import rule
from twin.checks.waivers import expired
from twin.solve.study import Study


@rule(
    "DAT901",
    role="advice",
    severity="note",
    unit="figures",
    message="the assumption on {subject} stands in for no figure: all are known, or nothing here "
    "needs it",
    fix="take the assumption on {subject} out of the layout",
    source="house rule: an assumption is there because a figure is missing",
)
def assumption_unused(study: Study) -> Measure:
    """An assumption fills no gap.

    Why it matters
    --------------
    What is published, or written in the layout, comes before an assumption. One that fills
    nothing reads as if something rested on it.

    Method
    ------
    The count of figures that each assumption fills; at least one is asked for. A second
    assumption on the same path finds the first one's figure in place and fills none.

    Does not cover
    --------------
    Assumptions that fill a figure which no rule reads: the report counts the racks that rest on
    each.

    See also
    --------
    DAT902.
    """
    items = study.site.assumptions
    filled = np.zeros(len(items))
    for marks in study.site.assumed.values():
        filled += np.bincount(marks[marks >= 0], minlength=len(items))
    rows = rows_of_items(study, "assumption", items)
    # One that has run out fills nothing any more, and DAT902 speaks of it.
    ended = np.array([expired(study, a) for a in items], dtype=bool)
    rows = np.where(ended, -1, rows)
    return Measure(
        kind="assumption",
        subject=rows[rows >= 0],
        demand=filled[rows >= 0],
        limit=np.ones(int((rows >= 0).sum())),
        sense="min",
        scale=np.full(int((rows >= 0).sum()), np.nan),
        owner="layout",
    )
