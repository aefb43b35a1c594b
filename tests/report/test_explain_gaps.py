"""Pages of rules, and what is missing."""

from __future__ import annotations

import dataclasses
import json
import tomllib

import pytest

from twin.checks.result import Gap
from twin.errors import InputError
from twin.model.change import Conditions
from twin.report import words
from twin.report.explain import explain, explain_json, sections, summary
from twin.report.gaps import example, gaps_text
from twin.report.text import text
from twin.site.site import NAMED_BY


def test_gaps_are_the_golden_ones(sample, golden):
    golden("gaps.txt", gaps_text(sample.report()))


def test_no_gap_is_said(sample):
    report = dataclasses.replace(sample.report(), gaps=(), uncovered={})
    assert gaps_text(report) == "sample: no field is missing\n"


def test_a_family_without_measures_is_said_and_is_no_field(sample):
    said = gaps_text(sample.report())
    assert "3 fields missing" in said
    assert "Delivery and dates (DLV): no rule could measure 1 rack" in said
    assert example(Gap("busway:BW-A", 1, 1, "not described in the layout", "")) == []


def test_a_family_of_which_nothing_was_run_is_said(sample):
    report = dataclasses.replace(sample.report(), uncovered={})
    report = dataclasses.replace(report, conditions=Conditions())
    assert words.not_run(report) == ["CAB", "NET", "DLV"]
    assert "Delivery and dates (DLV): none of its rules was run, not judged" in text(report)


def test_gaps_are_ranked_by_what_they_decide(sample):
    gaps = (Gap("a.b.c", 9, 0, "m", ""), Gap("a.b.d", 1, 1, "m", ""), Gap("a.b.a", 9, 0, "m", ""))
    said = gaps_text(dataclasses.replace(sample.report(), gaps=gaps))
    assert said.index("a.b.d") < said.index("a.b.a") < said.index("a.b.c")


def test_trays_that_are_lacking_are_told_as_what_they_would_say():
    found = example(Gap('trays.*.hall = "H1"', 1, 1, "", ""))
    assert found[:2] == ["[trays.<id>]", 'hall = "H1"']
    assert [line.split()[0] for line in found[2:]] == ["points_m", "elevation_m"]


@pytest.mark.parametrize("said", [path for path, _ in NAMED_BY.values()])
def test_every_thing_that_may_be_lacking_has_an_example(said):
    """Filled in, it is TOML that says the field and names a thing of that section."""
    lines = "\n".join(example(Gap(f'{said} = "N1"', 1, 1, "", "")))
    section, _, key = said.partition(".*.")
    filled = lines.replace("<id>", "A").replace("<x>", "1").replace("<y>", "2")
    told = tomllib.loads(filled.replace("<number>", "3"))[section]["A"]
    assert told[key] == "N1"
    assert len(told) > 1


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("coolant.loops.TCS1.supply_c", "<number>"),
        ("coolant.loops.TCS1.fluid", '"<text>"'),
        ("racks.SN-1.arrives", "<YYYY-MM-DD>"),
        ('positions."A 01".loop', '"<id of a loop>"'),
        ("power.sources.S1.protected", "<true or false>"),
    ],
)
def test_examples_ask_for_the_type_that_the_field_takes(path, value):
    table, line = example(Gap(path, 1, 1, "", ""))
    assert line == f"{path.rpartition('.')[2]} = {value}"
    tomllib.loads(table)  # the header itself is TOML


def test_a_figure_of_a_product_becomes_an_assumption():
    lines = example(Gap("catalog.gb300_nvl72.power_factor", 1, 1, "", ""))
    assert lines[:2] == ["[[assume]]", 'path = "catalog.gb300_nvl72.power_factor"']
    filled = "\n".join(lines).replace("<number>", "0.98").replace("<YYYY-MM-DD>", "2027-01-01")
    assert tomllib.loads(filled)["assume"][0]["value"] == 0.98


def test_page_of_a_rule_is_the_golden_one(sample, golden):
    golden("explain_pwr101.txt", explain(sample.RULES, "PWR101"))


def test_table_of_rules_is_the_golden_one(sample, golden):
    golden("explain.txt", explain(sample.RULES))


def test_rules_are_found_by_code_name_and_family(sample):
    assert explain(sample.RULES, "pwr101") == explain(sample.RULES, "busway-overloaded")
    table = explain(sample.RULES, "SPC")
    assert "SPC304" in table
    assert "SPC305" in table
    assert "PWR101" not in table
    assert "COL103  flow-short" in explain(sample.RULES, "COL")


def test_unknown_rule_names_a_near_one(sample):
    with pytest.raises(InputError, match=r'there is no rule PWR110.*Did you mean "PWR101"'):
        explain(sample.RULES, "PWR110")


def test_json_of_rules_is_strict_and_has_the_page(sample):
    every = json.loads(explain_json(sample.RULES))
    assert [rule["code"] for rule in every["rules"]] == ["COL103", "PWR101", "SPC304", "SPC305"]
    one = json.loads(explain_json(sample.RULES, "PWR101"))["rules"]
    assert one[0]["sections"]["Does not cover"] == "Harmonics; short peaks."
    assert one[0]["summary"] == "A busway carries more than it may for hours."


def test_headings_may_end_in_a_colon(sample):
    doc = """First.

    Why it matters: because.
    Method: sum of a

    and b.
    Does not cover
    ~~~~~~~~~~~~~~
    c
    """
    rule = dataclasses.replace(sample.RULES[0], doc=doc)
    assert summary(rule) == "First."
    assert sections(rule) == {
        "Why it matters": "because.",
        "Method": "sum of a\n\nand b.",
        "Does not cover": "c",
    }
