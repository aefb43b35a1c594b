"""Runs of pipe in a loop diagram: supply over return, with arrows as it flows, names and flows."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.views import svg
from twin.views.loops import words
from twin.views.loops.figures import Figures
from twin.views.loops.parts import Run
from twin.views.loops.place import Point

HALF = 1.3
"""From the middle of a pair to each of its lines, mm."""

SIZE = 2.2
_ARROW = 1.7
_MARGIN = 2.6


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
    for (x0, y0), (x1, y1) in zip(way, way[1:], strict=False):
        if y0 == y1:
            heading = float(np.sign(x1 - x0))
            out.append(("y", HALF))
        else:
            out.append(("x", -HALF * (heading * float(np.sign(y1 - y0)) or 1.0)))
    return out


def run(of: Figures, one: Run, way: list[Point], bores: tuple[float, float]) -> Iterator[str]:
    """Yield the lines of a run and its words.

    Parameters
    ----------
    bores
        Inner diameter on supply and return, m.
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
        yield from _arrow(leg, side, of.lpm[link], css)
    yield from _said(of, one, way)


def _arrow(leg: list[Point], side: int, lpm: float, css: str) -> Iterator[str]:
    """Yield an arrow on the longest segment of a line, as it flows."""
    if not abs(lpm) > 0:
        return
    steps = list(zip(leg, leg[1:], strict=False))
    (xa, ya), (xb, yb) = max(steps, key=lambda s: abs(s[1][0] - s[0][0]) + abs(s[1][1] - s[0][1]))
    # Links run from the first end on supply and to it on return only where pipes are meant so.
    sign = np.sign(lpm) * (1.0 if side == 0 else -1.0)
    d = np.array([xb - xa, yb - ya])
    d = sign * d / np.hypot(*d)
    middle = np.array([xa + (xb - xa) * 0.22, ya + (yb - ya) * 0.22])
    across = np.array([-d[1], d[0]])
    tip, tail = middle + d * _ARROW, middle - d * _ARROW * 0.6
    yield svg.polygon(np.array([tip, tail + across * 1.1, tail - across * 1.1]), f"fill-{css}")


def _tip(of: Figures, one: Run, side: int, bores: tuple[float, float]) -> str:
    link = one.links[side]
    name = one.pipes[min(side, len(one.pipes) - 1)]
    what = ("supply", "return")[side]
    if of.shut[link]:
        return f"pipe {name}, {what}: shut off"
    speed = f"{words.one(float(of.m_s[link]))} m/s"
    return (
        f"pipe {name}, {what}: {words.one(abs(float(of.lpm[link])))} L/min, {speed}, "
        f"bore {1000 * bores[side]:.0f} mm"
    )


def _said(of: Figures, one: Run, way: list[Point]) -> Iterator[str]:
    """Yield name and flow of a run beside its longest part."""
    link = max(one.links, key=lambda k: -1.0 if k < 0 else abs(float(np.nan_to_num(of.lpm[k]))))
    name = "/".join(one.pipes)
    if of.shut[link]:
        flow, speed = "shut", ""
    else:
        flow = words.one(abs(float(of.lpm[link])), " L/min")
        speed = words.one(float(of.m_s[link]), " m/s")
    if len(way) == 2 and way[0][1] == way[1][1]:  # noqa: PLR2004 - a straight line
        (xa, y), (xb, _) = way
        low, high = min(xa, xb), max(xa, xb)
        middle, room = (low + high) / 2, high - low - 4.0
        yield svg.text(words.cut(name, room, SIZE), middle, y + HALF + 1.3, SIZE, css="halo", anchor="middle")
        yield svg.text(f"{flow}", middle, y - HALF - 3.0, SIZE, css="halo", anchor="middle")
        yield svg.text(speed, middle, y - HALF - 6.0, SIZE, css="halo soft", anchor="middle")
        return
    steps = list(zip(way, way[1:], strict=False))
    (xa, ya), (xb, yb) = max(steps, key=lambda s: abs(s[1][0] - s[0][0]) + abs(s[1][1] - s[0][1]))
    room = abs(xb - xa) + abs(yb - ya) - 4.0
    text = words.cut("  ".join(t for t in (name, flow, speed) if t), room, SIZE)
    x, y = (xa + xb) / 2, (ya + yb) / 2
    if xa == xb:
        yield svg.text(text, x + HALF + _MARGIN, y, SIZE, css="halo", anchor="middle", turn=-90)
    else:
        yield svg.text(text, x, y + HALF + 1.3, SIZE, css="halo", anchor="middle")
