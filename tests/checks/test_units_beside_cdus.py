"""SPC405 counts switches and gear that stand in a rack beside its CDUs."""

from __future__ import annotations

from pathlib import Path

import pytest

from twin import pipeline
from twin.checks.result import Report

BASE = Path(__file__).parents[1] / "rules" / "in_rack.toml"
SWITCH = """
[data.switches.TOR]
rack = "G1"
type = "sn2201"
"""
GEAR = """
[data.gear.console]
rack = "G1"
rack_units = 2
draw_kw = 0.1
mass_kg = 5
"""
FREE = {"coolant.cdus.*.rack_units": 4, "racks.*.free_units": 10}


def report(folder: Path, more: str) -> Report:
    path = folder / "in_rack.toml"
    text = BASE.read_text(encoding="utf-8").replace('scope = ["COL"]', 'scope = ["COL", "SPC"]')
    path.write_text(text + more, encoding="utf-8")
    return pipeline.check(pipeline.change(pipeline.load(path), FREE))


@pytest.mark.parametrize(
    ("more", "taken"), [("", 8.0), (SWITCH, 9.0), (GEAR, 10.0), (SWITCH + GEAR, 11.0)]
)
def test_switches_and_gear_take_units_that_cdus_need(
    tmp_path: Path, more: str, taken: float
) -> None:
    told = report(tmp_path, more)
    m = told.margins
    of = {
        told.site.name_of(int(m.subject[k])): float(m.demand[k])
        for k, r in enumerate(m.rule) if told.rules[int(r)].code == "SPC405"
    }  # fmt: skip
    assert (of["rack:G1"], of["rack:G2"]) == (taken, 8.0)
    failed = [f.message for f in told.findings if f.code == "SPC405"]
    assert failed == (
        ["CDUs, switches, panels and gear in rack G1 take 11 units, 10 are free in it"]
        if taken > 10
        else []
    )


def test_gear_of_unknown_units_is_missing(tmp_path: Path) -> None:
    told = report(tmp_path, GEAR.replace("rack_units = 2\n", ""))
    assert "data.gear.console.rack_units" in {gap.path for gap in told.gaps}
