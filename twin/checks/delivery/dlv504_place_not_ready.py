"""DLV504: the floor before the rack."""

from __future__ import annotations

from twin.checks.delivery.waiting import standing_racks, waiting
from twin.checks.inputs import own_figure
from twin.checks.measure import Measure
from twin.checks.rule import rule
from twin.solve.ready import place_ready
from twin.solve.study import Study


@rule(
    "DLV504",
    role="gate",
    severity="error",
    unit="days",
    message="rack {subject} is there {demand} days before its place: {other} is not cleared",
    fix="clear {other} {shortfall} days earlier, let the rack arrive as much later"
    " (arrives), or stage it",
    source="floor cleared before arrival, as construction schedules gate it",
)
def place_not_ready(study: Study) -> Measure:
    """A rack arrives before its position or its hall is cleared.

    Why it matters
    --------------
    A hall in which others still weld and paint is no place for a rack with open manifolds.

    Method
    ------
    The later of `ready` of the rack's position and of its hall, against the rack's arrival, or
    the day of the study.

    Does not cover
    --------------
    Docks, lifts and crews on the day itself, room to stage racks, and the way in.

    See also
    --------
    DLV501, DLV502, DLV503.
    """
    racks, place = standing_racks(study)
    hall = own_figure(study, "position", "hall", place)
    return waiting(study, racks, study(place_ready).take(place), absent=(hall,))
