"""Ways from a rack to a source: how many are disjoint, and what all of them share.

A way may use what feeds a feeder now, its preferred side, its alternate and ties, where they act
by themselves; who hangs on a parallel group hangs on each of its members. By Menger's theorem the
greatest number of ways that share no element is the least number of elements whose loss takes
all supplies; an element on every way is a dominator of the rack (Lengauer and Tarjan, ACM TOPLAS
1(1), 1979, for the name; found here by taking elements out one by one).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping

import numpy as np

from twin.solve.losses.switching import grid
from twin.solve.study import Study

_Half = tuple[int, int]
"""The side of a node on which ways come in, 0, or on which they go on to the source, 1."""
_RACK, _GROUND = (-1, 1), (-2, 0)

Above = Mapping[int, tuple[int, ...]]
"""Node -> nodes that may feed it; of a source nothing."""


def above(study: Study) -> dict[int, tuple[int, ...]]:
    """Collect what may feed each feeder that is there on the day, without a hand."""
    topology, now = study.arrays.topology.power, study(grid)
    act, n = now.scheme, topology.feeders
    found: dict[int, list[int]] = {i: [] for i in range(n) if not now.dead[i] or act.side_a[i] >= 0}
    for i in list(found):
        if act.side_a[i] >= 0:
            continue
        inputs = [int(now.parent[i])]
        if act.automatic[i]:
            inputs += [int(topology.parent[i]), int(act.alternate[i])]
        found[i] += [j for j in inputs if j >= 0]
    for tie in np.flatnonzero(act.side_a >= 0).tolist():
        closed = bool((now.parent[:n] == tie).any())
        if not (act.automatic[tie] or closed):
            continue
        sides = [int(act.side_a[tie]), int(act.side_b[tie])]
        found[tie] += sides
        for side in sides:
            if side in found:
                found[side].append(tie)
    return {i: _with_groups(study, inputs, found) for i, inputs in found.items()}


def _with_groups(
    study: Study, inputs: Iterable[int], there: Mapping[int, list[int]]
) -> tuple[int, ...]:
    topology = study.arrays.topology.power
    out: dict[int, None] = {}
    for i in inputs:
        g = int(topology.group[i])
        members = [i]
        if g >= 0:
            members = topology.members[topology.group_ptr[g] : topology.group_ptr[g + 1]].tolist()
        out |= {m: None for m in members if m in there}
    return tuple(out)


def within(heads: Iterable[int], up: Above) -> dict[int, tuple[int, ...]]:
    """Part of `up` that lies above some nodes."""
    out: dict[int, tuple[int, ...]] = {}
    left = list(heads)
    while left:
        node = left.pop()
        if node not in out and node in up:
            out[node] = up[node]
            left += up[node]
    return out


def reaches(heads: Iterable[int], up: Above, sources: set[int], without: set[int]) -> bool:
    """Whether some node among `heads` has a way to a source that avoids some nodes."""
    left = [h for h in heads if h not in without and h in up]
    seen = set(left)
    while left:
        node = left.pop()
        if node in sources:
            return True
        more = [u for u in up.get(node, ()) if u not in seen and u not in without]
        seen.update(more)
        left += more
    return False


def disjoint(heads: Iterable[int], up: Above, sources: set[int]) -> int:
    """Greatest number of ways from `heads` to sources that share no node.

    Greatest flow where each node, split in two, carries one (Ford and Fulkerson 1956).

    Examples
    --------
    >>> net = {0: (), 1: (), 2: (0,), 3: (1,), 4: (2, 3), 5: (3,)}
    >>> disjoint([4, 5], net, {0, 1}), disjoint([5], net, {0, 1})
    (2, 1)
    """
    forward: dict[_Half, list[_Half]] = {_RACK: [(h, 0) for h in dict.fromkeys(heads) if h in up]}
    for node, inputs in within((h for h, _ in forward[_RACK]), up).items():
        forward[node, 0] = [(node, 1)]
        forward[node, 1] = [(u, 0) for u in inputs if u in up]
        if node in sources:
            forward[node, 1].append(_GROUND)
    used: set[tuple[_Half, _Half]] = set()
    count = 0
    while _one_more(forward, used):
        count += 1
    return count


def _one_more(forward: Mapping[_Half, list[_Half]], used: set[tuple[_Half, _Half]]) -> bool:
    """Find one more way, which may push back steps of those before; note it in `used`."""
    backward: dict[_Half, list[_Half]] = {}
    for a, b in used:
        backward.setdefault(b, []).append(a)
    came: dict[_Half, _Half] = {_RACK: _RACK}
    queue = deque([_RACK])
    while queue and _GROUND not in came:
        a = queue.popleft()
        steps = [b for b in forward.get(a, ()) if (a, b) not in used] + backward.get(a, [])
        for b in steps:
            if b not in came:
                came[b] = a
                queue.append(b)
    if _GROUND not in came:
        return False
    b = _GROUND
    while b != _RACK:
        a = came[b]
        if (b, a) in used:
            used.discard((b, a))
        else:
            used.add((a, b))
        b = a
    return True
