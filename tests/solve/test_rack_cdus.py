"""Racks with CDUs of their own: solved loops, facility water, losses, and many alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import twin
from twin import pipeline
from twin.site.site import Site
from twin.solve.coolant import flow as flow_module
from twin.solve.coolant.alike import Alike
from twin.solve.coolant.coupled import loop_flows, plant_flows
from twin.solve.coolant.facility import PlantFlow
from twin.solve.coolant.flow import LoopFlow, Unsolved
from twin.solve.coolant.pumps import hydraulic_kw
from twin.solve.coolant.ready import Ready
from twin.solve.losses.cases import cases
from twin.solve.study import Study

LAYOUT = Path(__file__).parents[2] / "layouts" / "coolant_in_rack.toml"
SITE: Site = twin.load(LAYOUT)


def study(**changes: object) -> Study:
    return pipeline.study(twin.change(SITE, changes) if changes else SITE)


def solved(one: Study) -> list[LoopFlow]:
    found = one(loop_flows)
    assert not any(isinstance(f, Unsolved) for f in found)
    return [f for f in found if isinstance(f, LoopFlow)]


def lane_of(one: Study, flow: LoopFlow, name: str) -> int:
    return int(flow.lanes.of_case[one(cases).name.tolist().index(name)])


def test_cdus_side_by_side_share_the_flow_and_one_carries_it_alone() -> None:
    one = study()
    flow = solved(one)[0]
    assert flow.unit_lpm[0] == pytest.approx([59.9, 59.9], abs=0.05)
    lane = lane_of(one, flow, "cdu:G01/cdu1")
    assert flow.unit_lpm[lane] == pytest.approx([0.0, 119.8], abs=0.05)
    assert flow.rack_lpm[lane] == pytest.approx(flow.rack_lpm[0], rel=1e-6)
    other = lane_of(one, flow, "cdu:G02/cdu1")
    assert other == 0


def test_a_valve_in_the_hoses_of_facility_water_lets_through_what_it_is_set_to() -> None:
    bare, wide, tight = (
        study(**({"coolant.hookups.DROP.hold_lpm": lpm} if lpm else {})) for lpm in (0, 200, 60)
    )
    (plant,) = (f for f in tight(plant_flows) if isinstance(f, PlantFlow))
    assert plant.got_lpm[0].reshape(-1, 2).sum(axis=1) == pytest.approx([60.0] * 16, rel=1e-6)
    assert (solved(tight)[0].warmth.supply_c[0] > 40.5).all()
    for a, b in zip(solved(bare), solved(wide), strict=True):
        assert np.array_equal(a.warmth.supply_c, b.warmth.supply_c, equal_nan=True)


def test_a_pressure_independent_valve_of_facility_water_holds_the_rated_flow() -> None:
    rated = study(**{"coolant.hookups.DROP.independent": True})
    (plant,) = (f for f in rated(plant_flows) if isinstance(f, PlantFlow))
    cdus = rated.table("cdu")["facility_flow_lpm"]
    assert (plant.got_lpm[0] <= cdus * (1.0 + 1e-9)).all()


def test_a_lost_manifold_of_facility_water_stills_its_row_and_no_other() -> None:
    one = study(**{"policy.losses.manifold": "full"})
    flows = solved(one)
    for flow, dry in ((flows[0], True), (flows[8], False)):
        lane = lane_of(one, flow, "manifold:M1")
        assert (flow.unit_lpm[lane] == 0).all() == dry


def test_a_wider_drop_lets_more_through_at_the_same_pressure() -> None:
    gets = []
    for kv in (6.0, 16.0):
        low = study(**{"coolant.plants.FWS.set_kpa": 60, "coolant.hookups.DROP.kv_m3h": kv})
        (plant,) = (p for p in low(plant_flows) if isinstance(p, PlantFlow))
        gets.append(plant.got_lpm.max())
    assert gets[0] < gets[1]


def test_where_no_manifold_serves_a_position_the_rack_is_unknown() -> None:
    told = twin.check(twin.change(SITE, {"coolant.manifolds.M2.last": 6}))
    assert (told.counts["unknown"], told.counts["feasible"]) == (2, 14)
    assert {"positions.R2-07.manifold", "positions.R2-08.manifold"} <= {g.path for g in told.gaps}


def test_a_plant_that_lacks_a_figure_leaves_its_racks_unknown() -> None:
    told = twin.check(twin.change(SITE, {"coolant.hookups.DROP.bore_m": float("nan")}))
    assert told.counts["unknown"] == 16
    assert {g.path for g in told.gaps} == {"coolant.hookups.DROP.bore_m"}


@pytest.mark.parametrize("column", ["approach_k", "heat_kw", "facility_flow_lpm", "rated_supply_c"])
def test_an_incomplete_rating_names_the_quantity_that_lacks(column: str) -> None:
    told = twin.check(
        twin.change(
            SITE,
            {f"coolant.cdus.*.{column}": float("nan"),
             f"catalog.vertiv_cdu121.{column}": float("nan")},
        )
    )  # fmt: skip
    assert told.counts["unknown"] == 16
    assert {g.path for g in told.gaps} == {f"catalog.vertiv_cdu121.{column}"}


def test_small_loops_that_are_alike_are_as_if_each_were_solved_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    low = {"coolant.plants.FWS.set_kpa": 74, "racks.G03.provisioned_kw": 120}
    together = solved(study(**low))
    batches = flow_module.alike

    def one_by_one(loops: Sequence[Ready]) -> Iterator[tuple[list[int], Alike]]:
        for k, loop in enumerate(loops):
            yield from (([k], batch) for _, batch in batches([loop]))

    monkeypatch.setattr(flow_module, "alike", one_by_one)
    for alike, alone in zip(together, solved(study(**low)), strict=True):
        assert alike.circuit.row == alone.circuit.row
        for name in ("rack_lpm", "rack_supply_c", "need_lpm", "unit_lpm", "most_lpm"):
            assert np.array_equal(getattr(alike, name), getattr(alone, name), equal_nan=True), name


@settings(max_examples=5, deadline=None)
@given(
    supply=st.floats(30, 37),
    kpa=st.floats(60, 160),
    load=st.floats(60, 135),
)
def test_heat_of_rack_and_pumps_is_what_facility_water_takes(
    supply: float, kpa: float, load: float
) -> None:
    """Rack and pumps in, exchanger out; facility water leaves no warmer than the coolant came."""
    one = study(
        **{"coolant.plants.FWS.supply_c": supply, "coolant.plants.FWS.set_kpa": kpa,
           "racks.*.provisioned_kw": load}
    )  # fmt: skip
    for flow in solved(one)[::5]:
        runs = (flow.unit_lpm > 0).any(axis=1)
        pumps = hydraulic_kw(flow.unit_lpm, flow.unit_dp_kpa).sum(axis=1)
        rack = (flow.racks.heat_kw * flow.lanes.keep[:, None]).sum(axis=1)
        taken = np.where(flow.unit_lpm > 0, flow.warmth.heat_kw, 0.0).sum(axis=1)
        assert taken[runs] == pytest.approx((rack + pumps)[runs], rel=1e-3)
        water = flow.warmth.facility_lpm * flow.loop.cooling.cold_kw_k_lpm
        with np.errstate(divide="ignore", invalid="ignore"):
            out = flow.loop.cooling.facility_c + flow.warmth.heat_kw / water
        some = flow.warmth.facility_lpm > 0
        assert (out[some] <= flow.warmth.return_c[some] + 0.2).all()


@settings(max_examples=4, deadline=None)
@given(low=st.floats(40, 120), more=st.floats(0, 60))
def test_more_facility_pressure_never_warms_a_rack(low: float, more: float) -> None:
    cold, warm = (solved(study(**{"coolant.plants.FWS.set_kpa": kpa})) for kpa in (low + more, low))
    names = cold[0].loop.study(cases).name.tolist()
    for a, b in zip(cold, warm, strict=True):
        for case in (0, names.index("cdu:G16/cdu1")):
            mine, theirs = (f.rack_supply_c[f.lanes.of_case[case]] for f in (a, b))
            assert (mine <= theirs + 0.01).all()
