"""DLV502: coolant and air before the rack."""

from __future__ import annotations

import numpy as np

from twin.checks.delivery.waiting import standing_racks, waiting
from twin.checks.inputs import rack_figure
from twin.checks.measure import Input, Measure
from twin.checks.rule import rule
from twin.solve.ready import air_ready, loop_ready
from twin.solve.study import Study


@rule(
    "DLV502",
    role="gate",
    severity="error",
    unit="days",
    message="rack {subject} is there {demand} days before its cooling: {other} is not ready",
    fix="bring {other} forward by {shortfall} days, let the rack arrive as much later"
    " (arrives), or stage it",
    source="loop flushed and released, CDUs commissioned before arrival",
)
def coolant_not_ready(study: Study) -> Measure:
    """A rack arrives before its loop is released or the air of its hall is cooled.

    Why it matters
    --------------
    Flushing takes weeks and is the first thing to slip. Racks that wait filled with coolant
    corrode, racks that wait dry have to be filled and vented later.

    Method
    ------
    For a rack with a share of liquid cooling: the latest `ready` of the loop, of all its CDUs,
    of their plants, and of the power that feeds these. For a rack that gives heat to the air: of
    all air units of its hall, likewise. Against the rack's arrival, or the day of the study.
    Worked number: power 1 March, cooling 10 March, network 5 March, loop released 12 March; a
    rack of 8 March waits 4 days.

    Does not cover
    --------------
    Whether fewer CDUs would do for the first racks, quality of the flush, and slack.

    See also
    --------
    DLV501, DLV504.
    """
    racks, place = standing_racks(study)
    table, site = study.table("rack"), study.site
    share = table["liquid_share_high"][racks]
    wet, airy = ~(share <= 0), ~(table["liquid_share_low"][racks] >= 1)
    loop = site.rows_of("loop", study.table("position")["loop"][place])
    hall = site.rows_of("hall", study.table("position")["hall"][place])
    ready = study(loop_ready).take(np.where(wet, loop, -1))
    ready = ready.and_(study(air_ready).take(np.where(airy, hall, -1)))
    cooled = np.isin(hall, site.rows_of("hall", site.tables["air_unit"]["hall"]))
    unknown = rack_figure(study, "liquid_share_high", racks)
    absent = (
        unknown,
        Input("position", "loop", np.where(wet, place, -1), loop >= 0),
        Input("hall", "air_units", np.where(airy, hall, -1), cooled),
    )
    return waiting(study, racks, ready, layer="COL", absent=absent)
