"""Units that need more pumps, chillers or fans than they have: told at reading and in a what-if."""

from pathlib import Path

import pytest

import twin
from twin.errors import ChangeError, InputError

LAYOUTS = Path(__file__).parents[2] / "layouts"
IN_RACK = LAYOUTS / "coolant_in_rack.toml"
ASSUMED = (
    '\n[[assume]]\npath = "coolant.air_units.FW1.fans"\nvalue = 4\nreason = "seen"\nby = "me"\n'
    '\n[[assume]]\npath = "coolant.air_units.FW1.fans_needed"\nvalue = 5\n'
    'reason = "seen"\nby = "me"\n'
)


def one_problem(tmp_path, change, told):
    """A layout with one thing changed has one problem, with its line and these words."""
    path, text = tmp_path / "hall.toml", IN_RACK.read_text()
    assert change[0] in text
    path.write_text(text.replace(*change, 1))
    with pytest.raises(InputError) as raised:
        twin.load(path)
    (problem,) = raised.value.problems
    assert problem.line is not None
    assert [word for word in told if word not in problem.text()] == []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("pumps_needed = 1", "pumps_needed = 9",
         ["coolant.rack_cdus.TWIN.pumps_needed", "needs 9 pumps, and it has 2"]),
        ("pumps_needed = 2", "pumps_needed = 4",
         ["coolant.plants.FWS.pumps_needed", "needs 4 pumps, and it has 3"]),
        ("rating_kw = 2500", "rating_kw = 2500\nunits = 2\nunits_needed = 3",
         ["coolant.plants.FWS.units_needed", "needs 3 units, and it has 2"]),
        ("[coolant.air_units.FW1]", "[coolant.air_units.FW1]\nfans = 3\nfans_needed = 4",
         ["coolant.air_units.FW1.fans_needed", "needs 4 fans, and it has 3"]),
        ("[deliveries.D1]", ASSUMED + "\n[deliveries.D1]",
         ["assume.1.value", 'air unit "FW1"', "needs 5 fans, and it has 4"]),
    ],
)  # fmt: skip
def test_more_needed_than_there_are_is_told_once(tmp_path, old, new, told):
    one_problem(tmp_path, (old, new), told)


def test_a_change_may_ask_no_more_either():
    site = twin.load(IN_RACK)
    with pytest.raises(ChangeError, match="needs 4 pumps, and it has 3"):
        twin.change(site, {"coolant.plants.FWS.pumps_needed": 4})
    with pytest.raises(ChangeError, match="needs 2 pumps, and it has 1"):
        twin.change(site, {"coolant.plants.FWS.pumps": 1})
    both = {"coolant.plants.FWS.pumps_needed": 4, "coolant.plants.FWS.pumps": 4}
    assert twin.change(site, both) is not site


def test_no_wall_is_as_rough_as_its_bore_is_wide_however_it_is_said(tmp_path):
    site = twin.load("tests/rules/facility.toml")
    told = "a wall 0.09 m rough has no bore of 0.08 m"
    with pytest.raises(ChangeError, match=f"coolant.pipes.P1.roughness_m: .*{told}"):
        twin.change(site, {"coolant.pipes.P1.roughness_m": 0.09})
    with pytest.raises(ChangeError, match="has no bore of 4e-05 m"):
        twin.change(site, {"coolant.hookups.STD.bore_m": 0.00004})
    text = Path("tests/rules/facility.toml").read_text(encoding="utf-8")
    by_product = text.replace('type = "pipe_nps4_10s"\nbore_m = 0.1\nroughness_m = 0.000045',
                              'type = "pipe_nps4_10s"\nroughness_m = 0.2')  # fmt: skip
    path = tmp_path / "hall.toml"
    path.write_text(by_product, encoding="utf-8")
    with pytest.raises(InputError, match=r"H1\.roughness_m: a wall 0\.2 m rough has no bore"):
        twin.load(path)


@pytest.mark.parametrize(
    ("key", "value"),
    [("rated_supply_c", 400), ("rated_supply_c", -30), ("film_exponent", 0.001), ("supply_c", 140)],
)
def test_figures_of_a_cdu_stay_within_what_physics_allows(tmp_path, key, value):
    lines = [line for line in IN_RACK.read_text().splitlines() if not line.startswith(f"{key} = ")]
    at = lines.index("[coolant.rack_cdus.TWIN]") + 1
    path = tmp_path / "hall.toml"
    path.write_text("\n".join([*lines[:at], f"{key} = {value}", *lines[at:]]))
    with pytest.raises(InputError, match=rf"TWIN\.{key}: {value}"):
        twin.load(path)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('fluid = "pg25"', 'fluid = "PG52"', ['TWIN.fluid: there is no fluid "PG52"', "pg25"]),
        ("bore_m = 0.0318\nroughness_m = 0.00007", "bore_m = 0.0318\nroughness_m = 0.07",
         ["hookups.DROP.roughness_m", "0.07 m rough", "bore of 0.0318 m"]),
    ],
)  # fmt: skip
def test_coolants_and_walls_that_cannot_be(tmp_path, old, new, told):
    one_problem(tmp_path, (old, new), told)
