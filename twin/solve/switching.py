"""Positions of switches: who feeds whom on a day, and anew when something is dead.

Each set of positions gives a tree, or a tree in which parallel groups share. A feeder stands on
what feeds it in its normal position while that lives, else on its alternate, else on the far side
of a tie; one after the other as their schemes act, the quickest first, of equals the one nearer to
the source. What lies in the zone of a fault, between protective devices, closes on to nothing: it
is locked out. At the end those that return to their preferred side do so where it lives again
without them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.arrays.power import nodes, of_feeders
from twin.kernels import kernel
from twin.site.table import BoolArray, FloatArray, IntArray
from twin.site.windows import shares_on
from twin.solve.study import Study

INTACT = -2
"""In a list of positions: as the grid says."""


@dataclass(frozen=True)
class Scheme:
    """How the switches of the feeders act, (feeders,).

    Attributes
    ----------
    normal, alternate, side_a, side_b
        Nodes, -1 none; the last two of ties.
    group, group_ptr, members
        Parallel groups.
    order
        Feeders, those nearer to a source first.
    delay_s
        Time until each stands on its alternate, or a tie is closed.
    retransfers, automatic
        Goes back to its preferred side; acts without a hand.
    """

    normal: IntArray
    alternate: IntArray
    side_a: IntArray
    side_b: IntArray
    group: IntArray
    group_ptr: IntArray
    members: IntArray
    order: IntArray
    delay_s: FloatArray
    retransfers: BoolArray
    automatic: BoolArray


@dataclass(frozen=True)
class Grid:
    """Power on the day of a study with nothing lost. Nodes as in the topology.

    Attributes
    ----------
    parent
        (P,) what feeds each node, -1 none; of a group its leader.
    dead
        (P,) nodes that have no supply then, by work on the day or by what is not yet there.
    weight
        (feeders,) share of a parallel group, before division by the sum of those that live.
    fault, work
        (P,) highest node that a fault in a node takes out, and that must be switched off to work
        on it: up to the nearest protective device, or to the nearest isolator or device.
    moves
        (P,) whether the loss of a node may move switches or shares below it.
    """

    scheme: Scheme
    parent: IntArray
    dead: BoolArray
    weight: FloatArray
    fault: IntArray
    work: IntArray
    moves: BoolArray


def scheme(study: Study) -> Scheme:
    """Collect how switches act from the tables of feeders."""
    site, topology = study.site, study.arrays.topology.power
    n = topology.feeders
    delay = of_feeders(site, "transfer_s")
    manual = np.zeros(n, dtype=bool)
    start = site.first["transfer"] - topology.first
    transfers = site.tables["transfer"]
    manual[start : start + len(transfers)] = np.asarray(transfers["kind"] == "manual")
    start = site.first["tie"] - topology.first
    ties = site.tables["tie"]
    manual[start : start + len(ties)] = ~np.asarray(ties["automatic"], dtype=bool)
    return Scheme(
        normal=topology.parent[:n],
        alternate=topology.alternate,
        side_a=topology.side_a,
        side_b=topology.side_b,
        group=topology.group,
        group_ptr=topology.group_ptr,
        members=topology.members,
        order=np.argsort(topology.depth[:n], kind="stable"),
        delay_s=np.asarray(np.nan_to_num(delay.astype(float), nan=0.0)),
        retransfers=np.asarray(of_feeders(site, "retransfers", missing=True), dtype=bool),
        automatic=~manual,
    )


def grid(study: Study) -> Grid:
    """Settle the switches on the day of the study with nothing lost."""
    site, topology = study.site, study.arrays.topology.power
    act, n = study(scheme), topology.feeders
    there = shares_on(site, study.conditions.date)
    gone = np.asarray(there[:n] <= 0.0)
    parent = topology.parent.copy()
    dead = np.zeros(len(parent), dtype=bool)
    if gone.any():
        # Work is switched by hand.
        parent[:n], alive = settle(act, gone, by_hand=True)
        dead[:n] = ~alive
        below = np.flatnonzero(parent[n:] >= 0) + n
        for _ in range(2):
            dead[below] |= dead[parent[below]]
    protected = np.concatenate([nodes(site, "protected"), np.zeros(len(site.tables["whip"]))])
    isolated = np.zeros(len(parent), dtype=bool)
    isolated[:n] = np.asarray(of_feeders(site, "isolator", missing=False), dtype=bool)
    devices = protected.astype(bool)
    return Grid(
        scheme=act,
        parent=parent,
        dead=dead,
        weight=_weights(study),
        fault=_climbed(parent, devices),
        work=_climbed(parent, devices | isolated),
        moves=_moves(act, parent),
    )


def settle(act: Scheme, gone: BoolArray, *, by_hand: bool = False) -> tuple[IntArray, BoolArray]:
    """Positions of all feeders when some are gone: (feeders,) what feeds each, and who lives.

    Parameters
    ----------
    gone
        (feeders,) in the zone of a fault, or taken out for work.
    by_hand
        Whether switches that do not act of themselves are moved too.
    """
    parent = act.normal.copy()
    alive = np.zeros(len(parent), dtype=bool)
    acts = np.ones(len(parent), dtype=bool) if by_hand else act.automatic
    _settle(
        act.normal, act.alternate, act.side_a, act.side_b, act.group, act.group_ptr, act.members,
        act.order, act.delay_s, act.retransfers, acts, gone, parent, alive,
    )  # fmt: skip
    return parent, alive


def _weights(study: Study) -> FloatArray:
    """Share of each member of a parallel group: rating over impedance, or rating; else equal.

    Where one member of a group does not say what the others are weighed by, all count alike.
    """
    topology, site = study.arrays.topology.power, study.site
    rating = np.full(topology.feeders, np.nan)
    for column in ("rating_a", "rating_kw", "rating_kva"):
        own = np.concatenate([study.table(k)[column] for k in _kinds(study)])
        rating = np.where(np.isnan(own), rating, own)
    z = of_feeders(site, "z_pct").astype(float)
    start = site.first["transformer"] - topology.first
    filled = np.asarray(study.table("transformer")["z_pct"], dtype=float)
    z[start : start + len(filled)] = filled
    out = np.ones(topology.feeders)
    for g in range(len(topology.group_ptr) - 1):
        mine = topology.members[topology.group_ptr[g] : topology.group_ptr[g + 1]]
        own = rating[mine] / z[mine] if not np.isnan(z[mine]).any() else rating[mine]
        if not np.isnan(own).any():
            out[mine] = own
    return out


def _kinds(study: Study) -> list[str]:
    from twin.model.base import FEEDERS

    return [k for k in FEEDERS if k in study.arrays.tables]


def _climbed(parent: IntArray, stops: BoolArray) -> IntArray:
    """Climb from each node to the nearest one that can be cut off at its feed end."""
    at = np.arange(len(parent))
    while True:
        climbs = ~stops[at] & (parent[at] >= 0)
        if not climbs.any():
            return at
        at = np.where(climbs, parent[at], at)


def _moves(act: Scheme, parent: IntArray) -> BoolArray:
    """(P,) nodes below which something has an alternate, a tie, or runs in a parallel group."""
    n = len(act.normal)
    own = np.zeros(len(parent), dtype=bool)
    own[:n] = (act.alternate >= 0) | (act.group >= 0) | (act.side_a >= 0)
    for side in (act.side_a, act.side_b):
        own[side[side >= 0]] = True
    out = own.copy()
    at = np.flatnonzero(own)
    while len(at):
        above = np.unique(parent[at])
        above = above[above >= 0]
        led = act.group[above]
        for g in np.unique(led[led >= 0]).tolist():
            more = act.members[act.group_ptr[g] : act.group_ptr[g + 1]]
            above = np.concatenate([above, more])
        at = np.unique(above[~out[above]])
        out[at] = True
    return out


@kernel
def _settle(
    normal: IntArray,
    alternate: IntArray,
    side_a: IntArray,
    side_b: IntArray,
    group: IntArray,
    group_ptr: IntArray,
    members: IntArray,
    order: IntArray,
    delay: FloatArray,
    retransfers: BoolArray,
    acts: BoolArray,
    gone: BoolArray,
    parent: IntArray,
    alive: BoolArray,
) -> None:
    """Write `parent` and `alive`; see `settle`."""
    n = len(normal)
    _spread(parent, side_a, group, group_ptr, members, order, gone, alive)
    while True:
        best, best_by, best_delay = -1, -1, 0.0
        for i in order:
            if alive[i] or gone[i] or side_a[i] >= 0:
                continue
            other = alternate[i]
            if other < 0 or not acts[i]:
                continue
            sooner = best < 0 or delay[i] < best_delay
            if sooner and _lives(other, group, group_ptr, members, alive):
                best, best_by, best_delay = i, -1, delay[i]
        for t in range(n):
            if side_a[t] < 0 or gone[t] or parent[t] >= 0 or not acts[t]:
                continue
            a, b = side_a[t], side_b[t]
            a_lives = _lives(a, group, group_ptr, members, alive)
            b_lives = _lives(b, group, group_ptr, members, alive)
            if a_lives == b_lives:
                continue
            dead = b if a_lives else a
            if not gone[dead] and (best < 0 or delay[t] < best_delay):
                best, best_by, best_delay = dead, t, delay[t]
        if best < 0:
            break
        if best_by >= 0:
            parent[best_by] = side_b[best_by] if side_a[best_by] == best else side_a[best_by]
            alive[best_by] = True
            parent[best] = best_by
        else:
            parent[best] = alternate[best]
        alive[best] = True
        _spread(parent, side_a, group, group_ptr, members, order, gone, alive)
    _go_back(normal, side_a, group, group_ptr, members, order, retransfers, gone, parent, alive)


@kernel
def _lives(
    node: int, group: IntArray, group_ptr: IntArray, members: IntArray, alive: BoolArray
) -> bool:
    """Whether a node, or any of those that run in parallel with it, lives."""
    g = group[node]
    if g < 0:
        return bool(alive[node])
    living = False
    for k in range(group_ptr[g], group_ptr[g + 1]):
        living |= alive[members[k]]
    return living


@kernel
def _spread(
    parent: IntArray,
    side_a: IntArray,
    group: IntArray,
    group_ptr: IntArray,
    members: IntArray,
    order: IntArray,
    gone: BoolArray,
    alive: BoolArray,
) -> None:
    """Let life run down from what heads a tree until nothing more comes alive."""
    more = True
    while more:
        more = False
        for i in order:
            if alive[i] or gone[i]:
                continue
            up = parent[i]
            fed = side_a[i] < 0 if up < 0 else _lives(up, group, group_ptr, members, alive)
            if fed:
                alive[i] = True
                more = True


@kernel
def _go_back(
    normal: IntArray,
    side_a: IntArray,
    group: IntArray,
    group_ptr: IntArray,
    members: IntArray,
    order: IntArray,
    retransfers: BoolArray,
    gone: BoolArray,
    parent: IntArray,
    alive: BoolArray,
) -> None:
    """Return to the preferred side all that live there without their other side."""
    again = np.zeros(len(normal), np.bool_)
    for i in order:
        if parent[i] == normal[i] or not retransfers[i] or normal[i] < 0:
            continue
        if not _lives(normal[i], group, group_ptr, members, alive):
            continue
        was, by = parent[i], -1
        if side_a[was] >= 0:
            by = was
        parent[i] = normal[i]
        far = -1
        if by >= 0:
            far = parent[by]
            parent[by] = -1
        again[:] = False
        _spread(parent, side_a, group, group_ptr, members, order, gone, again)
        lost = False
        for k in order:
            if alive[k] and not again[k] and k != by:
                lost = True
        if lost:
            parent[i] = was
            if by >= 0:
                parent[by] = far
        else:
            alive[:] = again
