"""Media out of the catalog's parts, what speaks against them, and stock lengths."""

from __future__ import annotations

import math

import numpy as np
import pytest

from twin.catalog import Catalog, parse, shipped, shipped_sources
from twin.solve.media.cages import rack_cage, switch_cage, uplink_cage
from twin.solve.media.choose import choose
from twin.solve.media.judge import LinkClass, Why, judge
from twin.solve.media.media import media
from twin.solve.media.order import longest_m
from twin.solve.media.plugs import Cage
from twin.solve.media.stock import round_up, slack_limit_m, stock
from twin.solve.media.why_not import rejections

ALL = media(shipped())
SWITCH = Cage("osfp-ihs", 2, switch=True, power_w=17)
ADAPTER = Cage("osfp-rhs")
BLUEFIELD = Cage("qsfp112")
LEAF = LinkClass(400, SWITCH, ADAPTER)
SPINE = LinkClass(400, SWITCH, SWITCH, together=2)


def row(name):
    return ALL.ids.index(name)


def against(asked, name):
    return Why(int(judge(ALL, (asked,))[0, row(name)]))


def test_a_twin_cable_carries_two_links_and_shares_its_power():
    m = row("dac_800g_osfp")
    assert (ALL.gbps[m], ALL.split[m], ALL.tails[m], ALL.tail_ports[m]) == (400, 1, 1, 2)
    assert ALL.power_w[m] == pytest.approx(0.1)
    split = row("dac_800g_to_4x200g_osfp")
    assert (ALL.gbps[split], ALL.split[split], ALL.tails[split]) == (200, 2, 4)


def test_optics_reach_as_far_as_the_nearer_of_both():
    assert ALL.reach_m[row("2xdr4_800g_500m+fibre_sm_straight+2xdr4_800g_500m")] == 500
    assert ALL.reach_m[row("2xdr4_800g_500m+fibre_sm_straight+dr4_400g")] == 100
    # A splitter cord is made up to 50 m, whatever the optics reach.
    assert ALL.reach_m[row("2xdr4_800g_500m+fibre_sm_splitter+dr4_400g")] == 50
    # 17 W serve two links, 9 W one.
    assert ALL.power_w[row("2xsr4_800g+fibre_mm_straight+sr4_400g")] == 17 / 2 + 9
    # And four and one where each port is split.
    assert ALL.power_w[row("2xsr4_800g+fibre_mm_splitter+sr4_400g")] == 17 / 4 + 9


def test_lights_fibres_connectors_and_lanes_are_never_mixed():
    for name in ALL.ids:
        head, _, tail = name.partition("+")
        if tail:
            optic, other = shipped().get(head), shipped().get(tail.partition("+")[2])
            assert optic.text["medium"] == other.text["medium"]
            lanes = [
                o.number("gbps") / o.number("ports") / o.number("lanes") for o in (optic, other)
            ]
            assert lanes[0] == lanes[1]
    assert not [name for name in ALL.ids if "fr4" in name and "splitter" in name]


def om3_cord():
    entry = {
        "vendor": "M", "name": "OM3", "medium": "fibre", "connector": "MPO-12/APC", "fibre": "mm",
        "grade": "om3", "source": "nv_struct", "confidence": "docs", "tails": 1,
    }  # fmt: skip
    return parse({"cable": {"om3": entry}}, "mine.toml", shipped_sources())[0]


def test_the_grade_of_the_fibre_decides_how_far_optics_reach():
    mine = media(Catalog({**shipped().products, "om3": om3_cord()}))
    assert mine.reach_m[mine.ids.index("2xsr4_800g+om3+sr4_400g")] == 30
    assert mine.reach_m[mine.ids.index("2xsr4_800g+fibre_mm_straight+sr4_400g")] == 50
    # Nobody published how far the flat SR reaches over OM3.
    assert math.isnan(mine.reach_m[mine.ids.index("2xsr4_800g_flt+om3+sr4_400g")])


@pytest.mark.parametrize(("lanes", "made"), [(4, True), (2, True), (1, False)])
def test_the_tail_of_a_splitter_lights_lanes_that_it_has(lanes, made):
    entry = {
        "vendor": "M", "name": "O", "medium": "dr", "plug": "osfp-rhs", "connector": "MPO-12/APC",
        "fibre": "sm", "source": "nv_ns400", "confidence": "docs", "ports": 1, "lanes": lanes,
        "gbps": 100 * lanes, "reach_m": 100,
    }  # fmt: skip
    optic = parse({"optic": {"mine": entry}}, "mine.toml", shipped_sources())[0]
    names = media(Catalog({**shipped().products, "mine": optic})).ids
    # Half of a port of 400 is two lanes of 100.
    assert ("2xdr4_800g_100m+fibre_sm_splitter+mine" in names) == made
    assert ("2xdr4_800g_100m+fibre_sm_straight+mine" in names) == (lanes == 4)


def test_prices_are_shared_like_power():
    m = media(shipped(), {"2xsr4_800g": 800, "sr4_400g": 500, "fibre_mm_straight": 60})
    at = m.ids.index("2xsr4_800g+fibre_mm_straight+sr4_400g")
    assert m.price[at] == 60 + 800 / 2 + 500
    assert math.isnan(m.price[m.ids.index("2xsr4_800g+fibre_mm_splitter+sr4_400g")])


def test_an_owner_s_figure_replaces_the_catalog_s():
    def figure(product, name):
        return 40.0 if (product.id, name) == ("sr4_400g", "reach_m") else product.number(name)

    mine = media(shipped(), figure=figure)
    assert mine.reach_m[mine.ids.index("2xsr4_800g+fibre_mm_straight+sr4_400g")] == 40


@pytest.mark.parametrize(
    ("asked", "name", "why"),
    [
        (SPINE, "dac_800g_osfp", Why(0)),
        (LEAF, "dac_800g_to_2x400g_osfp", Why(0)),
        # Straight where the links part, and split where they stay together.
        (LEAF._replace(tail=Cage("osfp-rhs", 2)), "dac_800g_osfp_ftf", Why.TWIN),
        (LEAF._replace(tail=Cage("osfp-rhs", 2), together=2), "dac_800g_osfp_ftf", Why(0)),
        (SPINE, "dac_800g_to_2x400g_osfp", Why.TAIL | Why.TWIN),
        # Finned and flat tops.
        (SPINE._replace(head=Cage("osfp-rhs", 2, switch=True)), "dac_800g_osfp", Why.HEAD),
        (SPINE, "dac_800g_osfp_flt", Why.HEAD | Why.TAIL),
        # QSFP112 in a BlueField-3, never in a switch; OSFP never in a BlueField-3.
        (LEAF._replace(tail=BLUEFIELD), "2xdr4_800g_100m+fibre_sm_straight+dr4_400g_qsfp112",
         Why(0)),
        (LEAF._replace(tail=BLUEFIELD), "2xdr4_800g_100m+fibre_sm_straight+dr4_400g", Why.TAIL),
        (LEAF._replace(tail=Cage("qsfp-dd", switch=True)),
         "2xdr4_800g_100m+fibre_sm_straight+dr4_400g_qsfp112", Why.BARRED),
        # Speed, split, fibre, panels, power, the owner's list, what is discontinued.
        (LEAF._replace(gbps=200), "dac_800g_to_2x400g_osfp", Why.SPEED),
        (LEAF._replace(gbps=200, split=2), "2xsr4_800g+fibre_mm_splitter+sr4_400g", Why(0)),
        (LEAF._replace(gbps=200), "2xsr4_800g+fibre_mm_splitter+sr4_400g", Why.SPLIT),
        (LEAF._replace(fibre="sm"), "2xsr4_800g+fibre_mm_straight+sr4_400g", Why.FIBRE),
        (LEAF._replace(panels=2), "dac_800g_to_2x400g_osfp", Why.PANEL),
        (LEAF._replace(head=SWITCH._replace(power_w=16)),
         "2xsr4_800g+fibre_mm_straight+sr4_400g", Why.POWER),
        (LEAF._replace(parts=("sr",)), "dac_800g_to_2x400g_osfp", Why.PARTS),
        (LEAF._replace(tail=BLUEFIELD), "dac_800g_to_2x400g_qsfp112", Why.GONE),
        (LEAF._replace(tail=BLUEFIELD, parts=("dac_800g_to_2x400g_qsfp112",)),
         "dac_800g_to_2x400g_qsfp112", Why(0)),
        (LEAF._replace(tail=Cage("")), "dac_800g_to_2x400g_osfp", Why.UNKNOWN),
        (LEAF._replace(tail=Cage("osfp-rhs", 0)), "dac_800g_to_2x400g_osfp", Why.UNKNOWN),
    ],
)  # fmt: skip
def test_what_speaks_against_a_medium(asked, name, why):
    assert against(asked, name) == why


def test_cages_of_products():
    get = shipped().get
    assert switch_cage(get("qm9700"), 400) == Cage("osfp-ihs", 2, switch=True, power_w=17)
    assert switch_cage(get("sn5610"), 400).ports == 2
    assert switch_cage(get("sn5610"), 800).ports == 1
    # 300 does not go into 800: the cage stays what it is.
    assert switch_cage(get("sn5610"), 300).ports == 1
    assert rack_cage(get("gb200_nvl72"), "ns") == Cage("qsfp112")
    assert rack_cage(get("vr_nvl72"), "ew") == Cage("", 0)
    assert uplink_cage(get("qm9700")).form == ""


def test_racks_and_switches_of_the_catalog_can_be_joined():
    for rack, switch, gbps in (
        ("gb200_nvl72", "qm9700", 400), ("gb300_nvl72", "sn5610", 400),
        ("dgx_h100_air_4x", "qm9700", 400), ("dgx_b300_ac_4x", "q3400_ra", 800),
    ):  # fmt: skip
        cages = switch_cage(shipped().get(switch), gbps), rack_cage(shipped().get(rack), "ew")
        found = judge(ALL, (LinkClass(gbps, *cages),))[0] == 0
        assert {ALL.kind[m] for m in np.flatnonzero(found)} >= {"dr"}, rack


def test_twisted_pairs_carry_slower_links():
    asked = LinkClass(1, Cage("rj45", switch=True), Cage("rj45"))
    assert against(asked, "cat6a_utp") == against(asked, "cat5e") == Why(0)
    assert against(asked._replace(gbps=10), "cat5e") == Why.SPEED


def test_stock_lengths_are_rounded_up():
    sizes = np.array([0.5, 1.0, 2.0])
    got = round_up(np.array([0.1, 1.0, 1.0 + 1e-12, 1.01, 2.5, np.nan]), sizes)
    assert np.array_equal(got, [0.5, 1, 1, 2, np.inf, np.nan], equal_nan=True)
    assert np.isnan(round_up(np.array([1.0]), None)).all()
    assert round_up(np.array([1.0]), np.empty(0)).tolist() == [np.inf]


def test_a_user_s_list_replaces_what_was_seen():
    seen, own = stock(shipped()), stock(shipped(), {"dac_800g_osfp": [2, 1, 1]})
    assert seen.seen("dac_800g_osfp")
    assert seen.of("dac_800g_osfp").tolist() == [0.5, 1, 1.5, 2]
    assert not own.seen("dac_800g_osfp")
    assert own.of("dac_800g_osfp").tolist() == [1, 2]
    assert own.seen("lacc_800g")
    assert own.of("cat6a_utp") is None


def test_how_far_a_medium_serves_depends_on_what_is_sold():
    m = row("2xsr4_800g+fibre_mm_straight+sr4_400g")
    seen = stock(shipped())
    assert longest_m(ALL, seen, m) == 50
    own = stock(shipped(), {"fibre_mm_straight": [10, 30, 70]})
    assert longest_m(ALL, own, m) == 30
    assert longest_m(ALL, own, m, panels=True) == 50
    assert longest_m(ALL, stock(shipped(), {"fibre_mm_straight": [70]}), m) == -np.inf
    assert math.isnan(longest_m(ALL, seen, row("dac_100g_30awg")))
    assert longest_m(ALL, stock(shipped(), {"lacc_800g": [1, 2]}), row("lacc_800g")) == -np.inf


def test_slack_has_a_limit_for_loops_and_one_for_copper():
    need, bought = np.array([8.2, 2.1, 2.1]), np.array([10.0, 2.5, 3.0])
    most = slack_limit_m(need, np.array([1.0, np.nan, np.nan]), np.full(3, 0.2))
    assert (bought - need <= most).tolist() == [False, True, False]


def test_the_nearest_media_are_told_first_with_what_does_not_fit():
    found = rejections(ALL, stock(shipped()), LEAF, 60.0)
    first = found[0]
    assert first.why == Why.REACH
    assert ALL.ids[first.medium] == "2xsr4_800g+fibre_mm_straight+sr4_400g"
    assert first.text == "reaches 50 m"
    assert "dr4_400g" not in {ALL.tail[each.medium] for each in found if each.why == Why.REACH}
    words = {ALL.ids[each.medium]: each.text for each in found}
    assert "plug qsfp112 does not go into a cage osfp-rhs" in words["dac_800g_to_2x400g_qsfp112"]
    own = stock(shipped(), {"fibre_mm_straight": [10, 30, 70]})
    (told,) = [
        each.text for each in rejections(ALL, own, LEAF._replace(parts=("sr",)), 40.0)
        if each.why == Why.STOCK
    ]  # fmt: skip
    assert told == "40 m are bought as 70 m of fibre_mm_straight, its reach is 50 m"
    short = stock(shipped(), {"fibre_mm_straight": [10, 30]})
    (told,) = [
        each.text for each in rejections(ALL, short, LEAF._replace(parts=("sr",)), 40.0)
        if each.why == Why.STOCK
    ]  # fmt: skip
    assert told == "fibre_mm_straight is in stock up to 30 m, 40 m are needed"


def test_links_that_nothing_serves_keep_no_other_in_their_cage_from_a_plug():
    odd = LEAF._replace(tail=LEAF.tail._replace(form="rj45"))
    group, length = np.zeros(2, dtype=np.int64), np.array([10.0, 7.0])
    got = choose(ALL, stock(shipped()), (LEAF, odd), np.array([0, 1]), length, group)
    alone = choose(ALL, stock(shipped()), (LEAF,), np.array([0]), length[:1])
    assert got.medium.tolist() == [alone.medium[0], -1]
