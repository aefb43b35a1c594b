"""What stands in a rack beside its servers draws, weighs and warms on top of what its type says."""

import shutil
from pathlib import Path

import numpy as np
import pytest

import twin
from twin.checks.coolant.air_sums import heat_figures
from twin.checks.inputs import load_figures
from twin.model.change import Conditions, Scenario
from twin.pipeline import study
from twin.site.site import Site
from twin.solve.floor.standing import rack_mass_kg, sure_mass_kg
from twin.solve.load import air_heat, liquid_heat, rack_load, rack_power
from twin.solve.nameplate import nameplate, peak
from twin.solve.power.servers import given
from twin.solve.study import Study

GEAR = twin.load("tests/rules/gear.toml")


def of(site: Site, mode: str = "provisioned", **changes: object) -> Study:
    changed = twin.change(site, changes) if changes else site
    return study(changed, Scenario(conditions=Conditions(mode=mode)))


def named(one: Study, figures: object) -> set[str]:
    return {
        f"{f.kind}.{one.site.tables[f.kind].ids[row]}.{f.column}"
        for f in figures
        for row in f.rows[~f.known].tolist()
    }


def test_gear_comes_on_top_of_the_nameplate_and_of_a_cap_of_the_type():
    # Two racks of servers, 40 kW of gear in the first; 2 kW in a network rack of 30 kW.
    plain, capped = of(GEAR, "nameplate"), of(GEAR)
    own = float(plain.table("rack")["nameplate_kw"][1])
    assert plain(rack_power).tolist() == [own + 40, own, 30]
    assert capped(rack_power).tolist() == [132 + 40, 132, 30]


@pytest.mark.parametrize(
    ("key", "mode"), [("nameplate_kw", "nameplate"), ("provisioned_kw", "provisioned")]
)
def test_what_the_layout_says_of_the_rack_is_all_of_its_power(key, mode):
    assert of(GEAR, mode, **{f"racks.D1-001.{key}": 150})(rack_power)[0] == 150


def test_what_the_meter_says_is_all_of_it():
    assert of(GEAR, "measured", **{"racks.D1-001.measured_kw": 90})(rack_power)[0] == 90


@pytest.mark.parametrize(("state", "key"), [("energised", "idle_kw"), ("burn-in", "peak_kw")])
def test_gear_draws_today_beside_what_the_state_of_the_servers_draws(state, key):
    said = {"racks.D1-001.state": state, "catalog.gb300_nvl72." + key: 60}
    assert of(GEAR, "today", **said)(rack_power)[0] == 100
    silent = of(GEAR, "today", **said, **{"data.gear.M2.draw_kw": float("nan")})
    assert np.isnan(silent(rack_power)[0])
    assert named(silent, load_figures(silent)) == {"gear.M2.draw_kw"}


def test_short_peaks_have_what_gear_draws():
    one = of(GEAR, **{"catalog.gb300_nvl72.peak_kw": 150})
    assert one(peak).tolist()[:2] == [190, 150]


def test_what_gear_draws_goes_to_the_air_and_nothing_of_it_to_liquid():
    one = of(GEAR)
    low, high = (one.table("rack")[f"liquid_share_{end}"][0] for end in ("low", "high"))
    load = one(rack_load)[1]
    assert one(air_heat)[:2] == pytest.approx(
        [load * (1 - low) + 40 / 132 * load, load * (1 - low)]
    )
    assert one(liquid_heat)[:2] == pytest.approx([load * high, load * high], rel=0.02)


def test_gear_of_unknown_draw_leaves_the_heat_to_the_air_unknown_even_where_the_load_is_said():
    said = {"racks.D1-001.provisioned_kw": 150, "data.gear.M2.draw_kw": float("nan")}
    one = of(GEAR, **said)
    assert one(rack_power)[0] == 150
    assert np.isnan(one(air_heat)[0])
    assert named(one, heat_figures(one, np.array([0]))) == {"gear.M2.draw_kw"}


def test_gear_comes_on_top_of_the_mass_of_a_type_and_is_in_that_of_a_budget():
    assert of(GEAR)(rack_mass_kg).tolist() == [1580 + 100, 1580, 900]
    heavy = of(GEAR, **{"data.gear.M3.mass_kg": 1000})
    assert heavy(rack_mass_kg)[2] == 1000
    silent = of(GEAR, **{"data.gear.M1.mass_kg": float("nan")})
    assert np.isnan(silent(rack_mass_kg)[0])
    assert silent(sure_mass_kg)[0] == 1580 + 50


def test_supplies_of_servers_give_servers_what_they_need_and_gear_hangs_beside(tmp_path):
    text = Path("layouts/power_servers.toml").read_text(encoding="utf-8")
    shutil.copytree("layouts/products", tmp_path / "products")
    gear = '\n[data.gear.G]\nposition = "R3-01"\nrack_units = 1\nmass_kg = 5\ndraw_kw = 2\n'
    (tmp_path / "servers.toml").write_text(text + gear, encoding="utf-8")
    one = of(twin.load(tmp_path / "servers.toml"), "nameplate")
    racks = one.table("rack")
    row = int(np.flatnonzero(one(nameplate) == 42.8)[0])
    assert one.site.names[racks["position"][row]] == "position:R3-01"
    # Six supplies, of which four are needed, three the fewest; none below.
    rows = np.full(4, row)
    got = given(one, rows, np.array([6, 4, 3, 2]))
    reduced = float(racks["reduced_kw"][row])
    assert got.known[[0, 1, 3]].tolist() == [42.8, 42.8, 0]
    assert np.isnan(reduced) == np.isnan(got.known[2])
    assert got.most[2] == pytest.approx(42.8 if np.isnan(reduced) else reduced + 2, rel=1e-4)
