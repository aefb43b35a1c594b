"""Pumps: never beyond their points, humps told, envelopes, affinity."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.catalog import shipped
from twin.solve.coolant.pumps import (
    affinity,
    duty_envelope,
    head_at,
    pump_curve,
    pump_power_kw,
    speed_for,
)

CURVE = pump_curve(np.array([0.0, 400.0, 800.0, 1200.0]), np.array([480.0, 465.0, 400.0, 250.0]))


def test_the_shipped_hump_is_cut_flat_and_told():
    curve = shipped().get("vertiv_xdu1350").curves["pump"]
    pump = pump_curve(np.array(curve.column("flow_lpm")), np.array(curve.column("head_kpa")))
    assert pump.cut_flat
    assert np.isnan(pump.least_lpm)
    assert head_at(pump, np.array([0.0, 300.0])).tolist() == [483.016, 483.016]
    assert head_at(pump, np.array(1200.0)) == pytest.approx(249.973)
    assert np.isnan(head_at(pump, np.array(1401.0)))


def test_below_a_least_flow_the_head_there_stands_for_all():
    pump = pump_curve(np.array([0.0, 200, 400, 800]), np.array([476.0, 486, 480, 400]), 300.0)
    assert pump.cut_flat
    assert pump.flow_lpm.tolist() == [0, 200, 300, 400, 800]
    assert pump.head_kpa.tolist() == [483, 483, 483, 480, 400]
    falling = pump_curve(np.array([0.0, 400.0]), np.array([480.0, 465.0]), 300.0)
    assert not falling.cut_flat
    assert falling.head_kpa.tolist() == [480, 465]


@pytest.mark.parametrize(
    ("flow", "head", "least", "said"),
    [
        ([0, 100, 200], [400, 380, 390], 50, "rises from 380 to 390 kPa at 200 L/min"),
        ([0, 100, 200], [400, 390, 410], np.nan, "ends at 200 L/min, before the head falls"),
        ([0, 100], [300, 400], np.nan, "before the head falls"),
        ([0, 100, 100], [3, 2, 1], np.nan, "by growing flow"),
        ([0], [3], np.nan, "two points"),
        ([0, 100], [3, np.nan], np.nan, "all of them known"),
    ],
)
def test_curves_that_no_pump_can_run_on_are_errors(flow, head, least, said):
    with pytest.raises(ValueError, match=said):
        pump_curve(np.array(flow, dtype=float), np.array(head, dtype=float), least)


def test_an_envelope_reaches_its_duty_and_nothing_beyond():
    duty = duty_envelope(1200.0, 244.0)
    assert head_at(duty, np.array([0.0, 1200.0])).tolist() == [244, 244]
    assert np.isnan(head_at(duty, np.array([1200.1, -1.0, np.nan]))).all()
    assert head_at(duty, np.array(2400.0), pumps=2) == 244
    assert np.isnan(head_at(duty, np.array(600.0), speed=0.9))
    assert np.isnan(speed_for(duty, np.array(600.0), np.array(100.0)))


@given(st.floats(1.0, 1199.0), st.floats(0.05, 1.2), st.integers(1, 4))
def test_a_speed_gives_the_head_that_asked_for_it(each, speed, pumps):
    flow = np.array(each * speed * pumps)
    head = head_at(CURVE, flow, speed, pumps)
    assert speed_for(CURVE, flow, head, pumps) == pytest.approx(speed, rel=1e-9)


@given(st.floats(0.0, 1199.0), st.floats(0.1, 1.0))
def test_affinity_moves_points_along_the_curves(flow, ratio):
    head = head_at(CURVE, np.array(flow))
    at = affinity(np.array(flow), head, np.array(10.0), ratio)
    assert head_at(CURVE, at[0], ratio) == pytest.approx(float(at[1]), rel=1e-9)
    assert at[2] == pytest.approx(10 * ratio**3)


def test_the_head_never_grows_with_flow():
    flow = np.linspace(0, 1200, 500)
    assert (np.diff(head_at(CURVE, flow)) <= 0).all()


def test_stopped_pumps_and_unknown_efficiency_give_no_number():
    assert np.isnan(head_at(CURVE, np.array(100.0), speed=0.0))
    assert np.isnan(head_at(CURVE, np.array(100.0), pumps=0))
    for efficiency in (np.nan, 0.0, -0.5, 1.5):
        assert np.isnan(pump_power_kw(np.array(1200.0), np.array(250.0), efficiency))
    assert pump_power_kw(np.array(1200.0), np.array(250.0), 0.5) == 10.0


def test_past_the_end_of_its_curve_no_speed_is_known():
    assert np.isnan(speed_for(CURVE, np.array(1200.0), np.array(10.0)))
    assert speed_for(CURVE, np.array(1200.0), np.array(250.0)) == pytest.approx(1.0)
    assert speed_for(CURVE, np.array(1200.0), np.array(300.0)) > 1.0
