"""How balancing valves are to be set: each rack at its design flow when all others are at theirs.

All racks are held at their design flow and the loop is solved; what is then left between supply and
return of a rack's place, less what its hoses and the rack itself lose, is what its valve must take.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.coolant.circuit import Circuit, Part
from twin.solve.coolant.flow import LoopFlow
from twin.solve.coolant.hold import hold_pressure, sensor_of
from twin.solve.coolant.hung import hookup_of_links
from twin.solve.coolant.hydraulics import nets_of
from twin.solve.coolant.pumping import LPM
from twin.solve.coolant.ready import branches_of
from twin.solve.coolant.running import running
from twin.solve.study import Study

_CLOSE = 1e-6
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
        (r,) between supply and return of its place on the manifold, all racks at their design flow.
    hookup_kpa, rack_kpa
        (r,) lost then in its hoses, couplings and valves without the balancing valve; in the rack.
    valve_kpa, kv_m3h
        (r,) what is left for the balancing valve, and the Kv with which it takes that.
    short_kpa
        (r,) by how much what is available falls short where the design flow is not reached, else 0.
    manifold, hookup
        (r,) rows of what it hangs on.
    held
        (r,) whether a valve holds its flow, so that none is set by Kv.
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
    """Find the settings of all balancing valves of a solved loop, healthy.

    A rack whose need is not known takes what the pressure gives, so that the settings of all racks
    of its loop are not known.
    """
    circuit, racks = flow.circuit, flow.racks
    on = running(study, flow)
    manifold, hookup = circuit.manifold[racks.link], hookup_of_links(study, circuit)[racks.link]
    design = flow.need_lpm[0]
    held = ~np.isnan(racks.hold_m3s)
    hold = np.full(len(circuit.fr), np.nan)
    hold[racks.link] = np.where(held, racks.hold_m3s, design * LPM)
    hose = hoses(circuit, racks.link)
    bare = unbalanced(study, circuit, hose, hookup)
    lanes = flow.lanes
    branches = branches_of(study, bare, racks, flow.units)
    moved, _ = hold_pressure(
        nets_of(bare, branches, hold[None], with_less=False), flow.control,
        sensor_of(study, bare),
        (lanes.shut[:1], lanes.pump_out[:1], on.rho[None], on.mu[None]),
    )  # fmt: skip
    p, q = moved.p_pa[0], moved.q_m3s[0, racks.link]
    known = moved.converged[0] & ~np.isnan(np.where(held, racks.hold_m3s, design)).any()
    available, lines = (
        np.where(known, (p[circuit.fr[hose]] - p[ends]) / 1000.0, np.nan)
        for ends in (circuit.to[racks.link], circuit.to[hose])
    )
    law = np.where(known, flow.rack_resistance[0] * np.abs(q) ** racks.exponent / 1000.0, np.nan)
    left = available - lines - law
    reached = q >= hold[racks.link] * (1.0 - _CLOSE)
    with np.errstate(divide="ignore", invalid="ignore"):
        more = np.where(q > 0, (hold[racks.link] / q) ** 2, np.nan)
    short = np.where(reached, 0.0, (lines + law) * (more - 1.0))
    set_by_kv = reached & ~held & (left > OPEN_KPA) & known
    kv = np.where(set_by_kv, kv_of_drop(design, left, on.rho[hose]), np.nan)
    return Settings(
        design_lpm=design, available_kpa=available, hookup_kpa=lines, rack_kpa=law,
        valve_kpa=np.where(reached, left, np.nan), kv_m3h=kv,
        short_kpa=np.where(known, short, np.nan), manifold=manifold, hookup=hookup, held=held,
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
