"""How balancing valves are to be set, so that every case leaves each rack its design flow.

All racks are held at their design flow and the loop is solved; what is then left between supply and
return of a rack's place, less what its hoses and the rack itself lose, is what its valve must take.
The case that leaves a valve least decides. In all others it lets more through, so that pressures
are not those with all racks held: valves are opened further until every case has enough.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np

from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.coolant.circuit import Circuit, Part
from twin.solve.coolant.flow import LoopFlow
from twin.solve.coolant.hold import hold_pressure, sensor_of
from twin.solve.coolant.hung import hookup_of_links
from twin.solve.coolant.hydraulics import nets_of
from twin.solve.coolant.pumping import LPM
from twin.solve.coolant.ready import branches_of
from twin.solve.coolant.running import coolant_of_lanes
from twin.solve.study import Study

_CLOSE = 1e-6
_IN_HAND = 1e-4
"""Of a flow: what a setting written with five digits may miss."""
_SETTLED = 1e-6
_ROUNDS = 40
OPEN_KPA = 1e-3
"""What is less is nothing for a valve to take."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of the valves of a loop's racks, r of them; NaN not known.

    Attributes
    ----------
    design_lpm
        (r,) flow that each rack needs.
    available_kpa
        (r,) between supply and return of its place on the manifold in the case that decides.
    hookup_kpa, rack_kpa
        (r,) lost at its design flow in its hoses, couplings and valves without the balancing valve;
        in the rack.
    valve_kpa, kv_m3h
        (r,) what is left for the balancing valve, and the Kv with which it takes that.
    short_kpa
        (r,) by how much what is available falls short where the design flow is not reached, else 0.
    manifold, hookup
        (r,) rows of what it hangs on.
    held
        (r,) whether a valve holds its flow, so that none is set by Kv.
    case
        (r,) case that leaves its valve least, for which it is set.
    set_lpm, set_rack_kpa
        (r,) flow, and pressure lost in the rack, with all valves so set and nothing lost.
    left_out
        Cases in which not every rack can have its flow, however valves are set.
    """

    design_lpm: FloatArray
    available_kpa: FloatArray
    hookup_kpa: FloatArray
    rack_kpa: FloatArray
    valve_kpa: FloatArray
    kv_m3h: FloatArray
    short_kpa: FloatArray
    manifold: IntArray
    hookup: IntArray
    held: BoolArray
    case: IntArray
    set_lpm: FloatArray
    set_rack_kpa: FloatArray
    left_out: IntArray


def kv_of_drop(flow_lpm: FloatArray, dp_kpa: FloatArray, rho: FloatArray | float) -> FloatArray:
    """Kv with which a valve takes a pressure at a flow, m3/h: q sqrt(rho / 1000 / dp), dp in bar.

    Examples
    --------
    10 m3/h of water and 0.63 kPa: a strainer of Kvs 126 m3/h.

    >>> kv_of_drop(np.array(10000 / 60), np.array(0.63), 1000.0).round(1)
    np.float64(126.0)
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(0.06 * flow_lpm * np.sqrt(rho / 1000.0 / (dp_kpa / 100.0)))


def valve_settings(study: Study, flow: LoopFlow) -> Settings:
    """Find the settings of all balancing valves of a solved loop, over all of its cases.

    A valve is set for the case that leaves it least. A rack whose need is not known takes what the
    pressure gives, so that the settings of all racks of its loop are not known; cases in which not
    every rack can have its flow, however valves are set, do not count and are told.
    """
    loop = _loop_of(study, flow)
    first = loop.held()
    left_out = flow.lanes.first_case[loop.lane[~first.enough]]
    if not first.enough[0]:  # nothing is gained by other cases
        alone = np.arange(len(first.enough)) == 0
        loop, first = loop.of(alone), first.of(alone)
        return _settings(loop, first, *_widest(loop, first), None, left_out)
    some = loop.of(first.enough)
    at_need = first.of(first.enough)
    kv, lane = _widest(some, at_need)
    for _ in range(_ROUNDS):
        now = some.with_valves(kv)
        more, worst = _widest(some, at_need, now)
        wider = more > kv * (1.0 + _SETTLED)
        kv, lane = np.maximum(kv, more), np.where(wider, worst, lane)
        if not wider.any():
            break
    return _settings(some, at_need, kv, lane, some.with_valves(kv), left_out)


@dataclass(frozen=True, slots=True)
class _Lanes:
    """Some lanes solved, L of them, r racks: flows and what stands and is lost; kPa.

    Attributes
    ----------
    enough
        (L,) whether each living rack has its design flow.
    lpm
        (L, r) flow of each rack.
    available, lines, law
        (L, r) between supply and return of each place; lost in hoses, couplings and valves without
        the balancing valve, and in the rack itself.
    """

    enough: BoolArray
    lpm: FloatArray
    available: FloatArray
    lines: FloatArray
    law: FloatArray

    def of(self, lanes: BoolArray) -> _Lanes:
        """Return some lanes."""
        return _Lanes(*(getattr(self, f.name)[lanes] for f in fields(self)))


@dataclass(frozen=True, slots=True)
class _Loop:
    """A loop without its balancing valves, in the lanes for which these are to be set.

    Attributes
    ----------
    hose
        (r,) links of the racks' hoses.
    lane
        (L,) lanes of the flow.
    rho, mu, shut, pump_out
        (L, m) of each link.
    design_m3s
        (L, r) flow that each rack is to have; 0 of one that is shut.
    """

    study: Study
    flow: LoopFlow
    bare: Circuit
    hose: IntArray
    lane: IntArray
    rho: FloatArray
    mu: FloatArray
    shut: BoolArray
    pump_out: BoolArray
    design_m3s: FloatArray

    def of(self, lanes: BoolArray) -> _Loop:
        """Return some of its lanes."""
        each = ("lane", "rho", "mu", "shut", "pump_out", "design_m3s")
        return replace(self, **{name: getattr(self, name)[lanes] for name in each})

    def held(self) -> _Lanes:
        """Solve it with every rack held at its design flow.

        Where units hold a flow the pressure is what the racks leave of it: with all of them held,
        too, it is the pumps' most, of which the rack that needs most takes nothing in its valve.
        """
        found = self._solved(self.bare, self.design_m3s)
        if np.isnan(self.flow.control.set_lpm):
            return found
        left = np.where(self.design_m3s > 0, found.available - found.lines - found.law, np.inf)
        least = np.nan_to_num(left.min(axis=1, keepdims=True), posinf=0.0)
        return replace(found, available=found.available - np.maximum(least, 0.0))

    def with_valves(self, kv: FloatArray) -> _Lanes:
        """Solve it with valves of some Kv, (r,), inf for none, in front of the racks."""
        both = self.bare.kv_m3h.copy()
        both[self.hose] = (both[self.hose] ** -2.0 + kv**-2.0) ** -0.5
        return self._solved(replace(self.bare, kv_m3h=both), np.full(self.design_m3s.shape, np.nan))

    def _solved(self, circuit: Circuit, hold_m3s: FloatArray) -> _Lanes:
        flow, racks, study = self.flow, self.flow.racks, self.study
        hold = np.full(self.rho.shape, np.nan)
        by_valve = racks.hold_m3s
        hold[:, racks.link] = np.where(np.isnan(by_valve), hold_m3s, by_valve)
        moved, _ = hold_pressure(
            nets_of(circuit, branches_of(study, circuit, racks, flow.units), hold,
                    with_less=bool(self.pump_out.any())),
            flow.control, sensor_of(study, circuit), (self.shut, self.pump_out, self.rho, self.mu),
        )  # fmt: skip
        p, q = moved.p_pa, moved.q_m3s[:, racks.link]
        available, lines = (
            (p[:, circuit.fr[self.hose]] - p[:, ends]) / 1000.0
            for ends in (circuit.to[racks.link], circuit.to[self.hose])
        )
        law = flow.rack_resistance[self.lane] * np.abs(q) ** racks.exponent / 1000.0
        has = (q >= self.design_m3s * (1.0 - _CLOSE)) | (self.design_m3s == 0)
        return _Lanes(moved.converged & has.all(axis=1), q / LPM, available, lines, law)


def _loop_of(study: Study, flow: LoopFlow) -> _Loop:
    """Take a solved loop without its balancing valves, in all lanes of which needs are known."""
    circuit, racks, lanes = flow.circuit, flow.racks, flow.lanes
    hose, hookup = hoses(circuit, racks.link), hookup_of_links(study, circuit)[racks.link]
    by_valve = ~np.isnan(racks.hold_m3s)
    shut = lanes.shut[:, racks.link]
    need = np.where(by_valve, racks.hold_m3s / LPM, flow.need_lpm * (1.0 + _IN_HAND))
    need = np.where(shut, 0.0, need)
    known = flow.moved.converged & ~np.isnan(need).any(axis=1) & (need > 0).any(axis=1)
    lane = np.union1d([0], np.flatnonzero(known)).astype(np.int64)
    _, rho, mu = coolant_of_lanes(study, flow, lane)
    return _Loop(
        study=study, flow=flow, bare=unbalanced(study, circuit, hose, hookup), hose=hose, lane=lane,
        rho=rho, mu=mu, shut=lanes.shut[lane], pump_out=lanes.pump_out[lane],
        design_m3s=need[lane] * LPM,
    )  # fmt: skip


def _widest(loop: _Loop, at_need: _Lanes, now: _Lanes | None = None) -> tuple[FloatArray, IntArray]:
    """(r,) Kv of valves that leave each rack its flow in every lane, and the lane that decides.

    inf where nothing is left for a valve.

    Parameters
    ----------
    at_need
        All racks at their design flow.
    now
        As valves stand: what is available then counts. None: all racks at their design flow.
    """
    available = (at_need if now is None else now).available
    left = available - at_need.lines - at_need.law
    rho = loop.rho[:, loop.hose]
    kv = np.where(left > OPEN_KPA, kv_of_drop(loop.design_m3s / LPM, left, rho), np.inf)
    kv = np.where(loop.design_m3s > 0, kv, 0.0)
    lane = kv.argmax(axis=0)
    return kv[lane, np.arange(len(lane))], lane


def _settings(
    loop: _Loop,
    at_need: _Lanes,
    kv: FloatArray,
    lane: IntArray,
    set_: _Lanes | None,
    left_out: IntArray,
) -> Settings:
    """Tell the settings that some lanes decide, (r,) each; the first where it has too little.

    Parameters
    ----------
    set_
        With all valves set; None: the first lane has too little.
    """
    flow = loop.flow
    held, each = ~np.isnan(flow.racks.hold_m3s), np.arange(len(lane))
    design = np.where(held, flow.racks.hold_m3s / LPM, flow.need_lpm[0])
    known = flow.moved.converged[0] & ~np.isnan(design).any()
    lines, law, lpm, available = (
        np.where(known, column[lane, each], np.nan)
        for column in (at_need.lines, at_need.law, at_need.lpm, at_need.available)
    )
    wanted, rho = loop.design_m3s[lane, each] / LPM, loop.rho[lane, loop.hose]
    reached = lpm >= wanted * (1.0 - _CLOSE)
    with np.errstate(divide="ignore", invalid="ignore"):
        more = np.where(lpm > 0, (wanted / lpm) ** 2, np.nan)
        taken = 100.0 * rho / 1000.0 * np.square(0.06 * wanted / kv)
    short = np.where(reached, 0.0, (lines + law) * (more - 1.0))
    valve = np.where(held, available - lines - law, taken)
    by_kv = reached & ~held & (valve > OPEN_KPA) & known
    valve = np.where(reached & known, valve, np.nan)
    nothing = np.full(len(lane), np.nan)
    return Settings(
        design_lpm=flow.need_lpm[0],
        available_kpa=np.where(np.isnan(valve), available, lines + law + valve),
        hookup_kpa=lines, rack_kpa=law, valve_kpa=valve, kv_m3h=np.where(by_kv, kv, np.nan),
        short_kpa=np.where(known, short, np.nan),
        manifold=flow.circuit.manifold[flow.racks.link],
        hookup=hookup_of_links(loop.study, flow.circuit)[flow.racks.link], held=held,
        case=flow.lanes.first_case[loop.lane[lane]],
        set_lpm=nothing if set_ is None or not known else set_.lpm[0],
        set_rack_kpa=nothing if set_ is None or not known else set_.law[0], left_out=left_out,
    )  # fmt: skip


def hoses(circuit: Circuit, racks: IntArray) -> IntArray:
    """(r,) link of the hoses in front of each rack's link: what ends where the rack begins."""
    lines = circuit.links(Part.HOSE)
    into = np.full(len(circuit.label), -1, dtype=np.int64)
    into[circuit.to[lines]] = lines
    return into[circuit.fr[racks]]


def unbalanced(study: Study, circuit: Circuit, hose: IntArray, hookup: IntArray) -> Circuit:
    """Return a loop without its balancing valves."""
    kv = circuit.kv_m3h.copy()
    kv[hose] = np.asarray(study.table("hookup")["kv_m3h"], dtype=float)[hookup]
    return replace(circuit, kv_m3h=kv)
