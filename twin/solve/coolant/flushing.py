"""Flushing: what each pipe and manifold needs with racks bypassed, and what the CDUs' pumps give.

One manifold is flushed at a time: its racks are shut off and its supply is joined to its return by
a jumper where the run of supply ends and that of return begins. Pumps run at full speed, with the
loop's coolant at its supply temperature.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from twin.site.table import FloatArray, IntArray
from twin.solve.coolant.circuit import SUPPLY, Circuit, Part
from twin.solve.coolant.drops import manifold_positions
from twin.solve.coolant.flow import LoopFlow
from twin.solve.coolant.hydraulics import Branches, compile_net, move
from twin.solve.coolant.pumping import LPM, Control
from twin.solve.coolant.ready import branches_of
from twin.solve.coolant.running import running
from twin.solve.limits import limit
from twin.solve.study import Study

_JUMPER_M = 1.0
_FULL = Control(np.nan, np.nan, 1.0)
_LINES = (Part.PIPE, Part.SEGMENT)


@dataclass(frozen=True, slots=True)
class Flush:
    """Sections of a loop, s of them: pipes and manifolds, supply and return apart.

    Attributes
    ----------
    subject, side
        (s,) subject number and side.
    bore_m
        (s,) inner diameter.
    need_lpm
        (s,) flow that gives the least velocity of flushing.
    given_lpm
        (s,) the least flow in the section with that manifold open with which it gets most; NaN not
        known.
    by
        (s,) row of that manifold, -1 none.
    """

    subject: IntArray
    side: IntArray
    bore_m: FloatArray
    need_lpm: FloatArray
    given_lpm: FloatArray
    by: IntArray


def flow_of_velocity(velocity_m_s: float, bore_m: FloatArray) -> FloatArray:
    """Flow in a round pipe at a velocity, L/min: v A.

    Examples
    --------
    0.91 m/s (3 ft/s) in NPS 4 schedule 10S.

    >>> flow_of_velocity(0.91, np.array([0.1082])).round(1)
    array([502.])
    """
    return np.asarray(velocity_m_s * np.pi / 4.0 * np.square(bore_m) / LPM)


def flush(study: Study, circuit: Circuit, flow: LoopFlow | None) -> Flush:
    """Return the flush sections of a described loop; what pumps give only of a solved one."""
    lines = np.flatnonzero(np.isin(circuit.part, _LINES))
    key = np.stack([circuit.subject[lines], circuit.side[lines]], axis=1)
    sections, first, which = np.unique(key, axis=0, return_index=True, return_inverse=True)
    bore = circuit.bore_m[lines[first]]
    given, by = np.full(len(sections), np.nan), np.full(len(sections), -1)
    if flow is not None and len(sections):
        rows, lpm = _given(study, flow)
        least = np.stack(
            [lpm[:, lines[which.ravel() == k]].min(axis=1) for k in range(len(sections))], axis=1
        )
        best = np.where(np.isnan(least), -np.inf, least).argmax(axis=0)
        given, by = least[best, np.arange(len(sections))], rows[best]
    velocity = limit(study, "flush_velocity_min_m_s").value
    return Flush(sections[:, 0], sections[:, 1], bore, flow_of_velocity(velocity, bore), given, by)


def _given(study: Study, flow: LoopFlow) -> tuple[IntArray, FloatArray]:
    """(f,) manifolds, and (f, m) flow in each link while one of them is flushed, NaN not known."""
    rows, circuit = _jumped(study, flow)
    m, lanes = len(flow.circuit.fr), len(rows)
    shut = np.tile(flow.lanes.shut[0], (lanes, 1))
    shut[:, np.isin(flow.circuit.part, (Part.HOSE, Part.RACK))] = True
    shut = np.concatenate([shut, ~np.eye(lanes, dtype=bool)], axis=1)
    on, supply = running(study, flow), int(np.flatnonzero(circuit.side == SUPPLY)[0])
    some = branches_of(study, flow.circuit, flow.racks, flow.units)(_FULL)
    more = np.full(lanes, np.nan)
    branches = Branches(
        np.append(some.resistance, more), np.append(some.exponent, more), some.gains,
        some.gains_less,
    )  # fmt: skip
    wide = (lanes, m + lanes)
    net = compile_net(circuit, branches, np.full((1, m + lanes), np.nan), with_less=False)
    moved = move(
        net, shut, np.zeros(wide, dtype=bool), np.full(wide, on.rho[supply]),
        np.full(wide, on.mu[supply]),
    )  # fmt: skip
    return rows, np.where(moved.converged[:, None], np.abs(moved.q_m3s[:, :m]) / LPM, np.nan)


def _jumped(study: Study, flow: LoopFlow) -> tuple[IntArray, Circuit]:
    """Manifolds of a loop, and the loop with a jumper for each of them."""
    circuit, table = flow.circuit, study.table("manifold")
    rows = np.flatnonzero(study.site.rows_of("loop", table["loop"]) == circuit.row)
    index = {label: k for k, label in enumerate(circuit.label.tolist())}
    ends = []
    for row in rows.tolist():
        last = len(manifold_positions(study, row))
        name, back = str(table.ids[row]), 1 if table["returns"][row] == "reverse" else last
        ends.append((index[f"{name}/{last} supply"], index[f"{name}/{back} return"]))
    fr, to = np.array(ends, dtype=np.int64).reshape(-1, 2).T
    n = len(rows)

    def longer(column: FloatArray, more: FloatArray | float) -> FloatArray:
        return np.concatenate([column, np.broadcast_to(np.asarray(more, column.dtype), n)])

    bore, rough = (np.asarray(table[c], dtype=float)[rows] for c in ("bore_m", "roughness_m"))
    subject = rows + study.site.first["manifold"]
    return rows, replace(
        circuit,
        fr=np.concatenate([circuit.fr, fr]), to=np.concatenate([circuit.to, to]),
        part=np.concatenate([circuit.part, np.full(n, int(Part.SEGMENT))]),
        subject=np.concatenate([circuit.subject, subject]),
        side=np.concatenate([circuit.side, np.full(n, SUPPLY)]),
        place=np.concatenate([circuit.place, np.full(n, -1)]),
        length_m=longer(circuit.length_m, _JUMPER_M), bore_m=longer(circuit.bore_m, bore),
        roughness_m=longer(circuit.roughness_m, rough), zeta=longer(circuit.zeta, 0.0),
        kv_m3h=longer(circuit.kv_m3h, np.nan),
        check=np.concatenate([circuit.check, np.zeros(n, dtype=bool)]),
    )  # fmt: skip
