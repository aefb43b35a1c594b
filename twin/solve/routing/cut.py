"""Which ways are too small, where no routing exists.

Any weights on ways tell: each cord needs at least its section times the shortest way measured in
them, and the ways offer weight times capacity (Onaga and Kakusho, "On feasibility conditions of
multicommodity flows in networks", IEEE Trans. Circuit Theory 18(4), 1971; Iri 1971). The prices of
the linear program, or of negotiation that does not settle, are such weights. Nodes within some
distance of a sink, measured in them, are one side of a plain cut; the worst of those is named, and
only where none of them is too small alone, the ways together with their weights. Of cords of
several sorts each is measured over ways that take it; a plain cut is of one sort, against the ways
that take it, or of all.
"""

from __future__ import annotations

import numpy as np

from twin.site.table import FloatArray, IntArray
from twin.solve.routing.contract import Contracted
from twin.solve.routing.demand import WayNet
from twin.solve.routing.plain import plain
from twin.solve.routing.routes import Cut, Routes
from twin.solve.routing.trees import shortest
from twin.solve.routing.units import Units

MARGIN = 1e-6
"""Part by which less must be offered than is needed, so that no rounding names a cut."""
DISTANCES = 64
"""So many distances from each sink are looked at."""
NEAR = 1e-9


def cut(net: WayNet, small: Contracted, units: Units, price: FloatArray) -> Cut | None:
    """Name the ways that are too small, by prices of slots that hint at them; None if none are.

    Parameters
    ----------
    price
        (S,) none negative.
    """
    limit = small.graph.limit_m2
    weight = np.where(np.isfinite(limit), price, 0.0)
    if not (weight > 0).any():
        return None
    weight = weight / weight.max()
    weight[weight < NEAR] = 0.0
    far, sort, reach = _measured(small, units, weight)
    single = _worst(small, units, far, sort, reach)
    if single is not None:
        slots, needed, offered = single
        return Cut(_least(net, small, slots), np.ones(len(slots)), needed, offered, single=True)
    there = np.isfinite(reach)
    needed = float(units.section_m2[there] @ reach[there])
    slots = np.flatnonzero(weight > 0)
    offered = float(weight[slots] @ limit[slots])
    if not needed > offered * (1 + MARGIN):
        return None
    return Cut(_least(net, small, slots), weight[slots], needed, offered, single=False)


def narrow(net: WayNet, small: Contracted, routes: Routes) -> Cut | None:
    """Name a dead end that is too small for what must leave it."""
    dead = np.zeros(len(net), np.bool_)
    dead[small.up_edge[small.up_edge >= 0]] = True
    over = routes.overfull[dead[routes.overfull]]
    if not len(over):
        return None
    worst = over[np.argmax(routes.fill_m2[over] - net.capacity_m2[over])]
    needed, offered = float(routes.fill_m2[worst]), float(net.capacity_m2[worst])
    return Cut(np.array([worst]), np.ones(1), needed, offered, single=True)


def _least(net: WayNet, small: Contracted, slots: IntArray) -> IntArray:
    """Return the way of least capacity in each slot."""
    out = [small.slot_edge[small.slot_first[s] : small.slot_first[s + 1]] for s in slots.tolist()]
    return np.array([ways[np.nanargmin(net.capacity_m2[ways])] for ways in out], dtype=np.int64)


def _measured(
    small: Contracted, units: Units, weight: FloatArray
) -> tuple[FloatArray, IntArray, FloatArray]:
    """Distances of the plain graph to each sink for each sort of its cords, and of each whole.

    Returns
    -------
    far, sort
        (D, nodes) distances, and (D,) for which sort of cords.
    reach
        (U,) distance of each whole.
    """
    graph, nets = small.graph, plain(small)
    roots, of_root = np.unique(
        np.stack([units.root_junction, units.root_sort]), axis=1, return_inverse=True
    )
    nodes, count = len(nets.chain), roots.shape[1]
    # Every node as a whole of every sink: one call measures them all.
    asked = Units(
        np.zeros(nodes * count, np.int64), np.repeat(np.arange(count), nodes),
        np.tile(nets.chain, count), np.tile(nets.slot, count), np.tile(nets.junction, count),
        np.ones(nodes * count), np.ones(nodes * count), np.full(nodes * count, np.inf),
        np.arange(count + 1) * nodes, roots[0],
        np.ones(count), roots[1],
    )  # fmt: skip
    cost = np.empty(nodes * count)
    shortest(
        graph, asked, np.zeros(len(weight)), weight,
        np.empty((count, len(graph.arc_first) - 1), np.int32),
        np.empty(len(cost), np.int8), cost, np.zeros(len(weight)),
    )  # fmt: skip
    far = cost.reshape(count, nodes)
    source = nets.at(units.slot, units.junction)
    reach = np.where(source >= 0, far[of_root.ravel()[units.root], source], np.inf)
    return far, roots[1], reach


def _worst(
    small: Contracted, units: Units, far: FloatArray, sort: IntArray, reach: FloatArray
) -> tuple[IntArray, float, float] | None:
    """Slots, needed and offered section of the plain cut that lacks most; None if none does."""
    nets, limit = plain(small), small.graph.limit_m2
    routed = np.isfinite(reach)
    source = nets.at(units.slot, units.junction)[routed]
    sink, section = units.root_junction[units.root][routed], units.section_m2[routed]
    kind = units.root_sort[units.root][routed]
    open_, every = small.slot_open, np.unique(kind)
    best, lack = None, 0.0
    for row, own in zip(far, sort.tolist(), strict=True):
        steps = np.unique(np.round(row[np.isfinite(row)], 9))[:-1]
        if len(steps) > DISTANCES:
            steps = steps[np.arange(DISTANCES) * len(steps) // DISTANCES]
        for step in steps.tolist():
            inside = row <= step + NEAR
            crosses = inside[nets.tail] != inside[nets.head]
            apart = inside[source] != inside[sink]
            for some in ([own], every) if len(every) > 1 else ([own],):
                taking = crosses & open_[some].any(axis=0)
                offered = float(limit[taking].sum())
                if not offered < np.inf:
                    continue
                needed = float(section[apart & np.isin(kind, some)].sum())
                if needed > offered * (1 + MARGIN) and needed - offered > lack:
                    best, lack = (np.flatnonzero(taking), needed, offered), needed - offered
    return best
