"""Fabrics against closed forms, what the tables leave open, and what cannot be built."""

import networkx as nx
import numpy as np
import pytest

from twin.errors import InputError
from twin.site.fabrics.evenly import divisors
from twin.solve.fabric.built import CoreGroup, SpineGroup
from twin.solve.fabric.capacity import most_nodes
from twin.solve.fabric.closed_forms import clos_hosts, dragonfly, fat_tree, planes_hosts
from twin.solve.fabric.plan import Plan
from twin.solve.fabric.rails import leaf_of_rail, unit_nodes
from twin.solve.fabric.sizes import size


def plan(nodes=1, links=8, radix=64, down=32, **more):
    return Plan(nodes=nodes, links_per_node=links, radix=radix, down=down, **more)


# -------------------------------------------------------------------------------- closed forms


@pytest.mark.parametrize("k", [4, 8, 48, 64])
def test_a_full_plan_of_three_tiers_is_a_fat_tree(k):
    full = plan(links=1, radix=k, down=k // 2, tiers=3)
    tree = fat_tree(k)
    assert most_nodes(full) == tree.hosts == clos_hosts(k, 3)
    found = size(plan(tree.hosts, links=1, radix=k, down=k // 2, tiers=3))
    assert (found.leaf, found.spine, found.core) == (tree.edge, tree.aggregation, tree.core)
    assert sum(found.links) == tree.links
    assert found.free_ports == (0, 0, 0)


@pytest.mark.parametrize("radix", [4, 32, 64, 144])
def test_a_full_plan_of_two_tiers_is_a_folded_clos(radix):
    most = most_nodes(plan(links=1, radix=radix, down=radix // 2))
    assert most == clos_hosts(radix, 2) == radix**2 // 2
    found = size(plan(most, links=1, radix=radix, down=radix // 2))
    assert (found.leaf, found.spine) == (radix, radix // 2)


@pytest.mark.parametrize("planes", [1, 2, 4, 8])
def test_planes_grow_two_tiers_by_the_square(planes):
    split = plan(links=1, radix=64 * planes, down=32 * planes, planes=planes)
    assert most_nodes(split) == planes_hosts(64, planes) == planes**2 * clos_hosts(64, 2)


def test_dragonfly_of_the_paper():
    # Kim et al., Figure 5: p = h = 2, a = 4, 72 hosts with routers of 7 ports.
    assert dragonfly(2) == (72, 9, 4, 7)


# ------------------------------------------------------------------- what the tables leave open


def test_uplinks_are_as_many_as_links_down_or_all_that_are_left():
    assert plan(down=18).leaf_up == 18
    assert plan(down=32).leaf_up == 32
    assert plan(down=48).leaf_up == 16
    assert size(plan(64, down=48)).leaf_oversubscription == 3
    assert size(plan(64, down=32, up=8)).leaf_oversubscription == 4


def test_a_smaller_last_group_has_fewer_spines_and_cores():
    # 36 leaves: four groups of 8 leaves and 8 spines, one of 4 and 4. Four core groups join
    # five spines of 32 uplinks (160 links need 3 cores, 32 divides by 4), four join four.
    found = size(plan(144, tiers=3, group=8))
    assert [(g.count, g.leaves, g.spines) for g in found.spine_groups] == [(4, 8, 8), (1, 4, 4)]
    assert [(c.count, c.spines, c.cores) for c in found.core_groups] == [(4, 5, 4), (4, 4, 2)]
    assert (found.leaf, found.spine, found.core) == (36, 36, 24)


@pytest.mark.parametrize("full", [2, 22])
def test_a_smaller_last_group_has_the_spines_of_its_own_leaves_whatever_stands_beside_it(full):
    # Alone 5 leaves of 18 uplinks need 3 spines of 32 ports; each has 30 links to leaves.
    found = size(plan(full * 8 * 18 + 5 * 18, links=1, down=18, tiers=3, group=8))
    assert found.spine_groups[1] == SpineGroup(1, 5, 3, 6, 30)
    assert found.links.spine_core == found.links.leaf_spine == found.leaf * 18


def test_uplinks_of_a_smaller_last_group_go_as_evenly_over_cores_as_they_can():
    # 15 spines of 32 uplinks and one of 20 need 8 cores; 20 do not spread evenly over 8.
    found = size(plan(500, tiers=3, group=8))
    assert found.links == (4000, 4000, 4000)
    assert found.core_groups == (CoreGroup(8, 16, 8, 500),)


def test_two_leaves_of_a_last_group_have_one_spine():
    twin_planes = {"links": 9, "radix": 72, "down": 54, "tiers": 3, "group": 7, "planes": 2}
    found = size(plan(1394, **twin_planes))
    assert found.spine_groups[1] == SpineGroup(1, 2, 1, 18, 36)
    assert found.spine == 2 * (33 * 6 + 1)
    assert found.links.spine_core == found.links.leaf_spine


def test_managers_take_reserved_ports_first():
    assert size(plan(124, reserved=4, manager_links=32)).leaf == 32
    assert size(plan(128, manager_links=1)).leaf == 33
    assert size(plan(127, reserved=1, manager_links=9)).leaf == 33


def test_rails_bring_whole_sets_of_leaves():
    assert size(plan(40)).leaf == 10
    assert size(plan(40, rails=8)).leaf == 16
    assert size(plan(40, rails=4)).leaf == 12
    assert unit_nodes(plan(rails=4)) == 16
    # 33 ports of managers beside two whole units of nodes open a third.
    assert size(plan(64, rails=8, manager_links=33)).leaf == 24


def test_links_of_a_rail_meet_on_one_leaf():
    node, rail = np.divmod(np.arange(64 * 8), 8)
    leaf = leaf_of_rail(node, rail, unit_nodes(plan(rails=8)), 8)
    assert sorted(set(leaf.tolist())) == list(range(16))
    assert np.bincount(leaf).tolist() == [32] * 16
    assert all(len(set((leaf[rail == r] % 8).tolist())) == 1 for r in range(8))


def test_cords_of_one_cage():
    twin = {"radix": 128, "down": 64, "planes": 2}
    assert size(plan(64, **twin)).cords == (512, 512, 0)
    assert size(plan(64, **twin, links_per_cord=1)).cords == (1024, 1024, 0)
    # A node with three links on each of two planes has three cages, with four a cord.
    assert size(plan(10, links=3, **twin)).cords.node_leaf == 30
    assert size(plan(10, links=3, **twin, links_per_cord=4)).cords.node_leaf == 20


def test_every_pair_is_as_far_apart_as_the_tiers_allow():
    """The groups, built as a graph, join all leaves: by 2 links in a group, by 4 across groups."""
    found = size(plan(11, links=4, radix=8, down=4, tiers=3, group=3))
    graph = nx.MultiGraph()
    full, rest = found.spine_groups
    groups = [full] * full.count + [rest]
    for g, group in enumerate(groups):
        for leaf in range(group.leaves):
            for spine in range(group.spines):
                graph.add_edges_from([(("leaf", g, leaf), ("spine", g, spine))] * group.joint)
    position = 0
    for core_group in found.core_groups:
        for at in range(position, position + core_group.count):
            for g, group in enumerate(groups):
                if at < group.spines:
                    for core in range(core_group.cores):
                        ends = ("spine", g, at), ("core", at, core)
                        each, more = divmod(group.up, core_group.cores)
                        graph.add_edges_from([ends] * (each + (core < more)))
        position += core_group.count
    kinds = [node[0] for node in graph]
    assert [kinds.count(k) for k in ("leaf", "spine", "core")] == [
        found.leaf, found.spine, found.core
    ]  # fmt: skip
    assert graph.number_of_edges() == found.links.leaf_spine + found.links.spine_core
    assert max(d for node, d in graph.degree() if node[0] != "leaf") <= 8
    leaves = [node for node in graph if node[0] == "leaf"]
    for a in leaves:
        far = nx.single_source_shortest_path_length(graph, a)
        assert {far[b] for b in leaves if b[1] == a[1] and b != a} <= {2}
        assert {far[b] for b in leaves if b[1] != a[1]} == {4}


# --------------------------------------------------------------------------- what cannot be built


def told(asked):
    with pytest.raises(InputError) as error:
        size(asked)
    return [p.text() for p in error.value.problems]


def test_too_many_nodes_for_two_tiers():
    asked = plan(300)
    assert told(asked) == [
        (
            "nodes: 300 nodes of 8 links need 75 leaves of 32 ports, a spine of 64 ports joins 64; "
            "write at most 256 nodes, or 38 ports down (1.46 to 1), or 3 tiers (up to 8,192 nodes)"
        )
    ]
    for nearest in ({"nodes": 256}, {"down": 38}, {"tiers": 3}):
        figures = {"nodes": 300} | nearest
        size(plan(**figures))
    for beyond in (plan(257), plan(300, down=37), plan(8193, tiers=3)):
        told(beyond)


def test_too_many_groups_for_three_tiers():
    assert told(plan(2100, tiers=3, group=8)) == [
        (
            "nodes: 2,100 nodes of 8 links need 525 leaves of 32 ports in 66 groups of 8, a core "
            "of 64 ports joins 64 groups; write at most 2,048 nodes, or groups of 9 leaves"
        )
    ]
    size(plan(2048, tiers=3, group=8))
    size(plan(2100, tiers=3, group=9))


def test_a_group_larger_than_a_spine_joins_can_stand_alone():
    most = most_nodes(plan(tiers=3, group=40))
    assert most == 32 * 32 // 8
    (group,) = size(plan(most, tiers=3, group=40)).spine_groups
    assert (group.count, group.leaves) == (1, 32)
    told(plan(most + 1, tiers=3, group=40))


def test_more_than_any_tiers_carry():
    (said,) = told(plan(8193, tiers=3))
    assert said.endswith("; write at most 8,192 nodes, or a radix of 65 or more")
    size(plan(8193, radix=65, tiers=3))
    (said,) = told(plan(1, links=9, radix=4, down=2, reserved=3, up=2))
    assert "1 node of 9 links and 27 kept need 18 leaves of 2 ports" in said
    (said,) = told(plan(1, links=999, radix=4, down=2, tiers=3))
    assert said.endswith("; write a radix of 32 or more")
    size(plan(1, links=999, radix=32, down=2, tiers=3))
    told(plan(1, links=999, radix=31, down=2, tiers=3))


@pytest.mark.parametrize(
    ("figures", "key", "fits"),
    [
        ({"manager_links": 100_000}, "manager_links", 1024),
        ({"reserved": 1000}, "reserved", 128),
        # Both are too many by themselves: nodes are told.
        ({"nodes": 3000, "manager_links": 100_000}, "nodes", None),
    ],
)
def test_what_is_kept_beside_the_nodes_is_told_where_it_is_at_fault(figures, key, fits):
    asked = {"nodes": 128} | figures
    (said,) = told(plan(**asked))
    assert said.startswith(f"{key}: ")
    if fits is not None:
        assert f"at most {fits:,} " in said
        size(plan(**asked | {key: fits}))
        told(plan(**asked | {key: fits + 1}))


def test_a_group_that_would_not_do_either_is_not_told():
    asked = {"links": 8, "radix": 8, "down": 2, "tiers": 3}
    (said,) = told(plan(2864, **asked, group=5))
    assert said == (
        "group: a spine has 4 ports for leaves, a group 5 leaves; write at most 1 node, or a radix"
        " of 2,292 or more"
    )
    told(plan(2864, **asked, group=4))
    size(plan(2864, **asked | {"radix": 2292}, group=5))


def test_one_of_a_thing_has_no_plural():
    (said,) = told(plan(300, links=1, radix=4, down=1))
    assert said.startswith("nodes: 300 nodes of 1 link need 300 leaves of 1 port, a spine of 4")


@pytest.mark.parametrize(
    ("figures", "said"),
    [
        ({"down": 64}, ("down: 64 ports for nodes leave none of 64 for spines; write at most 63; "
         "up to 32 nothing is oversubscribed")),
        ({"up": 40}, ("up: 32 ports for nodes and 40 for spines are 72, the switch has 64; write "
         "at most 32")),
        ({"nodes": 0}, "nodes: 0 is too few; write 1 or more"),
        ({"reserved": -1}, "reserved: -1 is too few; write 0 or more"),
        ({"tiers": 4}, "tiers: 4 tiers cannot be sized; write 2 or 3"),
        ({"radix": 1}, "radix: a switch of 1 port joins nothing; write 2 or more"),
        ({"radix": 2_000_000}, "radix: 2,000,000 is too many; write at most 1,000,000"),
        ({"planes": 10**10}, "planes: 10,000,000,000 is too many; write at most 1,000,000,000"),
        ({"spine_down": 32}, ("spine_down: in two tiers all ports of a spine go to leaves; leave "
         "it out, or write 3 tiers")),
        ({"tiers": 3, "spine_down": 64}, ("spine_down: 64 ports for leaves leave none of 64 for "
         "cores; write at most 63")),
        ({"nodes": 256, "group": 8}, ("group: in two tiers all 64 leaves are one group, not groups "
         "of 8; leave it out, or write 3 tiers")),
        ({"nodes": 256, "tiers": 3, "group": 40}, ("group: a spine has 32 ports for leaves, a "
         "group 40 leaves; write groups of at most 32 leaves, or at most 128 nodes")),
        ({"rails": 3}, ("rails: 8 links of a node do not spread evenly over 3 rails; write 2, or "
         "another divisor of 8")),
        ({"rails": 2, "down": 3}, ("rails: a node has 4 links on each rail, a leaf has 3 ports for "
         "nodes; write 4 or more")),
    ],
)  # fmt: skip
def test_what_cannot_be_is_told_with_the_nearest_that_can(figures, said):
    assert told(plan(**figures)) == [said]


def test_all_that_is_wrong_is_told_at_once():
    assert len(told(plan(0, links=0, down=-1, planes=0))) == 4


def test_divisors_are_all_and_in_order():
    for n in range(1, 200):
        assert divisors(n) == [d for d in range(1, n + 1) if n % d == 0]
