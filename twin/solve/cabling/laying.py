"""How cables are laid: each its shortest way, unless a tray would be overfilled.

Or unless planes are to lie apart. Then all are led again over ways with limits, bundles whole where
that can be, with the diameters that the shortest ways gave: what is longer by its detour may have
got another medium since.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.cabling import fill
from twin.solve.cabling.access import exit_rows
from twin.solve.cabling.carriers import open_to
from twin.solve.cabling.chosen import diameters_m, first_parts
from twin.solve.cabling.counting import first_counted, once
from twin.solve.cabling.pieces import laid, pieces
from twin.solve.cabling.room import fill_limits, section_m2
from twin.solve.cabling.sides import sides
from twin.solve.cabling.walks import Lying, shortest_lying
from twin.solve.cabling.ways import access_drop_m, shortest_m, ways
from twin.solve.routing.demand import Demand, WayNet
from twin.solve.routing.route import route
from twin.solve.routing.routes import Routes
from twin.solve.study import Study

MOST_FREE = 50_000
"""Of more groups of cables only those in full ways may leave by other trays: time is bounded."""


@dataclass(frozen=True)
class Led:
    """Routes of cables of all sorts.

    Attributes
    ----------
    cable
        (G,) row of `pieces` of each group of the routes.
    piece
        (E,) piece of the graph of trays of each way of their net, -1 between a rack and a tray.
    access
        (E,) access of the graph of trays of each way between a rack and a tray, -1 of pieces.
    routes
        As the router answers.
    """

    cable: IntArray
    piece: IntArray
    access: IntArray
    routes: Routes


@dataclass(frozen=True)
class Laying:
    """How cables lie.

    Attributes
    ----------
    lying
        Which cables lie in which pieces of trays.
    way_m
        (pieces,) way of each, the longest where its cords are led over several; infinite no way,
        NaN not known.
    led
        Routes; None where each takes its shortest way.
    """

    lying: Lying
    way_m: FloatArray
    led: Led | None


def laying(study: Study) -> Laying:
    """Lay all cables of the site."""
    lies, way_m = study(shortest_lying), study(shortest_m)
    area, section = _areas_m2(study), study(section_m2) * study(fill_limits)
    each = np.nan_to_num(area[lies.cable]) * once(study(first_counted), lies.cable, lies.row)
    filled = np.bincount(lies.row, each, minlength=len(lies.tray))
    full = (filled > section[lies.tray] * (1.0 + 1e-9)).any()
    if not full and not (study(sides).pair >= 0).any():
        return Laying(lies, way_m, None)
    led = _led(study, area, section)
    return Laying(_lying(study, led), _ways_m(study, led), led)


def _areas_m2(study: Study) -> FloatArray:
    """(pieces,) section of all cables of each, over their shortest ways; NaN not known."""
    od = diameters_m(study, study(first_parts))
    return fill.cable_area_m2(od) * study(first_counted).count


def _led(study: Study, area: FloatArray, room: FloatArray) -> Led:
    """Lead all cables together, each over the trays that carry its sort.

    Cables leave and enter trays where their shortest ways do. Only where that overfills some tray,
    those in it may leave by any tray in reach, and if it still does, all may, unless these are
    more than `MOST_FREE`: what then has no room has none whichever way it goes.
    """
    cable = study(pieces)
    going = study(laid) & np.isfinite(study(shortest_m)) & (cable.place != cable.host)
    mine = np.flatnonzero(going)
    free = study(sides).pair[mine] >= 0
    led = _over(study, mine, area[mine], room, free)
    choice = _choice(study, mine)
    for step in (_in_overfull, _any):
        more = free | (choice & step(led))
        if len(led.routes.overfull) and (more & ~free).any():
            led, free = _over(study, mine, area[mine], room, more), more
    return led


def _in_overfull(led: Led) -> BoolArray:
    """(G,) groups of which some cables lie in a way that is over its limit."""
    routes = led.routes
    over = np.zeros(len(led.piece), dtype=bool)
    over[routes.overfull] = True
    first, edge = routes.ways(np.arange(len(routes.group)))
    of = np.repeat(routes.group, np.diff(first))
    return np.bincount(of[over[edge]], minlength=len(led.cable)) > 0


def _any(led: Led) -> BoolArray:
    return np.full(len(led.cable), len(led.cable) <= MOST_FREE)


def _choice(study: Study, mine: IntArray) -> BoolArray:
    """(n,) cables of which some end reaches more than one tray that carries them."""
    graph, cable = study(ways).graph, study(pieces)
    takes = study(open_to)[:, graph.access_tray]
    size = len(study.table("position"))
    many = np.array([np.bincount(graph.place[some], minlength=size) > 1 for some in takes])
    sort = _sorts(study)[mine]
    return np.asarray(many[sort, cable.place[mine]] | many[sort, cable.host[mine]])


def _sorts(study: Study) -> IntArray:
    """(pieces,) row of `open_to` of each: which trays carry it; -1 where its ends are not known."""
    return np.append(study(ways).sort, -1)[study(ways).pair]


def _over(study: Study, mine: IntArray, area: FloatArray, room: FloatArray, free: BoolArray) -> Led:
    """Lead some cables, of which some are free to leave by any tray in reach.

    The end of one that is not free is a node that one edge leads to. For the others racks are
    nodes through which no way leads, and no other pair may take the edges that lead there.
    """
    graph, cable, of = study(ways).graph, study(pieces), study(sides)
    sort, carries = _sorts(study)[mine], study(open_to)
    piece = np.flatnonzero(carries[np.unique(sort)][:, graph.tray].any(axis=0))
    exits = study(exit_rows)[study(ways).pair[mine]]
    ends = np.zeros(len(study.table("position")), dtype=bool)
    ends[np.concatenate([cable.place[mine[free]], cable.host[mine[free]]])] = True
    into = np.flatnonzero(ends[graph.place])
    alone = np.unique(exits[~free])
    n, size, far = len(graph.hall), len(graph.access), _far_m(study)
    reached = np.concatenate([alone, into])
    node = np.concatenate([n + alone, n + size + graph.place[into]])
    fall = (graph.across_m + access_drop_m(study, graph))[reached]
    net = WayNet(
        nodes=n + size + len(ends),
        tail=np.concatenate([graph.tail[piece], node]),
        head=np.concatenate([graph.head[piece], graph.access[reached]]),
        length_m=np.concatenate([graph.length_m[piece], fall + far]),
        capacity_m2=np.concatenate([room[graph.tray[piece]], np.full(len(reached), np.inf)]),
        own=np.concatenate([np.full(len(piece), -1), node]),
        end=np.append(np.zeros(n + size, dtype=bool), ends),
        open=carries[:, np.append(graph.tray[piece], graph.access_tray[reached])],
    )
    count = np.maximum(np.ceil(study(first_counted).count[mine] - 1e-9), 1.0)
    # Cables that no tray may hold together are no pair.
    pair = np.where(of.pair[mine] >= 0, of.pair[mine] + sort * len(of.pair), -1)
    # What is on one side of a pair must go one way: it is one bundle.
    bundle = np.where(pair >= 0, 2 * pair + of.side[mine], -1)
    demand = Demand(
        source=np.where(free, n + size + cable.place[mine], n + exits[:, 0]),
        sink=np.where(free, n + size + cable.host[mine], n + exits[:, 1]),
        # What has no diameter takes no room here; the rules say that it is not known.
        section_m2=np.nan_to_num(area) / count,
        count=count.astype(np.int64),
        bundle=bundle,
        pair=pair,
        side=np.where(pair >= 0, of.side[mine], -1),
        sort=sort,
    )
    routes = route(net, demand)
    return Led(
        mine,
        np.append(piece, np.full(len(reached), -1)),
        np.append(np.full(len(piece), -1), reached),
        routes,
    )


def _far_m(study: Study) -> float:
    """Return a length that no way over trays reaches."""
    return float(study(ways).graph.length_m.sum()) + 1.0


def _ways_m(study: Study, led: Led) -> FloatArray:
    """(pieces,) way of each, the longest of its parts."""
    out = study(shortest_m).copy()
    longest = np.full(len(led.cable), -np.inf)
    np.maximum.at(longest, led.routes.group, led.routes.length_m - 2.0 * _far_m(study))
    out[led.cable] = longest
    return out


def _lying(study: Study, led: Led) -> Lying:
    """Which cables lie in which pieces, every piece of every way."""
    graph, routes = study(ways).graph, led.routes
    first, edge = routes.ways(np.arange(len(routes.group)))
    of = np.repeat(np.arange(len(routes.group)), np.diff(first))
    at = led.piece[edge]
    on = at >= 0
    total = np.bincount(routes.group, routes.count, minlength=len(led.cable))
    share = routes.count / total[routes.group]
    distinct, row = np.unique(at[on], return_inverse=True)
    return Lying(
        graph.tray[distinct], distinct, led.cable[routes.group[of[on]]], row.astype(np.int64),
        share[of[on]],
    )  # fmt: skip
