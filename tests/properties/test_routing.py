"""What must always hold of routes, on small nets of any kind."""

from __future__ import annotations

import dataclasses

import networkx as nx
import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.solve.routing_nets import CORD_M2, arc_program, check_routes, small
from twin.solve.routing.apart import two_ways
from twin.solve.routing.contract import adjacency
from twin.solve.routing.demand import Demand, WayNet
from twin.solve.routing.route import route

SEEDS = st.integers(0, 100_000)
SORTS = st.sampled_from([1, 2, 3])
MANY = settings(max_examples=40)


def without_limits(net):
    return dataclasses.replace(net, capacity_m2=np.where(net.capacity_m2 == 0, 0.0, np.inf))


@MANY
@given(SEEDS, SORTS)
def test_cords_go_once_along_ways_within_limits_or_a_cut_is_too_small(seed, sorts):
    net, demand = small(seed, sorts)
    found = route(net, demand)
    check_routes(net, demand, found)
    if not (np.isfinite(found.length_m).all() and len(found.overfull)):
        return
    over, _ = arc_program(net, demand)
    if over <= 1e-6:  # then not even whole cords fit
        assert arc_program(net, demand, whole=True)[0] > 1e-6
        assert found.cut is None
        return
    cut = found.cut
    assert cut.needed_m2 > cut.offered_m2
    # Told again by somebody else: cords need section times their shortest way in these weights.
    weight = np.zeros(len(net))
    weight[cut.edge] = cut.weight
    graphs = []
    for takes in net.open:
        graph = nx.Graph()
        for e in np.flatnonzero((net.capacity_m2 != 0) & takes).tolist():
            a, b = int(net.tail[e]), int(net.head[e])
            if not graph.has_edge(a, b) or graph.edges[a, b]["weight"] > weight[e]:
                graph.add_edge(a, b, weight=weight[e])
        graphs.append(graph)
    needed = sum(
        section * count * (nx.dijkstra_path_length(graphs[k], s, t) if s != t else 0.0)
        for s, t, section, count, k in zip(
            demand.source.tolist(), demand.sink.tolist(), demand.section_m2, demand.count,
            demand.sort.tolist(), strict=True,
        )
    )  # fmt: skip
    offered = float(cut.weight @ net.capacity_m2[cut.edge])
    assert needed > offered * (1 + 1e-7)
    assert abs(offered - cut.offered_m2) <= 1e-9 * offered + 1e-15


@MANY
@given(SEEDS, SORTS)
def test_ways_without_limits_are_the_shortest_of_those_that_take_each_sort(seed, sorts):
    net, demand = small(seed, sorts)
    net = without_limits(net)
    found = route(net, demand)
    check_routes(net, demand, found)
    for g, length in zip(found.group.tolist(), found.length_m.tolist(), strict=True):
        graph = nx.MultiGraph()
        graph.add_nodes_from(range(net.nodes))
        for e in np.flatnonzero((net.capacity_m2 != 0) & net.open[demand.sort[g]]).tolist():
            graph.add_edge(int(net.tail[e]), int(net.head[e]), weight=net.length_m[e])
        ends = int(demand.source[g]), int(demand.sink[g])
        if nx.has_path(graph, *ends):
            wanted = nx.shortest_path_length(graph, *ends, weight="weight")
            assert abs(length - wanted) <= 1e-9
        else:
            assert np.isinf(length)


@MANY
@given(SEEDS)
def test_without_fill_removing_a_way_never_shortens_a_route(seed):
    net, demand = small(seed)
    net = without_limits(net)
    before = route(net, demand)
    lost = np.arange(len(net)) != np.random.default_rng(seed).integers(len(net))
    after = route(
        WayNet(net.nodes, *(c[lost] for c in (net.tail, net.head, net.length_m, net.capacity_m2))),
        demand,
    )
    assert before.group.tolist() == after.group.tolist()
    assert (after.length_m >= before.length_m - 1e-9).all()


@MANY
@given(SEEDS, SORTS)
def test_the_order_of_columns_and_the_names_of_bundles_decide_nothing(seed, sorts):
    net, demand = small(seed, sorts)
    rng = np.random.default_rng(seed)
    groups, ways = rng.permutation(len(demand)), rng.permutation(len(net))
    turned = rng.random(len(net)) < 0.5
    tail, head = np.where(turned, net.head, net.tail), np.where(turned, net.tail, net.head)
    other = WayNet(
        net.nodes, tail[ways], head[ways], net.length_m[ways], net.capacity_m2[ways],
        open=net.open[:, ways],
    )  # fmt: skip
    told = Demand(
        demand.source[groups], demand.sink[groups], demand.section_m2[groups],
        demand.count[groups], np.where(demand.bundle < 0, -1, 7 - demand.bundle)[groups],
        sort=demand.sort[groups],
    )  # fmt: skip
    one, two = route(net, demand), route(other, told)
    assert abs(one.statistics.length_m - two.statistics.length_m) <= 1e-9 * (
        1 + one.statistics.length_m
    )
    lengths = [
        [sorted(zip(r.length_m[r.group == g].tolist(), r.count[r.group == g].tolist(), strict=True))
         for g in order]
        for r, order in ((one, groups), (two, range(len(groups))))
    ]  # fmt: skip
    assert sorted(map(str, lengths[0])) == sorted(map(str, lengths[1]))


@MANY
@given(SEEDS, SORTS)
def test_limits_are_kept_where_a_routing_of_whole_cords_is_known(seed, sorts):
    """Limits are what some routing on other lengths fills, and some more: so one exists."""
    net, demand = small(seed, sorts)
    rng = np.random.default_rng(seed)
    net = without_limits(net)
    known = route(dataclasses.replace(net, length_m=rng.uniform(1, 9, len(net))), demand)
    more = CORD_M2 * rng.integers(0, 1 + seed % 3, len(net)) * (net.capacity_m2 > 0)
    net = dataclasses.replace(net, capacity_m2=known.fill_m2 + more)
    found = route(net, demand)
    check_routes(net, demand, found)
    assert found.overfull.tolist() == []
    assert found.cut is None


@MANY
@given(SEEDS)
def test_two_ways_share_as_few_as_can_be_and_are_short_then(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(3, 9))
    tail, head = rng.integers(0, n, (2, int(rng.integers(2, 16))))
    tail, head = tail[tail != head], head[tail != head]
    assume(len(tail))
    weight = rng.integers(seed % 2, 9, len(tail)).astype(float)
    source, *sinks = rng.integers(0, n, 3).tolist()
    graph = nx.MultiGraph()
    graph.add_nodes_from(range(n))
    for k, ends in enumerate(zip(tail.tolist(), head.tolist(), strict=True)):
        graph.add_edge(*ends, key=k)
    assume(source not in sinks and all(nx.has_path(graph, source, t) for t in sinks))
    twice = 1.0 + 4.0 * weight.sum()
    found = two_ways(*adjacency(n, tail, head), weight, source, tuple(sinks), twice)

    def cost(one, two):
        return weight[one].sum() + weight[two].sum() + twice * len(set(one) & set(two))

    plain = [
        [[k for *_, k in path] for path in nx.all_simple_edge_paths(graph, source, t)]
        for t in sinks
    ]
    assert cost(*(way.tolist() for way in found)) == min(
        cost(one, two) for one in plain[0] for two in plain[1]
    )
