"""Cables led over ways with limits: a net of trays, racks and drop-outs, and who is free in it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.cabling.fill.room import fill_limits, section_m2
from twin.solve.cabling.links.counting import first_counted
from twin.solve.cabling.links.sides import sides
from twin.solve.cabling.panels.pieces import laid, pieces
from twin.solve.cabling.ways.access import exit_rows
from twin.solve.cabling.ways.carriers import open_to
from twin.solve.cabling.ways.in_racks import access_drop_m
from twin.solve.cabling.ways.openings import openings
from twin.solve.cabling.ways.ways import shortest_m, ways
from twin.solve.cabling.ways.within_reach import reaching_m
from twin.solve.routing.demand import Demand, WayNet
from twin.solve.routing.route import route
from twin.solve.routing.routes import Routes
from twin.solve.study import Study

MOST_FREE = 50_000
"""Of more groups of cables only those in full ways may leave by other trays: time is bounded."""
NEAREST_FIRST = 1e-3
"""Part by which the way between two drop-outs counts more than it is."""


@dataclass(frozen=True)
class Led:
    """Ways of cables that were led over trays with limits.

    Attributes
    ----------
    cable
        (G,) row of `pieces` of each group of the routes.
    piece
        (E,) piece of the graph of trays of each way of their net, -1 between a rack and a tray.
    access
        (E,) access of the graph of trays of each way between a rack and a tray, or the drop-out
        of one; -1 of pieces, and from a drop-out into its tray.
    routes
        As the router answers.
    drop_out
        (E,) of ways from a drop-out into its tray twice its row, for upper ends one more; else -1.
    aside_m
        (E,) by how much each way of the net is longer than it is.
    """

    cable: IntArray
    piece: IntArray
    access: IntArray
    routes: Routes
    drop_out: IntArray
    aside_m: FloatArray

    @property
    def length_m(self) -> FloatArray:
        """(P,) way of each part of the routes; infinite where none leads."""
        out = self.routes.length_m.copy()
        there = np.flatnonzero(np.isfinite(out))
        first, edge = self.routes.ways(there)
        out[there] -= self.aside_m[edge[first[:-1]]] + self.aside_m[edge[first[1:] - 1]]
        return out

    def shares_too_little(self, room_m2: FloatArray) -> bool:
        """Tell whether a drop-out takes lower ends and upper ends, and not both; rooms (D,)."""
        on = self.drop_out >= 0
        fill = np.bincount(self.drop_out[on], self.routes.fill_m2[on], minlength=2 * len(room_m2))
        both = fill.reshape(-1, 2)
        over = both.sum(axis=1) > room_m2 * (1.0 + 1e-9)
        return bool((over & (both.max(axis=1) <= room_m2 * (1.0 + 1e-9))).any())


def lead(study: Study, area: FloatArray) -> Led:
    """Lead all cables together, each over the trays that carry its sort.

    Cables leave and enter trays where their shortest ways do. Only where that overfills some tray
    or drop-out, those in it may leave by any in reach, and if it still does, all may, unless these
    are more than `MOST_FREE`: what then has no room has none whichever way it goes.

    For the router a drop-out is two, one for lower and one for upper ends of cables, so that what
    goes up and down through it counts twice; where both have no room together, either gets a share.

    Parameters
    ----------
    area
        (pieces,) section of all cables of each, m2.
    """
    cable = study(pieces)
    going = study(laid) & np.isfinite(study(shortest_m)) & (cable.place != cable.host)
    mine = np.flatnonzero(going)
    free = study(sides).pair[mine] >= 0
    room = np.tile(study(openings).room_m2, (2, 1))
    led, choice = _over(study, mine, area[mine], free, room), _choice(study, mine)
    for step in (_in_overfull, _any):
        if led.shares_too_little(study(openings).room_m2):
            room = _shares(study, mine, area[mine])
            led = _over(study, mine, area[mine], free, room)
        more = free | (choice & step(led))
        if len(led.routes.overfull) and (more & ~free).any():
            led, free = _over(study, mine, area[mine], more, room), more
    if led.shares_too_little(study(openings).room_m2):
        led = _over(study, mine, area[mine], free, _shares(study, mine, area[mine]))
    return led


def _shares(study: Study, mine: IntArray, area: FloatArray) -> FloatArray:
    """(2, D) room of drop-outs for lower and upper ends, by what of either is in their reach."""
    graph, cable, drop = study(ways).graph, study(pieces), study(openings)
    on = np.flatnonzero(drop.of_access >= 0)
    asked = np.zeros((2, len(drop.tray)))
    for end, place in enumerate((cable.place[mine], cable.host[mine])):
        stands = np.bincount(place, np.nan_to_num(area), minlength=len(study.table("position")))
        np.add.at(asked[end], drop.of_access[on], stands[graph.place[on]])
    total = asked.sum(axis=0)
    return drop.room_m2 * np.where(total > 0, asked / np.where(total > 0, total, 1.0), 0.5)


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
    """(n,) cables of which some end reaches several trays or drop-outs that they may take."""
    graph, cable = study(ways).graph, study(pieces)
    takes = study(open_to)[:, graph.access_tray]
    size = len(study.table("position"))
    many = np.array([np.bincount(graph.place[some], minlength=size) > 1 for some in takes])
    sort = _sorts(study)[mine]
    return np.asarray(many[sort, cable.place[mine]] | many[sort, cable.host[mine]])


def _sorts(study: Study) -> IntArray:
    """(pieces,) row of `open_to` of each: which trays carry it; -1 where its ends are not known."""
    return np.append(study(ways).sort, -1)[study(ways).pair]


def _over(
    study: Study, mine: IntArray, area: FloatArray, free: BoolArray, drop_room: FloatArray
) -> Led:
    """Lead some cables, of which some are free to leave by any tray and drop-out in reach.

    The end of one that is not free is a node that one edge leads to. For the others racks are
    nodes through which no way leads, and no other pair may take the edges that lead there. Lower
    and upper ends have nodes of their own.
    """
    graph, cable, of = study(ways).graph, study(pieces), study(sides)
    sort, carries = _sorts(study)[mine], study(open_to)
    exits, drop = study(exit_rows)[study(ways).pair[mine]], study(openings)
    rack, one = _numbers(study)
    size, n = len(one) + len(rack), len(graph.hall)
    # Nodes: of trays; by end those that are not free, and racks; by end drop-outs.
    at, reached, side = [], [], []
    closed = np.zeros(n + 2 * size + 2 * len(drop.tray), dtype=bool)
    for end, place in enumerate((cable.place[mine], cable.host[mine])):
        ends = np.zeros(len(rack), dtype=bool)
        ends[place[free]] = True
        alone, into = np.unique(exits[~free, end]), np.flatnonzero(ends[graph.place])
        first = n + end * size
        closed[first + len(one) + rack[ends]] = True
        at += [first + one[alone], first + len(one) + rack[graph.place[into]]]
        reached += [alone, into]
        side.append(np.full(len(alone) + len(into), end))
    node, access, upper = (np.concatenate(each) for each in (at, reached, side))
    through = drop.of_access[access]
    opening = np.where(through >= 0, 2 * through + upper, -1)
    used = np.unique(opening[opening >= 0])
    fall = graph.across_m + access_drop_m(study, graph)
    # From rack to rack no way leads over another: it would be longer than all trays.
    far = float(graph.length_m.sum()) + 1.0
    aside = far + _detour_m(study, fall, access)
    room = (study(section_m2) * study(fill_limits))[graph.tray]
    piece = np.flatnonzero(carries[np.unique(sort)][:, graph.tray].any(axis=0))
    none = np.full(len(piece) + len(used), -1)
    tray = np.concatenate([graph.tray[piece], drop.tray[used // 2], graph.access_tray[access]])
    net = WayNet(
        nodes=len(closed),
        tail=np.concatenate([graph.tail[piece], n + 2 * size + used, node]),
        head=np.concatenate([
            graph.head[piece], drop.node[used // 2],
            np.where(opening >= 0, n + 2 * size + opening, graph.access[access]),
        ]),
        length_m=np.concatenate([graph.length_m[piece], np.zeros(len(used)), fall[access] + aside]),
        capacity_m2=np.concatenate([
            room[piece], drop_room[used % 2, used // 2], np.full(len(node), np.inf),
        ]),
        own=np.append(none, node),
        end=closed,
        open=carries[:, tray],
    )  # fmt: skip
    count = np.maximum(np.ceil(study(first_counted).count[mine] - 1e-9), 1.0)
    # Cables that no tray may hold together are no pair.
    pair = np.where(of.pair[mine] >= 0, of.pair[mine] + sort * len(of.pair), -1)
    low, high = cable.place[mine], cable.host[mine]
    demand = Demand(
        source=n + np.where(free, len(one) + rack[low], one[exits[:, 0]]),
        sink=n + size + np.where(free, len(one) + rack[high], one[exits[:, 1]]),
        # What has no diameter takes no room here; the rules say that it is not known.
        section_m2=np.nan_to_num(area) / count,
        count=count.astype(np.int64),
        # What is on one side of a pair must go one way: it is one bundle.
        bundle=np.where(pair >= 0, 2 * pair + of.side[mine], -1),
        pair=pair,
        side=np.where(pair >= 0, of.side[mine], -1),
        sort=sort,
        reach_m=study(reaching_m)[mine] + 2.0 * far,
    )
    beyond = np.full(len(access), -1)
    return Led(
        cable=mine,
        piece=np.concatenate([piece, np.full(len(used), -1), beyond]),
        access=np.append(none, access),
        routes=route(net, demand),
        drop_out=np.concatenate([np.full(len(piece), -1), used, beyond]),
        aside_m=np.append(np.zeros(len(none)), aside),
    )


def _detour_m(study: Study, fall: FloatArray, access: IntArray) -> FloatArray:
    """How much longer than it is the run from a rack to a drop-out counts, (n,) by accesses.

    As long as by way of the nearest drop-out, and a little more, so that this is taken first.
    """
    graph = study(ways).graph
    key = graph.place * (int(graph.access_tray.max(initial=0)) + 1) + graph.access_tray
    nearest = np.flatnonzero(~graph.spare)
    nearest = nearest[np.unique(key[nearest], return_index=True)[1]]
    near = nearest[np.searchsorted(key[nearest], key[access])]
    place = graph.node_m[graph.access]
    apart = np.linalg.norm(place[access] - place[near], axis=1)
    round_ = fall[near] + apart * (1.0 + NEAREST_FIRST) - fall[access]
    return np.where(graph.spare[access], np.maximum(round_, 0.0), 0.0)


def _numbers(study: Study) -> tuple[IntArray, IntArray]:
    """Numbers of positions, and of accesses of the graph, by their place: no name decides."""
    graph, table = study(ways).graph, study.table("position")
    rack, one = np.empty(len(table), np.int64), np.empty(len(graph.access), np.int64)
    rack[np.lexsort((table["y_m"], table["x_m"], table["hall"]))] = np.arange(len(rack))
    one[np.lexsort((graph.access, rack[graph.place]))] = np.arange(len(one))
    return rack, one
