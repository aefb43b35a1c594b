"""Rectangles on the floor of a hall: footprints, what overlaps, how far it is clear before them.

All lengths are in the frame of the hall, so that moving or turning the site changes nothing. A
thing at yaw 0 has its width along x and its front at -y; lengths are told to 1 mm.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from twin.site.table import BoolArray, FloatArray, IntArray

GeomArray = NDArray[Any]
"""Array of Shapely geometries; None where the place or the size is not known."""

TOLERANCE_M = 0.001
"""Lengths are compared to this: what touches does not overlap."""

Side = Literal["front", "rear"]


@dataclass(frozen=True)
class Boxes:
    """Rectangles by their centre; NaN where not known.

    Attributes
    ----------
    x_m, y_m
        (n,) centre, hall frame.
    width_m, depth_m
        (n,) size along the yaw and across it.
    yaw_deg
        (n,) direction of the width; the front faces yaw - 90.
    """

    x_m: FloatArray
    y_m: FloatArray
    width_m: FloatArray
    depth_m: FloatArray
    yaw_deg: FloatArray

    def __len__(self) -> int:
        """Return the number of rectangles."""
        return len(self.x_m)

    @cached_property
    def centre(self) -> FloatArray:
        """(n, 2) m."""
        return np.stack([self.x_m, self.y_m], axis=1)

    @cached_property
    def along(self) -> FloatArray:
        """(n, 2) unit vector of the width."""
        angle = np.deg2rad(self.yaw_deg)
        return np.stack([np.cos(angle), np.sin(angle)], axis=1)

    @cached_property
    def ahead(self) -> FloatArray:
        """(n, 2) unit vector out of the front."""
        return np.stack([self.along[:, 1], -self.along[:, 0]], axis=1)

    @cached_property
    def corners(self) -> FloatArray:
        """(n, 4, 2) m, anticlockwise from the left of the front."""
        return self.patch(-self.depth_m / 2, self.depth_m / 2)

    @cached_property
    def known(self) -> BoolArray:
        """(n,) whether place and size are known."""
        return np.asarray(~np.isnan(self.corners).any(axis=(1, 2)), dtype=np.bool_)

    @cached_property
    def polygons(self) -> GeomArray:
        """(n,) footprints."""
        return polygons(self.corners)

    @cached_property
    def tree(self) -> shapely.STRtree:
        """Find footprints by place; rows of the tree are rows of the table."""
        return shapely.STRtree(self.polygons)

    def patch(self, low_m: FloatArray, high_m: FloatArray) -> FloatArray:
        """(n, 4, 2) corners of what lies between two depths ahead of the centre, as wide as it."""
        half = (self.width_m / 2)[:, None] * self.along
        low, high = low_m[:, None] * self.ahead, high_m[:, None] * self.ahead
        ring = [high - half, high + half, low + half, low - half]
        return self.centre[:, None, :] + np.stack(ring, axis=1)

    def take(self, rows: IntArray | BoolArray) -> Boxes:
        """Return some rectangles, with what is known of them already."""
        fields = (self.x_m, self.y_m, self.width_m, self.depth_m, self.yaw_deg)
        taken = Boxes(*(f[rows] for f in fields))
        for name in self.__dict__.keys() & _DERIVED:
            taken.__dict__[name] = self.__dict__[name][rows]
        return taken


_DERIVED = {"centre", "along", "ahead", "corners", "known", "polygons"}
"""Properties of `Boxes` with a row for each rectangle."""


def join(parts: list[Boxes]) -> Boxes:
    """Rectangles one after the other."""
    names = ("x_m", "y_m", "width_m", "depth_m", "yaw_deg")
    return Boxes(*(np.concatenate([getattr(p, n) for p in parts]) for n in names))


def polygons(corners: FloatArray) -> GeomArray:
    """Shapely polygons of (n, 4, 2) corners, None where one is not known."""
    out = np.full(len(corners), None, dtype=object)
    known = ~np.isnan(corners).any(axis=(1, 2))
    if known.any():
        out[known] = shapely.polygons(corners[known])
    return out


def front_zone(boxes: Boxes, depth_m: float) -> GeomArray:
    """(n,) rectangles before the fronts, as wide as each and `depth_m` deep."""
    half = boxes.depth_m / 2
    return polygons(boxes.patch(half, half + depth_m))


def rear_zone(boxes: Boxes, depth_m: float) -> GeomArray:
    """(n,) rectangles behind the rears, as wide as each and `depth_m` deep."""
    half = boxes.depth_m / 2
    return polygons(boxes.patch(-half - depth_m, -half))


class Clear(NamedTuple):
    """How far it is clear: (n,) m, NaN not known, and (n,) the solid that ends it, -1 none."""

    depth_m: FloatArray
    solid: IntArray


def clear_depth(
    boxes: Boxes, side: Side, solids: Boxes, own: IntArray, outline_m: FloatArray, reach_m: float
) -> Clear:
    """Depth clear of solids and of the hall's outline, over the whole width of each box.

    Parameters
    ----------
    solids
        What may stand in the way; of unknown size or place: left out.
    own
        (n,) the solid that each box itself is, -1 none.
    outline_m
        (c, 2) corners of the floor; none: what is clear is not known.
    reach_m
        Depth beyond which nobody looks.

    Examples
    --------
    >>> one = Boxes(*(np.array([v]) for v in (5.0, 5.0, 0.6, 1.2, 0.0)))
    >>> pole = Boxes(*(np.array([v]) for v in (5.2, 3.0, 0.4, 0.4, 0.0)))
    >>> room = np.array([[0.0, 0.0], [9, 0], [9, 9], [0, 9]])
    >>> none = np.array([-1])
    >>> float(clear_depth(one, "front", pole, none, room, 9.0).depth_m[0])
    1.2
    >>> float(clear_depth(one, "rear", pole, none, room, 9.0).depth_m[0])
    3.4
    """
    zone = front_zone(boxes, reach_m) if side == "front" else rear_zone(boxes, reach_m)
    box, solid = solids.tree.query(zone)
    others = solid != own[box]
    box, solid = box[others], solid[others]
    least, most = _in_strip(boxes, side, box, solids.corners[solid])
    hit = most > TOLERANCE_M
    depth, by = _first(len(boxes), box[hit], np.maximum(least[hit], 0.0), solid[hit])
    wall = np.minimum(_to_wall(boxes, side, outline_m), reach_m)
    by = np.where(depth < wall, by, -1)
    known = boxes.known & (len(outline_m) > 0)
    clear = np.where(known, np.minimum(depth, wall), np.nan)
    return Clear(_to_mm(clear), by)


def _to_mm(lengths_m: FloatArray) -> FloatArray:
    return np.asarray(np.round(lengths_m, 3), dtype=np.float64)


def _in_strip(
    boxes: Boxes, side: Side, box: IntArray, corners: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Least and greatest depth from the face of box `box[k]` at which ring `corners[k]` lies."""
    across, depth = _local(boxes, side, box, corners)
    half = boxes.width_m[box][:, None] / 2 - TOLERANCE_M
    inside = np.abs(across) <= half
    ahead = np.roll(across, -1, axis=1), np.roll(depth, -1, axis=1)
    crossed = [_crossing(across, depth, *ahead, edge) for edge in (half, -half)]
    every = np.concatenate([np.where(inside, depth, np.nan), *crossed], axis=1)
    least = np.where(np.isnan(every), np.inf, every).min(axis=1, initial=np.inf)
    most = np.where(np.isnan(every), -np.inf, every).max(axis=1, initial=-np.inf)
    return least, most


def _local(
    boxes: Boxes, side: Side, box: IntArray, points: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Points (k, c, 2) as across and depth from the face of their box, each (k, c)."""
    away = points - boxes.centre[box][:, None, :]
    across = (away * boxes.along[box][:, None, :]).sum(axis=2)
    out = (away * boxes.ahead[box][:, None, :]).sum(axis=2)
    sign = 1.0 if side == "front" else -1.0
    return across, sign * out - boxes.depth_m[box][:, None] / 2


def _crossing(
    u0: FloatArray, v0: FloatArray, u1: FloatArray, v1: FloatArray, edge: FloatArray
) -> FloatArray:
    """Depth at which each segment crosses the strip's edge; NaN where it does not."""
    run = u1 - u0
    with np.errstate(invalid="ignore", divide="ignore"):
        t = (edge - u0) / run
        return np.where((run != 0) & (t >= 0) & (t <= 1), v0 + t * (v1 - v0), np.nan)


def _first(
    n: int, box: IntArray, depth: FloatArray, solid: IntArray
) -> tuple[FloatArray, IntArray]:
    """Nearest solid of each box."""
    out, by = np.full(n, np.inf), np.full(n, -1, dtype=np.int64)
    order = np.lexsort((solid, depth, box))[::-1]
    # The last write of an index stays, so that the nearest is written last.
    out[box[order]], by[box[order]] = depth[order], solid[order]
    return out, by


def _to_wall(boxes: Boxes, side: Side, outline_m: FloatArray) -> FloatArray:
    """Depth at which the outline of the hall is met first, (n,) m, inf where it is not."""
    if not len(outline_m):
        return np.full(len(boxes), np.inf)
    half = boxes.width_m[:, None] / 2 - TOLERANCE_M
    ring = np.broadcast_to(outline_m, (len(boxes), *outline_m.shape))
    across, depth = _local(boxes, side, np.arange(len(boxes)), ring)
    ahead = np.roll(across, -1, axis=1), np.roll(depth, -1, axis=1)
    found = [np.where(np.abs(across) <= half, depth, np.nan)]
    found += [_crossing(across, depth, *ahead, edge) for edge in (half, -half)]
    met = np.concatenate(found, axis=1)
    met = np.where(met >= -TOLERANCE_M, np.maximum(met, 0.0), np.inf)
    return np.asarray(met.min(axis=1))


def sunk(a: Boxes, b: Boxes) -> FloatArray:
    """How deep each rectangle of `a` is sunk into that of `b`, (n,) m; at most 0 where apart.

    The least move that parts two rectangles is along one of their four axes.

    Examples
    --------
    >>> one = Boxes(*(np.array([v]) for v in (0.0, 0.0, 0.6, 1.2, 0.0)))
    >>> two = Boxes(*(np.array([v]) for v in (0.5, 0.0, 0.6, 1.2, 0.0)))
    >>> round(float(sunk(one, two)[0]), 3)
    0.1
    """
    apart = b.centre - a.centre
    least = np.full(len(a), np.inf)
    for axis in (a.along, a.ahead, b.along, b.ahead):
        reach = _radius(a, axis) + _radius(b, axis)
        least = np.minimum(least, reach - np.abs((apart * axis).sum(axis=1)))
    return least


def _radius(boxes: Boxes, axis: FloatArray) -> FloatArray:
    """Half of the length of each rectangle's shadow on an axis."""
    along = np.abs((boxes.along * axis).sum(axis=1))
    ahead = np.abs((boxes.ahead * axis).sum(axis=1))
    radius: FloatArray = boxes.width_m / 2 * along + boxes.depth_m / 2 * ahead
    return radius


def overlaps(a: Boxes, b: Boxes, own: IntArray) -> tuple[IntArray, IntArray, FloatArray]:
    """Pairs (row of a, row of b, shared area in m2) sunk into each other by more than 1 mm.

    `own` (n,) is the row of b that each of a itself is, -1 none.
    """
    i, j = b.tree.query(a.polygons)
    others = j != own[i]
    i, j = i[others], j[others]
    deep = np.round(sunk(a.take(i), b.take(j)), 6) > TOLERANCE_M
    i, j = i[deep], j[deep]
    order = np.lexsort((j, i))
    i, j = i[order], j[order]
    return i, j, shapely.area(shapely.intersection(a.polygons[i], b.polygons[j]))


def nearest_gap(a: Boxes, b: Boxes, within_m: float) -> tuple[IntArray, IntArray, FloatArray]:
    """Pairs nearer than `within_m` and the gap between them in m, negative where sunk."""
    around = shapely.buffer(a.polygons, within_m, join_style="mitre")
    i, j = b.tree.query(around)
    deep = sunk(a.take(i), b.take(j))
    apart = shapely.distance(a.polygons[i], b.polygons[j])
    gap = _to_mm(np.where(deep > 0, -deep, apart))
    near = gap <= within_m
    return i[near], j[near], gap[near]


def outside_area(boxes: Boxes, outline_m: FloatArray) -> FloatArray:
    """Area of each footprint beyond the hall's outline, (n,) m2; NaN where not known."""
    out = np.full(len(boxes), np.nan)
    if len(outline_m) < 3 or not boxes.known.any():  # noqa: PLR2004 - a floor has three corners
        return out
    floor = shapely.make_valid(shapely.polygons(outline_m))
    grown = shapely.buffer(floor, TOLERANCE_M, join_style="mitre")
    shapely.prepare(grown)
    inside = shapely.covers(grown, boxes.polygons)
    out[boxes.known] = 0.0
    beyond = boxes.known & ~inside
    out[beyond] = shapely.area(shapely.difference(boxes.polygons[beyond], floor))
    return out


def crossings(
    boxes: Boxes, hall: IntArray, lines: GeomArray, hall_of_lines: IntArray
) -> tuple[IntArray, IntArray]:
    """Pairs (box, line) of footprints that a line or strip of their hall crosses."""

    def crossed(tree: shapely.STRtree, mine: IntArray) -> IntArray:
        return np.asarray(tree.query(boxes.polygons[mine], predicate="intersects"))

    return _in_halls(hall, lines, hall_of_lines, crossed)


def near_in_halls(
    things: GeomArray,
    hall: IntArray,
    others: GeomArray,
    hall_of_others: IntArray,
    within_m: float | FloatArray,
) -> tuple[IntArray, IntArray]:
    """Pairs (thing, other) of one hall that are at most `within_m` apart, in the order of both.

    Examples
    --------
    >>> a, b = np.array([0, 0, 1]), np.array([0, 1])
    >>> spots = shapely.points([[0, 0], [9, 0], [0, 0]])
    >>> found = near_in_halls(spots, a, spots[:2], b, 1.0)
    >>> [rows.tolist() for rows in found]
    [[0], [0]]
    """
    within = np.broadcast_to(np.asarray(within_m, dtype=float), len(things))

    def near(tree: shapely.STRtree, mine: IntArray) -> IntArray:
        return np.asarray(tree.query(things[mine], predicate="dwithin", distance=within[mine]))

    return _in_halls(hall, others, hall_of_others, near)


def _in_halls(
    hall: IntArray, others: GeomArray, hall_of_others: IntArray,
    find: Callable[[shapely.STRtree, IntArray], IntArray],
) -> tuple[IntArray, IntArray]:  # fmt: skip
    """Pairs (thing, other) that are found hall by hall, in the order of both.

    The frames of halls lie upon each other, and whoever looks in one heap of them finds every
    thing again for each hall there is.
    """
    pairs = [np.empty((0, 2), dtype=np.int64)]
    own, theirs = _by_hall(hall), _by_hall(hall_of_others)
    for place in own.keys() & theirs.keys():
        i, j = own[place], theirs[place]
        found = find(shapely.STRtree(others[j]), i)
        pairs.append(np.column_stack([i[found[0]], j[found[1]]]))
    every = np.concatenate(pairs)
    every = every[np.lexsort((every[:, 1], every[:, 0]))]
    return every[:, 0], every[:, 1]


def _by_hall(hall: IntArray) -> dict[int, IntArray]:
    """Rows of each hall."""
    order = np.argsort(hall, kind="stable")
    places, first = np.unique(hall[order], return_index=True)
    return dict(zip(places.tolist(), np.split(order, first)[1:], strict=True))
