"""DLV502: coolant and air before the rack."""

from __future__ import annotations

import numpy as np

from twin.checks.delivery.waiting import standing_racks, waiting
from twin.checks.inputs import rack_figure
from twin.checks.measure import Input, Measure
from twin.checks.rule import rule
from twin.site.table import IntArray
from twin.solve.coolant.racks import rack_loops
from twin.solve.power.living import without_feeds
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
    all air units of its hall, likewise. Against the rack's arrival, or the day of the study. A
    CDU or air unit that names no `feeds` leaves the row not known: nobody says whose power it
    waits for.
    Worked number: power 1 March, cooling 10 March, network 5 March, loop released 12 March; a
    rack of 8 March waits 4 days.

    Does not cover
    --------------
    Whether fewer CDUs would do for the first racks, plants that name no feeds (they wait for no
    power), quality of the flush, and slack.

    See also
    --------
    DLV501, DLV504.
    """
    racks, place = standing_racks(study)
    table, site = study.table("rack"), study.site
    share = table["liquid_share_high"][racks]
    wet, airy = ~(share <= 0), ~(table["liquid_share_low"][racks] >= 1)
    loop = study(rack_loops)[racks]
    hall = site.rows_of("hall", study.table("position")["hall"][place])
    ready = study(loop_ready).take(np.where(wet, loop, -1))
    ready = ready.and_(study(air_ready).take(np.where(airy, hall, -1)))
    cooled = np.isin(hall, site.rows_of("hall", site.tables["air_unit"]["hall"]))
    unknown = rack_figure(study, "liquid_share_high", racks)
    absent = (
        unknown,
        Input("position", "loop", np.where(wet, place, -1), loop >= 0),
        Input("hall", "air_units", np.where(airy, hall, -1), cooled),
        _not_fed(study, "cdu", "loop", np.where(wet, loop, -1)),
        _not_fed(study, "air_unit", "hall", np.where(airy, hall, -1)),
    )
    return waiting(study, racks, ready, layer="COL", absent=absent)


def _not_fed(study: Study, kind: str, column: str, group: IntArray) -> Input:
    """Tell the first unit of each rack's loop or hall that names no feeds."""
    site = study.site
    units = np.flatnonzero(without_feeds(study, kind))[::-1]
    of_group = np.full(len(site.tables[column]) + 1, -1, dtype=np.int64)
    of_group[site.rows_of(column, study.table(kind)[column][units])] = units
    of_group[-1] = -1
    unit = of_group[group]
    return Input(kind, "feeds", unit, unit < 0)
