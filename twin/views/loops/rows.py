"""Where the things of a loop stand: rows from top to bottom, in five columns.

CDUs stand outside, junctions of pipes inside of them, manifolds in the middle. What is nearer to
the last end of a manifold than to a first one stands on the right. A junction stands in the row of
a manifold that hangs on it, a CDU in that of a junction or manifold that it feeds, so that the pipe
between them is one straight line. A plant's users stand outside like CDUs, and so do its pumps;
without any manifold the pumps stand in the middle.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection
from dataclasses import dataclass

from twin.views.loops.parts import END, Item, Parts, Run, middle

CDU, JUNCTION, MANIFOLD, JUNCTION_RIGHT, CDU_RIGHT = range(5)
"""Columns, from the left."""

_OUTSIDE = {"cdu", "user", "plant"}
"""Kinds of items that stand outside, but for what stands in the middle."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Row and column of each item, and what stands in each cell."""

    row: list[int]
    column: list[int]
    cells: dict[tuple[int, int], int]
    rows: int

    def column_of(self, end: tuple[int, int]) -> int:
        """Column of an end."""
        return self.column[end[0]]

    def is_right(self, end: tuple[int, int]) -> bool:
        """Whether pipes reach an end from the right."""
        column = self.column[end[0]]
        return end[1] == END if column == MANIFOLD else column > MANIFOLD


def grid(parts: Parts) -> Grid:
    """Place all items of a loop."""
    items = parts.items
    near = _neighbours(parts)
    right = _right(items, parts.runs)
    inmost = middle(items)
    column = [_column(item, inmost, right[k]) for k, item in enumerate(items)]
    joined = _merged(items, near, column, parts.runs)
    order = _ordered(joined, parts.runs)
    place = {row: n for n, row in enumerate(order)}
    row = [place[r] for r in joined]
    cells = {(row[k], column[k]): k for k in range(len(items))}
    return Grid(row, column, cells, len(order))


def _neighbours(parts: Parts) -> list[list[int]]:
    near: list[list[int]] = [[] for _ in parts.items]
    for run in parts.runs:
        near[run.a[0]].append(run.b[0])
        near[run.b[0]].append(run.a[0])
    return near


def _right(items: tuple[Item, ...], runs: tuple[Run, ...]) -> list[bool]:
    """Whether each item is nearer to a last end of a manifold than to any first one."""
    step: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for run in runs:
        step.setdefault(run.a, []).append(run.b)
        step.setdefault(run.b, []).append(run.a)
    inmost = middle(items)
    away: list[dict[tuple[int, int], int]] = []
    for side in (0, END):
        ends = [e for e in step if items[e[0]].kind == inmost and e[1] == side]
        found, waiting = dict.fromkeys(ends, 0), deque(ends)
        while waiting:
            at = waiting.popleft()
            for to in step[at]:
                if to not in found:
                    found[to] = found[at] + 1
                    waiting.append(to)
        away.append(found)
    most = len(items) + 1
    return [away[1].get((k, 0), most) < away[0].get((k, 0), most) for k in range(len(items))]


def _column(item: Item, inmost: str, right: bool) -> int:  # noqa: FBT001 - one of a list
    if item.kind == inmost:
        return MANIFOLD
    left, other = (CDU, CDU_RIGHT) if item.kind in _OUTSIDE else (JUNCTION, JUNCTION_RIGHT)
    return other if right else left


def _merged(
    items: tuple[Item, ...], near: list[list[int]], column: list[int], runs: tuple[Run, ...]
) -> list[int]:
    """Give each item a row of its own or that of a neighbour whose cell beside it is free."""
    ends = {(run.a[0], run.b[0]): (run.a[1], run.b[1]) for run in runs}
    ends |= {(b, a): (y, x) for (a, b), (x, y) in ends.items()}
    row = list(range(len(items)))
    inner = {middle(items)}
    outer = _OUTSIDE - inner
    taken = {(k, column[k]) for k, item in enumerate(items) if item.kind in inner}

    def fits(k: int, other: int) -> bool:
        if column[other] == MANIFOLD and (ends[k, other][1] == END) != (column[k] > MANIFOLD):
            return False
        if column[other] != MANIFOLD and (column[k] > MANIFOLD) != (column[other] > MANIFOLD):
            return False
        beside = JUNCTION if column[k] == CDU else JUNCTION_RIGHT
        direct = items[k].kind in outer and column[other] == MANIFOLD
        return (row[other], column[k]) not in taken and not (
            direct and (row[other], beside) in taken
        )

    steps: tuple[tuple[Collection[str], tuple[Collection[str], ...]], ...] = (
        ({"junction"}, (inner,)), (outer, ({"junction"}, inner)),
    )  # fmt: skip
    for kinds, wanted in steps:
        for k, item in enumerate(items):
            if item.kind not in kinds:
                continue
            hosts = [o for w in wanted for o in near[k] if items[o].kind in w and fits(k, o)]
            row[k] = row[hosts[0]] if hosts else k
            taken.add((row[k], column[k]))
    return row


def _ordered(joined: list[int], runs: tuple[Run, ...]) -> list[int]:
    """Rows from top to bottom: along the pipes from one end of the loop, leaves first."""
    near: dict[int, list[int]] = {row: [] for row in sorted(set(joined))}
    for run in runs:
        a, b = joined[run.a[0]], joined[run.b[0]]
        if a != b:
            near[a].append(b)
            near[b].append(a)
    out: list[int] = []
    for row in near:
        if row in out:
            continue
        start = _far(near, row)
        found = _walked(near, start)
        out += found if found.index(min(found)) * 2 < len(found) else found[::-1]
    return out


def _far(near: dict[int, list[int]], row: int) -> int:
    """Return the row at an end of what hangs together, or the first one where it is a ring."""
    away, waiting = {row: 0}, deque([row])
    while waiting:
        at = waiting.popleft()
        for to in near[at]:
            if to not in away:
                away[to] = away[at] + 1
                waiting.append(to)
    far = min(away, key=lambda r: (-away[r], r))
    return far if len(set(near[far])) == 1 else row


def _walked(near: dict[int, list[int]], start: int) -> list[int]:
    out: list[int] = []
    waiting = [start]
    while waiting:
        at = waiting.pop()
        if at in out:
            continue
        out.append(at)
        nexts = sorted({to for to in near[at] if to not in out}, key=lambda r: (len(near[r]), r))
        waiting += nexts[::-1]
    return out
