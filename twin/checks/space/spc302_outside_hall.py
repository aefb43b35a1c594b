"""SPC302: racks beyond the outline of their hall."""

from __future__ import annotations

import numpy as np

from twin.checks.measure import Measure
from twin.checks.rule import rule
from twin.checks.space.sums import drawn, size_inputs, yes_or_no
from twin.site.geometry import outside_area
from twin.solve.floor.standing import by_hall, outline, standing
from twin.solve.study import Study


@rule(
    "SPC302",
    role="gate",
    severity="error",
    unit="m2",
    message="{demand} m2 of what stands on {subject} lie outside of the floor of hall {other}",
    fix="move {subject} inside, shorten its row, or correct outline_m of hall {other}",
    source="footprints lie on the floor",
)
def outside_hall(study: Study) -> Measure:
    """A rack stands through a wall, or where there is no floor.

    Why it matters
    --------------
    A row that is one rack too long looks right in a list.

    Method
    ------
    The part of each footprint beyond the outline of its hall, as an area; 1 mm is forgiven.

    Does not cover
    --------------
    Thickness and openings of walls that the outline does not show, and halls without an outline:
    those rows are not known.

    See also
    --------
    SPC301, SPC303.
    """
    here = study(standing)
    area = np.full(len(here), np.nan)
    for hall, mine, _ in by_hall(study, here.hall):
        area[mine] = outside_area(here.boxes.take(mine), outline(study, hall))
    return Measure(
        kind="position",
        subject=here.position,
        demand=area,
        limit=np.zeros(len(here)),
        scale=yes_or_no(len(here)),
        other=study.site.subject("hall", here.hall),
        inputs=(*size_inputs(study), drawn(study, here.hall)),
        owner="outline of the layout",
    )
