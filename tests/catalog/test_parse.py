"""Reading a user's document: strict, friendly, all problems at once."""

from __future__ import annotations

import pickle
import tomllib

import pytest

from twin.catalog import Source, parse, parse_sources
from twin.errors import CatalogError

SOURCES = {"sheet": Source("sheet", "Data sheet", "https://example.org/sheet")}
GOOD = """
format = 1
[rack.mine]
vendor = "Maker"
name = "Rack 1"
source = "sheet"
confidence = "datasheet"
form = "mgx"
mass_kg = 1500
nameplate_kw = { value = 140, low = 132, high = 142, basis = "ac_in", note = "two pages" }
dp_kpa = { note = "not published" }

[rack.mine.flow]
columns = ["supply_c", "flow_lpm"]
points = [[25, 59], [45, 177]]
at = { heat_kw = 121.5 }

[rack."mine@b"]
vendor = "Maker"
name = "Rack 1, revision b"
"""


def read(text):
    return parse(tomllib.loads(text), "mine.toml", SOURCES)


def problems(text):
    with pytest.raises(CatalogError) as caught:
        read(text)
    assert all(problem.file == "mine.toml" for problem in caught.value.problems)
    return {problem.key: problem for problem in caught.value.problems}


def one(line, *, source='source = "sheet"', confidence='confidence = "docs"'):
    return problems(f'[rack.x]\nvendor = "M"\nname = "X"\n{source}\n{confidence}\n{line}\n')


def test_a_good_document():
    rack, other = read(GOOD)
    assert (rack.id, rack.kind, rack.revision, rack.file) == ("mine", "rack", "", "mine.toml")
    assert rack.number("mass_kg") == 1500
    assert rack.figures["mass_kg"].source == "sheet"
    assert rack.figures["mass_kg"].unit == "kg"
    assert (rack.low("nameplate_kw"), rack.high("nameplate_kw")) == (132, 142)
    assert rack.figures["nameplate_kw"].basis == "ac_in"
    assert rack.figures["dp_kpa"].confidence == "unknown"
    assert rack.number("dp_kpa") != rack.number("dp_kpa")
    assert rack.number("never_said") != rack.number("never_said")
    assert rack.low("mass_kg") == rack.high("mass_kg") == 1500
    assert rack.curves["flow"].points == ((25, 59), (45, 177))
    assert rack.text["form"] == "mgx"
    assert rack.sources == SOURCES
    assert (other.id, other.revision) == ("mine@b", "b")
    assert pickle.loads(pickle.dumps(rack)) == rack  # noqa: S301 - our own bytes


def test_all_problems_are_told_at_once():
    found = problems("""
format = 1
[raks.x]
vendor = "M"
[rack.y]
vendor = "M"
source = "shet"
confidence = "datashet"
mass_kgg = 3
mass_kg = nan
liquid_share = -0.1
nameplate_kw = { value = 1, low = 2, basis = "ac_in", source = "sheet", confidence = "docs" }
""")
    assert set(found) == {
        "raks",
        "rack.y",
        "rack.y.source",
        "rack.y.confidence",
        "rack.y.mass_kgg",
        "rack.y.mass_kg",
        "rack.y.liquid_share",
        "rack.y.nameplate_kw",
    }
    assert found["raks"].near == "rack"
    assert found["rack.y"].message == "the product has no name"
    assert found["rack.y.source"].near == "sheet"
    assert found["rack.y.confidence"].near == "datasheet"
    assert found["rack.y.mass_kgg"].near == "mass_kg"


@pytest.mark.parametrize(
    ("line", "key", "said"),
    [
        ("mass_kg = nan", "mass_kg", "no figure"),
        ("mass_kg = inf", "mass_kg", "no figure"),
        ('mass_kg = "1.5 t"', "mass_kg", "no number"),
        ("mass_kg = true", "mass_kg", "no number"),
        ("mass_kg = -1", "mass_kg", "negative"),
        ("mass_kg = { low = 1 }", "mass_kg", "range without a value"),
        ('mass_kg = { confidence = "docs" }', "mass_kg", "without value is unknown"),
        ('mass_kg = { value = 1, confidence = "unknown" }', "mass_kg", "not unknown"),
        ("mass_kg = { value = 3, high = 2 }", "mass_kg", "not in order"),
        ('mass_kg = { value = 3, unit = "lb" }', "mass_kg.unit", "the name says kg"),
        ('mass_kg = { value = 3, basis = "ac_in" }', "mass_kg.basis", "only electrical power"),
        ("mass_kg = { valeu = 3 }", "mass_kg.valeu", "not known"),
        ("nameplate_kw = 140", "nameplate_kw", "has no basis"),
        ('nameplate_kw = { value = 1, basis = "dc" }', "nameplate_kw.basis", "not known"),
        ('mass_kg = { value = 1, confidence = "judgement" }', "mass_kg.confidence", "judged"),
        ('form = "mgxx"', "form", "not known"),
        ('coolant = ""', "coolant", "no text"),
        ("flow = 3", "flow", "no table"),
        ('flow = { columns = ["a"], points = [[1, 2]] }', "flow.columns", "other columns"),
        ("flow = { points = [] }", "flow.points", "no points"),
        ("flow = { points = [[1]] }", "flow.points[0]", "no row"),
        ("flow = { points = [[2, 1], [1, 1]] }", "flow.points", "does not grow"),
        ("flow = { points = [[1, nan]] }", "flow.points[0].flow_lpm", "no figure"),
        ("flow = { points = [[1, 2]], at = { heat = 3 } }", "flow.at.heat", "no unit"),
    ],
)
def test_one_mistake_is_one_problem(line, key, said):
    found = one(line)
    assert list(found) == [f"rack.x.{key}"]
    assert said in found[f"rack.x.{key}"].message


def test_a_pump_curve_falls_beyond_its_least_flow():
    text = """
[cdu.c]
vendor = "M"
name = "C"
source = "sheet"
confidence = "docs"
LEAST
[cdu.c.pump]
points = [[0, 476], [300, 483], [600, 447]]
"""
    assert read(text.replace("LEAST", ""))[0].curves["pump"].points[1] == (300, 483)
    assert read(text.replace("LEAST", "min_flow_lpm = 300"))
    found = problems(text.replace("LEAST", "min_flow_lpm = 200"))
    assert list(found) == ["cdu.c.pump"]
    assert "rises from 476 to 483 kPa at 300 L/min" in found["cdu.c.pump"].message
    rising = problems(text.replace("LEAST", "").replace("447", "490"))
    assert "before the head falls" in rising["cdu.c.pump"].message
    assert read(text.replace("LEAST", "").replace(", [300, 483], [600, 447]", ""))


def test_a_figure_needs_source_and_confidence():
    assert "no source" in one("mass_kg = 1", source="")["rack.x.mass_kg"].message
    assert "no confidence" in one("mass_kg = 1", confidence="")["rack.x.mass_kg"].message


def test_temperatures_may_be_below_zero():
    text = """
[fluid.f]
vendor = "M"
name = "F"
source = "sheet"
confidence = "docs"
freeze_c = -9.6
"""
    assert read(text)[0].number("freeze_c") == -9.6


def test_a_document_brings_its_own_sources():
    text = '[source.own]\ntitle = "T"\naddress = "A"\n' + GOOD.replace('"sheet"', '"own"')
    assert read(text.replace("format = 1", "", 1))[0].sources["own"].title == "T"


def test_a_source_needs_title_and_address():
    with pytest.raises(CatalogError) as caught:
        parse_sources({"source": {"a": {"titel": "T"}}}, "s.toml")
    told = [(problem.key, problem.near) for problem in caught.value.problems]
    assert told == [("source.a.titel", "title"), ("source.a", None), ("source.a", None)]


@pytest.mark.parametrize("id_", ["a b", "a@b@c", "*", "a.b", "@b", ""])
def test_an_id_fits_into_a_path(id_):
    text = f'[rack."{id_}"]\nvendor = "M"\nname = "X"\n'
    assert "cannot be an id" in problems(text)[f"rack.{id_}"].message


def test_a_number_longer_than_a_float_is_told():
    assert "no figure" in one(f"mass_kg = 1{'0' * 400}")["rack.x.mass_kg"].message


def test_what_is_no_table_is_told():
    assert list(problems("rack = 3")) == ["rack"]
    assert "no table" in problems("[rack]\nx = 3")["rack.x"].message
    assert list(problems("format = 2")) == ["format"]
