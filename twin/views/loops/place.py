"""Sizes of a loop diagram, mm: where each thing stands and how pipes run between them.

Every pair of pipes is a straight line where nothing stands between its ends, else it goes to a
track of its own beside the columns; what leads from the left to the right goes over or under all
rows. Lines may cross; they never lie on one another. Y grows upwards, the first row is the highest.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from twin.views.loops.parts import END, Parts, Run
from twin.views.loops.rows import (
    CDU,
    CDU_RIGHT,
    JUNCTION,
    JUNCTION_RIGHT,
    MANIFOLD,
    Grid,
    grid,
)

UNIT_WIDE, UNIT_TALL = 47.0, 31.0
CELL, HEADS = 11.0, 25.0
"""Width of a rack's place, and of the heads of the table before the first of them."""

RISE, FALL = 13.0, 49.5
"""What a manifold takes above and below its line."""

BOX = 2.0
"""Half of the width of a junction."""

PITCH, TRACK = 6.0, 9.0
"""From one pipe to the next that ends at the same thing, and from one track to the next."""

_NARROW, _STRAIGHT = 8.0, 38.0
"""Width of a channel between columns: bare, and with the words on a straight pipe in it."""

_GAP = 7.0
_LANE = 9.0

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Placed:
    """Where all is. Points are those between supply and return of a pair.

    Attributes
    ----------
    y
        Of each row.
    x
        Of each item: inner edge of what stands outside, middle of a junction, first end of a
        manifold or of pumps in its place.
    ends
        x of the last end of each manifold, or of pumps in its place, by item.
    runs, ways
        The runs, and the points of each, orthogonal.
    low
        The lowest line that ends at each item, as a distance from its row, at most 0.
    """

    grid: Grid
    y: list[float]
    x: list[float]
    ends: dict[int, float]
    runs: tuple[Run, ...]
    ways: list[list[Point]]
    low: dict[tuple[int, int], float]
    wide: float
    tall: float

    def below(self, k: int) -> float:
        """How far under the upper end of a run that is one upright line other lines leave it."""
        way = self.ways[k]
        if len(way) > 2 or way[0][0] != way[1][0]:
            return 0.0
        ends = self.runs[k].a, self.runs[k].b
        return -self.low.get(max(ends, key=lambda end: self.y[self.grid.row[end[0]]]), 0.0)


@dataclass(slots=True)
class _Plan:
    """A run before its track has a place."""

    run: Run
    sort: str
    channel: tuple[int, ...] = ()
    offsets: tuple[float, float] = (0.0, 0.0)
    lane: int = 0
    tracks: list[int] = field(default_factory=list)


def place(parts: Parts) -> Placed:
    """Place everything of a loop."""
    cells = grid(parts)
    plans = _planned(parts, cells)
    low = _offsets(plans, cells)
    y, tall, lanes = _heights(parts, cells, plans, low)
    used = _tracks(plans, cells, y, lanes)
    columns = {c for _, c in cells.cells}
    # A pipe past an empty cell has its words in the inner of its two channels.
    straight = {min(p.channel, key=lambda c: abs(c - 1.5)) for p in plans if p.sort == "straight"}
    widths = [_width(c, columns, straight, used[c]) for c in range(4)]
    left = UNIT_WIDE if CDU in columns else 0.0
    trunk = left + widths[0] + (BOX if JUNCTION in columns else 0.0)
    first = trunk + (BOX if JUNCTION in columns else 0.0) + widths[1]
    ends = {
        k: first + HEADS + CELL * len(parts.positions[item.row]) + 2.0
        for k, item in enumerate(parts.items)
        if item.kind == "manifold"
    }
    if not ends:
        ends = {k: first + UNIT_WIDE for k, c in enumerate(cells.column) if c == MANIFOLD}
    last = max(ends.values(), default=first)
    right = last + widths[2] + (BOX if JUNCTION_RIGHT in columns else 0.0)
    outer = right + (BOX if JUNCTION_RIGHT in columns else 0.0) + widths[3]
    at = {CDU: left, JUNCTION: trunk, MANIFOLD: first, JUNCTION_RIGHT: right, CDU_RIGHT: outer}
    x = [at[c] for c in cells.column]
    starts = [
        left,
        trunk + BOX * (JUNCTION in columns),
        last,
        right + BOX * (JUNCTION_RIGHT in columns),
    ]
    ways = [_way(p, cells, y, x, ends, starts, lanes) for p in plans]
    wide = outer + (UNIT_WIDE if CDU_RIGHT in columns else 0.0)
    return Placed(cells, y, x, ends, parts.runs, ways, low, wide, tall)


def _width(channel: int, columns: set[int], straight: set[int], tracks: int) -> float:
    """Width of a channel; 0 where nothing stands on its two sides and no pipe turns in it."""
    if channel in straight:
        return _STRAIGHT + TRACK * tracks
    outside = {CDU, JUNCTION} if channel < 2 else {JUNCTION_RIGHT, CDU_RIGHT}
    apart = columns & outside if channel in {1, 2} else columns >= outside
    return _NARROW + TRACK * tracks if tracks or apart else 0.0


# ------------------------------------------------------------------------------------ which way


def _planned(parts: Parts, cells: Grid) -> list[_Plan]:
    """Say of each run how it goes; in the order of the runs."""
    used: set[tuple[str, int, int]] = set()
    return [_plan(run, cells, used) for run in parts.runs]


def _plan(run: Run, cells: Grid, used: set[tuple[str, int, int]]) -> _Plan:
    a, b = run.a, run.b
    rows = sorted((cells.row[a[0]], cells.row[b[0]]))
    columns = sorted((cells.column_of(a), cells.column_of(b)))
    if cells.is_right(a) != cells.is_right(b):
        return _Plan(run, "lane", tuple(_channel_out(cells, end) for end in (a, b)))
    right = cells.is_right(a)
    if rows[0] == rows[1] and columns[0] != columns[1]:
        between = range(columns[0], columns[1])
        free = not any((rows[0], c) in cells.cells for c in between[1:])
        keys = {("straight", rows[0], c) for c in between}
        if free and not keys & used:
            used |= keys
            return _Plan(run, "straight", tuple(between))
    if columns[0] == columns[1] and columns[0] in {JUNCTION, JUNCTION_RIGHT} and rows[0] < rows[1]:
        free = not any((r, columns[0]) in cells.cells for r in range(rows[0] + 1, rows[1]))
        keys = {("trunk", r, columns[0]) for r in range(rows[0], rows[1])}
        if free and not keys & used:
            used |= keys
            return _Plan(run, "trunk")
    inner = MANIFOLD in columns
    channel = (2 if inner else 3) if right else (1 if inner else 0)
    return _Plan(run, "track", (channel,))


def _channel_out(cells: Grid, end: tuple[int, int]) -> int:
    """Channel in which a run leaves that goes over to the other side."""
    column = cells.column_of(end)
    if column == MANIFOLD:
        return 2 if end[1] == END else 1
    return {CDU: 0, JUNCTION: 1, JUNCTION_RIGHT: 2, CDU_RIGHT: 3}[column]


def _offsets(plans: list[_Plan], cells: Grid) -> dict[tuple[int, int], float]:
    """Give every end in a row its own height; lines that pass a junction come lowest."""
    taken: dict[tuple[int, bool], int] = defaultdict(int)
    for p in plans:
        if p.sort == "straight":
            key = (cells.row[p.run.a[0]], cells.is_right(p.run.a))
            taken[key] = 1
    asking = [(p, k, end) for p in plans for k, end in enumerate((p.run.a, p.run.b))
              if p.sort in {"track", "lane"}]  # fmt: skip
    asking.sort(key=lambda item: _passes(item[0], cells, item[2]))
    low: dict[tuple[int, int], float] = {}
    for p, k, end in asking:
        key = (cells.row[end[0]], cells.is_right(end))
        offset = -PITCH * taken[key]
        taken[key] += 1
        p.offsets = (offset, p.offsets[1]) if k == 0 else (p.offsets[0], offset)
        low[end] = min(low.get(end, 0.0), offset)
    return low


def _passes(p: _Plan, cells: Grid, end: tuple[int, int]) -> bool:
    """Whether a CDU's pipe goes past the column of junctions to its track."""
    outer = cells.column_of(end) in {CDU, CDU_RIGHT}
    return outer and p.channel[0] in {1, 2}


def _heights(
    parts: Parts, cells: Grid, plans: list[_Plan], low: dict[tuple[int, int], float]
) -> tuple[list[float], float, dict[int, float]]:
    """Height of each row, of the whole, and of the lanes over and under all."""
    up, down = [0.0] * cells.rows, [0.0] * cells.rows
    for k, item in enumerate(parts.items):
        row = cells.row[k]
        lowest = min(low.get((k, 0), 0.0), low.get((k, END), 0.0))
        box = UNIT_TALL / 2, max(UNIT_TALL / 2, 3.0 - lowest)
        above, below = {
            "cdu": box,
            "user": box,
            "plant": box,
            "junction": (6.0, 4.0 - lowest),
            "manifold": (RISE, max(FALL, 4.0 - lowest)),
        }[item.kind]
        up[row], down[row] = max(up[row], above), max(down[row], below)
    over = [p for p in plans if p.sort == "lane" and _is_high(p, cells)]
    under = [p for p in plans if p.sort == "lane" and not _is_high(p, cells)]
    lanes: dict[int, float] = {}
    at = 0.0
    for p in over:
        at -= _LANE
        lanes[id(p)] = at + 3.0
    y = []
    for row in range(cells.rows):
        at -= up[row]
        y.append(at)
        at -= down[row] + _GAP
    for p in under:
        lanes[id(p)] = at
        at -= _LANE
    return y, -at, lanes


def _is_high(p: _Plan, cells: Grid) -> bool:
    return cells.row[p.run.a[0]] + cells.row[p.run.b[0]] < cells.rows - 1


def _tracks(
    plans: list[_Plan], cells: Grid, y: list[float], lanes: dict[int, float]
) -> dict[int, int]:
    """Give each vertical its track; return how many each channel has."""
    busy: dict[int, list[list[tuple[float, float]]]] = {c: [] for c in range(4)}
    for p in plans:
        if p.sort not in {"track", "lane"}:
            continue
        ya, yb = (
            y[cells.row[e[0]]] + o for e, o in zip((p.run.a, p.run.b), p.offsets, strict=True)
        )
        if p.sort == "track":
            spans = [(p.channel[0], min(ya, yb), max(ya, yb))]
        else:
            lane = lanes[id(p)]
            spans = [
                (c, min(v, lane), max(v, lane)) for c, v in zip(p.channel, (ya, yb), strict=True)
            ]
        p.tracks = [_free(busy[c], low - 4.0, high + 4.0) for c, low, high in spans]
    return {c: len(tracks) for c, tracks in busy.items()}


def _free(tracks: list[list[tuple[float, float]]], low: float, high: float) -> int:
    """Return the first track on which nothing lies there, and take it."""
    for k, taken in enumerate(tracks):
        if all(high <= a or b <= low for a, b in taken):
            taken.append((low, high))
            return k
    tracks.append([(low, high)])
    return len(tracks) - 1


# --------------------------------------------------------------------------------------- points


def _way(
    p: _Plan,
    cells: Grid,
    y: list[float],
    x: list[float],
    ends: dict[int, float],
    starts: list[float],
    lanes: dict[int, float],
) -> list[Point]:
    ya, yb = (y[cells.row[e[0]]] + o for e, o in zip((p.run.a, p.run.b), p.offsets, strict=True))
    xa, xb = (ends[e[0]] if e[1] == END else x[e[0]] for e in (p.run.a, p.run.b))
    if p.sort in {"straight", "trunk"}:
        return [(xa, ya), (xb, yb)]
    # Beside the junctions first, so that straight pipes keep their words at the other end.
    at = [
        starts[c] + 5.0 + TRACK * t if c in {0, 2} else starts[c] + 8.0 + TRACK * t
        for c, t in zip(p.channel, p.tracks, strict=True)
    ]
    if p.sort == "track":
        return [(xa, ya), (at[0], ya), (at[0], yb), (xb, yb)]
    lane = lanes[id(p)]
    return [(xa, ya), (at[0], ya), (at[0], lane), (at[1], lane), (at[1], yb), (xb, yb)]
