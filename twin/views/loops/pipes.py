"""Runs of pipe in a loop diagram: supply over return, with arrows as it flows, names and flows."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Protocol

import numpy as np

from twin.site.table import BoolArray, FloatArray
from twin.views import svg
from twin.views.loops import words
from twin.views.loops.parts import Run
from twin.views.loops.place import Point

HALF = 1.3
"""From the middle of a pair to each of its lines, mm."""

SIZE = 2.2
_ARROW = 1.7
_MARGIN = 2.6
_BESIDE = 2.8


class Moves(Protocol):
    """What pipes need to know of a circuit: (m,) links shut, flows, L/min, and speeds."""

    @property
    def shut(self) -> BoolArray:
        """(m,) links that are closed."""

    @property
    def lpm(self) -> FloatArray:
        """(m,) flow, positive as it is meant to go."""

    @property
    def m_s(self) -> FloatArray:
        """(m,) speed."""


def legs(way: list[Point]) -> tuple[list[Point], list[Point]]:
    """Supply and return of a pair along its points: supply above, or outside at the first bend.

    Examples
    --------
    >>> legs([(0.0, 0.0), (10.0, 0.0)])
    ([(0.0, 1.3), (10.0, 1.3)], [(0.0, -1.3), (10.0, -1.3)])
    """
    shifts = _shifts(way)
    out: tuple[list[Point], list[Point]] = ([], [])
    for side, leg in zip((1.0, -1.0), out, strict=True):
        for k, (x, y) in enumerate(way):
            before, after = shifts[max(k - 1, 0)], shifts[min(k, len(shifts) - 1)]
            dx = next((d for axis, d in (before, after) if axis == "x"), 0.0)
            dy = next((d for axis, d in (before, after) if axis == "y"), 0.0)
            leg.append((x + side * dx, y + side * dy))
    return out


def _shifts(way: list[Point]) -> list[tuple[str, float]]:
    """By how much supply lies beside each segment, and along which axis."""
    out: list[tuple[str, float]] = []
    heading = 0.0
    for (x0, y0), (x1, y1) in pairwise(way):
        if y0 == y1:
            heading = float(np.sign(x1 - x0))
            out.append(("y", HALF))
        else:
            out.append(("x", -HALF * (heading * float(np.sign(y1 - y0)) or 1.0)))
    return out


def run(
    of: Moves,
    one: Run,
    way: list[Point],
    bores: tuple[float, float],
    rows: list[float],
    *,
    joined: bool = False,
    below: float = 0.0,
) -> Iterator[str]:
    """Yield the lines of a run and its words.

    Parameters
    ----------
    bores
        Inner diameter on supply and return, m.
    rows
        Heights of all rows, at which other pipes cross.
    joined
        Whether its right end is a junction with its name on this side.
    below
        How far under its upper end other pipes leave that.
    """
    pair = legs(way)
    for link, leg in zip(one.links, pair, strict=True):
        if link >= 0:
            yield svg.polyline(np.array(leg), "casing")
    for side, (link, leg) in enumerate(zip(one.links, pair, strict=True)):
        if link < 0:
            continue
        css = "gone" if of.shut[link] else ("supply", "return")[side]
        yield svg.polyline(np.array(leg), f"pipe {css}", svg.title(_tip(of, one, side, bores)))
        yield from _arrow(leg, -of.lpm[link] if one.turned[side] else of.lpm[link], css)
    yield from _said(of, one, way, rows, 10.0 if joined else 3.2, below)


def _arrow(leg: list[Point], lpm: float, css: str) -> Iterator[str]:
    """Yield an arrow on the longest segment of a line, as it flows."""
    if not abs(lpm) > 0:
        return
    steps = list(pairwise(leg))
    (xa, ya), (xb, yb) = max(steps, key=lambda s: abs(s[1][0] - s[0][0]) + abs(s[1][1] - s[0][1]))
    d = np.array([xb - xa, yb - ya])
    d = np.sign(lpm) * d / np.hypot(*d)
    middle = np.array([xa + (xb - xa) * 0.22, ya + (yb - ya) * 0.22])
    across = np.array([-d[1], d[0]])
    tip, tail = middle + d * _ARROW, middle - d * _ARROW * 0.6
    yield svg.polygon(np.array([tip, tail + across * 1.1, tail - across * 1.1]), f"fill-{css}")


def _tip(of: Moves, one: Run, side: int, bores: tuple[float, float]) -> str:
    link = one.links[side]
    name = one.pipes[min(side, len(one.pipes) - 1)]
    what = ("supply", "return")[side]
    if not name:  # within a rack: no pipe of its own
        return f"{what}: {words.one(abs(float(of.lpm[link])))} L/min"
    if of.shut[link]:
        return f"pipe {name}, {what}: shut off"
    speed = words.speed(float(of.m_s[link]))
    return (
        f"pipe {name}, {what}: {words.one(abs(float(of.lpm[link])))} L/min, {speed}, "
        f"bore {1000 * bores[side]:.0f} mm"
    )


def _said(
    of: Moves, one: Run, way: list[Point], rows: list[float], from_end: float, below: float
) -> Iterator[str]:
    """Yield name, flow and speed of a run: over a level one, beside the upright part of others."""
    link = max(one.links, key=lambda k: -1.0 if k < 0 else abs(float(np.nan_to_num(of.lpm[k]))))
    name, flow, speed = "/".join(one.pipes), "shut", ""
    if of.lpm[link] == 0 and not of.shut[link]:
        flow = "no flow"
    elif not of.shut[link]:
        flow = words.one(abs(float(of.lpm[link])), " L/min")
        speed = f"  {words.speed(float(of.m_s[link]))}" if name else ""
    moved = flow + speed
    steps = list(pairwise(way))
    if len(steps) == 1 and way[0][1] == way[1][1]:
        (xa, y), (xb, _) = way
        end, room = max(xa, xb) - from_end, abs(xb - xa) - from_end - 2.0
        for text, up, css in ((name, 4.2, "halo bold"), (moved, 1.3, "halo")):
            said = words.cut(text, room, SIZE)
            yield svg.text(said, end, y + HALF + up, SIZE, css=css, anchor="end")
        return
    (xa, ya), (xb, yb) = steps[len(steps) // 2]
    if xa == xb:
        low, high = _free(min(ya, yb), max(ya, yb) - below, rows)
        room, y = max(high - low, 12.0), (low + high) / 2
        for n, text in enumerate(upright(name, flow, speed, room)):
            x = xa + HALF + _MARGIN + _BESIDE * n
            said = words.cut(text, room, SIZE)
            yield svg.text(said, x, y, SIZE, css="halo", anchor="middle", turn=-90)
    else:
        yield svg.text(
            f"{name}  {moved}", (xa + xb) / 2, ya + HALF + 1.3, SIZE, css="halo", anchor="middle"
        )


def upright(name: str, flow: str, speed: str, room: float) -> list[str]:
    """Return the words beside an upright line: in one row, in two, or in two without the speed."""
    both = [f"{name}  {flow}{speed}"], [name, flow + speed]
    for lines in both:
        if all(svg.width_of(line, SIZE) <= room for line in lines):
            return lines
    return [name, flow]


def _free(low: float, high: float, rows: list[float]) -> tuple[float, float]:
    """Return the longest part of an upright line that no row crosses."""
    crossed = sorted((y for y in rows if low < y < high), reverse=True)
    tops = [high - 2.0, *(y - 12.0 for y in crossed)]
    ends = [*(y + 7.0 for y in crossed), low + 2.0]
    return max(zip(ends, tops, strict=True), key=lambda part: part[1] - part[0])
