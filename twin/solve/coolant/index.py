"""The index circuit of a loop: what each rack needs round it, and the head that its CDUs have."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from twin.site.table import FloatArray, IntArray
from twin.solve.coolant.circuit import Part
from twin.solve.coolant.flow import LoopFlow
from twin.solve.coolant.lacking import less_pumps
from twin.solve.coolant.lines import at_start, line_loss_pa
from twin.solve.coolant.pumping import LPM, Control, Gain, curve_of, gain_of
from twin.solve.study import Study


def pressures_needed(flows: Sequence[LoopFlow]) -> Iterator[FloatArray]:
    """(L, r) pressure that each loop's CDUs must give for each rack to get what it needs, kPa.

    What is lost between the CDUs and the rack's hoses at the solved flow, and what hoses, valves
    and rack lose at the needed one. -inf where a rack is shut off; NaN not known.
    """
    if not flows:
        return
    parts = [_hoses(flow, hose_of(flow), np.nan_to_num(flow.need_lpm * LPM)) for flow in flows]
    flat = [np.concatenate([np.ravel(c) for c in column]) for column in zip(*parts, strict=True)]
    ends = np.cumsum([part[0].size for part in parts])[:-1]
    for flow, lost in zip(flows, np.split(line_loss_pa(*flat), ends), strict=True):
        yield _needed(flow, hose_of(flow), lost.reshape(flow.need_lpm.shape))


def hose_of(flow: LoopFlow) -> IntArray:
    """(r,) link of the hoses of each rack, in front of its own."""
    link = flow.racks.link
    return np.where(flow.circuit.part[link - 1] == Part.HOSE, link - 1, link)


def _needed(flow: LoopFlow, hose: IntArray, hose_pa: FloatArray) -> FloatArray:
    circuit, racks = flow.circuit, flow.racks
    p = flow.moved.p_pa
    there = p[:, circuit.fr[hose]] - p[:, circuit.to[racks.link]]
    runs = flow.unit_lpm > 0
    lift = np.where(runs, 1000.0 * flow.unit_dp_kpa, -np.inf).max(axis=1)
    q = flow.need_lpm * LPM
    branch = hose_pa + flow.rack_resistance * q**racks.exponent
    needed = (lift[:, None] - there + branch) / 1000.0
    needed = np.where((flow.moved.converged & runs.any(axis=1))[:, None], needed, np.nan)
    return np.where(flow.lanes.shut[:, racks.link], -np.inf, needed)


def _hoses(flow: LoopFlow, hose: IntArray, q_m3s: FloatArray) -> tuple[FloatArray, ...]:
    """(L, r) each: a flow through hoses and valves, and what `line_loss_pa` asks of them."""
    circuit = flow.circuit
    rho, mu = at_start(flow, flow.loop.fluid, flow.loop.set_point_c, hose)
    columns = (circuit.length_m, circuit.bore_m, circuit.roughness_m, circuit.loss_factor)
    lines = (np.broadcast_to(c[hose], q_m3s.shape) for c in columns)
    return q_m3s, *lines, rho, mu


def head_there(study: Study, flow: LoopFlow) -> FloatArray:
    """(L,) head that the weakest running CDU has at full speed at the flow that it gives, kPa."""
    head = head_of_units(study, flow)
    return np.asarray(np.where(flow.unit_lpm > 0, head, np.inf).min(axis=1))


def head_of_units(study: Study, flow: LoopFlow) -> FloatArray:
    """(L, u) head that each CDU has at full speed at the flow that it gives, kPa."""
    less = flow.lanes.pump_out[:, flow.circuit.links(Part.UNIT)]
    q = flow.unit_lpm * LPM
    out, full = np.full(q.shape, np.nan), study(at_full_speed)
    for k, row in enumerate(flow.units.tolist()):
        for gain, mine in zip(full[row], (~less[:, k], less[:, k]), strict=False):
            out[mine, k] = np.interp(q[mine, k], gain.q_m3s, gain.gain_pa) / 1000.0
    return out


def at_full_speed(study: Study) -> tuple[tuple[Gain, ...], ...]:
    """Return what CDUs give at full speed, with all pumps and with one out; nothing: unknown."""
    control, rows = Control(np.nan, np.nan, 1.0), np.arange(len(study.table("cdu")))
    shares, made = less_pumps(study, "cdu", rows).tolist(), dict[tuple[int, float], Gain]()
    out: list[tuple[Gain, ...]] = []
    for row, less in enumerate(shares):
        curve, _ = curve_of(study, "cdu", row)
        each = (1.0, less) if curve is not None else ()
        for share in each:
            if curve is not None and (id(curve), share) not in made:
                made[id(curve), share] = gain_of(curve, control, share)
        out.append(tuple(made[id(curve), share] for share in each))
    return tuple(out)
