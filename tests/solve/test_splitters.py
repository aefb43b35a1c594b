"""Cords with several tails: heads, lengths, days, panels, and what of them no catalog has."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.solve.cabled import HALVES, QUARTERS, study
from twin import pipeline
from twin.catalog import shipped
from twin.checks.cabling.cab311_legs_too_short import legs_too_short
from twin.report.cables.papers import papers
from twin.report.fabric_ports import PORTS, ports_rows
from twin.solve.cabling.cords.legs import legs
from twin.solve.cabling.links.counting import Counted, once
from twin.solve.cabling.links.headed import Tails, served_m
from twin.solve.cabling.panels.patched import losses
from twin.solve.cabling.parts.parts import parts
from twin.solve.cabling.ways.lengths import piece_lengths_m
from twin.solve.fabric.growth import cord_of
from twin.solve.fabric.portmap import NODE, port_map
from twin.solve.fabric.totals import totals
from twin.solve.media.judge import LinkClass, Why, judge
from twin.solve.media.media import media
from twin.solve.media.plugs import Cage

RULES = Path(__file__).parents[1] / "rules"
APART = HALVES | {"nodes_per_position": 3}
"""Three nodes of a rack: every other cord ends in two racks."""


def rows(one, name="cables.csv"):
    return list(csv.DictReader(io.StringIO(papers(one)[name])))


def tails_of(told, cable):
    out = defaultdict(list)
    for row in told:
        if row["cable"] == cable:
            out[row["cord"]].append(row)
    return out


def test_a_cord_is_as_long_as_its_farthest_tail_and_the_nearer_one_has_the_slack():
    found = tails_of(rows(study(("[deliveries.D]", LENGTHS), **APART)), "fibre_mm_splitter")
    both = [c for c in found.values() if len({row["lower_position"] for row in c}) == 2]
    assert len(both) == 2
    assert [(r["needed_m"], r["stock_m"], r["slack_m"]) for r in both[0]] == [
        ("11.6", "11.7", "0.1"), ("11.0", "11.7", "0.7"),
    ]  # fmt: skip
    # The other cord of the nearer rack is bought for that rack alone.
    alone = [c[0] for c in found.values() if {r["lower_position"] for r in c} == {"A-02"}]
    assert [(row["needed_m"], row["stock_m"]) for row in alone] == [("11.0", "11.2")]


def test_rules_judge_the_longest_cord_of_each_rack():
    """The nearer rack of two has a cord of 11.7 m for a way of 11.0 m."""
    one = study(("[deliveries.D]", LENGTHS), **APART)
    report = pipeline.check(one.site)
    at = [k for k, code in enumerate(report.rules) if code.code == "CAB304"]
    margins = report.margins
    assert at
    slack = {
        one.site.names[int(s)]: float(d)
        for s, d, r in zip(margins.subject, margins.demand, margins.rule, strict=True)
        if int(r) == at[0]
    }
    assert slack["rack:D-001"] == pytest.approx(0.1)
    assert slack["rack:D-002"] == pytest.approx(0.7)


LENGTHS = """[data.stock_m]
fibre_mm_splitter = [9.9, 10.5, 11.2, 11.7]

[deliveries.D]"""


def test_lengths_that_nobody_knows_and_ways_that_do_not_lead_there():
    t = Tails(np.arange(4), np.array([0, 1, 2, 3]), np.array([0, 0, 1, 1]))
    assert served_m(t, np.array([3.0, 5.0, 2.0, np.inf])).tolist() == [5.0, 5.0, 2.0, np.inf]
    unknown = served_m(t, np.array([3.0, np.nan, 2.0, 1.0]))
    assert np.isnan(unknown[:2]).all()
    assert unknown[2:].tolist() == [2.0, 2.0]


SECOND = """[deliveries.E]
type = "dgx_h100_air_4x"
positions = ["A-02", "A-04"]
arrives = 2027-02-01"""


@pytest.mark.parametrize("nodes", [1, 3])
def test_a_leg_is_what_a_tail_does_not_share(nodes):
    """Racks at 0.6 m from each other; 2.2 m high, the tray 0.6 m above them."""
    one = study(**HALVES | {"nodes_per_position": nodes})
    found = one(legs)
    assert found.alone_m == pytest.approx([3.4, 2.8, 3.4, 2.8])
    assert (found.alone_m < one(piece_lengths_m)[found.piece]).all()


def test_a_tail_within_the_rack_of_the_head_parts_there():
    inside = {"tiers": 1, "leaf_at": '["A-01"]', "spine_at": None, "nodes_per_position": 1}
    one = study(**HALVES | inside)
    found = one(legs)
    assert found.alone_m[:2] == pytest.approx(one(piece_lengths_m)[found.piece[:2]])
    # The other cord divides over the third rack.
    assert found.alone_m[2:].tolist() == pytest.approx([2.8, 3.4])


def test_racks_over_two_trays_share_nothing_but_the_rack_of_the_head():
    more = ("[data.fabrics.compute]", OTHER + "[data.fabrics.compute]")
    cut = ("points_m = [[1, 2.6], [12, 2.6]]", "points_m = [[2.5, 2.6], [12, 2.6]]")
    one = study(cut, more, **HALVES | {"nodes_per_position": 1})
    found = one(legs)
    assert len(found.piece) == 4
    assert (found.alone_m <= one(piece_lengths_m)[found.piece]).all()
    assert (found.alone_m > 0).all()


OTHER = """[trays.T2]
hall = "H1"
points_m = [[1, 2.3], [12, 2.3]]
elevation_m = 2.8
width_m = 0.3
depth_m = 0.1

"""


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_a_cord_is_counted_once_in_each_row_whatever_the_order_of_its_pieces(data):
    tails = data.draw(st.lists(st.sets(st.integers(0, 5), min_size=1, max_size=4), max_size=8))
    pairs = [(cord, piece) for cord, found in enumerate(tails) for piece in sorted(found)]
    count = np.bincount([p for _, p in pairs], minlength=6).astype(float)
    several = [(c, p) for c, p in pairs if len(tails[c]) > 1]
    cord, piece = np.array(several, dtype=np.int64).reshape(-1, 2).T
    counted_ = Counted(count, cord, piece)
    entries = data.draw(st.lists(
        st.tuples(st.integers(0, 5), st.integers(0, 2)), max_size=14, unique=True
    ))  # fmt: skip
    cable, row = np.array(entries, dtype=np.int64).reshape(-1, 2).T
    part = once(counted_, cable, row)
    for here in range(3):
        mine = row == here
        there = {c for c, p in pairs if p in set(cable[mine].tolist())}
        assert (count[cable[mine]] * part[mine]).sum() == pytest.approx(len(there))


LATER = (
    'positions = ["A-*"]\narrives = 2027-02-01',
    'positions = ["A-01", "A-03"]\narrives = 2027-03-01\n\n' + SECOND,
)
"""The farther rack of each cord with tails in two racks comes a month after the nearer one."""
EARLY = date(2027, 2, 10)


def test_a_cord_is_pulled_once_on_the_day_of_its_first_tail():
    found = tails_of(rows(study(LATER, **APART)), "fibre_mm_splitter")
    days = {cord: {row["day"] for row in tails} for cord, tails in found.items()}
    assert all(len(seen) == 1 for seen in days.values())
    both = [cord for cord, tails in found.items()
            if {"A-01", "A-02"} == {row["lower_position"] for row in tails}]  # fmt: skip
    assert [days[cord] for cord in both] == [{"2027-02-01"}]
    # Before the second rack comes its tail hangs there: one cord, one row.
    early = tails_of(rows(study(LATER, day=EARLY, **APART)), "fibre_mm_splitter")
    assert sorted(len(tails) for tails in early.values()) == [1, 1, 2, 2]


def test_a_day_leaves_rows_out_and_changes_none():
    """What is bought, labelled and numbered for the first tail serves the ones to come."""
    lengths = ("[deliveries.D]", LENGTHS)
    told = {
        (row["cord"], row["tail"]): row | {"cords": ""}
        for row in rows(study(lengths, LATER, **APART))
    }
    early = rows(study(lengths, LATER, day=EARLY, **APART))
    assert [row | {"cords": ""} for row in early] == [
        told[row["cord"], row["tail"]] for row in early
    ]
    # Each cord is one, also where its second tail comes first.
    assert sum(int(row["cords"]) for row in early) == len({row["cord"] for row in early})
    assert {row["tail"] for row in early if row["cords"] == "1"} == {"1", "2"}
    alone = [(r["needed_m"], r["stock_m"]) for r in early if (r["cords"], r["tail"]) == ("1", "2")]
    assert alone == [("11.0", "11.7"), ("9.8", "10.5")]
    assert {r["upper_lane"] for r in early if r["cable"] == "fibre_mm_splitter"} == {"1-2", "3-4"}


def test_legs_to_racks_that_come_later_are_asked_for_on_the_first_day():
    early = study(LATER, day=EARLY, **APART)
    asked = [m for m in legs_too_short.run(early) if m.kind == "rack"]
    names = early.table("rack").ids[np.concatenate([m.subject for m in asked])]
    assert sorted(names.tolist()) == ["E-001", "E-002"]
    assert np.concatenate([m.demand for m in asked]) == pytest.approx([2.8, 2.8])


def test_pulls_and_list_tell_the_same_of_racks_that_share_cords():
    one = study(LATER, **APART)
    told, pulls, bundles = (rows(one, name) for name in ("cables.csv", "pulls.csv", "bundles.csv"))
    listed = defaultdict(int)
    for row in told:
        listed[row["pull"], row["day"]] += int(row["cords"])
    for other in (pulls, bundles):
        found = defaultdict(int)
        for row in other:
            found[row["pull"], row["day"]] += int(row["cords"])
        assert found == listed
    assert len({row["day"] for row in pulls}) == 3
    assert {row["bundle"]: row["pull"] for row in told} == {r["bundle"]: r["pull"] for r in bundles}


def test_a_place_in_a_bundle_is_that_of_the_cord():
    told = rows(study(**HALVES | {"nodes_per_position": 4}))
    split = [row for row in told if row["cable"] == "fibre_mm_splitter"]
    first = [row["sequence"] for row in split if row["bundle"] == split[0]["bundle"]]
    assert first == ["1", "1", "2", "2"]


def test_a_splitter_takes_its_port_whole_though_it_has_one_tail():
    told = rows(study(**HALVES | {"nodes_per_position": 1, "positions": '["A-01"]'}))
    assert [r["upper_lane"] for r in told if r["cable"] == "fibre_mm_splitter"] == ["1-2"]


def test_fabric_and_papers_count_the_same_cords():
    for kind in (APART, QUARTERS):
        one = study(**kind)
        told = sum(int(row["cords"]) for row in rows(one))
        (total,) = one(totals)
        assert sum(joint.cords for joint in total.joints) == told
        m, cord = one(port_map), one(cord_of)
        nodes = m.tier == NODE
        heads = np.unique(np.stack([cord[nodes], m.high[nodes]]), axis=1)
        assert heads.shape[1] == len(np.unique(cord[nodes]))


def test_the_lane_of_each_part_stands_at_the_head():
    m = study(**APART)(port_map)
    nodes = m.take(m.tier == NODE)
    assert nodes.high_port[:4].tolist() == [0, 0, 1, 1]
    assert nodes.high_lane[:4].tolist() == [0, 1, 0, 1]


@pytest.mark.parametrize(
    ("leaf", "radix", "ports"),
    [
        ("qm9700", 16, [("1/1", 1), ("1/1", 2), ("1/2", 1), ("1/2", 2), ("2/1", 1)]),
        # A port of 800 Gb/s is two of 400 Gb/s, each of them split.
        ("sn5600", None, [("1", 1), ("1", 2), ("1", 3), ("1", 4), ("2", 1)]),
    ],
)
def test_the_port_map_names_port_and_lane(leaf, radix, ports):
    one = study(**HALVES, leaf=f'"{leaf}"', radix=radix)
    told = [dict(zip(PORTS, row, strict=True)) for row in ports_rows(one)]
    nodes = [row for row in told if row["between"] == "node to leaf"]
    assert [(row["b port"], row["b lane"]) for row in nodes[:5]] == ports
    assert [row["cord"] for row in nodes[:5]] == [1, 1, 2, 2, 3]


def test_a_manager_may_share_a_cord_with_a_node():
    (total,) = study(**HALVES, reserved=1, manager_links=1)(totals)
    assert [(j.name, j.count, j.cords) for j in total.joints] == [
        ("node to leaf", 15, 8), ("leaf to spine", 8, 8), ("manager to leaf", 1, 0),
    ]  # fmt: skip


def test_ports_that_run_slower_are_not_divided():
    """64 ports of 400 Gb/s at 200: two to a cage, for an active cable of 2 x 200."""
    kind = {"gbps": 200, "radix": 64, "node_cage": '"qsfp56"', "node_cage_ports": 1,
            "media": '"aoc"'}  # fmt: skip
    one = study(**kind)
    told = tails_of(rows(one), "aoc_400g_to_2x200g")
    assert [len(tails) for tails in told.values()] == [2] * 16
    (total,) = one(totals)
    assert (total.radix[0], total.cage) == (64, 2)
    # Said as twice the ports, those of one cage are four, and no cable has so many.
    more = study(**kind | {"radix": 128})
    assert (more(totals)[0].cage, tails_of(rows(more), "aoc_400g_to_2x200g")) == (4, {})


def test_a_cable_of_four_tails_splits_ports_of_200_for_nodes_of_100():
    slow = Cage("osfp-ihs", 2, switch=True)
    asked = LinkClass(100, slow, Cage("qsfp56", 1), split=2)
    every = media(shipped())
    fit = np.flatnonzero(judge(every, (asked,))[0] == 0)
    assert {every.cable[m] for m in fit} == {"dac_400g_to_4x100g_qsfp56"}


def test_a_straight_cord_does_not_split_a_port():
    one = study(**APART)
    part = one(parts)
    split = next(c for c in part.classes if c.split == 2)
    against = judge(part.media, (split,))[0]
    straight = np.array([n == 1 for n in part.media.split])
    assert (against[straight] & int(Why.SPLIT) > 0).all()
    assert {part.media.cable[m] for m in np.flatnonzero(against == 0)} == {"fibre_mm_splitter"}


@pytest.fixture(scope="module")
def paneled(tmp_path_factory):
    text = (RULES / "paneled.toml").read_text(encoding="utf-8")
    old = "links_per_node = 2\nrails = 2\nsu_positions = 2\n"
    assert old in text
    text = text.replace(old, f"{old}gbps = 200\nsplit = 2\n")
    text = text.replace("node_cage_ports = 2", "node_cage_ports = 1")
    text = text.replace("2xdr4_800g_100m_flt.loss", "dr4_400g.loss")
    path = tmp_path_factory.mktemp("paneled") / "paneled.toml"
    path.write_text(text, encoding="utf-8")
    return pipeline.study_of(pipeline.load(path), None, "provisioned", 1)


def test_behind_a_panel_a_link_has_a_cord_of_its_own(paneled):
    told = rows(paneled)
    low = [row for row in told if row["upper_device"] == "PA"]
    high = [row for row in told if row["lower_device"] == "PN"]
    assert {row["cable"] for row in low} == {"fibre_sm_straight"}
    assert {row["cords"] for row in low} == {"1"}
    assert {row["cable"] for row in high} == {"fibre_sm_splitter"}
    assert [row["tail"] for row in high] == ["1", "2"] * 16
    assert len({(row["lower_device"], row["lower_cage"]) for row in high}) == len(high) == len(low)
    bom = {row["id"]: row["count"] for row in rows(paneled, "bom.csv") if row["stock_m"] != "40.0"}
    assert bom["fibre_sm_splitter"] == "16"


def test_its_loss_is_that_of_all_pieces_and_both_panels(paneled):
    """Cords and a trunk at 0.4 dB/km over their lengths as bought, two panels at 0.35 dB."""
    told = rows(paneled)
    length = {
        end: float(next(r["stock_m"] or r["needed_m"] for r in told if r[end] in {"PA", "PN"}))
        for end in ("upper_device", "lower_device")
    }
    found = paneled(losses)
    expected = (sum(length.values()) + 40.0) * 0.4 / 1000 + 0.7
    assert found.loss_db[0] == pytest.approx(expected, abs=1e-9)
    assert found.budget_db[0] == 3.0
