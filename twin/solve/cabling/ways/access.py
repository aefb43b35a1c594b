"""Where the shortest ways leave trays: the access of each place that they take."""

from __future__ import annotations

import numpy as np

from twin.site.table import FloatArray, IntArray
from twin.solve.cabling.ways.carriers import open_to
from twin.solve.cabling.ways.in_racks import access_drop_m
from twin.solve.cabling.ways.shortest_ways import Trees
from twin.solve.cabling.ways.ways import ways
from twin.solve.study import Study


def exit_rows(study: Study) -> IntArray:
    """(pairs, 2) access of the graph at which a way leaves the trays, at its place and its host.

    -1 where it takes none. Of trays that are joined at that place it is the nearest to the rack.
    """
    way, carries = study(ways), study(open_to)
    fall = way.graph.across_m + access_drop_m(study, way.graph)
    out = np.full((len(way.place), 2), -1, dtype=np.int64)
    for t in way.trees:
        found = np.isfinite(way.way_m[t.pair])
        pair = t.pair[found]
        last, first = _ends(t, t.root[found], t.end[found])
        open_ = np.asarray(carries[way.sort[pair[:1]]].any(axis=0))
        usable = np.flatnonzero(open_[way.graph.access_tray] & ~way.graph.spare)
        for side, place, node in ((0, way.place, last), (1, way.host, first)):
            out[pair, side] = _access(study, usable, fall, place[pair], node)
    return out


def _ends(t: Trees, root: IntArray, end: IntArray) -> tuple[IntArray, IntArray]:
    """Nodes of the graph next to the end of a way, and next to its root."""
    n = t.above.shape[1]
    base = np.arange(len(t.above))[:, None] * n
    above = np.where(t.above >= 0, t.above + base, -1).ravel()
    # Roots have nothing above them; what hangs on a root stays where it is.
    below_root = (above >= 0) & (above[above] < 0)
    jump = np.where(below_root | (above < 0), np.arange(len(above)), above)
    start = root * n + end
    at = jump[start]
    while True:
        further = jump[at]
        if np.array_equal(further, at):
            break
        jump = jump[jump]
        at = jump[at]
    return t.node[t.above[root, end]], t.node[at % n]


def _access(
    study: Study, usable: IntArray, fall: FloatArray, place: IntArray, node: IntArray
) -> IntArray:
    """Row of the access of each place at each node: the one with the least way to the rack."""
    graph = study(ways).graph
    size = len(graph.hall) + 1
    key = graph.place[usable] * size + graph.access[usable]
    order = np.lexsort((fall[usable], key))
    at = np.searchsorted(key[order], place * size + node, side="left")
    return usable[order[at]]
