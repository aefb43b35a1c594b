"""Units that hold a flow and would have to run slower than their pumps can: they give more.

A unit at its least speed gives what its curve has there, however little is asked of it; one that
would then give less than it is to hold runs faster again. Which units of a lane run at their least
speed is found by trying: each round those that would be too slow join, and those leave that fall
short.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.coolant.alike import Alike, gains_of
from twin.solve.coolant.circuit import Part, stacked
from twin.solve.coolant.hold import State
from twin.solve.coolant.hydraulics import Branches, Moved, compile_net, move
from twin.solve.coolant.laned import with_rows
from twin.solve.coolant.pumping import AS_SLOW_AS_CAN_BE, LPM, Control, Gain
from twin.solve.coolant.ready import Ready

_ROUNDS = 12
_CLOSE = 1e-6
"""Of a head or a flow: nearer than this counts as there."""
Gains = tuple[tuple[Gain, ...], tuple[Gain, ...]]
"""(N u,) curves of units, whole and with a pump out."""


@dataclass(frozen=True, slots=True)
class Slow:
    """What units of a batch of loops give at their least speed. N loops, u units in each.

    Attributes
    ----------
    batch
        The loops.
    known
        (N, u) units that hold a flow and of which a least speed is known.
    least, held
        Their curves at that speed, and holding their flow.
    """

    batch: Alike
    known: BoolArray
    least: Gains
    held: Gains

    def not_slower(self, moved: Moved, lanes: IntArray, state: State) -> None:
        """Let units of solved lanes run no slower than they can, in place.

        Lanes in which the units that run at their least speed find no rest are not converged.

        Parameters
        ----------
        lanes
            (L,) lanes of the batch.
        state
            As `move` takes it, of these lanes.
        """
        slow = np.zeros((len(lanes), self.known.shape[1]), dtype=bool)
        for _ in range(_ROUNDS):
            now = self._too_slow(moved, slow, lanes, state[1])
            rows = np.flatnonzero((now != slow).any(axis=1))
            if not len(rows):
                return
            slow = now
            shut, out, rho, mu = state
            some = shut[rows], out[rows], rho[rows], mu[rows]
            with_rows(moved, rows, self._mixed(lanes[rows], slow[rows], some))
        moved.converged[rows] = False
        moved.q_m3s[rows], moved.p_pa[rows] = np.nan, np.nan

    def _too_slow(
        self, moved: Moved, slow: BoolArray, lanes: IntArray, pump_out: BoolArray
    ) -> BoolArray:
        """(L, u) units that are to run at their least speed, by flows with those that do so far."""
        circuit = self.batch.form
        at = circuit.links(Part.UNIT)
        flow = moved.q_m3s[:, at]
        lift = moved.p_pa[:, circuit.to[at]] - moved.p_pa[:, circuit.fr[at]]
        held = self.batch.set_lpm[lanes, None] * LPM
        join = (flow > 0) & (lift < self._heads(flow, lanes, pump_out[:, at]) * (1.0 - _CLOSE))
        stay = flow >= held * (1.0 - _CLOSE)
        return np.where(slow, stay, join) & self.known[self.batch.of[lanes]]

    def _heads(self, q_m3s: FloatArray, lanes: IntArray, out: BoolArray) -> FloatArray:
        """(L, u) head of units at their least speed and some flow, Pa."""
        heads, units = np.empty(q_m3s.shape), q_m3s.shape[1]
        for (lane, k), less in np.ndenumerate(out):
            gain = self.least[int(less)][int(self.batch.of[lanes[lane]]) * units + k]
            heads[lane, k] = np.interp(q_m3s[lane, k], gain.q_m3s, gain.gain_pa)
        return heads

    def _mixed(self, lanes: IntArray, slow: BoolArray, state: State) -> Moved:
        """Solve lanes with some units at their least speed, (L, u), and the others holding."""
        of, units = self.batch.of[lanes], slow.shape[1]
        loops = [self.batch.loops[k] for k in of.tolist()]
        picked = [
            tuple(
                (self.least if slow[lane, k] else self.held)[less][int(of[lane]) * units + k]
                for lane in range(len(lanes))
                for k in range(units)
            )
            for less in (0, 1)
        ]
        branches = Branches(
            np.stack([loop.branches.resistance for loop in loops]),
            np.stack([loop.branches.exponent for loop in loops]),
            picked[0], picked[1],
        )  # fmt: skip
        net = compile_net(
            stacked([loop.circuit for loop in loops]), branches,
            np.concatenate([loop.hold_m3s for loop in loops]), with_less=loops[0].with_less,
        )  # fmt: skip
        return move(net, *state)


def slow_of(batch: Alike) -> Slow | None:
    """Return what is asked where units hold a flow and have a least speed; None where none do."""
    loops = batch.loops
    known = np.array([[_slows(loop, k) for k in range(len(loop.units))] for loop in loops])
    if not known.any():
        return None
    slow = Control(np.nan, np.nan, AS_SLOW_AS_CAN_BE)
    return Slow(
        batch, known, gains_of([replace(loop, control=slow) for loop in loops]), gains_of(loops)
    )


def _slows(loop: Ready, unit: int) -> bool:
    curve = loop.branches.curves[unit]
    return bool(curve.speed_min > 0 and not curve.envelope and not np.isnan(loop.control.set_lpm))
