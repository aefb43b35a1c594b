"""The papers for the floor, and what was measured against them."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import pytest

import twin
from twin.catalog import shipped
from twin.errors import InputError
from twin.files.measured import read_measured
from twin.pipeline import study
from twin.report import coolant_racks as racks
from twin.report.coolant import papers, unsolved
from twin.report.coolant_cells import greatest
from twin.report.coolant_index import index
from twin.report.coolant_text import text
from twin.report.coolant_units import speed_of
from twin.solve.coolant.pumps import head_at, pump_curve

ROOT = Path(__file__).parents[2]
LAYOUT = ROOT / "layouts" / "coolant_in_row.toml"
RING = LAYOUT.with_name("coolant_ring_main.toml")
NAMES = ("balancing", "set_points", "plants", "pipes", "sizes", "fill", "flush")


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
    assert unsolved(lacking) == [("loop", "T1", "coolant.hookups.STD.bore_m missing")]


LONE = """
[coolant.pipes.P3]
loop = "T1"
start = "J1"
end = "M1.end"
type = "pipe_nps4_10s"
length_m = 1

[coolant.pipes.P4]
loop = "T1"
start = "J1"
end = "M2"
type = "pipe_nps4_10s"
length_m = 1

[coolant.manifolds.M2]
loop = "T1"
row = "R1"
first = 8
last = 8
hookup = "STD"

[coolant.manifolds.M1]
first = 1
last = 7
"""


def test_a_manifold_of_one_rack_that_states_no_bore_leaves_open_what_it_flushes(tmp_path):
    """Its loop is solved without; where its jumper alone would flush, the bore is asked for."""
    lone = edited(tmp_path, ('end = "M1.end"', 'end = "J1"'), ("[coolant.manifolds.M1]\n", LONE))
    assert not unsolved(study(lone))
    found = {(r["section"], r["side"]): r for r in rows(twin.coolant(lone)["flush.csv"])}
    lacks = "coolant.manifolds.M2.bore_m; coolant.manifolds.M2.roughness_m"
    for side in ("supply", "return"):
        row = found["P4", side]
        assert [row[c] for c in ("given_lpm", "bypass_at", "pumps_suffice")] == ["", "", ""]
        assert row["missing"] == lacks
        assert found["P3", side]["bypass_at"] == "M1"
        assert (found["P3", side]["pumps_suffice"], found["P3", side]["missing"]) == ("yes", "")
    told = twin.change(lone, {"coolant.manifolds.M2.bore_m": 0.05})
    row = {(r["section"], r["side"]): r for r in rows(twin.coolant(told)["flush.csv"])}
    assert row["P4", "supply"]["missing"] == "coolant.manifolds.M2.roughness_m"
    told = twin.change(told, {"coolant.manifolds.M2.roughness_m": 4.5e-5})
    row = {(r["section"], r["side"]): r for r in rows(twin.coolant(told)["flush.csv"])}
    assert (row["P4", "supply"]["bypass_at"], row["P4", "supply"]["missing"]) == ("M2", "")


def test_a_layout_without_pipes_is_told():
    with pytest.raises(InputError, match="no loop says how its pipes run"):
        twin.coolant(twin.load(ROOT / "tests" / "rules" / "base.toml"))


def test_a_rating_that_lacks_a_part_leaves_facility_flow_open(tmp_path):
    changed = edited(tmp_path, ('rated_fluid = "pg25"\n', ""))
    first = rows(twin.coolant(changed)["set_points.csv"])[0]
    assert first["expected_facility_flow_lpm"] == ""
    assert first["facility_valve"] == "as rated"
    assert first["missing"] == "coolant.cdus.C1.rated_fluid"


def test_a_valve_that_is_held_stands_among_the_set_points(tmp_path):
    changed = edited(tmp_path, ('rated_fluid = "pg25"\n', "valve_min = 0.9\nvalve_max = 0.9\n"))
    rated = edited(tmp_path, ('rated_fluid = "pg25"\n', 'rated_fluid = "pg25"\nvalve_min = 0.9\n'))
    first = rows(twin.coolant(changed)["set_points.csv"])[0]
    assert (first["valve_min"], first["valve_max"]) == ("0.9", "0.9")
    assert first["facility_valve"] == ""  # its rating lacks a part: nobody knows what then comes
    least = rows(twin.coolant(rated)["set_points.csv"])[0]
    assert least["facility_valve"] == "at its least"
    assert float(least["expected_supply_c"]) < 40


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
        "coolant.cdus.C1.shutoff_kpa": 220, "coolant.cdus.C2.shutoff_kpa": 200,
    })  # fmt: skip
    texts = twin.coolant(site)
    kinds = [(row["kind"], row["name"]) for row in rows(texts["pipes.csv"])]
    assert ("valve", "P1") in kinds
    assert ("check valve", "P2") in kinds
    assert ("balancing valve", "STD") in kinds
    (fill,) = rows(texts["fill.csv"])
    assert (fill["at_least"], fill["missing"]) == ("no", "")
    silent = twin.change(site, {"coolant.cdus.C2.shutoff_kpa": float("nan")})
    (open_,) = rows(twin.coolant(silent)["fill.csv"])
    assert (open_["vessel_l"], open_["missing"]) == ("", "coolant.cdus.C2.shutoff_kpa")
    assert float(fill["fill_l"]) == pytest.approx(1000.0, abs=0.1)
    assert (fill["final_kpa"], fill["final_from"]) == ("350.0", "pipe:P1")
    expected = (float(fill["expansion_l"]) + 5.0) * 450.0 / 200.0
    assert float(fill["vessel_l"]) == pytest.approx(expected, rel=0.01)


# ----------------------------------------------------------------------- plants, pumps, the page


@pytest.fixture(scope="module")
def ring():
    """Four CDUs on a plant whose pipes are described, and their papers."""
    one = study(twin.load(RING))
    return one, papers(one)


@pytest.mark.parametrize("name", ["plants", "facility"])
def test_papers_of_a_plant_are_the_golden_ones(ring, golden, name):
    golden(f"coolant_ring_{name}.csv", ring[1][f"{name}.csv"])


def test_papers_that_show_what_is_expected_have_room_for_what_is_measured(ring):
    room = {
        "balancing": ("flow_lpm", "dp_kpa"),
        "set_points": ("flow_lpm", "head_kpa", "supply_c"),
        "plants": ("flow_lpm", "head_kpa", "supply_c"),
        "facility": ("flow_lpm", "dp_kpa"),
    }
    for name, figures in room.items():
        told = rows(ring[1][f"{name}.csv"])
        assert told
        for row in told:
            assert {row[f"measured_{figure}"] for figure in figures} == {""}, name


def test_pumps_are_counted_in_pieces(ring):
    fws = rows(ring[1]["plants.csv"])[0]
    assert (fws["pumps"], fws["pumps_needed"]) == ("3", "2")


def test_rows_are_as_long_as_their_header_also_where_nothing_is_solved(ring):
    unset = {f"coolant.{kind}.set_kpa": float("nan") for kind in ("plants.FWS", "loops.T1")}
    one = study(twin.change(ring[0].site, unset))
    assert {kind for kind, *_ in unsolved(one)} == {"loop", "plant"}
    for name, paper in papers(one).items():
        lengths = {len(row) for row in csv.reader(paper.splitlines())}
        assert len(lengths) == 1, name


def test_a_plant_is_filled_and_its_pipes_are_on_the_schedule(ring):
    fill = {row["loop"]: row for row in rows(ring[1]["fill.csv"])}
    assert [row["circuit_kind"] for row in fill.values()] == ["loop", "plant"]
    pipes = [row for row in rows(ring[1]["pipes.csv"]) if row["circuit"] == "FWS"]
    assert len(pipes) == 9
    held = sum(float(row["volume_l"]) for row in pipes) + 2400
    assert float(fill["FWS"]["fill_l"]) == pytest.approx(held, rel=1e-4)
    assert [row["missing"] for row in fill.values()] == ["coolant.loops.T1.static_kpa", ""]
    # What they gain and 0.5 % of them, on (pe + 1 bar) / (pe - p0): 600 kPa of racks' coolant and
    # pipes of 1,000 kPa, less the 260 kPa that pumps add at no flow.
    held = {"coolant.loops.T1.static_kpa": 100.0, "coolant.cdus.*.shutoff_kpa": 260.0}
    both = rows(twin.coolant(twin.change(ring[0].site, held))["fill.csv"])
    assert both[1] == fill["FWS"]
    for row, final, rest in zip(both, (340.0, 740.0), (100.0, 120.0), strict=True):
        gain = float(row["expansion_l"]) + float(row["reserve_l"])
        assert float(row["final_kpa"]) == final
        assert float(row["vessel_l"]) == pytest.approx(gain * (final + 100) / (final - rest), 0.01)
    bare = {f"coolant.plants.FWS.{c}": float("nan") for c in ("volume_l", "static_kpa")}
    lacking = rows(twin.coolant(twin.change(ring[0].site, bare))["fill.csv"])[1]
    assert lacking["missing"] == "coolant.plants.FWS.volume_l; coolant.plants.FWS.static_kpa"
    # Healthy, C2 gives a quarter of the racks' heat to 662.5 L/min of water at 0.0694 kW per K and
    # litre; where a branch is lost it gives a little less to still less water.
    healthy = 34 + 24 * 132 * 0.9 / 4 / (662.48 * 0.0694)
    assert healthy < float(fill["FWS"]["warm_c"]) < healthy + 0.4


def test_the_vessel_of_a_plant_when_the_layout_says_its_parts(ring):
    site = twin.change(ring[0].site, {
        "coolant.plants.FWS.volume_l": 386.3, "coolant.plants.FWS.static_kpa": 150,
        "coolant.plants.FWS.shutoff_kpa": 250, "coolant.pipes.F*.pressure_max_kpa": 1000,
        "coolant.pipes.F2-F3.pressure_max_kpa": 800, "coolant.plants.FWS.fluid": "pg25",
    })  # fmt: skip
    fill = rows(twin.coolant(site)["fill.csv"])[1]
    assert (fill["at_least"], fill["missing"]) == ("no", "")
    assert float(fill["fill_l"]) == pytest.approx(2000.0, abs=0.1)
    assert (fill["final_kpa"], fill["final_from"]) == ("550.0", "pipe:F2-F3")
    expected = (float(fill["expansion_l"]) + 10.0) * 650.0 / 400.0
    assert float(fill["vessel_l"]) == pytest.approx(expected, rel=0.01)
    assert float(fill["glycol_l"]) == pytest.approx(500.0, rel=1e-3)


def test_a_plant_that_cannot_be_solved_says_what_it_waits_for(ring):
    lacking = twin.change(ring[0].site, {"coolant.cdus.C2.facility_dp_kpa": float("nan")})
    texts = twin.coolant(lacking)
    for name in ("plants", "facility"):
        for row in rows(texts[f"{name}.csv"]):
            if row["plant"] != "FWS":
                continue
            assert row["missing"] == "coolant.cdus.C2.facility_dp_kpa", name
            assert row["expected_flow_lpm"] == "", name
    one = study(lacking)
    assert unsolved(one) == [("plant", "FWS", "coolant.cdus.C2.facility_dp_kpa missing")]
    assert "Plant FWS cannot be solved" in index(one, texts)


def test_a_user_without_enough_water_is_told(ring):
    weak = twin.change(ring[0].site, {"coolant.plants.FWS.set_kpa": 8})
    texts = twin.coolant(weak)
    assert {row["enough"] for row in rows(texts["facility.csv"])} == {"no"}
    settings = {row["setting"].split(" of ")[0] for row in rows(texts["facility.csv"])}
    assert settings == {"short"}
    page = index(study(weak), texts)
    assert "4 users; short of water: C1, C2, C3, C4" in page
    assert "4 users; none short of water; 4 with a valve to set" in index(*ring)


def test_of_a_plant_without_pipes_stands_what_is_asked_of_it(site, told):
    plants = {row["plant"]: row for row in rows(told["plants.csv"])}
    units = rows(told["set_points.csv"])
    asked = sum(float(row["expected_facility_flow_lpm"]) for row in units)
    assert float(plants["FWS"]["expected_flow_lpm"]) == pytest.approx(asked, rel=1e-4)
    assert float(plants["FWS"]["worst_flow_lpm"]) >= asked
    assert {row["pipes_described"] for row in plants.values()} == {"no"}
    assert "2 plants; at most 1,097 L/min from CHW" in index(study(site), told)
    silent = twin.change(site, {"coolant.air_units.FW1.facility_flow_lpm": float("nan"),
                                "catalog.*.water_flow_lpm": float("nan")})  # fmt: skip
    lacking = {row["plant"]: row for row in rows(twin.coolant(silent)["plants.csv"])}["CHW"]
    assert lacking["expected_flow_lpm"] == ""
    assert "coolant.air_units.FW1.facility_flow_lpm" in lacking["missing"]


def test_a_plant_that_evaporates_says_what_it_draws(ring):
    plain = rows(ring[1]["plants.csv"])[0]
    assert (plain["evaporated_lpm"], plain["makeup_lpm"], plain["drained_lpm"]) == ("", "", "")
    share = {"coolant.plants.FWS.evaporated_share": 1.0}
    wet = share | {"coolant.plants.FWS.concentration_cycles": 4.0}
    row = rows(twin.coolant(twin.change(ring[0].site, wet))["plants.csv"])[0]
    # 24 racks of 132 kW, 0.9 of it in liquid, at 34 degC: 60 x 2,851.2 / 2,421.9 L/min,
    # and 7.6 kW of the CDUs' pumps.
    assert float(row["evaporated_lpm"]) == pytest.approx(70.82, abs=0.02)
    assert float(row["makeup_lpm"]) == pytest.approx(94.43, abs=0.03)
    assert float(row["drained_lpm"]) == pytest.approx(23.61, abs=0.02)
    row = rows(twin.coolant(twin.change(ring[0].site, share))["plants.csv"])[0]
    assert row["missing"] == "coolant.plants.FWS.concentration_cycles"
    assert (row["evaporated_lpm"], row["makeup_lpm"]) == ("70.818", "")


def test_a_plant_is_flushed_too(ring):
    mine = [row for row in rows(ring[1]["flush.csv"]) if row["circuit_kind"] == "plant"]
    assert len(mine) == 18
    assert {row["bypass_at"] for row in mine} == {"C1", "C2", "C3", "C4", "all"}
    lacking = twin.change(ring[0].site, {"coolant.cdus.C2.facility_dp_kpa": float("nan")})
    mine = [r for r in rows(twin.coolant(lacking)["flush.csv"]) if r["circuit_kind"] == "plant"]
    assert {row["given_lpm"] for row in mine} == {""}
    assert {row["missing"] for row in mine} == {"coolant.cdus.C2.facility_dp_kpa"}
    assert all(row["need_lpm"] for row in mine)


def test_pumps_with_a_curve_have_a_speed_and_an_envelope_has_none(told):
    assert {row["expected_speed"] for row in rows(told["set_points.csv"])} == {""}
    hall = twin.load(ROOT / "layouts" / "hall_gb300.toml")
    first = rows(twin.coolant(hall)["set_points.csv"])[0]
    points = shipped().products["vertiv_xdu1350"].curves["pump"]
    curve = pump_curve(*(np.array(points.column(c)) for c in ("flow_lpm", "head_kpa")))
    for state in ("expected", "worst"):
        flow, head, speed = (
            float(first[f"{state}_{what}"]) for what in ("flow_lpm", "head_kpa", "speed")
        )
        assert float(head_at(curve, np.array(flow), speed)) == pytest.approx(head, rel=0.005)
    assert 0.7 < float(first["expected_speed"]) < float(first["worst_speed"]) < 1


def test_the_pumps_that_are_left_run_faster(ring):
    table = ring[0].site.tables["plant"]
    row, lpm, kpa = table.ids.tolist().index("FWS"), 600.0, 120.0
    assert np.isnan(speed_of(ring[0], "plant", row, lpm, kpa, out=False))
    hall = study(twin.load(ROOT / "layouts" / "hall_gb300.toml"))
    whole, half = (speed_of(hall, "cdu", 0, lpm, kpa, out=out) for out in (False, True))
    assert half > whole
    assert np.isnan(speed_of(hall, "cdu", 0, 0.0, kpa, out=False))


def test_the_page_leads_to_every_paper_and_says_what_is_missing(site, told, tmp_path):
    page = index(study(site), told)
    assert [name for name in told if f'href="{name}"' in page] == list(told)
    for line in (
        "1 loop with pipes, 8 racks, 2 CDUs", "8 racks: 8 with a valve to set",
        "2 CDUs; at most 988 L/min at 140 kPa from C1 with C2 lost",
        "1 loop: at least 237 L with 59 L of glycol", "6 sides to flush; at most 502 L/min",
        "coolant.loops.T1.static_kpa",
    ):  # fmt: skip
        assert line in page
    lacking = study(edited(tmp_path, ("bore_m = 0.0254\n", "")))
    page = index(lacking, papers(lacking))
    assert "Loop T1 cannot be solved:" in page
    assert "8 racks: 8 not known" in page


def test_names_on_the_page_are_text(tmp_path):
    named = edited(tmp_path, ("A row of GB300", "<script>alert(1)</script> A row of GB300"))
    page = index(study(named), twin.coolant(named))
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_of_equal_figures_the_first_case_is_told():
    assert greatest(np.array([1.0, 2.0, 2.0 + 1e-9]), np.array([0, 4, 7])) == 1
    assert greatest(np.full(2, np.nan), np.array([0, 1])) == 0


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
    assert found[1].off == pytest.approx(100 / 119.96 - 1, abs=1e-4)
    assert found[0].dp_off == pytest.approx(70 / 60.162 - 1, abs=1e-4)
    lines = racks.told(found, 0.1)
    assert lines[0] == (
        "measured, within 10 % of what is expected: 5 within, 1 off, 1 starves, 1 unknown"
    )
    assert lines[1] == "  G2 starves: 100 L/min, expected 120 (-16.6 %), design 116.4"
    assert lines[2].startswith("  G3 off: 145 L/min, expected 119.9 (+20.9 %)")
    assert [c.found.value for c in compared(site, told, tmp_path, flows, None, 0.2)][1:3] == [
        "within", "off",
    ]  # fmt: skip


def test_a_pressure_that_is_not_that_of_its_flow_is_told(site, told, tmp_path):
    """60 kPa at 120 L/min: 70 are 16 % more, within twice the tolerance; 20 are a wrong meter."""
    flows = dict.fromkeys([f"G{k}" for k in range(1, 9)], "120")
    found = compared(site, told, tmp_path, flows, {"G1": "70", "G2": "20"})
    assert [c.found.value for c in found][:3] == ["within", "off", "within"]
