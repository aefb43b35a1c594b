"""Facility valves that do not close, do not open wholly, or are held at one position."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import twin
from twin.pipeline import study
from twin.solve.coolant.coupled import coolant, loop_flows, plant_flows
from twin.solve.coolant.exchanger import Exchanger
from twin.solve.coolant.facility import PlantFlow
from twin.solve.coolant.flow import LoopFlow
from twin.solve.coolant.pumps import pump_curve
from twin.solve.coolant.set_point import hold_at_heat, hold_at_return
from twin.solve.coolant.used import facility_return_c
from twin.solve.coolant.warmth import Valve
from twin.solve.losses.cases import cases

SITE = twin.load("tests/rules/coolant.toml")
RING = twin.load("layouts/coolant_ring_main.toml")
CDUS = "coolant.cdus.*"
HOT, COLD = np.array(0.067008), np.array(0.069164)
UNIT = Exchanger(np.array(313.0), np.array(1950.0), np.array(1950.0))


def held(site: twin.Site = SITE, **changes: object) -> tuple[LoopFlow, PlantFlow | None]:
    one = study(twin.change(site, changes) if changes else site)
    loop = next(f for f in one(loop_flows) if isinstance(f, LoopFlow))
    plants = [p for p in one(plant_flows) if isinstance(p, PlantFlow)]
    return loop, plants[0] if plants else None


@given(st.floats(50.0, 2500.0), st.floats(5.0, 38.0), st.floats(50.0, 1900.0))
def test_a_least_flow_makes_the_supply_colder_and_closes_its_energy(heat, facility, least):
    args = UNIT, np.array(1950.0), np.array(heat), np.array(facility), np.array(40.0)
    free, bound = (hold_at_heat(*args, np.array(2200.0), HOT, COLD, v) for v in (0.0, least))
    assert bound.facility_lpm == max(float(free.facility_lpm), least)
    assert bound.supply_c <= free.supply_c + 1e-9
    assert int(bound.throttling) + int(bound.wide_open) + int(bound.at_least) == 1
    back = bound.supply_c + heat / (1950.0 * HOT)
    again = hold_at_return(
        UNIT, np.array(1950.0), back, np.array(facility), np.array(40.0), np.array(2200.0),
        HOT, COLD, least,
    )  # fmt: skip
    assert float(again.supply_c) == pytest.approx(float(bound.supply_c), abs=1e-6)
    assert bool(again.at_least) == bool(bound.at_least)


def test_a_valve_that_is_held_lets_the_supply_go_where_it_goes():
    fixed = {f"{CDUS}.valve_min": 0.5, f"{CDUS}.valve_max": 0.5}
    cold, _ = held(**fixed, **{"coolant.plants.FWS.supply_c": 20})
    assert cold.warmth.facility_lpm[0] == pytest.approx(750.0)
    assert (cold.warmth.valve[0] == Valve.AT_LEAST).all()
    assert (cold.warmth.supply_c[0] < 38).all()
    warm, _ = held(**fixed, **{"coolant.plants.FWS.supply_c": 39.9})
    assert warm.warmth.facility_lpm[0] == pytest.approx(750.0)
    assert (warm.warmth.valve[0] == Valve.WIDE_OPEN).all()
    assert (warm.warmth.supply_c[0] > 40.1).all()
    for flow in (cold, warm):  # what the coolant gives the water takes
        taken = flow.warmth.facility_lpm * flow.loop.cooling.cold_kw_k_lpm
        rise = facility_return_c(flow) - flow.loop.cooling.facility_c
        assert (taken * rise)[0].sum() == pytest.approx(flow.warmth.heat_kw[0].sum())


def test_a_least_opening_below_what_is_asked_changes_nothing():
    free, _ = held()
    bound, _ = held(**{f"{CDUS}.valve_min": 0.05})
    for figure in ("facility_lpm", "supply_c", "valve"):
        assert (getattr(free.warmth, figure)[0] == getattr(bound.warmth, figure)[0]).all()


def test_beside_a_rating_that_lacks_a_part_a_valve_that_does_not_close_is_not_known():
    short = {f"{CDUS}.rated_supply_c": np.nan}
    assert (held(**short)[0].warmth.valve[0] == Valve.AS_RATED).all()
    bound, _ = held(**short, **{f"{CDUS}.valve_min": 0.2})
    assert (bound.warmth.valve[0] == Valve.UNKNOWN).all()


@pytest.mark.parametrize("opening", [0.4, 0.8])
def test_behind_a_described_plant_it_gets_what_the_pressure_gives(opening):
    fixed = {f"{CDUS}.valve_min": opening, f"{CDUS}.valve_max": opening}
    loop, plant = held(RING, **fixed)
    assert plant is not None
    cdus = study(RING).table("cdu")
    rated = cdus["facility_flow_lpm"] * np.sqrt(plant.dp_kpa[0] / cdus["facility_dp_kpa"])
    assert plant.got_lpm[0] == pytest.approx(opening * rated, rel=1e-6)
    assert loop.warmth.facility_lpm[0] == pytest.approx(plant.got_lpm[0], rel=2e-4)
    assert plant.asked_lpm[0] == pytest.approx(plant.got_lpm[0])


def test_it_opens_again_when_a_loss_asks_for_more():
    loop, plant = held(RING, **{f"{CDUS}.valve_min": 0.5, "coolant.plants.FWS.supply_c": 30})
    assert plant is not None
    assert (loop.warmth.valve[0] == Valve.AT_LEAST).all()
    lost = next(k for k in range(len(loop.unit_lpm)) if (loop.unit_lpm[k] == 0).sum() == 1)
    living = loop.unit_lpm[lost] > 0
    assert (loop.warmth.facility_lpm[lost][living] > loop.warmth.facility_lpm[0][living]).all()


def test_of_a_valve_that_closes_everything_stays_as_it_was():
    bare = study(RING)(coolant)
    wide = study(twin.change(RING, {f"{CDUS}.valve_max": 1.0}))(coolant)
    for a, b in zip(bare.plants, wide.plants, strict=True):
        assert isinstance(a, PlantFlow)
        assert isinstance(b, PlantFlow)
        assert np.array_equal(a.got_lpm, b.got_lpm, equal_nan=True)
        assert not a.at_least.any()


def test_a_least_opening_above_the_greatest_is_told_at_reading():
    with pytest.raises(twin.TwinError, match=r"open by 0\.6 at least and by 0\.5 at most"):
        twin.change(SITE, {f"{CDUS}.valve_min": 0.6, f"{CDUS}.valve_max": 0.5})


def test_a_least_opening_gives_no_more_than_the_valve_wide_open():
    small = {f"{CDUS}.facility_most_lpm": 600.0, "coolant.plants.FWS.flow_lpm": 9000.0}
    free, _ = held(RING, **small)
    for least in (0.3, 0.9):
        bound, plant = held(RING, **small, **{f"{CDUS}.valve_min": least})
        assert plant is not None
        assert bound.warmth.facility_lpm.max() <= 600.0 * (1 + 1e-6)
        assert plant.got_lpm.max() <= 600.0 * (1 + 1e-6)
        assert bound.warmth.supply_c[0] == pytest.approx(free.warmth.supply_c[0], abs=1e-3)


def test_a_unit_that_stands_still_takes_no_water_on_either_side():
    site = twin.change(RING, {f"{CDUS}.valve_min": 0.6})
    loop, plant = held(site)
    assert plant is not None
    case = study(site)(cases).name.tolist().index("pipe:C1-S1")
    lane, there = int(loop.lanes.of_case[case]), int(plant.of_case[case])
    assert loop.warmth.valve[lane, 0] == Valve.STILL
    assert loop.warmth.facility_lpm[lane, 0] == 0
    assert plant.got_lpm[there, 0] == 0
    assert plant.got_lpm[there, 1:] == pytest.approx(loop.warmth.facility_lpm[lane, 1:], rel=2e-4)


@pytest.mark.parametrize("lpm", [2421.0, 2423.0, 2424.0, 2424.5, 2425.0, 2427.0])
def test_pumps_that_hold_what_their_users_hold_find_a_solution(lpm):
    limits = {"coolant.cdus.C2.valve_min": 0.312, "coolant.cdus.C2.valve_max": 0.442}
    flow = {"coolant.plants.FWS.control": "flow", "coolant.plants.FWS.set_lpm": lpm}
    _, plant = held(RING, **limits, **flow, **{"coolant.plants.FWS.flow_lpm": 4500})
    assert plant is not None
    assert plant.moved.converged.all()


@pytest.mark.parametrize("slowest", [np.nan, 0.9])
def test_pumps_of_a_plant_that_hold_a_flow_run_no_slower_than_they_can(monkeypatch, slowest):
    curve = pump_curve(np.array([0.0, 3000.0, 6000.0]), np.array([300.0, 270.0, 120.0]))
    curve = curve._replace(speed_min=slowest)
    monkeypatch.setattr("twin.solve.coolant.plant_ready.curve_of", lambda *_: (curve, []))
    flow = {"coolant.plants.FWS.control": "flow", "coolant.plants.FWS.set_lpm": 1500.0}
    _, plant = held(RING, **flow)
    assert plant is not None
    if np.isnan(slowest):
        assert plant.pump_lpm[0] == pytest.approx(1500.0)
    else:
        assert plant.pump_lpm[0] > 1600
        least = slowest**2 * np.interp(plant.pump_lpm[0] / slowest, curve.flow_lpm, curve.head_kpa)
        assert plant.pump_kpa[0] == pytest.approx(least, rel=1e-6)


@settings(max_examples=12, deadline=None)
@given(
    st.floats(0.05, 1.0), st.floats(0.05, 1.0), st.floats(15.0, 44.0), st.sampled_from([SITE, RING])
)
def test_a_wider_valve_never_gives_less_water_nor_warmer_coolant(a, b, facility_c, site):
    tight, wide = (
        held(site, **{f"{CDUS}.valve_min": v, f"{CDUS}.valve_max": v,
                      "coolant.plants.FWS.supply_c": facility_c})
        for v in sorted((a, b))
    )  # fmt: skip
    for flow, _ in (tight, wide):
        assert flow.moved.converged.all()
    assert (wide[0].warmth.facility_lpm[0] >= tight[0].warmth.facility_lpm[0] * (1 - 2e-4)).all()
    assert (wide[0].warmth.supply_c[0] <= tight[0].warmth.supply_c[0] + 0.01).all()


@pytest.mark.parametrize("layout", ["facility", "coolant"])
def test_facility_water_beyond_what_is_known_of_its_fluid_is_not_known(layout):
    site = twin.load(f"tests/rules/{layout}.toml")
    report = twin.check(twin.change(site, {"coolant.plants.FWS.supply_c": -5}))
    assert report.counts["feasible"] == 0
    assert report.counts["unknown"] == report.counts["delivered"]
    (said,) = [gap.meaning for gap in report.gaps if gap.path == "plant:FWS"]
    assert said == "it supplies -5 degC, and its water is known from 0 to 80 degC"
