"""What reports, sites and findings show in a notebook and at a prompt."""

from __future__ import annotations

import dataclasses
from html.parser import HTMLParser

import pytest

from twin.checks.result import Report
from twin.errors import InputError
from twin.report import notebook


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.seen = []

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))


def tags(text):
    reader = Tags()
    reader.feed(text)
    return reader.seen


def test_report_shows_itself_as_the_golden_one(sample, golden):
    golden("notebook.html", notebook.html_of_report(sample.report()) + "\n")


def test_site_shows_counts(sample):
    text = notebook.html_of_site(sample.site())
    assert "<b>sample</b>" in text
    assert ">position</td>" in text
    assert ">4</td>" in text
    assert "halls: H1" in text


def test_style_stands_in_the_tags_and_nothing_is_loaded(sample):
    report = sample.report(name=sample.HOSTILE, serial=sample.HOSTILE, reason=sample.HOSTILE)
    for text in (
        notebook.html_of_report(report),
        notebook.html_of_site(report.site),
        notebook.html_of_findings(notebook.worst(report)),
    ):
        for tag, attrs in tags(text):
            assert tag not in {"script", "style", "link", "img"}
            assert set(attrs) <= {"style"}


def test_worst_leaves_out_what_is_waived(sample):
    found = notebook.worst(sample.report())
    assert [finding.code for finding in found] == ["PWR101", "SPC304"]
    assert len(notebook.worst(sample.report(), 1)) == 1


def test_findings_of_a_family_a_code_and_a_name(sample):
    report = sample.report()
    assert [f.code for f in notebook.findings_of(report, "SPC")] == ["SPC305", "SPC304"]
    assert notebook.findings_of(report, "pwr101") == notebook.findings_of(report, "PWR")
    assert len(notebook.findings_of(report, "aisle-narrow")) == 1
    assert len(notebook.findings_of(report, "COL")) == 0
    with pytest.raises(InputError, match='Did you mean "PWR"'):
        notebook.findings_of(report, "PVR")


def test_findings_show_as_a_table_at_a_prompt(sample):
    lines = repr(notebook.worst(sample.report())).splitlines()
    assert lines[0].startswith("rule")
    assert lines[2].startswith("PWR101")
    assert repr(notebook.FindingList()) == "no findings"
    assert notebook.FindingList()._repr_html_() == "<p>no findings</p>"


def test_one_line_at_a_prompt(sample):
    report = sample.report()
    assert notebook.line_of_report(report).startswith("<Report sample: BLOCKED: 2 of 4")
    assert notebook.line_of_site(report.site) == "<Site sample: 4 racks in 1 hall>"


def test_attach_hooks_the_classes(sample, monkeypatch):
    for owner in (Report, type(sample.site())):
        for name in ("_repr_html_", "__repr__", "__getitem__", "worst"):
            if name in vars(owner):
                monkeypatch.setattr(owner, name, vars(owner)[name])  # put back at the end
            else:
                monkeypatch.setattr(owner, name, None, raising=False)
    notebook.attach()
    report = dataclasses.replace(sample.report())
    assert "2 of 4 racks" in report._repr_html_()
    assert repr(report).startswith("<Report sample")
    assert report.worst(1) == notebook.worst(report, 1)
    assert report["PWR"] == notebook.findings_of(report, "PWR")
