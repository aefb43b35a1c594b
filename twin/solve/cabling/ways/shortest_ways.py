"""Shortest ways of cables along the trays from each switch's place to what hangs on it.

One shortest-path tree per place of switches (Dijkstra 1959), never one search per cable.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.arrays.risers import hall_groups
from twin.arrays.trays import TrayGraph, tray_graph
from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.cabling.panels.pieces import pieces
from twin.solve.cabling.ways.carriers import open_to
from twin.solve.cabling.ways.in_racks import access_drop_m
from twin.solve.cabling.ways.shortest import trees
from twin.solve.study import Study


@dataclass(frozen=True)
class Trees:
    """Shortest ways of cables of one sort in halls that ways join.

    Nodes: of their trays and risers, then places as ends, then as beginnings.

    Attributes
    ----------
    pair
        (K,) rows of `Ways.place` and `host` that end in these halls.
    root, end
        (K,) tree of the pair, and node at which it ends.
    above
        (T, n) node before each node on its way from the root, negative none.
    piece
        (T, n) row of the graph's pieces of tray between a node and `above`, -1 none.
    node
        (m,) rows of the graph's nodes that are the first m nodes here.
    """

    pair: IntArray
    root: IntArray
    end: IntArray
    above: IntArray
    piece: IntArray
    node: IntArray


@dataclass(frozen=True)
class Ways:
    """Ways of cables, one per pair of places and sort of cables.

    Attributes
    ----------
    pair
        (Q,) pair of each of the `pieces`, -1 where the place of one end is not known.
    place, host
        (P,) rows of the positions at both ends.
    sort
        (P,) sort of the cables; those that may lie in the same trays count as one.
    way_m
        (P,) from the top of one rack over the trays to the top of the other; 0 in one place,
        infinite where no trays lead there, NaN where no trays are described, or none between the
        two halls.
    """

    graph: TrayGraph
    pair: IntArray
    place: IntArray
    host: IntArray
    sort: IntArray
    way_m: FloatArray
    trees: tuple[Trees, ...]


def ways_of(study: Study, sorts: IntArray) -> Ways:
    """Shortest way of every piece, along trays and risers that carry its sort of cables.

    Parameters
    ----------
    sorts
        (Q,) sort of each of the `pieces`.
    """
    site, cable = study.site, study(pieces)
    graph = tray_graph(site, np.asarray(study.table("tray")["kind"]) != "power")
    carries = study(open_to)
    alike = np.array([(carries == c).all(axis=1).argmax() for c in carries])
    host, place = cable.host, cable.place
    known = (host >= 0) & (place >= 0)
    size = len(study.table("position")) + 1
    key = (alike[sorts] * size + host) * size + place
    key, inverse = np.unique(key[known], return_inverse=True)
    pair = np.full(len(host), -1, dtype=np.int64)
    pair[known] = inverse
    sort, host, place = key // size**2, key // size % size, key % size
    home = site.rows_of("hall", study.table("position")["hall"])
    home = np.append(hall_groups(site), -1)[home]
    way = np.where((home[host] == home[place]) & (len(graph.hall) > 0), np.inf, np.nan)
    way[host == place] = 0.0
    fall_m = graph.across_m + access_drop_m(study, graph)
    found = []
    for group in np.unique(graph.group).tolist():
        here = (home[place] == group) & (home[host] == group) & (host != place)
        for k in np.unique(sort[here]).tolist():
            mine = np.flatnonzero(here & (sort == k))
            tree, length = _trees(graph, group, carries[k], fall_m, host[mine], place[mine])
            way[mine] = length
            found.append(Trees(mine, *tree))
    return Ways(graph, pair, place, host, sort, way, tuple(found))


_Tree = tuple[IntArray, IntArray, IntArray, IntArray, IntArray]


def _trees(
    graph: TrayGraph,
    group: int,
    carries: BoolArray,
    fall_m: FloatArray,
    host: IntArray,
    place: IntArray,
) -> tuple[_Tree, FloatArray]:
    """Trees of halls that ways join, and the length of the way of each of its pairs."""
    mine = graph.group == group
    local, n = np.cumsum(mine) - 1, int(mine.sum())
    hosts, ends = np.unique(host), np.unique(place)
    root: IntArray = np.searchsorted(hosts, host).astype(np.int64)
    end: IntArray = np.searchsorted(ends, place).astype(np.int64)
    piece = np.flatnonzero(mine[graph.tail] & carries[graph.tray])
    piece = piece[_first(graph.tail[piece], graph.head[piece])]
    a, b, along = local[graph.tail[piece]], local[graph.head[piece]], graph.length_m[piece]
    reached = np.flatnonzero(mine[graph.access] & carries[graph.access_tray] & ~graph.spare)
    access, fall = local[graph.access[reached]], fall_m[reached]
    out, out_at = _matching(graph.place[reached], hosts)
    into, into_at = _matching(graph.place[reached], ends)
    starts = n + len(ends) + np.arange(len(hosts))
    tail = np.concatenate([a, b, starts[out_at], access[into]])
    head = np.concatenate([b, a, access[out], n + into_at])
    weight = np.concatenate([along, along, fall[out], fall[into]])
    size = n + len(ends) + len(hosts)
    length, above = trees(tail, head, weight, size, starts)
    tree = (root, n + end, above, _pieces(above, n, a, b, piece), np.flatnonzero(mine))
    return tree, np.asarray(length[root, n + end], dtype=float)


def _first(tail: IntArray, head: IntArray) -> BoolArray:
    """Pieces that are the first of those between the same two nodes, which follow each other."""
    new = np.ones(len(tail), dtype=bool)
    new[1:] = (tail[1:] != tail[:-1]) | (head[1:] != head[:-1])
    return new


def _matching(column: IntArray, wanted: IntArray) -> tuple[IntArray, IntArray]:
    """Rows of a column that hold one of the sorted values `wanted`, and which one."""
    at = np.minimum(np.searchsorted(wanted, column), len(wanted) - 1)
    rows = np.flatnonzero(wanted[at] == column)
    return rows, at[rows]


def _pieces(above: IntArray, n: int, a: IntArray, b: IntArray, piece: IntArray) -> IntArray:
    """(T, n) piece of tray between each node and the one before it, -1 where there is none."""
    key = a * n + b
    order = np.argsort(key)
    me = np.broadcast_to(np.arange(above.shape[1]), above.shape)
    on = (above >= 0) & (above < n) & (me < n)
    wanted = np.minimum(me, above) * n + np.maximum(me, above)
    if not len(order):
        return np.full(above.shape, -1)
    at = np.minimum(np.searchsorted(key[order], wanted), len(order) - 1)
    found = order[at]
    return np.where(on & (key[found] == wanted), piece[found], -1)
