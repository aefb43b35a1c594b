"""A described loop or plant as an input file that EPANET 2.2 solves to the same flows.

EPANET knows one viscosity and one density. The file has those of the supply; what runs at the
temperature of the return has lengths and loss coefficients with which it loses the same pressure at
its solved flow. Formats: EPANET 2.2 User Manual, appendix C; constants: its source, types.h and
hydcoeffs.c.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from twin.exchange.epanet_state import State, state_of
from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.coolant.branches import TURBULENT
from twin.solve.coolant.circuit import RETURN, Circuit, Part
from twin.solve.coolant.facility import PlantFlow
from twin.solve.coolant.flow import LoopFlow
from twin.solve.coolant.pumping import Gain
from twin.solve.hydraulics.friction import SWAMEE_JAIN, cubic, pipes
from twin.solve.study import Study

FOOT_M = 0.3048
GRAVITY_M_S2 = 32.2 * FOOT_M
"""What EPANET reckons with."""
VISCOSITY_M2_S = 1.1e-5 * FOOT_M * FOOT_M
"""Kinematic viscosity that EPANET calls 1."""
LOSS_SHARE = 0.02517 / (8.0 / (np.pi**2 * 32.2))
"""EPANET's rounded constant of loss coefficients over the true one."""
LPS = 1e-3
"""m3/s in one L/s."""
_LONGEST_ID = 31
_LEAST_MM = 1e-6
_FALL = 1e-6
"""Of its gain: by so much the curve of a unit that holds a pressure falls, as EPANET asks for."""
_FALL_PA = 5.0
"""And by no less: some tools write heads with six digits after the point, as 0.01 Pa."""
_APART = 0.01
"""Of its last flow: points of a curve nearer than this to the solved one say nothing more."""
_LEAST_POINTS = 4
"""Through three points EPANET would lay a curve of its own."""
_AT_END = 1e-6
_NEAR = 1e-6
_STILL_M3S = 1e-6
_STILL_M_S = 1e-4
_SPARE_M = 1e-3
_LOSS_POINTS = np.concatenate([[0.0], np.geomspace(0.05, 2.0, 64)])
"""Of the largest flow: where the curve of a rack is given besides at solved flows."""
_NOTES = (
    "Flows L/s, heads m of the coolant, lengths m, bores and roughness mm.",
    "VISCOSITY and SPECIFIC GRAVITY are those of the supply. Pipes that run at return temperature",
    "have lengths and loss coefficients with which they lose at their solved flow what the warmer",
    "coolant loses: in other states they are off by some per mille.",
    "Racks are curves of their power law, straight between points, exact at the solved flows;",
    "those that go with the square are throttle valves. A hose stands for both hoses and all",
    "couplings and valves of a rack. A valve named :set holds a flow and is open below it; such a",
    "valve stands before every CDU and air unit of a plant and lets through what it asks for.",
    "Pumps are what CDUs or plants give under their control; a held pressure falls by 1e-6 of it.",
)


@dataclass(frozen=True, slots=True)
class _Loop:
    """A solved loop or plant as it runs, and the names that EPANET takes."""

    on: State
    node: Sequence[str]
    link: Sequence[str]
    taken: set[str]
    live: BoolArray
    bore_mm: FloatArray

    @property
    def circuit(self) -> Circuit:
        return self.on.circuit

    @property
    def rho(self) -> float:
        """Density of the supply, kg/m3."""
        return float(_of_supply(self.circuit, self.on.rho))

    @property
    def mu(self) -> float:
        """Viscosity of the supply, Pa s."""
        return float(_of_supply(self.circuit, self.on.mu))

    def head(self, pa: FloatArray) -> FloatArray:
        """Pressure as metres of the supply's coolant."""
        return np.asarray(pa / (self.rho * GRAVITY_M_S2))


@dataclass(frozen=True, slots=True)
class _Lines:
    """Lines of pumps, nodes within links, valves and curves."""

    pumps: list[str]
    middles: list[str]
    valves: list[str]
    curves: list[str]


def _of_supply(circuit: Circuit, column: FloatArray) -> float:
    return float(column[circuit.side != RETURN][0])


def inp(study: Study, flow: LoopFlow | PlantFlow) -> str:
    """Return the file of a loop or plant as it runs healthy.

    Parameters
    ----------
    study
        What the loop was solved in.
    flow
        The solved loop or plant.
    """
    loop, circuit = _named(study, state_of(study, flow)), flow.circuit
    table = study.table(circuit.kind)
    static = float(table["static_kpa"][circuit.row])
    lines = _branches(loop)
    base = _reference(loop)
    met = _met(loop) - {base}
    nodes = [n for k, n in enumerate(loop.node) if k in met]
    head = float(loop.head(np.array(1000.0 * np.nan_to_num(static))))
    title = f"{circuit.kind} {table.ids[circuit.row]} of {study.site.name}"
    sections: tuple[tuple[str, Iterable[str]], ...] = (
        ("TITLE", [_comment(title), *map(_comment, _NOTES)]),
        ("JUNCTIONS", ["; id elevation demand", *(f"{n} 0 0" for n in [*nodes, *lines.middles])]),
        ("RESERVOIRS", ["; id head", f"{loop.node[base]} {_number(head)}"]),
        ("PIPES", ["; id node1 node2 length bore roughness loss status", *_pipes(loop)]),
        ("PUMPS", ["; id node1 node2 curve", *lines.pumps]),
        ("VALVES", ["; id node1 node2 bore type setting loss", *lines.valves]),
        ("CURVES", ["; id flow head", *lines.curves]),
        ("TIMES", ["DURATION 0"]),
        ("OPTIONS", _options(loop)),
    )
    body = "\n\n".join("\n".join((f"[{title}]", *said)) for title, said in sections)
    return f"{body}\n\n[END]\n"


def _options(loop: _Loop) -> list[str]:
    nu = loop.mu / loop.rho / VISCOSITY_M2_S
    return [
        "UNITS LPS", "HEADLOSS D-W", f"VISCOSITY {_number(nu)}",
        f"SPECIFIC GRAVITY {_number(loop.rho / 1000.0)}", "TRIALS 500", "ACCURACY 1e-7",
        "UNBALANCED STOP",
    ]  # fmt: skip


# -------------------------------------------------------------------------------------- names


def _named(study: Study, on: State) -> _Loop:
    circuit, pressure = on.circuit, on.p_pa
    known = np.isfinite(pressure[circuit.fr]) & np.isfinite(pressure[circuit.to])
    taken: set[str] = set()
    labels = [label.rsplit(" ", 1) for label in circuit.label.tolist()]
    node = [_fitting(place, f":{side[0]}", taken) for place, side in labels]
    hose = circuit.bore_m[circuit.part == Part.HOSE]
    bore = np.where(np.isnan(circuit.bore_m), hose[0] if len(hose) else 0.1, circuit.bore_m)
    return _Loop(
        on=on, node=node,
        link=[_fitting(*_link_name(study, circuit, k), taken) for k in range(len(circuit.fr))],
        taken=taken, live=~on.shut & known, bore_mm=1000.0 * bore,
    )  # fmt: skip


def _link_name(study: Study, circuit: Circuit, k: int) -> tuple[str, str]:
    """Return what a link is of, and what of it it is."""
    owner = study.site.name_of(int(circuit.subject[k])).split(":", 1)[1]
    side = "r" if circuit.side[k] == RETURN else "s"
    part = circuit.part[k]
    if part == Part.SEGMENT:
        return owner, f"/{circuit.place[k] + 1}-{circuit.place[k] + 2}:{side}"
    if part == Part.PIPE:
        return owner, f":{side}"
    return owner, ":hose" if part == Part.HOSE else ""


def _fitting(name: str, end: str, taken: set[str]) -> str:
    """Return a name with an ending that EPANET takes and that is not taken yet.

    Examples
    --------
    >>> taken = set()
    >>> _fitting("M 1;a", ":s", taken), _fitting("M_1_a", ":s", taken)
    ('M_1_a:s', 'M_1_a~2:s')
    >>> len(_fitting(40 * "x", ":hose", taken))
    31
    """
    plain = re.sub(r"[^!-~]|[;\"\[\]]", "_", name)
    out, count = plain[: _LONGEST_ID - len(end)] + end, 1
    while out in taken:
        count += 1
        tail = f"~{count}{end}"
        out = plain[: _LONGEST_ID - len(tail)] + tail
    taken.add(out)
    return out


def _comment(text: str) -> str:
    return f"; {re.sub(r'[^ -~]', '_', text)}"


def _number(value: float) -> str:
    return f"{value:.12g}"


# ------------------------------------------------------------------------------- nodes and pipes


def _met(loop: _Loop) -> set[int]:
    """Nodes that a living link meets."""
    ends = np.concatenate([loop.circuit.fr[loop.live], loop.circuit.to[loop.live]])
    return set(ends.tolist())


def _reference(loop: _Loop) -> int:
    """Return the node at which the pressure is held: where the solver held it at 0."""
    units = np.flatnonzero((loop.circuit.part == Part.UNIT) & loop.live)
    draws = loop.circuit.fr[units]
    return int(draws[np.abs(loop.on.p_pa[draws]).argmin()])


def _pipes(loop: _Loop) -> list[str]:
    circuit = loop.circuit
    lines = np.isin(circuit.part, (Part.PIPE, Part.SEGMENT, Part.HOSE)) & loop.live
    at = np.flatnonzero(lines)
    length = np.maximum(circuit.length_m[at], _SPARE_M) * _as_supply(loop, at)
    loss = circuit.loss_factor[at] * loop.on.rho[at] / loop.rho / LOSS_SHARE
    rough = np.maximum(1000.0 * circuit.roughness_m[at], _LEAST_MM)
    return [
        " ".join((
            loop.link[k], loop.node[circuit.fr[k]], loop.node[circuit.to[k]], _number(length[x]),
            _number(loop.bore_mm[k]), _number(rough[x]), _number(loss[x]),
            "CV" if circuit.check[k] else "Open",
        ))
        for x, k in enumerate(at.tolist())
    ]  # fmt: skip


def _as_supply(loop: _Loop, at: IntArray) -> FloatArray:
    """Friction of lines over what they would have with the supply's coolant, at their flow."""
    own = _friction(loop, at, loop.on.rho[at], loop.on.mu[at])
    ones = np.ones(len(at))
    return own / _friction(loop, at, loop.rho * ones, loop.mu * ones)


def _friction(loop: _Loop, at: IntArray, rho: FloatArray, mu: FloatArray) -> FloatArray:
    """Pressure that lines of one metre lose, Pa; in those that stand still, at 1 m/s."""
    d = loop.circuit.bore_m[at]
    area = np.pi / 4.0 * d * d
    q = np.abs(loop.on.q_m3s[at])
    q = np.where(q < _STILL_M_S * area, area, q)
    rough = loop.circuit.roughness_m[at] / d / 3.7
    bend = np.array([cubic(SWAMEE_JAIN, r) for r in rough.tolist()]).T.ravel().copy()
    out, slope = np.empty(len(at)), np.empty(len(at))
    pipes(
        SWAMEE_JAIN, q, 0.5 * rho / (area * area) / d, np.zeros(len(at)), rho * d / (area * mu),
        rough, bend, out, slope,
    )  # fmt: skip
    return out


# ------------------------------------------------------------------------------ racks and units


def _branches(loop: _Loop) -> _Lines:
    lines = _Lines([], [], [], [])
    _units(loop, lines)
    _racks(loop, lines)
    return lines


def _middle(loop: _Loop, k: int, lines: _Lines) -> str:
    """Return a new node within a link."""
    name = _fitting(loop.link[k], ":mid", loop.taken)
    lines.middles.append(name)
    return name


def _hold(loop: _Loop, k: int, start: str, end: str, most_m3s: float) -> str:
    """Line of a valve that lets no more than a flow through."""
    name = _fitting(loop.link[k], ":set", loop.taken)
    return f"{name} {start} {end} {_number(loop.bore_mm[k])} FCV {_number(most_m3s / LPS)} 0"


def _units(loop: _Loop, lines: _Lines) -> None:
    """Pumps; behind one that gives all the flow it may stands a valve that holds it."""
    circuit = loop.circuit
    for gain, k in zip(loop.on.gains, circuit.links(Part.UNIT).tolist(), strict=True):
        if not loop.live[k]:
            continue
        start, end = loop.node[circuit.fr[k]], loop.node[circuit.to[k]]
        q = float(loop.on.q_m3s[k])
        if q >= gain.most_m3s * (1.0 - _AT_END):
            middle = _middle(loop, k, lines)
            lines.valves.append(_hold(loop, k, middle, end, gain.most_m3s))
            end = middle
        lines.pumps.append(f"{loop.link[k]} {start} {end} HEAD {loop.link[k]}")
        lines.curves.extend(_gain_points(loop, loop.link[k], gain, q))


def _gain_points(loop: _Loop, name: str, gain: Gain, q_m3s: float) -> list[str]:
    """Lines of a falling curve, exact at the solved flow.

    It falls by enough between any two points for tools that write six digits after the point.
    """
    last = float(gain.q_m3s[-1])
    near = np.abs(gain.q_m3s - q_m3s) < _APART * last
    near[[0, -1]] = False
    q = np.unique(np.append(gain.q_m3s[~near], min(q_m3s, last)))
    while len(q) < _LEAST_POINTS:
        q = np.unique(np.append(q, 0.5 * (q[1:] + q[:-1])))
    pa = np.interp(q, gain.q_m3s, gain.gain_pa)
    pa += max(_FALL * gain.gain_pa[0], _FALL_PA) * (q_m3s - q) / q[-1]
    return _points(name, q, loop.head(pa))


def _racks(loop: _Loop, lines: _Lines) -> None:
    racks, circuit = loop.on.takers, loop.circuit
    made: dict[tuple[float, float], str] = {}
    for x, k in enumerate(racks.link.tolist()):
        if not loop.live[k]:
            continue
        start, end = loop.node[circuit.fr[k]], loop.node[circuit.to[k]]
        if not np.isnan(racks.hold_m3s[x]):
            middle = _middle(loop, k, lines)
            lines.valves.append(_hold(loop, k, start, middle, float(racks.hold_m3s[x])))
            start = middle
        law = (float(racks.resistance[x]), float(racks.exponent[x]))
        line = f"{loop.link[k]} {start} {end} {_number(loop.bore_mm[k])}"
        if law[1] == TURBULENT:
            area = np.pi / 4.0 * (loop.bore_mm[k] / 1000.0) ** 2
            loss = 2.0 * area * area * law[0] / loop.rho / LOSS_SHARE
            lines.valves.append(f"{line} TCV {_number(loss)} 0")
            continue
        if law not in made:
            made[law] = f"law{len(made) + 1}"
            lines.curves.extend(_loss_points(loop, made[law], law))
        lines.valves.append(f"{line} GPV {made[law]} 0")


def _loss_points(loop: _Loop, name: str, law: tuple[float, float]) -> list[str]:
    """Lines of the curve of all racks of one power law, exact at their solved flows."""
    racks = loop.on.takers
    mine = (racks.resistance == law[0]) & (racks.exponent == law[1])
    solved = np.unique(np.abs(loop.on.q_m3s[racks.link[mine]]))
    solved = solved[solved > _STILL_M3S]
    solved = solved[np.diff(solved, prepend=0.0) > _NEAR * solved]
    base = _LOSS_POINTS * (solved[-1] if len(solved) else LPS)
    far = np.abs(base[:, None] - solved).min(axis=1, initial=np.inf) > _NEAR * base[-1]
    q = np.union1d(base[far], solved)
    return _points(name, q, loop.head(law[0] * q ** law[1]))


def _points(name: str, q_m3s: FloatArray, head_m: FloatArray) -> list[str]:
    return [
        f"{name} {_number(x)} {_number(y)}"
        for x, y in zip((q_m3s / LPS).tolist(), head_m.tolist(), strict=True)
    ]
