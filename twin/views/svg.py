"""Small pieces of SVG: numbers, escaped text, shapes. Y grows upwards outside, downwards inside."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence

import numpy as np

from twin.site.table import FloatArray

LETTER, BOLD_LETTER = 0.6, 0.7
"""Mean width of a letter of a wide sans-serif face, as a part of its height."""


def num(value: float) -> str:
    """Return a number to the millimetre, without what says nothing.

    Examples
    --------
    >>> num(1.5), num(-0.0001), num(12.3456)
    ('1.5', '0', '12.346')
    """
    text = f"{value:.3f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def esc(text: str) -> str:
    """Return text that XML can hold: markup escaped, control characters replaced.

    Examples
    --------
    >>> esc('<b>&"')
    '&lt;b&gt;&amp;&quot;'
    """
    clean = "".join(c if c.isprintable() or c == " " else "�" for c in text)
    return html.escape(clean, quote=True)


def width_of(text: str, size: float, *, bold: bool = False) -> float:
    """Estimate how wide a text is at a height of its letters, in the same unit."""
    return (BOLD_LETTER if bold else LETTER) * size * len(text)


def text(
    words: str, x: float, y: float, size: float, *, css: str = "", anchor: str = "", turn: float = 0
) -> str:
    """Return a text whose baseline begins (or is centred, or ends) at a point."""
    extra = f' class="{css}"' if css else ""
    extra += f' text-anchor="{anchor}"' if anchor else ""
    if turn:
        extra += f' transform="rotate({num(turn)} {num(x)} {num(-y)})"'
    return f'<text x="{num(x)}" y="{num(-y)}" font-size="{num(size)}"{extra}>{esc(words)}</text>'


def rect(x: float, y: float, wide: float, tall: float, css: str = "", inner: str = "") -> str:
    """Return a rectangle by its lower left corner."""
    head = f'<rect class="{css}"' if css else "<rect"
    place = f'x="{num(x)}" y="{num(-y - tall)}" width="{num(wide)}" height="{num(tall)}"'
    return f"{head} {place}>{inner}</rect>" if inner else f"{head} {place}/>"


def polygon(points: FloatArray, css: str, inner: str = "") -> str:
    """Return a closed polygon of (k, 2) points."""
    where = " ".join(f"{num(x)},{num(-y)}" for x, y in points.tolist())
    return f'<polygon class="{css}" points="{where}">{inner}</polygon>'


def polyline(points: FloatArray, css: str, inner: str = "", extra: str = "") -> str:
    """Return an open line of (k, 2) points."""
    where = " ".join(f"{num(x)},{num(-y)}" for x, y in points.tolist())
    return f'<polyline class="{css}" points="{where}"{extra}>{inner}</polyline>'


def strokes(starts: FloatArray, ends: FloatArray, css: str) -> str:
    """Return many short lines as one path; (n, 2) each."""
    pairs = np.concatenate([starts, ends], axis=1).tolist()
    if not pairs:
        return ""
    way = "".join(f"M{num(a)} {num(-b)}L{num(c)} {num(-d)}" for a, b, c, d in pairs)
    return f'<path class="{css}" d="{way}"/>'


def group(css: str, parts: Iterable[str]) -> str:
    """Return parts as one group; nothing where there is none."""
    inner = "\n".join(p for p in parts if p)
    return f'<g class="{css}">\n{inner}\n</g>' if inner else ""


def title(words: str) -> str:
    """Return the tooltip of the element that it stands in."""
    return f"<title>{esc(words)}</title>"


def corners(origin: FloatArray, size: FloatArray, yaw: FloatArray) -> FloatArray:
    """Corners of many footprints, anticlockwise from the front left, (n, 4, 2) m."""
    c, s = np.cos(yaw)[:, None], np.sin(yaw)[:, None]
    u = size[:, :1] / 2 * np.array([-1.0, 1.0, 1.0, -1.0])
    v = size[:, 1:2] / 2 * np.array([-1.0, -1.0, 1.0, 1.0])
    x = origin[:, :1] + c * u - s * v
    y = origin[:, 1:2] + s * u + c * v
    return np.stack([x, y], axis=2)


def is_upright(points: Sequence[FloatArray] | FloatArray) -> bool:
    """Whether a footprint lies along the axes, to a thousandth of a millimetre."""
    p = np.asarray(points)
    spans = p.max(axis=0) - p.min(axis=0)
    sides = np.abs(p - np.roll(p, 1, axis=0))
    return bool(np.all(np.minimum(sides[:, 0], sides[:, 1]) < 1e-6) and np.all(spans > 0))
