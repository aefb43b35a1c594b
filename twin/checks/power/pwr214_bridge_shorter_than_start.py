"""PWR214: minutes of batteries against start, synchronising, transfer and walk-in."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.measure import Input, Measure
from twin.checks.power.rides import asked_of_racks, lacking_battery, lacking_transfer, some
from twin.checks.rule import rule
from twin.solve.limits import limit
from twin.solve.losses.instants import rack_rides
from twin.solve.losses.steps import last_stage_s
from twin.solve.study import Study


@rule(
    "PWR214",
    role="gate",
    severity="error",
    unit="s",
    message=(
        "the battery of {other} carries rack {subject} for {limit} s{lost}, its input is back with "
        "all of its load after {demand} s"
    ),
    fix=(
        "give {other} more battery_min, a faster start of its generator, or let the load walk in "
        "sooner"
    ),
    source="battery time >= start + synchronising + transfer + walk-in + margin",
)
def bridge_shorter_than_start(study: Study) -> Iterator[Measure]:
    """A battery is empty before its input is back and has taken the load.

    Why it matters
    --------------
    Batteries are bought for minutes at the load of the first year. At full load, or with the load
    of the other side, they last less, and a generator that starts at the second attempt is late.

    Method
    ------
    For every loss that the policy asks racks to survive and in which the input of the UPS (or of
    the rectifier) above the best of a rack's supplies is interrupted and comes back: start_s and
    sync_s of the generator that takes over, transfer_s of what moves, walk_in_s of generator and
    UPS, and the time to the last stage where load is given back in stages (`stage_kw` and
    `stage_s` of the generator), against battery_min at its load in that case, in proportion of its
    rating: at less load a battery lasts at least so much longer. Of generators in parallel the
    first that is ready ends the gap, the slowest walk-in counts, and they get their load in as many
    stages as the one with the smallest needs. With the margin `start_margin_s` of the code profile
    (30 s, a judgement) it only warns. A generator that states no start takes `start_s` of the
    profile (10 s). Worked number: 10 s start, 5 s synchronising, 0.1 s transfer and 10 s walk-in
    are 25.1 s, with the margin 55.1 s; one minute of battery at half load is 120 s.

    Does not cover
    --------------
    A second attempt to start, batteries that are old or cold, curves of discharge better than the
    proportion, and batteries that recharge between two losses.

    See also
    --------
    PWR212, PWR215, PWR217.
    """
    every = study(rack_rides)
    rides = some(every, (every.battery >= 0) & asked_of_racks(study, every))
    rack = study.site.rows_of("rack", rides.subject)
    margin = limit(study, "start_margin_s")
    more = np.where(rides.starts >= 0, margin.value, 0.0)
    source = study.site.rows_of("source", rides.starts)
    waits, silent = last_stage_s(study, source, rides.case)
    for extra, owner, judged in (
        (np.zeros(len(more)), "battery of the layout", False),
        (more, margin.owner, margin.judged),
    ):
        yield Measure(
            kind="rack", subject=rack, demand=rides.need_s + waits + extra, limit=rides.have_s,
            case=rides.case, other=rides.battery, owner=owner, judged=judged,
            inputs=(
                *lacking_transfer(study, rides), *lacking_battery(study, rides),
                Input("source", "stage_s", silent, silent < 0),
            ),
        )  # fmt: skip
