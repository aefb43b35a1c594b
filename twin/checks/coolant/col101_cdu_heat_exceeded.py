"""COL101: liquid heat of the racks on a loop against what its living CDUs carry."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from twin.checks.coolant.sums import (
    group_budget,
    groups_with,
    liquid_inputs,
    no_feeds,
    no_units,
    plant_supply_figures,
    told_as,
    unit_figures,
)
from twin.checks.inputs import own_figure
from twin.checks.measure import Budget, Input
from twin.checks.rule import rule
from twin.site.table import IntArray, StrArray
from twin.solve.coolant.coupled import temperature_decides
from twin.solve.coolant.racks import (
    air_side,
    approach_holds,
    approach_needed,
    cdu_heat,
    rack_loops,
    wet,
)
from twin.solve.limits import limit
from twin.solve.load import liquid_heat
from twin.solve.power.living import living
from twin.solve.study import Study


@rule(
    "COL101",
    role="gate",
    severity="error",
    unit="kW",
    message="racks give {demand} kW to loop {subject}{lost}, its CDUs carry {limit} kW; "
    "{fit} of {on} racks fit",
    fix="add a CDU of at least {shortfall} kW to loop {subject}, move {shortfall} kW of liquid "
    "heat to another loop, or cap the racks (policy.provisioned_kw)",
    source="makers' ratings at their approach; OCP liquid cooling guides: N+1 CDUs on a loop",
)
def cdu_heat_exceeded(study: Study) -> Iterator[Budget]:
    """Racks give more heat to a coolant loop than its CDUs carry.

    Why it matters
    --------------
    A loop that takes in more heat than it gives off warms by degrees a minute until the racks
    throttle or trip. One CDU out for service is an ordinary day.

    Method
    ------
    The sum of the racks' load times their highest published liquid share, against the sum of the
    ratings of the living CDUs: healthy, and in the worst of the losses that the policy names and
    that take CDUs of this loop, directly or with the power of their feeds. Where the policy names
    a loss of power, a CDU that names no `feeds` leaves the loop not known. A rating holds where
    the loop's supply is warmer than the facility water by at least the rating's approach; where
    it is not, what the CDU carries is not known. For a CDU that states no approach the code
    profile's stands, which the owner may replace (`policy.limits.approach_k`); it is then named as
    who set the limit. Worked number: a GB300 rack of 135 kW gives
    121.5 kW to liquid, so 11 of them stand on one CDU of 1,368 kW.

    Does not cover
    --------------
    What a CDU carries at another approach, other flows or another fluid than its rating's, the
    plant behind the facility water (one that names no feeds is taken to outlive every loss of
    power, as a dry cooler on another supply may), heat that pipes lose, and racks that go dark
    with the loss.

    See also
    --------
    COL102, COL203, COL402.
    """
    loop = study(rack_loops)
    mine = study(wet) & ~np.append(study(temperature_decides), False)[loop]
    amount = np.where(mine, study(liquid_heat), 0.0)
    cdu_loop = study.site.rows_of("loop", study.table("cdu")["loop"])
    rows = living(study, "cdu", cdu_loop, study(cdu_heat), groups_with(study, loop, mine))
    figures = (no_units("loop", rows), no_feeds("cdu", rows), *_of_units(study, rows.lacking))
    budget = group_budget(study, "loop", rows, loop, amount, (liquid_inputs(study), figures))
    yield replace(budget, owner=_owner(study, cdu_loop, budget.subject))


def _owner(study: Study, cdu_loop: IntArray, loop: IntArray) -> StrArray:
    """(R,) who set the limit of each loop: ratings, or with them the approach of the profile."""
    silent = np.isnan(np.asarray(study.table("cdu")["approach_k"], dtype=float)) & ~study(air_side)
    by_profile = f"rating of the CDUs at an approach of {limit(study, 'approach_k').owner}"
    return np.where(
        np.isin(loop, cdu_loop[silent]), by_profile, "rating of the maker or the layout"
    )


def _of_units(study: Study, unit: IntArray) -> tuple[Input, ...]:
    """Figures behind the capacity of CDUs, in the order in which they are told as missing."""
    site, cdus = study.site, study.table("cdu")
    warm = np.append(~study(air_side), False)[unit]
    loop = np.append(site.rows_of("loop", cdus["loop"]), -1)[unit]
    plant = np.append(site.rows_of("plant", cdus["plant"]), -1)[unit]
    loop_c = np.append(study.table("loop")["supply_c"], np.nan)[loop]
    holds = np.append(study(approach_holds), True)[unit]
    silent = np.isnan(np.append(study(approach_needed), np.nan)[unit])
    airy = np.append(study(air_side), False)[unit] & ~silent
    hall = np.where(airy, np.append(site.rows_of("hall", cdus["hall"]), -1)[unit], -1)
    return (
        *unit_figures(study, "cdu", "heat_kw", unit),
        Input("loop", "supply_c", np.where(warm, loop, -1), ~np.isnan(loop_c)),
        Input("cdu", "plant", np.where(warm, unit, -1), plant >= 0),
        Input("cdu", "hall", np.where(airy, unit, -1), hall >= 0),
        own_figure(study, "hall", "dry_bulb_c", hall),
        *plant_supply_figures(study, np.where(warm, plant, -1)),
        *told_as(study, "cdu", "approach_k", unit, warm | ~silent),
        Input("cdu", "heat_kw", unit, holds),
    )
