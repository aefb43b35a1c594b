"""A loss that cuts off where pressure is measured: pumps run at the speed that is said for it."""

import numpy as np
import pytest

import twin
from twin.checks.coolant.col204_unit_at_its_limit import unit_at_its_limit
from twin.pipeline import study
from twin.solve.coolant.coupled import loop_flows
from twin.solve.coolant.flow import LoopFlow
from twin.solve.coolant.stuck import stuck
from twin.solve.losses.cases import cases

SITE = twin.load("layouts/coolant_ring_main.toml")
LOOP = "coolant.loops.T1"
SENSED = {f"{LOOP}.sensor": "M1", "policy.losses.manifold": "full"}


def flow_of(**changes: object) -> tuple[LoopFlow, int]:
    """The loop, and the lane in which the manifold with its sensor is lost."""
    site = twin.change(SITE, SENSED | changes)
    (found,) = study(site)(loop_flows)
    assert isinstance(found, LoopFlow)
    lost = study(site)(cases).name.tolist().index("manifold:M1")
    return found, int(found.lanes.of_case[lost])


def test_what_its_pumps_then_do_is_not_known_where_nobody_says_it():
    flow, lost = flow_of()
    assert flow.moved.converged[0]
    assert not flow.moved.converged[lost]
    assert np.isnan(flow.rack_lpm[lost]).all()
    assert flow.moved.converged.sum() == len(flow.moved.converged) - 1


def test_words_say_why_and_what_to_say():
    (said,) = study(twin.change(SITE, SENSED))(stuck).values()
    assert "cuts its pressure sensor off" in said
    assert "cut_off_speed" in said
    assert study(twin.change(SITE, SENSED | {f"{LOOP}.cut_off_speed": 1.0}))(stuck) == {}


def test_pumps_run_at_the_speed_that_is_said():
    flow, lost = flow_of(**{f"{LOOP}.cut_off_speed": 1.0})
    fixed, _ = flow_of(**{f"{LOOP}.control": "speed", f"{LOOP}.set_speed": 1.0})
    held, _ = flow_of()
    assert flow.unit_lpm[lost] == pytest.approx(fixed.unit_lpm[lost], rel=1e-4)
    assert flow.rack_lpm[0] == pytest.approx(held.rack_lpm[0], rel=1e-6)
    assert flow.unit_dp_kpa[lost].max() > 1.2 * flow.unit_dp_kpa[0].max()


def test_a_duty_point_says_nothing_of_another_speed():
    flow, lost = flow_of(**{f"{LOOP}.cut_off_speed": 0.8})
    assert not flow.moved.converged[lost]
    assert flow.moved.converged.sum() == len(flow.moved.converged) - 1


def test_without_a_sensor_the_speed_changes_nothing():
    report = twin.check(twin.change(SITE, {f"coolant.{k}.cut_off_speed": 0.7 for k in PLACES}))
    assert report.counts["feasible"] == report.counts["delivered"]


PLACES = ("loops.T1", "plants.FWS")
DRAINED = {  # the junction F1, with any of its pipes
    "coolant.plants.FWS.sensor": "F1",
    "coolant.pipes.FW-1.valves": "start",
    "coolant.pipes.F1-F2.valves": "end",
    "coolant.pipes.F1-C1.valves": "none",
}


def test_a_plant_whose_sensor_is_cut_off_is_not_known_either():
    site = twin.change(SITE, DRAINED)
    plant, loop = study(site)(stuck).values()
    assert "cuts its pressure sensor off" in plant
    assert loop.endswith(plant)  # who waits for its water says so
    report = twin.check(site)
    assert report.counts["unknown"] == report.counts["delivered"]
    assert [gap.path for gap in report.gaps] == ["loop:T1"]


def test_nor_are_loops_whose_valves_close_no_further():
    cold = {"coolant.cdus.*.valve_min": 0.9, "coolant.plants.FWS.supply_c": 15}
    found = study(twin.change(SITE, DRAINED | cold))(loop_flows)
    (loop,) = (f for f in found if isinstance(f, LoopFlow))
    assert loop.moved.converged[0]
    assert not loop.moved.converged.all()


@pytest.mark.parametrize("kind", ["loop", "plant"])
def test_no_pressure_is_judged_where_none_is_seen(kind):
    at = SENSED if kind == "loop" else DRAINED
    one = study(twin.change(SITE, at | {f"coolant.{kind}s.*.cut_off_speed": 1.0}))
    for measure in unit_at_its_limit.run(one):
        assert not np.isnan(measure.demand).any()
