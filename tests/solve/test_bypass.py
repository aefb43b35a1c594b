"""Bypasses: below their least flow pumps move that much, and racks get what its head gives."""

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
from twin.solve.coolant.pumping import LPM, Control, curve_of, gain_of
from twin.solve.coolant.pumps import head_at, hydraulic_kw, pump_curve, speed_for

SITE = twin.load(Path(__file__).parents[2] / "layouts" / "hall_gb300.toml")
PUMP = pump_curve(np.array([0.0, 800, 1200, 1600]), np.array([340.0, 280, 220, 100]))
OPEN = PUMP._replace(bypass_lpm=1000.0)
CDUS, LOOPS = "coolant.cdus.*", "coolant.loops.*"
SLOW = {f"{LOOPS}.control": "speed", f"{LOOPS}.set_speed": 0.8, f"{LOOPS}.set_kpa": np.nan}


def flow_of(**changes: object) -> LoopFlow:
    found = study(twin.change(SITE, SLOW | changes))(loop_flows)[0]
    assert isinstance(found, LoopFlow)
    return found


def bypass(lpm: float) -> dict[str, object]:
    return {f"{CDUS}.min_flow_lpm": lpm, f"{CDUS}.bypass": True}


def test_what_goes_out_has_the_head_at_the_flow_of_the_bypass():
    gain = gain_of(OPEN, Control(np.nan, np.nan, 0.7), 1.0)
    # 0.49 of the head at 1,000 / 0.7 = 1,429 L/min.
    at = 0.49 * np.interp(1000 / 0.7, PUMP.flow_lpm, PUMP.head_kpa)
    assert at == pytest.approx(74.2)
    assert gain.gain_pa[:2] / 1000 == pytest.approx([at, at])
    assert gain.q_m3s[:2] / LPM == pytest.approx([0.0, 1000.0])
    half = gain_of(OPEN, Control(np.nan, np.nan, 1.0), 0.5)
    assert half.q_m3s[1] / LPM == pytest.approx(500.0)


def test_a_pressure_is_held_as_long_as_the_pumps_have_it_at_that_flow():
    held, beyond = (gain_of(OPEN, Control(kpa, np.nan, np.nan), 1.0) for kpa in (150, 300))
    assert held.gain_pa[0] == pytest.approx(150e3)
    assert beyond.gain_pa[0] == pytest.approx(250e3)  # of 300 kPa, at 1,000 L/min


@given(st.floats(1, 1600), st.floats(1, 1600), st.floats(0.3, 1.0))
def test_a_wider_bypass_never_leaves_more(a, b, share):
    control = Control(np.nan, np.nan, 1.0)
    less, more = sorted((a, b))
    narrow, wide = (gain_of(PUMP._replace(bypass_lpm=lpm), control, share) for lpm in (less, more))
    q = np.linspace(0.0, share * 1600.0, 50) * LPM
    given_pa = [np.interp(q, gain.q_m3s, gain.gain_pa) for gain in (narrow, wide)]
    assert (given_pa[1] <= given_pa[0] + 1e-6).all()


def test_racks_of_pumps_with_an_open_bypass_get_less_and_the_whole_flow_is_heat():
    shut, wide = flow_of(), flow_of(**bypass(1040.0))
    assert (shut.unit_lpm[0] < 1040.0).all()
    assert (wide.rack_lpm[0] < shut.rack_lpm[0]).all()
    one = study(SITE)
    curve, _ = curve_of(one, "cdu", int(wide.units[0]))
    assert curve is not None
    assert wide.unit_dp_kpa[0] == pytest.approx(
        float(head_at(curve, np.array(1040.0), 0.8)), rel=1e-6
    )
    efficiency = one.table("cdu")["pump_efficiency"][wide.units]
    pumps = hydraulic_kw(np.array(1040.0), wide.unit_dp_kpa[0]) / np.where(
        np.isnan(efficiency), 1.0, efficiency
    )
    carried = wide.warmth.heat_kw[0].sum() - wide.racks.heat_kw.sum()
    assert carried == pytest.approx(pumps.sum(), rel=1e-4)


def test_a_bypass_that_is_shut_changes_nothing():
    same = flow_of(**bypass(350.0))
    assert np.array_equal(same.rack_lpm[0], flow_of().rack_lpm[0])


def test_a_bypass_beyond_the_curve_at_its_speed_is_not_known():
    site = twin.change(SITE, SLOW | bypass(1300.0))  # the curve ends at 0.8 of 1,400 L/min
    found = study(site)(loop_flows)[0]
    assert isinstance(found, Unsolved)
    assert {gap.column for gap in found.missing} == {"min_flow_lpm"}


def test_the_speed_of_pumps_is_that_at_which_they_move_what_goes_round():
    speed = speed_for(OPEN, np.array(300.0), np.array(120.0))
    assert float(head_at(PUMP, np.array(1000.0), speed)) == pytest.approx(120.0)


def test_papers_say_what_goes_round():
    told = twin.coolant(twin.change(SITE, SLOW | bypass(1040.0)))
    head, first = told["set_points.csv"].splitlines()[:2]
    row = dict(zip(head.split(","), first.split(","), strict=True))
    assert float(row["expected_bypass_lpm"]) == pytest.approx(
        1040.0 - float(row["expected_flow_lpm"]), abs=0.2
    )
