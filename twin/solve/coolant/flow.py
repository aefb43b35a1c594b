"""Flows, pressures and temperatures of every described loop, healthy and after each loss.

Flow and temperature are solved in turn until neither moves: flow decides what each rack's coolant
warms by, temperature decides how viscous and dense it is.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace

import numpy as np

from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.coolant.branches import Racks, need_at
from twin.solve.coolant.circuit import Circuit, Missing, Part
from twin.solve.coolant.hold import hold_pressure
from twin.solve.coolant.hydraulics import Moved
from twin.solve.coolant.likeness import SMALL, likeness
from twin.solve.coolant.lost import Lanes
from twin.solve.coolant.pumping import LPM, Control, Limit
from twin.solve.coolant.ready import Ready, ready_of, watered, without
from twin.solve.coolant.warmth import Warmth, warm
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
    loop
        What it was solved from; of it `circuit`, `lanes`, `racks`, `units` and `control`.
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

    loop: Ready
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

    @property
    def circuit(self) -> Circuit:
        """Its network."""
        return self.loop.circuit

    @property
    def lanes(self) -> Lanes:
        """What each case takes out of it."""
        return self.loop.lanes

    @property
    def racks(self) -> Racks:
        """Its racks."""
        return self.loop.racks

    @property
    def units(self) -> IntArray:
        """(u,) rows of its CDUs."""
        return self.loop.units

    @property
    def control(self) -> Control:
        """What holds it."""
        return self.loop.control


@dataclass(frozen=True, slots=True)
class Unsolved:
    """A loop that is described and cannot be solved, for figures that lack."""

    circuit: Circuit
    missing: tuple[Missing, ...]


def solve_loop(study: Study, circuit: Circuit) -> LoopFlow | Unsolved:
    """Solve one loop in all its lanes, each unit with the facility water that it is rated for."""
    loop = ready_of(study, circuit)
    return Unsolved(circuit, loop) if isinstance(loop, tuple) else solve_ready(loop)


def solve_ready(
    loop: Ready, facility_lpm: FloatArray | None = None, absent: BoolArray | None = None
) -> LoopFlow:
    """Solve a loop of which all figures are known.

    Parameters
    ----------
    facility_lpm
        (C, u) facility water that each unit gets in each case with its valve wide open; None: as
        rated. A unit that gets none is stopped, as it is when its plant falls.
    absent
        (racks,) racks that are left out, their places closed.
    """
    if facility_lpm is not None:
        loop = watered(loop, facility_lpm)
    loop = loop if absent is None else without(loop, absent)
    if len(loop.circuit.fr) > SMALL:
        return _Solving(loop).solve()
    known, key = loop.study(_small), likeness(loop)
    if key not in known:
        known[key] = _Solving(loop).solve()
    return replace(known[key], loop=loop)


def _small(_: Study) -> dict[Hashable, LoopFlow]:
    """Small loops of a study as they are solved, by what they are solved from."""
    return {}


class _Solving:
    """One loop while it is solved."""

    def __init__(self, loop: Ready) -> None:
        self.loop, self.circuit, self.lanes, self.racks = loop, loop.circuit, loop.lanes, loop.racks
        self.fluid, self.cooling = loop.fluid, loop.cooling
        self.at = loop.circuit.links(Part.UNIT)
        self.heat = np.zeros((len(loop.lanes.keep), len(loop.circuit.fr)))
        self.heat[:, loop.racks.link] = loop.racks.heat_kw * loop.lanes.keep[:, None]

    def solve(self) -> LoopFlow:
        """Solve flow and temperature in turn."""
        side_c = np.full((len(self.lanes.keep), 2), self.loop.set_point_c)
        side_c[:, 1] += 10.0
        supply: FloatArray | None = None
        for _ in range(_ROUNDS):
            moved, held = self._move(side_c)
            warmth = self._warm(moved, supply)
            supply = warmth.supply_c
            new = self._sides(moved, warmth, side_c)
            settled = np.abs(new - side_c).max() < _SETTLED_K
            side_c = new
            if settled:
                break
        return self._result(moved, warmth, held)

    def _move(self, side_c: FloatArray) -> tuple[Moved, FloatArray]:
        rho, mu = (column[:, self.circuit.side] for column in self.fluid.at(side_c))
        loop = self.loop
        return hold_pressure(
            loop.net, loop.control, loop.sensor, (self.lanes.shut, self.lanes.pump_out, rho, mu)
        )

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

    def _result(self, moved: Moved, warmth: Warmth, held_kpa: FloatArray) -> LoopFlow:
        circuit, racks = self.circuit, self.racks
        link, known = racks.link, moved.converged[:, None]
        lpm = np.where(known, np.maximum(moved.q_m3s[:, link], 0.0) / LPM, np.nan)
        drop = moved.p_pa[:, circuit.fr[link]] - moved.p_pa[:, circuit.to[link]]
        drop = np.where(lpm == 0, 0.0, drop)
        # To the solver a valve that holds a rack's flow and the rack are one link.
        alone = racks.resistance * (lpm * LPM) ** racks.exponent
        drop = np.where(np.isnan(racks.hold_m3s), drop, np.minimum(drop, alone))
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
            loop=self.loop, moved=moved, warmth=warmth,
            rack_lpm=lpm, rack_dp_kpa=np.where(known, drop / 1000.0, np.nan),
            rack_supply_c=supply, rack_return_c=np.where(lpm > 0, out, np.nan),
            need_lpm=need_at(
                self.loop.study, racks.row, heat, np.where(lpm == 0, self.loop.set_point_c, supply)
            ),
            most_lpm=self.cooling.most_lpm,
            unit_lpm=units_lpm, unit_dp_kpa=np.where(known, lift / 1000.0, np.nan),
            limit=_limits(self.loop.control, held_kpa, units_lpm, lift / 1000.0),
        )  # fmt: skip


def _by_flow(flow: FloatArray, c: FloatArray) -> FloatArray:
    flow, known = np.where(np.isnan(c), 0.0, (flow, c))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray((flow * known).sum(axis=1) / flow.sum(axis=1))


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
