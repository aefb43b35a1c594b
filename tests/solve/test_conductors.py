"""Voltage drop, near and exact, and what heat does to resistance and rating."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.catalog import shipped
from twin.solve.power.conductors import (
    ambient_factor,
    drop_three_phase_v,
    drop_two_wire_v,
    effective_z,
    received_v,
    resistance_at,
)

R, X = 0.095, 0.157


def test_at_unity_only_resistance_counts_and_reactance_costs_below_it():
    assert effective_z(R, X, 1.0) == R
    assert effective_z(R, X, 0.0) == pytest.approx(X)
    assert effective_z(R, X, 0.9) > effective_z(R, X, 1.0)


def test_two_wires_lose_twice_one_way_and_three_phases_root_three_times():
    assert drop_two_wire_v(100, 500, R) == pytest.approx(2 * 100 * 0.5 * R)
    assert drop_three_phase_v(100, 500, R) == pytest.approx(math.sqrt(3) * 100 * 0.5 * R)


@given(
    amps=st.floats(0, 400),
    metres=st.floats(0, 200),
    factor=st.floats(0.5, 1.0),
)
def test_the_received_voltage_satisfies_its_equation(amps, metres, factor):
    far = received_v(480.0, amps, metres, R, X, factor) / math.sqrt(3)
    sin = math.sqrt(1 - factor**2)
    ir, ix = amps * R * metres / 1000, amps * X * metres / 1000
    sent = math.hypot(far * factor + ir, far * sin + ix)
    assert sent == pytest.approx(480.0 / math.sqrt(3), rel=1e-12)


@given(amps=st.floats(1, 400), metres=st.floats(1, 200), factor=st.floats(0.5, 1.0))
def test_the_near_formula_never_says_more_than_the_exact_one(amps, metres, factor):
    near = drop_three_phase_v(amps, metres, effective_z(R, X, factor))
    exact = 480.0 - received_v(480.0, amps, metres, R, X, factor)
    assert near <= exact * (1 + 1e-9)
    assert exact <= 1.05 * near


def test_a_run_that_cannot_carry_its_current_has_no_voltage():
    assert math.isnan(received_v(480.0, 5000, 2000, R, X, 0.95))
    assert math.isnan(received_v(480.0, math.nan, 20, R, X, 0.95))


def test_resistance_goes_there_and_back():
    hot = resistance_at(R, 75, 90, "aluminium")
    assert hot > R
    assert resistance_at(hot, 90, 75, "aluminium") == pytest.approx(R, rel=1e-14)
    with pytest.raises(KeyError):
        resistance_at(R, 75, 90, "silver")


def test_cooler_gains_nothing_and_the_hottest_leaves_nothing():
    left = ambient_factor(np.array([20.0, 40.0, 50.0, 105.0, 120.0]), 40, 105)
    assert left.round(2).tolist() == [1.0, 1.0, 0.92, 0.0, 0.0]
    assert math.isnan(ambient_factor(math.nan, 40, 105))


def test_wire_of_the_code_s_table_is_derated_as_the_code_derates_it():
    # Published factors of wire of 75 degC at the hot end of their classes.
    published = {35: 0.94, 40: 0.88, 45: 0.82, 50: 0.75, 55: 0.67, 60: 0.58}
    for ambient, factor in published.items():
        assert ambient_factor(ambient, 30, 75) == pytest.approx(factor, abs=0.006)


def test_bigger_wire_has_less_of_everything_but_ampacity():
    small, big = shipped().get("cu_350kcmil_steel"), shipped().get("cu_600kcmil_steel")
    for name in ("r_ohm_per_km", "x_ohm_per_km"):
        assert small.number(name) > big.number(name)
    assert small.number("ampacity_a") < big.number("ampacity_a")
    aluminium = shipped().get("al_350kcmil_steel")
    assert aluminium.number("r_ohm_per_km") > small.number("r_ohm_per_km")
