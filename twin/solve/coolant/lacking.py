"""What is not said of a circuit's control and pumps, and what a lost pump leaves."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.coolant.circuit import Circuit, Missing
from twin.solve.coolant.hold import sensor_of
from twin.solve.coolant.pumping import Control
from twin.solve.coolant.pumps import PumpCurve
from twin.solve.study import Study


def unsaid(
    study: Study,
    circuit: Circuit,
    control: Control,
    kind: str,
    rows: IntArray,
    curves: Sequence[PumpCurve | None],
) -> list[Missing]:
    """Say what a circuit lacks that its control or the policy asks for.

    A duty point says nothing of other speeds; a sensor must stand where supply and return are; the
    loss of a pump cannot be looked at where nobody says how many there are; and what a pump gives
    is not known where its bypass takes more than its curve has at its speed.
    """
    out: list[Missing] = []
    named = str(study.table(circuit.kind)["sensor"][circuit.row])
    if named and sensor_of(study, circuit) is None:
        out.append(Missing(circuit.kind, "sensor", circuit.row))
    silent = pumps_unsaid(study, kind, rows)
    for row, curve, unknown in zip(rows.tolist(), curves, silent.tolist(), strict=True):
        if curve is not None and curve.envelope and _slowed(curve, control):
            out.append(Missing(kind, "type", row))
        if curve is not None and _beyond(curve, control):
            out.append(Missing(kind, "min_flow_lpm", row))
        if unknown:
            out.append(Missing(kind, "pumps", row))
    return out


def _slowed(curve: PumpCurve, control: Control) -> bool:
    """Whether it counts what pumps give at another speed than full."""
    speed = 1.0 if math.isnan(control.set_speed) else control.set_speed
    return min(speed, curve.speed_max) < 1.0 or curve.speed_min > 0


def when_cut_off(control: Control, curves: Sequence[PumpCurve | None]) -> Control:
    """Return a control with its speed without a sensor as far as known: of a duty point, full."""
    alone = any(curve is not None and curve.envelope for curve in curves)
    slower = control.cut_off_speed < 1.0
    return replace(control, cut_off_speed=math.nan) if alone and slower else control


def _beyond(curve: PumpCurve, control: Control) -> bool:
    """Whether a bypass takes more than the curve has, at the speed that is held or at full."""
    held = max(control.set_speed, 0.0 if math.isnan(curve.speed_min) else curve.speed_min)
    slow = curve.speed_max if math.isnan(held) else min(held, curve.speed_max)
    return bool(curve.bypass_lpm > slow * curve.flow_lpm[-1])


def pumps_unsaid(study: Study, kind: str, rows: IntArray) -> BoolArray:
    """(u,) units of whose pumps one may be lost, as the policy asks, and nobody says how many."""
    pumps = np.asarray(study.table(kind)["pumps"], dtype=float)[rows]
    return np.asarray(np.isnan(pumps) & study.site.policy.asks("pump"))


def less_pumps(study: Study, kind: str, rows: IntArray) -> FloatArray:
    """(u,) part of its rated flow that a unit gives with one pump out, at the same pressure.

    1 where it has a pump more than its rating needs.
    """
    table = study.table(kind)
    pumps = np.asarray(table["pumps"], dtype=float)[rows]
    needed = np.asarray(table["pumps_needed"], dtype=float)[rows]
    needed = np.where(np.isnan(needed), pumps, needed)
    left = np.where(np.isnan(pumps), 1.0, np.minimum(1.0, (pumps - 1.0) / needed))
    return np.asarray(left)
