"""Links of pieces: losses add up, pins meet holes, and lanes cross over once."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.catalog import profile, shipped
from twin.solve.media.budget import Joints, Pieces, budget
from twin.solve.media.makes import Make, joined, rows
from twin.solve.media.polarity import (
    GENDERS,
    POLARITIES,
    clashes,
    gender,
    optic_gender,
    wrong_polarity,
)


def codes(words, names):
    return np.array([names.index(word) if word else -1 for word in words], dtype=np.int64)


def pieces(link, length_m, db_per_km=3.0, ns_per_m=4.5):
    n = len(link)
    return Pieces(
        np.array(link, dtype=np.int64), np.array(length_m, dtype=float), np.full(n, db_per_km),
        np.full(n, ns_per_m),
    )  # fmt: skip


def joints(link, at_optic, loss_db=0.35):
    n = len(link)
    return Joints(
        np.array(link, dtype=np.int64), np.array(at_optic, dtype=bool), np.full(n, loss_db),
        np.full(n, 35.0),
    )  # fmt: skip


STRUCTURED = joints([0, 0, 0, 0], [True, False, False, True])


def test_a_structured_link_has_the_four_connections_and_two_panels_that_are_allowed():
    found = budget(pieces([0, 0, 0], [5, 40, 5]), STRUCTURED, 1)
    assert found.connections.tolist() == [profile("nec-us").number("max_connections")]
    assert (~STRUCTURED.at_optic).sum() == profile("nec-us").number("max_patch_panels")
    # 50 m at 3 dB/km and two panels of 0.35 dB; the joints at the optics are not in the channel.
    assert found.loss_db[0] == pytest.approx(0.15 + 0.70)
    assert found.ends_db[0] == pytest.approx(0.70)
    assert found.delay_ns[0] == pytest.approx(225)


def test_a_single_cord_loses_only_in_its_fibre():
    found = budget(pieces([0], [100], db_per_km=0.4), joints([0, 0], [True, True]), 1)
    assert found.loss_db.tolist() == pytest.approx([0.04])
    assert found.connections.tolist() == [2]


def test_a_figure_that_lacks_makes_only_its_link_unknown():
    two = Pieces(np.array([0, 1]), np.array([10.0, 10.0]), np.array([3.0, np.nan]),
                 np.full(2, 4.5))  # fmt: skip
    found = budget(two, joints([0, 0, 1, 1], [True] * 4), 2)
    assert np.isnan(found.loss_db).tolist() == [False, True]
    assert found.delay_ns.tolist() == [45, 45]


def test_the_worst_joint_reflects_most():
    met = joints([0, 0, 1], [True, True, False])
    met = Joints(met.link, met.at_optic, met.loss_db, np.array([55.0, 35.0, np.nan]))
    found = budget(pieces([0], [1]), met, 3)
    assert found.return_loss_db[0] == 35
    assert np.isnan(found.return_loss_db[1])
    assert np.isinf(found.return_loss_db[2])


def test_pins_meet_holes():
    cord, trunk = (
        shipped().get(id_).text["gender"] for id_ in ("fibre_mm_straight", "trunk_mm_144")
    )
    left, right = ["male", cord, trunk, cord, ""], [cord, trunk, "", cord, ""]
    clash, unknown = clashes(codes(left, GENDERS), codes(right, GENDERS))
    assert clash.tolist() == [False, False, False, True, False]
    assert unknown.tolist() == [False, False, True, False, True]
    clash, unknown = clashes(codes(["none"], GENDERS), codes(["none"], GENDERS))
    assert (bool(clash[0]), bool(unknown[0])) == (False, False)


@pytest.mark.parametrize(
    ("types", "wrong", "unknown"),
    [
        ("B", False, False),
        ("BBB", False, False),
        ("ABA", False, False),
        ("A", True, False),
        ("BB", True, False),
        ("BCB", True, False),
        ("C", True, False),
        ("CBC", False, False),
        (("B", "", "B"), False, True),
    ],
)
def test_lanes_cross_over_once(types, wrong, unknown):
    n = len(types)
    found, dim = wrong_polarity(np.zeros(n, dtype=int), codes(types, POLARITIES), 1)
    assert (bool(found[0]), bool(dim[0])) == (wrong, unknown)


def order_of(types):
    """Where fibre 1 to 12 of one end come out at the other, piece by piece (TIA-568.3)."""
    fibres = list(range(1, 13))
    for kind in types:
        if kind == "B":
            fibres.reverse()
        elif kind == "C":
            fibres = [fibres[i ^ 1] for i in range(12)]
    return fibres


@given(st.text("ABC", min_size=1, max_size=6))
def test_polarity_is_right_exactly_where_senders_meet_receivers(types):
    n = len(types)
    wrong = bool(wrong_polarity(np.zeros(n, dtype=int), codes(types, POLARITIES), 1)[0][0])
    # Lane 1 to 4 are sent on fibres 1 to 4 and received on 12 to 9.
    crossed = order_of(types)[8:] == [4, 3, 2, 1]
    assert wrong == (not crossed)


GET, LIMIT = shipped().get, profile("nec-us").number
CORD, TRUNK = GET("fibre_mm_straight"), GET("trunk_mm_144")
OPTIC, ADAPTER = GET("2xsr4_800g"), GET("sr4_400g")
STRAIGHT, SHUFFLE = GET("straight_mpo12"), GET("shuffle_mpo12")


def told(make, length_m):
    lengths = np.atleast_2d(np.array(length_m, dtype=float))
    laid, met = rows(make, np.arange(len(lengths)), lengths, LIMIT)
    return budget(laid, met, len(lengths))


def test_a_make_lays_out_the_structured_link():
    make = Make(OPTIC, (CORD, TRUNK, CORD), (STRAIGHT, None), ADAPTER)
    found = told(make, [[5, 40, 5], [3, 20, 7]])
    assert found.loss_db.tolist() == pytest.approx([0.15 + 0.7, 0.09 + 0.7])
    assert found.ends_db.tolist() == pytest.approx([0.7, 0.7])
    assert found.connections.tolist() == [4, 4]
    assert found.return_loss_db.tolist() == [35, 35]


def test_a_shuffle_has_a_joint_on_either_side():
    make = Make(OPTIC, (CORD, TRUNK, CORD), (SHUFFLE, SHUFFLE), ADAPTER)
    found = told(make, [5, 40, 5])
    assert found.connections.tolist() == [6]
    assert found.loss_db[0] == pytest.approx(0.15 + 4 * 0.35)

    def figure(product, name):
        return 0.5 if (product.id, name) == (SHUFFLE.id, "loss_db") else product.number(name)

    laid, met = rows(make, np.array([0]), np.array([[5.0, 40, 5]]), LIMIT, figure)
    assert budget(laid, met, 1).loss_db[0] == pytest.approx(0.15 + 2 * 0.5)


def test_duplex_fibre_has_no_pins():
    lc = GET("fibre_lc_sm")
    found = told(Make(GET("2xfr4_800g"), (lc,), (), GET("2xfr4_800g")), [1000])
    assert found.loss_db[0] == pytest.approx(0.4)
    assert found.ends_db[0] == pytest.approx(0.5)
    assert found.return_loss_db[0] == 55
    assert {GENDERS[gender(lc)], GENDERS[optic_gender(GET("2xfr4_800g"))]} == {"none"}


def test_what_no_product_and_no_limit_states_is_not_known():
    make = Make(OPTIC, (CORD, TRUNK, CORD), (None, None), ADAPTER)
    bare = dict.fromkeys(("loss_mpo_db", "attenuation_mm_db_per_km"), np.nan)

    def figure(product, name):
        stripped = name in {"connector_loss_db", "attenuation_db_per_km"} and product is TRUNK
        return np.nan if stripped else product.number(name)

    lengths = np.array([[5.0, 40, 5]])
    general = budget(*rows(make, np.array([0]), lengths, LIMIT, figure), 1)
    assert general.loss_db[0] == pytest.approx(0.85)
    for lacking in ("loss_mpo_db", "attenuation_mm_db_per_km"):

        def limit(name, lacking=lacking):
            return np.nan if name == lacking else LIMIT(name)

        bare = budget(*rows(make, np.array([0]), lengths, limit, figure), 1)
        assert np.isnan(bare.loss_db[0]), lacking


def test_makes_are_joined_into_one_table():
    one = rows(Make(OPTIC, (CORD,), (), ADAPTER), np.array([1]), np.array([[10.0]]), LIMIT)
    two = rows(Make(OPTIC, (CORD, TRUNK, CORD), (None, None), ADAPTER), np.array([0]),
               np.array([[5.0, 40, 5]]), LIMIT)  # fmt: skip
    found = budget(*joined([one, two]), 2)
    assert found.connections.tolist() == [4, 2]
    assert found.loss_db.tolist() == pytest.approx([0.85, 0.03])
