"""Load flow of the site: voltages, currents and losses of the whole chain, state by state.

UPS and rectifiers hold the voltage at their output, so what hangs below one is a network of its
own, and to what feeds it the converter is a load. The outputs of a parallel group are joined at
the mean of its members' voltages, and each member takes its part by rating over impedance. What
crosses between these networks is found by sweeping them again until nothing moves. Sources hold
their voltage.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.power.crossing import Crossing, crossing, shunts
from twin.solve.power.feeders import amps_per_kva, feeders
from twin.solve.power.network import BASE_KVA, Network, network
from twin.solve.power.positions import Positions, healthy, worst
from twin.solve.power.wired import Wired, tops, wire
from twin.solve.radial import balanced, direct
from twin.solve.radial.tree import ComplexArray, compile_tree
from twin.solve.study import Study

_MOST, _TOLERANCE = 200, 1e-10


@dataclass(frozen=True)
class PowerFlow:
    """A solved chain; columns over power nodes, (P,), NaN where dead or not solved.

    Attributes
    ----------
    state, wired
        What was solved.
    v, j, extra
        (N,) voltage of each point of the forest, current through its branch, and what it draws
        besides racks and gear: converters, members of groups, losses by efficiency; pu.
    converged
        Whether the network of a node was solved, with all that hangs on it.
    residual
        How far the voltages of its network still were, pu; where what crosses between networks
        did not settle, its last move.
    sent_pu, far_pu, v_pu
        Voltage at the upper and the lower end of the branch of each node, and at its output.
    current_a
        Through each element; of a converter at its output, of a source all that it delivers.
    in_kw, out_kw, out_kvar
        What it takes from what feeds it, and what it delivers.
    """

    state: Positions
    wired: Wired
    v: ComplexArray
    j: ComplexArray
    extra: ComplexArray
    converged: BoolArray
    residual: FloatArray
    sent_pu: FloatArray
    far_pu: FloatArray
    v_pu: FloatArray
    current_a: FloatArray
    in_kw: FloatArray
    out_kw: FloatArray
    out_kvar: FloatArray

    @property
    def loss_kw(self) -> FloatArray:
        """(P,) what each element turns into heat."""
        return np.asarray(self.in_kw - self.out_kw)


def flow(study: Study) -> PowerFlow:
    """Load flow with nothing lost.

    Worked number: 1,000 kW behind a busway of 0.995, a UPS of 0.96 and a transformer of 0.99 take
    1,057.48 kW from the utility (WE-P-070).
    """
    return solve(study, study(healthy))


def flows(study: Study) -> tuple[PowerFlow, ...]:
    """Load flow with nothing lost, then after the loss that is worst for each rack."""
    return (study(flow), *(solve(study, state) for state in study(worst)))


def solve(study: Study, state: Positions) -> PowerFlow:
    """Load flow with switches and loads as they stand in a state."""
    net, wired = study(network), wire(study, state)
    n = len(wired.up)
    half = shunts(net, wired)
    parts = [
        _Part(net, wired, half, np.flatnonzero(wired.direct == dc), dc=dc) for dc in (False, True)
    ]
    v, j = np.ones(n, dtype=complex), np.zeros(n, dtype=complex)
    extra, held = np.zeros(n, dtype=complex), np.ones(n, dtype=complex)
    solved, left = np.ones(n, dtype=bool), np.zeros(n)
    for _ in range(_MOST):
        for part in parts:
            part.solve(wired.own + extra, held, v, j, solved, left)
        now = crossing(net, wired, v, j)
        moved = max(_move(now.extra, extra), _move(now.held, held))
        extra, held = now.extra, now.held
        if moved <= _TOLERANCE:
            break
    known = solved & np.isfinite(v) & np.isfinite(j) & (moved <= _TOLERANCE)
    left = left if moved <= _TOLERANCE else np.maximum(left, moved)
    return _told(study, state, wired, now, (v, j, known, left))


def _move(now: ComplexArray, before: ComplexArray) -> float:
    """Largest move; what is not known in both has not moved."""
    known = np.isfinite(now)
    if not np.array_equal(known, np.isfinite(before)):
        return np.inf
    return float(np.abs(now - before)[known].max(initial=0.0))


class _Part:
    """The points of alternating or of direct current, compiled once."""

    def __init__(
        self, net: Network, wired: Wired, half: ComplexArray, points: IntArray, *, dc: bool
    ) -> None:
        self.points, self.dc = points, dc
        number = np.full(len(wired.up) + 1, -1, dtype=np.int64)
        number[points] = np.arange(len(points))
        self.tree = compile_tree(number[wired.up[points]])
        self.half = half[points]
        size = len(net.z)
        self.z = np.zeros(len(points), dtype=complex)
        inner = points < size
        self.z[inner] = (net.loop_ohm if dc else net.z)[points[inner]]
        # A network of direct current is solved in volts of the voltage that is held.
        volts = wired.volts[tops(wired.up)[points]]
        self.volts = np.where(np.isnan(volts), 1.0, volts)
        self.stem = self.tree.stem[self.tree.number]

    def solve(
        self, load: ComplexArray, held: ComplexArray, v: ComplexArray, j: ComplexArray,
        solved: BoolArray, left: FloatArray,
    ) -> None:  # fmt: skip
        """Sweep once; leave voltages, currents, and what was solved of each point."""
        at, base = self.points, BASE_KVA * 1000.0
        if not len(at):
            return
        if self.dc:
            real = (load[at].real + self.half.real) * base
            out = direct.sweep(self.tree, self.z.real, real, held[at].real * self.volts)
            v[at], j[at] = out.v / self.volts, out.current_a * self.volts / base
            settled, residual = out.converged, out.residual
        else:
            swept = balanced.sweep(self.tree, self.z, load[at], held[at], self.half)
            v[at], j[at] = swept.v, swept.current
            settled, residual = swept.converged, swept.residual
        inner = self.stem >= 0
        solved[at[inner]] = settled[self.stem[inner]]
        left[at[inner]] = residual[self.stem[inner]]


def _told(
    study: Study, state: Positions, wired: Wired, now: Crossing,
    found: tuple[ComplexArray, ComplexArray, BoolArray, FloatArray],
) -> PowerFlow:  # fmt: skip
    v, j, known, left = found
    nodes = len(state.parent)
    up, head = wired.up[:nodes], wired.head
    idle = study.arrays.topology.power.side_a >= 0
    dead = state.dead.copy()
    dead[: len(idle)] |= idle & (state.parent[: len(idle)] < 0)
    lives = ~dead & known[:nodes] & known[head]
    sent = np.where(up >= 0, np.append(v, np.nan)[up], v[:nodes])

    def shown(values: FloatArray) -> FloatArray:
        return np.where(lives, values, np.nan)

    return PowerFlow(
        state=state, wired=wired, v=v, j=j, extra=now.extra,
        converged=lives, residual=np.where(dead, np.nan, left[:nodes]),
        sent_pu=shown(np.abs(sent)), far_pu=shown(np.abs(v[:nodes])), v_pu=shown(np.abs(v[head])),
        current_a=shown(np.abs(now.through) * BASE_KVA * _amps(study)),
        in_kw=shown(now.taken.real * BASE_KVA),
        out_kw=shown(now.given.real * BASE_KVA), out_kvar=shown(now.given.imag * BASE_KVA),
    )  # fmt: skip


def _amps(study: Study) -> FloatArray:
    """(P,) A of 1 pu of current per kVA of the base; of a whip as of its tap."""
    known, topology = study(feeders), study.arrays.topology.power
    own = amps_per_kva(known.voltage_v, known.phases)
    taps = topology.parent[len(own) :]
    return np.concatenate([own, np.append(own, np.nan)[taps]])
