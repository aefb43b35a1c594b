"""CDUs hold their set-point by throttling, or stand wide open and float."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.solve.coolant.exchanger import Exchanger, exchanged_kw_k, ua_at
from twin.solve.coolant.set_point import hold_at_heat, hold_at_return, hot_share

HOT, COLD = np.array(0.067008), np.array(0.069164)
UNIT = Exchanger(np.array(313.0), np.array(1950.0), np.array(1950.0))
MOST = np.array(2200.0)


def at_heat(heat, facility, set_point=40.0, hot=1950.0, most=MOST, unit=UNIT):
    values = (np.asarray(v, dtype=float) for v in (hot, heat, facility, set_point))
    return hold_at_heat(unit, *values, most, HOT, COLD)


def at_return(back, facility, set_point=40.0, hot=1950.0, most=MOST, unit=UNIT):
    values = (np.asarray(v, dtype=float) for v in (hot, back, facility, set_point))
    return hold_at_return(unit, *values, most, HOT, COLD)


def carried(held, heat, facility, hot=1950.0):
    """Heat that the unit carries at the flows and temperatures found, kW."""
    ua = ua_at(UNIT, np.array(hot), held.facility_lpm)
    back = held.supply_c + heat / (hot * HOT)
    rate = exchanged_kw_k(ua, hot * HOT, held.facility_lpm * COLD)
    return rate * (back - facility)


@given(st.floats(50.0, 2500.0), st.floats(5.0, 45.0), st.floats(300.0, 3000.0))
def test_energy_closes_throttling_or_wide_open(heat, facility, hot):
    held = at_heat(heat, facility, hot=hot)
    assert held.throttling != held.wide_open
    assert carried(held, heat, facility, hot) == pytest.approx(heat, rel=1e-8)
    assert 0 < held.facility_lpm <= MOST
    if held.throttling:
        assert held.supply_c == 40.0
    else:
        assert held.facility_lpm == MOST
        assert held.supply_c > 40.0


@given(st.floats(100.0, 2500.0), st.floats(5.0, 45.0))
def test_a_return_that_its_own_heat_made_asks_for_the_same_flow(heat, facility):
    by_heat = at_heat(heat, facility)
    back = by_heat.supply_c + heat / (1950.0 * HOT)
    by_return = at_return(back, facility)
    assert by_return.facility_lpm == pytest.approx(float(by_heat.facility_lpm), rel=1e-6)
    assert by_return.supply_c == pytest.approx(float(by_heat.supply_c), abs=1e-6)


@given(st.floats(500.0, 2500.0), st.floats(20.0, 39.0))
def test_more_facility_flow_is_never_warmer(heat, facility):
    most = np.linspace(100.0, 4000.0, 40)
    held = at_heat(heat, facility, most=most)
    assert (np.diff(held.supply_c) <= 1e-9).all()
    shares = hot_share(UNIT, np.array(1950.0), most, HOT, COLD)
    assert (np.diff(shares) > 0).all()


def test_at_20_degc_facility_water_the_set_point_is_held_by_throttling():
    held = at_heat(1300.0, 20.0)
    assert held.throttling
    assert held.supply_c == 40.0
    assert held.facility_lpm < 700


def test_facility_water_as_warm_as_the_set_point_leaves_the_valve_open():
    for facility in (40.0, 42.0):
        held = at_heat(1300.0, facility)
        assert held.wide_open
        assert held.supply_c > facility
        assert carried(held, 1300.0, facility) == pytest.approx(1300.0)


def test_nothing_to_cool_takes_no_facility_flow():
    assert at_heat(0.0, 30.0).facility_lpm == 0
    cold = at_return(38.0, 30.0)
    assert (float(cold.facility_lpm), float(cold.supply_c)) == (0.0, 38.0)
    assert cold.throttling
    # Neither does a unit through which no coolant flows; heat that nothing carries has no answer.
    for held in (at_heat(0.0, 30.0, hot=0.0), at_return(50.0, 30.0, hot=0.0)):
        assert (float(held.facility_lpm), float(held.supply_c)) == (0.0, 40.0)
    assert np.isnan(at_heat(100.0, 30.0, hot=0.0).supply_c)
    # Facility water that is warmer than the return would only heat it.
    warm = at_return(45.0, 50.0)
    assert (float(warm.facility_lpm), float(warm.supply_c)) == (0.0, 45.0)


@pytest.mark.parametrize("lacks", range(6))
def test_what_is_not_known_is_neither(lacks):
    values = [np.array(v) for v in (1950.0, 1300.0, 36.0, 40.0, 2200.0, 313.0)]
    values[lacks] = np.array(np.nan)
    *rest, ua = values
    unit = UNIT._replace(ua_kw_k=ua)
    for hold in (hold_at_heat, hold_at_return):
        held = hold(unit, *rest, HOT, COLD)
        assert not held.throttling
        assert not held.wide_open
        assert np.isnan(held.facility_lpm)
        assert np.isnan(held.supply_c)


def test_many_at_once_give_the_bits_of_one():
    rng = np.random.default_rng(7)
    heat, facility = rng.uniform(50, 2500, 200), rng.uniform(5, 45, 200)
    many = at_heat(heat, facility)
    for lane in range(0, 200, 7):
        one = at_heat(heat[lane], facility[lane])
        assert one.facility_lpm == many.facility_lpm[lane]
        assert one.supply_c == many.supply_c[lane]
