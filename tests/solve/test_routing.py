"""The bare router: lengths without limits, limits, splits, cuts, pairs apart."""

from __future__ import annotations

import dataclasses

import networkx as nx
import numpy as np
import pytest

from tests.solve.routing_nets import CORD_M2, arc_program, check_routes, halls
from twin.errors import SolveError
from twin.solve.routing.demand import Demand, WayNet
from twin.solve.routing.route import route


def net_of(*ways, nodes=None):
    """Return a net of ways (tail, head, length, capacity in cords)."""
    tail, head, length, cords = (np.array(c) for c in zip(*ways, strict=True))
    nodes = nodes or int(max(tail.max(), head.max())) + 1
    return WayNet(nodes, tail, head, length.astype(float), cords * CORD_M2)


def demand_of(*groups, **columns):
    """Return groups (source, sink, count) of the one section."""
    source, sink, count = (np.array(c) for c in zip(*groups, strict=True))
    return Demand(source, sink, np.full(len(count), CORD_M2), count, **columns)


def shortest_m(net, sources, sinks):
    graph = nx.Graph()
    for a, b, length in zip(
        net.tail.tolist(), net.head.tolist(), net.length_m.tolist(), strict=True
    ):
        if not graph.has_edge(a, b) or graph.edges[a, b]["weight"] > length:
            graph.add_edge(a, b, weight=length)
    by_sink = {t: nx.single_source_dijkstra_path_length(graph, t) for t in set(sinks.tolist())}
    return [by_sink[t].get(s, np.inf) for s, t in zip(sources, sinks, strict=True)]


def tightened(net, demand, part, seed=0):
    """Limit ways so that a routing exists, though shortest ways overfill a part of them.

    The routing is one of shortest ways on stretched lengths, four times mixed.
    """
    rng = np.random.default_rng(seed)
    first = route(net, demand).fill_m2
    mixed = np.zeros(len(net))
    for _ in range(4):
        stretched = net.length_m * rng.uniform(1.0, 2.0, len(net))
        mixed += route(dataclasses.replace(net, length_m=stretched), demand).fill_m2 / 4
    over = np.flatnonzero(first > 1.01 * mixed)
    worst = over[np.argsort(-first[over] / np.maximum(mixed[over], CORD_M2), kind="stable")]
    capacity = 1.3 * np.maximum(mixed, first) + 0.1 * np.median(first)
    picked = worst[: int(part * len(net))]
    capacity[picked] = 1.01 * mixed[picked] + CORD_M2
    return dataclasses.replace(net, capacity_m2=capacity)


# ---------------------------------------------------------------------------------- without limits


def test_lengths_are_those_of_networkx():
    net, demand = halls(8, 14, 3, sinks=20, cords=5_000, seed=3)
    rng = np.random.default_rng(3)
    net = dataclasses.replace(net, length_m=rng.uniform(0.1, 4.0, len(net)))
    found = route(net, demand)
    check_routes(net, demand, found)
    wanted = shortest_m(net, demand.source, demand.sink)
    assert found.length_m == pytest.approx(wanted, rel=1e-12, abs=1e-9)
    assert found.statistics.length_m == pytest.approx(demand.count @ np.array(wanted), rel=1e-12)
    assert found.statistics.extra_m == 0.0
    assert found.statistics.rounds == 0


def test_dead_ends_rings_and_double_ways():
    # 0-1-2 a dead end with sources, 2-3-4-2 a ring, 2-5 twice, the sink at 5; 6-7 apart.
    net = net_of(
        (0, 1, 1, 99), (1, 2, 2, 99), (2, 3, 1, 99), (3, 4, 1, 99), (4, 2, 5, 99), (2, 5, 9, 99),
        (5, 2, 4, 99), (6, 7, 1, 99), (5, 5, 1, 99),
    )  # fmt: skip
    demand = demand_of((0, 5, 1), (1, 5, 2), (4, 5, 3), (5, 5, 4), (6, 5, 5))
    found = route(net, demand)
    check_routes(net, demand, found)
    assert found.length_m.tolist() == [7.0, 6.0, 6.0, 0.0, np.inf]
    assert (found.fill_m2 / CORD_M2).round(9).tolist() == [1, 3, 3, 3, 0, 0, 6, 0, 0]


def test_nothing_to_route():
    net = net_of((0, 1, 1, 9))
    none = np.empty(0, np.int64)
    found = route(net, Demand(none, none, none.astype(float), none))
    assert len(found.group) == 0
    assert found.fill_m2.tolist() == [0.0]
    bare = WayNet(2, none, none, none.astype(float), none.astype(float))
    assert route(bare, demand_of((0, 1, 1))).length_m.tolist() == [np.inf]


def test_a_capacity_that_is_not_known_is_told_and_limits_nothing():
    net = net_of((0, 1, 1, np.nan), (1, 2, 1, np.nan), (0, 2, 5, 1), (2, 3, 1, np.nan))
    found = route(net, demand_of((0, 2, 50)))
    assert found.unknown.tolist() == [0, 1]
    assert found.overfull.tolist() == []
    assert found.length_m.tolist() == [2.0]


def test_ways_of_no_capacity_carry_nothing():
    net = net_of((0, 1, 1, 0), (0, 1, 7, 9))
    assert route(net, demand_of((0, 1, 3))).length_m.tolist() == [7.0]


# ------------------------------------------------------------------------------------- with limits


def test_who_loses_least_by_it_goes_round():
    # Both would go over the one short way; the detour is 2 m for the first, 10 m for the second.
    net = net_of((0, 2, 0, 9), (1, 2, 0, 9), (2, 3, 1, 4), (0, 3, 3, 9), (1, 3, 11, 9))
    demand = demand_of((0, 3, 4), (1, 3, 4))
    found = route(net, demand)
    check_routes(net, demand, found)
    assert found.length_m.tolist() == [3.0, 1.0]
    assert found.overfull.tolist() == []
    assert found.statistics.overfull_at_first == 1
    assert found.statistics.extra_m == pytest.approx(8.0)
    assert found.cut is None


def test_a_limit_may_be_met_exactly():
    net = net_of((0, 1, 1, 3), (0, 1, 2, 9))
    assert route(net, demand_of((0, 1, 3))).length_m.tolist() == [1.0]
    assert route(net, demand_of((0, 1, 4))).length_m.tolist() == [2.0]


def test_a_bundle_stays_whole_while_it_fits_somewhere():
    net = net_of((0, 1, 1, 6), (0, 1, 3, 10))
    groups = [(0, 1, 5), (0, 1, 5)]
    whole = route(net, demand_of(*groups, bundle=np.array([3, 3])), compare=True)
    assert whole.length_m.tolist() == [3.0, 3.0]
    assert not whole.split.any()
    assert whole.statistics.whole_extra_m == pytest.approx(30.0 - (6 + 4 * 3))
    free = route(net, demand_of(*groups), free=True)
    assert free.statistics.length_m == pytest.approx(6 + 4 * 3)


def test_only_a_split_fits():
    net = net_of((0, 1, 1, 6), (0, 1, 3, 9))
    demand = demand_of((0, 1, 5), (0, 1, 5), bundle=np.array([3, 3]))
    found = route(net, demand)
    check_routes(net, demand, found)
    assert found.overfull.tolist() == []
    assert found.split.all()
    assert found.statistics.length_m == pytest.approx(6 + 4 * 3)


def test_the_cut_that_is_too_small_is_named():
    # Two ways out of the left half hold 3 and 2 cords; 6 must leave it.
    net = net_of((0, 1, 1, 99), (1, 2, 1, 3), (0, 3, 1, 2), (2, 3, 1, 99))
    found = route(net, demand_of((0, 3, 4), (1, 2, 2)))
    assert found.cut is not None
    assert found.cut.single
    assert sorted(found.cut.edge.tolist()) == [1, 2]
    assert found.cut.needed_m2 == pytest.approx(6 * CORD_M2)
    assert found.cut.offered_m2 == pytest.approx(5 * CORD_M2)
    assert len(found.overfull) > 0


def test_a_dead_end_that_is_too_small_is_named():
    net = net_of((0, 1, 1, 3), (1, 2, 1, 99), (1, 2, 1, 99), (2, 3, 1, 99))
    found = route(net, demand_of((0, 2, 4)))
    assert found.overfull.tolist() == [0]
    assert found.cut.edge.tolist() == [0]
    assert found.cut.needed_m2 == pytest.approx(4 * CORD_M2)


def test_no_plain_cut_is_too_small_and_yet_nothing_fits():
    """K(2,3) with all its ways of one cord and the four pairs of Okamura and Seymour (1981)."""
    net = net_of(*((hub, leaf, 1, 1) for hub in (0, 1) for leaf in (2, 3, 4)))
    demand = demand_of((0, 1, 1), (2, 3, 1), (3, 4, 1), (2, 4, 1))
    found = route(net, demand)
    assert arc_program(net, demand)[0] > 0.1
    assert found.cut is not None
    assert not found.cut.single
    assert sorted(found.cut.edge.tolist()) == [0, 1, 2, 3, 4, 5]
    assert found.cut.needed_m2 > 1.01 * found.cut.offered_m2
    assert found.cut.offered_m2 == pytest.approx(found.cut.weight.sum() * CORD_M2)


def test_what_fits_only_in_fractions_is_no_cut():
    net = net_of((0, 1, 1, 1.5), (0, 1, 1, 1.5))
    demand = demand_of((0, 1, 3))
    assert arc_program(net, demand)[0] == pytest.approx(0.0)
    found = route(net, demand)
    assert found.cut is None
    assert found.in_parts
    assert len(found.overfull) == 1


@pytest.mark.parametrize("far", [0, 1])
def test_who_would_be_beyond_its_reach_does_not_go_round(far):
    """The detour is as long for both, 10 m; it is too much for one of them."""
    net = net_of((0, 2, 1, 9), (1, 2, 1, 9), (2, 3, 1, 4), (2, 3, 11, 9))
    reach = np.where(np.arange(2) == far, 5.0, 50.0)
    found = route(net, demand_of((0, 3, 4), (1, 3, 4), reach_m=reach))
    assert found.overfull.tolist() == []
    assert found.length_m.tolist() == np.where(np.arange(2) == far, 2.0, 12.0).tolist()


def test_a_reach_gives_way_where_a_tray_would_overfill():
    net = net_of((0, 1, 1, 4), (0, 1, 11, 9))
    found = route(net, demand_of((0, 1, 4), (0, 1, 4), reach_m=np.full(2, 5.0)))
    assert found.overfull.tolist() == []
    assert sorted(found.length_m.tolist()) == [1.0, 11.0]


def test_what_is_beyond_its_reach_at_first_goes_round_rather_than_others():
    net = net_of((0, 1, 1, 4), (0, 1, 11, 9))
    found = route(net, demand_of((0, 1, 4), (0, 1, 4), reach_m=np.array([5.0, 0.5])))
    assert found.length_m.tolist() == [1.0, 11.0]


# ------------------------------------------------------------------------------- sorts of cords


def two_sorts(count, both=4):
    """Return a way for any cords, and one a little longer for the first sort alone."""
    net = net_of((0, 1, 1, both), (0, 1, 2, 4))
    net = dataclasses.replace(net, open=np.array([[True, True], [True, False]]))
    return net, demand_of(*((0, 1, n) for n in count), sort=np.array([0, 1]))


def test_cords_that_have_a_choice_leave_it_to_those_that_have_none():
    net, demand = two_sorts((5, 3))
    found = route(net, demand)
    check_routes(net, demand, found)
    assert found.overfull.tolist() == []
    assert (found.fill_m2 / CORD_M2).round(9).tolist() == [4, 4]
    assert found.cut is None


@pytest.mark.parametrize(("count", "edges"), [((6, 3), [0, 1]), ((1, 5), [0])])
def test_a_cut_is_of_the_ways_that_take_what_must_cross_it(count, edges):
    net, demand = two_sorts(count)
    cut = route(net, demand).cut
    assert sorted(cut.edge.tolist()) == edges
    assert cut.needed_m2 == pytest.approx(CORD_M2 * (5 if edges == [0] else 9))
    assert cut.offered_m2 == pytest.approx(CORD_M2 * 4 * len(edges))


def test_what_stands_in_a_dead_end_for_others_has_no_way():
    net = net_of((0, 1, 1, 9), (1, 2, 1, 9), (1, 2, 1, 9))
    net = dataclasses.replace(net, open=np.array([[True] * 3, [False, True, True]]))
    demand = demand_of((0, 2, 1), (0, 2, 1), (1, 2, 1), sort=np.array([0, 1, 1]))
    found = route(net, demand)
    check_routes(net, demand, found)
    assert found.length_m.tolist() == [2.0, np.inf, 1.0]


def test_planes_apart_keep_to_the_ways_of_their_sort():
    net = net_of((0, 1, 1, 9), (0, 1, 2, 9), (0, 1, 3, 9))
    net = dataclasses.replace(net, open=np.array([[True, False, True], [False, True, False]]))
    sides = {"pair": np.zeros(2, int), "side": np.arange(2)}
    found = route(net, demand_of((0, 1, 1), (0, 1, 1), **sides))
    assert sorted(found.length_m.tolist()) == [1.0, 3.0]
    with pytest.raises(SolveError, match="pair 0 has cords of several sorts"):
        demand_of((0, 1, 1), (0, 1, 1), **sides, sort=np.arange(2))


def test_sorts_that_no_way_knows_are_told():
    net = net_of((0, 1, 1, 9))
    with pytest.raises(SolveError, match="group 0 is of sort 1; ways know 1 sorts"):
        route(net, demand_of((0, 1, 1), sort=np.array([1])))


# ------------------------------------------------------------------------ beside the linear program


def test_three_halls_where_a_fifth_overfills_are_within_a_hundredth_of_the_bound():
    net, demand = halls(10, 20, 3, sinks=30, cords=30_000)
    net = tightened(net, demand, 0.2)
    found = route(net, demand, compare=True)
    check_routes(net, demand, found)
    at = found.statistics
    assert at.overfull_at_first > 0.19 * len(net)
    assert found.overfull.tolist() == []
    assert at.unlimited_m <= at.bound_m <= at.length_m - at.whole_extra_m + 1e-6
    # The bound is below the linear program: so this is closer than what must be reached.
    assert at.length_m - at.whole_extra_m <= 1.01 * at.bound_m
    assert at.length_m <= 1.01 * at.bound_m


def test_free_cords_are_within_a_thousandth_where_a_hundredth_overfills():
    net, demand = halls(20, 24, 1, sinks=40, cords=50_000, seed=1)
    capacity = np.quantile(route(net, demand).fill_m2, 0.99)
    net = dataclasses.replace(net, capacity_m2=np.full(len(net), capacity))
    found = route(net, demand, free=True)
    check_routes(net, demand, found)
    assert 0 < found.statistics.overfull_at_first <= 0.011 * len(net)
    assert found.overfull.tolist() == []
    assert found.statistics.length_m <= 1.001 * found.statistics.bound_m


def test_the_bound_is_never_above_the_linear_program():
    net, demand = halls(4, 8, 1, sinks=4, cords=300, seed=2, to=3)
    net = tightened(net, demand, 0.2, seed=2)
    over, least_m = arc_program(net, demand)
    found = route(net, demand, free=True)
    assert over == pytest.approx(0.0, abs=1e-6)
    assert found.overfull.tolist() == []
    assert found.statistics.bound_m <= least_m * (1 + 1e-9)
    assert found.statistics.length_m >= least_m * (1 - 1e-9)
    assert found.statistics.length_m <= 1.01 * least_m


# ------------------------------------------------------------------------------------- pairs apart


def test_both_sides_of_a_pair_share_no_way():
    # The shortest ways of both would take the rung 1-2, and then share.
    net = net_of(
        (0, 1, 1, 99), (0, 2, 3, 99), (1, 2, 1, 99), (1, 5, 3, 99), (2, 3, 1, 99), (3, 4, 1, 99),
        (5, 4, 1, 99),
    )  # fmt: skip
    demand = demand_of((0, 4, 2), (0, 4, 2), pair=np.zeros(2, int), side=np.array([0, 1]))
    found = route(net, demand)
    check_routes(net, demand, found)
    assert len(found.shared_pair) == 0
    assert sorted(found.length_m.tolist()) == [5.0, 5.0]
    alone = route(net, demand_of((0, 4, 2), (0, 4, 2)))
    assert alone.length_m.tolist() == [4.0, 4.0]


def test_where_only_one_way_exists_it_is_named():
    net = net_of((0, 1, 1, 99), (1, 2, 1, 99), (1, 2, 5, 99), (2, 3, 1, 99), (2, 3, 2, 99))
    demand = demand_of((0, 3, 2), (0, 2, 2), pair=np.full(2, 7), side=np.array([0, 1]))
    found = route(net, demand)
    check_routes(net, demand, found)
    assert found.shared_pair.tolist() == [7]
    assert found.shared_edge.tolist() == [0]


def test_pairs_keep_limits_too():
    # Three equal ways; each holds one side of one pair, and the single cords take what is left.
    net = net_of((0, 1, 1, 4), (0, 1, 2, 4), (0, 1, 3, 4))
    demand = demand_of(
        (0, 1, 3), (0, 1, 3), (0, 1, 4), pair=np.array([0, 0, -1]), side=np.array([0, 1, -1])
    )
    found = route(net, demand)
    check_routes(net, demand, found)
    assert found.overfull.tolist() == []
    assert len(found.shared_pair) == 0


def test_sides_from_different_sources_part():
    net = net_of((0, 2, 1, 9), (1, 2, 1, 9), (2, 3, 1, 9), (1, 3, 4, 9), (0, 3, 4, 9))
    demand = demand_of((0, 3, 1), (1, 3, 1), pair=np.zeros(2, int), side=np.array([0, 1]))
    found = route(net, demand)
    check_routes(net, demand, found)
    assert len(found.shared_pair) == 0
    assert found.length_m.sum() == pytest.approx(6.0)


# --------------------------------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"head": np.array([5])}, "does not exist"),
        ({"length_m": np.array([np.nan])}, "way 0 has the length nan m"),
        ({"capacity_m2": np.array([-1.0])}, "way 0 has the capacity -1.0 m2"),
        ({"length_m": np.ones(2)}, "do not fit"),
    ],
)
def test_a_net_that_cannot_be_is_refused(change, told):
    with pytest.raises(SolveError, match=told):
        dataclasses.replace(net_of((0, 1, 1, 1)), **change)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"count": np.array([0])}, "group 0 has 0 cords"),
        ({"section_m2": np.array([np.nan])}, "group 0 has 1 cords of nan m2"),
        ({"pair": np.array([3]), "side": np.array([-1])}, "group 0 of pair 3"),
        ({"sink": np.array([0, 1])}, "do not fit"),
    ],
)
def test_a_demand_that_cannot_be_is_refused(change, told):
    with pytest.raises(SolveError, match=told):
        dataclasses.replace(demand_of((0, 1, 1)), **change)


def test_a_source_off_the_net_is_refused():
    with pytest.raises(SolveError, match="group 0 ends at node 9"):
        route(net_of((0, 1, 1, 1)), demand_of((9, 1, 1)))


def test_a_side_with_two_sinks_is_refused():
    net = net_of((0, 1, 1, 1), (1, 2, 1, 1))
    demand = demand_of(
        (0, 1, 1), (0, 2, 1), (0, 2, 1), pair=np.zeros(3, int), side=np.array([0, 0, 1])
    )
    with pytest.raises(SolveError, match="side of pair 0"):
        route(net, demand)
