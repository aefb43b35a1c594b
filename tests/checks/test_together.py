"""Measures that differ in their rows alone are judged as one, row by row as before."""

from __future__ import annotations

import numpy as np

from twin.checks.measure import Input, Measure
from twin.checks.together import together


def measure(rows: list[int], column: str = "heat_kw", **other: object) -> Measure:
    subject = np.array(rows)
    known = np.array([r % 2 == 0 for r in rows])
    return Measure(
        kind="cdu", subject=subject, demand=subject * 1.0, limit=np.full(len(rows), 9.0),
        inputs=(Input("cdu", column, subject, known),), **other,
    )  # fmt: skip


def test_measures_of_one_sort_become_one_where_the_first_stood() -> None:
    given = [measure([1, 2]), measure([7], "approach_k"), measure([3])]
    found = [one for _, one in together(given)]
    assert [one.subject.tolist() for one in found] == [[1, 2, 3], [7]]
    assert found[0].demand.tolist() == [1.0, 2.0, 3.0]
    assert found[0].inputs[0].known.tolist() == [False, True, False]
    assert found[0].case is None


def test_what_is_said_of_all_rows_at_once_is_said_of_each() -> None:
    one = measure([1, 2], sense="min")
    wide = Measure(
        kind="cdu", subject=np.array([3]), demand=np.array([3.0]), limit=np.array([9.0]),
        sense="min", inputs=(Input("cdu", "heat_kw", np.array([3]), np.array(True)),),
    )  # fmt: skip
    ((_, found),) = together([one, wide])
    assert found.inputs[0].known.tolist() == [False, True, True]


def test_owners_that_differ_keep_measures_apart() -> None:
    given = [measure([1], owner="a"), measure([2], owner="b"), measure([3])]
    found = [one for _, one in together(given)]
    assert [one.subject.tolist() for one in found] == [[1], [2], [3]]


def test_owners_by_row_stay_with_their_rows() -> None:
    a, b = (measure([row], owner=np.array([name])) for row, name in ((1, "a"), (2, "b")))
    ((_, found),) = together([a, b])
    assert (found.subject.tolist(), list(found.owner)) == ([1, 2], ["a", "b"])


def test_long_measures_follow_each_other_at_one_place() -> None:
    given = [measure([1, 2]), measure([7], "approach_k"), measure([3]), measure([4])]
    found = [(place, one.subject.tolist()) for place, one in together(given, most=3)]
    assert found == [(0, [1, 2, 3]), (1, [7]), (0, [4])]
