"""COL103: heat that racks give to the air of a hall against its living air units."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from twin.checks.coolant.sums import (
    group_budget,
    groups_with,
    no_feeds,
    no_units,
    unit_figures,
)
from twin.checks.inputs import load_figure, rack_figure
from twin.checks.measure import Budget, Input
from twin.checks.rule import rule
from twin.site.table import IntArray
from twin.solve.coolant.air import (
    all_to_air,
    heat_to_hall,
    plant_supply,
    rack_halls,
    rating_holds,
    unit_heat,
    water_rated_c,
)
from twin.solve.load import rack_load
from twin.solve.power.gear_heat import gear_heat
from twin.solve.power.living import living
from twin.solve.study import Study


@rule(
    "COL103",
    role="gate",
    severity="error",
    unit="kW",
    message="{demand} kW go to the air of hall {subject}{lost}, its air units take "
    "{limit} kW; {fit} of {on} racks fit",
    fix="add air units of {shortfall} kW to hall {subject}, put rear doors on the racks, or cap "
    "the racks (policy.provisioned_kw)",
    source="heat balance of the hall; makers' net capacities; one unit out as the policy says",
)
def air_heat_exceeded(study: Study) -> Iterator[Budget]:
    """Racks give more heat to the air of a hall than its air units take.

    Why it matters
    --------------
    A liquid-cooled rack of 135 kW still gives 14 to 18 kW to the room, as much as a full rack of
    servers did. Halls are filled by the liquid's numbers and found out by the air's.

    Method
    ------
    The sum of the racks' load times what the lowest published liquid share leaves to the air,
    against the sum of the net capacities of the living air units of the hall: healthy, and in the
    worst of the losses that the policy names, of units or of the power of their feeds; where one
    of power is among them, a unit that names no `feeds` leaves the hall not known. Racks on a
    loop with liquid-to-air units give all their heat to the hall. A product's capacity holds at
    its rated water inlet: with warmer facility water it is not known, and the layout's own
    `heat_kw` of the unit stands for it. Transformers, UPS and all other elements of the power chain
    that name the hall give it their losses, as the sums of PWR103 know them: per kW of each rack
    that they feed, wherever it stands, and what they lose at no load; after a loss the most that
    each rack brings in any case. Worked number: GB300 at 132 kW, 0.87 to liquid at the
    lowest, gives 17.16 kW to the air.

    Does not cover
    --------------
    Plants that name no feeds (they are taken to outlive every loss of power), heat of lamps,
    people, sun and walls, humidity, where the air goes (hot spots, recirculation), and what units
    carry at another air temperature. Of power gear: elements that name no hall, losses that nobody
    states (no efficiency, no loss: they count as nothing, as PWR112 tells), those of conductors,
    and units with a water circuit of their own.

    See also
    --------
    COL101, COL104.
    """
    hall, heat = study(rack_halls), study(heat_to_hall)
    units = study.table("air_unit")
    unit_hall = study.site.rows_of("hall", units["hall"])
    wanted = groups_with(study, hall, heat != 0)
    rows = living(study, "air_unit", unit_hall, study(unit_heat), wanted)
    # The whole load reaches the hall from racks on liquid-to-air units, whatever their share.
    share = rack_figure(study, "liquid_share_low")
    share = share._replace(known=share.known | study(all_to_air))
    figures = (no_units("hall", rows), no_feeds("air_unit", rows), *_of_units(study, rows.lacking))
    inputs = ((load_figure(study), share), figures)
    yield _with_gear(study, group_budget(study, "hall", rows, hall, heat, inputs))


def _with_gear(study: Study, budget: Budget) -> Budget:
    """Add the heat of power gear in the halls, which goes with all of a rack's load."""
    gear = study(gear_heat)
    if not len(gear.hall) and not gear.fixed_most_kw.any():
        return budget
    load, heat = study(rack_load), budget.amount
    # Heat as a part of the load, so that both kinds of heat are shares of one amount.
    part = np.divide(heat, load, out=np.zeros(len(load)), where=load != 0)
    part = np.where(np.isnan(load), 1.0, part)
    low, high = (np.searchsorted(gear.hall, budget.subject, side=s) for s in ("left", "right"))
    count = high - low
    row = np.repeat(np.arange(len(count)), count)
    at = np.repeat(low, count) + np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    lost = budget.case > 0
    return replace(
        budget,
        base=np.where(lost, gear.fixed_most_kw[budget.subject], gear.fixed_kw[budget.subject]),
        rack=np.concatenate([budget.rack, gear.rack[at]]),
        row=np.concatenate([budget.row, row]),
        coefficient=np.concatenate(
            [
                budget.coefficient * part[budget.rack],
                np.where(lost[row], gear.most[at], gear.healthy[at]),
            ]
        ),
        amount=load,
    )


def _of_units(study: Study, unit: IntArray) -> tuple[Input, ...]:
    """Figures behind the capacity of air units, in the order in which they are told as missing."""
    rated = np.append(study(water_rated_c), np.nan)[unit]
    watered = np.where(np.isnan(rated), -1, unit)
    plant = study.site.rows_of("plant", study.table("air_unit")["plant"])
    plant = np.append(plant, -1)[watered]
    supply = np.append(study(plant_supply), np.nan)[watered]
    holds = np.append(study(rating_holds), True)[unit]
    return (
        *unit_figures(study, "air_unit", "heat_kw", unit),
        Input("air_unit", "plant", watered, plant >= 0),
        Input("plant", "supply_c", plant, ~np.isnan(supply)),
        Input("air_unit", "heat_kw", unit, holds),
    )
