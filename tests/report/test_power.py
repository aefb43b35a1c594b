"""Losses by harm and each rack's real redundancy, in every kind of report."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import openpyxl
import pytest

from twin import pipeline
from twin.model.change import Conditions, Scenario
from twin.report import power, tables
from twin.report.html import html
from twin.report.json import document, dumps
from twin.report.racks import lines
from twin.report.schema import schema
from twin.report.text import text

jsonschema = pytest.importorskip("jsonschema")

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def tried():
    """The first try of the hall: too much load for its shelves and busways."""
    return pipeline.check(pipeline.load(ROOT / "layouts/hall_gb300_first_try.toml"))


@pytest.fixture(scope="module")
def base():
    return pipeline.check(pipeline.load(ROOT / "tests/rules/base.toml"))


@pytest.fixture(scope="module")
def parsed(tried):
    return json.loads(dumps(tried))


def closed(node):
    """The schema with nothing allowed beyond what it lists."""
    if isinstance(node, dict):
        out = {key: closed(value) for key, value in node.items()}
        if "properties" in out:
            out["additionalProperties"] = False
        return out
    return [closed(each) for each in node] if isinstance(node, list) else node


def test_json_keeps_to_the_schema(parsed, base):
    for document_ in (parsed, json.loads(dumps(base))):
        jsonschema.validate(document_, closed(schema()))


def test_json_has_losses_racks_redundancy_and_what_is_stranded(parsed):
    first = parsed["losses"][0]
    assert (first["case"], first["element"], first["unit"]) == ("source:UA", "busway:R1B", "A")
    assert first["loading"] == pytest.approx(2.52, abs=0.01)
    assert first["asked"]
    assert parsed["losses_left_out"] > 0
    assert not [x for x in parsed["losses"] if x["case"].startswith("whip:") and not x["over"]]
    rack = next(v for v in parsed["verdicts"] if v["rack"] == "W18-01")["power"]
    assert rack["pooled"] == pytest.approx(0.5, abs=1e-3)
    assert (rack["element"], rack["case"]) == ("busway:R1A", "source:UB")
    assert (rack["redundancy"], rack["ways"], rack["dominators"]) == ("2N", 2, [])
    assert rack["sources"] == [
        {"source": "source:UA", "share": 0.5}, {"source": "source:UB", "share": 0.5}
    ]  # fmt: skip
    assert rack["cap_kw"] == 132.0
    assert rack["cap_change"] == pytest.approx(-10 / 142)
    names = {r["name"]: r["racks"] for r in parsed["redundancy"]}
    assert set(names) == {"2N"}
    ups = next(x for x in parsed["stranded"] if x["element"] == "ups:PA2")
    total = sum(ups[k] for k in ("placed", "reserve", "without_place", "open"))
    assert ups["usable"] == pytest.approx(total)
    assert "arc flash" in parsed["not_covered"]


def test_racks_that_fit_have_no_cap(base):
    for line in lines(base):
        assert line.power.fix == ""
        assert 0 < line.power.worst <= 1.0
        assert line.power.pooled < line.power.worst


def test_text_has_ten_losses_a_cap_and_the_foot(tried):
    said = text(tried)
    assert "cap to 132 kW (-7 %): W18-01" in said
    head = said.index("Losses by harm")
    rows = said[head:].split("\n\n")[0].splitlines()
    assert len([r for r in rows if ":" in r and "%" in r]) == 10
    foot = "Power is not checked for arc flash, coordination, earthing, harmonics and transient"
    assert foot in said.replace("\n    ", " ")
    assert said.index(foot[:30]) > head


def test_html_has_losses_redundancy_and_the_foot(tried):
    page = html(tried)
    for part in ('id="losses"', 'id="redundancy"', 'id="stranded"', "cap to 132 kW (-7 %)"):
        assert part in page
    footer = page[page.index("<footer>") :]
    for part in ("arc flash", "coordination", "earthing", "harmonics", "transient stability"):
        assert part in footer


def test_tables_have_a_row_per_rack_and_one_per_loss(tried):
    rows = list(csv.DictReader(io.StringIO(tables.csv(tried))))
    one = next(r for r in rows if r["serial"] == "W18-01")
    assert one["redundancy"] == "2N"
    assert one["worst element"] == "busway:R1A"
    assert one["cap kW"] == "132.0"
    assert one["sources"] == "source:UA 50 %; source:UB 50 %"
    losses = list(csv.DictReader(io.StringIO(tables.losses_csv(tried))))
    assert losses[0]["lost"] == "source:UA"
    assert losses[0]["over limit"] == "38"
    book = openpyxl.load_workbook(io.BytesIO(tables.workbook(tried)))
    assert book["Losses"].max_row == len(losses) + 1
    assert book["Redundancy"]["A2"].value == "2N"
    assert book["Stranded"].max_row > 2


def test_two_losses_are_told_in_words():
    site = pipeline.load(ROOT / "tests/rules/base.toml")
    report = pipeline.check(site, Scenario(conditions=Conditions(losses=2)))
    found = document(report)
    jsonschema.validate(found, closed(schema()))
    assert "source:UA and source:UB" in [x["case"] for x in found["losses"]]
    assert found["losses"][0]["dark"] == 5
    # Of a rack the worst is told after one loss: the second is not asked for.
    assert " and " not in str(found["verdicts"][0]["power"]["case"])
    assert "any two within one group" in text(report)


def test_power_that_was_not_judged_says_nothing():
    site = pipeline.load(ROOT / "tests/rules/base.toml")
    scenario = Scenario(conditions=Conditions(scope=frozenset({"COL"})))
    report = pipeline.check(site, scenario)
    found = document(report)
    assert found["verdicts"][0]["power"] is None
    assert (found["losses"], found["redundancy"], found["not_covered"]) == ([], [], [])
    assert "Losses by harm" not in text(report)
    assert "arc flash" not in text(report)


def test_without_losses_none_are_listed():
    site = pipeline.load(ROOT / "tests/rules/base.toml")
    report = pipeline.check(site, Scenario(conditions=Conditions(losses=0)))
    found = document(report)
    assert found["losses"] == []
    assert found["verdicts"][0]["power"]["case"] is None
    assert power.count_of(report) == (0, 0)


def test_a_report_made_by_hand_has_no_study(sample):
    found = document(sample.report())
    assert found["verdicts"][0]["power"] is None
    assert found["losses"] == []


def test_a_rack_that_draws_nothing_today_is_asked_for_no_cap():
    site = pipeline.load(ROOT / "tests/rules/base.toml")
    today = Scenario(conditions=Conditions(mode="today", scope=frozenset(site.scope)))
    told = power.of_racks(pipeline.check(site, today))
    assert told
    assert {one.fix for one in told.values()} == {""}
