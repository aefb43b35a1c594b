"""Links of pieces: losses add up, pins meet holes, and lanes cross over once."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.catalog import profile, shipped
from twin.solve.cabling.budget import Joints, Pieces, budget, clashes, wrong_polarity


def pieces(link, length_m, types="", db_per_km=3.0, ns_per_m=4.5):
    n = len(link)
    return Pieces(
        np.array(link, dtype=np.int64), np.array(length_m, dtype=float), np.full(n, db_per_km),
        np.full(n, ns_per_m), tuple(types or "B" * n),
    )  # fmt: skip


def joints(link, at_optic, loss_db=0.35, left=None, right=None):
    n = len(link)
    return Joints(
        np.array(link, dtype=np.int64), np.array(at_optic, dtype=bool), np.full(n, loss_db),
        np.full(n, 35.0), tuple(left or ["male"] * n), tuple(right or ["female"] * n),
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
                 np.full(2, 4.5), ("B", "B"))  # fmt: skip
    found = budget(two, joints([0, 0, 1, 1], [True] * 4), 2)
    assert np.isnan(found.loss_db).tolist() == [False, True]
    assert found.delay_ns.tolist() == [45, 45]


def test_the_worst_joint_reflects_most():
    met = joints([0, 0, 1], [True, True, False])
    met = Joints(met.link, met.at_optic, met.loss_db, np.array([55.0, 35.0, np.nan]), met.left,
                 met.right)  # fmt: skip
    found = budget(pieces([0], [1]), met, 3)
    assert found.return_loss_db[0] == 35
    assert np.isnan(found.return_loss_db[1])
    assert np.isinf(found.return_loss_db[2])


def test_pins_meet_holes():
    cord, trunk = (
        shipped().get(id_).text["gender"] for id_ in ("fibre_mm_straight", "trunk_mm_144")
    )
    met = joints([0] * 5, [True, False, False, True, False], left=["male", cord, trunk, cord, ""],
                 right=[cord, trunk, "", cord, ""])  # fmt: skip
    clash, unknown = clashes(met)
    assert clash.tolist() == [False, False, False, True, False]
    assert unknown.tolist() == [False, False, True, False, True]


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
    found, dim = wrong_polarity(pieces([0] * n, [1] * n, types), 1)
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
    wrong = bool(wrong_polarity(pieces([0] * n, [1.0] * n, types), 1)[0][0])
    # Lane 1 to 4 are sent on fibres 1 to 4 and received on 12 to 9.
    crossed = order_of(types)[8:] == [4, 3, 2, 1]
    assert wrong == (not crossed)
