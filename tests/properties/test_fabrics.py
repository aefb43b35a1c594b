"""What holds for every fabric of a layout: ports, sums, evenness, growth, and its bare size."""

from __future__ import annotations

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.site.pods import text
from twin import pipeline
from twin.errors import InputError
from twin.site.fabrics.wiring import wiring_of
from twin.solve.fabric.plan import Plan
from twin.solve.fabric.portmap import CORE, MANAGER, NODE, SPINE, port_map
from twin.solve.fabric.sizes import size


@st.composite
def fabrics(draw):
    """A fabric of small switches, so that all limits are met, and the racks that it joins."""
    rails = draw(st.integers(1, 4))
    links = rails * draw(st.integers(1, 3))
    radix = draw(st.integers(2, 12)) * 2
    keys = {
        "nodes_per_position": draw(st.integers(1, 4)),
        "links_per_node": links,
        "rails": rails,
        "radix": radix,
        "tiers": draw(st.sampled_from([1, 2, 2, 3, 3])),
        "planes": draw(st.integers(1, 3)),
        "reserved": draw(st.integers(0, 5)),
    }
    if draw(st.booleans()):
        # Ports of 400 Gb/s in cages of two; whole cages are split.
        keys["split"] = draw(st.sampled_from([2, 4]))
        keys["gbps"] = 400 // keys["split"]
    keys["manager_links"] = draw(st.integers(0, keys["reserved"] * links))
    down = draw(st.integers(1, radix))
    keys["down"] = down
    keys["spare"] = draw(st.integers(0, 2))
    if draw(st.booleans()):
        keys["su_positions"] = draw(st.integers(1, 6))
    if keys["tiers"] == 3 and draw(st.booleans()):
        keys["group"] = draw(st.integers(1, radix // 2))
    return draw(st.integers(1, 12)), keys


def built(tmp, racks, keys):
    """The study of a fabric; cases that cannot be built are left out."""
    path = tmp / "pod.toml"
    path.write_text(text(racks, 1, "", c=keys), encoding="utf-8")
    try:
        site = pipeline.load(path)
    except InputError:
        assume(False)
        raise
    return pipeline.study(site)


def pairs(a, b):
    return np.unique(np.stack([a, b]), axis=1, return_counts=True)


@given(case=fabrics())
@settings(max_examples=60, deadline=None)
def test_each_end_is_in_one_port_and_each_port_is_used_once(tmp_path_factory, case):
    racks, keys = case
    study = built(tmp_path_factory.mktemp("pod"), racks, keys)
    m, switches = study(port_map), study.table("switch")
    radix, planes = keys["radix"], keys["planes"]
    taken = racks * keys["nodes_per_position"] - keys["reserved"]
    nodes, managers = m.take(m.tier == NODE), m.take(m.tier == MANAGER)
    assert len(nodes) == planes * taken * keys["links_per_node"]
    assert len(managers) == planes * keys["manager_links"]
    # Every port of a switch, at whichever end of a link it is.
    split, up = keys.get("split", 1), m.low >= 0
    ends = [(m.high, m.high_port, m.high_lane),
            (m.low[up], m.low_port[up], np.zeros(up.sum(), dtype=int))]  # fmt: skip
    switch, port, lane = (np.concatenate(e) for e in zip(*ends, strict=True))
    assert len(np.unique((switch * radix + port) * split + lane)) == len(switch)
    assert lane.min() >= 0
    assert lane.max() < split
    # A port is split whole or not at all: heads times tails are the links, the last port apart.
    below = m.take((m.tier == NODE) | (m.tier == MANAGER))
    assert set((below.high * radix + below.high_port).tolist()).isdisjoint(
        (m.low[up] * radix + m.low_port[up]).tolist()
    )
    assert port.min() >= 0
    assert port.max() < radix
    # Every port of a node, on each plane.
    of_node = np.stack([nodes.plane, nodes.place, nodes.node, nodes.low_port])
    assert len(np.unique(of_node, axis=1).T) == len(nodes)
    # Links of a node keep to leaves of their rail.
    w = wiring_of(study.table("fabric"), 0)
    number = switches["number"][nodes.high].astype(int)
    assert ((number // w.leaves) % w.rails == nodes.low_port % w.rails).all()
    # Even: each leaf the same to each of its spines, each spine to each of its cores, but for one
    # link of those of a smaller last group.
    for tier in (SPINE, CORE):
        rows = m.take(m.tier == tier)
        for low in np.unique(rows.low).tolist():
            last = int(switches["number"][low]) // (w.group if tier == SPINE else w.spines)
            is_last = last == w.groups - 1
            up = w.up if tier == SPINE else (is_last and w.last_spine_up) or w.spine_up
            each = np.unique(rows.high[rows.low == low], return_counts=True)[1]
            assert each.sum() == up
            assert np.ptp(each) <= (tier == CORE and is_last)
    # Leaves: ports for nodes at first, spare ones free.
    assert (m.high_port[m.tier == NODE] < w.down - w.spare).all()


@given(case=fabrics())
@settings(max_examples=30, deadline=None)
def test_drops_and_uplinks_are_sums_of_the_port_map(tmp_path_factory, case):
    study = built(tmp_path_factory.mktemp("pod"), *case)
    m, site = study(port_map), study.site
    for link, tiers, low, kind in (
        ("drop", [NODE], m.place, "position"), ("uplink", [SPINE, CORE], m.low, "switch"),
    ):  # fmt: skip
        rows = np.isin(m.tier, tiers)
        ends, count = pairs(low[rows], m.high[rows])
        table = study.table(link)
        tail, head = (site.rows_of(k, table[e]) for k, e in ((kind, "tail"), ("switch", "head")))
        order = np.lexsort((head, tail))
        assert np.array_equal(np.stack([tail, head])[:, order], ends)
        assert np.array_equal(table["links"][order], count)


@st.composite
def full_fabrics(draw):
    """Fabrics whose units fill their leaves, and whose groups are full."""
    rails, each = draw(st.integers(1, 4)), draw(st.integers(1, 2))
    nodes, unit = draw(st.integers(1, 3)), draw(st.integers(1, 4))
    tiers = draw(st.sampled_from([2, 3]))
    down = nodes * unit * each
    keys = {
        "nodes_per_position": nodes, "links_per_node": rails * each, "rails": rails,
        "su_positions": unit, "tiers": tiers, "planes": draw(st.integers(1, 2)),
        "radix": 2 * max(down, rails) * draw(st.integers(1, 2)), "down": down,
        "reserved": draw(st.integers(0, nodes - 1)),
    }  # fmt: skip
    if tiers == 3:
        keys["group"] = rails
    return unit * draw(st.integers(1, 4)), keys


@given(case=full_fabrics())
@settings(max_examples=40, deadline=None)
def test_full_fabrics_have_their_bare_size(tmp_path_factory, case):
    racks, keys = case
    study = built(tmp_path_factory.mktemp("pod"), racks, keys)
    w = wiring_of(study.table("fabric"), 0)
    plan = Plan(
        nodes=racks * keys["nodes_per_position"] - keys["reserved"], links_per_node=w.links,
        radix=keys["radix"], down=w.down, tiers=keys["tiers"], planes=keys["planes"],
        reserved=keys["reserved"], rails=w.rails, group=keys.get("group"),
    )  # fmt: skip
    found = size(plan)
    planes = keys["planes"]
    assert (found.leaf, found.spine) == (planes * w.all_leaves, planes * w.all_spines)
    assert found.core == planes * w.all_cores
    m = study(port_map)
    assert tuple(found.links) == tuple(int((m.tier == t).sum()) for t in (NODE, SPINE, CORE))


@given(case=fabrics(), fewer=st.integers(1, 6))
@settings(max_examples=25, deadline=None)
def test_what_stands_at_first_is_a_part(tmp_path_factory, case, fewer):
    """Wired for its last unit, a fabric loses no link where racks are missing, it has fewer."""
    racks, keys = case
    assume(racks > fewer)
    study = built(tmp_path_factory.mktemp("pod"), racks, keys)
    m = study(port_map)
    gone = [f"C-{n:02d}" for n in range(racks - fewer + 1, racks + 1)]
    part = study.site
    for name in gone:
        part = pipeline.change(part, [pipeline.Change("remove", f"positions.{name}")])
    left = pipeline.study(part)(port_map)
    names, ids = study.table("position").ids, study.table("switch").ids
    here, there = part.tables["position"].ids, part.tables["switch"].ids

    def links(one, position, switch):
        low = np.where(
            one.low >= 0, np.append(switch, "")[one.low], np.append(position, "")[one.place]
        )
        return set(zip(one.tier.tolist(), low.tolist(), one.node.tolist(), one.low_port.tolist(),
                       switch[one.high].tolist(), one.high_port.tolist(), strict=True))  # fmt: skip

    after, before = links(left, here, there), links(m, names, ids)
    assert after <= before
    assert {x for x in before - after if x[1] not in gone} == set()


@st.composite
def ragged_fabrics(draw):
    """Fabrics of one unit without rails, whose last group may have fewer leaves."""
    radix = draw(st.sampled_from([8, 12, 16]))
    keys = {
        "nodes_per_position": draw(st.integers(1, 4)), "links_per_node": draw(st.integers(1, 4)),
        "tiers": 3, "planes": draw(st.integers(1, 2)), "radix": radix,
        "down": draw(st.integers(2, radix * 3 // 4)), "group": draw(st.integers(2, radix // 2)),
    }  # fmt: skip
    return draw(st.integers(1, 30)), keys


@given(case=ragged_fabrics())
@settings(max_examples=80, deadline=None)
def test_fabrics_with_a_smaller_last_group_have_their_bare_size(tmp_path_factory, case):
    racks, keys = case
    plan = Plan(
        nodes=racks * keys["nodes_per_position"],
        **{k: v for k, v in keys.items() if k != "nodes_per_position"},
    )
    try:
        found = size(plan)
    except InputError:
        assume(False)
    study = built(tmp_path_factory.mktemp("pod"), racks, keys)
    w, m = wiring_of(study.table("fabric"), 0), study(port_map)
    planes = keys["planes"]
    assert (found.leaf, found.spine, found.core) == tuple(
        planes * n for n in (w.all_leaves, w.all_spines, w.all_cores)
    )
    assert tuple(found.links) == tuple(int((m.tier == t).sum()) for t in (NODE, SPINE, CORE))
    # Each port once, none beyond the switch; each core about the same.
    up = m.low >= 0
    switch = np.concatenate([m.high, m.low[up]])
    port = np.concatenate([m.high_port, m.low_port[up]])
    assert len(np.unique(switch * keys["radix"] + port)) == len(switch)
    assert port.max() < keys["radix"]
    joined = pairs(m.low[m.tier == SPINE], m.high[m.tier == SPINE])[0]
    assert len(np.unique(joined[1])) == found.spine
    assert len(np.unique(m.high[m.tier == CORE])) == found.core
