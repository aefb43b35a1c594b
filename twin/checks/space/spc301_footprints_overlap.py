"""SPC301: racks that share floor with other racks, gear, doors or spaces kept free."""

from __future__ import annotations

import numpy as np

from twin.checks.measure import Measure
from twin.checks.rule import rule
from twin.checks.space.sums import size_inputs, taken
from twin.site.geometry import overlaps
from twin.solve.floor.standing import by_hall, rows_among, standing, things
from twin.solve.study import Study


@rule(
    "SPC301",
    role="gate",
    severity="error",
    unit="m2",
    message="what stands on {subject} shares {demand} m2 of floor with {other}",
    fix="move one of {subject} and {other}, or take one away",
    source="footprints are apart",
)
def footprints_overlap(study: Study) -> Measure:
    """A rack stands in another rack, in gear, in a doorway or on floor that is kept free.

    Why it matters
    --------------
    Rows placed by rule, racks wider than the pitch and CDUs set in later meet on the plan
    before they meet in the hall.

    Method
    ------
    The footprint of the racks on each position (the type's own width and depth, in the middle
    of the position; the position's where the type gives none) against the footprints of all
    other racks, CDUs, air units, power gear, doors and spaces kept free of the same hall. What
    touches, or is sunk in by no more than 1 mm, does not overlap.

    Does not cover
    --------------
    The swing of doors, gear that gives no place or no size, what hangs overhead, and footprints
    that are no rectangles. Columns and walls: SPC303. The edge of the floor: SPC302.

    See also
    --------
    SPC302, SPC303, SPC403.
    """
    here, every = study(standing), study(things)
    own = study.site.subject("position", here.position)
    row, other, area = [np.arange(len(here))], [np.full(len(here), -1)], [np.zeros(len(here))]
    area[0][~here.boxes.known | (here.hall < 0)] = np.nan
    for _, mine, inside in by_hall(study, here.hall):
        rows = inside[~every.fixed[inside]]
        self_at = rows_among(every.subject[rows], own[mine])
        i, j, shared = overlaps(here.boxes.take(mine), every.boxes.take(rows), self_at)
        row.append(mine[i])
        other.append(every.subject[rows[j]])
        area.append(shared)
    at, shares = np.concatenate(row), np.concatenate(area)
    size = here.boxes.width_m * here.boxes.depth_m
    return Measure(
        kind="position",
        subject=here.position[at],
        demand=shares,
        limit=np.zeros(len(at)),
        scale=np.where(shares > 0, size[at], np.nan),
        other=np.concatenate(other),
        inputs=taken(size_inputs(study), at),
        owner="layout",
    )
