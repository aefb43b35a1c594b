"""Flows, pressures and temperatures of every described loop, healthy and after each loss.

Flow and temperature are solved in turn until neither moves: flow decides what each rack's coolant
warms by, temperature decides how viscous and dense it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from itertools import pairwise

import numpy as np

from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.coolant.alike import Alike, alike, net_for, net_of
from twin.solve.coolant.branches import Racks, coolant_in, need_at, thickened
from twin.solve.coolant.circuit import Circuit, Missing, Part
from twin.solve.coolant.hold import hold_pressure
from twin.solve.coolant.hydraulics import Moved, move
from twin.solve.coolant.laned import rows_of, with_rows
from twin.solve.coolant.lost import Lanes, told_apart
from twin.solve.coolant.pumping import LPM, Control, Limit
from twin.solve.coolant.ready import Ready, ready_of_all, watered, without
from twin.solve.coolant.slow import slow_of
from twin.solve.coolant.warmth import STANDS_K, Valve, Warmth, of_lanes, warm
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
    rack_lpm, rack_resistance, rack_dp_kpa, rack_supply_c, rack_return_c, need_lpm
        (L, r) flow through each rack, its resistance with its coolant, pressure lost in the rack
        alone, temperatures, and the flow that it needs there; at the set-point where none comes.
    most_lpm
        (L, u) facility water of each unit with its valve wide open.
    unit_lpm, unit_dp_kpa
        (L, u) flow of each unit and what it gives between its supply and return.
    limit
        (L, u) `Limit` of each unit.
    moving_k
        (L,) by how much temperatures of lanes without rest still moved, inf: between known and not;
        0 of those at rest. NaN: the facility water that reaches its units found none.
    """

    loop: Ready
    moved: Moved
    warmth: Warmth
    rack_lpm: FloatArray
    rack_resistance: FloatArray
    rack_dp_kpa: FloatArray
    rack_supply_c: FloatArray
    rack_return_c: FloatArray
    need_lpm: FloatArray
    most_lpm: FloatArray
    unit_lpm: FloatArray
    unit_dp_kpa: FloatArray
    limit: IntArray
    moving_k: FloatArray

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


def solve_loops(study: Study, circuits: Sequence[Circuit]) -> tuple[LoopFlow | Unsolved, ...]:
    """Solve loops in all their lanes, each unit with the facility water that it is rated for."""
    read = ready_of_all(study, circuits)
    found = iter(solve_all([loop for loop in read if not isinstance(loop, tuple)]))
    return tuple(
        Unsolved(circuit, loop) if isinstance(loop, tuple) else next(found)
        for circuit, loop in zip(circuits, read, strict=True)
    )


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
    return solve_all([loop if absent is None else without(loop, absent)])[0]


def solve_all(loops: Sequence[Ready]) -> list[LoopFlow]:
    """Solve loops, those of one form in one batch; each has the same bits as alone."""
    out: dict[int, LoopFlow] = {}
    for places, batch in alike(loops):
        out.update(zip(places, _Solving(batch).solve(), strict=True))
    return [out[k] for k in range(len(loops))]


class _Solving:
    """Loops of one form while they are solved."""

    def __init__(self, batch: Alike) -> None:
        self.batch, self.circuit, self.racks = batch, batch.form, batch.racks
        self.fluid, self.cooling = batch.loops[0].fluid, batch.cooling
        self.net, self.slow = net_of(batch.loops), slow_of(batch)
        self.at = self.circuit.links(Part.UNIT)
        self.heat = np.zeros(batch.shut.shape)
        self.heat[:, self.racks.link] = self.racks.heat_kw * batch.keep[:, None]

    def solve(self) -> list[LoopFlow]:
        """Solve flow and temperature in turn, each lane until its own temperatures settle."""
        lanes = len(self.batch.keep)
        side_c = np.stack([self.batch.set_point_c, self.batch.set_point_c + 10.0], axis=1)
        left, held, moving_k = np.arange(lanes), np.full(lanes, np.nan), np.zeros(lanes)
        supply, used_c = self.cooling.set_point_c.copy(), side_c.copy()
        moved: Moved | None = None
        warmth: Warmth | None = None
        for _ in range(_ROUNDS):
            used_c[left] = side_c[left]
            flows, held[left] = self._move(side_c[left], left)
            heats = self._warm(flows, supply[left], left)
            moved = flows if moved is None else with_rows(moved, left, flows)
            warmth = heats if warmth is None else with_rows(warmth, left, heats)
            known = ~np.isnan(heats.supply_c)
            supply[left] = np.where(known, heats.supply_c, self.cooling.set_point_c[left])
            new = self._sides(flows, heats, side_c[left])
            moving_k[left] = np.abs(new - side_c[left]).max(axis=1)
            side_c[left] = new
            left = left[moving_k[left] >= _SETTLED_K]
            if not len(left):
                break
        if moved is None or warmth is None:  # no lanes, no loops
            return []
        moving_k = np.where(moving_k < _SETTLED_K, 0.0, moving_k)
        moving_k = np.fmax(moving_k, np.where(warmth.moving_k < STANDS_K, 0.0, warmth.moving_k))
        _forget(moved, warmth, moving_k > 0)
        return self._results(moved, warmth, held, moving_k, used_c)

    def _move(self, side_c: FloatArray, lanes: IntArray) -> tuple[Moved, FloatArray]:
        batch = self.batch
        rho, mu = self._coolant(side_c, lanes)
        state = batch.shut[lanes], batch.pump_out[lanes], rho, mu
        alone = batch.loops[0]
        if alone.sensor is not None:
            return hold_pressure(alone.net, alone.control, alone.sensor, state)
        moved = move(net_for(self.net, batch, lanes), *state)
        if self.slow is not None:
            self.slow.not_slower(moved, lanes, state)
        return moved, batch.set_kpa[lanes]

    def _coolant(self, side_c: FloatArray, lanes: IntArray) -> tuple[FloatArray, FloatArray]:
        """(L, m) density and viscosity of what is in each link of some lanes."""
        racks = self.racks
        rho0, mu0 = racks.rho0[lanes], racks.mu0[lanes]
        return coolant_in(self.circuit, racks, self.fluid, side_c, rho0, mu0)

    def _warm(self, moved: Moved, supply: FloatArray, lanes: IntArray) -> Warmth:
        heat, link = self.heat[lanes], self.racks.link
        dry = ~(np.abs(moved.q_m3s[:, link]) > 0)
        heat[:, link] = np.where(dry, 0.0, heat[:, link])
        return warm(
            self.circuit, self.at, self.fluid, moved.q_m3s, moved.p_pa, heat,
            of_lanes(self.cooling, lanes), supply,
        )  # fmt: skip

    def _sides(self, moved: Moved, warmth: Warmth, old: FloatArray) -> FloatArray:
        """(L, 2) temperature of supply and return, by the units' flows; as it was where unknown."""
        flow = np.abs(moved.q_m3s[:, self.at])
        new = np.stack([_by_flow(flow, warmth.supply_c), _by_flow(flow, warmth.return_c)], axis=1)
        return np.where(np.isnan(new), old, new)

    def _results(
        self,
        moved: Moved,
        warmth: Warmth,
        held_kpa: FloatArray,
        moving_k: FloatArray,
        side_c: FloatArray,
    ) -> list[LoopFlow]:
        """Work out what reaches the racks of all lanes, and part it by loops."""
        circuit, racks, batch = self.circuit, self.racks, self.batch
        link, known = racks.link, moved.converged[:, None]
        lpm = np.where(known, np.maximum(moved.q_m3s[:, link], 0.0) / LPM, np.nan)
        drop = moved.p_pa[:, circuit.fr[link]] - moved.p_pa[:, circuit.to[link]]
        drop = np.where(lpm == 0, 0.0, drop)
        # To the solver a valve that holds a rack's flow and the rack are one link.
        resists = thickened(racks, *self._coolant(side_c, np.arange(len(lpm))))
        alone = resists * (lpm * LPM) ** racks.exponent
        drop = np.where(np.isnan(racks.hold_m3s), drop, np.minimum(drop, alone))
        supply = warmth.node_c[:, circuit.fr[link]]
        heat = racks.heat_kw * batch.keep[:, None]
        each = self.fluid.capacity(supply + 5.0)
        with np.errstate(divide="ignore", invalid="ignore"):
            for _ in range(3):
                out = supply + heat / (lpm * each)
                each = self.fluid.capacity(0.5 * (supply + out))
        units_lpm = np.where(known, moved.q_m3s[:, self.at] / LPM, np.nan)
        lift = moved.p_pa[:, circuit.to[self.at]] - moved.p_pa[:, circuit.fr[self.at]]
        wanted = np.where(lpm == 0, batch.set_point_c[:, None], supply)
        figures = {
            "rack_lpm": lpm, "rack_resistance": resists,
            "rack_dp_kpa": np.where(known, drop / 1000.0, np.nan),
            "rack_supply_c": supply, "rack_return_c": np.where(lpm > 0, out, np.nan),
            "need_lpm": need_at(batch.loops[0].study, racks.row, heat, wanted),
            "most_lpm": self.cooling.most_lpm, "unit_lpm": units_lpm,
            "unit_dp_kpa": np.where(known, lift / 1000.0, np.nan),
            "limit": _limits(batch.set_lpm, held_kpa, units_lpm, lift / 1000.0),
            "moving_k": moving_k,
        }  # fmt: skip
        parts = [slice(a, b) for a, b in pairwise(batch.ptr.tolist())]
        return [
            LoopFlow(
                loop=loop,
                moved=rows_of(moved, part),
                warmth=rows_of(warmth, part),
                **{name: figure[part] for name, figure in figures.items()},
            )
            for loop, part in zip(batch.loops, parts, strict=True)
        ]


def without_rest(flow: LoopFlow, lanes: BoolArray) -> LoopFlow:
    """Return a loop of which some lanes, (L,), are not known: their facility water is not."""
    _forget(flow.moved, flow.warmth, lanes)
    figures = {f.name: getattr(flow, f.name).copy() for f in fields(flow)
               if f.name not in {"loop", "moved", "warmth"}}  # fmt: skip
    for name, figure in figures.items():
        figure[lanes] = int(Limit.HOLDS) if name == "limit" else np.nan
    return replace(flow, **figures)


def told_apart_by(flow: LoopFlow, by: FloatArray) -> LoopFlow:
    """Return a loop whose lanes are parted by what differs from case to case in them, (C, k)."""
    lanes = told_apart(flow.lanes, by)
    old = flow.lanes.of_case[lanes.first_case]
    cooling = of_lanes(flow.loop.cooling, old)
    figures = {f.name: getattr(flow, f.name)[old] for f in fields(flow)
               if f.name not in {"loop", "moved", "warmth"}}  # fmt: skip
    return replace(
        flow, loop=replace(flow.loop, lanes=lanes, cooling=cooling),
        moved=rows_of(flow.moved, old), warmth=rows_of(flow.warmth, old), **figures,
    )  # fmt: skip


def _forget(moved: Moved, warmth: Warmth, lanes: BoolArray) -> None:
    """Leave nothing of lanes that found no rest: the last round is no solution."""
    moved.converged[lanes] = False
    moved.q_m3s[lanes] = np.nan
    moved.p_pa[lanes] = np.nan
    for figure in (warmth.node_c, warmth.supply_c, warmth.return_c, warmth.heat_kw,
                   warmth.facility_lpm):  # fmt: skip
        figure[lanes] = np.nan
    warmth.valve[lanes] = Valve.UNKNOWN


def _by_flow(flow: FloatArray, c: FloatArray) -> FloatArray:
    flow, known = np.where(np.isnan(c), 0.0, (flow, c))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray((flow * known).sum(axis=1) / flow.sum(axis=1))


def _limits(
    set_lpm: FloatArray, held_kpa: FloatArray, lpm: FloatArray, lift_kpa: FloatArray
) -> IntArray:
    """(L, u) whether units hold what they are to hold, a flow or a pressure: (L,) each, or NaN."""
    out = np.full(lpm.shape, int(Limit.HOLDS))
    by_flow, held = ~np.isnan(set_lpm)[:, None], held_kpa[:, None]
    out[by_flow & (lpm < set_lpm[:, None] * (1.0 - _CLOSE))] = Limit.FULL
    out[~by_flow & (lift_kpa < held * (1.0 - _CLOSE))] = Limit.FULL
    out[~by_flow & (lift_kpa > held * (1.0 + _CLOSE))] = Limit.LEAST
    out[by_flow & (lpm > set_lpm[:, None] * (1.0 + _CLOSE))] = Limit.LEAST
    return np.where(lpm > 0, out, int(Limit.HOLDS))
