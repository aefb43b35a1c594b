"""What a solved loop runs on in one lane: its coolant link by link, and what its units give."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.coolant.branches import coolant_in, fluid_of
from twin.solve.coolant.flow import LoopFlow
from twin.solve.coolant.hold import sensor_of
from twin.solve.coolant.hydraulics import Branches
from twin.solve.coolant.pumping import Limit
from twin.solve.coolant.ready import branches_of
from twin.solve.study import Study

_ALL_KPA = 1e6
"""More than any unit gives: it runs at full speed."""


@dataclass(frozen=True, slots=True)
class Running:
    """One lane of a loop, for who solves or writes it once more. m links.

    Attributes
    ----------
    side_c
        (2,) temperature of supply and return, by the units' flows.
    rho, mu
        (m,) density, kg/m3, and viscosity, Pa s, of what flows in each link: `coolant_in`.
    branches
        What racks and units do, with the pressure that the units hold.
    shut
        (m,) links that are closed.
    """

    side_c: FloatArray
    rho: FloatArray
    mu: FloatArray
    branches: Branches
    shut: BoolArray


def running(study: Study, flow: LoopFlow, lane: int = 0) -> Running:
    """Return what one lane of a solved loop runs on."""
    circuit = flow.circuit
    side_c, rho, mu = coolant_of_lanes(study, flow, np.array([lane]))
    away = sensor_of(study, circuit) is not None
    held = replace(flow.control, set_kpa=_held_kpa(flow, lane, away=away))
    branches = branches_of(study, circuit, flow.racks, flow.units)(held)
    return Running(side_c[0], rho[0], mu[0], branches, flow.lanes.shut[lane])


def coolant_of_lanes(
    study: Study, flow: LoopFlow, lanes: IntArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return what some lanes of a solved loop run on.

    Returns
    -------
    side_c
        (L, 2) temperature of supply and return, by the units' flows.
    rho, mu
        (L, m) density, kg/m3, and viscosity, Pa s, of what flows in each link.
    """
    fluid, _ = fluid_of(study, "loop", flow.circuit.row)
    if fluid is None:  # a solved loop has a coolant
        raise ValueError(flow.circuit.row)
    lpm, warmth, racks = flow.unit_lpm[lanes], flow.warmth, flow.racks
    side_c = np.stack(
        [_by_flow(lpm, warmth.supply_c[lanes]), _by_flow(lpm, warmth.return_c[lanes])], axis=1
    )
    set_point = flow.loop.set_point_c
    side_c = np.where(np.isnan(side_c), [set_point, set_point + 10.0], side_c)
    rho, mu = coolant_in(flow.circuit, racks, fluid, side_c, racks.rho0, racks.mu0)
    return side_c, rho, mu


def _held_kpa(flow: LoopFlow, lane: int, *, away: bool) -> float:
    """Pressure that the units hold themselves, kPa: more than is set where a sensor stands away."""
    runs = flow.unit_lpm[lane] > 0
    holds = runs & (flow.limit[lane] == Limit.HOLDS)
    if np.isnan(flow.control.set_kpa) or not away:
        return flow.control.set_kpa
    if holds.any():
        return float(flow.unit_dp_kpa[lane][holds].max())
    full = (flow.limit[lane] == Limit.FULL)[runs].any()
    return _ALL_KPA if full else flow.control.set_kpa


def _by_flow(lpm: FloatArray, c: FloatArray) -> FloatArray:
    """(L,) mean of temperatures (L, u) by flow; NaN where none is known."""
    known = (lpm > 0) & ~np.isnan(c)
    with np.errstate(invalid="ignore"):
        return np.asarray(
            np.where(known, lpm * c, 0.0).sum(axis=1) / np.where(known, lpm, 0.0).sum(axis=1)
        )
