"""Trays as a graph: cut where they meet and where racks reach them; lengths in metres.

Two trays of a hall are joined where they touch or cross within 1 mm at the same elevation.
Nodes are numbered by their place on the floor, so that names of trays decide nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import shapely

from twin.site.site import Site
from twin.site.table import Array, BoolArray, FloatArray, IntArray

TOUCH_M = 0.001
"""Trays nearer than this are joined."""

REACH_M = 1.5
"""A rack reaches trays this far from its centre, or as far as its footprint's diagonal."""


@dataclass(frozen=True)
class TrayGraph:
    """Trays of all halls as one graph.

    Attributes
    ----------
    node_m, hall
        (N, 3) place of each node in its hall's frame; (N,) row of the hall.
    tail, head, length_m, tray
        (E,) ends of each piece of tray, its length and the row of its tray.
    place, access, across_m
        (A,) position row, the node at which it reaches a tray, and how far that is from its
        centre; once for each tray in reach.
    """

    node_m: FloatArray
    hall: IntArray
    tail: IntArray
    head: IntArray
    length_m: FloatArray
    tray: IntArray
    place: IntArray
    access: IntArray
    across_m: FloatArray


@dataclass(frozen=True)
class _Segments:
    """Straight pieces of trays, (S,): lines, their starts, directions, lengths and trays."""

    line: Array
    start: FloatArray
    along: FloatArray
    length: FloatArray
    z: FloatArray
    tray: IntArray


@dataclass(frozen=True)
class _Cuts:
    """Places at which segments are cut, (C,): segment and distance from its start."""

    segment: IntArray
    at_m: FloatArray


def tray_graph(site: Site, trays: BoolArray) -> TrayGraph:
    """Build the graph of some trays, with the positions that reach them.

    Parameters
    ----------
    trays
        (trays,) which trays carry the cables in question.
    """
    hall = site.rows_of("hall", site.tables["tray"]["hall"])
    home = site.rows_of("hall", site.tables["position"]["hall"])
    found = []
    for row in np.unique(hall[trays & (hall >= 0)]).tolist():
        places = np.flatnonzero(home == row)
        found.append(_of_hall(site, row, np.flatnonzero(trays & (hall == row)), places))
    return _joined([g for g in found if g is not None])


def _of_hall(site: Site, hall: int, trays: IntArray, places: IntArray) -> TrayGraph | None:
    """Graph of the trays of one hall; None where no tray has a length."""
    s = _segments(site, trays)
    if not len(s.tray):
        return None
    place, cut, across = _accesses(site, s, places)
    ends = _Cuts(np.tile(np.arange(len(s.tray)), 2), np.append(np.zeros(len(s.tray)), s.length))
    parts = [ends, *_touching(s), *_crossing(s), cut]
    segment = np.concatenate([p.segment for p in parts])
    at = np.concatenate([p.at_m for p in parts])
    xy = s.start[segment] + at[:, None] * s.along[segment]
    node, node_m = _nodes(np.column_stack([xy, s.z[segment]]))
    tail, head, length, tray = _edges(site, s, segment, at, node)
    return TrayGraph(
        node_m=node_m, hall=np.full(len(node_m), hall), tail=tail, head=head, length_m=length,
        tray=tray, place=place, access=node[len(node) - len(place) :], across_m=across,
    )  # fmt: skip


def _segments(site: Site, trays: IntArray) -> _Segments:
    names = site.tables["tray"].ids[trays].tolist()
    lines = [np.asarray(site.shapes.lines["tray", name], dtype=float) for name in names]
    start = np.concatenate([p[:-1] for p in lines])
    end = np.concatenate([p[1:] for p in lines])
    tray = np.repeat(trays, [len(p) - 1 for p in lines])
    length = np.hypot(*(end - start).T)
    long = length > 0
    start, end, tray, length = start[long], end[long], tray[long], length[long]
    return _Segments(
        line=np.asarray(shapely.linestrings(np.stack([start, end], axis=1))),
        start=start,
        along=(end - start) / length[:, None],
        length=length,
        z=np.asarray(site.tables["tray"]["elevation_m"], dtype=float)[tray],
        tray=tray,
    )


def _level(s: _Segments, a: IntArray, b: IntArray) -> BoolArray:
    return np.asarray(np.abs(s.z[a] - s.z[b]) <= TOUCH_M)


def _touching(s: _Segments) -> list[_Cuts]:
    """Cuts where an end of one segment lies on another."""
    ends = np.concatenate([s.start, s.start + s.length[:, None] * s.along])
    owner = np.tile(np.arange(len(s.tray)), 2)
    points: Array = np.asarray(shapely.points(ends))
    end, other = shapely.STRtree(s.line).query(points, predicate="dwithin", distance=TOUCH_M)
    keep = (owner[end] != other) & _level(s, owner[end], other)
    end, other = end[keep], other[keep]
    at = np.asarray(shapely.line_locate_point(s.line[other], points[end]))
    return [_Cuts(other, at)]


def _crossing(s: _Segments) -> list[_Cuts]:
    """Cuts of two segments that cross."""
    a, b = shapely.STRtree(s.line).query(s.line, predicate="intersects")
    keep = (a < b) & _level(s, a, b)
    a, b = a[keep], b[keep]
    meets = shapely.intersection(s.line[a], s.line[b])
    point = shapely.get_type_id(meets) == shapely.GeometryType.POINT
    a, b, meets = a[point], b[point], meets[point]
    return [_Cuts(k, shapely.line_locate_point(s.line[k], meets)) for k in (a, b)]


def _accesses(site: Site, s: _Segments, places: IntArray) -> tuple[IntArray, _Cuts, FloatArray]:
    """Nearest point of each tray in reach of each position: position, cut, distance."""
    table = site.tables["position"]
    xy = np.column_stack([table["x_m"], table["y_m"]])[places]
    diagonal = np.hypot(table["width_m"], table["depth_m"])[places]
    stands = np.isfinite(xy).all(axis=1)
    places, points = places[stands], shapely.points(xy[stands])
    reach = np.fmax(diagonal[stands], REACH_M)
    who, segment = shapely.STRtree(s.line).query(points, predicate="dwithin", distance=reach)
    far = shapely.distance(points[who], s.line[segment])
    order = np.lexsort((far, s.tray[segment], who))
    who, segment, far = who[order], segment[order], far[order]
    tray = s.tray[segment]
    first = np.ones(len(who), dtype=bool)
    first[1:] = (who[1:] != who[:-1]) | (tray[1:] != tray[:-1])
    who, segment, far = who[first], segment[first], far[first]
    cut = _Cuts(segment, shapely.line_locate_point(s.line[segment], points[who]))
    return places[who], cut, far


def _nodes(place_m: FloatArray) -> tuple[IntArray, FloatArray]:
    """Cuts that lie together are one node: (C,) node of each cut, (N, 3) places of nodes.

    Two segments are level and near each within 1 mm: together 1.5 mm at most.
    """
    points: Array = np.asarray(shapely.points(place_m[:, :2]))
    a, b = shapely.STRtree(points).query(points, predicate="dwithin", distance=1.5 * TOUCH_M)
    near = (a < b) & (np.linalg.norm(place_m[a] - place_m[b], axis=1) <= 1.5 * TOUCH_M)
    group, count = _components(a[near], b[near], len(place_m))
    size = np.bincount(group, minlength=count)
    centre = np.stack(
        [np.bincount(group, place_m[:, k], minlength=count) / size for k in range(3)], axis=1
    )
    order = np.lexsort((centre[:, 2], centre[:, 1], centre[:, 0]))
    rank = np.empty(count, dtype=np.int64)
    rank[order] = np.arange(count)
    return rank[group], centre[order]


def _components(a: IntArray, b: IntArray, n: int) -> tuple[IntArray, int]:
    """(n,) number of the group of each of n things that the pairs a, b join, and their count."""
    least = np.arange(n)
    while True:
        new = least.copy()
        np.minimum.at(new, a, least[b])
        np.minimum.at(new, b, least[a])
        new = new[new]
        if np.array_equal(new, least):
            names, group = np.unique(least, return_inverse=True)
            return group.astype(np.int64), len(names)
        least = new


def _edges(
    site: Site, s: _Segments, segment: IntArray, at: FloatArray, node: IntArray
) -> tuple[IntArray, IntArray, FloatArray, IntArray]:
    """Pieces between neighbouring cuts: ends, lengths, trays; one where trays lie in each other.

    Of those the shortest piece stays, then that of the greater section.
    """
    order = np.lexsort((at, segment))
    a, b = order[:-1], order[1:]
    real = (segment[a] == segment[b]) & (node[a] != node[b])
    a, b = a[real], b[real]
    low, high = np.minimum(node[a], node[b]), np.maximum(node[a], node[b])
    length, tray = at[b] - at[a], s.tray[segment[a]]
    table = site.tables["tray"]
    section = np.nan_to_num(table["width_m"] * table["depth_m"])[tray]
    order = np.lexsort((-section, np.round(length, 6), high, low))
    low, high, length, tray = low[order], high[order], length[order], tray[order]
    first = np.ones(len(low), dtype=bool)
    first[1:] = (low[1:] != low[:-1]) | (high[1:] != high[:-1])
    return low[first], high[first], length[first], tray[first]


def _joined(parts: list[TrayGraph]) -> TrayGraph:
    """Graphs of halls side by side."""
    offset = np.cumsum([0, *(len(p.hall) for p in parts)])
    columns: dict[str, Array] = {}
    for f in fields(TrayGraph):
        shift = f.name in {"tail", "head", "access"}
        values = [
            getattr(p, f.name) + (o if shift else 0) for p, o in zip(parts, offset, strict=False)
        ]
        columns[f.name] = np.concatenate(values) if values else _empty(f.name)
    return TrayGraph(**columns)


def _empty(name: str) -> Array:
    if name == "node_m":
        return np.empty((0, 3))
    return np.empty(0, dtype=float if name.endswith("_m") else np.int64)
