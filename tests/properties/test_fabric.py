"""What holds for every fabric that can be built: ports, even spread, growth, planes, capacity."""

import math
from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from twin.errors import InputError
from twin.site.fabrics.evenly import divisors
from twin.solve.fabric.capacity import most_nodes
from twin.solve.fabric.plan import Plan
from twin.solve.fabric.sizes import size


@st.composite
def plans(draw, tiers=(2, 3)):
    """Plans that can be built, of small switches so that all limits are met."""
    radix = draw(st.integers(4, 40))
    down = draw(st.integers(1, radix - 1))
    links = draw(st.integers(1, 9))
    rails = draw(st.none() | st.sampled_from(divisors(links)))
    assume(rails is None or links // rails <= down)
    count = draw(st.sampled_from(tiers))
    three = count == 3
    spine_down = draw(st.none() | st.integers(1, radix - 1)) if three else None
    plan = Plan(
        nodes=1,
        links_per_node=links,
        radix=radix,
        down=down,
        tiers=count,
        spine_down=spine_down,
        planes=draw(st.integers(1, 4)),
        reserved=draw(st.integers(0, 3)),
        manager_links=draw(st.integers(0, 12)),
        up=draw(st.none() | st.integers(1, radix - down)),
        rails=rails,
        links_per_cord=draw(st.none() | st.integers(1, 3)),
    )
    if three:
        plan = replace(plan, group=draw(st.none() | st.integers(1, plan.spine_ports)))
    most = most_nodes(plan)
    assume(most >= 1)
    return replace(plan, nodes=draw(st.integers(1, most)))


@given(plans())
@settings(max_examples=300)
def test_no_switch_has_more_links_than_ports_and_all_spread_evenly(plan):
    found = size(plan)
    planes, radix = plan.planes, plan.radix
    leaf = sum(g.count * g.leaves for g in found.spine_groups)
    spine = sum(g.count * g.spines for g in found.spine_groups)
    core = sum(c.count * c.cores for c in found.core_groups)
    assert (found.leaf, found.spine, found.core) == (planes * leaf, planes * spine, planes * core)
    assert found.links.node_leaf <= found.leaf * plan.down
    assert plan.down + plan.leaf_up <= radix
    for group in found.spine_groups:
        assert group.spines * group.joint == plan.leaf_up  # every leaf spreads evenly
        assert group.down <= plan.spine_ports
        assert group.down + group.up <= radix
        assert group.up == (min(group.down, radix - plan.spine_ports) if plan.tiers == 3 else 0)
    assert found.links.leaf_spine == planes * leaf * plan.leaf_up
    assert min(found.free_ports) >= 0


@given(plans(tiers=(3,)))
@settings(max_examples=300)
def test_spines_spread_as_evenly_as_they_can_over_the_cores_of_their_position(plan):
    found = size(plan)
    positions = found.spine_groups[0].spines
    assert sum(c.count for c in found.core_groups) == positions
    at = 0
    for core in found.core_groups:
        # Position `at` is one of this core group's; the groups with so many spines are in it.
        members = [g for g in found.spine_groups if g.spines > at]
        assert core.spines == sum(g.count for g in members)
        assert core.links == sum(g.count * g.up for g in members)
        assert members[0].up % core.cores == 0
        assert core.links <= core.cores * plan.radix
        if any(g.up % core.cores for g in members):  # then no number would have been even
            every = math.gcd(*(g.up for g in members))
            assert not any(
                every % c == 0 and core.links <= c * plan.radix for c in range(1, every + 1)
            )
        at += core.count
    assert found.links.spine_core == plan.planes * sum(c.count * c.links for c in found.core_groups)


@given(plans())
@settings(max_examples=200)
def test_full_groups_have_the_least_spines_and_cores(plan):
    found = size(plan)
    group = found.spine_groups[0]
    for fewer in range(1, group.spines):
        uplinks = group.leaves * plan.leaf_up
        assert plan.leaf_up % fewer or uplinks > fewer * plan.spine_ports
    if len(found.spine_groups) == 1 and found.core_groups:
        (core,) = found.core_groups
        for fewer in range(1, core.cores):
            assert group.up % fewer or core.links > fewer * plan.radix


@given(plans(), st.integers(1, 40))
@settings(max_examples=300)
def test_more_nodes_never_need_fewer_leaves_or_spines(plan, more):
    nodes = min(plan.nodes + more, most_nodes(plan))
    small, large = size(plan), size(replace(plan, nodes=nodes))
    assert small.leaf <= large.leaf
    assert small.spine <= large.spine
    assert small.links.node_leaf <= large.links.node_leaf
    assert small.links.leaf_spine <= large.links.leaf_spine


@given(plans())
def test_planes_multiply(plan):
    one, all_of_them = size(replace(plan, planes=1)), size(plan)
    for name in ("leaf", "spine", "core"):
        assert getattr(all_of_them, name) == plan.planes * getattr(one, name)
    assert all_of_them.links == tuple(plan.planes * n for n in one.links)
    assert all_of_them.spine_groups == one.spine_groups


@given(plans())
@settings(max_examples=200)
def test_most_nodes_is_the_last_number_that_can_be_built(plan):
    most = most_nodes(plan)
    size(replace(plan, nodes=most))
    # What asks for most of the ports is at fault.
    with pytest.raises(InputError, match=r"(nodes|manager_links|reserved): "):
        size(replace(plan, nodes=most + 1))


@given(plans())
def test_nothing_is_oversubscribed_unless_asked(plan):
    plain = replace(plan, up=None, spine_down=None, group=None, rails=None, nodes=1, reserved=0)
    plain = replace(plain, down=min(plan.down, plan.radix // 2), manager_links=0)
    assume(most_nodes(plain) >= 1)
    found = size(plain)
    assert found.leaf_oversubscription == 1
    assert (found.spine_oversubscription or 1) <= 1


@given(plans())
def test_cords_are_no_more_than_links_and_all_links_have_one(plan):
    found = size(plan)
    for cords, links in zip(found.cords, found.links, strict=True):
        assert cords <= links <= cords * plan.cord_links
    own = size(replace(plan, links_per_cord=1))
    assert own.cords == own.links
