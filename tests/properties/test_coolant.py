"""What always holds on coolant loops, whatever the numbers."""

from __future__ import annotations

import functools
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from twin import pipeline
from twin.arrays.compile import Arrays
from twin.checks.discover import all_rules
from twin.checks.engine import evaluate
from twin.checks.rows import Rows
from twin.model.change import Change, Scenario
from twin.site.site import Site
from twin.solve.coolant.psychro import dew_point_c
from twin.solve.coolant.racks import flow_need
from twin.solve.study import Study

RULES = [r for r in all_rules() if r.code in {"COL101", "COL102", "COL103"}]
SUPPLY = "coolant.loops.T1.supply_c"
LOAD = "racks.D1-*.provisioned_kw"


@functools.cache
def base() -> Site:
    return pipeline.load(Path(__file__).parents[1] / "rules" / "base.toml")


@functools.cache
def compiled() -> Arrays:
    return pipeline.study(base()).arrays


def study(**values: object) -> Study:
    paths = {"supply": SUPPLY, "load": LOAD}
    changes = tuple(Change("set", paths[k], v) for k, v in values.items())
    return pipeline.study(base(), Scenario(changes=changes), like=compiled())


def rows_of(one: Study) -> Rows:
    e = evaluate(one, RULES)
    return e.rows.take(e.worst)


@settings(max_examples=25, deadline=None)
@given(cold=st.floats(25, 45), warmer=st.floats(0, 20))
def test_colder_supply_never_raises_the_flow_need(cold: float, warmer: float) -> None:
    low, high = flow_need(study(supply=cold)), flow_need(study(supply=min(cold + warmer, 45.0)))
    assert (low <= high + 1e-9).all()
    assert not np.isnan(low).any()


@settings(max_examples=25, deadline=None)
@given(supply=st.one_of(st.floats(-20, 24.99), st.floats(45.01, 90)))
def test_a_curve_is_never_read_beyond_its_points(supply: float) -> None:
    assert np.isnan(flow_need(study(supply=supply))[:4]).all()


@settings(max_examples=20, deadline=None)
@given(load=st.floats(1, 3000), more=st.floats(0, 500))
def test_more_heat_never_improves_a_margin(load: float, more: float) -> None:
    before, after = rows_of(study(load=load)), rows_of(study(load=load + more))
    assert (after.subject == before.subject).all()
    assert (after.margin <= before.margin + 1e-9).all()
    assert (after.state >= before.state).all()


@settings(max_examples=15, deadline=None)
@given(load=st.floats(1, 3000), heat=st.floats(1, 3000))
def test_one_cdu_more_never_worsens(load: float, heat: float) -> None:
    copy = {"copy": "CDU1", "heat_kw": heat}
    add = Change("add", "coolant.cdus.CDU3", copy)
    more = Scenario(changes=(Change("set", LOAD, load), add))
    names = base().names.tolist()
    before, after = rows_of(study(load=load)), rows_of(pipeline.study(base(), more))
    assert len(before) == len(after) == len(RULES)
    assert all("CDU3" not in n for n in names)
    assert (after.margin >= before.margin - 1e-9).all()
    assert (after.state <= before.state).all()


@settings(max_examples=50, deadline=None)
@given(air=st.floats(0, 45), humid=st.floats(1, 100))
def test_a_dew_point_is_never_above_the_air(air: float, humid: float) -> None:
    dew = float(dew_point_c(np.array(air), np.array(humid)))
    assert dew <= air + 1e-9
    assert dew <= float(dew_point_c(np.array(air), np.array(100.0))) + 1e-9
