"""Aisles between neighbouring rows: cold where fronts face each other, hot where backs do."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.site.site import Site
from twin.site.table import FloatArray, IntArray
from twin.views.boxes import batch, to_site
from twin.views.judge import Judgement
from twin.views.parts import Batch

WIDEST_M = 6.0
"""A gap wider than this is a part of the hall, not an aisle."""

NARROWEST_M = 0.3

_PARALLEL = 1e-3


@dataclass(frozen=True, slots=True)
class RowBox:
    """Extent of a row in its own frame: `u` along it, `v` across; rad and m.

    `front` is +1 where the fronts face growing `v`, -1 where they face falling `v`, 0 mixed.
    """

    row: int
    hall: int
    turn: float
    u: tuple[float, float]
    v: tuple[float, float]
    front: int


def row_boxes(site: Site) -> list[RowBox]:
    """Extents of all rows that have positions, in the frames of their halls."""
    places, rows = site.tables["position"], site.tables["row"]
    member = site.rows_of("row", places["row"])
    known = (member >= 0) & ~np.isnan(places["x_m"]) & ~np.isnan(places["y_m"])
    at, n = member[known], len(rows)
    if not n or not known.any():
        return []
    # A row that runs back is the same line: turn it by 180 degrees, so that neighbours compare.
    turn = np.radians(np.nan_to_num(rows["yaw_deg"]) % 180.0)
    a = turn[at]
    x, y = places["x_m"][known], places["y_m"][known]
    width, depth = np.nan_to_num(places["width_m"][known]), np.nan_to_num(places["depth_m"][known])
    u, v = np.cos(a) * x + np.sin(a) * y, -np.sin(a) * x + np.cos(a) * y
    # The front faces yaw - 90 degrees; its part along `v` is -cos(yaw - turn).
    facing = -np.cos(np.radians(places["yaw_deg"][known]) - a)
    bounds = [
        _least(at, n, u - width / 2),
        -_least(at, n, -u - width / 2),
        _least(at, n, v - depth / 2),
        -_least(at, n, -v - depth / 2),
    ]
    mean = np.bincount(at, weights=facing, minlength=n) / np.maximum(
        np.bincount(at, minlength=n), 1
    )
    front = np.where(np.abs(mean) > 0.5, np.sign(mean), 0).astype(int)
    return [
        RowBox(
            row=int(r),
            hall=int(rows["hall"][r]),
            turn=float(turn[r]),
            u=(float(bounds[0][r]), float(bounds[1][r])),
            v=(float(bounds[2][r]), float(bounds[3][r])),
            front=int(front[r]),
        )
        for r in np.unique(at)
    ]


def aisles(site: Site, judgement: Judgement) -> tuple[Batch, ...]:
    """One batch of areas each for cold, hot and other aisles."""
    found: dict[str, list[tuple[int, FloatArray]]] = {
        "aisle_cold": [],
        "aisle_hot": [],
        "aisle": [],
    }
    groups: dict[tuple[int, int], list[RowBox]] = {}
    for box in row_boxes(site):
        groups.setdefault((box.hall, round(box.turn / _PARALLEL)), []).append(box)
    for boxes in groups.values():
        boxes.sort(key=lambda b: (b.v[0], b.u[0]))
        for i, low in enumerate(boxes):
            high = _next(low, boxes[i + 1 :])
            if high is not None:
                found[_asset(low, high)].append((low.hall, _corners(low, high)))
    return tuple(_areas(site, judgement, asset, gaps) for asset, gaps in found.items())


def _least(at: IntArray, n: int, values: FloatArray) -> FloatArray:
    out = np.full(n, np.inf)
    np.minimum.at(out, at, values)
    return out


def _next(low: RowBox, above: list[RowBox]) -> RowBox | None:
    """First row above that overlaps along the aisle, if the gap is an aisle's."""
    for high in above:
        overlap = min(low.u[1], high.u[1]) - max(low.u[0], high.u[0])
        gap = high.v[0] - low.v[1]
        if overlap > 0 and gap > NARROWEST_M:
            return high if gap <= WIDEST_M else None
    return None


def _asset(low: RowBox, high: RowBox) -> str:
    if low.front == 1 and high.front == -1:
        return "aisle_cold"
    if low.front == -1 and high.front == 1:
        return "aisle_hot"
    return "aisle"


def _corners(low: RowBox, high: RowBox) -> FloatArray:
    """Corners of the gap where the two rows overlap, hall frame, (4, 2) m."""
    u0, u1 = max(low.u[0], high.u[0]), min(low.u[1], high.u[1])
    v0, v1 = low.v[1], high.v[0]
    c, s = np.cos(low.turn), np.sin(low.turn)
    uv = np.array([[u0, v0], [u1, v0], [u1, v1], [u0, v1]])
    corners: FloatArray = uv @ np.array([[c, s], [-s, c]])
    return corners


def _areas(
    site: Site, judgement: Judgement, asset: str, gaps: list[tuple[int, FloatArray]]
) -> Batch:
    n = len(gaps)
    flat = np.concatenate([c for _, c in gaps]) if gaps else np.empty((0, 2))
    hall = np.repeat(np.array([h for h, _ in gaps], dtype=np.int64), 4)
    x, y, _ = to_site(site, hall, flat[:, 0], flat[:, 1], np.zeros(len(flat)))
    points = np.stack([x, y, np.full(len(x), 0.005)], axis=1)
    offsets = 4 * np.arange(n + 1, dtype=np.int64)
    return batch(
        asset,
        "area",
        judgement,
        origin=points[offsets[:-1]],
        size=np.zeros((n, 3)),
        yaw=np.zeros(n),
        subject=np.full(n, -1, dtype=np.int64),
        points=points,
        offsets=offsets,
    )
