"""Flushing: what each pipe and manifold needs with what it feeds bypassed, and what pumps give.

One manifold is flushed at a time: its racks are shut off and its supply is joined to its return by
a jumper where the run of supply ends and that of return begins. In a plant each CDU and air unit is
shut off and bypassed, one at a time and all at once: branches are flushed by the first, headers by
the last. Pumps run at full speed, with the coolant at its supply temperature.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.coolant.circuit import SUPPLY, Circuit, Missing, Part
from twin.solve.coolant.drops import manifold_positions
from twin.solve.coolant.facility import PlantFlow, coolant_of, plant_branches
from twin.solve.coolant.flow import LoopFlow
from twin.solve.coolant.hydraulics import Branches, compile_net, move
from twin.solve.coolant.lost import lanes_of
from twin.solve.coolant.pumping import LPM, Control, curve_of
from twin.solve.coolant.ready import branches_of
from twin.solve.coolant.running import running
from twin.solve.limits import limit
from twin.solve.study import Study

_JUMPER_M = 1.0
_FULL = Control(np.nan, np.nan, 1.0)
_LINES = (Part.PIPE, Part.SEGMENT)


@dataclass(frozen=True, slots=True)
class Flush:
    """Sections of a loop or plant, s of them: pipes and manifolds, supply and return apart.

    Attributes
    ----------
    subject, side
        (s,) subject number and side.
    bore_m
        (s,) inner diameter.
    need_lpm
        (s,) flow that gives the least velocity of flushing.
    given_lpm
        (s,) the least flow in the section with that bypass open with which it gets most; NaN not
        known.
    by
        (s,) subject of the manifold, CDU or air unit at that bypass, or of the plant where all of
        its users are bypassed; -1 none.
    waits
        (s,) sections that no bypass of known size flushes, beside some of unknown: these may.
    missing
        What those lack: a manifold with one rack carries flow without a bore of its own.
    """

    subject: IntArray
    side: IntArray
    bore_m: FloatArray
    need_lpm: FloatArray
    given_lpm: FloatArray
    by: IntArray
    waits: BoolArray
    missing: tuple[Missing, ...]


def flow_of_velocity(velocity_m_s: float, bore_m: FloatArray) -> FloatArray:
    """Flow in a round pipe at a velocity, L/min: v A.

    Examples
    --------
    0.91 m/s (3 ft/s) in NPS 4 schedule 10S.

    >>> flow_of_velocity(0.91, np.array([0.1082])).round(1)
    array([502.])
    """
    return np.asarray(velocity_m_s * np.pi / 4.0 * np.square(bore_m) / LPM)


def flush(study: Study, circuit: Circuit, flow: LoopFlow | PlantFlow | None) -> Flush:
    """Return the flush sections of a described loop or plant; what pumps give only if solved."""
    lines = np.flatnonzero(np.isin(circuit.part, _LINES))
    key = np.stack([circuit.subject[lines], circuit.side[lines]], axis=1)
    sections, first, which = np.unique(key, axis=0, return_index=True, return_inverse=True)
    bore = circuit.bore_m[lines[first]]
    given, by = np.full(len(sections), np.nan), np.full(len(sections), -1)
    missing: tuple[Missing, ...] = ()
    if flow is not None and len(sections):
        if isinstance(flow, LoopFlow):
            subject, lpm, missing = _of_loop(study, flow)
        else:
            subject, lpm = _of_plant(study, flow)
        least = np.stack(
            [lpm[:, lines[which.ravel() == k]].min(axis=1) for k in range(len(sections))], axis=1
        )
        best = np.where(np.isnan(least), -np.inf, least).argmax(axis=0)
        given, by = least[best, np.arange(len(sections))], subject[best]
    need = flow_of_velocity(limit(study, "flush_velocity_min_m_s").value, bore)
    waits = ~(given >= need) & bool(missing)
    given, by = np.where(waits, np.nan, given), np.where(waits, -1, by)
    return Flush(sections[:, 0], sections[:, 1], bore, need, given, by, waits, missing)


def _of_loop(study: Study, flow: LoopFlow) -> tuple[IntArray, FloatArray, tuple[Missing, ...]]:
    """Flush one manifold at a time: a jumper is as wide as its manifold.

    Returns
    -------
    subject, lpm, missing
        (f,) manifolds; (f, m) flow in each link while one of them is flushed, NaN not known; and
        what manifolds lack.
    """
    circuit, table = flow.circuit, study.table("manifold")
    rows = np.flatnonzero(study.site.rows_of("loop", table["loop"]) == circuit.row)
    index = {label: k for k, label in enumerate(circuit.label.tolist())}
    ends = []
    for row in rows.tolist():
        last = len(manifold_positions(study, row))
        name, back = str(table.ids[row]), 1 if table["returns"][row] == "reverse" else last
        ends.append((index[f"{name}/{last} supply"], index[f"{name}/{back} return"]))
    names = ("bore_m", "roughness_m")
    bore, rough = (np.asarray(table[c], dtype=float)[rows] for c in names)
    missing = tuple(
        Missing("manifold", column, row)
        for column, figures in zip(names, (bore, rough), strict=True)
        for row in rows[np.isnan(figures)].tolist()
    )
    known = ~(np.isnan(bore) | np.isnan(rough))
    on, supply = running(study, flow), int(np.flatnonzero(circuit.side == SUPPLY)[0])
    both = np.array(ends, dtype=np.int64).reshape(-1, 2)
    jumpers = _Jumpers(both[known], bore[known], rough[known])
    shut = flow.lanes.shut[0] | np.isin(circuit.part, (Part.HOSE, Part.RACK))
    branches = branches_of(study, circuit, flow.racks, flow.units)(_FULL)
    lpm = np.full((len(rows), len(circuit.fr)), np.nan)
    lpm[known] = _moved(
        circuit, jumpers, np.eye(int(known.sum()), dtype=bool), branches, shut,
        (float(on.rho[supply]), float(on.mu[supply])),
    )  # fmt: skip
    return np.asarray(rows + study.site.first["manifold"], dtype=np.int64), lpm, missing


def _of_plant(study: Study, found: PlantFlow) -> tuple[IntArray, FloatArray]:
    """(f,) users, the plant for all, and (f, m) flow in each link with theirs bypassed."""
    circuit, link = found.circuit, found.link
    curve, _ = curve_of(study, "plant", circuit.row)
    if curve is None:  # a solved plant has pumps
        raise ValueError(circuit.row)
    ends = np.stack([circuit.fr[link], circuit.to[link]], axis=1)
    pipes = circuit.links(Part.PIPE)
    # A user hangs on the narrowest of the pipes that end at it: its branch.
    mine = [pipes[(circuit.fr[pipes] == node) | (circuit.to[pipes] == node)] for node in ends[:, 0]]
    branch = np.array([k[circuit.bore_m[k].argmin()] if len(k) else -1 for k in mine])
    hung = branch >= 0
    link, ends, branch = link[hung], ends[hung], branch[hung]
    jumpers = _Jumpers(ends, circuit.bore_m[branch], circuit.roughness_m[branch])
    open_ = np.concatenate([np.eye(len(link), dtype=bool), np.ones((1, len(link)), dtype=bool)])
    shut = lanes_of(study, circuit).shut[0] | (circuit.part == Part.USER)
    branches = plant_branches(study, circuit, curve)(_FULL)
    lpm = _moved(circuit, jumpers, open_, branches, shut, coolant_of(study, found))
    plant = circuit.row + study.site.first["plant"]
    return np.append(circuit.subject[link], plant).astype(np.int64), lpm


@dataclass(frozen=True, slots=True)
class _Jumpers:
    """Jumpers between supply and return: (f, 2) nodes that each joins, (f,) bore and roughness."""

    ends: IntArray
    bore_m: FloatArray
    roughness_m: FloatArray


def _moved(
    circuit: Circuit,
    jumpers: _Jumpers,
    open_: BoolArray,
    branches: Branches,
    shut: BoolArray,
    coolant: tuple[float, float],
) -> FloatArray:
    """(L, m) flow in each link with some jumpers open, L/min; NaN not known.

    Parameters
    ----------
    open_
        (L, f) jumpers that are open in each lane.
    branches
        What units do at full speed.
    shut
        (m,) links that are closed in all lanes.
    coolant
        Density, kg/m3, and viscosity, Pa s.
    """
    lanes, m, more = len(open_), len(circuit.fr), np.full(len(jumpers.bore_m), np.nan)
    longer = Branches(
        np.append(branches.resistance, more), np.append(branches.exponent, more),
        branches.gains, branches.gains_less,
    )  # fmt: skip
    wide = (lanes, m + len(more))
    net = compile_net(
        _jumped(circuit, jumpers), longer, np.full((1, wide[1]), np.nan), with_less=False
    )
    closed = np.concatenate([np.tile(shut, (lanes, 1)), ~open_], axis=1)
    rho, mu = coolant
    moved = move(net, closed, np.zeros(wide, dtype=bool), np.full(wide, rho), np.full(wide, mu))
    return np.where(moved.converged[:, None], np.abs(moved.q_m3s[:, :m]) / LPM, np.nan)


def _jumped(circuit: Circuit, jumpers: _Jumpers) -> Circuit:
    """Return a circuit with jumpers at the end of its links."""
    n = len(jumpers.bore_m)

    def longer(column: FloatArray, more: FloatArray | float) -> FloatArray:
        return np.concatenate([column, np.broadcast_to(np.asarray(more, column.dtype), n)])

    return replace(
        circuit,
        fr=np.concatenate([circuit.fr, jumpers.ends[:, 0]]),
        to=np.concatenate([circuit.to, jumpers.ends[:, 1]]),
        part=np.concatenate([circuit.part, np.full(n, int(Part.SEGMENT))]),
        subject=np.concatenate([circuit.subject, np.zeros(n, dtype=np.int64)]),
        side=np.concatenate([circuit.side, np.full(n, SUPPLY)]),
        place=np.concatenate([circuit.place, np.full(n, -1)]),
        length_m=longer(circuit.length_m, _JUMPER_M),
        bore_m=longer(circuit.bore_m, jumpers.bore_m),
        roughness_m=longer(circuit.roughness_m, jumpers.roughness_m),
        zeta=longer(circuit.zeta, 0.0), kv_m3h=longer(circuit.kv_m3h, np.nan),
        check=np.concatenate([circuit.check, np.zeros(n, dtype=bool)]),
    )  # fmt: skip
