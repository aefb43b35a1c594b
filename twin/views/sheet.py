"""The sheet of a plan: its scale, what stands around the drawing, and the legend."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from twin.views import keys, svg
from twin.views.colours import Entry
from twin.views.parts import Scene

SCALES = (
    20, 25, 50, 75, 100, 125, 150, 200, 250, 300, 400, 500, 750,
    1000, 1250, 1500, 2000, 2500, 5000, 10000,
)  # fmt: skip
"""Denominators of scales that a ruler has, or half of one."""

WIDE_MM, TALL_MM = 390.0, 250.0
"""Room for the drawing itself: an A3 sheet less its margins."""

NARROWEST_MM = 190.0
"""A sheet is at least this wide, so that its legend can be read."""

EDGE_MM = 8.0
AROUND_MM = 14.0
"""Room around the drawing for the names of rows, halls and coordinates."""

TITLE_MM, SUMMARY_MM, TEXT_MM = 6.0, 4.2, 3.2
_ROW_MM = 6.4
_SWATCH_MM = 8.4


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of the legend: how its swatch looks, and its text."""

    swatch: str
    css: str
    text: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """Where the drawing lies, m, and how large a millimetre of paper is on it.

    `lines` are the rows of the legend that stand below.
    """

    x0: float
    y0: float
    x1: float
    y1: float
    scale: int
    lines: tuple[tuple[Item, ...], ...]

    @property
    def mm(self) -> float:
        """One millimetre of paper, in m of the floor."""
        return self.scale / 1000.0

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, bottom, right and top of the whole sheet, m."""
        around = (AROUND_MM + EDGE_MM) * self.mm
        narrow = NARROWEST_MM * self.mm
        wide = max(self.x1 - self.x0 + 2 * around, narrow)
        left = self.x0 - around
        head = (EDGE_MM + TITLE_MM + SUMMARY_MM + TEXT_MM + 8.0) * self.mm
        foot = (EDGE_MM + 18.0 + _ROW_MM * len(self.lines)) * self.mm
        side = AROUND_MM * self.mm
        return left, self.y0 - side - foot, left + wide, self.y1 + side + head


def sheet(scene: Scene) -> Sheet:
    """Choose the scale of a scene and break its legend into rows."""
    low, high = scene.frame.low, scene.frame.high
    wide, tall = max(high[0] - low[0], 1.0), max(high[1] - low[1], 1.0)
    least = 1000.0 * max(wide / WIDE_MM, tall / TALL_MM)
    scale = next((s for s in SCALES if s >= least), int(np.ceil(least / 1e4) * 1e4))
    room = max(wide * 1000.0 / scale + 2 * AROUND_MM, NARROWEST_MM - 2 * EDGE_MM)
    lines = tuple(row for items in _groups(scene) for row in _rows(items, room))
    return Sheet(low[0], low[1], low[0] + wide, low[1] + tall, scale, lines)


def head(scene: Scene, on: Sheet) -> Iterator[str]:
    """Yield title, verdict and conditions."""
    left, _, _, top = on.box
    x, mm = left + EDGE_MM * on.mm, on.mm
    y = top - (EDGE_MM + 0.8 * TITLE_MM) * mm
    yield svg.text(scene.frame.title, x, y, TITLE_MM * mm, css="bold")
    y -= (TITLE_MM + 1.2) * mm
    yield svg.text(scene.frame.summary, x, y, SUMMARY_MM * mm)
    y -= (SUMMARY_MM + 1.2) * mm
    at_names = scene.legend.at_names
    named = f"; at names {at_names}" if at_names else ""
    told = (f"colour: {scene.legend.title}{named}", scene.frame.conditions, scene.frame.note)
    yield svg.text("  ·  ".join(t for t in told if t), x, y, TEXT_MM * mm, css="soft")


def foot(on: Sheet) -> Iterator[str]:
    """Yield the scale bar, the axes, and the legend below them."""
    left, _, _, _ = on.box
    mm = on.mm
    x, y = left + EDGE_MM * mm, on.y0 - (AROUND_MM + 9.0) * mm
    yield from _scale_bar(x, y, on)
    yield from _axes(x + 5 * _step(on) + 80 * mm, y, mm)
    y -= 11.0 * mm
    for row in on.lines:
        at = x
        for item in row:
            yield from _swatch(item, at, y, mm)
            at += (_SWATCH_MM + 1.5) * mm
            yield svg.text(item.text, at, y - 0.36 * TEXT_MM * mm, TEXT_MM * mm)
            at += _item_mm(item) * mm - (_SWATCH_MM + 1.5) * mm
        y -= _ROW_MM * mm


def coordinates(on: Sheet) -> Iterator[str]:
    """Yield ticks with the coordinates of the site along the lower and the left edge, in m."""
    mm = on.mm
    steps = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
    step = next((s for s in steps if s / mm >= 12.0), steps[-1])
    low, near = on.y0 - 7.0 * mm, on.x0 - 7.0 * mm
    size = 2.4 * mm
    xs = np.arange(np.ceil(on.x0 / step), np.floor(on.x1 / step) + 1) * step
    ys = np.arange(np.ceil(on.y0 / step), np.floor(on.y1 / step) + 1) * step
    under = np.stack([xs, np.full(len(xs), low)], axis=1)
    beside = np.stack([np.full(len(ys), near), ys], axis=1)
    yield svg.strokes(under, under - [0.0, 1.6 * mm], "tick")
    yield svg.strokes(beside, beside - [1.6 * mm, 0.0], "tick")
    for x in xs.tolist():
        yield svg.text(svg.num(x), x, low - 4.4 * mm, size, css="soft", anchor="middle")
    for y in ys.tolist():
        yield svg.text(svg.num(y), near - 2.2 * mm, y - 0.35 * size, size, css="soft", anchor="end")


def _groups(scene: Scene) -> Iterator[list[Item]]:
    """Yield entries of the legend by what they tell: bands, marks, lines, things."""
    yield [_entry(e) for e in scene.legend.entries if e.band >= 0 or e.count]
    drop = {"2": "x", "1": "q", "3": "w"}
    rest = [Item(f"mark-{drop[k.name]}", "", k.text) for k in keys.marks(scene)]
    for key in keys.things(scene, cased=True):
        line = key.form == "line"
        css = f"l-{key.name}" if line else f"a-{key.name}"
        rest.append(Item("line" if line else "box", css, key.text))
    if scene.batch("position") is not None:
        rest.append(Item("front", "a-position", "position, front marked"))
    yield rest


def _entry(entry: Entry) -> Item:
    count = f" ({entry.count:,})" if entry.count else ""
    return Item("box", f"b{entry.band}" if entry.band >= 0 else "bn", entry.text + count)


def _item_mm(item: Item) -> float:
    return _SWATCH_MM + 1.5 + svg.width_of(item.text, TEXT_MM) + 5.0


def _rows(items: list[Item], room_mm: float) -> Iterator[tuple[Item, ...]]:
    """Break entries into rows that fit."""
    row: list[Item] = []
    used = 0.0
    for item in items:
        wide = _item_mm(item)
        if row and used + wide > room_mm:
            yield tuple(row)
            row, used = [], 0.0
        row.append(item)
        used += wide
    if row:
        yield tuple(row)


def _swatch(item: Item, x: float, y: float, mm: float) -> Iterator[str]:
    wide, tall = _SWATCH_MM * mm, 4.0 * mm
    if item.swatch == "line":
        ends = np.array([[x, y], [x + wide, y]])
        yield svg.polyline(ends, f"line {item.css}")
        return
    yield svg.rect(x, y - tall / 2, wide, tall, f"edge {item.css or 'a-position'}")
    if item.swatch.startswith("mark-"):
        size = 3.4 * mm
        name = item.swatch[-1]
        if name == "x":
            yield svg.rect(x, y - tall / 2, wide, tall, "heavy")
        place = f'x="{svg.num(x + wide / 2 - size / 2)}" y="{svg.num(-y - size / 2)}"'
        yield f'<use href="#tw-{name}" {place} width="{svg.num(size)}" height="{svg.num(size)}"/>'
    if item.swatch == "front":
        low = np.array([[x, y - tall / 2]])
        yield svg.strokes(low, low + np.array([wide, 0.0]), "front")


def _scale_bar(x: float, y: float, on: Sheet) -> Iterator[str]:
    """Yield a bar of five parts, and the scale in words."""
    mm, step = on.mm, _step(on)
    tall, size = 1.8 * mm, 2.8 * mm
    for k in range(5):
        yield svg.rect(x + k * step, y, step, tall, "bar dark" if k % 2 == 0 else "bar")
    for k in (0, 1, 2, 5):
        words = svg.num(k * step) + (" m" if k == 5 else "")
        yield svg.text(words, x + k * step, y + 2.8 * mm, size, anchor="middle")
    end = x + 5 * step
    words = f"1:{on.scale} printed at full size (A3)"
    yield svg.text(words, end + 12 * mm, y, size, css="soft")


def _step(on: Sheet) -> float:
    """Length of one part of the scale bar, m."""
    steps = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100)
    return next((s for s in steps if s / on.mm >= 8.0), steps[-1])


def _axes(x: float, y: float, mm: float) -> Iterator[str]:
    """Yield the directions of the site's frame: the drawing's up is its y."""
    start = np.array([[x, y], [x, y]])
    ends = start + np.array([[7.0, 0.0], [0.0, 7.0]]) * mm
    yield svg.strokes(start, ends, "axis")
    for tip, side in (
        (ends[0], [[-1.5, 0.8], [-1.5, -0.8]]),
        (ends[1], [[0.8, -1.5], [-0.8, -1.5]]),
    ):
        yield svg.strokes(np.array([tip, tip]), tip + np.array(side) * mm, "axis")
    yield svg.text("x", x + 8.0 * mm, y - 0.9 * mm, 2.8 * mm, css="soft")
    yield svg.text("y", x - 0.7 * mm, y + 7.8 * mm, 2.8 * mm, css="soft")
    yield svg.text("site frame, m", x + 12.0 * mm, y, 2.8 * mm, css="soft")
