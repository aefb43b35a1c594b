"""Choice of media: by power and price, by the owner's list, jointly where cages are shared."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.catalog import shipped
from twin.solve.media.choose import choose
from twin.solve.media.judge import LinkClass, judge
from twin.solve.media.media import media
from twin.solve.media.order import longest_m, order
from twin.solve.media.plugs import Cage
from twin.solve.media.sharing import sharing
from twin.solve.media.stock import stock

ALL, SEEN = media(shipped()), stock(shipped())
SWITCH = Cage("osfp-ihs", 2, switch=True, power_w=17)
SPINE = LinkClass(400, SWITCH, SWITCH, together=2)
LEAF = LinkClass(400, SWITCH, Cage("osfp-rhs"))
DGX = LinkClass(400, SWITCH, Cage("osfp-rhs", 2), together=2)
SR, DR = "2xsr4_800g+fibre_mm_straight+", "2xdr4_800g_100m+fibre_sm_straight+"


def chosen(asked, length, mine=ALL, held=SEEN, group=None):
    lengths = np.atleast_1d(np.asarray(length, dtype=float))
    classes = asked if isinstance(asked, tuple) and isinstance(asked[0], LinkClass) else (asked,)
    kinds = np.arange(len(classes)) if len(classes) > 1 else np.zeros(len(lengths), dtype=int)
    return choose(mine, held, classes, kinds, lengths, group)


def names(choice, mine=ALL):
    return [mine.ids[m] if m >= 0 else None for m in choice.medium]


def test_media_follow_each_other_with_length():
    got = chosen(SPINE, [1.2, 2.0, 2.2, 5.0, 5.1, 50, 50.1, 100, 101, 501, 2000, 2001, np.nan])
    far = "2xdr4_800g_500m+fibre_sm_straight+2xdr4_800g_500m"
    assert names(got) == [
        "dac_800g_osfp", "dac_800g_osfp", "lacc_800g", "lacc_800g", SR + "2xsr4_800g",
        SR + "2xsr4_800g", DR + "2xdr4_800g_100m", DR + "2xdr4_800g_100m", far,
        "2xfr4_800g+fibre_lc_sm+2xfr4_800g", "2xfr4_800g+fibre_lc_sm+2xfr4_800g", None, None,
    ]  # fmt: skip
    # LACC is made from 3 m; of fibre beyond what was seen no length is known.
    assert got.stock_m[:6].tolist() == [1.5, 2, 3, 5, 7, 50]
    assert got.stock_m[8] == 150
    assert np.isnan(got.stock_m[[6, 9, 11, 12]]).all()
    assert got.sure.tolist() == [True] * 11 + [False] * 2


def test_reach_is_judged_on_what_is_sold():
    held = stock(shipped(), {"dac_800g_osfp": [1, 3], "lacc_800g": [3, 5]})
    got = chosen(SPINE, [0.9, 1.1], held=held)
    # 3 m of passive copper would be beyond its reach of 2 m.
    assert names(got) == ["dac_800g_osfp", "lacc_800g"]
    assert got.stock_m.tolist() == [1, 3]


def test_what_is_bought_is_no_shorter_than_the_medium_may_be():
    held = stock(shipped(), {"lacc_800g": [1, 2, 3, 5]})
    got = chosen(SPINE._replace(parts=("lacc_800g",)), [1.5, 4.0], held=held)
    assert got.stock_m.tolist() == [3, 5]


def test_price_decides_among_equal_powers_only():
    prices = {"2xdr4_800g_100m": 2, "2xdr4_800g_500m": 1, "fibre_sm_straight": 1}
    mine = media(shipped(), prices)
    far = "2xdr4_800g_500m+fibre_sm_straight+2xdr4_800g_500m"
    assert names(chosen(SPINE, 60, mine), mine) == [far]
    # Copper draws less, so that its price does not matter.
    mine = media(shipped(), {**prices, "dac_800g_osfp": 1e6})
    assert names(chosen(SPINE, 1, mine), mine) == ["dac_800g_osfp"]


def test_the_owner_s_list_is_taken_in_its_order_and_nothing_else_is():
    asked = SPINE._replace(parts=("sr", "2xdr4_800g_500m"))
    got = names(chosen(asked, [1, 50, 60, 600]))
    assert got[:2] == [SR + "2xsr4_800g"] * 2
    assert "2xdr4_800g_500m" in got[2]
    assert got[3] is None
    for first, second in (("sr", "dr"), ("dr", "sr")):
        got = chosen(SPINE._replace(parts=(first, second)), 10)
        assert ALL.kind[got.medium[0]] == first


def test_a_reach_that_nobody_published_is_the_last_choice_and_not_sure():
    cages = Cage("qsfp28", switch=True), Cage("qsfp28")
    asked = LinkClass(100, *cages)
    assert names(chosen(asked, 4)) == ["dac_100g"]
    got = chosen(asked, 120)
    assert names(got) == ["dac_100g_30awg"]
    assert not got.sure[0]
    # Not even where it would draw the least.
    thrifty = media(shipped(), figure=lambda product, name: 0.01 if (product.id, name) == (
        "dac_100g_30awg", "power_w") else product.number(name))  # fmt: skip
    assert names(chosen(asked, 4, thrifty), thrifty) == ["dac_100g"]
    forced = chosen(asked._replace(parts=("dac_100g_26awg",)), 4)
    assert names(forced) == ["dac_100g_26awg"]
    assert (forced.sure[0], forced.stock_m[0]) == (False, 5)


def test_links_through_panels_are_bought_piece_by_piece():
    got = chosen(LEAF._replace(panels=2), [2.0, 45.0])
    assert names(got) == [SR + "sr4_400g"] * 2
    assert np.isnan(got.stock_m).all()


def test_both_ports_of_a_cage_get_the_medium_of_the_longer_link():
    got = chosen(LEAF, [10, 60, 10], group=np.array([0, 0, 1]))
    assert names(got) == [DR + "dr4_400g", DR + "dr4_400g", SR + "sr4_400g"]
    assert got.stock_m[:1].tolist() == [30]


def test_classes_that_share_a_cage_share_its_plug():
    together = np.zeros(2, dtype=int)
    alone = names(chosen((LEAF, DGX), [10, 60]))
    assert alone == [SR + "sr4_400g", DR + "2xdr4_800g_100m_flt"]
    got = names(chosen((LEAF, DGX), [10, 60], group=together))
    assert got == [DR + "dr4_400g", DR + "2xdr4_800g_100m_flt"]
    # Copper with moulded plugs would have to be one and the same cable.
    got = names(chosen((LEAF, DGX), [1, 1], group=together))
    assert got[0].split("+")[0] == got[1].split("+")[0]
    assert got[0].endswith("+dr4_400g")
    # The owner asks one of them for multimode: both get it, up to 50 m.
    asked = (LEAF, DGX._replace(fibre="mm", parts=("sr",)))
    assert names(chosen(asked, [10, 40], group=together)) == [
        SR + "sr4_400g", SR + "2xsr4_800g_flt",
    ]  # fmt: skip
    assert names(chosen(asked, [60, 40], group=together)) == [None, None]


def test_a_cage_takes_no_mixture_of_straight_and_split_cords():
    split = LEAF._replace(gbps=200, split=2)
    got = names(chosen((LEAF, split), [10, 10], group=np.zeros(2, dtype=int)))
    assert got == [None, None]
    assert all(names(chosen((LEAF, split), [10, 10])))


def test_groups_are_the_links_that_cages_join():
    head, tail = np.array([0, 0, 1, 2, 3, 3]), np.array([5, 6, 6, 7, 8, 9])
    assert sharing(head, tail).tolist() == [0, 0, 0, 1, 2, 2]
    n = 3000
    chain = sharing(np.arange(n), n + np.minimum(np.arange(n) + 1, n - 1))
    assert chain.max() == n - 2
    ring = sharing(np.arange(n) // 2, n + ((np.arange(n) + 1) // 2) % (n // 2))
    assert ring.max() == 0
    assert sharing(np.empty(0, dtype=int), np.empty(0, dtype=int)).tolist() == []


LENGTHS = st.lists(st.floats(0.1, 2500), min_size=1, max_size=12)


@pytest.mark.parametrize("asked", [SPINE, LEAF, DGX, SPINE._replace(parts=("dr", "sr"))])
@given(lengths=LENGTHS)
def test_a_search_among_steps_finds_what_trying_all_in_order_finds(asked, lengths):
    ranked = order(ALL, SEEN, asked, judge(ALL, (asked,))[0]).medium.tolist()
    tried = [
        next((m for m in ranked if not longest_m(ALL, SEEN, m) < length - 1e-9), -1)
        for length in lengths
    ]
    assert chosen(asked, lengths).medium.tolist() == tried


@given(
    pairs=st.lists(
        st.tuples(st.integers(0, 2), st.floats(0.5, 120), st.integers(0, 3)),
        min_size=1,
        max_size=10,
    )
)
def test_plugs_in_a_group_agree_and_reach(pairs):
    kinds, lengths, group = (np.array(column) for column in zip(*pairs, strict=True))
    got = choose(ALL, SEEN, (SPINE, LEAF, DGX), kinds, lengths, group)
    alone = choose(ALL, SEEN, (SPINE, LEAF, DGX), kinds, lengths, group * 3 + kinds)
    assert (got.medium[alone.medium < 0] < 0).all()
    for number in np.unique(group):
        # A class that nothing serves is no hindrance to those that share its cages.
        there = (group == number) & (alone.medium >= 0)
        mine = got.medium[there]
        assert (mine >= 0).all() or (mine < 0).all()
        if len(mine) and (mine >= 0).all():
            assert (lengths[there] <= ALL.reach_m[mine] + 1e-9).all()
            assert len({ALL.head[m] for m in mine}) == 1


def test_of_plugs_and_cords_that_the_owner_lists_no_others_are_taken():
    flat = Cage("osfp-rhs", 2)
    asked = LinkClass(400, SWITCH, flat, parts=("2xdr4_800g_500m", "2xdr4_800g_500m_flt"))
    far = "2xdr4_800g_500m+fibre_sm_straight+2xdr4_800g_500m"
    assert names(chosen(asked, 10)) == [far + "_flt"]
    assert names(chosen(SPINE._replace(parts=asked.parts), 10)) == [far]
    # Of a cage into which nothing on the list goes it says nothing.
    one = chosen(LEAF._replace(parts=("2xdr4_800g_500m",)), 10)
    assert names(one) == ["2xdr4_800g_500m+fibre_sm_straight+dr4_400g"]
    cord = SPINE._replace(parts=("fibre_mm_straight", "2xsr4_800g"))
    assert names(chosen(cord, 10)) == [SR + "2xsr4_800g"]
    assert names(chosen(cord._replace(parts=("fibre_sm_straight", "2xsr4_800g")), 10)) == [None]
