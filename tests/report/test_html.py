"""The HTML report: one file that loads nothing, whatever names a layout brings."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import re
from html.parser import HTMLParser
from importlib.resources import files

import numpy as np
import pytest

from twin.checks.result import State
from twin.report import page
from twin.report.html import html
from twin.views import colours

PLAN = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 2"><rect width="4" height="2"/></svg>'
)
VOID = {"meta", "link", "br", "img", "input", "hr"}


class Reader(HTMLParser):
    """Tags in order, with a stack that must come out even."""

    def __init__(self):
        super().__init__()
        self.open, self.tags, self.ids = [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.ids += [value for name, value in attrs if name == "id"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, f"</{tag}> closes nothing"


def read(text):
    reader = Reader()
    reader.feed(text)
    reader.close()
    assert reader.open == []
    return reader


@pytest.fixture
def made(sample):
    return html(sample.report(), PLAN)


def test_html_is_the_golden_one(made, golden):
    golden("sample.html", made)


def test_html_is_well_formed_and_its_links_lead_somewhere(made):
    reader = read(made)
    assert len(reader.ids) == len(set(reader.ids))
    links = [attrs["href"] for tag, attrs in reader.tags if tag == "a"]
    assert links
    assert {link.removeprefix("#") for link in links} <= set(reader.ids)


def test_html_loads_nothing(made):
    for tag, attrs in read(made).tags:
        assert tag not in {"link", "img", "iframe", "object", "embed", "base"}
        assert "src" not in attrs
        assert attrs.get("href", "#").startswith("#")
        assert not any(name.startswith("on") for name in attrs)
    assert not re.search(r"@import|url\(", made)
    assert "default-src 'none'" in made


def test_the_only_script_is_the_one_that_the_policy_allows(made):
    scripts = re.findall(r"<script>(.*?)</script>", made, re.DOTALL)
    assert len(scripts) == 1
    digest = base64.b64encode(hashlib.sha256(scripts[0].encode()).digest()).decode()
    assert f"script-src &#39;sha256-{digest}" in made or f"script-src 'sha256-{digest}" in made


def test_hostile_names_are_text(sample):
    hostile = '"><img src=x onerror=alert(1)><script>alert(2)</script>{{ 7*7 }}'
    text = html(sample.report(name=hostile, serial=hostile, reason=hostile))
    reader = read(text)
    assert [tag for tag, _ in reader.tags].count("script") == 1
    assert not any(tag == "img" for tag, _ in reader.tags)
    assert (
        "49" not in re.sub(r"sha256-\S+", "", text).partition("<body>")[2].partition("<script")[0]
    )


def test_plan_stands_without_its_prologue(made):
    assert "<?xml" not in made
    assert '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 2">' in made


def test_without_a_plan_there_is_no_section_for_it(sample):
    assert 'id="plan"' not in html(sample.report())


def test_every_promised_section_is_there(made):
    ids = set(read(made).ids)
    wanted = {"assumptions", "plan", "findings", "nearest", "racks", "waivers", "gaps"}
    assert wanted | {"sources", "not-covered"} <= ids
    for words in (
        "2 of 4 racks feasible",
        "move 48 A to another busway",
        "NEC 215.3",
        "Harmonics; short peaks.",
        "GB300 NVL72 datasheet",
        "142 kW (132 to 142)",
        "not published",
        "racks are bolted together",
        "out of scope, not judged",
    ):
        assert words in made


def test_verdicts_carry_a_mark_besides_their_colour(made):
    for state in State:
        mark = {"FEASIBLE": "\u2713", "UNKNOWN": "?", "BLOCKED": "\u2715"}[state.name]
        assert f'<span aria-hidden="true">{mark}</span> {state.word}' in made


def test_bands_have_the_colours_and_edges_of_the_plan():
    style = files("twin.report").joinpath("templates", "report.css").read_text(encoding="utf-8")
    told = dict(re.findall(r"\.r-band-(\d) \{ background: (#\w+); \}", style))
    entries = [e for e in colours.load_entries() if 0 <= e.band < len(page.BAND_TEXTS)]
    assert told == {str(e.band): e.colour for e in entries}
    assert tuple(e.text for e in entries) == page.BAND_TEXTS
    assert page.EDGES == colours.EDGES


@pytest.mark.parametrize(
    "load", [0.0, 0.3, 0.6, 0.75, 0.8, 0.9, 0.99, 1.0, 1.0 + 1e-10, 1.01, 1.2, 5.0]
)
def test_bands_are_those_of_the_plan(load):
    margin = 1 - load
    assert page.band(margin) == int(colours.bands_of(np.array([1 - margin]))[0])


def test_classes_of_the_page_cannot_meet_those_of_the_plan(made):
    style = files("twin.report").joinpath("templates", "report.css").read_text(encoding="utf-8")
    assert set(re.findall(r"\.([a-z])[\w-]*", style)) == {"r"}
    for _, attrs in read(made).tags:
        assert all(name.startswith("r-") for name in attrs.get("class", "").split())


def test_scripts_and_styles_are_short():
    folder = files("twin.report").joinpath("templates")
    for file in folder.iterdir():
        assert len(file.read_text(encoding="utf-8").splitlines()) < 150, file.name


def test_a_long_list_keeps_what_is_worst(sample, monkeypatch):
    monkeypatch.setattr(page, "MOST_RACKS", 2)
    shown, left_out = page.racks(sample.report())
    assert [line.state for line in shown] == [State.BLOCKED, State.UNKNOWN]
    assert left_out == 2
    assert "2 racks with the mildest verdicts are left out" in html(sample.report())


def test_two_runs_give_the_same_page(sample, made):
    assert html(sample.report(), PLAN) == made


def test_no_findings_are_said(sample):
    report = sample.report()
    none = dataclasses.replace(report.findings, waived=report.findings.waived | True)
    assert "No measure fails." in html(dataclasses.replace(report, findings=none))
