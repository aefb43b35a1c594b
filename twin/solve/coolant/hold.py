"""Differential pressure held where it is measured, at the units or away from them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from twin.site.piping import LAST
from twin.site.table import BoolArray, FloatArray
from twin.solve.coolant.circuit import Circuit
from twin.solve.coolant.drops import manifold_positions
from twin.solve.coolant.hydraulics import Moved, Net, lanes_of_net, move
from twin.solve.coolant.pumping import Control
from twin.solve.study import Study

_CLOSE = 1e-6
"""Of the set pressure: nearer than this counts as there."""

State = tuple[BoolArray, BoolArray, FloatArray, FloatArray]
"""Of each lane: links shut, pumps out, density, viscosity."""


def sensor_nodes(study: Study, circuit: Circuit) -> tuple[int, int] | None:
    """Supply and return node between which pressure is held; None: at the units."""
    name = str(study.table(circuit.kind)["sensor"][circuit.row])
    if not name:
        return None
    index = {label: k for k, label in enumerate(circuit.label.tolist())}
    table = study.table("manifold")
    place = name
    base = name.removesuffix(LAST)
    if base in table.index:
        count = len(manifold_positions(study, table.index[base]))
        place = f"{base}/{count if name.endswith(LAST) else 1}"
    nodes = (index.get(f"{place} supply"), index.get(f"{place} return"))
    return None if nodes[0] is None or nodes[1] is None else (nodes[0], nodes[1])


def hold_pressure(
    net: Callable[[Control], Net], control: Control, sensor: tuple[int, int] | None, state: State
) -> tuple[Moved, FloatArray]:
    """Solve lanes so that the set pressure stands where it is measured; and what units then give.

    At the units the set-point is part of their curves. Elsewhere each lane is searched by false
    position over what the units give, up to twenty solves; a lane whose units cannot give what it
    takes runs at their full speed.

    Returns
    -------
    moved, held_kpa
        The solved lanes, and (L,) the pressure that its units are to hold, kPa.
    """
    lanes = len(state[0])
    if sensor is None or np.isnan(control.set_kpa):
        return move(net(control), *state), np.full(lanes, control.set_kpa)
    parts, held = [], np.full(lanes, np.nan)
    for lane in range(lanes):
        most = max(g.gain_pa[0] for g in net(replace(control, set_kpa=1e6)).branches.gains)
        at = _at_sensor(net, control, sensor, state, lane)
        moved, held[lane] = _searched(at, control.set_kpa, most / 1000.0)
        parts.append(moved)
    return Moved(*(np.concatenate([getattr(p, f) for p in parts]) for f in Moved.__slots__)), held


def _at_sensor(
    net: Callable[[Control], Net],
    control: Control,
    sensor: tuple[int, int],
    state: State,
    lane: int,
) -> Callable[[float], tuple[Moved, float]]:
    """Return one lane as it is solved for what units give, kPa, with the gap at its sensor."""
    shut, pump_out, rho, mu = state
    one = slice(lane, lane + 1)

    def solved(kpa: float) -> tuple[Moved, float]:
        at = lanes_of_net(net(replace(control, set_kpa=kpa)), np.array([lane]))
        moved = move(at, shut[one], pump_out[one], rho[one], mu[one])
        seen = (moved.p_pa[0, sensor[0]] - moved.p_pa[0, sensor[1]]) / 1000.0
        return moved, float(seen) - control.set_kpa

    return solved


def _searched(
    solved: Callable[[float], tuple[Moved, float]], low: float, high: float
) -> tuple[Moved, float]:
    """Find what units give at which a sensor sees no gap, kPa; the gap rises with what they give.

    Parameters
    ----------
    solved
        One lane at what units give, and the gap of its sensor, kPa.
    low, high
        The set pressure, and the most that units give.
    """
    close = _CLOSE * low
    best, over = solved(high)
    if not over > 0:  # full speed is not enough, or the sensor is cut off
        return best, high
    moved, under = solved(low)
    for _ in range(20):
        if not under < 0 or abs(under) < close:
            return moved, low
        kpa = low - under * (high - low) / (over - under)
        found, gap = solved(kpa)
        if abs(gap) < close:
            return found, kpa
        if gap < 0:
            low, under, moved, over = kpa, gap, found, over / 2.0
        else:
            high, over, under = kpa, gap, under / 2.0
    return moved, low
