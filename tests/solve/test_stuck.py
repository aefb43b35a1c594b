"""What finds no rest is no solution: unknown, with what was left to move."""

import numpy as np
import pytest

import twin
from twin import pipeline
from twin.pipeline import study
from twin.report.coolant import papers, unsolved
from twin.solve.coolant import coupled, flow, warmth
from twin.solve.coolant.coupled import loop_flows
from twin.solve.coolant.stuck import stuck

ROW, RING = "layouts/coolant_in_row.toml", "layouts/coolant_ring_main.toml"


def why(site: twin.Site) -> str:
    """What is told of the one loop that makes every rack unknown."""
    report = twin.check(site)
    assert report.counts["unknown"] == report.counts["delivered"]
    (gap,) = report.gaps
    assert gap.path == "loop:T1"
    return gap.meaning


@pytest.mark.parametrize("module", [flow, warmth])
def test_temperatures_without_rest_leave_racks_unknown(monkeypatch, module):
    monkeypatch.setattr(module, "_ROUNDS", 1)
    said = why(twin.load(ROW))
    assert said.startswith("no solution was found ")
    assert "of 5 states): temperatures still move" in said


def test_facility_water_without_rest_leaves_racks_unknown(monkeypatch):
    monkeypatch.setattr(coupled, "_ROUNDS", 0)
    site = pipeline.change(twin.load(RING), {"coolant.plants.FWS.set_kpa": 20})
    assert why(site).endswith("its facility water is not known")


def test_lanes_without_rest_carry_no_figure(monkeypatch):
    monkeypatch.setattr(flow, "_ROUNDS", 1)
    (found,) = study(twin.load(ROW))(loop_flows)
    for figure in (found.rack_lpm, found.rack_supply_c, found.unit_lpm, found.moved.p_pa,
                   found.warmth.heat_kw, found.warmth.facility_lpm):  # fmt: skip
        assert np.isnan(figure).all()


def test_papers_say_why_and_leave_cells_empty(monkeypatch):
    monkeypatch.setattr(flow, "_ROUNDS", 1)
    one = study(twin.load(ROW))
    ((kind, name, said),) = unsolved(one)
    assert (kind, name) == ("loop", "T1")
    assert "temperatures still move" in said
    assert said in papers(one)["balancing.csv"]


@pytest.mark.parametrize("path", [ROW, RING, "layouts/hall_gb300.toml", "tests/rules/in_rack.toml"])
def test_the_examples_come_to_rest(path):
    assert study(twin.load(path))(stuck) == {}
