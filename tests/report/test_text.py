"""The report as plain text."""

from __future__ import annotations

import dataclasses
from datetime import date

import numpy as np

from twin import pipeline
from twin.checks.result import State
from twin.model.change import Conditions
from twin.report import words
from twin.report.text import text


def feasible(report):
    """The same report, all racks feasible and nothing found."""
    verdicts = dataclasses.replace(
        report.verdicts,
        state=np.zeros(4, np.int64),
        at_risk=np.zeros(4, bool),
        binding=np.full(4, -1),
        waived=np.zeros(4, bool),
    )
    none = {
        field.name: getattr(report.findings, field.name)[:0]
        for field in dataclasses.fields(report.findings)
        if field.name not in {"site", "rules"}
    }
    findings = dataclasses.replace(report.findings, **none)
    return dataclasses.replace(
        report, verdicts=verdicts, findings=findings, gaps=(), waivers=(), uncovered={}
    )


def test_text_is_the_golden_one(sample, golden):
    golden("sample.txt", text(sample.report()))


def test_narrow_text_keeps_its_sentences_within_the_page(sample):
    lines = text(sample.report(), width=70).splitlines()
    sentences = [line for line in lines if "  " not in line.strip()]
    assert max(map(len, sentences[1:])) <= 72


def test_verdict_stands_in_the_first_line(sample):
    first = text(sample.report()).splitlines()[0]
    assert first.startswith("sample: BLOCKED: 2 of 4 racks feasible, 1 blocked, 1 unknown")


def test_feasible_names_the_assumptions_that_racks_rest_on(sample):
    report = feasible(sample.report())
    assert words.headline(report) == (
        "FEASIBLE on 1 assumption: 4 of 4 racks feasible, 0 blocked, 0 unknown"
    )
    said = text(report)
    assert "Blocked by" not in said
    assert "Not known" not in said
    alone = dataclasses.replace(report, assumptions=())
    assert words.headline(alone).startswith("FEASIBLE: 4 of 4")


def test_assumptions_come_before_findings(sample):
    said = text(sample.report())
    assert said.index("Rests on") < said.index("Blocked by") < said.index("Not known")


def test_empty_delivery_says_that_nothing_was_judged(sample):
    report = sample.report()
    empty = {
        field.name: getattr(report.verdicts, field.name)[:0]
        for field in dataclasses.fields(report.verdicts)
    }
    report = dataclasses.replace(report, verdicts=dataclasses.replace(report.verdicts, **empty))
    assert "no rack is delivered" in words.headline(report)


def test_conditions_say_the_day_where_one_is_given(sample):
    conditions = Conditions(date=date(2027, 2, 1), mode="nameplate", losses=0)
    report = dataclasses.replace(sample.report(), conditions=conditions)
    said = dict(words.conditions(report))
    assert said["date"] == "2027-02-01"
    assert said["load"] == "at nameplate"
    assert said["losses"] == "nothing lost"


def test_colour_is_there_only_when_asked_for(sample):
    assert "\x1b" not in text(sample.report())
    assert text(sample.report(), colour=True).startswith("\x1b[1;31m")


def test_hostile_names_send_nothing_to_the_terminal(sample):
    report = sample.report(name=sample.HOSTILE, serial=sample.HOSTILE, reason="a\x1b]0;b\x07\nc")
    said = text(report)
    assert all(c.isprintable() or c == "\n" for c in said)


def test_waived_findings_block_nobody_in_words(sample):
    report = sample.report()
    codes = [group.rule.code for group in words.groups(report, gate=True)]
    assert codes == ["PWR101"]
    assert [finding.code for finding in words.waived(report)] == ["SPC305"]


def test_nearest_takes_the_least_margin_that_holds(sample):
    found = words.nearest(sample.report())
    assert [(m.rule.code, m.subject) for m in found] == [
        ("PWR101", "busway:BW-B"),
        ("SPC304", "position:A-04"),
    ]
    assert all(m.state == State.FEASIBLE for m in found)


def test_worst_row_of_a_rule_is_the_failed_one(sample):
    report = sample.report()
    worst = [words.margin_at(report, int(row)) for row in words.worst_rows(report)]
    assert [(m.rule.code, m.subject, m.state) for m in worst] == [
        ("COL103", "loop:TCS1", State.UNKNOWN),
        ("PWR101", "busway:BW-A", State.BLOCKED),
        ("SPC304", "position:A-02", State.BLOCKED),
        ("SPC305", "position:A-01", State.BLOCKED),
    ]


def test_many_findings_are_cut_to_three_examples(sample):
    report = sample.report()
    many = {
        field.name: (
            getattr(report.findings, field.name)[:1] * 5
            if field.name == "held_back"
            else np.repeat(getattr(report.findings, field.name)[:1], 5)
        )
        for field in dataclasses.fields(report.findings)
        if field.name not in {"site", "rules"}
    }
    report = dataclasses.replace(report, findings=dataclasses.replace(report.findings, **many))
    said = text(report)
    assert said.count("carries 688 A") == 3
    assert "and 2 more" in said


def test_advice_that_is_not_known_names_its_field() -> None:
    report = pipeline.check(pipeline.load("layouts/fabric_h100_127.toml"), select=["CAB401"])
    (covered,) = report.coverage
    assert covered.missing == tuple(
        f"trays.{name}.bend_radius_m" for name in ("ALONG", "N", "SU1", "SU2", "SU3", "SU4", "TO-N")
    )
    assert "CAB401 lacks trays.ALONG.bend_radius_m, trays.N.bend_radius_m" in text(report)
