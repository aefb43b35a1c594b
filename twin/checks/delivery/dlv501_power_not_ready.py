"""DLV501: power before the rack."""

from __future__ import annotations

import numpy as np

from twin.checks.delivery.waiting import standing_racks, waiting
from twin.checks.measure import Input, Measure
from twin.checks.rule import rule
from twin.solve.ready import power_ready
from twin.solve.study import Study


@rule(
    "DLV501",
    role="gate",
    severity="error",
    unit="days",
    message="rack {subject} is there {demand} days before its power: {other} is not ready",
    fix="bring {other} forward by {shortfall} days, let the rack arrive as much later"
    " (arrives), or stage it",
    source="energised before arrival, as construction schedules gate it",
)
def power_not_ready(study: Study) -> Measure:
    """A rack arrives before all of its power chains are energised.

    Why it matters
    --------------
    A rack without power is in the way, uninsured on a building site, and its warranty runs.

    Method
    ------
    The latest `ready` over every element of every chain from the rack's whips to the sources,
    both sides, against the day on which the rack arrives (its own, else its delivery's), or
    against the day of the study where one is given. What names no day of its own takes that of
    the layout. An element whose day nobody knows leaves the row not known, unless a known one is
    late already.

    Does not cover
    --------------
    Racks that may run on one side for a while, temporary power, steps of commissioning between
    energised and released, and slack for what slips.

    See also
    --------
    DLV502, DLV503, DLV504.
    """
    racks, place = standing_racks(study)
    ready = study(power_ready).take(racks)
    # No whips: nobody has said how this position is fed.
    whips = np.diff(study.arrays.topology.power.whip_ptr)[racks] > 0
    absent = (Input("position", "taps", place, whips),)
    return waiting(study, racks, ready, layer="PWR", absent=absent)
