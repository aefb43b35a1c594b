"""What the diagram of a plant says of its water: flows, pressures and heat, and worst cases."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.coolant.asking import user_heat
from twin.solve.coolant.branches import fluid_of
from twin.solve.coolant.circuit import Circuit, Part
from twin.solve.coolant.coupled import loop_flows
from twin.solve.coolant.facility import PlantFlow
from twin.solve.coolant.flow import Unsolved
from twin.solve.coolant.lost import lanes_of
from twin.solve.coolant.pumping import LPM
from twin.solve.coolant.racks import plant_supply_c
from twin.solve.losses.cases import cases
from twin.solve.study import Study
from twin.views.oneline.figures import told

SHORT = 1e-3
"""Of a flow that is asked for: less than this is lacking is no shortage in a picture."""
_ROUNDING = 1e-6


@dataclass(frozen=True, slots=True)
class Water:
    """One plant in one state; u users, m links, n nodes. NaN is not known.

    Attributes
    ----------
    solved
        Whether it was solved and this state converged.
    shut, lpm, m_s
        (m,) links that are closed; flow, positive as it is meant to go, and its speed.
    p_kpa
        (n,) pressure of each node over that where the pumps draw in.
    asked_lpm, got_lpm, dp_kpa, valve_kpa
        (u,) of each user: what it asks for and gets, what stands over it, what its valve takes.
    heat_kw, return_c, at_most
        (u,) heat that goes into its water and the temperature at which that comes back; whether
        that is what it is rated for.
    other_lpm, other_asked_lpm, other
        (u,) the same flows in the worst case of each, or healthy where a loss is shown, and that
        state in words; "" where it is the one that is shown.
    pump_lpm, pump_kpa, supply_c
        What the pumps give.
    """

    solved: bool
    shut: BoolArray
    lpm: FloatArray
    m_s: FloatArray
    p_kpa: FloatArray
    asked_lpm: FloatArray
    got_lpm: FloatArray
    dp_kpa: FloatArray
    valve_kpa: FloatArray
    heat_kw: FloatArray
    return_c: FloatArray
    at_most: BoolArray
    other_lpm: FloatArray
    other_asked_lpm: FloatArray
    other: tuple[str, ...]
    pump_lpm: float
    pump_kpa: float
    supply_c: float


def water_of(study: Study, found: PlantFlow | Unsolved, *, after: bool) -> Water:
    """Figures of a plant, healthy or after the last loss of the study."""
    circuit = found.circuit
    supply = float(study(plant_supply_c)[circuit.row])
    if isinstance(found, Unsolved):
        return _unknown(circuit, supply)
    case = len(found.of_case) - 1 if after else 0
    lane = int(found.of_case[case])
    lpm = np.where(np.isnan(found.moved.q_m3s[lane]), np.nan, found.moved.q_m3s[lane] / LPM)
    shut = ~found.lives[lane]
    lanes = lanes_of(study, circuit)
    closed = lanes.shut[lanes.of_case[case]]
    got = np.where(shut, 0.0, found.got_lpm[lane])
    heat, at_most = user_heat(study, circuit, study(loop_flows), case)
    fluid, _ = fluid_of(study, "plant", circuit.row)
    flow = np.where(at_most, found.asked_lpm[lane], got)
    with np.errstate(divide="ignore", invalid="ignore"):
        rise = heat / (flow * float(fluid.capacity(np.array(supply)))) if fluid else np.nan * heat
    healthy = int(found.of_case[0])
    worst = worst_lanes(found.first_case, found.lives, found.asked_lpm, found.got_lpm)
    other = [healthy] * len(shut) if after else worst.tolist()
    names = tuple(
        "" if k == lane else "healthy" if k == healthy
        else told(study(cases), int(found.first_case[k])) for k in other
    )  # fmt: skip
    u = np.arange(len(shut))
    valve = np.maximum(found.dp_kpa[lane] - found.needs_kpa[lane], 0.0)
    return Water(
        solved=bool(found.moved.converged[lane]), shut=closed, lpm=np.where(closed, 0.0, lpm),
        m_s=np.abs(lpm) * LPM / (np.pi / 4.0 * circuit.bore_m**2),
        p_kpa=found.moved.p_pa[lane] / 1000.0, asked_lpm=found.asked_lpm[lane], got_lpm=got,
        dp_kpa=found.dp_kpa[lane], valve_kpa=valve, heat_kw=heat,
        return_c=np.where(flow > 0, supply + rise, np.nan), at_most=at_most,
        other_lpm=found.got_lpm[other, u], other_asked_lpm=found.asked_lpm[other, u],
        other=names, pump_lpm=float(found.pump_lpm[lane]), pump_kpa=float(found.pump_kpa[lane]),
        supply_c=supply,
    )  # fmt: skip


def worst_lanes(
    first_case: IntArray, lives: BoolArray, asked: FloatArray, got: FloatArray
) -> IntArray:
    """(u,) lane in which each user lacks most of what it asks for, else asks for most.

    Lanes in which it is cut off are left out. Of lanes that are it but for rounding it is that of
    the first case.

    Parameters
    ----------
    first_case
        (L,) the first case of each lane.
    lives, asked, got
        (L, u) whether it has water, and flows, L/min.
    """
    asked, got = np.nan_to_num(asked), np.nan_to_num(got)
    lacks = np.where(lives & (got < asked * (1.0 - SHORT)), asked - got, 0.0)
    ranked = np.where(lacks.any(axis=0), lacks, np.where(lives, asked, 0.0))
    near = ranked >= ranked.max(axis=0) * (1.0 - _ROUNDING)
    late = np.where(near, first_case[:, None], first_case.max() + 1)
    return np.asarray(late.argmin(axis=0))


def _unknown(circuit: Circuit, supply_c: float) -> Water:
    m, n, u = len(circuit.fr), len(circuit.label), len(circuit.links(Part.USER))
    nan = {k: np.full(k, np.nan) for k in (m, n, u)}
    none = np.zeros(u, dtype=bool)
    return Water(
        solved=False, shut=np.zeros(m, dtype=bool), lpm=nan[m], m_s=nan[m], p_kpa=nan[n],
        asked_lpm=nan[u], got_lpm=nan[u], dp_kpa=nan[u], valve_kpa=nan[u], heat_kw=nan[u],
        return_c=nan[u], at_most=none, other_lpm=nan[u], other_asked_lpm=nan[u],
        other=("",) * u, pump_lpm=float("nan"), pump_kpa=float("nan"), supply_c=supply_c,
    )  # fmt: skip
