"""Panels and gear take units beside switches: by hand first, by rule after these."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from tests.site.pods import H100, pod
from tests.site.test_fabrics import column, housed
from twin import pipeline
from twin.errors import InputError
from twin.model.change import Change, Scenario
from twin.site.site import Site

PANEL = """
[data.panels.{name}]
position = "N-01"
serves = ["{serves}"]
"""
MANAGER = """
[data.gear.manager]
position = "N-01"
rack_units = 2
draw_kw = 0.6
mass_kg = 18.0
"""
LIGHT = Scenario(changes=(Change("set", "racks.N-001.mass_kg", 50.0),))


def panel(name: str, serves: str, **keys: object) -> str:
    """A panel in the first network rack, as text."""
    said = PANEL.format(name=name, serves=serves)
    return said + "".join(f"{key} = {value}\n" for key, value in keys.items())


def built(folder: Path, more: str, units: int = 12) -> Site:
    """Leaves in N-01 and N-02, two each, and spines likewise: 8 + 4 switches of 1 U."""
    return pod(folder, 8, more=housed(units) + more, c=H100)


def refused(folder: Path, more: str, units: int = 12) -> list[str]:
    with pytest.raises(InputError) as raised:
        built(folder, more, units)
    return [p.text().partition(": ")[2] for p in raised.value.problems]


def test_panels_take_the_lowest_units_that_switches_leave(tmp_path):
    site = built(tmp_path, panel("A", "C-01", rack_units=4) + panel("B", "C-02", rack_units=1))
    assert column(site, "switch", "position")["c-leaf-001"] >= 0
    assert column(site, "panel", "unit") == {"A": 7, "B": 11}


def test_what_stands_by_hand_has_its_units_before_switches(tmp_path):
    site = built(tmp_path, panel("A", "C-01", rack_units=4, unit=2))
    units = column(site, "switch", "unit", "leaf")
    assert [units[f"c-leaf-00{n}"] for n in (1, 2, 3, 4)] == [1, 6, 7, 8]
    assert column(site, "panel", "unit") == {"A": 2}


def test_gear_comes_after_panels(tmp_path):
    site = built(tmp_path, MANAGER + panel("A", "C-01", rack_units=4))
    assert column(site, "gear", "unit") == {"manager": 11}


@pytest.mark.parametrize("said", ["", "unit = 3\n"])
def test_gear_that_hangs_beside_the_units_takes_none(tmp_path, said):
    strip = MANAGER.replace("manager", "strip").replace("units = 2", "units = 0") + said
    site = built(tmp_path, strip + panel("A", "C-01", rack_units=4))
    full = built(tmp_path, panel("A", "C-01", rack_units=4))
    for kind in ("switch", "panel"):
        assert column(site, kind, "unit") == column(full, kind, "unit")
    found = pipeline.check(site, select=["NET411", "SPC405"])
    assert not found.findings
    assert not any(c.unknown for c in found.coverage)


def test_of_a_rack_whose_units_nobody_knows_none_is_given(tmp_path):
    site = pod(tmp_path, 8, more=panel("A", "C-01", rack_units=4), c=H100)
    assert math.isnan(column(site, "panel", "unit")["A"])


def test_a_panel_among_switches_that_stand_by_hand_is_told(tmp_path):
    by_hand = '[data.switches.console]\nposition = "N-01"\nunit = 5\ntype = "qm9700"\n'
    (line,) = refused(tmp_path, by_hand + panel("A", "C-01", rack_units=4, unit=4))
    assert line == (
        "data.panels.A.unit: units 4 to 7 at N-01, of which switch console takes some;"
        " lowest units with room for 4 U: 1, 6 to 9; the nearest is 6"
    )


def test_two_panels_in_one_place_are_told(tmp_path):
    both = panel("A", "C-01", rack_units=4, unit=1) + panel("B", "C-02", rack_units=2, unit=4)
    (line,) = refused(tmp_path, both)
    assert "data.panels.B.unit: units 4 to 5 at N-01, of which panel A takes some" in line
    assert line.endswith("lowest units with room for 2 U: 5 to 11; the nearest is 5")


def test_a_panel_above_the_top_is_told(tmp_path):
    (line,) = refused(tmp_path, panel("A", "C-01", rack_units=4, unit=10))
    assert line.endswith(
        "units 10 to 13 of a rack of 12 at N-01; lowest units with room for 4 U: 1 to 9; the"
        " nearest is 9"
    )


def test_a_rack_without_units_left_is_told_with_numbers(tmp_path):
    (line,) = refused(tmp_path, panel("A", "C-01", rack_units=4), units=9)
    assert line == (
        "data.panels.A.position: 4 U find no units left in the rack of 9 U at N-01, of which 6 are"
        " taken; another rack: of the 9 units of this one at most 3 in a row are free"
    )


def test_what_panels_and_gear_weigh_and_draw_is_the_least_of_their_rack(tmp_path):
    site = built(tmp_path, MANAGER + panel("A", "C-01", rack_units=4, mass_kg=9.0))
    racks = pipeline.study(site, LIGHT).table("rack")
    row = racks.row("N-001")
    # Six switches of 14.8 kg and 0.747 kW, the panel and the manager.
    assert racks["mass_kg"][row] == pytest.approx(6 * 14.8 + 9 + 18)
    assert racks["nameplate_kw"][row] == 30.0
    heavy = MANAGER.replace("0.6", "40.0")
    racks = pipeline.study(built(tmp_path, heavy)).table("rack")
    assert racks["nameplate_kw"][row] == pytest.approx(6 * 0.747 + 40)


def test_gear_that_stands_nowhere_is_told(tmp_path):
    (line,) = refused(tmp_path, MANAGER.replace('position = "N-01"\n', ""))
    assert line == (
        "data.gear.manager.position: stands nowhere: what it weighs, draws and takes counts in no"
        " rack; write position, or rack"
    )


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("gear.manager", MANAGER + 'rack = "N-002"\n'),
        ("switches.c-leaf-001", '[data.switches.c-leaf-001]\nposition = "N-01"\nrack = "N-002"\n'),
    ],
)
def test_a_rack_that_stands_on_another_position_is_told(tmp_path, kind, text):
    (line,) = refused(tmp_path, text)
    assert line == (
        f"data.{kind}.rack: N-002 stands at N-02, and position says N-01;"
        ' position = "N-02", or leave one of the two out'
    )
    built(tmp_path, text.replace("N-002", "N-001"))


def test_a_switch_of_another_product_takes_the_units_of_that(tmp_path):
    tall = '[data.switches.c-leaf-001]\nposition = "N-01"\ntype = "q3200_ra"\n'
    units = column(built(tmp_path, tall), "switch", "unit", "leaf")
    assert [units[f"c-leaf-00{n}"] for n in (1, 2, 3, 4)] == [1, 3, 4, 5]


def test_a_unit_without_a_place_is_taken_before_any_rule_looks(tmp_path):
    # The last leaf and the last spine of N-02: others of both tiers would have had units 1 and 2.
    said = "".join(
        f"[data.switches.c-{name}]\nunit = {unit}\n"
        for name, unit in (("leaf-008", 1), ("spine-004", 2))
    )
    site = built(tmp_path, said)
    units, at = column(site, "switch", "unit"), column(site, "switch", "position")
    assert (units["c-leaf-008"], units["c-spine-004"]) == (1, 2)
    assert [units[f"c-leaf-00{n}"] for n in (5, 6, 7)] == [3, 4, 5]
    assert len({at[f"c-{n}"] for n in ("leaf-005", "leaf-008", "spine-004")}) == 1


def test_two_units_without_a_place_stand_in_two_racks_while_there_are_some(tmp_path):
    said = "".join(f"[data.switches.c-leaf-00{n}]\nunit = 1\n" for n in (1, 2))
    at = column(built(tmp_path, said), "switch", "position")
    assert at["c-leaf-001"] != at["c-leaf-002"]
    third = "[data.switches.c-leaf-003]\nunit = 1\n"
    (line,) = refused(tmp_path, said + third)
    assert line.startswith("data.switches.c-leaf-003.unit: unit 1 at N-01, of which switch c-leaf")
