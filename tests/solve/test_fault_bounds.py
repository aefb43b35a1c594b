"""Bounds of fault current on the base layout of the rules' cases, and what windows do over time."""

from __future__ import annotations

import functools
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twin import pipeline
from twin.model.change import Change, Scenario
from twin.site.site import Site
from twin.solve.losses.outages import timeline, told
from twin.solve.power.fault_bounds import FaultBounds, fault_bounds
from twin.solve.power.roots import count_sources
from twin.solve.study import Study

BASE = Path(__file__).parent.parent / "rules" / "base.toml"


@functools.cache
def base() -> Site:
    return pipeline.load(BASE)


def study_of(**changes: object) -> Study:
    """Study of the base layout; `__` stands for the dots of paths below `power`."""
    made = [Change("set", "power." + k.replace("__", "."), v) for k, v in changes.items()]
    return pipeline.study(base(), Scenario(changes=tuple(made)))


def node(study: Study, kind: str, name: str) -> int:
    return study.site.first[kind] + study.table(kind).row(name) - study.site.first["source"]


def on(study: Study, kind: str, name: str) -> float:
    found: FaultBounds = study(fault_bounds)
    return float(found.on_ka[node(study, kind, name)])


def test_transformers_in_parallel_add_up():
    """Two of 2,000 kVA and 6 % on one board of 415 V: 92.7 kA."""
    both = study_of(
        transformers__TA__z_pct=6.0, transformers__TB__z_pct=6.0,
        transformers__TB__fed_from="UA", transformers__TB__parallel_with="TA",
    )  # fmt: skip
    assert on(both, "board", "BA") == pytest.approx(92.7, abs=0.05)
    assert on(both, "busway", "R1A") == on(both, "board", "BA")


def test_the_worse_of_two_inputs_counts():
    one = study_of(transformers__TA__z_pct=6.0, transformers__TB__z_pct=4.0)
    two = study_of(
        transformers__TA__z_pct=6.0, transformers__TB__z_pct=4.0, boards__BA__alternate="SB"
    )
    assert on(two, "board", "BA") == pytest.approx(on(one, "board", "BB"))
    assert on(one, "board", "BA") < on(two, "board", "BA")


def test_a_figure_of_a_study_stands_for_the_bound_below_it():
    studied = study_of(transformers__TA__z_pct=6.0, boards__BA__fault_ka=30.0)
    assert on(studied, "busway", "R1A") == pytest.approx(30.0)


def test_what_nobody_says_is_no_bound():
    assert np.isinf(on(study_of(), "board", "BA"))


@settings(max_examples=15, deadline=None)
@given(st.floats(1.0, 12.0), st.floats(0.1, 5.0), st.floats(20.0, 500.0))
def test_more_in_the_way_never_raises_a_bound(z_pct: float, more: float, mva: float):
    alone = on(study_of(transformers__TA__z_pct=z_pct), "board", "BA")
    higher = on(study_of(transformers__TA__z_pct=z_pct + more), "board", "BA")
    weak = on(study_of(transformers__TA__z_pct=z_pct, sources__UA__fault_mva=mva), "board", "BA")
    assert higher < alone
    assert weak < alone


def test_sources_are_those_of_every_position():
    plain, other = study_of(), study_of(boards__BA__alternate="BB")
    joined = study_of(transformers__TB__fed_from="UA", transformers__TB__parallel_with="TA")
    ends = [("board", "BA"), ("busway", "R1A"), ("board", "BB")]
    for study, sources in ((plain, [1, 2, 0]), (other, [2, 2, 0]), (joined, [1, 1, 0])):
        nodes = np.array([*(node(study, *end) for end in ends), -1])
        assert count_sources(study, nodes, np.array([0, 1, 1, 2]), 3).tolist() == sources


def test_time_is_cut_where_windows_begin_and_end():
    time = study_of()(timeline)
    assert time.day.astype(str).tolist() == [
        "2026-01-01", "2026-02-01", "2026-02-04", "2030-01-01"
    ]  # fmt: skip
    assert time.share.shape == (5, 3)
    assert time.open_ended.sum() == 1


def test_the_day_on_which_an_outage_ends_is_told():
    study = study_of()
    place = int(study(timeline).place(np.array([node(study, "busway", "R1B")]))[0])
    assert told(study, 2, place).endswith("busway:R1B is out for work until 2026-02-04")
    later = study_of(windows__W1__state="temporary", windows__W1__until=date(2026, 1, 31))
    place = int(later(timeline).place(np.array([node(later, "board", "BA")]))[0])
    assert told(later, 2, place).endswith("board:BA is gone with no day of return")
