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
from twin.solve.cabling.chosen import diameters_m
from twin.solve.cabling.counting import first_counted, once
from twin.solve.cabling.first import first_parts
from twin.solve.cabling.in_racks import access_drop_m
from twin.solve.cabling.pieces import laid, pieces
from twin.solve.cabling.room import fill_limits, section_m2
from twin.solve.cabling.sides import sides
from twin.solve.cabling.walks import Lying, shortest_lying
from twin.solve.cabling.ways import shortest_m, ways
from twin.solve.routing.demand import Demand, WayNet
from twin.solve.routing.route import route
from twin.solve.routing.routes import Routes
from twin.solve.study import Study

MOST_FREE = 50_000
"""Of more groups of cables only those in full ways may leave by other trays: time is bounded."""


@dataclass(frozen=True)
class Led:
    """Routes of the cables of one sort.

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
    routes
        Routes of each sort of cables; None where each takes its shortest way.
    """

    lying: Lying
    way_m: FloatArray
    routes: tuple[Led, ...] | None


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
    return Laying(_lying(study, led), _ways_m(study, led), tuple(led))


def _areas_m2(study: Study) -> FloatArray:
    """(pieces,) section of all cables of each, over their shortest ways; NaN not known."""
    od = diameters_m(study, study(first_parts))
    return fill.cable_area_m2(od) * study(first_counted).count


def _led(study: Study, area: FloatArray, section: FloatArray) -> list[Led]:
    """Lead the cables of each sort; what others may share has less room for the next."""
    cable, way = study(pieces), study(ways)
    going = study(laid) & np.isfinite(study(shortest_m)) & (cable.place != cable.host)
    room = section[way.graph.tray].astype(float)
    sort = np.append(way.sort, -1)[way.pair]
    out = []
    for k in np.unique(sort[going]).tolist():
        mine = np.flatnonzero(going & (sort == k))
        led = _of_sort(study, mine, area[mine], study(open_to)[k], room)
        on = led.piece >= 0
        room[led.piece[on]] = np.maximum(room[led.piece[on]] - led.routes.fill_m2[on], 0.0)
        out.append(led)
    return out


def _of_sort(
    study: Study, mine: IntArray, area: FloatArray, carries: BoolArray, room: FloatArray
) -> Led:
    """Lead some cables over the trays that carry them.

    Cables leave and enter trays where their shortest ways do. Only where that overfills some tray,
    those in it may leave by any tray in reach, and if it still does, all may, unless these are
    more than `MOST_FREE`: what then has no room has none whichever way it goes.
    """
    free = study(sides).pair[mine] >= 0
    led = _over(study, mine, area, carries, room, free)
    choice = _choice(study, mine, carries)
    for step in (_in_overfull, _any):
        more = free | (choice & step(led))
        if len(led.routes.overfull) and (more & ~free).any():
            led, free = _over(study, mine, area, carries, room, more), more
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


def _choice(study: Study, mine: IntArray, carries: BoolArray) -> BoolArray:
    """(n,) cables of which some end reaches more than one tray that carries them."""
    graph, cable = study(ways).graph, study(pieces)
    usable = graph.place[carries[graph.access_tray]]
    many = np.bincount(usable, minlength=len(study.table("position"))) > 1
    return np.asarray(many[cable.place[mine]] | many[cable.host[mine]])


def _over(
    study: Study, mine: IntArray, area: FloatArray, carries: BoolArray, room: FloatArray,
    free: BoolArray,
) -> Led:  # fmt: skip
    """Lead some cables, of which some are free to leave by any tray in reach.

    The end of one that is not free is a node that one edge leads to. For the others racks are
    nodes through which no way leads, and no other pair may take the edges that lead there.
    """
    graph, cable, of = study(ways).graph, study(pieces), study(sides)
    piece = np.flatnonzero(carries[graph.tray])
    exits = study(exit_rows)[study(ways).pair[mine]]
    ends = np.zeros(len(study.table("position")), dtype=bool)
    ends[np.concatenate([cable.place[mine[free]], cable.host[mine[free]]])] = True
    into = np.flatnonzero(carries[graph.access_tray] & ends[graph.place])
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
        capacity_m2=np.concatenate([room[piece], np.full(len(reached), np.inf)]),
        own=np.concatenate([np.full(len(piece), -1), node]),
        end=np.append(np.zeros(n + size, dtype=bool), ends),
    )
    count = np.maximum(np.ceil(study(first_counted).count[mine] - 1e-9), 1.0)
    # What is on one side of a pair must go one way: it is one bundle.
    bundle = np.where(of.pair[mine] >= 0, 2 * of.pair[mine] + of.side[mine], -1)
    demand = Demand(
        source=np.where(free, n + size + cable.place[mine], n + exits[:, 0]),
        sink=np.where(free, n + size + cable.host[mine], n + exits[:, 1]),
        # What has no diameter takes no room here; the rules say that it is not known.
        section_m2=np.nan_to_num(area) / count,
        count=count.astype(np.int64),
        bundle=bundle,
        pair=of.pair[mine],
        side=of.side[mine],
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


def _ways_m(study: Study, led: list[Led]) -> FloatArray:
    """(pieces,) way of each, the longest of its parts."""
    out = study(shortest_m).copy()
    for one in led:
        longest = np.full(len(one.cable), -np.inf)
        np.maximum.at(longest, one.routes.group, one.routes.length_m - 2.0 * _far_m(study))
        out[one.cable] = longest
    return out


def _lying(study: Study, led: list[Led]) -> Lying:
    """Which cables lie in which pieces, every piece of every way."""
    graph = study(ways).graph
    piece, cable, part = [], [], []
    for one in led:
        routes = one.routes
        first, edge = routes.ways(np.arange(len(routes.group)))
        of = np.repeat(np.arange(len(routes.group)), np.diff(first))
        at = one.piece[edge]
        on = at >= 0
        total = np.bincount(routes.group, routes.count, minlength=len(one.cable))
        share = routes.count / total[routes.group]
        piece.append(at[on])
        cable.append(one.cable[routes.group[of[on]]])
        part.append(share[of[on]])
    distinct, row = np.unique(np.concatenate(piece), return_inverse=True)
    return Lying(
        graph.tray[distinct], distinct, np.concatenate(cable), row.astype(np.int64),
        np.concatenate(part),
    )  # fmt: skip
