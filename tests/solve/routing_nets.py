"""Nets and demands for tests of the router, and a linear program that knows nothing of it."""

from __future__ import annotations

import dataclasses

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import lil_array

from twin.solve.routing.demand import Demand, WayNet

CORD_M2 = 1e-5


def small(seed, sorts=1):
    """Return any net of few nodes, loops, double ways and forbidden ones among them.

    Of several sorts of cords each may lie in some of the ways.
    """
    rng = np.random.default_rng(seed)
    n = int(rng.integers(4, 12))
    e = int(rng.integers(n, 3 * n))
    tail, head = rng.integers(0, n, (2, e))
    capacity = rng.integers(0, 9, e) * CORD_M2 * rng.choice([1, 1, 3], e)
    capacity[rng.random(e) < 0.15] = np.inf
    groups = int(rng.integers(1, 8))
    sinks = rng.integers(0, n, int(rng.integers(1, 4)))
    sections = [1, 2] if rng.random() < 0.5 else [1]
    demand = Demand(
        rng.integers(0, n, groups), rng.choice(sinks, groups),
        rng.choice(sections, groups) * CORD_M2, rng.integers(1, 6, groups),
        rng.integers(-1, 3, groups),
    )  # fmt: skip
    net = WayNet(n, tail, head, rng.integers(1, 20, e).astype(float), capacity)
    if sorts == 1:
        return net, demand
    kind = rng.integers(0, sorts + 1, e)  # ways of the last kind take all
    open_ = (kind == np.arange(sorts)[:, None]) | (kind == sorts)
    return dataclasses.replace(net, open=open_), dataclasses.replace(
        demand, sort=rng.integers(0, sorts, groups)
    )


def halls(rows, per_row, count, sinks, cords, seed=0, to=8):
    """Halls of rows of racks under trays, joined by cross trays, and by three ways to the next.

    Every rack has cords to some neighbouring ones of the sinks, which are racks too.
    """
    rng = np.random.default_rng(seed)
    cross = np.linspace(0, per_row - 1, 5).round().astype(int)
    places = np.arange(count * rows * per_row).reshape(count, rows, per_row)
    tail = [places[:, :, :-1].ravel(), places[:, :-1, cross].ravel()]
    head = [places[:, :, 1:].ravel(), places[:, 1:, cross].ravel()]
    length = [np.full(len(tail[0]), 0.6), np.full(len(tail[1]), 2.4)]
    for row in (0, rows // 2, rows - 1):
        tail.append(places[:-1, row, -1])
        head.append(places[1:, row, 0])
        length.append(np.full(count - 1, 30.0))
    racks = np.delete(places, cross, axis=2).ravel()
    sink = np.sort(rng.choice(racks, sinks, replace=False))
    source = np.setdiff1d(racks, sink)
    near = np.searchsorted(sink, source) + rng.integers(-sinks // 2, sinks // 2 + 1, len(source))
    wanted = sink[((near[:, None] + np.arange(to)) % sinks).ravel()]
    groups = len(wanted)
    tail, head, length = map(np.concatenate, (tail, head, length))
    net = WayNet(places.size, tail, head, length, np.full(len(tail), np.inf))
    demand = Demand(
        np.repeat(source, to), wanted, np.full(groups, CORD_M2),
        np.full(groups, max(1, cords // groups)),
    )  # fmt: skip
    return net, demand


def arc_program(net, demand, whole=False):
    """Least section over limits in cords, and length, by flows of each group on directed ways.

    None where some cords have no way at all.
    """
    use = np.flatnonzero((net.capacity_m2 != 0) & (net.tail != net.head))
    tail = np.concatenate([net.tail[use], net.head[use]])
    head = np.concatenate([net.head[use], net.tail[use]])
    arcs, ways, groups, n = 2 * len(use), len(use), len(demand), net.nodes
    balance, stands = lil_array((groups * n, groups * arcs + ways)), np.zeros(groups * n)
    lies = lil_array((ways, groups * arcs + ways))
    for g in range(groups):
        for a in range(arcs):
            balance[g * n + tail[a], g * arcs + a] += 1
            balance[g * n + head[a], g * arcs + a] -= 1
            lies[a % ways, g * arcs + a] = demand.section_m2[g] / CORD_M2
        stands[g * n + demand.source[g]] += demand.count[g]
        stands[g * n + demand.sink[g]] -= demand.count[g]
    for w in range(ways):
        lies[w, groups * arcs + w] = -1
    taken = np.tile(net.open[demand.sort][:, use], 2).ravel()
    most = np.concatenate([np.where(taken, np.inf, 0.0), np.full(ways, np.inf)])
    limit = net.capacity_m2[use] / CORD_M2
    cost = np.concatenate([np.tile(np.tile(net.length_m[use], 2), groups), np.full(ways, 1e4)])
    done = milp(
        cost, bounds=Bounds(0, most),
        integrality=np.concatenate([np.full(groups * arcs, int(whole)), np.zeros(ways)]),
        constraints=[
            LinearConstraint(lies.tocsr(), -np.inf, limit),
            LinearConstraint(balance.tocsr(), stands, stands),
        ],
    )  # fmt: skip
    if done.x is None:
        return None
    over = done.x[groups * arcs :].sum()
    return over, done.fun - 1e4 * over


def check_routes(net, demand, routes):
    """Every cord goes once, from its source to its sink; lengths and fill are those of its way."""
    sums = np.bincount(routes.group, routes.count, minlength=len(demand))
    assert sums.tolist() == demand.count.tolist()
    first, edge = routes.ways(np.arange(len(routes.group)))
    fill = np.zeros(len(net))
    for p, g in enumerate(routes.group.tolist()):
        way = edge[first[p] : first[p + 1]]
        if not np.isfinite(routes.length_m[p]):
            assert not len(way)
            continue
        at = demand.source[g]
        for e in way.tolist():
            assert at in (net.tail[e], net.head[e])
            at = net.tail[e] + net.head[e] - at
            assert net.open[demand.sort[g], e]
        assert at == demand.sink[g]
        assert abs(net.length_m[way].sum() - routes.length_m[p]) < 1e-9
        np.add.at(fill, way, demand.section_m2[g] * routes.count[p])
    np.testing.assert_allclose(routes.fill_m2, fill, rtol=1e-12, atol=1e-15)
    limit = np.where(np.isnan(net.capacity_m2), np.inf, net.capacity_m2)
    assert routes.overfull.tolist() == np.flatnonzero(~(fill <= limit * (1 + 1e-9))).tolist()
