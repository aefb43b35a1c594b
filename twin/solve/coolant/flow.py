"""Flows, pressures and temperatures of every described loop, healthy and after each loss.

Flow and temperature are solved in turn until neither moves: flow decides what each rack's coolant
warms by, temperature decides how viscous and dense it is.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.coolant.branches import (
    Fluid,
    Racks,
    exchangers,
    fluid_of,
    impossible,
    need_at,
    racks_of,
)
from twin.solve.coolant.circuit import Circuit, Missing, Part
from twin.solve.coolant.hold import hold_pressure, sensor_nodes
from twin.solve.coolant.hydraulics import Branches, Moved
from twin.solve.coolant.lost import Lanes, lanes_of, told_apart
from twin.solve.coolant.pumping import LPM, Control, Gain, Limit, control_of, curve_of, gain_of
from twin.solve.coolant.pumps import PumpCurve
from twin.solve.coolant.racks import cdu_heat, plant_supply_c
from twin.solve.coolant.warmth import Cooling, Warmth, warm
from twin.solve.load import liquid_heat
from twin.solve.study import Study

_SETTLED_K = 0.05
"""Of a mean temperature: flows then move by less than 0.003 %."""
_ROUNDS = 8
_CLOSE = 1e-6
"""Of a set-point or a limit: nearer than this counts as there."""


@dataclass(frozen=True, slots=True)
class LoopFlow:
    """One loop solved. L lanes, r racks, u units; lane 0 is healthy.

    Attributes
    ----------
    circuit, lanes, racks
        Its network, what each case takes out of it, and its racks.
    units
        (u,) rows of its CDUs.
    control
        What holds it.
    moved, warmth
        Flows and pressures; temperatures. Not converged lanes are NaN throughout.
    rack_lpm, rack_dp_kpa, rack_supply_c, rack_return_c, need_lpm
        (L, r) flow through each rack, pressure lost in the rack alone, temperatures, and the flow
        that it needs there; at the set-point where none comes.
    most_lpm
        (L, u) facility water of each unit with its valve wide open.
    unit_lpm, unit_dp_kpa
        (L, u) flow of each unit and what it gives between its supply and return.
    limit
        (L, u) `Limit` of each unit.
    """

    circuit: Circuit
    lanes: Lanes
    racks: Racks
    units: IntArray
    control: Control
    moved: Moved
    warmth: Warmth
    rack_lpm: FloatArray
    rack_dp_kpa: FloatArray
    rack_supply_c: FloatArray
    rack_return_c: FloatArray
    need_lpm: FloatArray
    most_lpm: FloatArray
    unit_lpm: FloatArray
    unit_dp_kpa: FloatArray
    limit: IntArray


@dataclass(frozen=True, slots=True)
class Unsolved:
    """A loop that is described and cannot be solved, for figures that lack."""

    circuit: Circuit
    missing: tuple[Missing, ...]


def solve_loop(
    study: Study,
    circuit: Circuit,
    facility_lpm: FloatArray | None = None,
    absent: BoolArray | None = None,
) -> LoopFlow | Unsolved:
    """Solve one loop in all its lanes.

    Parameters
    ----------
    facility_lpm
        (C, u) facility water that each unit gets in each case with its valve wide open; None: as
        rated. A unit that gets none is stopped, as it is when its plant falls.
    absent
        (racks,) racks that are left out, their places closed.
    """
    missing = list(circuit.missing)
    table = study.table("loop")
    fluid, gaps = fluid_of(study, "loop", circuit.row)
    control, more = control_of(study, "loop", circuit.row)
    racks, of_racks = racks_of(study, circuit, study(liquid_heat))
    missing += [*gaps, *more, *of_racks]
    units = circuit.rows(study, "cdu", Part.UNIT)
    set_point = float(table["supply_c"][circuit.row])
    if np.isnan(set_point):
        missing.append(Missing("loop", "supply_c", circuit.row))
    curves = [curve_of(study, "cdu", row) for row in units.tolist()]
    missing += [gap for _, found in curves for gap in found]
    missing += unsaid(study, circuit, control, "cdu", units, [curve for curve, _ in curves])
    if missing or fluid is None or not len(units) or not len(racks.row):
        return Unsolved(circuit, tuple(dict.fromkeys(missing)))
    branches = branches_of(study, circuit, racks, units)

    lanes = lanes_of(study, circuit)
    most_lpm: FloatArray | None = None
    if facility_lpm is not None:
        lanes = told_apart(lanes, facility_lpm)
        most_lpm = facility_lpm[lanes.first_case]
        shut = lanes.shut.copy()
        shut[:, circuit.links(Part.UNIT)] |= most_lpm == 0
        lanes = replace(lanes, shut=shut)
    if absent is not None:
        lanes = without(lanes, circuit, study, absent)
        racks = replace(racks, heat_kw=np.where(absent[racks.row], 0.0, racks.heat_kw))
    loop = Loop(study, circuit, lanes, racks, units, control, fluid, set_point)
    if most_lpm is not None:
        loop.cooling = replace(loop.cooling, most_lpm=most_lpm)
    return loop.solve(branches)


def without(lanes: Lanes, circuit: Circuit, study: Study, absent: BoolArray) -> Lanes:
    """Return lanes in which the places of some racks are closed."""
    row = study.site.rows_of("rack", circuit.subject)
    gone = np.append(absent, False)[row]
    return replace(lanes, shut=lanes.shut | gone)


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
    loss of a pump cannot be looked at where nobody says how many there are.
    """
    out: list[Missing] = []
    named = str(study.table(circuit.kind)["sensor"][circuit.row])
    if named and sensor_nodes(study, circuit) is None:
        out.append(Missing(circuit.kind, "sensor", circuit.row))
    silent = pumps_unsaid(study, kind, rows)
    for row, curve, unknown in zip(rows.tolist(), curves, silent.tolist(), strict=True):
        if curve is not None and curve.envelope and control.set_speed < 1.0:
            out.append(Missing(kind, "type", row))
        if unknown:
            out.append(Missing(kind, "pumps", row))
    return out


def pumps_unsaid(study: Study, kind: str, rows: IntArray) -> BoolArray:
    """(u,) units of whose pumps one may be lost, as the policy asks, and nobody says how many."""
    pumps = np.asarray(study.table(kind)["pumps"], dtype=float)[rows]
    asked = study.site.policy.losses.get("pump") not in {None, "may go dark"}
    return np.isnan(pumps) & asked


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


def branches_of(
    study: Study, circuit: Circuit, racks: Racks, units: IntArray
) -> Callable[[Control], Branches]:
    """Return what racks and units of a loop do under any control; all units have a curve."""
    found = [curve_of(study, "cdu", row)[0] for row in units.tolist()]
    curves = [curve for curve in found if curve is not None]
    speed = np.asarray(study.table("cdu")["speed_min"], dtype=float)[units].tolist()
    shares = less_pumps(study, "cdu", units).tolist()
    resistance, exponent = (np.full(len(circuit.fr), np.nan) for _ in range(2))
    resistance[racks.link], exponent[racks.link] = racks.resistance, racks.exponent

    @functools.cache
    def branches(held: Control) -> Branches:
        return Branches(
            resistance,
            exponent,
            tuple(gain_of(c, held, 1.0, s) for c, s in zip(curves, speed, strict=True)),
            tuple(gain_of(c, held, k, s) for c, k, s in zip(curves, shares, speed, strict=True)),
        )

    return branches


class Loop:
    """One loop while it is solved."""

    def __init__(
        self,
        study: Study,
        circuit: Circuit,
        lanes: Lanes,
        racks: Racks,
        units: IntArray,
        control: Control,
        fluid: Fluid,
        set_point_c: float,
    ) -> None:
        self.study, self.circuit, self.lanes, self.racks = study, circuit, lanes, racks
        self.units, self.control, self.fluid = units, control, fluid
        self.set_point_c = set_point_c
        self.at = circuit.links(Part.UNIT)
        self.heat = np.zeros((len(lanes.keep), len(circuit.fr)))
        self.heat[:, racks.link] = racks.heat_kw * lanes.keep[:, None]
        self.hold = np.full(self.heat.shape, np.nan)
        self.hold[:, racks.link] = racks.hold_m3s
        self.cooling = self._cooling()
        self.gains: tuple[Gain, ...] = ()

    def solve(self, branches: Callable[[Control], Branches]) -> LoopFlow:
        """Solve flow and temperature in turn."""
        side_c = np.full((len(self.lanes.keep), 2), self.set_point_c)
        side_c[:, 1] += 10.0
        supply: FloatArray | None = None
        for _ in range(_ROUNDS):
            moved, held = self._move(branches, side_c)
            warmth = self._warm(moved, supply)
            supply = warmth.supply_c
            new = self._sides(moved, warmth, side_c)
            settled = np.abs(new - side_c).max() < _SETTLED_K
            side_c = new
            if settled:
                break
        return self._result(moved, warmth, held)

    def _move(
        self, branches: Callable[[Control], Branches], side_c: FloatArray
    ) -> tuple[Moved, FloatArray]:
        rho, mu = self.fluid.at(side_c)
        side = self.circuit.side
        return hold_pressure(
            self.circuit, branches, self.control, sensor_nodes(self.study, self.circuit),
            (self.lanes.shut, self.lanes.pump_out, self.hold, rho[:, side], mu[:, side]),
        )  # fmt: skip

    def _warm(self, moved: Moved, supply: FloatArray | None) -> Warmth:
        lpm = np.abs(moved.q_m3s[:, self.at]) / LPM
        heat = self.heat.copy()
        dry = ~(np.abs(moved.q_m3s[:, self.racks.link]) > 0)
        heat[:, self.racks.link] = np.where(dry, 0.0, heat[:, self.racks.link])
        first = np.broadcast_to(self.cooling.set_point_c, lpm.shape)
        if supply is not None:
            known = ~np.isnan(supply)
            first = np.where(known, supply, first)
        return warm(
            self.circuit, self.at, self.fluid, moved.q_m3s, moved.p_pa, heat, self.cooling, first
        )

    def _sides(self, moved: Moved, warmth: Warmth, old: FloatArray) -> FloatArray:
        """(L, 2) temperature of supply and return, by the units' flows; as it was where unknown."""
        flow = np.abs(moved.q_m3s[:, self.at])
        new = np.stack([_by_flow(flow, warmth.supply_c), _by_flow(flow, warmth.return_c)], axis=1)
        return np.where(np.isnan(new), old, new)

    def _cooling(self) -> Cooling:
        study, rows, lanes = self.study, self.units, len(self.lanes.keep)
        cdus, site = study.table("cdu"), study.site
        plant = site.rows_of("plant", cdus["plant"])[rows]
        facility = np.append(plant_supply_c(study), np.nan)[plant]
        unit = exchangers(study, rows)
        most = np.asarray(cdus["facility_most_lpm"], dtype=float)[rows]
        most = np.where(np.isnan(most), unit.cold_lpm, most)
        each = np.full(len(rows), np.nan)
        for k, p in enumerate(plant.tolist()):
            water, _ = (None, None) if p < 0 else fluid_of(study, "plant", p)
            if water is not None and not np.isnan(facility[k]):
                each[k] = water.capacity(np.array(facility[k] + 5.0))
        efficiency = np.asarray(cdus["pump_efficiency"], dtype=float)[rows]
        return Cooling(
            unit, np.full(len(rows), self.set_point_c), np.tile(facility, (lanes, 1)),
            np.tile(most, (lanes, 1)), each,
            np.where(impossible(study, rows), np.nan, study(cdu_heat)[rows]), efficiency,
        )  # fmt: skip

    def _result(self, moved: Moved, warmth: Warmth, held_kpa: FloatArray) -> LoopFlow:
        circuit, racks = self.circuit, self.racks
        link, known = racks.link, moved.converged[:, None]
        lpm = np.where(known, np.maximum(moved.q_m3s[:, link], 0.0) / LPM, np.nan)
        drop = moved.p_pa[:, circuit.fr[link]] - moved.p_pa[:, circuit.to[link]]
        drop = np.where(lpm == 0, 0.0, drop)
        supply = warmth.node_c[:, circuit.fr[link]]
        heat = racks.heat_kw * self.lanes.keep[:, None]
        each = self.fluid.capacity(supply + 5.0)
        with np.errstate(divide="ignore", invalid="ignore"):
            for _ in range(3):
                out = supply + heat / (lpm * each)
                each = self.fluid.capacity(0.5 * (supply + out))
        units_lpm = np.where(known, moved.q_m3s[:, self.at] / LPM, np.nan)
        lift = moved.p_pa[:, circuit.to[self.at]] - moved.p_pa[:, circuit.fr[self.at]]
        return LoopFlow(
            circuit=circuit, lanes=self.lanes, racks=racks, units=self.units,
            control=self.control, moved=moved, warmth=warmth,
            rack_lpm=lpm, rack_dp_kpa=np.where(known, drop / 1000.0, np.nan),
            rack_supply_c=supply, rack_return_c=np.where(lpm > 0, out, np.nan),
            need_lpm=need_at(
                self.study, racks.row, heat, np.where(lpm == 0, self.set_point_c, supply)
            ),
            most_lpm=self.cooling.most_lpm,
            unit_lpm=units_lpm, unit_dp_kpa=np.where(known, lift / 1000.0, np.nan),
            limit=_limits(self.control, held_kpa, units_lpm, lift / 1000.0),
        )  # fmt: skip


def _by_flow(flow: FloatArray, c: FloatArray) -> FloatArray:
    flow = np.where(np.isnan(c), 0.0, flow)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray((flow * np.nan_to_num(c)).sum(axis=1) / flow.sum(axis=1))


def _limits(
    control: Control, held_kpa: FloatArray, lpm: FloatArray, lift_kpa: FloatArray
) -> IntArray:
    """(L, u) whether units hold what they are to hold."""
    out = np.full(lpm.shape, int(Limit.HOLDS))
    if not np.isnan(control.set_lpm):
        out[lpm < control.set_lpm * (1.0 - _CLOSE)] = Limit.FULL
    elif not np.isnan(control.set_kpa):
        out[lift_kpa < held_kpa[:, None] * (1.0 - _CLOSE)] = Limit.FULL
        out[lift_kpa > held_kpa[:, None] * (1.0 + _CLOSE)] = Limit.LEAST
    return np.where(lpm > 0, out, int(Limit.HOLDS))
