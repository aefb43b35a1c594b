"""Load flow after each loss, from the healthy state: only the stems that a loss touches move."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.kernels import kernel
from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.radial.balanced import Flow, solve_stem, sweep
from twin.solve.radial.stop import MOST_SWEEPS, TOLERANCE_PU
from twin.solve.radial.taps import Hung, Racks, hang
from twin.solve.radial.tree import ComplexArray, Tree


@dataclass(frozen=True, slots=True)
class Grid:
    """A network as the load flow sees it, in the caller's order.

    Attributes
    ----------
    tree
        Its shape.
    z
        (n,) impedance of the branch above each node, pu.
    rate_kva
        (n,) rating of that branch, NaN not known.
    base_kva
        Base of the per-unit values, three-phase.
    """

    tree: Tree
    z: ComplexArray
    rate_kva: FloatArray
    base_kva: float


@dataclass(frozen=True, slots=True)
class State:
    """A solved network with its racks.

    Attributes
    ----------
    flow
        Voltages and currents; dead nodes repeat their last living one and carry nothing.
    v_pu
        (n,) voltage, NaN where a node is dead or its stem was not solved.
    loading
        (n,) kVA through the branch above over its rating, at the end where it is larger; a dead
        branch carries nothing.
    lost_kw
        Of racks that no living tap feeds.
    """

    flow: Flow
    v_pu: FloatArray
    loading: FloatArray
    lost_kw: float


@dataclass(frozen=True, slots=True)
class LossFlows:
    """One row for each lost node; what did not converge is NaN.

    Attributes
    ----------
    converged, residual
        (m,) whether all stems did, and the largest distance left, pu.
    node
        (m,) what is lost, with all below it.
    worst_loading
        (m,) largest loading of any branch, 0 where nothing is left, NaN where no rating is known.
    v_min
        (m,) lowest voltage of a living node, pu, NaN where none lives.
    lost_kw
        (m,) load of the racks that are dark.
    """

    converged: BoolArray
    residual: FloatArray
    node: IntArray
    worst_loading: FloatArray
    v_min: FloatArray
    lost_kw: FloatArray


def state(grid: Grid, racks: Racks, dead: BoolArray | None = None) -> State:
    """Solve a network with its racks, some nodes being dead; sources hold 1 pu."""
    return _state(grid, hang(grid.tree, racks, dead), dead)


def after_losses(
    grid: Grid, racks: Racks, lost: IntArray, dead: BoolArray | None = None
) -> LossFlows:
    """Solve a network after the loss of each of some nodes, one at a time.

    Parameters
    ----------
    lost
        (m,) the nodes to lose.
    dead
        (n,) what is dead already, closed downwards.
    """
    tree = grid.tree
    hung = hang(tree, racks, dead)
    before = _state(grid, hung, dead)
    order = tree.order
    lives = np.ones(len(tree), np.bool_) if dead is None else ~dead[order]
    v, j = before.flow.v[order], before.flow.current[order]
    weight = grid.base_kva / grid.rate_kva[order]
    z = grid.z[order]
    columns = np.array([
        z.real, z.imag, hung.own_kw / grid.base_kva, hung.own_kvar / grid.base_kva,
        v.real, v.imag, j.real, j.imag,
    ])  # fmt: skip
    solved, left, worst, low, dark = _after(
        tree.number[lost], lives, tree.parent, tree.up, tree.first, tree.stem, tree.stems_of,
        tree.enter, tree.leave, tree.at, hung.other, hung.kw, hung.kvar, hung.start,
        columns, weight, before.flow.converged, before.flow.residual,
        grid.base_kva, TOLERANCE_PU, MOST_SWEEPS,
    )  # fmt: skip
    return LossFlows(solved, left, lost, worst, low, dark + hung.lost_kw)


def _state(grid: Grid, hung: Hung, dead: BoolArray | None) -> State:
    tree = grid.tree
    own: ComplexArray = hung.own_kw + 1j * hung.own_kvar
    load = own[tree.number] / grid.base_kva
    flow = sweep(tree, grid.z, load)
    v_pu = np.abs(flow.v)
    above = np.where(tree.parent >= 0, tree.order[tree.parent], tree.order)[tree.number]
    kva = np.abs(flow.current) * np.maximum(v_pu, v_pu[above]) * grid.base_kva
    lives = np.ones(len(tree), np.bool_) if dead is None else ~dead
    return State(flow, np.where(lives, v_pu, np.nan), kva / grid.rate_kva, hung.lost_kw)


@kernel
def _after(
    nodes: IntArray,
    lives: BoolArray,
    parent: IntArray,
    up: NDArray[np.uint32],
    first: IntArray,
    stem: IntArray,
    stems_of: IntArray,
    enter: IntArray,
    leave: IntArray,
    at: IntArray,
    other: IntArray,
    end_kw: FloatArray,
    end_kvar: FloatArray,
    start: IntArray,
    columns: FloatArray,
    weight: FloatArray,
    solved_before: BoolArray,
    left_before: FloatArray,
    base_kva: float,
    tolerance: float,
    most: int,
) -> tuple[BoolArray, FloatArray, FloatArray, FloatArray, FloatArray]:
    """Return for each loss: solved, distance left, worst loading, lowest voltage, lost kW.

    `columns` are rows as on the desk of `solve_stem`, over all nodes, solved for no loss.
    """
    n, stems, m = len(parent), len(first) - 1, len(nodes)
    solved, left, dark = np.ones(m, np.bool_), np.zeros(m), np.zeros(m)
    worst, low = np.full(m, np.nan), np.full(m, np.nan)
    # Of each stem: worst loading, lowest voltage, current (re, im), distance left.
    before = np.zeros((5, stems))
    most_nodes = 0
    for k in range(stems):
        a, b = first[k], first[k + 1]
        most_nodes = max(most_nodes, b - a)
        before[1, k] = np.inf
        if lives[a]:
            above = complex(columns[4, parent[a]], columns[5, parent[a]])
            before[0, k], before[1, k] = _extremes(above, up[a:b], columns[:, a:b], weight[a:b])
            before[2, k], before[3, k] = columns[6, a], columns[7, a]
            before[4, k] = left_before[k]
    now, now_solved = before.copy(), solved_before.copy()
    desk, shunt = np.empty((8, most_nodes)), np.empty((2, 0))
    load = columns[2:4].copy()
    changed, stamp = np.empty(n + len(other), np.int64), np.full(stems, -1)
    touched = np.empty(stems, np.int64)
    for row in range(m):
        node = nodes[row]
        changes, count, dark[row] = _lose(
            node, row, stem, stems_of, enter, leave, at, other, end_kw, end_kvar, start,
            base_kva, load, changed, stamp, touched,
        )  # fmt: skip
        for k in touched[:count]:
            a, b = first[k], first[k + 1]
            now[0, k], now[1, k], now[2, k], now[3, k], now[4, k] = 0.0, np.inf, 0.0, 0.0, 0.0
            now_solved[k] = True
            if lives[a] and not enter[node] <= enter[a] < leave[node]:
                above = complex(columns[4, parent[a]], columns[5, parent[a]])
                desk[:, : b - a] = columns[:, a:b]
                desk[2:4, : b - a] = load[:, a:b]
                if not solved_before[k]:
                    desk[4, : b - a], desk[5, : b - a] = above.real, above.imag
                _, now[4, k], now_solved[k] = solve_stem(
                    above, b - a, up[a:b], desk, shunt, tolerance, most
                )
                now[0, k], now[1, k] = _extremes(above, up[a:b], desk[:, : b - a], weight[a:b])
                now[2, k], now[3, k] = desk[6, 0], desk[7, 0]
        solved[row], left[row] = now_solved.all(), now[4].max() if stems else 0.0
        if solved[row]:
            worst[row], low[row] = _whole(
                node, lives, stems_of, enter, leave, now, load, columns, weight
            )
        for i in changed[:changes]:
            load[:, i] = columns[2:4, i]
        for k in touched[:count]:
            now[:, k] = before[:, k]
            now_solved[k] = solved_before[k]
    return solved, left, worst, low, dark


@kernel
def _lose(
    node: int,
    row: int,
    stem: IntArray,
    stems_of: IntArray,
    enter: IntArray,
    leave: IntArray,
    at: IntArray,
    other: IntArray,
    end_kw: FloatArray,
    end_kvar: FloatArray,
    start: IntArray,
    base_kva: float,
    load: FloatArray,
    changed: IntArray,
    stamp: IntArray,
    touched: IntArray,
) -> tuple[int, int, float]:
    """Move the loads of a loss; return how many changed, how many stems it touches, lost kW."""
    low, high = enter[node], leave[node]
    changes, count, dark = 0, 0, 0.0
    own, past = stem[node], stem[node] + 1
    if own < 0:
        own, past = stems_of[node], stems_of[node + 1]
    for k in range(own, past):
        stamp[k] = row
        touched[count] = k
        count += 1
    for i in at[low:high]:
        load[:, i] = 0.0
        changed[changes] = i
        changes += 1
    for end in range(start[low], start[high]):
        i = other[end]
        if i < 0 or low <= enter[i] < high:
            dark += end_kw[end]
            continue
        load[0, i] += end_kw[end] / base_kva
        load[1, i] += end_kvar[end] / base_kva
        changed[changes] = i
        changes += 1
        if stem[i] >= 0 and stamp[stem[i]] != row:
            stamp[stem[i]] = row
            touched[count] = stem[i]
            count += 1
    return changes, count, dark


@kernel
def _extremes(
    above: complex, up: NDArray[np.uint32], desk: FloatArray, weight: FloatArray
) -> tuple[float, float]:
    """Return the largest loading and the lowest voltage in a stem; dead ends change neither."""
    vr, vi, jr, ji = desk[4], desk[5], desk[6], desk[7]
    worst, low = 0.0, np.inf
    for i in range(len(up)):
        upper = above.real * above.real + above.imag * above.imag
        if i > 0:
            upper = vr[up[i]] * vr[up[i]] + vi[up[i]] * vi[up[i]]
        own = vr[i] * vr[i] + vi[i] * vi[i]
        load = max(own, upper) * (jr[i] * jr[i] + ji[i] * ji[i]) * weight[i] * weight[i]
        if load > worst:  # noqa: PLR1730 - not so for NaN, where no rating is known
            worst = load
        low = min(low, own)
    return np.sqrt(worst), np.sqrt(low)


@kernel
def _whole(
    node: int,
    lives: BoolArray,
    stems_of: IntArray,
    enter: IntArray,
    leave: IntArray,
    now: FloatArray,
    load: FloatArray,
    columns: FloatArray,
    weight: FloatArray,
) -> tuple[float, float]:
    """Return worst loading and lowest voltage over all stems and sources; NaN where none is."""
    worst, low = 0.0, np.inf
    for k in range(now.shape[1]):
        worst, low = max(worst, now[0, k]), min(low, now[1, k])
    for source in range(len(stems_of) - 1):
        if not lives[source] or enter[node] <= enter[source] < leave[node]:
            continue
        held = np.hypot(columns[4, source], columns[5, source])
        low = min(low, held)
        v = complex(columns[4, source], columns[5, source])
        power = complex(load[0, source], load[1, source])
        for k in range(stems_of[source], stems_of[source + 1]):
            power += v * complex(now[2, k], -now[3, k])
        given = abs(power) * weight[source]
        if given > worst:  # noqa: PLR1730 - the same
            worst = given
    if np.isnan(weight).all():
        worst = np.nan
    return worst, low if low < np.inf else np.nan
