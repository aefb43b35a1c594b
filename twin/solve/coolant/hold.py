"""Differential pressure held where it is measured, at the units or away from them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from twin.site.piping import LAST
from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.coolant.circuit import Circuit, Part
from twin.solve.coolant.drops import manifold_positions
from twin.solve.coolant.hydraulics import Moved, Net, lanes_of_net, move
from twin.solve.coolant.pumping import Control
from twin.solve.study import Study

_CLOSE = 1e-6
"""Of the set pressure: nearer than this counts as there."""

State = tuple[BoolArray, BoolArray, FloatArray, FloatArray]
"""Of each lane: links shut, pumps out, density, viscosity."""


class Sensor(NamedTuple):
    """Where a circuit's pressure is measured.

    Parameters
    ----------
    supply, back
        Nodes of supply and return.
    links
        Of the manifold on which it stands, with which it is lost; none at a junction.
    """

    supply: int
    back: int
    links: IntArray


def sensor_of(study: Study, circuit: Circuit) -> Sensor | None:
    """Return the place at which a circuit's pressure is held; None: at the units."""
    name = str(study.table(circuit.kind)["sensor"][circuit.row])
    if not name:
        return None
    index = {label: k for k, label in enumerate(circuit.label.tolist())}
    table = study.table("manifold")
    place = name
    base, links = name.removesuffix(LAST), np.empty(0, dtype=np.int64)
    if base in table.index:
        links = np.flatnonzero(circuit.manifold == table.index[base])
        count = len(manifold_positions(study, table.index[base]))
        place = f"{base}/{count if name.endswith(LAST) else 1}"
    nodes = (index.get(f"{place} supply"), index.get(f"{place} return"))
    return None if nodes[0] is None or nodes[1] is None else Sensor(nodes[0], nodes[1], links)


def seen_kpa(sensor: Sensor, moved: Moved, shut: BoolArray) -> FloatArray:
    """(L,) pressure that a sensor sees, kPa; NaN where a lane is not solved or cuts it off.

    Parameters
    ----------
    shut
        (L, m) closed links.
    """
    seen = (moved.p_pa[:, sensor.supply] - moved.p_pa[:, sensor.back]) / 1000.0
    lost = shut[:, sensor.links].all(axis=1) & (len(sensor.links) > 0)
    return np.where(lost, np.nan, seen)


def hold_pressure(
    net: Callable[[Control], Net], control: Control, sensor: Sensor | None, state: State
) -> tuple[Moved, FloatArray]:
    """Solve lanes so that the set pressure stands where it is measured; and what units then give.

    At the units the set-point is part of their curves. Elsewhere each lane is searched by false
    position over what the units give, up to twenty solves; a lane whose units cannot give what it
    takes runs at their full speed. One whose sensor is cut off runs at the speed that is said for
    that; where none is said, it is not known, and its residual is infinite.

    Returns
    -------
    moved, held_kpa
        The solved lanes, and (L,) the pressure that its units are to hold, kPa; NaN nothing.
    """
    lanes = len(state[0])
    if sensor is None or np.isnan(control.set_kpa):
        return move(net(control), *state), np.full(lanes, control.set_kpa)
    parts: list[Moved] = []
    held = np.full(lanes, np.nan)
    for lane in range(lanes):
        most = max(g.gain_pa[0] for g in net(replace(control, set_kpa=1e6)).branches.gains)
        at = _at_sensor(net, control, sensor, state, lane)
        moved, gap = at(most / 1000.0)
        if _cut_off(net(control).circuit, moved, gap):
            moved = _blind(net, control, state, lane)
        else:
            moved, held[lane] = _searched(at, control.set_kpa, most / 1000.0, (moved, gap))
        parts.append(moved)
    return _joined(parts), held


def held_at_units(
    net: Callable[[Control], Net], control: Control, held_kpa: FloatArray, state: State
) -> Moved:
    """Solve lanes whose units hold a pressure of their own, (L,) kPa; NaN: such a lane is not."""
    parts = []
    for lane, kpa in enumerate(held_kpa.tolist()):
        one = slice(lane, lane + 1)
        at = net(replace(control, set_kpa=float(np.nan_to_num(kpa))))
        shut, pump_out, rho, mu = state
        lanes = lanes_of_net(at, np.array([lane]))
        moved = move(lanes, shut[one], pump_out[one], rho[one], mu[one])
        if np.isnan(kpa):
            _unknown(moved)
        parts.append(moved)
    return _joined(parts)


def _joined(parts: list[Moved]) -> Moved:
    """Put lanes together that were solved one by one."""
    return Moved(*(np.concatenate([getattr(p, f) for p in parts]) for f in Moved.__slots__))


def _unknown(moved: Moved) -> None:
    """Take back what was solved."""
    moved.converged[:], moved.residual[:] = False, np.inf
    moved.q_m3s[:], moved.p_pa[:] = np.nan, np.nan


def _at_sensor(
    net: Callable[[Control], Net],
    control: Control,
    sensor: Sensor,
    state: State,
    lane: int,
) -> Callable[[float], tuple[Moved, float]]:
    """Return one lane as it is solved for what units give, kPa, with the gap at its sensor."""
    shut, pump_out, rho, mu = state
    one = slice(lane, lane + 1)

    def solved(kpa: float) -> tuple[Moved, float]:
        at = lanes_of_net(net(replace(control, set_kpa=kpa)), np.array([lane]))
        moved = move(at, shut[one], pump_out[one], rho[one], mu[one])
        return moved, float(seen_kpa(sensor, moved, shut[one])[0]) - control.set_kpa

    return solved


def _cut_off(circuit: Circuit, moved: Moved, gap: float) -> bool:
    """Whether nothing that runs reaches the sensor of one lane any longer."""
    return bool(np.isnan(gap) and (moved.q_m3s[0, circuit.links(Part.UNIT)] > 0).any())


def _blind(net: Callable[[Control], Net], control: Control, state: State, lane: int) -> Moved:
    """Return one lane at the speed of pumps that have lost their sensor, where that is said."""
    shut, pump_out, rho, mu = state
    one, speed = slice(lane, lane + 1), control.cut_off_speed
    at = net(Control(np.nan, np.nan, float(np.nan_to_num(speed, nan=1.0))))
    moved = move(lanes_of_net(at, np.array([lane])), shut[one], pump_out[one], rho[one], mu[one])
    if np.isnan(speed):
        _unknown(moved)
    return moved


def _searched(
    solved: Callable[[float], tuple[Moved, float]],
    low: float,
    high: float,
    at_most: tuple[Moved, float],
) -> tuple[Moved, float]:
    """Find what units give at which a sensor sees no gap, kPa; the gap rises with what they give.

    Parameters
    ----------
    solved
        One lane at what units give, and the gap of its sensor, kPa.
    low, high
        The set pressure, and the most that units give.
    at_most
        The lane at that most.
    """
    close = _CLOSE * low
    best, over = at_most
    if not over > 0:  # full speed is not enough, or nothing runs
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
