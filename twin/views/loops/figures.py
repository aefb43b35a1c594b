"""What a loop diagram says: flows, pressures and temperatures as they were solved, worst cases."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.checks.coolant.taken import in_doubt
from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.coolant.circuit import Circuit, Part
from twin.solve.coolant.flow import LoopFlow, Unsolved
from twin.solve.coolant.pumping import LPM, Limit
from twin.solve.coolant.warmth import Valve
from twin.solve.losses.cases import cases
from twin.solve.study import Study
from twin.views import colours
from twin.views.oneline.figures import told

_ROUNDING = 1e-6
STILL_LPM = 1e-6
"""Flow below which nothing flows."""


@dataclass(frozen=True, slots=True)
class Figures:
    """One loop in one state; u units, r racks, m links. NaN is not known.

    Attributes
    ----------
    solved
        Whether the loop was solved and this state converged.
    shut, lpm, m_s
        (m,) links that are closed; flow, positive as it is meant to go, and its speed.
    p_kpa
        (n,) pressure of each node over that where the first unit draws in.
    supply_c, return_c, unit_lpm, unit_kpa, heat_kw, facility_lpm
        (u,) of each CDU.
    valve, limit
        (u,) `Valve` and `Limit` of each CDU.
    less
        (u,) whether one of its pumps is out.
    rack
        (racks,) place of each rack of the site among those below, -1 none.
    rack_lpm, need_lpm, rack_kpa, valve_kpa, rack_c, share, band
        (r,) flow and need, pressure lost in the rack alone and in the valve that holds its flow (0
        where it has none), return temperature, need over flow, colour.
    other_lpm, other_share, other_band
        (r,) flow, share and colour in the state that it is compared with: in the worst case of each
        rack, or healthy where a loss is shown.
    other_need
        (r,) need in that state.
    cause
        (r,) place among `causes`, -1 where the worst is the healthy state.
    causes
        What is lost in those worst cases, in words.
    """

    solved: bool
    shut: BoolArray
    lpm: FloatArray
    m_s: FloatArray
    p_kpa: FloatArray
    supply_c: FloatArray
    return_c: FloatArray
    unit_lpm: FloatArray
    unit_kpa: FloatArray
    heat_kw: FloatArray
    facility_lpm: FloatArray
    valve: IntArray
    limit: IntArray
    less: BoolArray
    rack: IntArray
    rack_lpm: FloatArray
    need_lpm: FloatArray
    rack_kpa: FloatArray
    valve_kpa: FloatArray
    rack_c: FloatArray
    share: FloatArray
    band: IntArray
    other_lpm: FloatArray
    other_need: FloatArray
    other_share: FloatArray
    other_band: IntArray
    cause: IntArray
    causes: tuple[str, ...]


def figures(study: Study, found: LoopFlow | Unsolved, *, after: bool) -> Figures:
    """Figures of a loop, healthy or after the last loss of the study."""
    circuit = found.circuit
    rows = circuit.rows(study, "rack", Part.RACK)
    place = np.full(len(study.table("rack")), -1, dtype=np.int64)
    place[rows] = np.arange(len(rows))
    if isinstance(found, Unsolved):
        return _unknown(circuit, place, len(rows))
    lane = int(found.lanes.of_case[-1]) if after else 0
    at, links = found.circuit.links(Part.UNIT), found.moved.q_m3s[lane] / LPM
    links = np.where(np.abs(links) < STILL_LPM, 0.0, links)
    shut = found.lanes.shut[lane]
    links = np.where(shut, 0.0, links)
    area = np.pi / 4.0 * circuit.bore_m**2
    share = shares(study, found)
    other, cause, causes = _other(study, found, share, after=after)
    r = np.arange(len(rows))
    still = links[at] == 0
    valve = _valves(found, lane)
    return Figures(
        solved=bool(found.moved.converged[lane]),
        shut=shut, lpm=links, m_s=np.abs(links) * LPM / area,
        p_kpa=found.moved.p_pa[lane] / 1000.0,
        supply_c=np.where(still, np.nan, found.warmth.supply_c[lane]),
        return_c=np.where(still, np.nan, found.warmth.return_c[lane]),
        unit_lpm=links[at], unit_kpa=np.where(shut[at], np.nan, found.unit_dp_kpa[lane]),
        heat_kw=np.where(still, 0.0, found.warmth.heat_kw[lane]),
        facility_lpm=np.where(still, 0.0, found.warmth.facility_lpm[lane]),
        valve=np.where(still, int(Valve.STILL), found.warmth.valve[lane]),
        limit=np.where(still, int(Limit.HOLDS), found.limit[lane]),
        less=found.lanes.pump_out[lane][at],
        rack=place, rack_lpm=links[found.racks.link], need_lpm=found.need_lpm[lane],
        rack_kpa=found.rack_dp_kpa[lane], valve_kpa=valve, rack_c=found.rack_return_c[lane],
        share=share[lane], band=band_of(share[lane]),
        other_lpm=found.rack_lpm[other, r], other_need=found.need_lpm[other, r],
        other_share=share[other, r], other_band=band_of(share[other, r]),
        cause=cause, causes=causes,
    )  # fmt: skip


def _valves(found: LoopFlow, lane: int) -> FloatArray:
    """(r,) pressure that the valves take which hold racks' flows, kPa; 0 where there is none.

    To the solver such a valve and its rack are one link.
    """
    racks, circuit, p = found.racks, found.circuit, found.moved.p_pa[lane]
    both = (p[circuit.fr[racks.link]] - p[circuit.to[racks.link]]) / 1000.0
    taken = np.maximum(both - found.rack_dp_kpa[lane], 0.0)
    return np.where(np.isnan(racks.hold_m3s), 0.0, taken)


def shares(study: Study, found: LoopFlow) -> FloatArray:
    """(L, r) need of each rack over its flow; NaN not known, infinite where nothing comes."""
    need, lpm = in_doubt(study, found), np.where(found.rack_lpm < STILL_LPM, 0.0, found.rack_lpm)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(need == 0, 0.0, need / lpm)
    # A need that cannot be read where no coolant comes is not met.
    dry = (lpm == 0) & (found.racks.heat_kw > 0)
    return np.asarray(np.where(dry, np.inf, share))


def _other(
    study: Study, found: LoopFlow, share: FloatArray, *, after: bool
) -> tuple[IntArray, IntArray, tuple[str, ...]]:
    """Lane that each rack is compared with, what is lost in it, and the words for that."""
    racks = share.shape[1]
    none = np.full(racks, -1, dtype=np.int64)
    if after:
        return np.zeros(racks, dtype=np.int64), none, ()
    # What surely fails comes first, then what is not known, then the highest share.
    ranked = np.where(np.isnan(share), 1.0 + 1e-9, share)
    # The first of those that are it but for rounding: healthy, where no loss takes anything.
    lane = (ranked >= ranked.max(axis=0) * (1.0 - _ROUNDING)).argmax(axis=0)
    return lane, *lettered(study, lane, found.lanes.first_case, 0)


def lettered(
    study: Study, lane: IntArray, first_case: IntArray, healthy: int
) -> tuple[IntArray, tuple[str, ...]]:
    """(r,) place of the lane of each rack among those that are not healthy, and words for them."""
    lanes = [k for k in np.unique(lane).tolist() if k != healthy]
    place = {k: n for n, k in enumerate(lanes)}
    causes = tuple(told(study(cases), int(first_case[k])) for k in lanes)
    return np.array([place.get(k, -1) for k in lane.tolist()], dtype=np.int64), causes


def band_of(share: FloatArray) -> IntArray:
    """(r,) colour of each share."""
    return np.where(np.isnan(share), colours.UNKNOWN, colours.bands_of(share))


def _unknown(circuit: Circuit, place: IntArray, racks: int) -> Figures:
    """Figures of a loop that cannot be solved."""
    m, n, u = len(circuit.fr), len(circuit.label), len(circuit.links(Part.UNIT))
    nan = {k: np.full(k, np.nan) for k in (m, n, u, racks)}
    band = np.full(racks, colours.UNKNOWN)
    return Figures(
        solved=False, shut=np.zeros(m, dtype=bool), lpm=nan[m], m_s=nan[m], p_kpa=nan[n],
        supply_c=nan[u], return_c=nan[u], unit_lpm=nan[u], unit_kpa=nan[u], heat_kw=nan[u],
        facility_lpm=nan[u], valve=np.full(u, int(Valve.UNKNOWN)),
        limit=np.full(u, int(Limit.HOLDS)), less=np.zeros(u, dtype=bool), rack=place,
        rack_lpm=nan[racks], need_lpm=nan[racks], rack_kpa=nan[racks],
        valve_kpa=nan[racks], rack_c=nan[racks], share=nan[racks], band=band,
        other_lpm=nan[racks], other_need=nan[racks],
        other_share=nan[racks], other_band=band, cause=np.full(racks, -1), causes=(),
    )  # fmt: skip
