"""Cables over ways with limits beside SciPy's csgraph, NetworkX and a linear program.

Halls of rows of racks under trays; every rack has cables to racks of the network near it. SciPy
and NetworkX find the shortest ways on the same net, and know no limits; NetworkX takes some of the
sinks, and its time is scaled to all. The linear program (HiGHS) knows limits and routes parts of
cables; it takes a smaller net, on larger ones our own lower bound of it stands in.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from power import timed  # beside this file

CABLE_M2 = np.pi / 4 * 0.003**2
CROSS = 6
TO = 32
"""To so many racks of the network each rack has cables."""
PLAIN_SINKS = 8
"""Of so many sinks NetworkX finds the ways."""


def compare(
    sizes: list[tuple[int, int, int]], rounds: int, peak_mb: Callable[[], float]
) -> dict[str, Any]:
    """Measure a hall without and with limits, three halls, and a small net beside HiGHS.

    Parameters
    ----------
    sizes
        Nodes, sinks and cables of each of these.
    """
    one, three, small = sizes
    out: dict[str, Any] = {"hall": _hall(*one, rounds, peak_mb)}
    out["halls"] = _halls(*three, rounds)
    out["program"] = _program(*small)
    return out


# ------------------------------------------------------------------------------------------- inputs


def halls(count: int, nodes: int, sinks: int, cables: int) -> tuple[Any, Any]:
    """Return the net of some halls side by side, and the demand."""
    from twin.solve.routing.demand import Demand, WayNet

    rng = np.random.default_rng(0)
    rows = round((nodes / count) ** 0.5)
    per_row = nodes // count // rows
    place = np.arange(count * rows * per_row).reshape(count, rows, per_row)
    cross = np.linspace(0, per_row - 1, min(CROSS, per_row // 3)).round().astype(int)
    tail = [place[:, :, :-1].ravel(), place[:, :-1, cross].ravel()]
    head = [place[:, :, 1:].ravel(), place[:, 1:, cross].ravel()]
    length = [np.full(len(tail[0]), 0.6), np.full(len(tail[1]), 2.4)]
    for row in (0, rows // 2, rows - 1):
        tail.append(place[:-1, row, -1])
        head.append(place[1:, row, 0])
        length.append(np.full(count - 1, 30.0))
    racks = np.delete(place, cross, axis=2).ravel()
    sink = np.sort(rng.choice(racks, sinks, replace=False))
    source = np.setdiff1d(racks, sink)
    near = np.searchsorted(sink, source) + rng.integers(-sinks // 2, sinks // 2 + 1, len(source))
    to = min(TO, sinks)
    wanted = sink[((near[:, None] + np.arange(to)) % sinks).ravel()]
    groups = len(wanted)
    ways = [np.concatenate(c) for c in (tail, head, length)]
    of_group = cables * (np.arange(groups) + 1) // groups - cables * np.arange(groups) // groups
    net = WayNet(place.size, *ways, np.full(len(ways[0]), np.inf))
    some = of_group > 0
    return net, Demand(
        np.repeat(source, to)[some], wanted[some], np.full(int(some.sum()), CABLE_M2),
        of_group[some],
    )  # fmt: skip


def tightened(net: Any, demand: Any, part: float) -> Any:  # noqa: ANN401
    """Limit ways so that a routing exists though shortest ways overfill a part of all.

    That routing is one of shortest ways on stretched lengths, four times mixed.
    """
    from twin.solve.routing.route import route

    rng = np.random.default_rng(0)
    first, mixed = route(net, demand).fill_m2, np.zeros(len(net))
    for _ in range(4):
        stretched = net.length_m * rng.uniform(1.0, 2.0, len(net))
        mixed += route(dataclasses.replace(net, length_m=stretched), demand).fill_m2 / 4
    over = np.flatnonzero(first > 1.01 * mixed)
    worst = over[np.argsort(-first[over] / np.maximum(mixed[over], CABLE_M2), kind="stable")]
    limit = 1.3 * np.maximum(mixed, first) + 0.1 * np.median(first)
    picked = worst[: int(part * len(net))]
    limit[picked] = 1.01 * mixed[picked] + CABLE_M2
    return dataclasses.replace(net, capacity_m2=limit)


# ------------------------------------------------------------------------------------------- works


def _hall(
    nodes: int, sinks: int, cables: int, rounds: int, peak_mb: Callable[[], float]
) -> dict[str, Any]:
    from twin.solve.routing.route import route

    net, demand = halls(1, nodes, sinks, cables)
    plain = route(net, demand)
    limit = np.quantile(plain.fill_m2, 0.99)
    limited = dataclasses.replace(net, capacity_m2=np.full(len(net), limit))
    filled = route(limited, demand)
    peak = peak_mb()
    least: dict[str, float] = {}
    peers: dict[str, Callable[[], Any]] = {
        "SciPy csgraph": lambda: _csgraph(net, demand),
        "NetworkX": lambda: _networkx(net, demand, PLAIN_SINKS),
    }
    found = {name: run() for name, run in peers.items()}
    works = {"plain": lambda: route(net, demand), "filled": lambda: route(limited, demand)} | peers
    for _ in range(rounds):
        for name, run in works.items():
            least[name] = min(_once(run), least.get(name, np.inf))
    every = len(np.unique(demand.sink))
    scaled = {"SciPy csgraph": 1.0, "NetworkX": every / min(PLAIN_SINKS, every)}
    return {
        "nodes": net.nodes,
        "sinks": every,
        "cables": int(demand.count.sum()),
        "seconds": least["plain"],
        "filled_s": least["filled"],
        "peak_mb": peak,
        "peers": {
            name: {
                "seconds": least[name] * scaled[name],
                "scaled": scaled[name],
                "apart_m": _apart(plain, found[name]),
            }
            for name in peers
        },
        "limited": _figures(limited, filled),
    }


def _halls(nodes: int, sinks: int, cables: int, rounds: int) -> dict[str, Any]:
    from twin.solve.routing.route import route

    net, demand = halls(3, nodes, sinks, cables)
    net = tightened(net, demand, 0.2)
    found = route(net, demand, compare=True)
    seconds = min(_once(lambda: route(net, demand)) for _ in range(rounds))
    counts = {"nodes": net.nodes, "sinks": sinks, "cables": int(demand.count.sum())}
    return counts | {"seconds": seconds, "limited": _figures(net, found)}


def _program(nodes: int, sinks: int, cables: int) -> dict[str, Any]:
    from twin.solve.routing.route import route

    net, demand = halls(3, nodes, sinks, cables)
    net = tightened(net, demand, 0.2)
    found = route(net, demand, free=True)
    start = time.perf_counter()
    least_m = _highs(net, demand)
    took = time.perf_counter() - start
    return {
        "nodes": net.nodes,
        "sinks": sinks,
        "cables": int(demand.count.sum()),
        "seconds": timed(lambda: route(net, demand, free=True)),
        "peer_s": took,
        "over_program": found.statistics.length_m / least_m - 1.0,
        "limited": _figures(net, found),
    }


def _figures(net: Any, found: Any) -> dict[str, Any]:  # noqa: ANN401
    at = found.statistics
    return {
        "overfull_part": at.overfull_at_first / len(net),
        "overfull": len(found.overfull),
        "rounds": at.rounds,
        "split": int(found.split.sum()),
        "over_bound": at.length_m / at.bound_m - 1.0,
        "free_over_bound": (at.length_m - at.whole_extra_m) / at.bound_m - 1.0,
        "extra": at.extra_m / at.unlimited_m,
        "whole_extra": at.whole_extra_m / at.length_m,
    }


def _once(run: Callable[[], Any]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


# ------------------------------------------------------------------------------------------- peers


def _csgraph(net: Any, demand: Any) -> tuple[Any, Any]:  # noqa: ANN401
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import dijkstra

    sinks = np.unique(demand.sink)
    ways = csr_array((net.length_m, (net.tail, net.head)), shape=(net.nodes,) * 2)
    far, _ = dijkstra(ways, directed=False, indices=sinks, return_predecessors=True)
    rows = np.searchsorted(sinks, demand.sink)
    return np.arange(len(demand.sink)), far[rows, demand.source]


def _networkx(net: Any, demand: Any, count: int) -> tuple[Any, Any]:  # noqa: ANN401
    import networkx as nx

    graph = nx.Graph()
    rows = zip(net.tail.tolist(), net.head.tolist(), net.length_m.tolist(), strict=True)
    graph.add_weighted_edges_from(rows)
    sinks = np.unique(demand.sink)[:count]
    groups = np.flatnonzero(np.isin(demand.sink, sinks))
    far = {t: nx.single_source_dijkstra(graph, t)[0] for t in sinks.tolist()}
    ends = zip(demand.sink[groups].tolist(), demand.source[groups].tolist(), strict=True)
    return groups, np.array([far[t][s] for t, s in ends])


def _apart(routes: Any, found: tuple[Any, Any]) -> float:  # noqa: ANN401
    """Largest difference of lengths; without limits every group is one part, in order."""
    groups, length = found
    return float(np.abs(routes.length_m[groups] - length).max())


def _highs(net: Any, demand: Any) -> float:  # noqa: ANN401
    """Least length of all cables by flows of each sink on directed ways."""
    from scipy.optimize import linprog
    from scipy.sparse import block_diag, coo_array, hstack

    ways, n = len(net), net.nodes
    sinks = np.unique(demand.sink)
    tail, head = np.append(net.tail, net.head), np.append(net.head, net.tail)
    arcs = np.arange(2 * ways)
    balance = coo_array(
        (np.repeat([1.0, -1.0], 2 * ways), (np.append(tail, head), np.tile(arcs, 2))),
        shape=(n, 2 * ways),
    )
    stands = np.zeros((len(sinks), n))
    row = np.searchsorted(sinks, demand.sink)
    np.add.at(stands, (row, demand.source), demand.count)
    np.add.at(stands, (row, demand.sink), -demand.count)
    lies = coo_array((np.ones(2 * ways), (arcs % ways, arcs)), shape=(ways, 2 * ways))
    done = linprog(
        np.tile(np.tile(net.length_m, 2), len(sinks)),
        A_ub=hstack([lies] * len(sinks)), b_ub=net.capacity_m2 / CABLE_M2,
        A_eq=block_diag([balance] * len(sinks)), b_eq=stands.ravel(), method="highs",
    )  # fmt: skip
    return float(done.fun)
