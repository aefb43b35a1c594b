"""COL203: coolant at each rack and CDU against what it may be, by solved temperatures."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import numpy as np

from twin.checks.coolant.lane_rows import LaneRows, near, running_units
from twin.checks.coolant.rack_rows import inputs_of_racks, rows_of_taken
from twin.checks.coolant.solved import lacking_figures
from twin.checks.coolant.sums import told_as
from twin.checks.coolant.taken import Taken, taken_loops
from twin.checks.measure import Measure
from twin.checks.rule import rule
from twin.site.table import BoolArray
from twin.solve.coolant.dew import held_supply_c
from twin.solve.coolant.flow import LoopFlow
from twin.solve.coolant.warmth import Valve
from twin.solve.study import Study

SCALE_K = 10.0
_CLOSE_K = 0.01
"""Solved temperatures are not compared more sharply."""


@rule(
    "COL203",
    role="gate",
    severity="error",
    unit="degC",
    message="{kind} {subject} has coolant of {demand} degC{lost}, {limit} degC is {owner}",
    fix="give the CDUs of its loop more or colder facility water (facility_most_lpm, supply_c of "
    "the plant) or more exchanger, or take heat off the loop; where it is too cold, let its valve "
    "close further (valve_min)",
    source="effectiveness and transfer units (Kays, London 1984) on the CDU's rated point",
)
def supply_floats(study: Study) -> Iterator[Measure]:
    """A CDU's valve is at its end, and coolant comes to a rack warmer or colder than it may be.

    Why it matters
    --------------
    A CDU holds its set-point by its facility valve. Where the valve stands wide open it gives all
    it has: the supply floats up with the heat. After the loss of a CDU the others take its heat,
    and a set-point that is kept on paper is then not kept. A valve that closes no further, or is
    held at one position, lets the supply sink below the set-point instead.

    Method
    ------
    Each loop whose pipes the layout describes is solved for flows and temperatures together,
    healthy and in each case that takes something of it. The conductance of each exchanger follows
    from its rated point and scales with the flow of both sides. A rack's own supply is what mixes
    where its hoses begin; it is held against the rack type's warmest supply, and against its
    coldest where a valve closes no further. A CDU whose valve is at its end is told as advice
    against the set-point of its loop. A rating that lacks a part holds up to its published heat
    at its published condition: no smaller an approach, no less facility water, no more of its
    coolant, no other coolant and no colder a supply than it states; at less of its coolant it holds
    up to the same part of its heat. Beyond, and where neither the rating nor `policy.limits`
    states an approach, the supply is not known.
    Worked number: a CDU rated for 1,300 kW at 4 K approach with 1,200 L/min of PG25 and 1,500
    L/min of water carries 950 kW at 988 L/min with 898 L/min of water at 34 degC and holds 40
    degC; with at most 700 L/min of water it floats to 43.2 degC.

    Does not cover
    --------------
    Loops whose pipes are not described (COL101 and COL401 speak), fouling of exchangers, heat
    that pipes lose on the way, and a plant whose water warms as it is loaded.

    See also
    --------
    COL101, COL204, COL401.
    """
    racks = study.table("rack")
    warmest = np.asarray(racks["supply_max_c"], dtype=float)
    for lacking, inputs in lacking_figures(study):
        nothing = np.full(len(lacking), np.nan)
        yield Measure(
            kind="rack", subject=lacking, demand=nothing, limit=warmest[lacking], inputs=inputs,
            owner="the rack type's limit",
        )  # fmt: skip
    for rows in rows_of_taken(study, study(taken_loops)):
        most = warmest[rows.row]
        supply = near(rows.of(lambda flow: flow.rack_supply_c), most, _CLOSE_K)
        yield Measure(
            kind="rack",
            subject=rows.row,
            case=rows.case,
            demand=rows.counted(supply, most),
            limit=most,
            scale=np.full(len(rows), SCALE_K),
            inputs=(
                *inputs_of_racks(study, rows),
                *told_as(study, "rack", "supply_max_c", rows.row, ~np.isnan(most)),
                *rows.ratings(study),
            ),
            owner="the rack type's limit",
        )
    yield from _cold(study)
    units = study(running_units)
    valve = units.of(lambda flow: flow.warmth.valve)
    yield _units(study, units.some(valve != Valve.STILL), "max")
    yield _units(study, units.some(valve == Valve.AT_LEAST), "min")
    for taken in study(taken_loops):
        yield from _held_back(taken)


def _cold(study: Study) -> Iterator[Measure]:
    """Racks on loops in which a valve closes no further, against their coldest supply."""
    coldest = np.asarray(study.table("rack")["supply_min_c"], dtype=float)

    def some(flow: LoopFlow) -> BoolArray:
        at_end = (flow.warmth.valve == Valve.AT_LEAST).any(axis=1)
        return np.asarray(at_end[:, None] & ~np.isnan(coldest[flow.racks.row]))

    for rows in rows_of_taken(study, study(taken_loops), some):
        least = coldest[rows.row]
        yield Measure(
            kind="rack",
            subject=rows.row,
            case=rows.case,
            demand=rows.of(lambda flow: flow.rack_supply_c),
            limit=least,
            sense="min",
            scale=np.full(len(rows), SCALE_K),
            inputs=inputs_of_racks(study, rows),
            owner="the rack type's limit",
        )


def _held_back(taken: Taken) -> Iterator[Measure]:
    """Racks that are held back only because with them some supply would be too warm."""
    warm = [lack for lack in taken.lacks if not lack.dry]
    if warm:
        held, case, _, _, bears, given = (np.array(column) for column in zip(*warm, strict=True))
        yield Measure(
            kind="rack",
            subject=held,
            case=case,
            demand=given,
            limit=bears,
            scale=np.full(len(held), SCALE_K),
            owner="the rack type's limit",
        )


def _units(study: Study, rows: LaneRows, sense: Literal["min", "max"]) -> Measure:
    """Supply of CDUs that run against their set-points: which of them float, or are colder."""
    most = study(held_supply_c)[rows.loop]
    raised = most > np.asarray(study.table("loop")["supply_c"], dtype=float)[rows.loop]
    supply = near(rows.of(lambda flow: flow.warmth.supply_c), most, _CLOSE_K)
    held = supply <= most if sense == "max" else supply >= most
    return Measure(
        kind="cdu",
        subject=rows.row,
        case=rows.case,
        demand=rows.counted(supply, most, 1.0 if sense == "max" else -1.0),
        limit=most,
        sense=sense,
        scale=np.where(held, np.nan, SCALE_K),  # to hold it is not to be near to it
        inputs=(rows.solved, *rows.ratings(study)),
        owner=np.where(
            raised, "what the dew point of its hall allows", "the set-point of its loop"
        ),
        judged=True,
    )
