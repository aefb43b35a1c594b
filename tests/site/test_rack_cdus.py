"""CDUs that racks carry: made by rule, fed where their rack stands, gone with it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import twin
from twin.errors import ChangeError
from twin.model.change import Change
from twin.site.site import Site

LAYOUT = Path(__file__).parents[2] / "layouts" / "coolant_in_rack.toml"


@pytest.fixture(scope="module")
def site() -> Site:
    return twin.load(LAYOUT)


def plant_of(site: Site, cdu: str) -> str:
    table = site.tables["cdu"]
    row = int(site.rows_of("plant", table["plant"])[table.index[cdu]])
    return str(site.tables["plant"].ids[row]) if row >= 0 else ""


def test_each_rack_has_so_many_cdus_on_a_loop_of_its_own(site: Site) -> None:
    cdus, loops = site.tables["cdu"], site.tables["loop"]
    assert cdus.ids[:3].tolist() == ["G01/cdu1", "G01/cdu2", "G02/cdu1"]
    assert (len(cdus), len(loops)) == (32, 16)
    loop = site.rows_of("loop", cdus["loop"])
    assert loops.ids[loop[:3]].tolist() == ["G01/loop", "G01/loop", "G02/loop"]
    rack = site.rows_of("rack", cdus["rack"])
    assert site.tables["rack"].ids[rack[:3]].tolist() == ["G01", "G01", "G02"]
    assert set(cdus["facility_flow_lpm"].tolist()) == {130.0}
    assert set(loops["supply_c"].tolist()) == {40.0}


def test_a_cdu_has_the_plant_and_the_hall_of_its_racks_position(site: Site) -> None:
    assert plant_of(site, "G01/cdu1") == "FWS"
    moved = twin.change(site, {"positions.R1-01.plant": "CHW"})
    assert plant_of(moved, "G01/cdu2") == "CHW"
    assert plant_of(moved, "G02/cdu1") == "FWS"
    away = twin.change(site, {"racks.G01.position": ""})
    assert plant_of(away, "G01/cdu1") == ""
    assert int(away.tables["cdu"]["hall"][0]) == -1


def test_a_rack_takes_its_cdus_along_when_it_goes(site: Site) -> None:
    gone = twin.change(site, [Change("remove", "racks.G02")])
    assert "G02/cdu1" not in gone.tables["cdu"].index
    assert "G02/loop" not in gone.tables["loop"].index
    assert len(gone.tables["cdu"]) == 30
    assert plant_of(gone, "G03/cdu1") == "FWS"


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ('coolant.cdus."G01/cdu1".plant', "CHW", "set positions.*.plant"),
        ("racks.G01.cdus", "TWIN", "comes of a rule"),
        ('coolant.cdus."G01/cdu1".rack', "G02", "comes of a rule"),
    ],
)
def test_what_a_rule_made_is_not_changed_past_it(
    site: Site, path: str, value: str, said: str
) -> None:
    with pytest.raises(ChangeError, match=said):
        twin.change(site, {path: value})


def test_a_copy_of_a_rack_with_cdus_is_refused_and_a_cdu_more_is_not(site: Site) -> None:
    with pytest.raises(ChangeError, match="when the layout is read"):
        twin.change(site, [Change("add", "racks.G99", {"copy": "G01"})])
    more = twin.change(site, [Change("add", 'coolant.cdus."G01/cdu3"', {"copy": "G01/cdu1"})])
    assert plant_of(more, "G01/cdu3") == "FWS"


def test_patching_equals_building_anew(site: Site, tmp_path: Path) -> None:
    text = LAYOUT.read_text().replace("\nsupply_c = 40\n", "\nsupply_c = 41\n")
    anew = tmp_path / LAYOUT.name
    anew.write_text(text)
    patched = twin.change(site, {"coolant.loops.*.supply_c": 41})
    built = twin.load(anew)
    for kind, table in built.tables.items():
        for name, column in table.columns.items():
            ours = patched.tables[kind][name]
            assert np.array_equal(ours, column, equal_nan=column.dtype.kind in "fM"), name


def test_a_field_of_a_cdu_in_a_rack_is_told_of_its_rule(site: Site) -> None:
    cdus = site.tables["cdu"].index["G05/cdu2"]
    assert site.path_of("cdu", cdus, "approach_k") == "coolant.rack_cdus.TWIN.approach_k"
    assert site.path_of("cdu", cdus, "plant") == "positions.R1-05.plant"
    loop = site.tables["loop"].index["G05/loop"]
    assert site.path_of("loop", loop, "fluid") == "coolant.rack_cdus.TWIN.fluid"


def test_a_field_of_a_rule_changes_what_it_made():
    site = twin.load("tests/rules/in_rack.toml")
    changed = twin.change(
        site, {"coolant.rack_cdus.TWIN.approach_k": 5, "coolant.rack_cdus.*.set_kpa": "80 kPa"}
    )
    assert set(changed.tables["cdu"]["approach_k"].tolist()) == {5.0}
    assert set(changed.tables["loop"]["set_kpa"].tolist()) == {80.0}


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("coolant.rack_cdus.TWIN.aproach_k", 'have no "aproach_k".*approach_k'),
        ("coolant.rack_cdus.TWIN.count", "comes of a rule when the layout is read"),
        ("coolant.rack_cdus.TVIN.approach_k", "matches no CDUs that a rack carries.*TWIN"),
        ("coolant.rack_cdus.TWIN", "should read coolant.rack_cdus.<id>.<column>"),
    ],
)
def test_a_change_of_a_rule_that_cannot_be_is_told(path, told):
    with pytest.raises(twin.TwinError, match=told):
        twin.change(twin.load("tests/rules/in_rack.toml"), {path: 5})
