"""The index circuit of a loop: what each rack needs round it, and the head that its CDUs have."""

from __future__ import annotations

import numpy as np

from twin.site.table import FloatArray, IntArray
from twin.solve.coolant.branches import fluid_of
from twin.solve.coolant.circuit import Part
from twin.solve.coolant.flow import LoopFlow
from twin.solve.coolant.lacking import less_pumps
from twin.solve.coolant.lines import at_start, line_loss_pa
from twin.solve.coolant.pumping import LPM, Control, curve_of, gain_of
from twin.solve.study import Study


def pressure_needed(study: Study, flow: LoopFlow) -> FloatArray:
    """(L, r) pressure that a loop's CDUs must give for each rack to get what it needs, kPa.

    What is lost between the CDUs and the rack's hoses at the solved flow, and what hoses, valves
    and rack lose at the needed one. -inf where a rack is shut off; NaN not known.
    """
    circuit, racks = flow.circuit, flow.racks
    p = flow.moved.p_pa
    hose = np.where(circuit.part[racks.link - 1] == Part.HOSE, racks.link - 1, racks.link)
    there = p[:, circuit.fr[hose]] - p[:, circuit.to[racks.link]]
    runs = flow.unit_lpm > 0
    lift = np.where(runs, 1000.0 * flow.unit_dp_kpa, -np.inf).max(axis=1)
    q = flow.need_lpm * LPM
    branch = _hoses(study, flow, hose, np.nan_to_num(q)) + racks.resistance * q**racks.exponent
    needed = (lift[:, None] - there + branch) / 1000.0
    needed = np.where((flow.moved.converged & runs.any(axis=1))[:, None], needed, np.nan)
    return np.where(flow.lanes.shut[:, racks.link], -np.inf, needed)


def _hoses(study: Study, flow: LoopFlow, hose: IntArray, q_m3s: FloatArray) -> FloatArray:
    """(L, r) pressure that hoses and valves of each rack lose at a flow, Pa."""
    circuit, row = flow.circuit, flow.circuit.row
    fluid, _ = fluid_of(study, "loop", row)
    if fluid is None:
        return np.full(q_m3s.shape, np.nan)
    rho, mu = at_start(flow, fluid, float(study.table("loop")["supply_c"][row]), hose)
    columns = (circuit.length_m, circuit.bore_m, circuit.roughness_m, circuit.loss_factor)
    length, bore, rough, loss = (np.broadcast_to(c[hose], q_m3s.shape) for c in columns)
    return line_loss_pa(q_m3s, length, bore, rough, loss, rho, mu)


def head_there(study: Study, flow: LoopFlow) -> FloatArray:
    """(L,) head that the weakest running CDU has at full speed at the flow that it gives, kPa."""
    head = head_of_units(study, flow)
    return np.asarray(np.where(flow.unit_lpm > 0, head, np.inf).min(axis=1))


def head_of_units(study: Study, flow: LoopFlow) -> FloatArray:
    """(L, u) head that each CDU has at full speed at the flow that it gives, kPa."""
    full = Control(np.nan, np.nan, 1.0)
    shares = less_pumps(study, "cdu", flow.units)
    at = flow.circuit.links(Part.UNIT)
    out = np.full(flow.unit_lpm.shape, np.nan)
    for k, row in enumerate(flow.units.tolist()):
        curve, _ = curve_of(study, "cdu", row)
        if curve is None:
            continue
        for less, share in ((False, 1.0), (True, float(shares[k]))):
            gain = gain_of(curve, full, share, np.nan)
            mine = flow.lanes.pump_out[:, at[k]] == less
            q = np.where(mine, flow.unit_lpm[:, k] * LPM, np.nan)
            out[:, k] = np.where(mine, np.interp(q, gain.q_m3s, gain.gain_pa) / 1000.0, out[:, k])
    return out
