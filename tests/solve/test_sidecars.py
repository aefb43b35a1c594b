"""Liquid-to-air units on a loop whose pipes are described: rated against the air of the hall."""

import re
from pathlib import Path

import pytest

import twin
from twin.pipeline import study
from twin.solve.coolant.coupled import loop_flows
from twin.solve.coolant.warmth import Valve

ROW = Path("layouts/coolant_in_row.toml").read_text()
_WATER = "plant|rated_supply_c|rated_fluid|rated_facility_fluid|facility_flow_lpm|facility_dp_kpa"


def row(tmp_path: Path, heat_kw: float, approach_k: float, hall: str = "") -> twin.Site:
    """The example row with two sidecars in place of its CDUs, in air of 24 degC."""
    text = ROW.replace("dry_bulb_c = 24\n", hall or "dry_bulb_c = 24\n")
    for name in ("C1", "C2"):
        start = text.index(f"[coolant.cdus.{name}]")
        end = text.index("\n[", start)
        unit = re.sub(rf"^(?:{_WATER}) = .*\n", "", text[start:end], flags=re.MULTILINE)
        unit = re.sub(r"heat_kw = .*", f'heat_kw = {heat_kw}\ntype = "smc_l2a_200"', unit)
        unit = re.sub(r"approach_k = .*", f"approach_k = {approach_k}", unit)
        text = text[:start] + unit + text[end:]
    path = tmp_path / "sidecars.toml"
    path.write_text(text)
    return twin.load(path)


def test_within_its_rating_a_sidecar_holds_its_set_point_and_takes_no_water(tmp_path):
    (flow,) = study(row(tmp_path, 1300, 16))(loop_flows)
    live = flow.unit_lpm > 0
    assert set(flow.warmth.valve[live].tolist()) == {Valve.TO_AIR}
    assert (flow.warmth.supply_c[live] == 40).all()
    assert (flow.warmth.facility_lpm == 0).all()
    assert flow.warmth.heat_kw[0].sum() > 950.4  # that of the racks and of its pumps


def test_its_heat_goes_to_the_hall_and_not_to_a_plant_of_the_loop(tmp_path):
    report = twin.check(row(tmp_path, 1300, 16))
    told = {(f.code, f.subject): f.demand for f in report.findings}
    assert told["COL103", "hall:H1"] == pytest.approx(8 * 132)
    assert ("COL206", "plant:FWS") not in told


@pytest.mark.parametrize(
    ("heat_kw", "approach_k", "hall", "wanted"),
    [
        (200, 16, "", "coolant.cdus.C1.heat_kw"),  # more heat than it is rated for
        (1300, 17, "", "coolant.cdus.C1.heat_kw"),  # nearer to the air than it is rated for
        (1300, 16, " ", "halls.H1.dry_bulb_c"),
    ],
)
def test_beyond_its_rating_no_water_is_asked_for(tmp_path, heat_kw, approach_k, hall, wanted):
    gaps = [g.path for g in twin.check(row(tmp_path, heat_kw, approach_k, hall)).gaps]
    assert wanted in gaps
    assert not [g for g in gaps if "facility" in g or "fluid" in g or "plant" in g]
