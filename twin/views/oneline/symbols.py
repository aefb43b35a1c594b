"""Symbols of the one-line diagram, in mm around the line of an element; Y grows upwards.

They follow IEC 60617 in what they show: two circles for a transformer, a box with a diagonal for
what converts, a G in a circle, a square for a breaker, filled where it is closed.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.views import svg

TALL = 10.0
"""Height of a symbol."""

_R = 3.2
_HALF = 4.2

SHORT = {"automatic": "ATS", "static": "STS", "manual": "MTS"}
"""What transfer switches are called, by kind."""

TRANSFER_LOW = 8.4
"""How far a transfer switch reaches to the left of its line, over its other input."""


def symbol(kind: str, sort: str, x: float, top: float, css: str) -> Iterator[str]:
    """Yield the symbol of an element that is no bar, centred on its line, from `top` down.

    Parameters
    ----------
    kind, sort
        Kind of the site; of sources and transfer switches, which of its kinds.
    css
        Class of its fill.
    """
    if kind == "transformer":
        yield line(((x, top), (x, top - TALL)), "wire")
        yield circle(x, top - _R - 0.4, _R, css)
        yield circle(x, top - TALL + _R + 0.4, _R, css)
        yield circle(x, top - _R - 0.4, _R, "hollow")
    elif kind == "source":
        yield from _source(sort, x, top, css)
    elif kind == "ups":
        yield line(((x, top), (x, top - 1.0)), "wire")
        yield from _box(x, top, css)
        yield svg.text("UPS", x, top - TALL / 2 - 0.9, 2.6, css="bold", anchor="middle")
    elif kind == "rectifier":
        yield line(((x, top), (x, top - 1.0)), "wire")
        yield from _box(x, top, css)
        low = top - TALL + 0.8
        yield line(((x - _HALF, low), (x + _HALF, low + TALL - 1.6)), "thin")
        yield svg.text("~", x - 2.1, top - 3.9, 4.0, anchor="middle")
        yield svg.text("=", x + 2.1, low + 1.2, 3.6, anchor="middle")
    else:
        yield from _box(x, top, css)


def _source(sort: str, x: float, top: float, css: str) -> Iterator[str]:
    radius, middle = TALL / 2 - 0.4, top - TALL / 2
    if sort == "generator":
        yield circle(x, middle, radius, css)
        yield svg.text("G", x, middle - 0.3, 4.2, css="bold", anchor="middle")
        yield svg.text("~", x, middle - 3.2, 3.6, anchor="middle")
    elif sort == "storage":
        yield from _box(x, top, css)
        for k, half in ((0, 2.8), (1, 1.3), (2, 2.8), (3, 1.3)):
            y = middle + 2.4 - 1.6 * k
            yield line(((x - half, y), (x + half, y)), "thick" if k % 2 else "thin")
    else:
        yield from _box(x, top, css)
        low, high = middle - TALL / 2 + 0.8, middle + TALL / 2 - 0.8
        yield line(((x - _HALF, low), (x + _HALF, high)), "thin")
        yield line(((x - _HALF, high), (x + _HALF, low)), "thin")


def transfer(sort: str, x: float, top: float, other: float, css: str, stands: int) -> Iterator[str]:
    """Yield a transfer switch: `other` is its second input; `stands` 0 on it, 1 on the first."""
    low = x - TRANSFER_LOW
    yield svg.rect(low, top - TALL + 0.8, TRANSFER_LOW + 2.4, TALL - 0.8, f"edge {css}")
    contact, heel = top - 3.0, top - TALL + 3.2
    for at in (x, other):
        yield line(((at, top), (at, contact)), "wire inner")
        yield circle(at, contact, 0.5, "dot")
    yield line(((x, heel), (x, top - TALL)), "wire inner")
    yield line(((x, heel), (x if stands else other, contact)), "blade")
    yield svg.text(SHORT.get(sort, "TS"), low + 0.7, top - TALL + 1.6, 2.2, css="bold")


def breaker(x: float, y: float, *, closed: bool, across: bool = False) -> Iterator[str]:
    """Yield a breaker on a line at its centre; an open one is hollow, with a gap in the line."""
    half = 1.15
    if closed:
        yield svg.rect(x - half, y - half, 2 * half, 2 * half, "breaker")
        return
    gap = half + 0.8
    over = ((x - gap, y), (x + gap, y)) if across else ((x, y - gap), (x, y + gap))
    yield line(over, "gap")
    yield svg.rect(x - half, y - half, 2 * half, 2 * half, "breaker open")


def isolator(x: float, y: float) -> str:
    """Return an isolator: a stroke across the line."""
    return line(((x - 1.2, y), (x + 1.2, y)), "thick")


def racks(x: float, y: float, tall: float, *, dead: bool = False) -> Iterator[str]:
    """Yield the arrow to racks from a bar down."""
    yield line(((x, y), (x, y - tall + 2.4)), "wire dead" if dead else "wire")
    tip = np.array([[x - 1.5, y - tall + 2.6], [x + 1.5, y - tall + 2.6], [x, y - tall]])
    yield svg.polygon(tip, "edge off" if dead else "dot")


def _box(x: float, top: float, css: str) -> Iterator[str]:
    yield line(((x, top - TALL / 2), (x, top - TALL)), "wire")
    yield svg.rect(x - _HALF, top - TALL + 0.8, 2 * _HALF, TALL - 1.6, f"edge {css}")


def circle(x: float, y: float, radius: float, css: str) -> str:
    """Return a circle."""
    edge = css if css in {"hollow", "dot"} else f"edge {css}"
    where = f'cx="{svg.num(x)}" cy="{svg.num(-y)}" r="{svg.num(radius)}"'
    return f'<circle class="{edge}" {where}/>'


def line(points: tuple[tuple[float, float], ...], css: str) -> str:
    """Return an open line through points."""
    return svg.polyline(np.array(points), css)
