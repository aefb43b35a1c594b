"""SPC307: racks in a row without a way through."""

from __future__ import annotations

import numpy as np

from twin.checks.measure import Measure
from twin.checks.rule import rule
from twin.solve.limits import limit
from twin.solve.study import Study


@rule(
    "SPC307",
    role="advice",
    severity="note",
    unit="positions",
    message="row {subject} has {demand} positions without a cross aisle, {limit} are usual at most",
    fix="part the row by a cross aisle: take {shortfall} positions out of it",
    source="planning guide for computer rooms: at most 20 racks in a row",
)
def row_too_long(study: Study) -> Measure:
    """A row is so long that people walk far around it.

    Why it matters
    --------------
    Ways to an exit, and the way of two people who lift a tray, go round the ends of rows.

    Method
    ------
    The positions of each row against row_max. It is a matter of the floor plan and its permit,
    and never blocks a rack.

    Does not cover
    --------------
    Two rows that continue each other, dead ends, distance to an exit, and gaps inside a row.

    See also
    --------
    SPC304.
    """
    row = study.site.rows_of("row", study.table("position")["row"])
    count = np.bincount(row[row >= 0], minlength=len(study.table("row")))
    asked = limit(study, "row_max")
    return Measure(
        kind="row",
        subject=np.arange(len(count)),
        demand=count.astype(float),
        limit=np.full(len(count), asked.value),
        owner=asked.owner,
        judged=asked.judged,
    )
