"""Links of pieces: pins meet holes, and lanes cross over once."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.catalog import shipped
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


def test_duplex_fibre_has_no_pins():
    cord, optic = (shipped().get(name) for name in ("fibre_lc_sm", "2xfr4_800g"))
    assert {GENDERS[gender(cord)], GENDERS[optic_gender(optic)]} == {"none"}
