"""A circuit's flows and pressures: its links as laws, its units as curves, its lanes solved."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.coolant.circuit import Circuit, Part
from twin.solve.coolant.pumping import Gain
from twin.solve.hydraulics.laws import compile_laws
from twin.solve.hydraulics.links import Kind, Links
from twin.solve.hydraulics.solve import solve
from twin.solve.hydraulics.topology import compile_topology

_SPARE = 1e-3
"""m; a line of no length is one of this: the solver asks for some."""
_STILL = 1e-10
"""m3/s; what is left in a branch that leads nowhere: a hundredth of what a solve may leave."""


@dataclass(frozen=True, slots=True)
class Branches:
    """What the links of a circuit do besides pipes. u units.

    Attributes
    ----------
    resistance, exponent
        (m,) of racks and users, Pa at 1 m3/s; NaN elsewhere.
    gains, gains_less
        (u,) curves of the units as they run, and with one pump out.
    """

    resistance: FloatArray
    exponent: FloatArray
    gains: tuple[Gain, ...]
    gains_less: tuple[Gain, ...]


@dataclass(frozen=True, slots=True)
class Moved:
    """Solved lanes of a circuit: as `twin.solve.hydraulics.solve.Flows`, for its own links."""

    converged: BoolArray
    residual: FloatArray
    q_m3s: FloatArray
    p_pa: FloatArray


def move(
    circuit: Circuit,
    branches: Branches,
    shut: BoolArray,
    pump_out: BoolArray,
    hold_m3s: FloatArray,
    rho: FloatArray,
    mu: FloatArray,
) -> Moved:
    """Solve all lanes of a circuit.

    The pressure is held at 0 where the first unit that lives draws in, in each part of a circuit
    that a lost pipe has parted.

    Parameters
    ----------
    shut, pump_out
        (L, m) closed links; units with a pump out.
    hold_m3s
        (L, m) flow that a link does not let pass, NaN no such valve.
    rho, mu
        (L, m) density and viscosity, SI.
    """
    units, m = circuit.links(Part.UNIT), len(circuit.fr)
    with_less = bool(pump_out.any())
    extra = units if with_less else units[:0]
    links = _links(circuit, branches, extra, hold_m3s, rho, mu)
    fr, to = (np.concatenate([ends, ends[extra]]) for ends in (circuit.fr, circuit.to))
    closed = np.concatenate([shut, shut[:, extra] | ~pump_out[:, extra]], axis=1)
    closed[:, :m] |= pump_out
    laws = compile_laws(links)
    n, lanes = len(circuit.label), len(shut)
    out = Moved(
        np.zeros(lanes, dtype=bool), np.full(lanes, np.nan),
        np.full((lanes, m), np.nan), np.full((lanes, n), np.nan),
    )  # fmt: skip
    seen = np.zeros(lanes, dtype=bool)
    for node, mine in _references(circuit, shut):
        topology = compile_topology(n, fr, to, np.array([node], dtype=np.int64))
        some = laws if len(mine) == lanes else compile_laws(_rows(links, mine))
        found = solve(topology, some, np.zeros(1), closed=closed[mine])
        q = found.q_m3s[:, :m].copy()
        q[:, extra] += found.q_m3s[:, m:]
        q[np.abs(q) < _STILL] = 0.0
        joined = ~np.isnan(found.p_pa)
        elsewhere = ~joined[:, circuit.fr] & found.converged[:, None]
        out.converged[mine] = found.converged & (out.converged[mine] | ~seen[mine])
        out.residual[mine] = np.fmax(out.residual[mine], found.residual)
        out.q_m3s[mine] = np.where(elsewhere, np.nan_to_num(out.q_m3s[mine]), q)
        seen[mine] = True
        out.p_pa[mine] = np.where(joined, found.p_pa, out.p_pa[mine])
    return out


def _references(circuit: Circuit, shut: BoolArray) -> list[tuple[int, IntArray]]:
    """Nodes at which pressure is held, each with its lanes: one in every part that a unit drives.

    Where a lost pipe parts a circuit, each part has the first of its units.
    """
    units, n = circuit.links(Part.UNIT), len(circuit.label)
    draws, living = circuit.fr[units], ~shut[:, units]
    first = draws[living.argmax(axis=1)]
    parted: BoolArray = np.asarray(shut[:, circuit.part <= Part.SEGMENT].any(axis=1))
    if not parted.any() and (first == first[0]).all():
        return [(int(first[0]), np.arange(len(shut)))]
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    held: dict[int, list[int]] = {}
    for lane in range(len(shut)):
        if not parted[lane] or not living[lane].any():
            held.setdefault(int(first[lane]), []).append(lane)
            continue
        open_ = ~shut[lane]
        graph = coo_array(
            (np.ones(int(open_.sum())), (circuit.fr[open_], circuit.to[open_])), shape=(n, n)
        )
        _, part = connected_components(graph, directed=False)
        mine = draws[living[lane]]
        _, at = np.unique(part[mine], return_index=True)
        for node in mine[at].tolist():
            held.setdefault(int(node), []).append(lane)
    return [(node, np.array(lanes, dtype=np.int64)) for node, lanes in sorted(held.items())]


def _links(
    circuit: Circuit,
    branches: Branches,
    extra: IntArray,
    hold_m3s: FloatArray,
    rho: FloatArray,
    mu: FloatArray,
) -> Links:
    part, units = circuit.part, circuit.links(Part.UNIT)
    kind = np.full(len(part), int(Kind.PIPE))
    kind[(part == Part.RACK) | (part == Part.USER)] = Kind.POWER
    kind[part == Part.UNIT] = Kind.CURVE
    curve = np.full(len(part), -1)
    curve[units] = np.arange(len(units))
    hold = hold_m3s.copy()
    hold[:, units] = np.fmin(hold[:, units], [g.most_m3s for g in branches.gains])
    gains = branches.gains
    if len(extra):
        kind = np.concatenate([kind, kind[extra]])
        curve = np.concatenate([curve, len(gains) + np.arange(len(extra))])
        less = np.tile([g.most_m3s for g in branches.gains_less], (len(hold), 1))
        hold = np.concatenate([hold, np.fmin(hold_m3s[:, extra], less)], axis=1)
        gains = (*gains, *branches.gains_less)

    def wide(column: FloatArray) -> FloatArray:
        return np.concatenate([column, column[..., extra]], axis=-1)

    return Links(
        kind=kind,
        length_m=wide(np.maximum(circuit.length_m, _SPARE)),
        diameter_m=wide(circuit.bore_m),
        roughness_m=wide(circuit.roughness_m),
        loss_k=wide(circuit.loss_factor),
        resistance=wide(branches.resistance),
        exponent=wide(np.where(np.isnan(branches.exponent), 2.0, branches.exponent)),
        hold_m3s=hold,
        one_way=np.concatenate([circuit.check, circuit.check[extra]]),
        curve=curve,
        curves=tuple((g.q_m3s, g.gain_pa) for g in gains),
        rho_kg_m3=wide(rho),
        mu_pa_s=wide(mu),
    )


def _rows(links: Links, lanes: IntArray) -> Links:
    """Return the links of some lanes."""
    return replace(
        links,
        hold_m3s=np.asarray(links.hold_m3s)[lanes],
        rho_kg_m3=np.asarray(links.rho_kg_m3)[lanes],
        mu_pa_s=np.asarray(links.mu_pa_s)[lanes],
    )
