"""Balanced three-phase load flow of a radial network, in per unit.

Backward and forward sweeps: currents of constant-power loads at the last voltages are added up
from the leaves, then voltages follow from the source down (Shirmohammadi, Hong, Semlyen, Luo,
"A compensation-based power flow method for weakly meshed distribution and transmission
networks", IEEE Trans. Power Systems 3(2), 1988).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.kernels import kernel
from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.radial.stop import LEFT, MOST_SWEEPS, TOLERANCE_PU, fresh_track, look
from twin.solve.radial.tree import ComplexArray, Tree


@dataclass(frozen=True, slots=True)
class Flow:
    """A solved network, nodes in the caller's order.

    Attributes
    ----------
    converged
        (S,) whether each stem of the tree was solved. What was not is unknown: NaN.
    residual
        (S,) how far the voltages still were from where they were going, pu; of a stem that is
        not solved the last move.
    sweeps
        (S,) sweeps that it took.
    v
        (n,) voltages, pu.
    current
        (n,) current through the branch above each node, counted at its upper end, pu; of a
        source all that it delivers. Half of a shunt that is split over a branch is not in it.
    """

    converged: BoolArray
    residual: FloatArray
    sweeps: IntArray
    v: ComplexArray
    current: ComplexArray


def sweep(
    tree: Tree,
    z: ComplexArray,
    s_load: ComplexArray,
    v_source: complex | ComplexArray = 1.0,
    y_shunt: ComplexArray | None = None,
    *,
    tolerance_pu: float = TOLERANCE_PU,
    most_sweeps: int = MOST_SWEEPS,
) -> Flow:
    """Solve constant-power loads on a radial network.

    Parameters
    ----------
    tree
        The network.
    z
        (n,) impedance of the branch above each node, pu; of a source it counts for nothing.
    s_load
        (n,) constant-power load at each node, P + jQ, pu; lagging is positive.
    v_source
        Voltage that every source holds, or (n,) with that of each where it stands, pu.
    y_shunt
        (n,) constant admittance at each node, pu: see `magnetising`.

    Examples
    --------
    >>> from twin.solve.radial.tree import compile_tree
    >>> flow = sweep(compile_tree(np.array([-1, 0])), np.array([0, 0.05]), np.array([0, 1.0]))
    >>> bool(flow.converged[0]), float(abs(flow.v[1]).round(9))
    (True, 0.947213596)
    """
    n = len(tree)
    held = np.broadcast_to(np.asarray(v_source, np.complex128), (n,))[tree.order[: tree.sources]]
    shunt = np.empty(0, np.complex128) if y_shunt is None else np.asarray(y_shunt, np.complex128)
    columns = np.empty((2, n), np.complex128)  # in one piece: the system hands it out faster
    out = Flow(
        np.zeros(tree.stems, np.bool_),
        np.zeros(tree.stems),
        np.zeros(tree.stems, np.int64),
        columns[0],
        columns[1],
    )
    _solve(
        tree.order, tree.up, tree.parent, tree.first, np.ascontiguousarray(z, np.complex128),
        np.ascontiguousarray(s_load, np.complex128), shunt, held, tolerance_pu, most_sweeps,
        out.converged, out.residual, out.sweeps, out.v, out.current,
    )  # fmt: skip
    return out


def per_unit(ohm: ComplexArray, v_base: FloatArray, base_va: float) -> ComplexArray:
    """Impedances in per unit on a base of three-phase VA, at line-to-line voltages.

    Examples
    --------
    >>> per_unit(np.array([0.06889 + 0.1j]), np.array([415.0]), 2.5e6).round(4)
    array([1.+1.4516j])
    """
    z: ComplexArray = ohm * base_va / (v_base * v_base)
    return z


def magnetising(iron_kw: float, no_load_percent: float, rating_kva: float) -> complex:
    """Admittance of a transformer's core, pu on its own rating; half belongs at each end.

    The conductance takes the iron losses at rated voltage, the rest of the no-load current lags
    (IEC 60076-1: both are measured at no load and rated voltage).

    Examples
    --------
    >>> y = magnetising(4.0, 0.3, 3000.0)
    >>> round(y.real, 6), round(y.imag, 6), round(abs(y), 6)
    (0.001333, -0.002687, 0.003)
    """
    conductance = iron_kw / rating_kva
    whole = no_load_percent / 100.0
    return complex(conductance, -(max(whole * whole - conductance * conductance, 0.0) ** 0.5))


@kernel
def _solve(
    order: IntArray,
    up: NDArray[np.uint32],
    parent: IntArray,
    first: IntArray,
    z: ComplexArray,
    s: ComplexArray,
    y: ComplexArray,
    held: ComplexArray,
    tolerance: float,
    most: int,
    converged: BoolArray,
    residual: FloatArray,
    sweeps: IntArray,
    v_out: ComplexArray,
    j_out: ComplexArray,
) -> None:
    """Solve all stems; columns come and go in the caller's order."""
    most_nodes = 0
    for k in range(len(first) - 1):
        most_nodes = max(most_nodes, first[k + 1] - first[k])
    desk = np.empty((8, most_nodes))
    shunt = np.empty((2, 0 if len(y) == 0 else most_nodes))
    for k in range(len(held)):
        o = order[k]
        v_out[o] = held[k]
        square = held[k].real * held[k].real + held[k].imag * held[k].imag
        j_out[o] = np.conj(s[o]) * held[k] / square
        if len(y):
            j_out[o] += y[o] * held[k]
    for k in range(len(first) - 1):
        a, b = first[k], first[k + 1]
        source = parent[a]
        _lay(order[a:b], z, s, y, held[source], desk, shunt)
        sweeps[k], residual[k], converged[k] = solve_stem(
            held[source], b - a, up[a:b], desk, shunt, tolerance, most
        )
        _take(order[a:b], desk, converged[k], v_out, j_out)
        j_out[order[source]] += j_out[order[a]]


@kernel
def _lay(
    nodes: IntArray,
    z: ComplexArray,
    s: ComplexArray,
    y: ComplexArray,
    start: complex,
    desk: FloatArray,
    shunt: FloatArray,
) -> None:
    """Lay the columns of a stem on the desk, voltages as at the source."""
    zr, zi, p, q = desk[0], desk[1], desk[2], desk[3]
    for i in range(len(nodes)):
        of_z, of_s = z[nodes[i]], s[nodes[i]]
        zr[i], zi[i], p[i], q[i] = of_z.real, of_z.imag, of_s.real, of_s.imag
    desk[4, : len(nodes)] = start.real
    desk[5, : len(nodes)] = start.imag
    for i in range(min(len(nodes), len(y))):
        shunt[0, i], shunt[1, i] = y[nodes[i]].real, y[nodes[i]].imag


@kernel
def _take(
    nodes: IntArray,
    desk: FloatArray,
    known: bool,  # noqa: FBT001
    v_out: ComplexArray,
    j_out: ComplexArray,
) -> None:
    """Take voltages and currents of a stem from the desk, NaN if it did not converge."""
    vr, vi, jr, ji = desk[4], desk[5], desk[6], desk[7]
    for i in range(len(nodes)):
        o = nodes[i]
        v_out[o] = complex(vr[i], vi[i]) if known else complex(np.nan, np.nan)
        j_out[o] = complex(jr[i], ji[i]) if known else complex(np.nan, np.nan)


@kernel
def solve_stem(
    source: complex,
    m: int,
    up: NDArray[np.uint32],
    desk: FloatArray,
    shunt: FloatArray,
    tolerance: float,
    most: int,
) -> tuple[int, float, bool]:
    """Sweep the m nodes of a stem from the voltages on the desk, and leave voltages and currents.

    The desk has rows of real and imaginary parts: impedances, loads, voltages, currents. Numba's
    complex division guards against what cannot happen here and takes longer than all the rest.
    Return the sweeps, the distance left and whether it converged.
    """
    zr, zi, vr, vi, jr, ji = desk[0], desk[1], desk[4], desk[5], desk[6], desk[7]
    track = fresh_track()
    _draw(m, desk, shunt)
    for count in range(1, most + 1):
        _gather(m, up, jr, ji)
        was_re, was_im = vr[0], vi[0]
        vr[0] = source.real - (zr[0] * jr[0] - zi[0] * ji[0])
        vi[0] = source.imag - (zr[0] * ji[0] + zi[0] * jr[0])
        worst = (vr[0] - was_re) ** 2 + (vi[0] - was_im) ** 2
        for i in range(1, m):
            re = vr[up[i]] - (zr[i] * jr[i] - zi[i] * ji[i])
            im = vi[up[i]] - (zr[i] * ji[i] + zi[i] * jr[i])
            d_re, d_im = re - vr[i], im - vi[i]
            moved = d_re * d_re + d_im * d_im
            if moved > worst:  # noqa: PLR1730 - numba's max takes longer
                worst = moved
            vr[i], vi[i] = re, im
        _draw(m, desk, shunt)
        found = look(track, np.sqrt(worst), count, tolerance)
        if found < 0:
            return count, track[LEFT], False
        if found > 0:
            _gather(m, up, jr, ji)
            # A NaN anywhere has come down to here; the comparisons above have not seen it.
            known = np.isfinite(jr[0]) and np.isfinite(ji[0])
            return count, track[LEFT], known
    return most, track[LEFT], False


@kernel
def _draw(m: int, desk: FloatArray, shunt: FloatArray) -> None:
    """Leave the currents that loads and shunts draw at the voltages on the desk."""
    p, q, vr, vi, jr, ji = desk[2], desk[3], desk[4], desk[5], desk[6], desk[7]
    for i in range(m):
        re, im = vr[i], vi[i]
        turn = 1.0 / (re * re + im * im)
        jr[i] = (p[i] * re + q[i] * im) * turn
        ji[i] = (p[i] * im - q[i] * re) * turn
    for i in range(min(m, shunt.shape[1])):
        jr[i] += shunt[0, i] * vr[i] - shunt[1, i] * vi[i]
        ji[i] += shunt[0, i] * vi[i] + shunt[1, i] * vr[i]


@kernel
def _gather(m: int, up: NDArray[np.uint32], jr: FloatArray, ji: FloatArray) -> None:
    """Add the currents of a stem up to its first node."""
    for i in range(m - 1, 0, -1):
        above = up[i]
        jr[above] += jr[i]
        ji[above] += ji[i]
