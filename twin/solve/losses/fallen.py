"""What falls with what: each state of losses closed over the grid, its switches and its gear."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.arrays.needs import hosts
from twin.site.table import BoolArray, IntArray, distinct_pairs
from twin.solve.losses.isolated import isolated
from twin.solve.losses.planes import beside
from twin.solve.losses.settle import Lost, settle_states
from twin.solve.losses.sorts import PLANE, SHELF, WORK_AND_FAULT, WORK_SORTS
from twin.solve.losses.switching import grid, worked
from twin.solve.losses.waterless import USERS, waterless
from twin.solve.study import Study

_NONE = np.empty(0, dtype=np.int64)


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


def close(
    study: Study,
    sort: IntArray,
    roots: IntArray,
    gear: IntArray,
    outage: BoolArray,
    opened: IntArray | None = None,
) -> Fallen:
    """Close states of losses over all that falls with them.

    Parameters
    ----------
    sort
        (S,) sort of each loss, as in `twin.solve.losses.sorts`.
    roots
        (S, 2) heads of the zones that are lost, or taps; of a shelf its first whip; -1 none.
    gear
        (S, 2) subjects of gear that are lost themselves, -1 none.
    outage
        (S, 2) roots that are sources without supply: nothing of their zones is lost with them.
    opened
        (S, R) heads of zones, or taps, that a device has cut off since, -1 none.
    """
    now, states = study(grid), len(roots)
    since = np.empty((states, 0), dtype=np.int64) if opened is None else opened
    cut = np.concatenate([cut_off(study, sort, roots, outage), since], axis=1)
    # A layout may have no node at all.
    moving = (np.append(now.moves, False)[cut] & (cut >= 0)).any(axis=1)
    state, node = _below(study, np.flatnonzero(~moving), cut)
    complexes = np.flatnonzero(moving)
    act, n = now.scheme, len(now.scheme.normal)
    lost = _zones(study, sort[complexes], roots[complexes], since[complexes], outage[complexes])
    dead_ptr, dead, over_ptr, over, onto = settle_states(act, now.parent[:n], now.dead[:n], lost)
    taps = (cut >= n) & moving[:, None]
    pairs = np.stack(
        [
            np.concatenate([state, np.repeat(complexes, np.diff(dead_ptr)), np.nonzero(taps)[0]]),
            np.concatenate([node, dead, cut[taps]]),
        ],
        axis=1,
    )
    pairs = distinct_pairs(pairs.astype(np.int64))
    over_state = np.repeat(complexes, np.diff(over_ptr))
    dead_gear = _gear(study, pairs, sort, gear)
    return Fallen(
        ptr=np.searchsorted(pairs[:, 0], np.arange(states + 1)).astype(np.int64),
        dead=np.ascontiguousarray(pairs[:, 1]),
        over_ptr=np.searchsorted(over_state, np.arange(states + 1)).astype(np.int64),
        over=over,
        onto=onto,
        gear_state=dead_gear[:, 0],
        gear=dead_gear[:, 1],
    )


def cut_off(study: Study, sort: IntArray, roots: IntArray, outage: BoolArray) -> IntArray:
    """(S, W) power nodes under which all is dead at first: all that heads what is lost, -1 none."""
    now = study(grid)
    more: dict[int, list[IntArray]] = {}
    for place in (0, 1):
        for by_work, zones in ((False, now.fault), (True, now.work)):
            rows = np.isin(roots[:, place], list(zones.others)) & ~outage[:, place]
            rows &= (np.isin(sort, WORK_SORTS) & (place == 0)) == by_work
            for s in np.flatnonzero(rows).tolist():
                more.setdefault(s, []).append(zones.others[int(roots[s, place])])
    for s in np.flatnonzero((sort == WORK_AND_FAULT) & ~outage[:, 1]).tolist():
        zones = study(worked).fault(int(roots[s, 0]))
        more.setdefault(s, []).append(zones.others.get(int(roots[s, 1]), _NONE))
    wide = max((sum(len(p) for p in parts) for parts in more.values()), default=0)
    others = np.full((len(roots), wide), -1, dtype=np.int64)
    for s, parts in more.items():
        found = np.concatenate(parts)
        others[s, : len(found)] = found
    return np.concatenate([roots, others, _same_shelf(study, sort, roots[:, 0])], axis=1)


def _same_shelf(study: Study, sort: IntArray, whip: IntArray) -> IntArray:
    """(S, W) the other whips of shelves that are lost."""
    mine = np.flatnonzero(sort == SHELF)
    if not len(mine):
        return np.empty((len(sort), 0), dtype=np.int64)
    topology, head = study.arrays.topology.power, study(shelf_heads)
    order = np.argsort(head, kind="stable")
    low = np.searchsorted(head[order], whip[mine], side="left") + 1
    count = np.searchsorted(head[order], whip[mine], side="right") - low
    out = np.full((len(sort), int(count.max())), -1, dtype=np.int64)
    for k in range(out.shape[1]):
        has = mine[count > k]
        out[has, k] = topology.whips[order[low[count > k] + k]]
    return out


def shelf_heads(study: Study) -> IntArray:
    """(W,) for each whip of the topology the first whip of its shelf, a power node."""
    topology = study.arrays.topology.power
    own = study.table("whip")["shelf"]
    shelf = np.nan_to_num(own[topology.whips - (study.site.first["whip"] - topology.first)], nan=1)
    key = np.stack([topology.rack_of, shelf.astype(np.int64)], axis=1)
    _, first, at = np.unique(key, axis=0, return_index=True, return_inverse=True)
    return np.asarray(topology.whips[first[at.ravel()]], dtype=np.int64)


def _zones(
    study: Study, sort: IntArray, roots: IntArray, opened: IntArray, outage: BoolArray
) -> Lost:
    """Feeders that are gone in states in which switches may move, step by step."""
    now, n = study(grid), len(study(grid).scheme.normal)
    by_work = np.isin(sort, WORK_SORTS)
    fault, work = (_Lists(zones.head[:n]) for zones in (now.fault, now.work))
    first = [work.of(np.where(by_work, roots[:, 0], -1))]
    first += [fault.of(np.where(by_work | outage[:, k], -1, roots[:, k])) for k in (0, 1)]
    alone = outage & ~by_work[:, None]
    first += [(np.nonzero(alone)[0], roots[alone])]
    first += [fault.of(opened[:, k]) for k in range(opened.shape[1])]
    state, zone = (np.concatenate([p[k] for p in first]) for k in (0, 1))
    order = np.argsort(state, kind="stable")
    twice = np.flatnonzero(sort == WORK_AND_FAULT)
    then = [np.empty(0, dtype=np.int64)] * len(sort)
    for s in twice.tolist():
        zones = study(worked).fault(int(roots[s, 0]))
        gone = np.flatnonzero(zones.head[:n] == roots[s, 1])
        then[s] = roots[s, 1:] if outage[s, 1] else gone
    sizes = np.array([len(t) for t in then], dtype=np.int64)
    return Lost(
        ptr=np.searchsorted(state[order], np.arange(len(sort) + 1)).astype(np.int64),
        zone=zone[order],
        by_hand=by_work,
        then_ptr=np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        then=np.concatenate([_NONE, *then]),
    )


class _Lists:
    """Feeders of each zone, by its head."""

    def __init__(self, head: IntArray) -> None:
        self.order = np.argsort(head, kind="stable")
        self.sorted = head[self.order]

    def of(self, roots: IntArray) -> tuple[IntArray, IntArray]:
        """(place in `roots`, feeder) pairs."""
        low = np.searchsorted(self.sorted, roots, side="left")
        count = np.where(roots >= 0, np.searchsorted(self.sorted, roots, side="right") - low, 0)
        within = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
        return (
            np.repeat(np.arange(len(roots)), count),
            self.order[np.repeat(low, count) + within].astype(np.int64),
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


def _gear(study: Study, pairs: IntArray, sort: IntArray, lost: IntArray) -> IntArray:
    """(n, 2) pairs (state, subject) of gear that is dead.

    It is lost, unfed, without facility water, shut off with what is lost, or its plant or rack is
    dead; all switches of a plane go with the one that is lost.
    """
    site, topology = study.site, study.arrays.topology.power
    feed = site.tables["feed"]
    own = np.flatnonzero(lost.ravel() >= 0)
    found = [np.stack([own // lost.shape[1], lost.ravel()[own]], axis=1)]
    found.append(isolated(study, sort, lost))
    of_plane = np.flatnonzero(sort == PLANE)
    found.append(beside(study, of_plane, lost[of_plane, 0]))
    found.append(_unfed(study, pairs, feed["tail"], feed["head"] - topology.first, len(lost)))
    hosted = hosts(site)
    rows = np.flatnonzero(hosted >= 0)
    count = np.diff(topology.whip_ptr)[hosted[rows]]
    owner = np.repeat(rows + site.first["switch"], count)
    within = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
    taps = topology.taps[np.repeat(topology.whip_ptr[hosted[rows]], count) + within]
    found.append(_unfed(study, pairs, owner, taps, len(lost)))
    found.append(waterless(study, _wide(np.concatenate(found[:2]), len(lost))))
    dead = distinct_pairs(np.concatenate(found))
    return distinct_pairs(np.concatenate([dead, *_with_plants(study, dead)]))


def _wide(pairs: IntArray, states: int) -> IntArray:
    """(states, k) subjects of pairs (state, subject), one row per state, filled up with -1."""
    state, subject = distinct_pairs(pairs).T
    place = np.arange(len(state)) - np.searchsorted(state, state)
    out = np.full((states, int(place.max(initial=0)) + 1), -1, dtype=np.int64)
    out[state, place] = subject
    return out


def _unfed(study: Study, pairs: IntArray, gear: IntArray, node: IntArray, states: int) -> IntArray:
    """(n, 2) pairs (state, gear) in which every feed of a piece of gear is dead.

    Parameters
    ----------
    pairs
        (n, 2) dead nodes of each state.
    gear, node
        (F,) feeds: who is fed, and from which node.
    """
    now, topology = study(grid), study.arrays.topology.power
    none = np.empty((0, 2), dtype=np.int64)
    if not len(gear):
        return none
    up = np.where(node >= 0, now.parent[node], -1)
    dead = (node < 0) | topology.silent(now.dead)[node]
    pairs = _silent(study, pairs)
    kinds, at, feeds = np.unique(gear, return_inverse=True, return_counts=True)
    left = feeds - np.bincount(at, weights=dead, minlength=len(kinds)).astype(np.int64)
    always = kinds[left == 0]
    out = [np.stack([np.repeat(np.arange(states), len(always)), np.tile(always, states)], axis=1)]
    # A tap is dead with its feeder too; each feed counts once.
    up = np.where(node >= topology.feeders, up, -1)
    living = np.flatnonzero(~dead)
    feed = np.concatenate([living, living])
    key = np.concatenate([node[living], up[living]])
    order = np.argsort(pairs[:, 1], kind="stable")
    low = np.searchsorted(pairs[order, 1], key, side="left")
    count = np.searchsorted(pairs[order, 1], key, side="right") - low
    count[key < 0] = 0
    within = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
    state = pairs[order[np.repeat(low, count) + within], 0]
    hit = distinct_pairs(np.stack([state, np.repeat(feed, count)], axis=1))
    fed, times = np.unique(np.stack([hit[:, 0], at[hit[:, 1]]], axis=1), axis=0, return_counts=True)
    every = times == left[fed[:, 1]]
    out.append(np.stack([fed[every, 0], kinds[fed[every, 1]]], axis=1))
    return np.concatenate(out).astype(np.int64)


def _silent(study: Study, pairs: IntArray) -> IntArray:
    """(n, 2) pairs (state, node) whose output is dead: of a parallel group only if all of it is."""
    topology, now = study.arrays.topology.power, study(grid)
    group = np.append(topology.group, -1)[np.minimum(pairs[:, 1], topology.feeders)]
    if not (group >= 0).any():
        return pairs
    here = topology.group[topology.members[~now.dead[topology.members]]]
    living = np.bincount(here, minlength=len(topology.group_ptr) - 1)
    key = pairs[:, 0] * len(living) + group
    _, at, count = np.unique(np.where(group >= 0, key, -1), return_inverse=True, return_counts=True)
    every = (group >= 0) & (count[at.ravel()] == living[group])
    size = np.where(every, np.diff(topology.group_ptr)[group], 0)
    within = np.arange(int(size.sum())) - np.repeat(np.cumsum(size) - size, size)
    all_of = topology.members[np.repeat(topology.group_ptr[group], size) + within]
    whole = np.stack([np.repeat(pairs[:, 0], size), all_of], axis=1)
    return distinct_pairs(np.concatenate([pairs[group < 0], whole]))


def _with_plants(study: Study, dead: IntArray) -> list[IntArray]:
    """CDUs and air units that fall with their plant."""
    site, out = study.site, []
    for kind in USERS:
        plant = site.tables[kind]["plant"]
        order = np.argsort(plant, kind="stable")
        low = np.searchsorted(plant[order], dead[:, 1], side="left")
        count = np.searchsorted(plant[order], dead[:, 1], side="right") - low
        within = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
        rows = order[np.repeat(low, count) + within]
        out.append(np.stack([np.repeat(dead[:, 0], count), rows + site.first[kind]], axis=1))
    return out
