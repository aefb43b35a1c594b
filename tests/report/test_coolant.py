"""The papers for the floor, and what was measured against them."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

import twin
from twin.errors import InputError
from twin.files.measured import read_measured
from twin.pipeline import study
from twin.report import coolant_racks as racks
from twin.report.coolant import papers, unsolved
from twin.report.coolant_text import text

ROOT = Path(__file__).parents[2]
LAYOUT = ROOT / "layouts" / "coolant_in_row.toml"
NAMES = ("balancing", "set_points", "pipes", "sizes", "fill", "flush")


@pytest.fixture(scope="module")
def site():
    return twin.load(LAYOUT)


@pytest.fixture(scope="module")
def told(site):
    return twin.coolant(site)


def rows(paper):
    return list(csv.DictReader(io.StringIO(paper)))


def edited(tmp_path, *changes):
    layout = LAYOUT.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in layout
        layout = layout.replace(old, new)
    path = tmp_path / "edited.toml"
    path.write_text(layout, encoding="utf-8")
    return twin.load(path)


@pytest.mark.parametrize("name", NAMES)
def test_papers_are_the_golden_ones(told, golden, name):
    golden(f"coolant_{name}.csv", told[f"{name}.csv"])


def test_the_text_is_the_golden_one(site, golden):
    golden("coolant.txt", text(study(site)))


def test_there_are_no_others(told):
    assert sorted(told) == sorted(f"{name}.csv" for name in NAMES)


def test_a_loop_that_lacks_a_figure_says_so_on_every_paper(tmp_path):
    lacking = study(edited(tmp_path, ("bore_m = 0.0254\n", "")))
    texts = papers(lacking)
    for name in ("balancing", "set_points", "fill", "flush"):
        for row in rows(texts[f"{name}.csv"]):
            assert "coolant.hookups.STD.bore_m" in row["missing"], name
    first = rows(texts["balancing.csv"])[0]
    assert (first["rack"], first["design_flow_lpm"]) == ("G1", "116.36")
    assert first["expected_flow_lpm"] == first["set_valve_kv_m3h"] == ""
    hose = next(row for row in rows(texts["pipes.csv"]) if row["kind"] == "hose")
    assert (hose["bore_mm"], hose["missing"]) == ("", "coolant.hookups.STD.bore_m")
    assert rows(texts["flush.csv"])[0]["pumps_suffice"] == ""
    assert unsolved(lacking) == [("T1", ("coolant.hookups.STD.bore_m",))]


def test_a_layout_without_pipes_is_told():
    with pytest.raises(InputError, match="no loop says how its pipes run"):
        twin.coolant(twin.load(ROOT / "tests" / "rules" / "base.toml"))


def test_a_rating_that_lacks_a_part_leaves_facility_flow_open(tmp_path):
    changed = edited(tmp_path, ('rated_fluid = "pg25"\n', ""))
    first = rows(twin.coolant(changed)["set_points.csv"])[0]
    assert first["expected_facility_flow_lpm"] == ""
    assert first["facility_valve"] == "as rated"
    assert first["missing"] == "coolant.cdus.C1.rated_fluid"


def test_a_rack_without_a_need_leaves_the_settings_of_its_loop_open(tmp_path):
    site = edited(tmp_path, ("supply_c = 40", "supply_c = 60"))  # beyond the racks' curve
    for row in rows(twin.coolant(site)["balancing.csv"]):
        assert row["design_flow_lpm"] == row["set_valve_kv_m3h"] == row["setting"] == ""
        assert row["expected_flow_lpm"] != ""
        assert row["missing"] == "catalog.gb300_nvl72.flow_per_kw_lpm"


def test_flow_valves_hold_and_need_no_kv(site):
    held = twin.change(site, {"coolant.hookups.STD.independent": True})
    for row in rows(twin.coolant(held)["balancing.csv"]):
        assert (row["setting"], row["set_valve_kv_m3h"]) == ("holds its flow", "")
        assert row["set_hold_lpm"] == row["expected_flow_lpm"] == row["design_flow_lpm"]
        assert float(row["expected_rack_dp_kpa"]) == pytest.approx(56.7, abs=0.1)


def test_a_pressure_that_is_too_small_is_told_in_words(site):
    low = twin.change(site, {"coolant.loops.T1.set_kpa": 80})
    for row in rows(twin.coolant(low)["balancing.csv"]):
        assert row["setting"].startswith("short of 3")
        assert row["set_valve_kv_m3h"] == ""


def test_valves_and_the_vessel_when_the_layout_says_them(site):
    site = twin.change(site, {
        "coolant.hookups.STD.valve_kv_m3h": 15, "coolant.pipes.P1.kv_m3h": 200,
        "coolant.pipes.P2.check": True, "coolant.loops.T1.volume_l": 763.5,
        "coolant.loops.T1.static_kpa": 150, "coolant.pipes.P1.pressure_max_kpa": 570,
    })  # fmt: skip
    texts = twin.coolant(site)
    kinds = [(row["kind"], row["name"]) for row in rows(texts["pipes.csv"])]
    assert ("valve", "P1") in kinds
    assert ("check valve", "P2") in kinds
    assert ("balancing valve", "STD") in kinds
    (fill,) = rows(texts["fill.csv"])
    assert (fill["at_least"], fill["missing"]) == ("no", "")
    assert float(fill["fill_l"]) == pytest.approx(1000.0, abs=0.1)
    assert (fill["final_kpa"], fill["final_from"]) == ("350.0", "pipe:P1")
    expected = (float(fill["expansion_l"]) + 5.0) * 450.0 / 200.0
    assert float(fill["vessel_l"]) == pytest.approx(expected, rel=0.01)


# --------------------------------------------------------------------------- what was measured


def filled(sheet, flows, drops=None):
    """Return a balancing sheet with measured columns."""
    table = rows(sheet)
    for row in table:
        row["measured_flow_lpm"] = flows.get(row["rack"], "")
        row["measured_dp_kpa"] = (drops or {}).get(row["rack"], "")
    out = io.StringIO()
    writer = csv.DictWriter(out, table[0].keys())
    writer.writeheader()
    writer.writerows(table)
    return out.getvalue()


def compared(site, told, tmp_path, flows, drops=None, tolerance=0.1):
    path = tmp_path / "filled.csv"
    path.write_text(filled(told["balancing.csv"], flows, drops), encoding="utf-8")
    one = study(site)
    sheet = read_measured(str(path), racks.racks_on_paper(one))
    return racks.compare(one, sheet, tolerance)


def test_what_was_measured_is_compared_rack_by_rack(site, told, tmp_path):
    flows = dict.fromkeys([f"G{k}" for k in range(1, 8)], "127") | {"G2": "100", "G3": "145"}
    found = compared(site, told, tmp_path, flows, {"G1": "70"})
    assert [c.found.value for c in found] == [
        "within", "starves", "off", "within", "within", "within", "within", "unknown",
    ]  # fmt: skip
    assert found[1].off == pytest.approx(100 / 127.4 - 1, abs=1e-4)
    assert found[0].dp_off == pytest.approx(70 / 67.43 - 1, abs=1e-4)
    lines = racks.told(found, 0.1)
    assert lines[0] == (
        "measured, within 10 % of what is expected: 5 within, 1 off, 1 starves, 1 unknown"
    )
    assert lines[1] == "  G2 starves: 100 L/min, expected 127.4 (-21.5 %), design 116.4"
    assert lines[2].startswith("  G3 off: 145 L/min, expected 127.4 (+13.9 %)")
    assert [c.found.value for c in compared(site, told, tmp_path, flows, None, 0.2)][1:3] == [
        "off", "within",
    ]  # fmt: skip
