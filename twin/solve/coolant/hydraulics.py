"""A circuit's flows and pressures: its links as laws, its units as curves, its lanes solved."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from twin.kernels import kernel
from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.coolant.circuit import Circuit, Part
from twin.solve.coolant.pumping import Gain
from twin.solve.hydraulics.laws import Laws, compile_laws, of_rows, with_coolant
from twin.solve.hydraulics.links import Kind, Links
from twin.solve.hydraulics.solve import solve
from twin.solve.hydraulics.topology import Topology, compile_topology

C = TypeVar("C")
_SPARE = 1e-3
"""m; a line of no length is one of this: the solver asks for some."""
_STILL = 1e-10
"""m3/s; what is left in a branch that leads nowhere: a hundredth of what a solve may leave."""


@dataclass(frozen=True, slots=True)
class Branches:
    """What the links of a circuit do besides pipes. u units; N circuits where many are one form.

    Attributes
    ----------
    resistance, exponent
        (m,) or (N, m) of racks and users, Pa at 1 m3/s; NaN elsewhere.
    gains, gains_less
        (u,) curves of the units as they run, and with one pump out; (N u,) circuit by circuit.
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


@dataclass(frozen=True, slots=True)
class Net:
    """A circuit compiled for any coolant: what its links do, and the order to solve them in.

    Attributes
    ----------
    circuit
        What it is made of.
    branches
        What its racks, users and units do.
    extra
        Links of the units that stand in it once more, with one pump out.
    laws
        Of all links, for a coolant of density and viscosity 1.
    topology
        By the node at which pressure is held.
    """

    circuit: Circuit
    branches: Branches
    extra: IntArray
    laws: Laws
    topology: Callable[[int], Topology]


def compile_net(
    circuit: Circuit, branches: Branches, hold_m3s: FloatArray, *, with_less: bool
) -> Net:
    """Compile a circuit, or many of one form: `stacked`.

    Parameters
    ----------
    hold_m3s
        (1, m) or (L, m) flow that a link does not let pass, NaN no such valve; of many (N, m).
    with_less
        Whether in some lane a unit has a pump out.
    """
    units = circuit.links(Part.UNIT)
    extra = units if with_less else units[:0]
    fr, to = (np.concatenate([ends, ends[extra]]) for ends in (circuit.fr, circuit.to))

    @functools.cache
    def topology(node: int) -> Topology:
        return compile_topology(len(circuit.label), fr, to, np.array([node], dtype=np.int64))

    laws = compile_laws(links_of(circuit, branches, extra, hold_m3s))
    return Net(circuit, branches, extra, laws, topology)


def nets_of(
    circuit: Circuit, branches: Callable[[C], Branches], hold_m3s: FloatArray, *, with_less: bool
) -> Callable[[C], Net]:
    """Return a circuit as it is compiled for each control, once."""

    @functools.cache
    def net(control: C) -> Net:
        return compile_net(circuit, branches(control), hold_m3s, with_less=with_less)

    return net


def lanes_of_net(net: Net, rows: IntArray) -> Net:
    """Return a net for some lanes, by the rows that it was compiled with: one, or one for each."""
    return replace(net, laws=of_rows(net.laws, rows))


def move(net: Net, shut: BoolArray, pump_out: BoolArray, rho: FloatArray, mu: FloatArray) -> Moved:
    """Solve all lanes of a circuit.

    The pressure is held at 0 where the first unit that lives draws in, in each part of a circuit
    that a lost pipe has parted.

    Parameters
    ----------
    shut, pump_out
        (L, m) closed links; units with a pump out.
    rho, mu
        (L, m) density and viscosity, SI.
    """
    circuit, extra = net.circuit, net.extra
    m, n, lanes = len(circuit.fr), len(circuit.label), len(shut)
    closed = np.concatenate([shut, shut[:, extra] | ~pump_out[:, extra]], axis=1)
    closed[:, :m] |= pump_out
    # The links that stand twice are units, which have no pipe.
    laws = with_coolant(net.laws, rho, mu)
    out = Moved(
        np.zeros(lanes, dtype=bool), np.full(lanes, np.nan),
        np.full((lanes, m), np.nan), np.full((lanes, n), np.nan),
    )  # fmt: skip
    seen = np.zeros(lanes, dtype=bool)
    for node, mine in _references(circuit, shut):
        some = laws if len(mine) == lanes else of_rows(laws, mine)
        found = solve(net.topology(node), some, np.zeros(1), closed=closed[mine])
        q = found.q_m3s[:, :m].copy()
        q[:, extra] += found.q_m3s[:, m:]
        q[np.abs(q) < _STILL] = 0.0
        joined = ~np.isnan(found.p_pa)
        out.converged[mine] = found.converged & (out.converged[mine] | ~seen[mine])
        out.residual[mine] = np.fmax(out.residual[mine], found.residual)
        if not joined.all():
            elsewhere = ~joined[:, circuit.fr] & found.converged[:, None]
            q = np.where(elsewhere, np.nan_to_num(out.q_m3s[mine]), q)
        out.q_m3s[mine] = q
        seen[mine] = True
        out.p_pa[mine] = np.where(joined, found.p_pa, out.p_pa[mine])
    return out


def _references(circuit: Circuit, shut: BoolArray) -> list[tuple[int, IntArray]]:
    """Nodes at which pressure is held, each with its lanes: one in every part that a unit drives.

    Where a lost pipe parts a circuit, or its pipes join in parts only, each part has the first of
    its units.
    """
    units, n = circuit.links(Part.UNIT), len(circuit.label)
    draws, living = circuit.fr[units], ~shut[:, units]
    first = draws[living.argmax(axis=1)]
    whole = np.zeros((1, n), dtype=bool)
    every = np.ones((1, len(units)), dtype=bool)
    _mark_heads(
        circuit.fr, circuit.to, np.zeros((1, shut.shape[1]), dtype=bool), draws, every, whole
    )
    parted: BoolArray = np.asarray(shut[:, circuit.part <= Part.SEGMENT].any(axis=1))
    parted |= whole.sum() > 1
    heads = np.zeros((len(shut), n), dtype=bool)
    heads[np.arange(len(shut)), first] = True
    some = np.flatnonzero(parted & living.any(axis=1))
    found = np.zeros((len(some), n), dtype=bool)
    _mark_heads(circuit.fr, circuit.to, shut[some], draws, living[some], found)
    heads[some] = found
    return [(k, np.flatnonzero(heads[:, k])) for k in np.flatnonzero(heads.any(axis=0)).tolist()]


@kernel
def _mark_heads(
    fr: IntArray, to: IntArray, shut: BoolArray, draws: IntArray, living: BoolArray, out: BoolArray
) -> None:
    """Mark where the first living unit of each part draws in that open links join, lane by lane."""
    lanes, n = out.shape
    root = np.empty(n, np.int64)
    taken = np.empty(n, np.bool_)
    for s in range(lanes):
        for k in range(n):
            root[k], taken[k] = k, False
        for i in range(len(fr)):
            if not shut[s, i]:
                a, b = fr[i], to[i]
                while root[a] != a:
                    a = root[a]
                while root[b] != b:
                    b = root[b]
                root[max(a, b)] = min(a, b)
        for u in range(len(draws)):
            a = draws[u]
            while root[a] != a:
                a = root[a]
            if living[s, u] and not taken[a]:
                taken[a] = True
                out[s, draws[u]] = True


def links_of(circuit: Circuit, branches: Branches, extra: IntArray, hold_m3s: FloatArray) -> Links:
    """Return the links of a circuit, with some units once more, for a coolant of 1 and 1.

    Of many circuits of one form each is a scenario.
    """
    part, units = circuit.part, circuit.links(Part.UNIT)
    kind = np.full(len(part), int(Kind.PIPE))
    kind[(part == Part.RACK) | (part == Part.USER)] = Kind.POWER
    kind[part == Part.UNIT] = Kind.CURVE
    # One curve for all units that give the same, so that it is looked at once.
    gains = list({id(g): g for g in (*branches.gains, *branches.gains_less)}.values())
    number = {id(g): k for k, g in enumerate(gains)}
    shape = (-1, len(units))
    curve = np.full((len(branches.gains) // max(len(units), 1), len(part)), -1)
    curve[:, units] = np.array([number[id(g)] for g in branches.gains]).reshape(shape)
    hold = hold_m3s.copy()
    most = np.array([g.most_m3s for g in branches.gains]).reshape(shape)
    hold[:, units] = np.fmin(hold[:, units], most)
    if len(extra):
        kind = np.concatenate([kind, kind[extra]])
        weak = np.array([number[id(g)] for g in branches.gains_less]).reshape(shape)
        curve = np.concatenate([curve, weak], axis=1)
        less = np.array([g.most_m3s for g in branches.gains_less]).reshape(shape)
        hold = np.concatenate([hold, np.fmin(hold_m3s[:, extra], less)], axis=1)

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
        curve=curve if len(curve) > 1 else curve[0],
        curves=tuple((g.q_m3s, g.gain_pa) for g in gains),
        rho_kg_m3=1.0,
        mu_pa_s=1.0,
    )
