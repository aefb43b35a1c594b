"""SPC103: one rack per position."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.measure import Budget, Measure
from twin.checks.rule import rule
from twin.checks.space.sums import yes_or_no
from twin.solve.study import Study


@rule(
    "SPC103",
    role="gate",
    severity="error",
    unit="racks",
    message="position {subject} is given to {demand} racks at once; {fit} of {on} fits",
    fix="give {shortfall} of them another position, or a date (leaves) on which the first goes",
    source="one rack per position",
)
def position_taken_twice(study: Study) -> Iterator[Measure | Budget]:
    """Two racks are given the same position.

    Why it matters
    --------------
    Two orders and one list are enough. It is found when the second rack stands in the aisle.

    Method
    ------
    Racks that stand on the day of the study are counted per position; one fits. Of several the
    first by rank is taken (live before planned, then date, priority, id), the others are blocked.
    Without a day all that is planned stands, so that a rack and its successor collide unless the
    check is given a date.

    Does not cover
    --------------
    Racks narrower than their position that share it on purpose: write a position for each.

    See also
    --------
    SPC104, SPC301.
    """
    place = study.site.rows_of("position", study.table("rack")["position"])
    racks = np.flatnonzero((place >= 0) & study.here)
    position, which, count = np.unique(place[racks], return_inverse=True, return_counts=True)
    alone = position[count == 1]
    yield Measure(
        kind="position",
        subject=alone,
        demand=np.ones(len(alone)),
        limit=np.ones(len(alone)),
        scale=yes_or_no(len(alone)),
        owner="one rack per position",
    )
    row_of = np.cumsum(count > 1) - 1
    shared = count[which] > 1
    n = int((count > 1).sum())
    if not n:
        return
    yield Budget(
        kind="position",
        subject=position[count > 1],
        case=np.zeros(n, dtype=np.int64),
        limit=np.ones(n),
        base=np.zeros(n),
        rack=racks[shared],
        row=row_of[which[shared]],
        coefficient=np.ones(int(shared.sum())),
        amount=np.ones(len(place)),
        onto=np.full(n, -1, dtype=np.int64),
        owner="one rack per position",
    )
