"""What falls with what: each state of losses closed over the grid, its switches and its gear."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from twin.arrays.needs import hosts
from twin.site.table import BoolArray, IntArray
from twin.solve.study import Study
from twin.solve.switching import Grid, grid, settle

_GEAR = ("cdu", "air_unit")


@dataclass(frozen=True)
class Fallen:
    """States of losses as lists; what is dead with nothing lost is in none of them.

    Attributes
    ----------
    ptr, dead
        Feeders, and taps that are lost themselves, which are dead in each state:
        dead[ptr[s]:ptr[s + 1]], ascending. A tap whose feeder is dead is dead without being named.
    over_ptr, over, onto
        Feeders that stand on something else than in the grid, ascending, and on what.
    gear_state, gear
        Pairs of a state and a subject (plant, CDU, air unit, switch) that is dead in it.
    """

    ptr: IntArray
    dead: IntArray
    over_ptr: IntArray
    over: IntArray
    onto: IntArray
    gear_state: IntArray
    gear: IntArray


def close(study: Study, roots: IntArray, by_work: BoolArray, gear: IntArray) -> Fallen:
    """Close states of losses over all that falls with them.

    Parameters
    ----------
    roots
        (S, R) power nodes under which all is dead at first, -1 none.
    by_work
        (S, R) whether a root is switched off for work, and not by a fault.
    gear
        (S, 2) subjects of gear that are lost themselves, -1 none.
    """
    now, states = study(grid), len(roots)
    # A layout may have no node at all.
    alone = ~(np.append(now.moves, False)[roots] & (roots >= 0)).any(axis=1)
    state, node = _below(study, np.flatnonzero(alone), roots)
    settled = [_settled(study, now, int(s), roots[s], by_work[s]) for s in np.flatnonzero(~alone)]
    state = np.concatenate([state, *(np.full(len(d), s) for s, d, _, _ in settled)])
    node = np.concatenate([node, *(d for _, d, _, _ in settled)])
    pairs = np.unique(np.stack([state, node], axis=1).astype(np.int64), axis=0)
    overs = [np.full(len(o), s) for s, _, o, _ in settled]
    over_state = np.concatenate([np.empty(0, dtype=np.int64), *overs])
    dead_gear = _gear(study, pairs, gear)
    return Fallen(
        ptr=np.searchsorted(pairs[:, 0], np.arange(states + 1)).astype(np.int64),
        dead=np.ascontiguousarray(pairs[:, 1]),
        over_ptr=np.searchsorted(over_state, np.arange(states + 1)).astype(np.int64),
        over=np.concatenate([np.empty(0, dtype=np.int64), *(o for _, _, o, _ in settled)]),
        onto=np.concatenate([np.empty(0, dtype=np.int64), *(t for _, _, _, t in settled)]),
        gear_state=dead_gear[:, 0],
        gear=dead_gear[:, 1],
    )


def _below(study: Study, states: IntArray, roots: IntArray) -> tuple[IntArray, IntArray]:
    """(state, node) pairs of all feeders below the roots of states in which no switch moves."""
    now, n = study(grid), study.arrays.topology.power.feeders
    state = np.repeat(states, roots.shape[1])
    root = roots[states].ravel()
    state, root = state[root >= 0], root[root >= 0]
    wanted = np.zeros(len(now.parent) + 1, dtype=bool)
    wanted[root] = True
    above, below = [np.empty(0, dtype=np.int64)], [np.empty(0, dtype=np.int64)]
    node = np.flatnonzero(~now.dead[:n])
    at = node
    while len(at):
        hit = wanted[at]
        above.append(at[hit])
        below.append(node[hit])
        up = now.parent[at]
        node, at = node[up >= 0], up[up >= 0]
    head, tail = np.concatenate(above), np.concatenate(below)
    order = np.argsort(head, kind="stable")
    low = np.searchsorted(head[order], root, side="left")
    count = np.searchsorted(head[order], root, side="right") - low
    within = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
    rows = order[np.repeat(low, count) + within]
    tap = root >= n
    return (
        np.concatenate([np.repeat(state, count), state[tap]]),
        np.concatenate([tail[rows], root[tap]]),
    )


def _settled(
    study: Study, now: Grid, state: int, roots: IntArray, by_work: BoolArray
) -> tuple[int, IntArray, IntArray, IntArray]:
    """One state in which switches may move: its dead feeders, and those that stand elsewhere."""
    n = study.arrays.topology.power.feeders
    gone = now.dead[:n].copy()
    taps = []
    for root, work in zip(roots.tolist(), by_work.tolist(), strict=True):
        if root >= n:
            taps.append(root)
        elif root >= 0:
            gone[_zone(now, root, now.work[:n] if work else now.fault[:n])] = True
    act = replace(now.scheme, normal=now.parent[:n])
    parent, alive = settle(act, gone, by_hand=bool(by_work.any()))
    idle = (act.side_a >= 0) & ~gone
    dead = np.flatnonzero(~alive & ~idle & ~now.dead[:n])
    over = np.flatnonzero((parent != now.parent[:n]) & alive)
    return state, np.concatenate([dead, taps]).astype(np.int64), over, parent[over]


def _zone(now: Grid, root: int, climbed: IntArray) -> IntArray:
    """Feeders between the devices that clear a fault or a piece of work.

    What hangs below a parallel group without a device of its own takes all of the group with it.
    """
    zone = np.flatnonzero(climbed == root)
    act = now.scheme
    g = int(act.group[root])
    if g < 0 or not (now.parent[zone] == root).any():
        return zone
    members = act.members[act.group_ptr[g] : act.group_ptr[g + 1]]
    return np.flatnonzero(np.isin(climbed, climbed[members]))


def _gear(study: Study, pairs: IntArray, lost: IntArray) -> IntArray:
    """(n, 2) pairs (state, subject) of gear that is dead: lost, unfed, or its plant or rack is."""
    site, topology = study.site, study.arrays.topology.power
    feed = site.tables["feed"]
    own = np.flatnonzero(lost.ravel() >= 0)
    found = [np.stack([own // lost.shape[1], lost.ravel()[own]], axis=1)]
    found.append(_unfed(study, pairs, feed["tail"], feed["head"] - topology.first, len(lost)))
    hosted = hosts(site)
    rows = np.flatnonzero(hosted >= 0)
    count = np.diff(topology.whip_ptr)[hosted[rows]]
    owner = np.repeat(rows + site.first["switch"], count)
    within = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
    taps = topology.taps[np.repeat(topology.whip_ptr[hosted[rows]], count) + within]
    found.append(_unfed(study, pairs, owner, taps, len(lost)))
    dead = np.unique(np.concatenate(found), axis=0)
    return np.unique(np.concatenate([dead, *_with_plants(study, dead)]), axis=0)


def _unfed(study: Study, pairs: IntArray, gear: IntArray, node: IntArray, states: int) -> IntArray:
    """(n, 2) pairs (state, gear) in which every feed of a piece of gear is dead.

    Parameters
    ----------
    pairs
        (n, 2) dead nodes of each state.
    gear, node
        (F,) feeds: who is fed, and from which node.
    """
    now = study(grid)
    none = np.empty((0, 2), dtype=np.int64)
    if not len(gear):
        return none
    up = np.where(node >= 0, now.parent[node], -1)
    dead = (node < 0) | now.dead[node]
    kinds, at, feeds = np.unique(gear, return_inverse=True, return_counts=True)
    left = feeds - np.bincount(at, weights=dead, minlength=len(kinds)).astype(np.int64)
    always = kinds[left == 0]
    out = [np.stack([np.repeat(np.arange(states), len(always)), np.tile(always, states)], axis=1)]
    # A tap is dead with its feeder too; each feed counts once.
    living = np.flatnonzero(~dead)
    feed = np.concatenate([living, living])
    key = np.concatenate([node[living], up[living]])
    order = np.argsort(pairs[:, 1], kind="stable")
    low = np.searchsorted(pairs[order, 1], key, side="left")
    count = np.searchsorted(pairs[order, 1], key, side="right") - low
    count[key < 0] = 0
    within = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
    state = pairs[order[np.repeat(low, count) + within], 0]
    hit = np.unique(np.stack([state, np.repeat(feed, count)], axis=1), axis=0)
    fed, times = np.unique(np.stack([hit[:, 0], at[hit[:, 1]]], axis=1), axis=0, return_counts=True)
    every = times == left[fed[:, 1]]
    out.append(np.stack([fed[every, 0], kinds[fed[every, 1]]], axis=1))
    return np.concatenate(out).astype(np.int64)


def _with_plants(study: Study, dead: IntArray) -> list[IntArray]:
    """CDUs and air units that fall with their plant."""
    site, out = study.site, []
    for kind in _GEAR:
        plant = site.tables[kind]["plant"]
        order = np.argsort(plant, kind="stable")
        low = np.searchsorted(plant[order], dead[:, 1], side="left")
        count = np.searchsorted(plant[order], dead[:, 1], side="right") - low
        within = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
        rows = order[np.repeat(low, count) + within]
        out.append(np.stack([np.repeat(dead[:, 0], count), rows + site.first[kind]], axis=1))
    return out
