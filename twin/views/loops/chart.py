"""Axes of the loop charts: round ticks, grid, titles."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from twin.views import svg

SIZE = 2.4
_WISHED = 6


@dataclass(frozen=True, slots=True)
class Axes:
    """A field of a chart: its lower left corner and size in mm, and the values at its edges."""

    x: float
    y: float
    wide: float
    tall: float
    left: float
    right: float
    low: float
    high: float

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Return the point of two values."""
        across = (x - self.left) / (self.right - self.left)
        up = (y - self.low) / (self.high - self.low)
        return self.x + self.wide * across, self.y + self.tall * up


def ticks(low: float, high: float) -> list[float]:
    """Return round values from below `low` to above `high`, by 1, 2 or 5.

    Examples
    --------
    >>> ticks(0.0, 140.0), ticks(0.0, 0.0)
    ([0.0, 50.0, 100.0, 150.0], [0.0, 0.2, 0.4, 0.6, 0.8, 1.0])
    """
    span = high - low if high > low else 1.0
    raw = span / _WISHED
    unit = 10.0 ** math.floor(math.log10(raw))
    step = next(s * unit for s in (1.0, 2.0, 5.0, 10.0) if s * unit >= raw * (1.0 - 1e-9))
    first, last = math.floor(low / step + 1e-9), math.ceil(max(high, low + span) / step - 1e-9)
    return [round(k * step, 9) for k in range(first, last + 1)]


def frame(
    axes: Axes, across: list[float], up: list[float], title_x: str, title_y: str
) -> Iterator[str]:
    """Yield grid, ticks and titles of a field."""
    for v in up:
        _, y = axes.at(axes.left, v)
        yield svg.polyline(np.array([[axes.x, y], [axes.x + axes.wide, y]]), "tick")
        yield svg.text(f"{v:,g}", axes.x - 1.4, y - 0.36 * SIZE, SIZE, anchor="end")
    for v in across:
        x, _ = axes.at(v, axes.low)
        yield svg.polyline(np.array([[x, axes.y], [x, axes.y - 1.0]]), "axis")
        yield svg.text(f"{v:,g}", x, axes.y - 4.0, SIZE, anchor="middle")
    corner = [[axes.x, axes.y + axes.tall], [axes.x, axes.y], [axes.x + axes.wide, axes.y]]
    yield svg.polyline(np.array(corner), "axis")
    if title_x:
        yield svg.text(title_x, axes.x + axes.wide, axes.y - 8.0, SIZE, css="soft", anchor="end")
    yield svg.text(title_y, axes.x - 9.0, axes.y + axes.tall + 2.4, SIZE, css="soft")
