"""Short-circuit currents that are upper bounds."""

from __future__ import annotations

import cmath
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.solve.power.faults import after_run_ka, full_load_a, infinite_bus_ka, together_ka


def test_less_impedance_and_more_rating_let_more_through():
    assert infinite_bus_ka(3000, 480, 5.0) > infinite_bus_ka(3000, 480, 6.0)
    assert infinite_bus_ka(3000, 480, 5.75, 7.5) > infinite_bus_ka(3000, 480, 5.75)
    assert infinite_bus_ka(2000, 415, 6.0) == pytest.approx(
        full_load_a(2000, 415) / 0.06 / 1000, rel=1e-15
    )


def test_sources_on_one_bus_add_up_and_an_unknown_one_makes_the_sum_unknown():
    each = infinite_bus_ka(np.array([2000.0, 1000.0]), 415.0, np.array([6.0, 6.0]))
    assert together_ka(each) == pytest.approx(each[0] * 1.5)
    assert math.isnan(together_ka([50.0, math.nan]))
    assert together_ka(np.ones((3, 2)), axis=0).tolist() == [3.0, 3.0]


@given(
    ka=st.floats(1, 200),
    before=st.floats(0, math.pi / 2),
    r=st.floats(0, 1),
    x=st.floats(0, 1),
)
def test_no_angle_of_the_grid_gives_more_after_a_run(ka, before, r, x):
    volts, km = 480.0, 0.03
    grid = volts / (math.sqrt(3) * ka * 1000) * cmath.exp(1j * before)
    true = volts / (math.sqrt(3) * abs(grid + km * complex(r, x))) / 1000
    assert after_run_ka(ka, volts, km * 1000, r, x) >= true * (1 - 1e-12)


def test_a_run_of_no_length_changes_nothing():
    assert after_run_ka(62.76, 480.0, 0.0, 0.1, 0.1) == pytest.approx(62.76)


def test_what_is_not_known_stays_so():
    assert math.isnan(infinite_bus_ka(3000, 480, math.nan))
    assert np.isinf(infinite_bus_ka(3000, 480, 0.0))
