"""Rows that a measure leaves say what all of its rows say."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from twin.checks.rows import FAILED, NOT_KNOWN, Rows
from twin.checks.worst import deciding, ranks, worst_rows
from twin.pipeline import load

SUBJECTS = 7


def rows(seed: int) -> Rows:
    """Rows of a measure with many ties, in the order of nothing."""
    random = np.random.default_rng(seed)
    n = 300
    state = random.choice([0, 1, 2], n)
    whole = np.zeros(n, dtype=np.int64)
    return Rows(
        rule=whole, subject=random.integers(0, SUBJECTS, n), other=whole,
        case=random.integers(0, 4, n), demand=np.arange(n) * 1.0, limit=whole * 1.0,
        margin=np.where(state == NOT_KNOWN, np.nan, random.integers(-2, 3, n) / 4),
        shortfall=whole * 1.0, state=state, gate=whole == 0, budget=whole - 1,
        gap=np.where(state == NOT_KNOWN, random.integers(-1, 3, n), -1), owner=whole,
    )  # fmt: skip


def worst(some: Rows) -> list[float]:
    """Demands of the worst rows, which tell one row from another."""
    return some.take(worst_rows(some, np.arange(SUBJECTS))).demand.tolist()


def test_subjects_stand_by_their_names() -> None:
    site = load(Path(__file__).parents[2] / "layouts" / "hall_gb300.toml")
    order = np.argsort(site.names, kind="stable")
    assert np.argsort(ranks(site)).tolist() == order.tolist()
    some = np.array([0, -1, site.size - 1])
    assert site.names_of(some).tolist() == [site.names[0], "", site.names[-1]]
    assert site.names_of(np.arange(site.size)).tolist() == site.names.tolist()


@pytest.mark.parametrize("seed", range(5))
def test_the_worst_are_the_worst_of_all(seed: int) -> None:
    every = rows(seed)
    some = deciding(every)
    assert len(some) < len(every)
    assert worst(some) == worst(every)


@pytest.mark.parametrize("seed", range(5))
def test_so_are_the_worst_of_those_that_no_waiver_takes_away(seed: int) -> None:
    every = rows(seed)
    some = deciding(every)
    left = [one.take(one.state != FAILED) for one in (every, some)]
    assert worst(left[1]) == worst(left[0])
    # By margin alone the first in order counts.
    bare = [replace(one, case=np.zeros(len(one), dtype=np.int64)) for one in (*left, every, some)]
    assert worst(bare[1]) == worst(bare[0])
    assert worst(bare[3]) == worst(bare[2])


@pytest.mark.parametrize("seed", range(5))
def test_every_figure_that_is_missing_is_told(seed: int) -> None:
    every = rows(seed)
    some = deciding(every)
    told = [set(zip(one.subject.tolist(), one.gap.tolist(), strict=True)) for one in (
        every.take(every.state == NOT_KNOWN), some.take(some.state == NOT_KNOWN))]  # fmt: skip
    assert told[1] == told[0]
