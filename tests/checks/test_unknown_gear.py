"""What stands in a rack and does not say what it draws or weighs makes the rack unknown."""

from __future__ import annotations

from math import isnan
from pathlib import Path

from twin import pipeline
from twin.checks.result import Report

BASE = Path(__file__).parents[1] / "rules" / "base.toml"
GEAR = """
[data.gear.manager]
position = "N1-01"
rack_units = 1
draw_kw = 0.4
mass_kg = 20
"""
PANEL = """
[data.panels.P]
position = "N1-01"
rack_units = 1
serves = ["N1-01"]
"""


def report(folder: Path, more: str, change: dict[str, object] | None = None) -> Report:
    path = folder / "base.toml"
    path.write_text(BASE.read_text(encoding="utf-8") + more, encoding="utf-8")
    return pipeline.check(pipeline.change(pipeline.load(path), change or {}))


def gaps(told: Report) -> set[str]:
    return {gap.path for gap in told.gaps}


def rules_unknown(told: Report) -> set[str]:
    m = told.margins
    return {told.rules[int(r)].code for r, d in zip(m.rule, m.demand, strict=True) if isnan(d)}


def test_all_that_is_known_passes(tmp_path: Path) -> None:
    assert not gaps(report(tmp_path, GEAR))


def test_gear_of_unknown_mass_is_missing_for_the_floor(tmp_path: Path) -> None:
    silent = report(tmp_path, GEAR.replace("mass_kg = 20\n", ""))
    assert gaps(silent) == {"data.gear.manager.mass_kg"}
    assert rules_unknown(silent) >= {"SPC101", "SPC102"}
    told = {"data.gear.manager.mass_kg": 20}
    assert not gaps(report(tmp_path, GEAR.replace("mass_kg = 20\n", ""), told))
    heavy = report(tmp_path, GEAR, {"data.gear.manager.mass_kg": 9000})
    assert "SPC102" in {f.code for f in heavy.findings}


def test_gear_of_unknown_draw_is_missing_for_power_and_heat(tmp_path: Path) -> None:
    silent = report(tmp_path, GEAR.replace("draw_kw = 0.4\n", ""))
    assert gaps(silent) == {"data.gear.manager.draw_kw"}
    assert rules_unknown(silent) >= {"PWR101", "COL103"}
    assert not gaps(report(tmp_path, GEAR, {"data.gear.manager.draw_kw": 0}))


def test_a_rack_that_says_what_it_draws_and_weighs_says_all_of_it(tmp_path: Path) -> None:
    bare = GEAR.replace("draw_kw = 0.4\n", "").replace("mass_kg = 20\n", "")
    said = {"racks.DN-001.mass_kg": 950, "racks.DN-001.nameplate_kw": 30}
    assert not gaps(report(tmp_path, bare, said))


def test_panels_draw_nothing_and_weigh_what_they_say(tmp_path: Path) -> None:
    assert gaps(report(tmp_path, PANEL)) == {"data.panels.P.mass_kg"}
    assert not gaps(report(tmp_path, PANEL + "mass_kg = 4\n"))


def test_a_switch_without_a_product_is_missing(tmp_path: Path) -> None:
    switch = '\n[data.switches.X]\nposition = "N1-01"\nports = 2\ngbps = 1\n'
    assert gaps(report(tmp_path, switch)) == {"data.switches.X.type"}


def test_a_solved_loop_waits_for_the_gear_in_its_rack_and_for_no_flow(tmp_path: Path) -> None:
    hall = Path("layouts/hall_gb300.toml").read_text(encoding="utf-8")
    gear = '\n[data.gear.g]\nposition = "R1-03"\nrack_units = 1\nmass_kg = 2\n'
    path = tmp_path / "hall.toml"
    path.write_text(hall + gear, encoding="utf-8")
    told = pipeline.check(pipeline.load(path), select=["COL201"])
    named = {path for path in gaps(told) if not path.startswith("COL: ")}
    assert named == {"data.gear.g.draw_kw"}
