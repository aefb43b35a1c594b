"""Circuits beyond what is known of their coolant; plants whose approach nobody states."""

from __future__ import annotations

import pytest

import twin
from twin.checks.result import Report, State
from twin.pipeline import study
from twin.solve.coolant.coupled import loop_flows
from twin.solve.coolant.flow import LoopFlow, Unsolved
from twin.solve.coolant.racks import plant_supply_c

SITE = twin.load("tests/rules/facility.toml")
DATASHEET = {"coolant.loops.T1.fluid": "pg25_dowfrost_lc25"}  # known at 40 degC alone


def told(report: Report) -> dict[str, str]:
    return {gap.path: gap.meaning for gap in twin.gaps(report)}


def test_a_loop_beyond_its_coolants_table_is_not_solved_and_says_so():
    warm = twin.change(SITE, DATASHEET | {"coolant.loops.T1.supply_c": 45.0})
    (flow,) = study(warm)(loop_flows)
    assert isinstance(flow, Unsolved)
    report = twin.check(warm)
    assert (report.verdicts.state == State.UNKNOWN).all()
    assert told(report) == {
        "loop:T1": "it supplies 45 degC, and its pg25_dowfrost_lc25 is known at 40 degC alone"
    }


def test_within_the_table_it_is():
    (flow,) = study(twin.change(SITE, DATASHEET))(loop_flows)
    assert isinstance(flow, LoopFlow)


def test_what_the_dew_point_raises_a_set_point_to_counts():
    """17.9 degC of a room at 24 degC and 50 %, with the margin: a loop set to -5 holds that."""
    cold = twin.change(SITE, {"coolant.loops.T1.supply_c": -5.0})
    (flow,) = study(cold)(loop_flows)
    assert isinstance(flow, LoopFlow)
    assert flow.loop.set_point_c > 10


@pytest.mark.parametrize("supply", [34.0, float("nan")])
def test_air_without_an_approach_leaves_the_supply_of_a_plant_open(supply):
    aired = twin.change(SITE, {
        "coolant.plants.FWS.ambient_c": 35.0, "coolant.plants.FWS.supply_c": supply,
    })  # fmt: skip
    assert study(aired)(plant_supply_c)[0] != study(aired)(plant_supply_c)[0]
    report = twin.check(aired)
    assert not (report.verdicts.state == State.FEASIBLE).any()
    assert set(told(report)) == {"coolant.plants.FWS.approach_k"}
    near = twin.change(aired, {"coolant.plants.FWS.approach_k": 2.0})
    assert study(near)(plant_supply_c)[0] == pytest.approx(37.0)
