"""When breakers open, by standard and by a maker's points, and how long a UPS holds."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.catalog import profile, shipped
from twin.solve.losses.trips import Band, band, opens, opens_by_points, withstand_s

CODES = (("nec-us", "trip"), ("iec-eu", "trip"), ("iec-eu", "mcb"))


def of(code: str, amps: float, prefix: str = "trip") -> Band:
    return band(profile(code).number, amps, prefix)


@pytest.mark.parametrize(
    ("code", "prefix", "amps", "holds", "must", "within"),
    [
        ("nec-us", "trip", 50, 1.00, 1.35, 3600),
        ("nec-us", "trip", 51, 1.00, 1.35, 7200),
        ("iec-eu", "trip", 63, 1.05, 1.30, 3600),
        ("iec-eu", "trip", 250, 1.05, 1.30, 7200),
        ("iec-eu", "mcb", 32, 1.13, 1.45, 3600),
    ],
)
def test_what_holds_never_opens_and_what_must_opens_in_time(
    code, prefix, amps, holds, must, within
):
    times = opens(of(code, amps, prefix), np.array([holds, holds + 0.01, must - 0.01, must]), 0.5)
    assert times.soonest_s[0] == math.inf
    assert all(math.isfinite(t) for t in times.soonest_s[1:])
    assert times.latest_s.tolist() == [math.inf, math.inf, math.inf, within]


def test_twice_the_rating_opens_in_minutes_as_far_as_the_table_was_read():
    sizes = np.array([20, 30, 50, 60, 150, 225, 226.0])
    latest = opens(band(profile("nec-us").number, sizes), 2.0, 0.0).latest_s
    assert latest.tolist() == [120, 120, 240, 360, 480, 600, 7200]
    small = opens(of("iec-eu", 16, "mcb"), 2.55, 0.0)
    assert (small.soonest_s.round(2).tolist(), small.latest_s.tolist()) == ([1.0], [60.0])


@pytest.mark.parametrize(("code", "prefix"), CODES)
@given(
    load=st.floats(0, 5), more=st.floats(0, 1), before=st.floats(0, 1.2), amps=st.floats(1, 4000)
)
def test_more_load_never_opens_later_and_a_warm_breaker_never_later_than_a_cold_one(
    code, prefix, load, more, before, amps
):
    this = of(code, amps, prefix)
    times, heavier = opens(this, load, before), opens(this, load + more, before)
    assert (times.soonest_s <= times.latest_s).all()
    assert (heavier.soonest_s <= times.soonest_s).all()
    assert (heavier.latest_s <= times.latest_s).all()
    assert (times.soonest_s <= opens(this, load, 0.0).soonest_s).all()


def test_a_breaker_at_its_setting_already_may_open_at_once():
    assert opens(of("nec-us", 400), 1.1, 1.0).soonest_s.tolist() == [0.0]


def test_the_default_band_is_no_later_than_a_real_device():
    points = shipped().get("compact_nsx_tm100d").curves["trip"]
    at, soonest, latest = (points.column(c) for c in points.columns)
    real = opens_by_points(at, soonest, latest, np.array([1.4, 1.5]), 1.05)
    assert (opens(of("iec-eu", 100), np.array([1.4, 1.5]), 0.0).soonest_s <= real.soonest_s).all()
    assert real.latest_s.tolist() == [math.inf, 400.0]


def test_what_is_not_known_is_neither_open_nor_closed():
    this = band(profile("nec-us").number, np.array([100.0, math.nan]))
    times = opens(this, np.array([math.nan, 1.4]), 0.0)
    assert np.isnan(times.latest_s).all()
    assert np.isnan(times.soonest_s).tolist() == [True, False]
    nobody = opens(band(profile("nec-us").number, 16.0, "mcb"), 1.2, 0.0)
    assert np.isnan(nobody.soonest_s).all()
    assert np.isnan(nobody.latest_s).all()
    assert np.isnan(opens_by_points([1.5], [120], [400], math.nan).latest_s)


def test_points_of_a_maker_are_steps_on_the_safe_side():
    times = opens_by_points([1.5, 6], [120, 10], [400, 20], np.array([1.2, 1.5, 3, 6, 7]), 1.05)
    assert times.soonest_s.tolist() == [120, 120, 10, 10, 0]
    assert times.latest_s.tolist() == [math.inf, 400, 400, 20, 20]


def test_a_ups_holds_by_steps():
    curve = shipped().get("mge_galaxy_pw").curves["overload"]
    at, hold = curve.column("load_pu"), curve.column("hold_s")
    held = withstand_s(at, hold, np.array([0.5, 1.0, 1.01, 1.25, 1.26, 1.5, 1.6, 2.0]))
    assert held.tolist() == [math.inf, math.inf, 600, 600, 60, 60, 1, 0]
    assert math.isnan(withstand_s(at, hold, math.nan))


def test_a_bypass_may_carry_more_for_ever():
    ups = shipped().get("staco_firstline")
    curve, forever = ups.curves["bypass_overload"], ups.number("bypass_continuous_pu")
    at, hold = curve.column("load_pu"), curve.column("hold_s")
    assert withstand_s(at, hold, np.array([1.1, 1.2]), forever).tolist() == [math.inf, 120]
