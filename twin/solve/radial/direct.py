"""Load flow of a radial DC network with constant-power loads.

A network of two poles, +V and -V against earth, whose loads hang between the poles, is one of
their difference: +-400 V is solved as 800 V. Loads between one pole and the middle are not
covered.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.kernels import kernel
from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.radial.stop import LEFT, MOST_SWEEPS, TOLERANCE_PU, fresh_track, look
from twin.solve.radial.tree import Tree


@dataclass(frozen=True, slots=True)
class DirectFlow:
    """A solved DC network, nodes in the caller's order.

    Attributes
    ----------
    converged, residual
        (S,) whether each stem was solved, and how far its voltages still were, V.
    v
        (n,) voltages, pole to pole, V; NaN where the stem was not solved.
    current_a
        (n,) current through the branch above each node; of a source all that it delivers.
    """

    converged: BoolArray
    residual: FloatArray
    v: FloatArray
    current_a: FloatArray


def sweep(tree: Tree, loop_ohm: FloatArray, load_w: FloatArray, source_v: FloatArray) -> DirectFlow:
    """Solve constant-power loads on a radial DC network by sweeps.

    Parameters
    ----------
    loop_ohm
        (n,) resistance of both conductors of the branch above each node, there and back.
    load_w
        (n,) constant-power load at each node.
    source_v
        (n,) voltage that each source holds, where it stands; of other nodes it counts for nothing.

    Examples
    --------
    One branch at +-400 V: V (V0 - V) / R = P has V = V0/2 (1 + sqrt(1 - 4 R P / V0^2)).

    >>> from twin.solve.radial.tree import compile_tree
    >>> tree = compile_tree(np.array([-1, 0]))
    >>> flow = sweep(tree, np.array([0, 0.02]), np.array([0, 142e3]), np.array([800.0, 0]))
    >>> bool(flow.converged[0]), round(float(flow.v[1]), 6)
    (True, 796.434105)
    """
    n = len(tree)
    out = DirectFlow(np.zeros(tree.stems, np.bool_), np.zeros(tree.stems), np.empty(n), np.empty(n))
    _solve(
        tree.order, tree.up, tree.parent, tree.first, tree.sources,
        np.ascontiguousarray(loop_ohm, np.float64)[tree.order],
        np.ascontiguousarray(load_w, np.float64)[tree.order],
        np.ascontiguousarray(source_v, np.float64)[tree.order[: tree.sources]],
        TOLERANCE_PU, MOST_SWEEPS, out.converged, out.residual, out.v, out.current_a,
    )  # fmt: skip
    return out


@kernel
def _solve(
    order: IntArray,
    up: NDArray[np.uint32],
    parent: IntArray,
    first: IntArray,
    sources: int,
    r: FloatArray,
    p: FloatArray,
    held: FloatArray,
    tolerance: float,
    most: int,
    converged: BoolArray,
    residual: FloatArray,
    v_out: FloatArray,
    i_out: FloatArray,
) -> None:
    """Solve all stems; the columns come in our order and go in the caller's."""
    n = len(order)
    v, current = np.empty(n), np.empty(n)
    for k in range(sources):
        v[k], current[k] = held[k], p[k] / held[k]
    for k in range(len(first) - 1):
        a, b = first[k], first[k + 1]
        source = held[parent[a]]
        v[a:b] = source
        residual[k], converged[k] = _stem(
            source, up[a:b], r[a:b], p[a:b], v[a:b], current[a:b], tolerance, most
        )
        if not converged[k]:
            v[a:b] = np.nan
            current[a:b] = np.nan
        current[parent[a]] += current[a]
    v_out[order] = v
    i_out[order] = current


@kernel
def _stem(
    source: float,
    up: NDArray[np.uint32],
    r: FloatArray,
    p: FloatArray,
    v: FloatArray,
    current: FloatArray,
    tolerance: float,
    most: int,
) -> tuple[float, bool]:
    """Sweep a stem; return how far its voltages still were, V, and whether that is near enough."""
    track = fresh_track()
    for count in range(1, most + 1):
        _gather(up, p, v, current)
        worst = 0.0
        for i in range(len(up)):
            new = (v[up[i]] if i > 0 else source) - r[i] * current[i]
            worst = max(worst, abs(new - v[i]))
            v[i] = new
        found = look(track, worst / source, count, tolerance)
        if found < 0 or v.min() <= 0.0:
            break  # a voltage below nothing is a collapse, not a solution
        if found > 0:
            _gather(up, p, v, current)
            return track[LEFT] * source, bool(np.isfinite(current[0]))
    return track[LEFT] * source, False


@kernel
def _gather(up: NDArray[np.uint32], p: FloatArray, v: FloatArray, current: FloatArray) -> None:
    """Leave the currents of branches at these voltages."""
    for i in range(len(up)):
        current[i] = p[i] / v[i]
    for i in range(len(up) - 1, 0, -1):
        current[up[i]] += current[i]
