"""PWR213: gaps in supply against what drives and controls of cooling ride through."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.inputs import own_figure, typed_figure
from twin.checks.measure import Measure
from twin.checks.power.rides import lacking_battery, lacking_transfer, some
from twin.checks.rule import rule
from twin.solve.losses.cases import cases
from twin.solve.losses.instants import gear_rides
from twin.solve.power.supplies import GEAR
from twin.solve.study import Study


@rule(
    "PWR213",
    role="advice",
    severity="warning",
    unit="s",
    message=(
        "{kind} {subject} is without supply for {demand} s{lost}, its drives and controls ride "
        "through {limit} s: it stops and starts again"
    ),
    fix=(
        "feed its pumps and controls from a UPS, take a faster switch, or make sure that the loop "
        "stands still no longer than its racks allow"
    ),
    source="gap of the transfer at most the ride-through of drives and controls",
)
def pumps_stop_in_a_gap(study: Study) -> Iterator[Measure]:
    """A pump, a fan or its controls is without supply for longer than it rides through.

    Why it matters
    --------------
    A direct-to-chip loop whose pumps stand still heats up within seconds while the racks, on their
    UPS, draw all of their load. Drives trip on gaps that the racks do not notice.

    Method
    ------
    The gap at the feed on which each plant, CDU or air unit stands, in every case of the policy in
    which that feed comes back, against its `hold_up_s`; under a UPS the time until its input is
    back against the battery. It advises: a stop is no failure where the unit is back in time, and
    how long a loop may stand still is a matter of its heat and its water.

    Does not cover
    --------------
    How long racks stand without flow, restart (restart_s), and units that change from one of their
    own feeds to another: how fast they do nobody states.

    See also
    --------
    PWR212, COL101.
    """
    every = study(gear_rides)
    rides = some(every, np.asarray(study(cases).asked_by[every.case].any(axis=1)))
    for kind in GEAR:
        rows = study.site.rows_of(kind, rides.subject)
        part, mine = some(rides, rows >= 0), rows[rows >= 0]
        figure = own_figure if kind == "plant" else typed_figure
        hold = figure(study, kind, "hold_up_s", np.where(part.battery < 0, mine, -1))
        yield Measure(
            kind=kind, subject=mine, demand=part.need_s, limit=part.have_s, case=part.case,
            inputs=(*lacking_transfer(study, part), *lacking_battery(study, part), hold),
            owner="hold-up of its drives, or the battery above",
        )  # fmt: skip
