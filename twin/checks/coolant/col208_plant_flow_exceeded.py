"""COL208: facility water that a plant's CDUs and air units ask for against what its pumps give."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from twin.checks.admission import TOLERANCE
from twin.checks.coolant.sums import heat_inputs, told_as
from twin.checks.inputs import caps_in_doubt
from twin.checks.measure import Budget, Input
from twin.checks.rule import rule
from twin.site.table import BoolArray, IntArray
from twin.solve.coolant.plant_water import PlantWater, most_lpm, plant_water
from twin.solve.coolant.plants import Parts, plant_parts
from twin.solve.load import rack_load
from twin.solve.losses.cases import cases
from twin.solve.study import Study


@rule(
    "COL208",
    role="gate",
    severity="error",
    unit="L/min",
    message="CDUs and air units ask plant {subject} for {demand} L/min of facility water{lost}, "
    "its pumps give {limit} L/min; {fit} of {on} racks fit",
    fix="give plant {subject} pumps for {shortfall} L/min more, a colder supply_c, or move racks "
    "to another plant",
    source="sum of flows; effectiveness and transfer units (Kays, London 1984) on each CDU's "
    "rated point",
)
def plant_flow_exceeded(study: Study) -> Iterator[Budget]:
    """CDUs and air units ask for more facility water than their plant pumps.

    Why it matters
    --------------
    A CDU holds its set-point by opening its facility valve. When all do so at once the plant's
    pumps run out, and nobody has what the rating asks for: supplies float, air units warm.

    Method
    ------
    For plants whose pipes the layout does not describe: the sum of what their users ask for,
    healthy and after each loss that changes it, against `flow_lpm` of the plant or the end of its
    pump curve, or what it holds (`set_lpm`); with one pump out as many parts of it as pumps are
    left of those needed. A CDU of a solved loop asks for what holds its set-point; any other user
    for its rated flow; who is not ready on the day of the study, or has no rack to cool, asks for
    nothing. Racks share the sum by the heat that they send to the plant: what a valve
    lets through grows with heat faster than in proportion, so that with fewer racks no more is
    asked for than this says. Where the policy asks for anything after the loss of a pump, a plant
    that does not say how many it has is not known. Worked number: two CDUs at 400 L/min and an
    air unit at 120 L/min ask for 920 L/min.

    Does not cover
    --------------
    Plants whose pipes are described (there COL202 and COL207 hold each user's pressure), whether
    the head of the pumps suffices, and plants of which nobody says what their pumps give: those
    are told as not known and block nobody.

    See also
    --------
    COL202, COL206, COL207.
    """
    water, parts = study(plant_water), study(plant_parts)
    served = np.isin(water.plant, parts.plant)
    says = ~np.isnan(most_lpm(study))[water.plant]
    for rows, judged in ((served & says, False), (served & ~says & (water.case == 0), True)):
        if rows.any():
            yield replace(_budget(study, water, parts, np.flatnonzero(rows)), judged=judged)


def _budget(study: Study, water: PlantWater, parts: Parts, row: IntArray) -> Budget:
    plant, case, limit = water.plant[row], water.case[row], water.gives_lpm[row]
    heat = np.bincount(parts.plant, weights=parts.kw, minlength=len(study.table("plant")))
    load = study(rack_load)
    order = np.argsort(parts.plant, kind="stable")
    low, high = (np.searchsorted(parts.plant[order], plant, side=s) for s in ("left", "right"))
    count = high - low
    at = np.repeat(np.arange(len(row)), count)
    entry = order[np.arange(len(at)) + np.repeat(low - np.cumsum(count) + count, count)]
    rack = parts.rack[entry]
    with np.errstate(divide="ignore", invalid="ignore"):
        per_kw = (water.asked_lpm[row] / heat[plant])[at]
        coefficient = np.where(parts.kw[entry] == 0, 0.0, per_kw * parts.kw[entry] / load[rack])
    past = water.asked_lpm[row] > limit * (1.0 + TOLERANCE)
    doubt: BoolArray = past & ~study(cases).counts[case]
    unknown = doubt | (water.lacking[row] >= 0)
    return Budget(
        kind="plant",
        subject=plant,
        case=case,
        limit=limit,
        base=np.where(unknown, np.nan, 0.0),
        rack=rack,
        row=at,
        coefficient=np.where(doubt[at], 0.0, coefficient),
        amount=load,
        onto=np.full(len(row), -1, dtype=np.int64),
        rack_inputs=heat_inputs(study),
        row_inputs=(
            Input("plant", "flow_lpm", plant, ~np.isnan(most_lpm(study)[plant])),
            Input("plant", "pumps", plant, ~np.isnan(limit)),
            *_of_users(study, water.lacking[row]),
            *caps_in_doubt(study, case, doubt),
        ),
        owner="what the plant's pumps are stated to give",
    )


def _of_users(study: Study, subject: IntArray) -> Iterator[Input]:
    """Rated flow that lacks of a CDU or an air unit, one of each row, -1 none."""
    cdu, unit = (study.site.rows_of(kind, subject) for kind in ("cdu", "air_unit"))
    yield from told_as(study, "cdu", "facility_flow_lpm", cdu, cdu < 0)
    yield Input("air_unit", "facility_flow_lpm", unit, unit < 0)
