"""COL204: what the pumps of each CDU and plant are to hold against what they give."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import numpy as np

from twin.checks.coolant.lane_rows import LaneRows, running_units
from twin.checks.coolant.plant_rows import running_plants
from twin.checks.coolant.ratings import of_asking
from twin.checks.coolant.solved import missing_inputs, unsolved
from twin.checks.coolant.watered import doubtful
from twin.checks.measure import Measure
from twin.checks.rule import rule
from twin.site.table import FloatArray
from twin.solve.coolant.circuit import Part
from twin.solve.coolant.facility import PlantFlow
from twin.solve.coolant.flow import LoopFlow
from twin.solve.coolant.hold import seen_kpa, sensor_of
from twin.solve.study import Study

_ALL = 100.0
_CLOSE = 1e-4
"""Of what is held: nearer than this counts as there."""


@rule(
    "COL204",
    role="advice",
    severity="warning",
    unit="%",
    message="the pumps of {subject} give {demand} % of what they are to hold{lost}: they are at "
    "their limit",
    fix="below 100 %: lower the set-point of its loop or plant, widen what resists, or add a CDU "
    "or pump; above: raise the set-point, or let fewer CDUs or pumps run",
    source="control of the loop or plant against pump curves, cut at full and at least speed",
)
def unit_at_its_limit(study: Study) -> Iterator[Measure]:
    """A CDU or plant gives all that its pumps have, or cannot run slowly enough.

    Why it matters
    --------------
    A unit at its limit no longer controls. At full speed the pressure sinks with every rack that
    is added; at least speed it stands above the set-point, and racks without valves of their own
    get more flow than they are made for.

    Method
    ------
    Pressure or flow that each running CDU gives, as a share of what its loop's control asks for,
    healthy and in each case that takes something of the loop. Pressure counts where it is
    measured: at the units, or at the sensor. A plant whose pipes are described is judged likewise
    where it holds a pressure; of a flow that it holds its users take what they ask for. Too
    little beside a CDU of which nobody knows what it asks for is not known (COL207). Worked
    number: a CDU that gives up to 220 kPa
    at up to 1,200 L/min and is to hold 250 kPa gives 88 %.

    Does not cover
    --------------
    Loops and plants held at a constant speed, and those whose sensor is cut off, which ask for
    nothing; facility valves that stand
    wide open (COL203); the least flow of pumps (COL205).

    See also
    --------
    COL201, COL203, COL205.
    """
    for found in unsolved(study):
        rows = found.circuit.rows(study, "cdu", Part.UNIT)
        yield Measure(
            kind="cdu",
            subject=rows,
            demand=np.full(len(rows), np.nan),
            limit=np.full(len(rows), _ALL),
            inputs=missing_inputs(found.missing, len(rows)),
        )
    units = study(running_units)
    by_flow = units.of_each(lambda f: np.full(len(f.units), not np.isnan(f.control.set_lpm)))
    by_dp = units.of_each(lambda f: np.full(len(f.units), not np.isnan(f.control.set_kpa)))
    yield from _plants(study)
    units = units.some(by_flow | by_dp)
    share = units.of(lambda flow: _held(study, flow))
    measured = ~(np.isnan(share) & units.converged)
    units, share = units.some(measured), share[measured]
    yield _measure(units, share, "min")
    yield _measure(units, share, "max")


def _measure(units: LaneRows, share: FloatArray, sense: Literal["min", "max"]) -> Measure:
    share = np.where(np.abs(share - _ALL) <= _CLOSE * _ALL, _ALL, share)
    limit = np.full(len(units), _ALL)
    return Measure(
        kind="cdu",
        subject=units.row,
        case=units.case,
        demand=units.counted(share, limit, -1.0 if sense == "min" else 1.0),
        limit=limit,
        sense=sense,
        scale=np.where(share == _ALL, np.nan, _ALL),
        inputs=(units.solved,),
        owner="control of the loop",
    )


def _plants(study: Study) -> Iterator[Measure]:
    """Plants that hold a pressure, against the least and the most of it."""
    for running in running_plants(study):
        rows, share = running, np.full(len(running.plant), np.nan)
        if rows.found is not None:
            held = float(study.table("plant")["set_kpa"][rows.found.circuit.row])
            if study.table("plant")["control"][rows.found.circuit.row] != "pressure":
                continue
            share = rows.of(_ALL * _seen(study, rows.found) / held)
            share = np.where(np.abs(share - _ALL) <= _CLOSE * _ALL, _ALL, share)
            measured = ~(np.isnan(share) & rows.of(rows.found.moved.converged))
            rows, share = rows.some(measured), share[measured]
        limit, asker = np.full(len(share), _ALL), np.full(len(share), -1)
        if rows.found is not None:
            asker = np.where(share < _ALL, rows.of(doubtful(study, rows.found)), -1)
            share = np.where(asker >= 0, np.nan, share)
        inputs = (*rows.inputs, *of_asking(study, asker))
        for sense in ("min", "max"):
            yield Measure(
                kind="plant", subject=rows.plant, case=rows.case, demand=share, limit=limit,
                sense=sense, scale=np.where(share == _ALL, np.nan, _ALL), inputs=inputs,
                owner="control of the plant",
            )  # fmt: skip


def _seen(study: Study, found: PlantFlow) -> FloatArray:
    """(L,) pressure where a plant holds it: at its pumps, or at its sensor, kPa."""
    sensor = sensor_of(study, found.circuit)
    if sensor is None:
        return found.pump_kpa
    return seen_kpa(sensor, found.moved, found.shut)


def _held(study: Study, flow: LoopFlow) -> FloatArray:
    """(L, u) what units give of what they are to hold, %; NaN where nothing is held."""
    if not np.isnan(flow.control.set_lpm):
        return np.asarray(_ALL * flow.unit_lpm / flow.control.set_lpm)
    if np.isnan(flow.control.set_kpa):
        return np.full(flow.unit_lpm.shape, np.nan)
    sensor = sensor_of(study, flow.circuit)
    if sensor is None:
        return np.asarray(_ALL * flow.unit_dp_kpa / flow.control.set_kpa)
    seen = seen_kpa(sensor, flow.moved, flow.lanes.shut)
    each = np.tile((_ALL * seen / flow.control.set_kpa)[:, None], (1, len(flow.units)))
    return np.where(flow.moved.converged[:, None], each, np.nan)
