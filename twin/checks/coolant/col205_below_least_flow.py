"""COL205: flow of each CDU and plant against the least flow of its pumps."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.coolant.lane_rows import running_units
from twin.checks.coolant.plant_rows import running_plants
from twin.checks.coolant.ratings import of_asking
from twin.checks.coolant.solved import missing_inputs, unsolved
from twin.checks.coolant.sums import told_as
from twin.checks.coolant.watered import doubtful
from twin.checks.measure import Measure
from twin.checks.rule import rule
from twin.site.table import BoolArray, FloatArray, StrArray
from twin.solve.coolant.circuit import Part
from twin.solve.coolant.flow import LoopFlow
from twin.solve.coolant.lacking import less_pumps
from twin.solve.coolant.pumping import least_flows
from twin.solve.losses.cases import cases
from twin.solve.losses.sorts import PUMP
from twin.solve.study import Study


@rule(
    "COL205",
    role="advice",
    severity="warning",
    unit="L/min",
    message="the pumps of {subject} give {demand} L/min{lost}, they need {limit} L/min ({owner}) "
    "and have no bypass",
    fix="add a bypass (bypass = true), let fewer CDUs run until more racks stand, or take smaller "
    "pumps",
    source="least flow of the pumps as their maker states it",
)
def below_least_flow(study: Study) -> Iterator[Measure]:
    """The pumps of a CDU or plant run below their least flow, and no bypass opens.

    Why it matters
    --------------
    Below its least flow a pump heats what stands in it, recirculates and wears out its seals. A
    row that is being filled starts there: two CDUs share the flow of the first rack.

    Method
    ------
    Flow of each running CDU, and of each plant whose pipes are described, against its
    `min_flow_lpm`, and where that is not stated against the flow from which a curve with a hump
    falls: below it the curve is cut flat and its head is a guess. By solved flows, healthy and in
    each case that takes something of the loop or plant; where a pump of a unit is out, against the
    part of it that the others need, and at a constant speed a curve begins to fall at that part of
    its flow. Those with a bypass are not measured: their
    pumps move their least flow, and racks get what its head gives; the papers say what goes round.
    A plant on which nobody knows what some CDU asks for is not known, unless its pumps run below
    their least flow with all that it may ask for.
    Worked number: two CDUs that share eight GB300 at 127.5 L/min give 510 L/min each.

    Does not cover
    --------------
    CDUs and plants in which pumps are staged off at part load, plants whose pipes are not
    described, and that a curve falls from less where its pumps run slower to hold a pressure.

    See also
    --------
    COL204.
    """
    least, hump = least_flows(study, "cdu")
    bare = ~np.asarray(study.table("cdu")["bypass"], dtype=bool)
    for found in unsolved(study):
        rows = found.circuit.rows(study, "cdu", Part.UNIT)
        rows = rows[bare[rows]]
        yield Measure(
            kind="cdu",
            subject=rows,
            demand=np.full(len(rows), np.nan),
            limit=least[rows],
            sense="min",
            inputs=missing_inputs(found.missing, len(rows)),
        )
    yield from _plants(study)
    units = study(running_units)
    some = units.some(bare[units.row])
    running = some.of(lambda flow: _running(study, flow))
    limit = least[some.row] * running * np.where(hump[some.row], some.of_each(_speed), 1.0)
    yield Measure(
        kind="cdu",
        subject=some.row,
        case=some.case,
        demand=some.of(lambda flow: flow.unit_lpm),
        limit=limit,
        sense="min",
        inputs=(some.solved, *told_as(study, "cdu", "min_flow_lpm", some.row, ~np.isnan(limit))),
        owner=_owner(hump[some.row]),
    )


def _running(study: Study, flow: LoopFlow) -> FloatArray:
    """(L, u) pumps that run over those for which the figures of each unit hold."""
    out = flow.lanes.pump_out[:, flow.circuit.links(Part.UNIT)]
    return np.where(out, less_pumps(study, "cdu", flow.units), 1.0)


def _speed(flow: LoopFlow) -> FloatArray:
    """(u,) constant speed of the units; 1 where something else is held."""
    speed = flow.control.set_speed
    return np.full(len(flow.units), 1.0 if np.isnan(speed) else speed)


def _owner(hump: BoolArray) -> StrArray:
    return np.where(hump, "where the pumps' curve begins to fall", "maker of the pumps")


def _plants(study: Study) -> Iterator[Measure]:
    least, hump = least_flows(study, "plant")
    table, first = study(cases), study.site.first["plant"]
    for rows in running_plants(study):
        less = less_pumps(study, "plant", rows.plant)
        out = (table.sort[rows.case] == PUMP) & (table.origin[rows.case] == first + rows.plant)
        limit = least[rows.plant] * np.where(out, less, 1.0)
        if study.table("plant")["bypass"][rows.plant].any():
            continue
        lpm, asker = np.full(len(limit), np.nan), np.full(len(limit), -1)
        if rows.found is not None:
            lpm = rows.of(rows.found.pump_lpm)
            # More than with all that may be asked for they never give: below it they surely are.
            asker = np.where(lpm < limit, -1, rows.of(doubtful(study, rows.found)))
        known = told_as(study, "plant", "min_flow_lpm", rows.plant, ~np.isnan(limit))
        yield Measure(
            kind="plant",
            subject=rows.plant,
            case=rows.case,
            demand=np.where(asker >= 0, np.nan, lpm),
            limit=limit,
            sense="min",
            inputs=(*rows.inputs, *known, *of_asking(study, asker)),
            owner=_owner(hump[rows.plant]),
        )
