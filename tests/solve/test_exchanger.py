"""Exchangers: energy closes, limits hold, and a rating that lacks something gives no number."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from twin.solve.coolant.exchanger import (
    Exchanger,
    counterflow,
    crossflow,
    exchanged_kw_k,
    outlets,
    parallel,
    transfer_units,
    ua_at,
    ua_from_rated_point,
)

NTU = st.floats(0.01, 12.0)
CR = st.floats(0.0, 1.0)
RATE = st.floats(1.0, 500.0)


@given(NTU)
def test_limits_are_exact(ntu):
    n, nothing, all_ = np.array(ntu), np.array(0.0), np.array(1.0)
    assert counterflow(n, all_) == ntu / (1 + ntu)
    for arrangement in (counterflow, parallel, crossflow):
        assert arrangement(n, nothing) == pytest.approx(-np.expm1(-ntu), rel=1e-14)
    assert parallel(n, all_) == pytest.approx(-np.expm1(-2 * ntu) / 2, rel=1e-14)


@given(NTU, st.floats(1e-15, 1e-3))
def test_near_one_no_digits_are_lost(ntu, gap):
    near = float(counterflow(np.array(ntu), np.array(1.0 - gap)))
    assert near == pytest.approx(ntu / (1 + ntu), abs=ntu * gap)


@given(NTU, CR)
def test_counterflow_is_the_best_and_is_turned_back(ntu, cr):
    n, c = np.array(ntu), np.array(cr)
    best = counterflow(n, c)
    assert parallel(n, c) <= best + 1e-12
    assert crossflow(n, c) <= best + 1e-12
    if best < 0.999:
        assert transfer_units(best, c) == pytest.approx(ntu, rel=1e-9)


@given(RATE, RATE, RATE, st.floats(20.0, 70.0), st.floats(5.0, 40.0))
def test_energy_closes_and_nothing_crosses(ua, hot, cold, hot_in, cold_in):
    out = outlets(*(np.array(v) for v in (ua, hot, cold, hot_in, cold_in)))
    assert out.heat_kw == pytest.approx(hot * (hot_in - float(out.hot_out_c)), rel=1e-9, abs=1e-9)
    assert out.heat_kw == pytest.approx(
        cold * (float(out.cold_out_c) - cold_in), rel=1e-9, abs=1e-9
    )
    low, high = min(hot_in, cold_in) - 1e-9, max(hot_in, cold_in) + 1e-9
    assert low <= out.hot_out_c <= high
    assert low <= out.cold_out_c <= high
    # Conductance times the mean logarithmic difference is the same heat.
    ends = float(hot_in - out.cold_out_c), float(out.hot_out_c - cold_in)
    if min(map(abs, ends)) > 1e-3 and abs(ends[0] / ends[1] - 1) > 1e-3:
        mean = (ends[0] - ends[1]) / np.log(ends[0] / ends[1])
        assert out.heat_kw == pytest.approx(ua * mean, rel=1e-6)


@given(RATE, st.floats(0.5, 15.0), RATE, RATE)
def test_a_rated_point_comes_back(heat, approach, hot, cold):
    ua = ua_from_rated_point(np.array(heat), np.array(approach), np.array(hot), np.array(cold))
    inlets = approach + heat / hot
    if heat / (min(hot, cold) * inlets) > 0.9999:
        return
    assert exchanged_kw_k(ua, np.array(hot), np.array(cold)) * inlets == pytest.approx(heat)


@pytest.mark.parametrize("lacks", range(4))
def test_a_rating_that_lacks_one_figure_has_no_conductance(lacks):
    rated = [np.array(v) for v in (1300.0, 4.0, 130.666, 134.87)]
    assert ua_from_rated_point(*rated) == pytest.approx(313.0, rel=1e-3)
    rated[lacks] = np.array(np.nan)
    ua = ua_from_rated_point(*rated)
    assert np.isnan(ua)
    unit = Exchanger(ua, np.array(1950.0), np.array(1950.0))
    assert np.isnan(ua_at(unit, np.array(1950.0), np.array(1950.0)))


def test_an_impossible_rating_has_no_conductance():
    # 1,300 kW into 50 kW/K would warm facility water by 26 K over inlets 14 K apart.
    assert np.isnan(ua_from_rated_point(1300.0, 4.0, np.array(130.0), np.array(50.0)))


@given(arrays(float, 8, elements=st.floats(1.0, 4000.0)))
def test_conductance_grows_with_either_flow(flows):
    unit = Exchanger(np.array(313.0), np.array(1950.0), np.array(1950.0))
    more = np.sort(flows)
    for pair in ((more, np.array(900.0)), (np.array(900.0), more)):
        assert (np.diff(ua_at(unit, *pair)) >= 0).all()


def test_without_flow_nothing_is_exchanged():
    zero, some = np.array(0.0), np.array(100.0)
    unit = Exchanger(np.array(313.0), np.array(1950.0), np.array(1950.0))
    assert ua_at(unit, some, zero) == 0
    out = outlets(np.array(300.0), some, zero, np.array(50.0), np.array(30.0))
    assert [float(v) for v in out] == [0.0, 50.0, 30.0]
    assert float(exchanged_kw_k(np.array(300.0), zero, zero)) == 0
    assert np.isnan(exchanged_kw_k(np.array(300.0), zero, np.array(np.nan)))
