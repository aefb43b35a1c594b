"""Load flow of a radial four-wire network, phase by phase, in per unit.

Forward and backward sweeps on the conductors a, b, c and n (Cheng, Shirmohammadi, "A three-phase
power flow method for real-time distribution system analysis", IEEE Trans. Power Systems 10(2),
1995; with the neutral: Ciric, Padilha Feltrin, Ochoa, "Power flow in four-wire distribution
networks", IEEE Trans. Power Systems 18(4), 2003).

Bases: voltages line to neutral, power of one phase (a third of the three-phase base), so that
impedances are those of the balanced network and a load of a third on each phase is the balanced
load. What is assumed: sources are stiff and balanced; the neutral is bonded to earth at sources
and at the star points of delta-wye transformers, nowhere else, and earth carries nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.kernels import kernel
from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.radial.stop import LEFT, MOST_SWEEPS, TOLERANCE_PU, fresh_track, look
from twin.solve.radial.tree import ComplexArray, Tree

TURN = complex(-0.5, -np.sqrt(0.75))
"""Phase b against phase a."""
_ROOT3 = np.sqrt(3.0)


@dataclass(frozen=True, slots=True)
class PhaseFlow:
    """A solved four-wire network, nodes in the caller's order.

    Attributes
    ----------
    converged, residual
        (S,) whether each stem was solved, and how far its voltages still were, pu.
    v
        (n, 4) voltages of a, b, c and neutral against earth, pu; NaN where not solved.
    current
        (n, 4) currents through the branch above each node, downwards, pu: of the neutral what
        returns, with a minus. A delta-wye transformer's are those of its wye side.
    """

    converged: BoolArray
    residual: FloatArray
    v: ComplexArray
    current: ComplexArray

    def line_to_neutral(self) -> FloatArray:
        """(n, 3) voltages that single-phase loads see, pu."""
        seen: FloatArray = np.abs(self.v[:, :3] - self.v[:, 3:])
        return seen


def wires(phase: ComplexArray, neutral: ComplexArray) -> ComplexArray:
    """(n, 4, 4) branch impedances without mutual terms, from those of phase and neutral, pu.

    Examples
    --------
    >>> wires(np.array([0.01 + 0.02j]), np.array([0.03j]))[0].diagonal().tolist()
    [(0.01+0.02j), (0.01+0.02j), (0.01+0.02j), 0.03j]
    """
    z = np.zeros((len(phase), 4, 4), np.complex128)
    for k in range(3):
        z[:, k, k] = phase
    z[:, 3, 3] = neutral
    return z


def sweep(
    tree: Tree,
    z: ComplexArray,
    s_phase: ComplexArray,
    s_line: ComplexArray | None = None,
    delta_wye: BoolArray | None = None,
    v_source: complex = 1.0,
) -> PhaseFlow:
    """Solve constant-power loads between phase and neutral and between two phases.

    Parameters
    ----------
    z
        (n, 4, 4) impedance matrix of the branch above each node (a, b, c, n), pu; of a
        delta-wye transformer its leakage, on the wye side, and that of its star point.
    s_phase
        (n, 3) loads from a, b and c to the neutral, pu of one phase.
    s_line
        (n, 3) loads from a to b, b to c and c to a, pu of one phase.
    delta_wye
        (n,) which branches are delta-wye transformers (Dyn1: the wye lags by 30 degrees).
    v_source
        Voltage of phase a of every source.

    Examples
    --------
    One load on phase a alone: the neutral carries its current back and doubles the drop.

    >>> from twin.solve.radial.tree import compile_tree
    >>> z = wires(np.array([0, 0.01]), np.array([0, 0.01]))
    >>> flow = sweep(compile_tree(np.array([-1, 0])), z, np.array([[0, 0, 0], [1.0, 0, 0]]))
    >>> bool(flow.converged[0]), flow.line_to_neutral()[1].round(6).tolist()
    (True, [0.979583, 1.005143, 1.005143])
    """
    n, order = len(tree), tree.order
    between = np.zeros((n, 3)) if s_line is None else s_line
    delta = np.zeros(n, np.bool_) if delta_wye is None else delta_wye
    v, current = np.empty((n, 4), np.complex128), np.empty((n, 4), np.complex128)
    converged, residual = np.zeros(tree.stems, np.bool_), np.zeros(tree.stems)
    _solve(
        tree.up, tree.parent, tree.first, tree.sources,
        np.ascontiguousarray(z[order], np.complex128),
        np.ascontiguousarray(s_phase[order], np.complex128),
        np.ascontiguousarray(between[order], np.complex128), delta[order], complex(v_source),
        TOLERANCE_PU, MOST_SWEEPS, converged, residual, v, current,
    )  # fmt: skip
    return PhaseFlow(converged, residual, v[tree.number], current[tree.number])


@kernel
def _solve(
    up: NDArray[np.uint32],
    parent: IntArray,
    first: IntArray,
    sources: int,
    z: ComplexArray,
    s: ComplexArray,
    between: ComplexArray,
    delta: BoolArray,
    held: complex,
    tolerance: float,
    most: int,
    converged: BoolArray,
    residual: FloatArray,
    v: ComplexArray,
    j: ComplexArray,
) -> None:
    """Solve all stems, in our order of nodes."""
    for k in range(sources):
        v[k, 0], v[k, 1], v[k, 2] = held, held * TURN, held * np.conj(TURN)
        v[k, 3] = 0.0
        _draw(v[k], s[k], between[k], j[k])
    for k in range(len(first) - 1):
        a, b = first[k], first[k + 1]
        source = v[parent[a]].copy()
        for i in range(a, b):
            # Transformers turn the phases: start from what stands above.
            _above(v[parent[i]], delta[i], v[i])
        residual[k], converged[k] = _stem(
            source, up[a:b], z[a:b], s[a:b], between[a:b], delta[a:b], v[a:b], j[a:b],
            tolerance, most,
        )  # fmt: skip
        if converged[k]:
            _pass_up(j[a], delta[a], j[parent[a]])
        else:
            v[a:b] = np.nan
            j[a:b] = np.nan
            j[parent[a]] = np.nan


@kernel
def _stem(
    source: ComplexArray,
    up: NDArray[np.uint32],
    z: ComplexArray,
    s: ComplexArray,
    between: ComplexArray,
    delta: BoolArray,
    v: ComplexArray,
    j: ComplexArray,
    tolerance: float,
    most: int,
) -> tuple[float, bool]:
    """Sweep a stem; return how far its voltages still were, pu, and whether that is enough."""
    m = len(up)
    track = fresh_track()
    new = np.empty(4, np.complex128)
    for count in range(1, most + 1):
        _gather(up, s, between, delta, v, j)
        worst = 0.0
        for i in range(m):
            _above(source if i == 0 else v[up[i]], delta[i], new)
            for c in range(4):
                for d in range(4):
                    new[c] -= z[i, c, d] * j[i, d]
                worst = max(worst, abs(new[c] - v[i, c]))
                v[i, c] = new[c]
        found = look(track, worst, count, tolerance)
        if found < 0:
            break
        if found > 0:
            _gather(up, s, between, delta, v, j)
            known = True
            for c in range(4):
                known = known and np.isfinite(j[0, c].real) and np.isfinite(j[0, c].imag)
            return track[LEFT], known
    return track[LEFT], False


@kernel
def _draw(v: ComplexArray, s: ComplexArray, between: ComplexArray, j: ComplexArray) -> None:
    """Leave the currents that the loads of a node draw from its four conductors."""
    j[:] = 0.0
    for a in range(3):
        if s[a] != 0:
            drawn = np.conj(s[a] / (v[a] - v[3]))
            j[a] += drawn
            j[3] -= drawn
        if between[a] != 0:
            b = (a + 1) % 3
            drawn = np.conj(between[a] / (v[a] - v[b]))
            j[a] += drawn
            j[b] -= drawn


@kernel
def _gather(
    up: NDArray[np.uint32],
    s: ComplexArray,
    between: ComplexArray,
    delta: BoolArray,
    v: ComplexArray,
    j: ComplexArray,
) -> None:
    """Leave the currents of branches at these voltages."""
    for i in range(len(up)):
        _draw(v[i], s[i], between[i], j[i])
    for i in range(len(up) - 1, 0, -1):
        _pass_up(j[i], delta[i], j[up[i]])


@kernel
def _above(v: ComplexArray, delta: bool, out: ComplexArray) -> None:  # noqa: FBT001
    """Leave the voltages behind an ideal transformer, or those of a line as they are.

    Dyn1: the winding of phase a stands between A and C, that of b between B and A, of c between
    C and B; the star point is earthed.
    """
    if delta:
        a, b, c = v[0], v[1], v[2]
        out[0], out[1], out[2] = (a - c) / _ROOT3, (b - a) / _ROOT3, (c - b) / _ROOT3
        out[3] = 0.0
    else:
        out[:] = v


@kernel
def _pass_up(j: ComplexArray, delta: bool, above: ComplexArray) -> None:  # noqa: FBT001
    """Add the currents of a branch to those above it; through a delta no neutral's."""
    if delta:
        above[0] += (j[0] - j[1]) / _ROOT3
        above[1] += (j[1] - j[2]) / _ROOT3
        above[2] += (j[2] - j[0]) / _ROOT3
    else:
        for c in range(4):
            above[c] += j[c]
