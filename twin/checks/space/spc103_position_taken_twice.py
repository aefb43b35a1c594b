"""SPC103: one rack per position."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.measure import Budget, Measure
from twin.checks.rule import rule
from twin.checks.space.sums import yes_or_no
from twin.site.table import FloatArray
from twin.solve.study import Study


@rule(
    "SPC103",
    role="gate",
    severity="error",
    unit="racks",
    message="position {subject} is given to {demand} racks at once, power racks counted; {fit} of "
    "{on} fits",
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
    Racks that stand on the day of the study are counted per position, and rectifiers that the
    layout puts on it: one fits, and where a rectifier stands, no rack does. Of several racks the
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
    gear = _gear(study)
    position, which, count = np.unique(place[racks], return_inverse=True, return_counts=True)
    shares = (count > 1) | (gear[position] > 0)
    alone = np.union1d(position[~shares], np.setdiff1d(np.flatnonzero(gear), position))
    yield Measure(
        kind="position",
        subject=alone,
        demand=np.maximum(gear[alone], 1.0),
        limit=np.ones(len(alone)),
        scale=yes_or_no(len(alone)),
        owner="one rack per position",
    )
    row_of = np.cumsum(shares) - 1
    shared = shares[which]
    n = int(shares.sum())
    if not n:
        return
    yield Budget(
        kind="position",
        subject=position[shares],
        case=np.zeros(n, dtype=np.int64),
        limit=np.ones(n),
        base=gear[position[shares]],
        rack=racks[shared],
        row=row_of[which[shared]],
        coefficient=np.ones(int(shared.sum())),
        amount=np.ones(len(place)),
        onto=np.full(n, -1, dtype=np.int64),
        owner="one rack per position",
    )


def _gear(study: Study) -> FloatArray:
    """(positions,) rectifiers that stand on each position."""
    place = study.site.rows_of("position", study.table("rectifier")["position"])
    count = np.bincount(place[place >= 0], minlength=len(study.table("position")))
    return np.asarray(count, dtype=float)
