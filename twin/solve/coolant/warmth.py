"""Temperatures of a loop's lanes: racks warm the coolant, CDUs cool it to their set-point or not.

A CDU holds its supply set-point by its facility valve, so the facility flow is the result; with the
valve wide open the supply floats above the set-point. Capacity rates of a lane hold at the mean of
its supply and return, so that heat in and heat out are the same.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum

import numpy as np

from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.coolant.branches import Fluid
from twin.solve.coolant.circuit import Circuit
from twin.solve.coolant.exchanger import Exchanger
from twin.solve.coolant.laned import with_rows
from twin.solve.coolant.mixing import mixed
from twin.solve.coolant.pumping import LPM
from twin.solve.coolant.pumps import hydraulic_kw
from twin.solve.coolant.rated import exchangers_of
from twin.solve.coolant.set_point import Held, hold_at_heat, hold_at_return

STANDS_K = 1e-6
"""Supplies that move by less from round to round stand still."""
_ROUNDS = 400
_SAME = 1e-6
"""Of a flow: pumps at their rated one give no more than it."""


class Valve(IntEnum):
    """What a CDU's facility valve does."""

    UNKNOWN = -1
    THROTTLING = 0
    WIDE_OPEN = 1
    AS_RATED = 2
    """The rating lacks a part, and the unit stands within its published condition."""
    STILL = 3
    """Nothing flows through the unit."""
    TO_AIR = 4
    """A liquid-to-air unit has no such valve, and stands within its published condition."""
    AT_LEAST = 5
    """It closes no further, and the supply is colder than the set-point."""


@dataclass(frozen=True, slots=True)
class Cooling:
    """Units in the lanes of loops, u of them in each lane; all (L, u).

    Attributes
    ----------
    unit
        As rated.
    set_point_c
        Supply that they hold.
    facility_c, most_lpm, least_lpm
        Facility supply and the flow of it with the valve as far open, and as far closed, as it
        goes.
    cold_kw_k_lpm
        Capacity of one litre a minute of facility water, kW/K.
    carries_kw
        Heat that a unit carries by its published rating alone where it stands, NaN unknown.
    pump_efficiency
        Of pump, motor and drive, NaN not known: what they lose then stays outside.
    bypass_lpm
        Flow that the pumps move at least where a unit has a bypass, NaN none.
    to_air
        Whether it gives its heat to the air of its hall and takes no facility water.
    """

    unit: Exchanger
    set_point_c: FloatArray
    facility_c: FloatArray
    most_lpm: FloatArray
    least_lpm: FloatArray
    cold_kw_k_lpm: FloatArray
    carries_kw: FloatArray
    pump_efficiency: FloatArray
    bypass_lpm: FloatArray
    to_air: BoolArray


@dataclass(frozen=True, slots=True)
class Warmth:
    """Temperatures of lanes.

    Attributes
    ----------
    node_c
        (L, n) of each node.
    supply_c, return_c, heat_kw, facility_lpm
        (L, u) of each unit; its heat with that of its pumps.
    valve
        (L, u) `Valve` of each unit.
    moving_k
        (L,) by how much supplies still moved when the last round ended.
    """

    node_c: FloatArray
    supply_c: FloatArray
    return_c: FloatArray
    heat_kw: FloatArray
    facility_lpm: FloatArray
    valve: IntArray
    moving_k: FloatArray


def warm(
    circuit: Circuit,
    units: IntArray,
    fluid: Fluid,
    q_m3s: FloatArray,
    p_pa: FloatArray,
    heat_kw: FloatArray,
    cooling: Cooling,
    start_c: FloatArray,
) -> Warmth:
    """Find the temperatures at which every unit gives what it takes.

    Parameters
    ----------
    units
        (u,) links of the units.
    q_m3s, p_pa
        (L, m) and (L, n) solved flows and pressures.
    heat_kw
        (L, m) heat that comes into each link.
    start_c
        (L, u) supply to start from.
    """
    lpm = np.ascontiguousarray(np.abs(q_m3s[:, units]) / LPM)
    lift_kpa = (p_pa[:, circuit.to[units]] - p_pa[:, circuit.fr[units]]) / 1000.0
    efficiency = np.where(np.isnan(cooling.pump_efficiency), 1.0, cooling.pump_efficiency)
    moved = np.fmax(lpm, cooling.bypass_lpm)
    pumps = np.where(lpm > 0, hydraulic_kw(moved, lift_kpa) / efficiency, 0.0)
    pumps = np.ascontiguousarray(pumps)
    lanes = _Lanes(
        q_m3s, p_pa, heat_kw, cooling, lpm, pumps, heat_kw.sum(axis=1) + pumps.sum(axis=1),
        lpm.sum(axis=1), start_c, _mean(start_c, lpm),
    )  # fmt: skip
    supply, comes, heat, water = np.empty((4, *lpm.shape))
    valve = np.empty(lpm.shape, dtype=np.int64)
    out = Warmth(np.empty_like(p_pa), supply, comes, heat, water, valve, np.empty(len(lpm)))
    left = np.arange(len(lpm))
    for rounds in range(_ROUNDS):
        found, new, floats = _once(circuit, units, fluid, lanes, first=not rounds)
        far = found.moving_k >= STANDS_K
        # Where supply was guessed from a valve at its end, one more round tells what it gives.
        on = far | floats
        with_rows(out, left, found)
        if not on.any():
            break
        lanes = replace(lanes, supply_c=new, mean_c=_mean(new, lanes.lpm))
        left, lanes = left[on], lanes.of(on)
    return out


@dataclass(frozen=True, slots=True)
class _Lanes:
    """Lanes whose temperatures are sought, each until its own supply stands still."""

    q_m3s: FloatArray
    p_pa: FloatArray
    heat_kw: FloatArray
    cooling: Cooling
    lpm: FloatArray
    pumps_kw: FloatArray
    total_kw: FloatArray
    flow_lpm: FloatArray
    supply_c: FloatArray
    mean_c: FloatArray

    def of(self, some: BoolArray) -> _Lanes:
        """Return some of them."""
        if some.all():
            return self
        rows = np.flatnonzero(some)
        return _Lanes(
            self.q_m3s[rows], self.p_pa[rows], self.heat_kw[rows], of_lanes(self.cooling, rows),
            self.lpm[rows], self.pumps_kw[rows], self.total_kw[rows], self.flow_lpm[rows],
            self.supply_c[rows], self.mean_c[rows],
        )  # fmt: skip


def of_lanes(cooling: Cooling, rows: IntArray) -> Cooling:
    """Return the units of some lanes; or of all units, (cdus,) each, some in lanes (L, u)."""
    return Cooling(
        exchangers_of(cooling.unit, rows), cooling.set_point_c[rows], cooling.facility_c[rows],
        cooling.most_lpm[rows], cooling.least_lpm[rows], cooling.cold_kw_k_lpm[rows],
        cooling.carries_kw[rows],
        cooling.pump_efficiency[rows], cooling.bypass_lpm[rows], cooling.to_air[rows],
    )  # fmt: skip


def _once(
    circuit: Circuit, units: IntArray, fluid: Fluid, lanes: _Lanes, *, first: bool
) -> tuple[Warmth, FloatArray, BoolArray]:
    """Return what lanes come to with their supplies, the supplies that follow, and who floats."""
    q, cooling, lpm, pumps, supply = (
        lanes.q_m3s, lanes.cooling, lanes.lpm, lanes.pumps_kw, lanes.supply_c,
    )  # fmt: skip
    rise_k = _rise(fluid, lanes.mean_c, lanes.total_kw, lanes.flow_lpm)
    each = fluid.capacity(lanes.mean_c + 0.5 * rise_k)[:, None]
    from_unit = np.zeros(len(circuit.fr), dtype=bool)
    from_unit[units] = True
    unit_c = np.full(q.shape, np.nan)
    unit_c[:, units] = supply
    with np.errstate(divide="ignore", invalid="ignore"):
        rise = lanes.heat_kw / (np.abs(q) / LPM * each)
        warmed = pumps / (lpm * each)
    node_c = mixed(circuit.fr, circuit.to, q, lanes.p_pa, rise, from_unit, unit_c)
    comes = node_c[:, circuit.fr[units]]
    held = _held(cooling, lpm, comes + np.where(lpm > 0, warmed, 0.0), each)
    brought = lpm * each * (comes - supply) + pumps
    new, valve = _as_rated(cooling, held, lpm, brought)
    floats = np.zeros(len(lpm), dtype=bool)
    at_end = held.wide_open | held.at_least
    if first and at_end.any():
        floats = np.asarray(at_end.any(axis=1))
        new = np.where(at_end, _floated(cooling, fluid, lpm, lanes.total_kw), new)
    comes = np.where(lpm > 0, comes, np.nan)
    facility_lpm = np.where((lpm == 0) | cooling.to_air, 0.0, held.facility_lpm)
    moving = np.where(np.isnan(new) == np.isnan(supply), np.abs(new - supply), np.inf)
    moving_k = np.nan_to_num(moving, nan=0.0, posinf=np.inf).max(axis=1, initial=0.0)
    return Warmth(node_c, new, comes, brought, facility_lpm, valve, moving_k), new, floats


def _floated(cooling: Cooling, fluid: Fluid, lpm: FloatArray, total_kw: FloatArray) -> FloatArray:
    """(L, u) supply at which units would settle if each took its share of the heat by its flow."""
    each = fluid.capacity(np.broadcast_to(cooling.set_point_c, lpm.shape) + 5.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = total_kw[:, None] * lpm / lpm.sum(axis=1, keepdims=True)
    held = hold_at_heat(
        cooling.unit, lpm, share, cooling.facility_c, cooling.set_point_c, cooling.most_lpm,
        each, cooling.cold_kw_k_lpm, cooling.least_lpm,
    )  # fmt: skip
    set_point = np.broadcast_to(cooling.set_point_c, lpm.shape)
    return np.where(np.isfinite(held.supply_c), held.supply_c, set_point)  # inf: no facility water


def _mean(supply: FloatArray, lpm: FloatArray) -> FloatArray:
    """(L,) supply temperature by flow."""
    flow, known = np.where(np.isnan(supply), 0.0, (lpm, supply))  # rows one after the other
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray((known * flow).sum(axis=1) / flow.sum(axis=1))


def _rise(fluid: Fluid, mean: FloatArray, total: FloatArray, flow: FloatArray) -> FloatArray:
    with np.errstate(divide="ignore", invalid="ignore"):
        first = total / (flow * fluid.capacity(mean))
        second = total / (flow * fluid.capacity(mean + 0.5 * first))
    return np.where(flow > 0, second, 0.0)


def _held(cooling: Cooling, lpm: FloatArray, comes: FloatArray, each: FloatArray) -> Held:
    return hold_at_return(
        cooling.unit, lpm, comes, cooling.facility_c, cooling.set_point_c, cooling.most_lpm,
        each, cooling.cold_kw_k_lpm, cooling.least_lpm,
    )  # fmt: skip


def surely_kw(cooling: Cooling, lpm: FloatArray) -> FloatArray:
    """(L, u) heat that units surely carry by their published ratings at a flow, kW; NaN not known.

    At less coolant the same part of it: a smaller flow leaves the exchanger no less of what it
    passes to each kelvin. More coolant than rated comes back colder with the same heat, nearer to
    the water: what a unit then carries depends on its size, which such a rating does not say.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        part = lpm / cooling.unit.hot_lpm
    return cooling.carries_kw * np.where(part <= 1.0 + _SAME, np.minimum(part, 1.0), np.nan)


def _as_rated(
    cooling: Cooling, held: Held, lpm: FloatArray, brought: FloatArray
) -> tuple[FloatArray, IntArray]:
    """Supply and valve of each unit; one whose rating lacks a part holds within its rating.

    It needs at least the rated facility water for that.
    """
    surely = surely_kw(cooling, lpm)
    watered = np.isnan(cooling.unit.cold_lpm) | (cooling.most_lpm >= cooling.unit.cold_lpm)
    closes = cooling.least_lpm == 0  # otherwise the supply may be colder, nobody knows by how much
    within: BoolArray = np.isnan(held.supply_c) & (brought <= surely) & watered & closes
    valve = np.full(lpm.shape, int(Valve.UNKNOWN))
    valve[within] = Valve.AS_RATED
    valve[within & cooling.to_air] = Valve.TO_AIR
    valve[held.throttling] = Valve.THROTTLING
    valve[held.wide_open] = Valve.WIDE_OPEN
    valve[held.at_least] = Valve.AT_LEAST
    valve[lpm == 0] = Valve.STILL
    supply = np.where(within, cooling.set_point_c, held.supply_c)
    return np.where(lpm == 0, np.nan, supply), valve
