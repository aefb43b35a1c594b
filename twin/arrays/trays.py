"""Trays and risers as a graph: cut where they meet and where racks reach them; lengths in metres.

Two trays of a hall are joined where they touch or cross within 1 mm at the same elevation; a riser
joins all trays that it passes within 1 mm between its ends. Nodes are numbered by their place on
the floor, so that names of trays decide nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np
import shapely

from twin.arrays.drop_outs import drop_outs, with_drop_outs
from twin.arrays.risers import Standing, hall_groups, meetings, stacked, standing
from twin.arrays.together import components
from twin.site.hanging import SAME_M, TOUCH_M, reach_m
from twin.site.resolve import resolved
from twin.site.site import Site
from twin.site.table import Array, BoolArray, FloatArray, IntArray, StrArray


@dataclass(frozen=True)
class TrayGraph:
    """Trays and risers of all halls as one graph.

    Attributes
    ----------
    node_m, hall
        (N, 3) place of each node in its hall's frame; (N,) row of the hall.
    group
        (N,) halls that ways join, directly or over others, have one number.
    tail, head, length_m
        (E,) ends of each piece of tray or riser, and its length. Where trays lie in each other
        there is one piece for each kind of tray; those between two nodes follow each other, the
        shortest first, then that of the greatest section.
    tray
        (E,) row of its tray; risers count on after the trays.
    place, access, across_m
        (A,) position row, the node at which it reaches a tray, and how far that is from its
        centre; once for each tray in reach, of a tray with drop-outs for each of them in reach.
    access_tray
        (A,) row of that tray.
    spare
        (A,) whether a drop-out of that tray is nearer.
    """

    node_m: FloatArray
    hall: IntArray
    group: IntArray
    tail: IntArray
    head: IntArray
    length_m: FloatArray
    tray: IntArray
    place: IntArray
    access: IntArray
    across_m: FloatArray
    access_tray: IntArray
    spare: BoolArray


@dataclass(frozen=True)
class _Segments:
    """Straight pieces, (S,): first the level ones of trays, then those that stand.

    `line` (F,) has the level ones on the plan; starts and directions are in space. Where only the
    end of a way stands, its length is 0.
    """

    line: Array
    start: FloatArray
    along: FloatArray
    length: FloatArray
    tray: IntArray


@dataclass(frozen=True)
class _Cuts:
    """Places at which segments are cut, (C,): segment and distance from its start."""

    segment: IntArray
    at_m: FloatArray


def tray_graph(site: Site, trays: BoolArray) -> TrayGraph:
    """Build the graph of some trays and all risers, with the positions that reach them.

    Parameters
    ----------
    trays
        (trays,) which trays carry the cables in question.
    """
    hall = site.rows_of("hall", site.tables["tray"]["hall"])
    home = site.rows_of("hall", site.tables["position"]["hall"])
    uprights = standing(site)
    found, ends = [], np.full(2 * len(site.tables["riser"]), -1, dtype=np.int64)
    nodes = 0
    for row in np.unique(np.append(hall[trays & (hall >= 0)], uprights.hall)).tolist():
        places = np.flatnonzero(home == row)
        part, end, node = _of_hall(
            site, row, np.flatnonzero(trays & (hall == row)), places, uprights
        )
        ends[end] = node + nodes
        nodes += len(part.hall)
        found.append(part)
    return _with_ways(site, _joined(found), ends.reshape(-1, 2))


def _with_ways(site: Site, graph: TrayGraph, ends: IntArray) -> TrayGraph:
    """Add the ways from place to place, whose two ends stand in halls; and who is joined."""
    rows = np.flatnonzero((ends >= 0).all(axis=1))
    tail, head = np.sort(ends[rows], axis=1).T
    length = np.asarray(site.tables["riser"]["length_m"], dtype=float)[rows]
    columns = {
        "tail": np.append(graph.tail, tail), "head": np.append(graph.head, head),
        "length_m": np.append(graph.length_m, length),
        "tray": np.append(graph.tray, rows + len(site.tables["tray"])),
    }  # fmt: skip
    section, _ = _of_ways(site)
    order = np.lexsort(
        (-section[columns["tray"]], np.round(columns["length_m"], 6), columns["head"],
         columns["tail"])
    )  # fmt: skip
    ordered = {name: values[order] for name, values in columns.items()}
    return replace(graph, group=hall_groups(site)[graph.hall], **ordered)


def _of_hall(
    site: Site, hall: int, trays: IntArray, places: IntArray, uprights: Standing
) -> tuple[TrayGraph, IntArray, IntArray]:
    """Graph of the trays and risers of one hall; the ends of ways in it, and their nodes."""
    mine = np.flatnonzero(uprights.hall == hall)
    s = _segments(site, trays, uprights, mine)
    place, cut, across, spare = _accesses(site, s, places)
    ends = _Cuts(np.tile(np.arange(len(s.tray)), 2), np.append(np.zeros(len(s.tray)), s.length))
    parts = [ends, *_touching(s), *_crossing(s), *_passing(s), cut]
    segment = np.concatenate([p.segment for p in parts])
    at = np.concatenate([p.at_m for p in parts])
    node, node_m = _nodes(s.start[segment] + at[:, None] * s.along[segment])
    tail, head, length, tray = _edges(site, s, segment, at, node)
    graph = TrayGraph(
        node_m=node_m, hall=np.full(len(node_m), hall), group=np.full(len(node_m), hall),
        tail=tail, head=head, length_m=length, tray=tray, place=place,
        access=node[len(node) - len(place) :], across_m=across, access_tray=s.tray[cut.segment],
        spare=spare,
    )  # fmt: skip
    first = len(s.line) + np.flatnonzero(uprights.end[mine] >= 0)
    return graph, uprights.end[mine][uprights.end[mine] >= 0], node[first]


def _segments(site: Site, trays: IntArray, uprights: Standing, mine: IntArray) -> _Segments:
    names = site.tables["tray"].ids[trays].tolist()
    lines = [np.asarray(site.shapes.lines["tray", name], dtype=float) for name in names]
    start = np.concatenate([np.empty((0, 2)), *(p[:-1] for p in lines)])
    end = np.concatenate([np.empty((0, 2)), *(p[1:] for p in lines)])
    tray = np.repeat(trays, [len(p) - 1 for p in lines])
    length = np.hypot(*(end - start).T)
    long = length > 0
    start, end, tray, length = start[long], end[long], tray[long], length[long]
    z = np.asarray(site.tables["tray"]["elevation_m"], dtype=float)[tray]
    level = np.column_stack([(end - start) / length[:, None], np.zeros(len(tray))])
    up = np.tile([0.0, 0.0, 1.0], (len(mine), 1))
    return _Segments(
        line=np.asarray(shapely.linestrings(np.stack([start, end], axis=1))),
        start=np.concatenate([np.column_stack([start, z]), uprights.foot_m[mine]]),
        along=np.concatenate([level, up]),
        length=np.append(length, uprights.height_m[mine]),
        tray=np.append(tray, uprights.riser[mine] + len(site.tables["tray"])),
    )


def _level(s: _Segments, a: IntArray, b: IntArray) -> BoolArray:
    return np.asarray(np.abs(s.start[a, 2] - s.start[b, 2]) <= TOUCH_M)


def _touching(s: _Segments) -> list[_Cuts]:
    """Cuts where an end of one segment lies on another."""
    n = len(s.line)
    start, along = s.start[:n, :2], s.along[:n, :2]
    owner = np.tile(np.arange(n), 2)
    points: Array = np.asarray(
        shapely.points(np.concatenate([start, start + s.length[:n, None] * along]))
    )
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


def _passing(s: _Segments) -> list[_Cuts]:
    """Cuts where what stands passes level pieces, or meets something else that stands."""
    n = len(s.line)
    foot, height = s.start[n:], s.length[n:]
    up, level, at_level, at_up = meetings(foot, height, s.line, s.start[:n, 2], TOUCH_M)
    met, at_met = stacked(foot, height, TOUCH_M)
    return [_Cuts(level, at_level), _Cuts(n + up, at_up), _Cuts(n + met, at_met)]


def _accesses(
    site: Site, s: _Segments, places: IntArray
) -> tuple[IntArray, _Cuts, FloatArray, BoolArray]:
    """Nearest point of each tray in reach of each position: position, cut, distance.

    Of a tray with drop-outs these are all of them in reach, and whether another is nearer.
    """
    table = site.tables["position"]
    xy = np.column_stack([table["x_m"], table["y_m"]])[places]
    stands = np.isfinite(xy).all(axis=1)
    places, points = places[stands], shapely.points(xy[stands])
    reach = reach_m(table)[places]
    who, segment = shapely.STRtree(s.line).query(points, predicate="dwithin", distance=reach)
    open_ = ~with_drop_outs(site)[s.tray[segment]]
    who, segment = who[open_], segment[open_]
    far = shapely.distance(points[who], s.line[segment])
    at = shapely.line_locate_point(s.line[segment], points[who])
    drop = drop_outs(site, s.tray[: len(s.line)], s.line, s.length)
    spot: Array = np.asarray(shapely.line_interpolate_point(s.line[drop.piece], drop.at_m))
    below, which = shapely.STRtree(spot).query(points, predicate="dwithin", distance=reach)
    who, segment = np.append(who, below), np.append(segment, drop.piece[which])
    far = np.append(far, shapely.distance(points[below], spot[which]))
    at = np.append(at, drop.at_m[which])
    order = np.lexsort((far, s.tray[segment], who))
    who, segment, far, at = who[order], segment[order], far[order], at[order]
    tray = s.tray[segment]
    first = np.ones(len(who), dtype=bool)
    first[1:] = (who[1:] != who[:-1]) | (tray[1:] != tray[:-1])
    nearest = far[np.flatnonzero(first)[np.cumsum(first) - 1]] if len(far) else far
    kept = first | with_drop_outs(site)[tray]
    spare = far > nearest + SAME_M
    return places[who[kept]], _Cuts(segment[kept], at[kept]), far[kept], spare[kept]


def _nodes(place_m: FloatArray) -> tuple[IntArray, FloatArray]:
    """Cuts that lie together are one node: (C,) node of each cut, (N, 3) places of nodes.

    Two segments are level and near each within 1 mm: together 1.5 mm at most.
    """
    points: Array = np.asarray(shapely.points(place_m[:, :2]))
    a, b = shapely.STRtree(points).query(points, predicate="dwithin", distance=1.5 * TOUCH_M)
    near = (a < b) & (np.linalg.norm(place_m[a] - place_m[b], axis=1) <= 1.5 * TOUCH_M)
    group, count = components(a[near], b[near], len(place_m))
    size = np.bincount(group, minlength=count)
    centre = np.stack(
        [np.bincount(group, place_m[:, k], minlength=count) / size for k in range(3)], axis=1
    )
    order = np.lexsort((centre[:, 2], centre[:, 1], centre[:, 0]))
    rank = np.empty(count, dtype=np.int64)
    rank[order] = np.arange(count)
    return rank[group], centre[order]


def _edges(
    site: Site, s: _Segments, segment: IntArray, at: FloatArray, node: IntArray
) -> tuple[IntArray, IntArray, FloatArray, IntArray]:
    """Pieces between neighbouring cuts: ends, lengths, trays.

    Where trays of one kind lie in each other the shortest piece stays, then that of the greater
    section.
    """
    order = np.lexsort((at, segment))
    a, b = order[:-1], order[1:]
    real = (segment[a] == segment[b]) & (node[a] != node[b])
    a, b = a[real], b[real]
    low, high = np.minimum(node[a], node[b]), np.maximum(node[a], node[b])
    length, tray = at[b] - at[a], s.tray[segment[a]]
    section, kind = _of_ways(site)
    order = np.lexsort((-section[tray], np.round(length, 6), high, low))
    number = np.unique(kind, return_inverse=True)[1]
    key = (low * (int(node.max(initial=0)) + 1) + high) * len(kind) + number[tray]
    kept = order[np.sort(np.unique(key[order], return_index=True)[1])]
    return low[kept], high[kept], length[kept], tray[kept]


def _of_ways(site: Site) -> tuple[FloatArray, StrArray]:
    """Section, 0 where not known, and kind of each tray, then of each riser."""
    tray, riser = site.tables["tray"], site.tables["riser"]
    of_tray = resolved(site, "tray", "width_m") * resolved(site, "tray", "depth_m")
    section = np.concatenate([of_tray, riser["width_m"] * riser["depth_m"]])
    return np.nan_to_num(section), np.concatenate([np.asarray(t["kind"]) for t in (tray, riser)])


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
    if name == "spare":
        return np.empty(0, dtype=bool)
    return np.empty(0, dtype=float if name.endswith("_m") else np.int64)
