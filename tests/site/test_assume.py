"""Assumptions: held to bounds, read in their units, and each until its own last day."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from twin import pipeline
from twin.errors import InputError
from twin.model.change import Change
from twin.site.assume import expire

BASE = (Path(__file__).parents[1] / "rules" / "base.toml").read_text(encoding="utf-8")
BEFORE = BASE.count("[[assume]]")
SIGNED = 'reason = "letter"\nby = "test"\n'


@pytest.fixture
def built(tmp_path):
    def build(text):
        path = tmp_path / "hall.toml"
        path.write_text(text, encoding="utf-8")
        return pipeline.load(path)

    return build


def assume(path, value, until=""):
    last = f"until = {until}\n" if until else ""
    return f'\n[[assume]]\npath = "{path}"\nvalue = {value}\n{SIGNED}{last}'


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("catalog.gb300_nvl72.power_factor", -0.98),
        ("catalog.gb300_nvl72.power_factor", 1.7),
        ("catalog.nv_network_rack.mass_kg", -900),
        ("catalog.nv_network_rack.input_whips", -2),
        ("catalog.nv_network_rack.input_whips", 2.5),
        ("catalog.nv_network_rack.liquid_share_low", 1.2),
        ("catalog.nv_network_rack.ew_gbps", 0),
        ("catalog.gb200_nvl72.power_factor", 1.7),  # of no rack here
        ("halls.H1.slab_kpa", 0),
        ("halls.H1.slab_kpa", '"50 ft"'),
        ("racks.*.state", '"live"'),
    ],
)
def test_what_no_layout_may_say_is_told_where_it_is_written(built, path, value):
    with pytest.raises(InputError) as raised:
        built(BASE + assume(path, value))
    (problem,) = raised.value.problems
    assert problem.key == f"assume.{BEFORE}.value"
    lines = (BASE + assume(path, value)).split("\n")
    assert problem.line == len(lines) - lines[::-1].index(f"value = {value}")


@pytest.mark.parametrize(
    ("figure", "value"),
    [("liquid_share_low", 0), ("ew_ports", 0), ("supply_min_c", -3), ("nameplate_kw", 0)],
)
def test_what_may_be_nothing(built, figure, value):
    built(BASE + assume(f"catalog.nv_network_rack.{figure}", value))


def test_a_value_may_carry_its_unit(built):
    bare = BASE.replace("slab_kpa = 50\n", "")
    halls = built(bare + assume("halls.H1.slab_kpa", '"1000 psf"')).tables["hall"]
    assert halls["slab_kpa"] == pytest.approx([47.88], abs=0.01)


def test_a_later_assumption_steps_in_for_one_that_ended(built):
    bare = BASE.replace("rating_a = 1200\nhall", "hall", 1)
    path = "power.busways.R1A.rating_a"
    text = bare + assume(path, 1900, "2027-06-01") + assume(path, 2000, "2029-06-01")
    site = built(text)
    for day, rating, number in (
        (date(2027, 6, 1), 1900, BEFORE),
        (date(2027, 6, 2), 2000, BEFORE + 1),
        (date(2029, 6, 2), np.nan, -1),
    ):
        then = expire(site, day)
        row = then.tables["busway"].row("R1A")
        assert then.tables["busway"]["rating_a"][row] == pytest.approx(rating, nan_ok=True)
        assert then.assumed["busway", "rating_a"][row] == number


def test_what_a_change_made_unknown_is_filled_by_nobody(built):
    bare = BASE.replace("rating_a = 1200\nhall", "hall", 1)
    path = "power.busways.R1A.rating_a"
    site = built(bare + assume(path, 1900, "2027-06-01") + assume(path, 2000))
    unknown = pipeline.change(site, [Change("set", path, float("nan"))])
    then = expire(unknown, date(2028, 1, 1))
    assert np.isnan(then.tables["busway"]["rating_a"][then.tables["busway"].row("R1A")])


def test_an_assumed_count_of_inputs_makes_so_many_whips(built):
    rule = '{ busway = "R1A", count = 1, breaker_a = 100'
    site = built(BASE.replace(rule, rule.replace("count = 1", "count = 2")))
    whips = site.tables["whip"].ids.tolist()
    assert len([name for name in whips if name.startswith("DN-001/")]) == 2


def test_none_is_what_is_not_known_whatever_the_type_of_the_column():
    site = pipeline.load("layouts/coolant_in_row.toml")
    loop = "coolant.loops.T1"
    changed = pipeline.change(site, {f"{loop}.set_kpa": None, f"{loop}.fluid": None})
    assert np.isnan(changed.tables["loop"]["set_kpa"][0])
    assert changed.tables["loop"]["fluid"][0] == ""
