"""A rating that lacks a part says something at its published condition, and nothing elsewhere."""

import numpy as np
import pytest

import twin
from twin.checks.result import State
from twin.pipeline import study
from twin.solve.coolant.coupled import loop_flows
from twin.solve.coolant.rated import published_kw
from twin.solve.coolant.warmth import Valve

SITE = twin.load("tests/rules/coolant.toml")
CDUS = "coolant.cdus.*"
LACKING = {f"{CDUS}.facility_flow_lpm": np.nan, f"{CDUS}.facility_dp_kpa": np.nan}


def valves(**said):
    (flow,) = study(twin.change(SITE, LACKING | said))(loop_flows)
    return set(flow.warmth.valve[0].tolist())


def test_it_holds_where_all_that_is_stated_is_met():
    assert valves() == {Valve.AS_RATED}
    assert (study(twin.change(SITE, LACKING))(published_kw)[:2] == 1300).all()


@pytest.mark.parametrize(
    "elsewhere",
    [
        {f"{CDUS}.approach_k": np.nan},
        {f"{CDUS}.approach_k": 9.0},
        {f"{CDUS}.rated_fluid": "water"},
        {f"{CDUS}.rated_facility_fluid": "pg25"},
        {f"{CDUS}.rated_supply_c": 45.0},
        {f"{CDUS}.heat_kw": 300.0},
    ],
    ids=" ".join,
)
def test_elsewhere_nobody_knows(elsewhere):
    (flow,) = study(twin.change(SITE, LACKING | elsewhere))(loop_flows)
    assert set(flow.warmth.valve[0].tolist()) == {Valve.UNKNOWN}
    assert np.isnan(flow.rack_supply_c[0]).all()


def test_an_owner_may_state_the_approach():
    silent = {f"{CDUS}.approach_k": np.nan}
    assert valves(**silent) == {Valve.UNKNOWN}
    assert valves(**silent, **{"policy.limits.approach_k": 5.0}) == {Valve.AS_RATED}
    assert valves(**silent, **{"policy.limits.approach_k": 7.0}) == {Valve.UNKNOWN}


def test_the_same_coolant_has_more_than_one_name():
    assert valves(**{f"{CDUS}.rated_fluid": SITE.tables["loop"]["fluid"][0]}) == {Valve.AS_RATED}
    assert valves(**{f"{CDUS}.rated_fluid": "pg25-mass"}) == {Valve.UNKNOWN}


def test_a_cdu_without_an_approach_blocks_no_verdict_silently():
    report = twin.check(twin.change(SITE, LACKING | {f"{CDUS}.approach_k": np.nan}))
    assert not (report.verdicts.state == State.FEASIBLE).any()
    assert "coolant.cdus.C1.approach_k" in {gap.path for gap in twin.gaps(report)}


def test_a_rating_that_cannot_be_says_so_in_numbers():
    """400 kW in 400 L/min of water are 14.5 K from 36 degC, in 800 L/min of PG25 7.5 K from 40."""
    site = twin.load("tests/rules/facility.toml")
    wrong = twin.change(site, {"coolant.cdus.C1.flow_lpm": 800.0})
    (gap,) = twin.gaps(twin.check(wrong))
    assert gap.path == "cdu:C1"
    assert gap.meaning.startswith(
        "its rating cannot be: at 400 kW, 400 L/min of facility water leave at 50.5 degC and "
        "800 L/min of coolant come back at 47.5 degC"
    )
    assert "cdu:C1" in twin.coolant(wrong)["set_points.csv"]


@pytest.mark.parametrize(
    ("part", "valve"), [(1.0, Valve.AS_RATED), (0.999, Valve.UNKNOWN), (0.5, Valve.UNKNOWN)]
)
def test_more_coolant_than_rated_is_not_its_published_condition(part, valve):
    """The same heat in more coolant comes back colder: nearer to the water, with less to drive."""
    (flow,) = study(twin.change(SITE, LACKING))(loop_flows)
    runs = float(flow.unit_lpm[0].max())
    assert valves(**{f"{CDUS}.rated_flow_lpm": part * runs}) == {valve}


def test_beyond_its_rated_flow_what_lacks_of_the_rating_is_named():
    """In full 960 kW at 500 L/min cannot hold 989 L/min after a loss: it passed without a part."""
    site = twin.load("layouts/coolant_in_row.toml")
    tight = {f"{CDUS}.rated_flow_lpm": 500.0, f"{CDUS}.heat_kw": 960.0, f"{CDUS}.approach_k": 6.0}
    whole = twin.check(twin.change(site, tight))
    assert whole.counts["blocked"] > 0
    lacks = {f"{CDUS}.facility_flow_lpm": np.nan}
    report = twin.check(twin.change(site, tight | lacks))
    assert not (report.verdicts.state == State.FEASIBLE).any()
    assert "coolant.cdus.C1.facility_flow_lpm" in {gap.path for gap in twin.gaps(report)}


@pytest.mark.parametrize("lacks", [{}, {f"{CDUS}.rated_fluid": ""}, {f"{CDUS}.approach_k": np.nan}])
def test_a_rating_at_which_water_boils_cannot_be(lacks):
    """960 kW in 100 L/min of water are 138 K: what else is told of the rating is no matter."""
    small = {f"{CDUS}.heat_kw": 960.0, f"{CDUS}.rated_flow_lpm": 100.0}
    small |= {f"{CDUS}.facility_flow_lpm": 100.0}
    boils = twin.change(twin.load("layouts/coolant_in_row.toml"), small | lacks)
    report = twin.check(boils)
    assert (report.verdicts.state == State.UNKNOWN).all()
    if not lacks:
        named = {gap.path: gap.meaning for gap in twin.gaps(report)}
        assert "its rating cannot be: at 960 kW, 100 L/min of " in named["cdu:C1"]
        assert "and water boils at 100 degC" in named["cdu:C1"]
