"""How racks load the elements that feed them: healthy, and what moves when something is lost.

Losses of elements whose efficiency is given count in what feeds them: the rating of an element is
of its output. The supplies of a rack share its load evenly, as shelves of one rating on one DC bar
do. After a loss the living ones share all of it. Every rack is walked once, in compiled code.

What moves may be less than nothing: a cap, or a better way to the source, leaves an element less
of a rack than it carries healthy. All that moves in a case is kept, so that an element's row in a
case is what it carries there; only cases that make it lighter for every rack are left out, since
the healthy row is the worse. Where a cap is in doubt, both are told: with it and without.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.kernels import kernel
from twin.model.base import FEEDERS
from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.losses import cases
from twin.solve.study import Study


@dataclass(frozen=True)
class Shares:
    """Shares of racks' loads on shared elements, as rows (element, case).

    Attributes
    ----------
    rack, element, case
        (E,) entries: rack row, power node, case.
    share, full
        (E,) part of the rack's load: all of it in case 0, what moved there in any other; `full`
        is without the caps that are in doubt.
    worst_whip, worst_case, full_whip, full_case
        (W,) greatest share of its rack that each whip carries in any case, and that case; the
        same without the caps that are in doubt.
    living, living_case
        (racks,) fewest living whips in any case, and that case.
    """

    rack: IntArray
    element: IntArray
    case: IntArray
    share: FloatArray
    full: FloatArray
    worst_whip: FloatArray
    worst_case: IntArray
    full_whip: FloatArray
    full_case: IntArray
    living: IntArray
    living_case: IntArray


def shares(study: Study) -> Shares:
    """Walk every rack's whips through every case that touches them."""
    topology, table = study.arrays.topology.power, study(cases)
    case_at = np.full(len(topology.parent) + 1, -1, dtype=np.int64)
    rooted = np.flatnonzero(table.root >= 0)
    case_at[table.root[rooted]] = rooted
    private = np.zeros(len(topology.parent) + 1, dtype=bool)
    low = study.site.first["tap"] - topology.first
    private[low:-1] = True
    keep = np.stack([table.keep, np.where(table.counts, table.keep, 1.0)])
    gain = _gains(study)
    ptr, chain = topology.whip_ptr, topology.chain
    # What a lost tap moves onto elements of other ways is less than what the loss of its busway
    # moves: only where the policy asks for the one and not for the other, caps racks after the
    # loss of the busway, or an element falls with the busway, does it need rows of its own there.
    taps = np.flatnonzero(private[:-1] & (case_at[:-1] >= 0))
    above = case_at[topology.parent[taps]]
    lossy = bool((gain > 1.0).any())
    alone = bool(((above < 0) | (table.keep[above] < 1.0)).any())
    shared = topology.parent[:low]
    beside = bool(np.isin(topology.parent[taps], shared[shared >= 0]).any())
    sizes = _count(ptr, chain, case_at, private, alone or lossy or beside)
    total = int(sizes.sum())
    start = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    out_i = np.empty((3, total), dtype=np.int64)
    out_f = np.empty((2, total))
    whip_f = np.empty((2, len(topology.whips)))
    whip_i = np.zeros((2, len(topology.whips)), dtype=np.int64)
    rack_i = np.zeros((2, len(ptr) - 1), dtype=np.int64)
    used = _fill(
        ptr, chain, case_at, private, alone, lossy, beside, keep, gain, start, out_i, out_f,
        whip_f, whip_i, rack_i,
    )  # fmt: skip
    flat = np.arange(total) - np.repeat(start[:-1], sizes) < np.repeat(used, sizes)
    return Shares(
        rack=out_i[0, flat],
        element=out_i[1, flat],
        case=out_i[2, flat],
        share=out_f[0, flat],
        full=out_f[1, flat],
        worst_whip=whip_f[0],
        worst_case=whip_i[0],
        full_whip=whip_f[1],
        full_case=whip_i[1],
        living=rack_i[0],
        living_case=rack_i[1],
    )


def _gains(study: Study) -> FloatArray:
    """(P,) product of 1 / efficiency from each node's source down to it; not given counts as 1.

    Input of an element over what its rack draws is then gain of the rack's tap over its own gain.

    Worked number: 1,000 kW behind 0.995, 0.96 and 0.99 draws 1,057.48 kW.
    """
    topology = study.arrays.topology.power
    given = [study.table(k)["efficiency"] for k in (*FEEDERS, "tap")]
    whips = np.ones(len(study.table("whip")))
    own: FloatArray = 1.0 / np.nan_to_num(np.concatenate([*given, whips]), nan=1.0)
    gain: FloatArray = own.copy()
    at = topology.parent
    while (at >= 0).any():
        gain = gain * np.where(at >= 0, own[np.maximum(at, 0)], 1.0)
        at = np.where(at >= 0, topology.parent[np.maximum(at, 0)], -1)
    return gain


@kernel
def _count(
    ptr: IntArray,
    chain: IntArray,
    case_at: IntArray,
    private: BoolArray,
    alone: bool,  # noqa: FBT001 - compiled code has no keywords
) -> IntArray:
    """Upper bound of each rack's entries: shared elements times cases, plus one."""
    n = len(ptr) - 1
    out = np.zeros(n, np.int64)
    for r in range(n):
        elements = 0
        lost = 1
        for w in range(ptr[r], ptr[r + 1]):
            for d in range(chain.shape[1]):
                e = chain[w, d]
                if e < 0:
                    break
                first = True
                for v in range(ptr[r], w):
                    for k in range(chain.shape[1]):
                        if chain[v, k] == e:
                            first = False
                if first:
                    if not private[e]:
                        elements += 1
                    if case_at[e] >= 0 and (alone or not private[e]):
                        lost += 1
        out[r] = elements * lost
    return out


@kernel
def _fill(
    ptr: IntArray,
    chain: IntArray,
    case_at: IntArray,
    private: BoolArray,
    alone: bool,  # noqa: FBT001 - compiled code has no keywords
    lossy: bool,  # noqa: FBT001
    beside: bool,  # noqa: FBT001
    keep: FloatArray,
    gain: FloatArray,
    start: IntArray,
    out_i: IntArray,
    out_f: FloatArray,
    whip_f: FloatArray,
    whip_i: IntArray,
    rack_i: IntArray,
) -> IntArray:
    """Write each rack's entries from `start`; return how many each has."""
    n = len(ptr) - 1
    depth = chain.shape[1]
    used = np.zeros(n, np.int64)
    for r in range(n):
        a, b = ptr[r], ptr[r + 1]
        whips = b - a
        elements = np.empty(max(whips * depth, 1), np.int64)
        below = np.zeros(max(whips * depth, 1))
        m = 0
        for w in range(a, b):
            whip_f[:, w] = 1.0 / whips
            for d in range(depth):
                e = chain[w, d]
                if e < 0:
                    break
                at = -1
                for k in range(m):
                    if elements[k] == e:
                        at = k
                        break
                if at < 0:
                    elements[m] = e
                    at = m
                    m += 1
                below[at] += gain[chain[w, 0]] / gain[e]
        rack_i[0, r] = whips
        q = start[r]
        for k in range(m):
            if not private[elements[k]]:
                out_i[0, q] = r
                out_i[1, q] = elements[k]
                out_i[2, q] = 0
                out_f[:, q] = below[k] / whips
                q += 1
        alive = np.zeros(max(m, 1))
        # Where each element is to what is lost: -1 dead with it, 1 above it, 0 apart from it.
        side = np.zeros(max(m, 1), np.int64)
        sunk = np.zeros(max(m, 1), np.bool_)
        for p in range(m):
            case = case_at[elements[p]]
            if case < 0:
                continue
            root = elements[p]
            living = 0
            alive[:] = 0.0
            side[:] = 0
            for w in range(a, b):
                at = -1
                for d in range(depth):
                    if chain[w, d] == root:
                        at = d
                if at < 0:
                    living += 1
                for d in range(depth):
                    e = chain[w, d]
                    if e < 0:
                        break
                    for k in range(m):
                        if elements[k] == e:
                            if at < 0:
                                alive[k] += gain[chain[w, 0]] / gain[e]
                            else:
                                side[k] = -1 if d <= at else 1
                            break
            if living < rack_i[0, r] or rack_i[1, r] == 0:
                rack_i[0, r] = min(living, rack_i[0, r])
                rack_i[1, r] = case
            for w in range(a, b):
                dead = living == 0
                for d in range(depth):
                    if chain[w, d] == root:
                        dead = True
                for v in range(2):
                    if not dead and keep[v, case] / living > whip_f[v, w]:
                        whip_f[v, w] = keep[v, case] / living
                        whip_i[v, w] = case
            other_ways = alone or not private[root]
            if not other_ways and not lossy and not beside:
                continue
            sunk[:] = False
            if not other_ways:
                _mark_below(chain, a, b, root, elements[:m], sunk)
            for k in range(m):
                # Without losses, what is above the lost element never carries more than healthy.
                if private[elements[k]] or side[k] < 0 or (side[k] > 0 and not lossy):
                    continue
                if side[k] == 0 and not other_ways and not sunk[k]:
                    continue
                moved = -below[k] / whips
                more = moved
                if living > 0:
                    moved += keep[0, case] * alive[k] / living
                    more += keep[1, case] * alive[k] / living
                less = other_ways and min(moved, more) < -1e-12
                if less or max(moved, more) > 1e-12:
                    out_i[0, q] = r
                    out_i[1, q] = elements[k]
                    out_i[2, q] = case
                    out_f[0, q] = moved
                    out_f[1, q] = more
                    q += 1
        used[r] = q - start[r]
    return used


@kernel
def _mark_below(
    chain: IntArray, a: int, b: int, root: int, elements: IntArray, below: BoolArray
) -> None:
    """Mark the elements that hang below what feeds `root`, for the whips a..b of one rack."""
    above = -1
    for w in range(a, b):
        for d in range(chain.shape[1] - 1):
            if chain[w, d] == root:
                above = chain[w, d + 1]
    for w in range(a, b):
        at = -1
        for d in range(chain.shape[1]):
            if above >= 0 and chain[w, d] == above:
                at = d
        for d in range(at):
            for k in range(len(elements)):
                if elements[k] == chain[w, d]:
                    below[k] = True
