"""Switches act, one after the other, until nothing more can be supplied; compiled.

The quickest scheme acts first; of equals transfers before ties, and of those the one nearer to
the source. Who is in the zone of a loss is locked out. At the end those that return to their
preferred side do so where it lives again without them.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from twin.kernels import kernel
from twin.site.table import BoolArray, FloatArray, IntArray


class Scheme(NamedTuple):
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
        Time until each stands on its other input, or a tie is closed.
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


class Lost(NamedTuple):
    """What is gone in each state, in one step or in two.

    Attributes
    ----------
    ptr, zone
        Feeders that go first: zone[ptr[s]:ptr[s + 1]].
    by_hand
        (S,) whether that is planned, and all switches are moved; a fault moves only those that
        act of themselves.
    then_ptr, then
        Feeders that go by a fault once the switches stand.
    """

    ptr: IntArray
    zone: IntArray
    by_hand: BoolArray
    then_ptr: IntArray
    then: IntArray


def settle(
    act: Scheme, start: IntArray, gone: BoolArray, *, by_hand: bool = False
) -> tuple[IntArray, BoolArray]:
    """Positions of all feeders when some are gone: (feeders,) what feeds each, and who lives.

    Parameters
    ----------
    start
        (feeders,) what feeds each before.
    gone
        (feeders,) in the zone of a fault, or taken out for work.
    by_hand
        Whether switches that do not act of themselves are moved too.
    """
    parent = start.copy()
    alive = np.zeros(len(parent), dtype=bool)
    everyone = np.ones(len(parent), dtype=bool)
    _settle(act, everyone if by_hand else act.automatic, start, gone, parent, alive)
    return parent, alive


def settle_states(
    act: Scheme, start: IntArray, dead: BoolArray, lost: Lost
) -> tuple[IntArray, IntArray, IntArray, IntArray, IntArray]:
    """Settle many states from the same positions.

    Parameters
    ----------
    start
        (feeders,) what feeds each with nothing lost.
    dead
        (feeders,) which are dead then.

    Returns
    -------
    dead_ptr, dead
        Feeders that are dead in each state and were not before.
    over_ptr, over, onto
        Living feeders that stand on something else than before, and on what.
    """
    out = _settle_states(act, lost, start, dead)
    return out[0], out[1], out[2], out[3], out[4]


@kernel
def _settle_states(
    act: Scheme, lost: Lost, start: IntArray, dead: BoolArray
) -> tuple[IntArray, IntArray, IntArray, IntArray, IntArray]:
    n, states = len(start), len(lost.by_hand)
    dead_ptr, over_ptr = np.zeros(states + 1, np.int64), np.zeros(states + 1, np.int64)
    fallen, over, onto = (
        np.empty(64 + n, np.int64),
        np.empty(64 + n, np.int64),
        np.empty(64 + n, np.int64),
    )
    parent, between = np.empty(n, np.int64), np.empty(n, np.int64)
    alive, gone, every = np.empty(n, np.bool_), np.empty(n, np.bool_), np.ones(n, np.bool_)
    d, o = 0, 0
    for s in range(states):
        parent[:] = start
        gone[:] = dead
        for k in range(lost.ptr[s], lost.ptr[s + 1]):
            gone[lost.zone[k]] = True
        _settle(act, every if lost.by_hand[s] else act.automatic, start, gone, parent, alive)
        if lost.then_ptr[s + 1] > lost.then_ptr[s]:
            between[:] = parent
            for k in range(lost.then_ptr[s], lost.then_ptr[s + 1]):
                gone[lost.then[k]] = True
            _settle(act, act.automatic, between, gone, parent, alive)
        if d + n > len(fallen):
            fallen = np.concatenate((fallen, np.empty(len(fallen) + n, np.int64)))
        if o + n > len(over):
            over = np.concatenate((over, np.empty(len(over) + n, np.int64)))
            onto = np.concatenate((onto, np.empty(len(onto) + n, np.int64)))
        for i in range(n):
            if alive[i]:
                if parent[i] != start[i]:
                    over[o], onto[o] = i, parent[i]
                    o += 1
            # An open tie is not dead unless it is lost itself.
            elif not dead[i] and (act.side_a[i] < 0 or gone[i]):
                fallen[d] = i
                d += 1
        dead_ptr[s + 1], over_ptr[s + 1] = d, o
    return dead_ptr, fallen[:d].copy(), over_ptr, over[:o].copy(), onto[:o].copy()


@kernel
def _settle(
    act: Scheme,
    acts: BoolArray,
    start: IntArray,
    gone: BoolArray,
    parent: IntArray,
    alive: BoolArray,
) -> None:
    """Write `parent`, which holds `start`, and `alive`."""
    n = len(start)
    alive[:] = False
    _spread(act, act.order, n, parent, gone, alive)
    # From here on only what is dead can change: nothing alive stands on it.
    hit, h = np.empty(n, np.int64), 0
    for i in act.order:
        if not alive[i] and not gone[i] and (act.side_a[i] < 0 or parent[i] >= 0):
            hit[h] = i
            h += 1
    ties = np.flatnonzero((act.side_a >= 0) & ~gone)
    seen = np.zeros(n if len(act.members) else 0, np.bool_)
    while h > 0:
        best, best_by, best_onto, best_delay = -1, -1, -1, 0.0
        for k in range(h):
            i = hit[k]
            if alive[i] or act.side_a[i] >= 0 or not acts[i]:
                continue
            if best >= 0 and act.delay_s[i] >= best_delay:
                continue
            for other in (act.alternate[i], act.normal[i]):
                if other < 0 or other == parent[i] or not _lives(act, other, alive):
                    continue
                if not _rests_on(act, other, i, parent, gone, seen):
                    best, best_onto, best_delay = i, other, act.delay_s[i]
                    break
        for t in ties:
            if parent[t] >= 0 or not acts[t]:
                continue
            a, b = act.side_a[t], act.side_b[t]
            a_lives = _lives(act, a, alive)
            if a_lives == _lives(act, b, alive):
                continue
            low = b if a_lives else a
            high = a if a_lives else b
            if gone[low] or (best >= 0 and act.delay_s[t] >= best_delay):
                continue
            if not _rests_on(act, high, low, parent, gone, seen):
                best, best_by, best_onto, best_delay = low, int(t), int(t), act.delay_s[t]
        if best < 0:
            break
        if best_by >= 0:
            parent[best_by] = (
                act.side_b[best_by] if act.side_a[best_by] == best else (act.side_a[best_by])
            )
            alive[best_by] = True
            hit[h] = best_by
            h += 1
        parent[best] = best_onto
        alive[best] = True
        _spread(act, hit, h, parent, gone, alive)
    _go_back(act, hit, h, start, gone, parent, alive, seen)


@kernel
def _lives(act: Scheme, node: int, alive: BoolArray) -> bool:
    """Whether a node, or any of those that run in parallel with it, lives."""
    g = act.group[node]
    if g < 0:
        return bool(alive[node])
    living = False
    for k in range(act.group_ptr[g], act.group_ptr[g + 1]):
        living |= alive[act.members[k]]
    return living


@kernel
def _rests_on(
    act: Scheme, node: int, low: int, parent: IntArray, gone: BoolArray, seen: BoolArray
) -> bool:
    """Whether the output of a node comes in part through another one, or would if that lived.

    Only through a parallel group: whoever stands on nothing but a dead node is dead himself.
    """
    if len(seen) == 0:
        return False
    seen[:] = False
    wanted = act.group[low]
    stack, depth = np.empty(len(parent) + 1, np.int64), 1
    stack[0] = node
    while depth > 0:
        depth -= 1
        at = stack[depth]
        g = act.group[at]
        if at == low or (g >= 0 and g == wanted):
            return True
        a, b = (act.group_ptr[g], act.group_ptr[g + 1]) if g >= 0 else (0, 1)
        for k in range(a, b):
            one = act.members[k] if g >= 0 else at
            if gone[one] or seen[one]:
                continue
            if one == low:
                return True
            seen[one] = True
            if parent[one] >= 0:
                stack[depth] = parent[one]
                depth += 1
    return False


@kernel
def _spread(
    act: Scheme, within: IntArray, count: int, parent: IntArray, gone: BoolArray, alive: BoolArray
) -> None:
    """Let life run down from what heads a tree until nothing more comes alive."""
    more = True
    while more:
        more = False
        for k in range(count):
            i = within[k]
            if alive[i] or gone[i]:
                continue
            up = parent[i]
            fed = act.side_a[i] < 0 if up < 0 else _lives(act, up, alive)
            if fed:
                alive[i] = True
                more = True


@kernel
def _go_back(
    act: Scheme,
    hit: IntArray,
    h: int,
    start: IntArray,
    gone: BoolArray,
    parent: IntArray,
    alive: BoolArray,
    seen: BoolArray,
) -> None:
    """Return to the preferred side all that live there without their other side."""
    again = alive.copy()
    for j in range(h):
        i = hit[j]
        home = start[i]
        if parent[i] == home or home < 0 or act.side_a[i] >= 0 or not act.retransfers[i]:
            continue
        if not _lives(act, home, alive):
            continue
        was, far = parent[i], -1
        by = was if act.side_a[was] >= 0 else -1
        parent[i] = home
        if by >= 0:
            far = parent[by]
            parent[by] = -1
        for k in range(h):
            again[hit[k]] = False
        _spread(act, hit, h, parent, gone, again)
        lost = _rests_on(act, home, i, parent, gone, seen)
        for k in range(h):
            lost |= alive[hit[k]] and not again[hit[k]] and hit[k] != by
        if lost:
            parent[i] = was
            if by >= 0:
                parent[by] = far
        for k in range(h):
            if lost:
                again[hit[k]] = alive[hit[k]]
            else:
                alive[hit[k]] = again[hit[k]]
