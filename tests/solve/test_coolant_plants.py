"""Loops with the facility water behind them: what a loss on one side does to the other."""

from pathlib import Path

import numpy as np
import pytest

import twin
from twin import pipeline
from twin.model.change import Conditions, Scenario
from twin.pipeline import study
from twin.solve.coolant.coupled import loop_flows, plant_flows
from twin.solve.coolant.facility import PlantFlow
from twin.solve.coolant.flow import LoopFlow
from twin.solve.coolant.racks import plant_supply_c
from twin.solve.coolant.warmth import Valve
from twin.solve.losses.cases import cases
from twin.solve.losses.waterless import waterless
from twin.solve.study import Study


@pytest.fixture(scope="module")
def ring():
    return study(twin.load("layouts/coolant_ring_main.toml"))


def after(ring, name: str) -> tuple[LoopFlow, int, PlantFlow, int]:
    """The loop and the plant, and their lanes after a loss."""
    case = ring(cases).name.tolist().index(name)
    (loop,), (plant,) = ring(loop_flows), ring(plant_flows)
    assert isinstance(loop, LoopFlow)
    assert isinstance(plant, PlantFlow)
    return loop, int(loop.lanes.of_case[case]), plant, int(plant.of_case[case])


@pytest.mark.parametrize("name", ["pipe:C1-S1", "pipe:F1-C1", "cdu:C1"])
def test_a_cdu_cut_off_on_either_side_stands_still_and_three_carry_all(ring, name):
    loop, lane, plant, there = after(ring, name)
    assert loop.warmth.valve[lane].tolist() == [Valve.STILL, *[Valve.THROTTLING] * 3]
    assert loop.unit_lpm[lane, 0] == pytest.approx(0, abs=1e-9)
    assert (loop.rack_lpm[lane] > loop.need_lpm[lane]).all()
    assert plant.got_lpm[there, 0] == pytest.approx(0, abs=1e-9)
    assert plant.got_lpm[there, 1:] == pytest.approx(loop.warmth.facility_lpm[lane, 1:], rel=1e-3)


def test_a_pump_of_a_cdu_takes_nothing_of_its_facility_water(ring):
    loop, lane, plant, there = after(ring, "a pump of cdu:C1")
    assert loop.warmth.valve[lane].tolist() == [Valve.THROTTLING] * 4
    assert plant.got_lpm[there, 0] == pytest.approx(loop.warmth.facility_lpm[lane, 0], rel=1e-3)


def test_every_lane_has_temperatures(ring):
    (loop,) = ring(loop_flows)
    assert not np.isnan(loop.rack_supply_c).any()
    assert not np.isnan(loop.need_lpm).any()


def test_pressure_of_a_plant_falls_along_its_header(ring):
    _, _, plant, lane = after(ring, "pipe:FW-4")
    assert (np.diff(plant.pump_kpa[lane] - plant.dp_kpa[lane]) != 0).all()
    assert (plant.dp_kpa[lane] < plant.pump_kpa[lane]).all()


def test_air_units_get_what_they_are_rated_for():
    (plant,) = study(twin.load("layouts/coolant_hybrid.toml"))(plant_flows)
    assert isinstance(plant, PlantFlow)
    assert plant.got_lpm[0] == pytest.approx([548.4, 548.4, 80])


def cut_off(name: str, pipes: list[tuple[str, ...]], **changes: object) -> list[list[str]]:
    """Units without water in states in which some pipes are lost."""
    site = pipeline.change(twin.load(name), changes)
    first, index = site.first["pipe"], site.tables["pipe"].index
    lost = np.array([[*(first + index[p] for p in gone), -1][:2] for gone in pipes])
    found = waterless(study(site), lost)
    return [site.names[found[found[:, 0] == s, 1]].tolist() for s in range(len(pipes))]


def test_a_lost_pipe_cuts_off_who_has_no_other_way_of_water():
    gone = [("H1",), ("H2",), ("H3",), ("H5",), ("P1",), ("H2", "H5")]
    assert cut_off("tests/rules/facility.toml", gone) == [
        ["cdu:C1", "cdu:C2", "air_unit:FW1"], ["cdu:C1"], ["cdu:C2", "air_unit:FW1"],
        ["air_unit:FW1"], [], ["cdu:C1", "air_unit:FW1"],
    ]  # fmt: skip


def test_a_ring_main_cuts_nobody_off_but_past_a_check_valve():
    ring, gone = "layouts/coolant_ring_main.toml", [("FW-1",), ("FW-4",), ("FW-1", "FW-4")]
    every = [f"cdu:C{k}" for k in (1, 2, 3, 4)]
    assert cut_off(ring, gone) == [[], [], every]
    checked = cut_off(ring, gone, **{"coolant.pipes.F2-F3.check": True})
    assert checked == [["cdu:C1", "cdu:C2"], [], every]


def two_loops(folder: Path, **changes: object) -> Study:
    """The frozen layout on facility water with its loop, row and CDUs once more, off J2."""
    text = Path("tests/rules/facility.toml").read_text()
    row = text[text.index("[rows.R1]") : text.index("[coolant.plants.FWS]")]
    loop = text[text.index("[coolant.loops.T1]") : text.index("[coolant.hookups.STD]")]
    racks = text[text.index("[racks.G1]") :].replace("G", "K")
    pipes = "".join(
        f'[coolant.pipes.H{k}]\nplant = "FWS"\nstart = "J2"\nend = "C{k}"\nbore_m = 0.08\n'
        "roughness_m = 0.000045\nlength_m = 5\n\n"
        for k in (6, 7)
    )
    again = {"C1": "C6", "C2": "C7", "P1": "P6", "P2": "P7", "M1": "M6", "T1": "T6", "R1": "R6"}
    more = row.replace("[3.0, 3.0]", "[3.0, 6.0]") + loop + racks
    for old, new in again.items():
        more = more.replace(old, new)
    file = folder / "two.toml"
    file.write_text(text + more + pipes)
    return study(pipeline.change(pipeline.load(file), changes))


def test_a_loss_in_one_loop_takes_water_from_another_in_that_case_alone(tmp_path: Path):
    """With C1 lost C2 takes twice as much of the narrow header that C6 and C7 hang on, too."""
    small = {"heat_kw": 160, "facility_flow_lpm": 250, "facility_most_lpm": 800}
    one = two_loops(
        tmp_path,
        **{"coolant.plants.FWS.set_kpa": 48, "coolant.pipes.H3.bore_m": 0.05},
        **{f"coolant.cdus.C[67].{k}": v for k, v in small.items()},
    )
    other = one(loop_flows)[1]
    assert isinstance(other, LoopFlow)
    names = one(cases).name[other.lanes.first_case].tolist()
    assert other.warmth.valve[0].tolist() == [Valve.THROTTLING] * 2
    assert other.warmth.supply_c[0] == pytest.approx([40, 40])
    lane = names.index("cdu:C1")
    assert other.warmth.valve[lane].tolist() == [Valve.WIDE_OPEN] * 2
    assert other.warmth.supply_c[lane] == pytest.approx([41.26, 41.26], abs=0.01)
    # What takes nothing of its water stays one lane with the healthy one.
    assert "a pump of cdu:C1" not in names


def test_a_position_hangs_straight_on_a_pipe(tmp_path: Path):
    """Two manifolds of one place each, without a bore, off one junction: alike to both racks."""
    text = Path("tests/rules/facility.toml").read_text()
    at = text.index("[coolant.manifolds.M1]")
    before, after = text[:at], text[text.index("[coolant.hookups.STD]") :]
    before = before.replace('end = "M1.end"', 'end = "J"').replace('end = "M1"', 'end = "J"')
    hung = "".join(
        f'[coolant.manifolds.M{k}]\nloop = "T1"\nrow = "R1"\nfirst = {k}\nlast = {k}\n'
        f'hookup = "STD"\n\n[coolant.pipes.Q{k}]\nloop = "T1"\nstart = "J"\nend = "M{k}"\n'
        "bore_m = 0.04\nroughness_m = 0.000045\nlength_m = 3\n\n"
        for k in (1, 2)
    )
    file = tmp_path / "straight.toml"
    file.write_text(before + hung + after)
    (flow,) = study(pipeline.load(file))(loop_flows)
    assert isinstance(flow, LoopFlow)
    assert flow.rack_lpm[0] == pytest.approx([flow.rack_lpm[0, 0]] * 2, rel=1e-9)
    assert (flow.rack_lpm[0] > flow.need_lpm[0]).all()


@pytest.mark.parametrize(("ambient", "supply"), [(20.0, 34.0), (26.0, 34.0), (45.0, 53.0)])
def test_a_plant_is_never_colder_than_the_air_and_its_approach(ring, ambient, supply):
    """What is written beside them is a set-point: on a cold day it is held, on a hot one not."""
    path = "coolant.plants.FWS"
    air = twin.change(ring.site, {f"{path}.ambient_c": ambient, f"{path}.approach_k": 8.0})
    row = ring.table("plant").index["FWS"]
    assert ring.table("plant")["supply_c"][row] == 34.0
    assert study(air)(plant_supply_c)[row] == supply


@pytest.mark.parametrize("late", ["coolant.cdus.*", "coolant.plants.FWS"])
def test_what_is_not_there_on_the_day_moves_and_cools_nothing(late):
    day = np.datetime64("2027-06-01").item()
    site = pipeline.change(
        twin.load("layouts/coolant_ring_main.toml"), {f"{late}.ready": "2027-09-01"}
    )
    report = twin.check(site, date=day)
    assert report.counts["blocked"] == 24
    one = study(site, Scenario(conditions=Conditions(date=day)))
    (flow,) = one(loop_flows)
    assert (flow.rack_lpm == 0).all()


def test_a_cdu_that_is_not_yet_there_is_no_spare():
    site = pipeline.change(
        twin.load("layouts/coolant_in_row.toml"), {"coolant.cdus.C2.ready": "2027-09-01"}
    )
    report = twin.check(site, date=np.datetime64("2027-06-01").item())
    assert {(f.case, f.limit) for f in report.findings if f.code == "COL201"} == {("cdu:C1", 0.0)}
