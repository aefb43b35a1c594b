"""Solids of a scene for three dimensions: lines as boxes, floors as triangles, boxes as corners."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.site.table import FloatArray, IntArray
from twin.views import svg
from twin.views.parts import Batch

_UPRIGHT_M = 1e-6
"""A segment shorter than this on the plan goes straight up."""


@dataclass(frozen=True, slots=True)
class Boxes:
    """Boxes by centre of base, size and yaw, m and rad; `row` is the row of the batch, (n,)."""

    origin: FloatArray
    size: FloatArray
    yaw: FloatArray
    row: IntArray

    def __len__(self) -> int:
        """Return the number of boxes."""
        return len(self.row)

    def corners(self) -> FloatArray:
        """Corners, (n, 8, 3) m: four of the base anticlockwise, then the four above them."""
        base = svg.corners(self.origin, self.size, self.yaw)
        out = np.empty((len(self), 8, 3))
        out[:, :4, :2] = base
        out[:, 4:, :2] = base
        out[:, :4, 2] = self.origin[:, 2:]
        out[:, 4:, 2] = self.origin[:, 2:] + self.size[:, 2:]
        return out


def boxes(batch: Batch) -> Boxes:
    """Return a batch of boxes as they are, and each segment of a batch of lines as one box."""
    if batch.shape == "box":
        rows = np.arange(len(batch), dtype=np.int64)
        return Boxes(batch.origin, batch.size, batch.yaw, rows)
    count = np.diff(batch.offsets)
    owner = np.repeat(np.arange(len(batch), dtype=np.int64), count)
    inner = owner[:-1] == owner[1:]
    start, end, row = batch.points[:-1][inner], batch.points[1:][inner], owner[:-1][inner]
    step = end - start
    length = np.hypot(step[:, 0], step[:, 1])
    size = batch.size[row].copy()
    # Half a width more at both ends, so that corners close.
    size[:, 0] = length + size[:, 1]
    upright = (length < _UPRIGHT_M) & (step[:, 2] != 0.0)
    size[upright, 2] += np.abs(step[upright, 2])
    origin = (start + end) / 2
    origin[upright, 2] = np.minimum(start, end)[upright, 2]
    return Boxes(origin, size, np.arctan2(step[:, 1], step[:, 0]), row)


def triangles(ring: FloatArray) -> IntArray:
    """Cut a simple polygon into triangles, (k - 2, 3) corners, by clipping ears [1]_.

    Parameters
    ----------
    ring
        (k, 2) m, without a repeated last point, in either sense.

    References
    ----------
    .. [1] G. H. Meisters, Polygons have ears, The American Mathematical Monthly 82 (1975).

    Examples
    --------
    >>> triangles(np.array([[0.0, 0.0], [2.0, 0.0], [2.0, 1.0], [0.0, 1.0]])).tolist()
    [[3, 0, 1], [1, 2, 3]]
    """
    points = ring[:, :2].tolist()
    left = list(range(len(points)))
    if _area(points) < 0:
        left.reverse()
    out = []
    while len(left) > 3:
        ear = next((k for k in range(len(left)) if _is_ear(points, left, k)), 0)
        out.append([left[ear - 1], left[ear], left[(ear + 1) % len(left)]])
        del left[ear]
    if len(left) == 3:
        out.append(left)
    return np.array(out, dtype=np.int64).reshape(-1, 3)


Point = list[float]


def _area(points: list[Point]) -> float:
    """Twice the signed area, m2: positive where the points run anticlockwise."""
    ends = points[1:] + points[:1]
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(points, ends, strict=True))


def _is_ear(points: list[Point], left: list[int], k: int) -> bool:
    a, b, c = (points[left[i]] for i in (k - 1, k, (k + 1) % len(left)))
    if _turn(a, b, c) <= 0:
        return False
    around = {left[k - 1], left[k], left[(k + 1) % len(left)]}
    return not any(_inside(points[i], a, b, c) for i in left if i not in around)


def _turn(a: Point, b: Point, c: Point) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _inside(p: Point, a: Point, b: Point, c: Point) -> bool:
    return _turn(a, b, p) >= 0 and _turn(b, c, p) >= 0 and _turn(c, a, p) >= 0
