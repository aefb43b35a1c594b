"""Every single loss by sums of kW and kvar: what each branch then carries, without a load flow.

Racks that lose a tap move whole onto the other one. Only branches above those taps, and above
what was lost, change: each loss walks those ways alone, judges what it touched, and clears it.
Losses in the network are left out, so a load flow finds the same or more.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.kernels import kernel
from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.radial.taps import Racks, hang
from twin.solve.radial.tree import Tree


@dataclass(frozen=True, slots=True)
class Sums:
    """What stands below each branch, in the caller's order: (n,) kW and kvar."""

    kw: FloatArray
    kvar: FloatArray
    lost_kw: float


@dataclass(frozen=True, slots=True)
class LossSums:
    """One row for each lost node.

    Attributes
    ----------
    node
        (m,) what is lost, with all below it.
    worst_loading
        (m,) largest kVA over rating of any branch then; NaN where no rating is known.
    worst_at
        (m,) the branch that has it, -1 where none carries anything.
    lost_kw
        (m,) load of the racks that are dark then, those that were dark before included.
    """

    node: IntArray
    worst_loading: FloatArray
    worst_at: IntArray
    lost_kw: FloatArray


def sums(tree: Tree, racks: Racks, dead: BoolArray | None = None) -> Sums:
    """Add up what racks draw through each branch with some nodes dead."""
    hung = hang(tree, racks, dead)
    kw, kvar = _added(tree.parent, hung.own_kw), _added(tree.parent, hung.own_kvar)
    return Sums(kw[tree.number], kvar[tree.number], hung.lost_kw)


def sums_after(
    tree: Tree, racks: Racks, lost: IntArray, dead: BoolArray | None = None
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return (m, n) kW and kvar of every branch after each loss, and (m,) lost kW.

    The same walks as `single_losses`, with all that they find; for few losses or small networks.
    """
    hung = hang(tree, racks, dead)
    kw, kvar = _added(tree.parent, hung.own_kw), _added(tree.parent, hung.own_kvar)
    n, m = len(tree), len(lost)
    out_kw, out_kvar, dark = np.tile(kw, (m, 1)), np.tile(kvar, (m, 1)), np.zeros(m)
    scratch_kw, scratch_kvar = np.zeros(n), np.zeros(n)
    stamp, touched = np.full(n, -1), np.empty(n, np.int64)
    for row, node in enumerate(tree.number[lost].tolist()):
        count, dark[row] = _walk(
            node, row, tree.parent, tree.enter, tree.leave, hung.other, hung.kw, hung.kvar,
            hung.start, kw, kvar, scratch_kw, scratch_kvar, stamp, touched,
        )  # fmt: skip
        here = touched[:count]
        out_kw[row, here] += scratch_kw[here]
        out_kvar[row, here] += scratch_kvar[here]
        scratch_kw[here] = scratch_kvar[here] = 0.0
        gone = tree.at[tree.enter[node] : tree.leave[node]]
        out_kw[row, gone] = out_kvar[row, gone] = 0.0
    return out_kw[:, tree.number], out_kvar[:, tree.number], dark + hung.lost_kw


def single_losses(
    tree: Tree,
    racks: Racks,
    rate_kva: FloatArray,
    lost: IntArray | None = None,
    dead: BoolArray | None = None,
) -> LossSums:
    """Judge the loss of each node, one at a time.

    Parameters
    ----------
    rate_kva
        (n,) rating of the branch above each node, NaN not known: it is judged nowhere.
    lost
        (m,) the nodes to lose, all if None.
    dead
        (n,) what is dead already, closed downwards.
    """
    hung = hang(tree, racks, dead)
    kw, kvar = _added(tree.parent, hung.own_kw), _added(tree.parent, hung.own_kvar)
    rate = rate_kva[tree.order]
    loading = np.hypot(kw, kvar) / rate
    ranked = np.argsort(-np.nan_to_num(loading, nan=-1.0), kind="stable")
    ranked = ranked[: np.count_nonzero(~np.isnan(loading))]
    node = np.arange(len(tree)) if lost is None else lost
    worst, at, dark = _judged(
        tree.number[node], tree.parent, tree.enter, tree.leave, hung.other, hung.kw, hung.kvar,
        hung.start, kw, kvar, rate, loading, ranked,
    )  # fmt: skip
    return LossSums(node, worst, np.append(tree.order, -1)[at], dark + hung.lost_kw)


@kernel
def _added(parent: IntArray, own: FloatArray) -> FloatArray:
    """Add a column up to the sources."""
    total = own.copy()
    for i in range(len(parent) - 1, -1, -1):
        if parent[i] >= 0:
            total[parent[i]] += total[i]
    return total


@kernel
def _walk(
    node: int,
    row: int,
    parent: IntArray,
    enter: IntArray,
    leave: IntArray,
    other: IntArray,
    end_kw: FloatArray,
    end_kvar: FloatArray,
    start: IntArray,
    kw: FloatArray,
    kvar: FloatArray,
    more_kw: FloatArray,
    more_kvar: FloatArray,
    stamp: IntArray,
    touched: IntArray,
) -> tuple[int, float]:
    """Leave what changes after one loss; return how many branches it touched, and lost kW."""
    low, high = enter[node], leave[node]
    count, dark = 0, 0.0
    above = parent[node]
    while above >= 0:
        stamp[above] = row
        touched[count] = above
        count += 1
        more_kw[above] -= kw[node]
        more_kvar[above] -= kvar[node]
        above = parent[above]
    for end in range(start[low], start[high]):
        at = other[end]
        if at < 0 or low <= enter[at] < high:
            dark += end_kw[end]
            continue
        while at >= 0:
            if stamp[at] != row:
                stamp[at] = row
                touched[count] = at
                count += 1
            more_kw[at] += end_kw[end]
            more_kvar[at] += end_kvar[end]
            at = parent[at]
    return count, dark


@kernel
def _judged(
    nodes: IntArray,
    parent: IntArray,
    enter: IntArray,
    leave: IntArray,
    other: IntArray,
    end_kw: FloatArray,
    end_kvar: FloatArray,
    start: IntArray,
    kw: FloatArray,
    kvar: FloatArray,
    rate: FloatArray,
    loading: FloatArray,
    ranked: IntArray,
) -> tuple[FloatArray, IntArray, FloatArray]:
    """Return worst loading, where it is, and lost kW of each loss.

    `ranked` are the branches with a rating by their loading before, highest first: of what a
    loss leaves as it was, the first one that it has not touched is the worst.
    """
    n = len(parent)
    worst, where = np.full(len(nodes), np.nan), np.full(len(nodes), -1)
    dark = np.zeros(len(nodes))
    more_kw, more_kvar = np.zeros(n), np.zeros(n)
    stamp, touched = np.full(n, -1), np.empty(n, np.int64)
    for row in range(len(nodes)):
        node = nodes[row]
        count, dark[row] = _walk(
            node, row, parent, enter, leave, other, end_kw, end_kvar, start, kw, kvar,
            more_kw, more_kvar, stamp, touched,
        )  # fmt: skip
        found, at = 0.0 if len(ranked) else np.nan, -1
        for i in ranked:
            if stamp[i] != row and not enter[node] <= enter[i] < leave[node]:
                if loading[i] > 0:
                    found, at = loading[i], i
                break
        for k in range(count):
            i = touched[k]
            p, q = kw[i] + more_kw[i], kvar[i] + more_kvar[i]
            load = np.sqrt(p * p + q * q) / rate[i]
            if load > found:
                found, at = load, i
            more_kw[i] = more_kvar[i] = 0.0
        worst[row], where[row] = found, at
    return worst, where, dark
