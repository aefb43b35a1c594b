"""Pumps between their least and greatest speed, whatever they are to hold."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import twin
from twin.pipeline import study
from twin.solve.coolant.coupled import loop_flows
from twin.solve.coolant.flow import LoopFlow, Unsolved
from twin.solve.coolant.pumping import LPM, Control, Limit, curve_of, gain_of
from twin.solve.coolant.pumps import pump_curve

SITE = twin.load("tests/rules/coolant.toml")
CDUS, LOOP = "coolant.cdus.*", "coolant.loops.T1"
CURVE = {f"{CDUS}.type": "vertiv_xdu1350", f"{CDUS}.flow_lpm": np.nan, f"{CDUS}.head_kpa": np.nan}
PUMP = pump_curve(np.array([0.0, 800, 1200, 1600]), np.array([340.0, 280, 220, 100]))


def flow_of(**changes: object) -> LoopFlow:
    (found,) = study(twin.change(SITE, CURVE | changes))(loop_flows)
    assert isinstance(found, LoopFlow)
    return found


def heads(flow: LoopFlow, speed: float) -> np.ndarray:
    """(u,) what each unit gives at a speed and at its flow, healthy, kPa."""
    curve, _ = curve_of(study(twin.change(SITE, CURVE)), "cdu", int(flow.units[0]))
    assert curve is not None
    return speed**2 * np.interp(flow.unit_lpm[0] / speed, curve.flow_lpm, curve.head_kpa)


def test_pumps_that_may_not_run_at_full_speed_give_what_the_greatest_allows():
    flow = flow_of(**{f"{LOOP}.set_kpa": 400, f"{CDUS}.speed_max": 0.8})
    assert flow.unit_dp_kpa[0] == pytest.approx(heads(flow, 0.8), rel=1e-6)
    assert (flow.limit[0] == Limit.FULL).all()


def test_a_flow_that_is_held_is_not_held_below_the_least_speed():
    held = {f"{LOOP}.control": "flow", f"{LOOP}.set_lpm": 400.0}
    free, slow = flow_of(**held), flow_of(**held, **{f"{CDUS}.speed_min": 0.7})
    assert free.unit_lpm[0] == pytest.approx(400.0)
    assert (free.limit[0] == Limit.HOLDS).all()
    assert (slow.unit_lpm[0] > 420).all()
    assert slow.unit_dp_kpa[0] == pytest.approx(heads(slow, 0.7), rel=1e-6)
    assert (slow.limit[0] == Limit.LEAST).all()


def test_one_unit_at_its_least_speed_beside_one_that_holds():
    held = {f"{LOOP}.control": "flow", f"{LOOP}.set_lpm": 400.0}
    flow = flow_of(**held, **{"coolant.cdus.C1.speed_min": 0.7})
    both = flow_of(**held, **{f"{CDUS}.speed_min": 0.7})
    assert flow.moved.converged.all()
    assert flow.limit[0].tolist() == [Limit.LEAST, Limit.HOLDS]
    assert flow.unit_lpm[0, 1] == pytest.approx(400.0)
    assert flow.unit_lpm[0, 0] > both.unit_lpm[0, 0] > 400.0
    assert flow.unit_dp_kpa[0, 0] == pytest.approx(heads(flow, 0.7)[0], rel=1e-6)


def test_a_unit_that_falls_short_at_its_least_speed_runs_faster_again():
    held = {f"{LOOP}.control": "flow", f"{LOOP}.set_lpm": 400.0}
    flow = flow_of(**held, **{"coolant.cdus.C1.speed_min": 0.9, "coolant.cdus.C2.speed_min": 0.58})
    assert flow.moved.converged.all()
    assert (flow.unit_lpm[0] >= 400.0 * (1 - 1e-6)).all()
    assert flow.limit[0, 0] == Limit.LEAST


def test_a_sensor_of_pressure_changes_nothing_where_a_flow_is_held():
    held = {f"{LOOP}.control": "flow", f"{LOOP}.set_lpm": 400.0, f"{CDUS}.speed_min": 0.7}
    plain, sensed = flow_of(**held), flow_of(**held, **{f"{LOOP}.sensor": "M1"})
    assert (plain.unit_lpm == sensed.unit_lpm).all()


def test_a_flow_above_that_of_the_least_speed_is_held():
    flow = flow_of(
        **{f"{LOOP}.control": "flow", f"{LOOP}.set_lpm": 400.0, f"{CDUS}.speed_min": 0.3}
    )
    assert flow.unit_lpm[0] == pytest.approx(400.0)
    assert (flow.limit[0] == Limit.HOLDS).all()


def test_a_speed_that_is_held_stays_between_both():
    gain = gain_of(PUMP._replace(speed_max=0.6), Control(np.nan, np.nan, 0.9), 1.0)
    assert gain.q_m3s[-1] / LPM == pytest.approx(0.6 * 1600)
    assert gain.gain_pa[0] == pytest.approx(0.36 * 340e3)


@pytest.mark.parametrize(("kpa", "lpm"), [(150.0, np.nan), (np.nan, 700.0)])
@given(a=st.floats(0.05, 1.0), b=st.floats(0.05, 1.0), share=st.floats(0.3, 1.0))
def test_a_greater_least_or_greatest_speed_never_gives_less(kpa, lpm, a, b, share):
    q = np.linspace(0.0, 1600.0, 60) * LPM
    less, more = sorted((a, b))
    for key in ("speed_min", "speed_max"):
        pa = []
        for speed in (less, more):
            gain = gain_of(PUMP._replace(**{key: speed}), Control(kpa, lpm, np.nan), share)
            pa.append(np.where(q > gain.most_m3s, 0.0, np.interp(q, gain.q_m3s, gain.gain_pa)))
        assert (pa[0] <= pa[1] + 1e-6).all()
        assert (np.diff(gain.q_m3s) > 0).all()
        assert (np.diff(gain.gain_pa) <= 1e-6).all()


@pytest.mark.parametrize("key", ["speed_min", "speed_max"])
def test_of_one_duty_point_nothing_is_known_at_other_speeds(key):
    (found,) = study(twin.change(SITE, {f"{CDUS}.{key}": 0.9}))(loop_flows)
    assert isinstance(found, Unsolved)
    assert {m.column for m in found.missing} == {"type"}


def test_a_least_speed_above_the_greatest_is_told(tmp_path):
    path = tmp_path / "speeds.toml"
    text = Path("layouts/coolant_in_row.toml").read_text()
    path.write_text(text.replace("pumps = 3\n", "pumps = 3\nspeed_min = 0.9\nspeed_max = 0.5\n", 1))
    with pytest.raises(twin.TwinError, match=r"0\.9 of full speed at least and 0\.5 at most"):
        twin.load(path)
