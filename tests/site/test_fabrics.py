"""Fabrics of a layout become switches, drops and uplinks: counts, places, units, what is wrong."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

from tests.site.pods import H100, pod
from twin import pipeline
from twin.errors import ChangeError, InputError
from twin.model.change import Change
from twin.site.change import change
from twin.solve.fabric.portmap import node_names, port_map
from twin.solve.fabric.totals import totals

CATALOG = """
[[assume]]
path = "catalog.qm9700.rack_units"
value = 1
reason = "test"
by = "test"

[[assume]]
path = "catalog.nv_network_rack.rack_units"
value = {units}
reason = "test"
by = "test"

[deliveries.N]
type = "nv_network_rack"
positions = ["N-*"]
"""


def housed(units):
    """Racks of so many units on the network row, and switches of 1 U."""
    return CATALOG.format(units=units)


def told(folder, racks=4, more="", network=2, **fabric):
    """What is told of one fabric, without the file."""
    with pytest.raises(InputError) as raised:
        pod(folder, racks, network, more, c={**H100, **fabric})
    return [p.text().partition(": ")[2] for p in raised.value.problems]


def column(site, kind, name, want=None):
    table = site.tables[kind]
    values = dict(zip(table.ids.tolist(), table[name].tolist(), strict=True))
    return values if want is None else {k: v for k, v in values.items() if want in k}


def places(site, want=""):
    return {
        k: site.name_of(v).partition(":")[2] if v >= 0 else ""
        for k, v in column(site, "switch", "position", want).items()
    }


def test_one_unit_of_h100(tmp_path):
    site = pod(tmp_path, 8, c=H100)
    assert len(site.tables["switch"]) == 8 + 4
    assert set(column(site, "drop", "links").values()) == {4.0}
    assert len(site.tables["drop"]) == 8 * 8
    assert set(column(site, "uplink", "links").values()) == {8.0}


@pytest.mark.parametrize(("su", "leaf", "spine"), [(1, 8, 4), (2, 16, 8), (3, 24, 16), (4, 32, 16)])
def test_units_as_published(tmp_path, su, leaf, spine):
    site = pod(tmp_path, 8 * su, c={**H100, "reserved": 1, "manager_links": 4})
    tiers = list(column(site, "switch", "tier").values())
    assert (tiers.count("leaf"), tiers.count("spine")) == (leaf, spine)
    assert sum(column(site, "drop", "links").values()) == (32 * su - 1) * 8
    assert sum(column(site, "uplink", "links").values()) == 256 * su


def test_reserved_places_take_no_links_even_where_a_whole_position_is(tmp_path):
    site = pod(tmp_path, 3, c={**H100, "reserved": 5})
    assert set(column(site, "drop", "tail").values()) == {
        site.first["position"],
        1 + site.first["position"],
    }
    assert sum(column(site, "drop", "links").values()) == 7 * 8


def test_nodes_are_those_of_the_largest_rack_there(tmp_path):
    more = '[deliveries.D]\ntype = "dgx_h100_air_4x"\npositions = ["C-0[1-7]"]\n'
    more += '[deliveries.E]\ntype = "dgx_rubin_nvl8"\npositions = ["C-08"]\n'
    said = {k: v for k, v in H100.items() if k != "nodes_per_position"}
    site = pod(tmp_path, 8, more=more, c=said)
    assert column(site, "fabric", "places") == {"c": 4.0}


def test_nodes_that_nobody_knows_are_told(tmp_path):
    (problem,) = refused(tmp_path, 4, {"links_per_node": 8})
    assert "nodes of the racks there are not known; write a count" in problem.text()


# ------------------------------------------------------------------------------ where they stand


def test_in_order_spreads_over_the_racks(tmp_path):
    site = pod(tmp_path, 8, 4, more=housed(48), c=H100)
    leaf = places(site, "leaf")
    assert list(leaf.values()) == ["N-01", "N-01", "N-02", "N-02", "N-03", "N-03", "N-04", "N-04"]
    assert list(places(site, "spine").values()) == ["N-01", "N-02", "N-03", "N-04"]
    assert list(column(site, "switch", "unit", "leaf").values()) == [1, 2] * 4
    assert list(column(site, "switch", "unit", "spine").values()) == [3] * 4


def test_a_full_rack_sends_switches_to_the_next(tmp_path):
    site = pod(
        tmp_path,
        8,
        4,
        more=housed(4),
        c={**H100, "leaf_at": ["N-01", "N-02"], "spine_at": ["N-01", "N-04"]},
    )
    assert set(places(site, "spine").values()) == {"N-04"}


def test_units_from_the_first_one_said(tmp_path):
    site = pod(tmp_path, 8, more=housed(48), c={**H100, "first_unit": 20})
    assert min(column(site, "switch", "unit").values()) == 20


def test_several_fabrics_share_the_units_of_a_rack(tmp_path):
    storage = {"nodes_per_position": 4, "links_per_node": 2}
    site = pod(tmp_path, 8, 1, more=housed(48), c=H100, s=storage)
    units = list(column(site, "switch", "unit").values())
    assert sorted(units) == list(range(1, len(units) + 1))


def test_top_of_rack_stands_where_it_serves(tmp_path):
    rack = {"nodes_per_position": 4, "links_per_node": 8, "down": 32, "place": "top of rack"}
    site = pod(tmp_path, 3, c={**rack, "spine_at": ["N-*"]})
    assert list(places(site, "leaf").values()) == ["C-01", "C-02", "C-03"]
    assert set(places(site, "spine").values()) <= {"N-01", "N-02"}
    # Nobody knows which units servers leave free, unless the layout says from where.
    assert all(math.isnan(u) for u in column(site, "switch", "unit", "leaf").values())


@pytest.mark.parametrize(("place", "at"), [("middle of row", "C-04"), ("end of row", "C-09")])
def test_leaves_stand_in_the_row_that_they_serve(tmp_path, place, at):
    compute = [f"C-{n:02d}" for n in (1, 2, 3, 5, 6, 7)]
    keys = {**H100, "positions": compute, "su_positions": 6, "place": place}
    site = pod(tmp_path, 9, c={**keys, "leaf_at": ["C-04", "C-09"], "spine_at": ["N-01"]})
    assert set(places(site, "leaf").values()) == {at}
    (line,) = told(tmp_path, 8, place=place)
    assert "no position of leaf_at is in row C, which leaves serve; one in each row" in line


def test_what_is_written_by_hand_stands_there_and_others_keep_off(tmp_path):
    more = housed(48) + '[data.switches.c-leaf-003]\nposition = "N-02"\nunit = 2\n'
    more += '[data.switches.other]\nposition = "N-01"\nunit = 1\ntype = "qm9700"\n'
    site = pod(tmp_path, 8, more=more, c=H100)
    table = site.tables["switch"]
    assert places(site)["c-leaf-003"] == "N-02"
    assert table["unit"][table.index["c-leaf-003"]] == 2
    assert table["number"][table.index["c-leaf-003"]] == 2
    taken = [(p, u) for p, u in zip(places(site).values(), table["unit"].tolist(), strict=True)]
    assert len(set(taken)) == len(taken) == 13


def test_a_fabric_has_the_switches_that_it_counts(tmp_path):
    with pytest.raises(InputError) as raised:
        pod(
            tmp_path,
            8,
            more="[data.switches.c-leaf-009]\nunit = 4\n"
            "[data.switches.c-leaf-001]\ncount = 2\nplane = 0\nrail = 3\n",
            c=H100,
        )
    lines = "\n".join(p.text() for p in raised.value.problems)
    assert "its fabric has no switch of this id; an id of the fabric" in lines
    assert "data.switches.c-leaf-001.count: is one switch of its fabric; leave it out" in lines
    assert "data.switches.c-leaf-001.plane: its fabric says its plane; leave it out" in lines
    assert "data.switches.c-leaf-001.rail: its fabric says its rail; leave it out" in lines


def test_rows_count_as_people_do(tmp_path):
    more = """
[blocks.B]
hall = "H"
at_m = [1, 9]
count = 1
pitch_m = 0.6
rows = 10
row_pitch_m = 2
"""
    keys = {"positions": ["B*"], "nodes_per_position": 1, "links_per_node": 1, "down": 2}
    site = pod(tmp_path, 1, more=more, c=keys)
    first = dict(zip(site.tables["drop"].ids.tolist(), site.tables["drop"]["first"], strict=True))
    assert first["B2-01>c-leaf-001"] == 1
    assert first["B10-01>c-leaf-005"] == 9


# ------------------------------------------------------------------------------------- changes


@pytest.mark.parametrize(
    "path",
    [
        "data.fabrics.c.links_per_node", "data.fabrics.c.leaf_down",
        "data.switches.c-leaf-001.number", "data.switches.c-leaf-001.fabric",
        "drops.C-01>c-leaf-001.links",
        "uplinks.c-leaf-001>c-spine-001.links",
    ],
)  # fmt: skip
def test_what_comes_of_a_rule_is_not_changed(tmp_path, path):
    with pytest.raises(ChangeError, match="comes of a rule"):
        pipeline.change(pod(tmp_path, 8, c=H100), {path: 4})


def test_a_fabric_takes_its_switches_and_links_with_it(tmp_path):
    site = pod(tmp_path, 8, c=H100, s={"nodes_per_position": 4, "links_per_node": 2})
    alone = change(site, [Change("remove", "data.fabrics.c")])
    assert {i.split("-")[0] for i in alone.tables["switch"].ids.tolist()} == {"s"}
    assert {i.partition(">")[2][0] for i in alone.tables["drop"].ids.tolist()} == {"s"}
    assert len(alone.tables["uplink"]) == 0 or alone.tables["uplink"].ids[0].startswith("s-")
    with pytest.raises(ChangeError, match="makes switches"):
        change(site, [Change("add", "data.fabrics.d", {"copy": "c"})])


def test_a_copy_of_a_switch_stands_by_hand(tmp_path):
    site = pod(tmp_path, 8, c=H100)
    more = change(site, [Change("add", "data.switches.x", {"copy": "c-leaf-001"})])
    table = more.tables["switch"]
    row = table.index["x"]
    assert table["fabric"][row] == -1
    assert table["tier"][row] == ""
    assert (table["fabric"][np_other(table, row)] >= 0).all()


def np_other(table, row):
    return [n for n in range(len(table)) if n != row]


# --------------------------------------------------------------------------------- what is wrong


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"rails": 3}, "3 rails do not divide the 8 links of a node; the nearest that do are 2"),
        ({"reserved": 16}, "16 of 16 node places reserved leave no node; at most 15"),
        (
            {"reserved": 1, "manager_links": 9},
            "1 of 8 links free 8; reserved = 2, or at most 8 links",
        ),
        ({"leaf": "qm9070"}, 'Did you mean "qm9700"?'),
        ({"leaf": "qm9070", "spine": "sn5600"}, 'Did you mean "qm9700"?'),
        ({"leaf": "gb300_nvl72"}, "gb300_nvl72 is a rack; a switch"),
        ({"leaf": "sn2201", "gbps": 400}, "links of 400 Gb/s; a port of sn2201 has 1 Gb/s"),
        ({"leaf": "sn2201", "radix": 1}, "sn2201 has no known number of ports"),
        ({"down": 64}, "leaves none of the 64 ports of a leaf for spines; at most 63"),
        ({"down": 40, "up": 32}, "are 72, a leaf has 64; at most 24 up"),
        ({"up": 64}, "leaves none of the 64 ports of a leaf for nodes; at most 63"),
        ({"down": 65}, "a leaf has 64; at most 63"),
        ({"spare": 32}, "32 spare ports leave none of 32 for nodes; at most 31"),
        ({"core": "qm9700"}, "means nothing with 2 tiers; leave it out, or write tiers = 3"),
        ({"tiers": 1, "group": 8}, "means nothing with 1 tier; leave it out, or write tiers = 2"),
        (
            {"radix": 4, "su_positions": 1},
            "need 64 leaves of 2 ports; a spine of 4 ports joins 4; switches of more ports",
        ),
        ({"group": 3, "su_positions": 2}, "nothing joins 6 groups of 3 leaves"),
        (
            {"tiers": 3, "radix": 8, "group": 5},
            "a spine has 4 ports for leaves, a group 5 leaves; at most 16 node places of a unit",
        ),
        ({"positions": ["C-01", "C-01"]}, 'names "C-01" twice; each position once'),
        ({"positions": ["D-*"]}, "matches no position; ids or globs"),
        ({"leaf_at": ["M-*"]}, "matches no position; ids or globs"),
        ({"spine_at": ["N-03"]}, 'Did you mean "N-02"?'),
    ],
)  # fmt: skip
def test_what_cannot_be_built_is_told_with_the_nearest_that_can(tmp_path, keys, words):
    assert words in "\n".join(told(tmp_path, **keys))


def test_groups_that_a_core_cannot_join_are_told(tmp_path):
    small = {"tiers": 3, "radix": 8, "group": 1, "rails": 1, "links_per_node": 1}
    small["su_positions"] = 9
    (line,) = told(tmp_path, 9, **small)
    assert "36 node places of 1 link need 9 leaves of 4 ports" in line
    assert "9 groups of 1; a core of 8 ports joins 8; groups of 2 leaves" in line
    pod(tmp_path, 9, c={**H100, **small, "group": 2})
    (line,) = told(tmp_path, 9, **small | {"down": 1, "up": 1})
    assert "at most 32 node places of a unit (su_positions) in groups of 4 leaves" in line
    pod(tmp_path, 8, c={**H100, **small, "su_positions": 8, "down": 1, "up": 1, "group": 4})


@pytest.mark.parametrize("racks", [8, 90])
def test_three_tiers_are_told_only_where_they_would_do(tmp_path, racks):
    said = {"radix": 8, "su_positions": racks, "rails": 1, "links_per_node": 1}
    (line,) = told(tmp_path, racks, **said | {"nodes_per_position": 16})
    three = "3 tiers" in line
    assert three == (racks == 8)
    if three:
        pod(tmp_path, racks, c={**H100, **said, "nodes_per_position": 16, "tiers": 3})


def test_what_is_told_as_nearest_can_be_built(tmp_path):
    keys = {"nodes_per_position": 1, "links_per_node": 2, "rails": 2, "radix": 4}
    (line,) = [p.text() for p in refused(tmp_path, 17, keys)]
    assert "34 leaves" not in line
    most = int(line.partition("at most ")[2].split()[0].replace(",", ""))
    assert most == 4
    pod(tmp_path, most, c=keys)
    refused(tmp_path, most + 1, keys)


@pytest.mark.parametrize(
    ("keys", "key", "words", "fits"),
    [
        ({"radix": 4}, "radix", "switches of more ports: at least 24",
         {"radix": 24}),
        ({"radix": 4, "down": 2}, "radix",
         "switches of 128 ports or more, a radix of 24 or more with half of it down",
         {"radix": 24, "down": 12}),
        ({"tiers": 3, "radix": 4}, "radix",
         ("at most 2 node places of a unit (su_positions) in groups of 2 leaves, a radix of 12 or"
          " more"), {"radix": 12}),
        ({"up": 62}, "up",
         "at most 16 node places of a unit (su_positions), at most 60 up, or 3 tiers", {"up": 60}),
        ({"down": 3}, "down",
         "at most 24 node places of a unit (su_positions), 4 down or more, or 3 tiers",
         {"down": 4}),
        ({"nodes_per_position": 80, "su_positions": 4}, "nodes_per_position",
         "switches of 108 ports or more, at most 32 nodes in each position, or 3 tiers",
         {"nodes_per_position": 32}),
    ],
)  # fmt: skip
def test_the_key_at_fault_is_named_with_what_fits(tmp_path, keys, key, words, fits):
    """What is told can be built, and the next below or above it cannot."""
    (line,) = told(tmp_path, 8, **keys)
    assert line.startswith(f"data.fabrics.c.{key}: ")
    assert words in line
    pod(tmp_path, 8, c=H100 | keys | fits)
    step = -1 if key in {"radix", "down"} else 1
    refused(tmp_path, 8, H100 | keys | fits | {key: fits[key] + step})


@pytest.mark.parametrize("more", [{}, {"down": 64}, {"radix": 64}, {"split": 2}])
def test_a_speed_that_no_port_of_the_leaf_has_is_told(tmp_path, more):
    (line,) = told(tmp_path, 8, gbps=800, **more)
    assert line == (
        "data.fabrics.c.gbps: links of 800 Gb/s; a port of qm9700 has 400 Gb/s; at most 400, or"
        " another leaf"
    )


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        ({"down": 70}, "down: 70 ports for nodes, a leaf has 64; at most 63"),
        ({"down": 65, "tiers": 1}, "down: 65 ports for nodes, a leaf has 64; at most 64"),
        ({"down": 40, "up": 30}, ("up: 40 ports for nodes and 30 for spines are 70, a leaf has 64;"
         " at most 24 up")),
        ({"down": 64, "up": 8}, ("down: 64 ports for nodes and 8 for spines are 72, a leaf has 64;"
         " at most 56")),
    ],
)  # fmt: skip
def test_ports_that_a_leaf_does_not_have_are_told(tmp_path, keys, line):
    assert told(tmp_path, 8, **keys) == [f"data.fabrics.c.{line}"]


@pytest.mark.parametrize("key", ["medium", "up_medium"])
def test_a_medium_that_is_in_no_catalog_is_told_once(tmp_path, key):
    (line,) = told(tmp_path, 8, **{key: "fibre_mm_strait"})
    assert line.startswith(f"data.fabrics.c.{key}: there is no product in the catalog")
    by_hand = '[data.switches.c-leaf-001]\nmedium = "fibre_mm_strait"\n'
    (line,) = told(tmp_path, 8, by_hand)
    assert line.startswith("data.switches.c-leaf-001.medium: ")


@pytest.mark.parametrize("key", ["manager_at", "positions", "leaf_at", "devices"])
def test_lists_that_fabrics_are_woven_from_are_changed_in_the_file(tmp_path, key):
    with pytest.raises(ChangeError, match="is read with the layout: change it in its file"):
        pipeline.change(pod(tmp_path, 8, c=H100), {f"data.fabrics.c.{key}": ["N-01"]})


def refused(folder, racks, keys):
    with pytest.raises(InputError) as raised:
        pod(folder, racks, c=keys)
    return raised.value.problems


def test_a_switch_without_units_left_is_told(tmp_path):
    (line,) = told(tmp_path, 8, housed(5))
    assert (
        "2 of 4 switches of 1 U find no units left in 2 racks of 10 U; 1 more rack for the spines"
        in line
    )
    above, below = sorted(told(tmp_path, 8, housed(6), first_unit=5))
    assert above == (
        "data.fabrics.c.leaf_at: 4 of 8 switches of 1 U find no units left in 2 racks of 12 U; 2"
        " more racks for the leaves, or first_unit at most 3"
    )
    # Leaves and spines, 12 of 1 U, fill both racks from unit 1 on.
    assert below.startswith("data.fabrics.c.spine_at: ")
    assert below.endswith("first_unit at most 1")
    pod(tmp_path, 8, 2, housed(6), c=H100 | {"first_unit": 1})


def test_a_first_unit_above_the_racks_is_named_with_one_that_fits(tmp_path):
    above, below = told(tmp_path, 8, housed(6), first_unit=7)
    assert above == (
        "data.fabrics.c.first_unit: 8 of 8 switches of 1 U find no units left in 2 racks of 12 U,"
        " which have no 1 U from unit 7 up; racks of at least 7 U, or first_unit at most 3"
    )
    assert below.startswith("data.fabrics.c.first_unit: 4 of 4 switches")
    assert below.endswith("first_unit at most 1")
    (line, _) = told(tmp_path, 8, housed(3), first_unit=4)
    assert line.endswith("racks of at least 4 U")


def test_devices_name_nodes_and_leave_places_free(tmp_path):
    said = {"nodes_per_position": 4, "links_per_node": 1, "tiers": 1, "radix": 8}
    more = """
[data.fabrics.oob.devices]
"C-01" = { server = 2, pdu = 1 }
"C-0[23]" = { pdu = 4 }
"""
    study = pipeline.study_of(pod(tmp_path, 4, more=more, oob=said), None, "provisioned", 0)
    m = study(port_map)
    names = node_names(study, m.fabric, m.place, m.node)
    ids = study.table("position").ids
    found = list(zip(ids[m.place].tolist(), names, m.high_port.tolist(), strict=True))
    # Free places keep their port, so that what is named later moves no cord.
    assert found[:4] == [
        ("C-01", "server1", 0), ("C-01", "server2", 1), ("C-01", "pdu", 2), ("C-02", "pdu1", 4),
    ]  # fmt: skip
    assert [n for place, n, _ in found if place == "C-04"] == ["n1", "n2", "n3", "n4"]
    assert study(totals)[0].taken == 3 + 4 + 4 + 4
    assert np.nansum(study.table("drop")["links"]) == 15


@pytest.mark.parametrize(
    ("devices", "told"),
    [
        ('"X-*" = { pdu = 1 }', '"X-*" matches no position'),
        ('"C-01" = { pdu = 5 }', "5 devices at C-01, of 4 node places; at most 4, or"),
        ('"C-*" = { pdu = 1 }\n"C-01" = { pdu = 1 }', '"C-01" speaks of C-01, of which another'),
    ],
)
def test_devices_that_do_not_fit_are_told(tmp_path, devices, told):
    said = {"nodes_per_position": 4, "links_per_node": 1, "tiers": 1}
    with pytest.raises(InputError, match=re.escape(told)):
        pod(tmp_path, 2, more=f"[data.fabrics.oob.devices]\n{devices}\n", oob=said)


def test_devices_need_a_number_of_places(tmp_path):
    with pytest.raises(InputError, match="nodes_per_position = 3"):
        pod(
            tmp_path, 2, oob={"links_per_node": 1, "tiers": 1},
            more='[data.fabrics.oob.devices]\n"C-01" = { pdu = 3 }\n',
        )  # fmt: skip


@pytest.mark.parametrize(("radix", "gbps"), [(80, 400), (128, 400), (256, 200)])
def test_more_ports_than_the_switch_can_be_divided_into_are_told(tmp_path, radix, gbps):
    found = told(tmp_path, radix=radix, gbps=gbps)
    most = 64 * 400 // gbps
    said = (
        f"data.fabrics.c.radix: a leaf of {radix} ports at {gbps} Gb/s; qm9700 has 64 of 400 Gb/s"
    )
    assert f"{said}, which make at most {most}; at most {most}" in found
