"""Zones of air: who serves whom, what is short, and what of it only warns."""

from __future__ import annotations

import functools
import re
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from twin import pipeline
from twin.checks.discover import all_rules
from twin.checks.engine import evaluate
from twin.checks.result import Report
from twin.errors import InputError
from twin.model.change import Change, Conditions, Scenario
from twin.site.site import Site
from twin.solve.coolant.measured import measured
from twin.solve.coolant.zones import air_through, areas, inlets, served_halls, served_zones
from twin.solve.losses.cases import cases
from twin.solve.study import Study

BASE = Path(__file__).parents[1] / "rules" / "base.toml"
ZONE = {"positions.R1-*.zone": "Z1"}
OWN = {**ZONE, "coolant.air_units.*.zone": "Z1"}
H2 = "[halls.H2]\noutline_m = [[20, 0], [30, 0], [30, 10]]\n\n"
AIR = {
    "catalog.gb300_nvl72.airflow_m3s": 1.25,
    "coolant.air_units.*.supply_c": 22,
    "coolant.air_units.*.airflow_m3s": 3,
    "coolant.zones.Z1.leak": 0,
    "coolant.zones.Z1.recirculation": 0,
}


@functools.cache
def base() -> Site:
    return pipeline.load(BASE)


def study(changes: dict[str, object], *, day: date | None = None, losses: int = 1) -> Study:
    made = tuple(Change("set", path, value) for path, value in changes.items())
    told = Conditions(date=day, losses=losses, scope=frozenset(base().scope))
    return pipeline.study(base(), Scenario(changes=made, conditions=told))


def report(changes: dict[str, object], code: str) -> Report:
    made = tuple(Change("set", path, value) for path, value in changes.items())
    return pipeline.check(base(), Scenario(changes=made), select=[code])


def test_a_zone_with_units_of_its_own_leaves_its_hall_and_one_without_stays() -> None:
    with_units, without = study(OWN), study(ZONE)
    assert with_units(served_zones).tolist() == [0, 0, 0, 0, -1]
    assert with_units(served_halls).tolist() == [-1, -1, -1, -1, 0]
    assert (without(served_zones) == -1).all()
    assert (without(served_halls) == 0).all()


def test_air_that_units_do_not_bring_is_exhaust() -> None:
    """6 m3/s feed 5; with one unit lost 3 do, so 0.4 of what racks draw is exhaust."""
    rows = study(OWN | AIR)(inlets)
    assert rows.area.tolist() == [0, 0]
    assert rows.supplied_m3s.tolist() == [6, 3]
    assert rows.short == pytest.approx([0, 0.4])
    rise = 4 * 17.16 / (1.206 * 5)
    assert rows.inlet_c == pytest.approx([22, 22 + 0.4 * rise / 0.6])
    assert rows.return_c == pytest.approx([22 + 68.64 / (1.206 * v) for v in (6, 3)])


def test_energy_of_a_short_zone_closes() -> None:
    """Racks take in supply and exhaust; what leaves them is what returns to the units."""
    one = study(OWN | AIR)
    rows, found = one(inlets), one(areas)
    exhaust = rows.inlet_c + found.rise_k[rows.area]
    returned = np.where(rows.short > 0, exhaust, rows.return_c)
    assert returned == pytest.approx(rows.return_c)


def test_the_warmest_set_point_of_a_pool_counts_for_its_racks() -> None:
    one = study(OWN | AIR | {"coolant.air_units.AH2.supply_c": 25})
    assert one(areas).supply_c[0] == 25
    assert one(areas).coldest_c[0] == 22


def test_what_the_layout_says_blocks_and_what_is_judged_warns() -> None:
    hot = OWN | AIR | {"halls.H1.air_class": "H1", "coolant.air_units.*.airflow_m3s": 30}
    judged = hot | {"coolant.air_units.*.supply_c": 24, "coolant.zones.Z1.recirculation": np.nan}
    said = judged | {"coolant.zones.Z1.recirculation": 0.15}
    assert report(judged, "COL303").counts["blocked"] == 0
    assert {f.subject for f in report(judged, "COL303").findings} == {
        f"rack:D1-00{n}" for n in (1, 2, 3, 4)
    }
    assert report(said, "COL303").counts["blocked"] == 4


def test_air_of_sidecars_is_not_known_without_a_design_rise(tmp_path: Path) -> None:
    text = re.sub(
        r'"vertiv_xdu1350"((?:\n(?!\[|plant).+)*)\nplant = .*', r'"smc_l2a_200"\1', BASE.read_text()
    )
    assert '"vertiv_xdu1350"' not in text
    (tmp_path / "base.toml").write_text(text)
    site = pipeline.change(pipeline.load(tmp_path / "base.toml"), AIR)
    assert np.isnan(pipeline.study(site)(air_through)[:4]).all()
    site = pipeline.change(site, {"policy.limits.air_rise_k": 12})
    by_rise = pipeline.study(site)(air_through)[:4]
    assert by_rise == pytest.approx([1.25 + (132 - 17.16) / (1.206 * 12)] * 4)


def test_readings_count_on_their_days() -> None:
    read = {
        "coolant.temperatures.M1.element": "D1-001",
        "coolant.temperatures.M2.element": "D1-002",
        "coolant.temperatures.M1.until": "2027-06-01",
        "coolant.temperatures.M2.start": "2027-06-02",
    }
    assert study(read, day=date(2027, 6, 2))(measured).rack.tolist() == [1]
    assert study(read)(measured).rack.tolist() == [0, 1]
    assert study(read)(measured).unit.tolist() == [0]


def test_nothing_that_was_not_measured_has_an_index() -> None:
    one = pipeline.check(base(), Scenario(), select=["COL306", "COL307", "COL308"])
    assert not one.findings


def test_a_zone_of_another_hall_is_told_when_it_is_read(tmp_path: Path) -> None:
    text = BASE.read_text()
    text = text.replace('[coolant.zones.Z1]\nhall = "H1"', '[coolant.zones.Z1]\nhall = "H2"')
    text = text.replace("[halls.H1]", H2 + "[halls.H1]", 1)
    text = text.replace('[rows.R1]\nhall = "H1"', '[rows.R1]\nhall = "H1"\nzone = "Z1"')
    text = text.replace('type = "vertiv_fa069hc"', 'type = "vertiv_fa069hc"\nzone = "Z1"', 1)
    (tmp_path / "base.toml").write_text(text)
    with pytest.raises(InputError) as raised:
        pipeline.load(tmp_path / "base.toml")
    assert "zone Z1 is in another hall than this position" in str(raised.value)
    assert "zone Z1 is in another hall than this air unit" in str(raised.value)


def test_a_row_gives_its_positions_their_zone(tmp_path: Path) -> None:
    text = BASE.read_text().replace('[rows.R1]\nhall = "H1"', '[rows.R1]\nhall = "H1"\nzone = "Z1"')
    (tmp_path / "base.toml").write_text(text)
    zone = pipeline.load(tmp_path / "base.toml").tables["position"]["zone"]
    assert (zone >= 0).tolist() == [False, True, True, True, True]


def test_a_lost_rear_door_leaves_its_heat_to_the_hall() -> None:
    """98.64 kW, 20 of them in the door: the worst of units and doors is the hall's own unit."""
    door = {"coolant.air_units.AH1.position": "N1-01", "coolant.air_units.AH1.heat_kw": 20}
    rule = next(r for r in all_rules() if r.code == "COL103")
    e = evaluate(study(door, losses=1), [rule])
    names = study(door)(cases).name[e.rows.case].tolist()
    by_case = dict(zip(names, e.rows.demand.tolist(), strict=True))
    assert by_case[""] == pytest.approx(78.64)
    assert by_case["air_unit:AH2"] == pytest.approx(78.64)
    small = door | {"coolant.air_units.AH2.heat_kw": 10}
    e = evaluate(study(small, losses=1), [rule])
    worst = e.rows.case[1:]
    assert [str(study(small)(cases).name[c]) for c in worst] == ["air_unit:AH1"]
    assert e.rows.demand[1:] == pytest.approx([98.64])
    assert e.rows.limit[1:] == pytest.approx([10])
