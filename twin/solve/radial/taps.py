"""Where racks hang on a radial network, and what each tap carries with some nodes dead."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.radial.tree import Tree


@dataclass(frozen=True, slots=True)
class Racks:
    """Racks with one or two taps: half on each living one, all on one when the other is dead.

    Attributes
    ----------
    tap_a, tap_b
        (R,) node of each tap, -1 for none.
    kw, kvar
        (R,) what a rack draws, lagging kvar positive.
    """

    tap_a: IntArray
    tap_b: IntArray
    kw: FloatArray
    kvar: FloatArray


@dataclass(frozen=True, slots=True)
class Hung:
    """The living ends of racks on a tree, in preorder of their taps; our numbers of nodes.

    Attributes
    ----------
    other
        (E,) where an end's load goes when its tap dies; -1: the rack is dark then.
    kw, kvar
        (E,) what the end carries now.
    start
        (n + 1,) ends below a node are start[enter] .. start[leave] of the node.
    own_kw, own_kvar
        (n,) what the ends at each node carry.
    lost_kw
        Of racks that no living tap feeds.
    """

    other: IntArray
    kw: FloatArray
    kvar: FloatArray
    start: IntArray
    own_kw: FloatArray
    own_kvar: FloatArray
    lost_kw: float


def hang(tree: Tree, racks: Racks, dead: BoolArray | None = None) -> Hung:
    """Hang racks on a tree of which some nodes are dead already.

    Parameters
    ----------
    dead
        (n,) in the caller's order, closed downwards as `Tree.below` returns it.
    """
    lives = np.append(np.ones(len(tree), np.bool_) if dead is None else ~dead, False)
    number = np.append(tree.number, -1)
    a = np.where(lives[racks.tap_a], number[racks.tap_a], -1)
    b = np.where(lives[racks.tap_b], number[racks.tap_b], -1)
    share = np.where((a >= 0) & (b >= 0), 0.5, 1.0)
    tap, other = np.concatenate([a, b]), np.concatenate([b, a])
    fed = np.flatnonzero(tap >= 0)
    place = tree.enter[tap[fed]]
    sorted_ = np.argsort(place, kind="stable")
    end = fed[sorted_]
    rack = end % len(share) if len(share) else end
    kw, kvar = (share * racks.kw)[rack], (share * racks.kvar)[rack]
    n = len(tree)
    return Hung(
        other=other[end],
        kw=kw,
        kvar=kvar,
        start=np.searchsorted(place[sorted_], np.arange(n + 1)),
        own_kw=np.bincount(tap[end], kw, n).astype(np.float64),
        own_kvar=np.bincount(tap[end], kvar, n).astype(np.float64),
        lost_kw=float(racks.kw[(a < 0) & (b < 0)].sum()),
    )
