"""Every rule against its cases: changes to a small frozen base layout.

A file `<CODE>.toml` holds `[[case]]` tables:

base        optional, at its top or in a case: the file of the layout that its cases change
name        what the case shows
set         table of dotted paths and values (the language of change)
remove      list of paths
conditions  optional: mode, date, losses
profile     optional: the code profile that stands instead of the base's
subject     kind:id of the row that is looked at
state       held | failed | unknown | silent: the rule has no row of it
demand, limit, rel   optional numbers in the rule's unit, relative tolerance (default 1e-6)
case        optional: kind:id that is lost in the worst row
message     optional: words of the finding
owner       optional: who set the limit of the worst row
missing     optional: dotted path told as missing, to racks or by the row
fits        optional: racks that fit, for shared elements
worked      optional: id of a worked example from elsewhere that the numbers come from
"""

from __future__ import annotations

import functools
import re
import tempfile
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from twin import pipeline
from twin.checks.discover import all_rules
from twin.checks.engine import evaluate
from twin.checks.measure import POLICY
from twin.checks.missing import missing_of
from twin.checks.result import Report
from twin.checks.rows import gap_of
from twin.checks.verdicts import path_of_gap
from twin.model.change import Change, Conditions, Scenario
from twin.site.change import find, in_tables
from twin.site.site import Site

FOLDER = Path(__file__).parent
STATES = {0: "held", 1: "unknown", 2: "failed"}


@functools.cache
def base(name: str = "base.toml", profile: str = "") -> Site:
    if not profile:
        return pipeline.load(FOLDER / name)
    text = (FOLDER / name).read_text(encoding="utf-8")
    other = re.sub(r'^profile = ".*"$', f'profile = "{profile}"', text, count=1, flags=re.MULTILINE)
    assert other != text
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_text(other, encoding="utf-8")
        return pipeline.load(path)


def cases_of(code: str) -> list[dict[str, Any]]:
    told = tomllib.loads((FOLDER / f"{code}.toml").read_text())
    first = {"base": told.get("base", "base.toml"), "profile": ""}
    return [first | case for case in told["case"]]


def site_of(case: dict[str, Any]) -> Site:
    return base(case["base"], case["profile"])


def cases() -> list[Any]:
    out = []
    for path in sorted(FOLDER.glob("[A-Z]*.toml")):
        out += [
            pytest.param(path.stem, case, id=f"{path.stem}: {case['name']}")
            for case in cases_of(path.stem)
        ]
    return out


def scenario_of(case: dict[str, Any]) -> Scenario:
    changes = [Change("remove", path) for path in case.get("remove", [])]
    changes += [Change("set", path, value) for path, value in case.get("set", {}).items()]
    scope = frozenset(site_of(case).scope)
    conditions = Conditions(**{"scope": scope, **case.get("conditions", {})})
    return Scenario(changes=tuple(changes), conditions=conditions)


@pytest.mark.parametrize(("code", "case"), cases())
def test_case(code: str, case: dict[str, Any]) -> None:
    rules = [r for r in all_rules() if r.code == code]
    assert rules, f"there is no rule {code}"
    site, scenario = site_of(case), scenario_of(case)
    e = evaluate(pipeline.study(site, scenario), rules)
    site = e.study.site
    rows = e.rows.take(e.worst)
    names = site.names[rows.subject].tolist()
    if case["state"] == "silent":
        assert case["subject"] in site.names
        assert case["subject"] not in names
        return
    assert case["subject"] in names, f"not measured; there are {names[:12]}"
    at = names.index(case["subject"])
    rel = case.get("rel", 1e-6)
    state = STATES[int(rows.state[at])]
    numbers = f"demand {rows.demand[at]} limit {rows.limit[at]}"
    assert state == case["state"], numbers
    for key in ("demand", "limit"):
        if key in case:
            assert getattr(rows, key)[at] == pytest.approx(case[key], rel=rel), numbers
    if "owner" in case:
        assert e.owners[int(rows.owner[at])] == case["owner"]
    if "missing" in case:
        gaps = set(missing_of(e).pairs[:, 1].tolist())
        own = {gap_of(g) for g in gaps if gap_of(g)[0] != POLICY}
        told = {path_of_gap(e, g) for g in gaps} | {site.path_of(*g) for g in own}
        if not gaps and rows.gap[at] >= 0:
            # No rack waits for what advice lacks: the row itself says it.
            told = {path_of_gap(e, int(rows.gap[at]))}
        assert case["missing"] in told
    report = pipeline.check(site_of(case), scenario, select=[code])
    _check_finding(report, case, state)


def _check_finding(report: Report, case: dict[str, Any], state: str) -> None:
    found = [f for f in report.findings if f.subject == case["subject"]]
    if state != "failed":
        assert all(f.margin is not None for f in found)
        return
    assert found, "a failing row must be a finding"
    finding = found[0]
    assert "{" not in finding.message + finding.fix
    assert finding.source
    assert finding.message == case.get("message", finding.message)
    if "case" in case:
        assert finding.case == case["case"]
    if "fits" in case:
        assert finding.racks_that_fit == case["fits"]


def test_every_rule_has_cases() -> None:
    codes = {r.code for r in all_rules() if not r.code.startswith("DAT")}
    files = {p.stem for p in FOLDER.glob("[A-Z]*.toml")}
    assert codes <= files, sorted(codes - files)


CANNOT_BE_UNKNOWN = {
    "CAB321": "counts panels and their cassettes, which the layout always says",
    "CAB110": "looks only at widths and diameters that are known; CAB101 asks for both",
    "CAB304": "looks only at cords whose length to buy is known",
    "CAB406": "counts links and panels, which a fabric always says",
    "CAB312": "looks only at products of which the layout lists lengths, and at known ways",
    "CAB313": "counts panels and trunks, which the layout always says",
    "CAB109": "adds up what is known; CAB101 says which diameters and sections are not",
    "CAB111": "adds up what is known; CAB101 says which diameters and sections are not",
    "COL407": "looks only at racks whose flow is known; COL102 says of the others what is missing",
    "COL308": "looks only at what was measured, inlet and outlet both",
    "COL417": "counts racks on loops that are not described",
    "NET102": "looks only at networks whose limit somebody says",
    "NET421": "counts units in which racks of known domains stand",
    "NET406": "looks only at racks of which somebody says how many nodes they have",
    "NET205": "counts parts of links and where they lie, which the layout always says",
    "NET202": "counts links and where their switches stand, which a fabric always says",
    "PWR203": "counts whips and where they meet, which the layout always says",
    "PWR205": "counts racks that are dark by where their whips hang",
    "PWR206": "counts racks that are dark by where their whips hang",
    "PWR302": "looks only at busways that say how many openings they have",
    "PWR408": "counts whips and where they meet, which the layout always says",
    "PWR409": "looks only at elements that say in which air they stand",
    "PWR413": "reads what the policy says, and its silence is an answer",
    "PWR416": "looks only at breakers that say their poles",
    "PWR503": "reads windows, which always say what is left",
    "SPC103": "counts racks on positions",
    "SPC307": "counts positions of a row",
}
"""Rules that compare what is always there, or measure only what says the figure, and why."""

CANNOT_FAIL = {
    "PWR405": "only asks whether a chain is described: it holds or is not known",
    "COL416": "tells a number and judges none",
}

_NEAR = 1e-6


def of_families() -> list[Any]:
    """Rules of power, coolant, cabling, network, space and delivery."""
    return [pytest.param(r, id=r.code) for r in all_rules() if not r.code.startswith("DAT")]


@pytest.mark.parametrize("rule", of_families())
def test_cases_of_a_rule_hold_fail_and_are_unknown(rule: Any) -> None:
    states = {case["state"] for case in cases_of(rule.code)}
    assert "held" in states
    assert ("failed" in states) != (rule.code in CANNOT_FAIL)
    assert ("unknown" in states) != (rule.code in CANNOT_BE_UNKNOWN)


@pytest.mark.parametrize("rule", of_families())
def test_a_case_of_a_rule_stands_exactly_at_its_limit(rule: Any) -> None:
    """Demand and limit are the same there, whatever the case is called; the nearest come first."""
    known = [case for case in cases_of(rule.code) if case["state"] in {"held", "failed"}]
    assert any(_at_the_limit(rule, case) for case in sorted(known, key=_stated_distance))


def _stated_distance(case: dict[str, Any]) -> float:
    """How far apart the numbers of a case are that it says itself."""
    return abs(case["demand"] - case["limit"]) if {"demand", "limit"} <= set(case) else np.inf


def _at_the_limit(rule: Any, case: dict[str, Any]) -> bool:
    e = evaluate(pipeline.study(site_of(case), scenario_of(case)), [rule])
    rows = e.rows.take(e.worst)
    at = e.study.site.names[rows.subject].tolist().index(case["subject"])
    demand, limit = float(rows.demand[at]), float(rows.limit[at])
    return abs(demand - limit) <= case.get("rel", _NEAR) * abs(limit)


@pytest.mark.parametrize("rule", all_rules(), ids=lambda r: r.code)
def test_rule_is_told_in_full(rule: Any) -> None:
    assert rule.message
    assert rule.fix
    assert rule.source
    for heading in ("Why it matters", "Method", "Does not cover", "See also"):
        assert f"{heading}\n" in rule.doc, f"{rule.code} lacks {heading}"
    assert rule.name.replace("-", "").isalnum()


def test_base_passes_on_its_assumptions() -> None:
    report = pipeline.check(base())
    assert report.counts["feasible"] == report.counts["delivered"], [
        f.message for f in report.findings
    ] + list(report.gaps)
    assert not np.isnan(report.verdicts.margin).all()


def told_missing() -> list[Any]:
    """Cases that say which field is missing."""
    return [p for p in cases() if "missing" in p.values[1]]


@pytest.mark.parametrize(("code", "case"), told_missing())
def test_a_field_that_is_told_as_missing_can_be_given(code: str, case: dict[str, Any]) -> None:
    path = case["missing"]
    if path.startswith("data.stock_m."):
        assert pipeline.change(site_of(case), {path: [3, 5]}).stock_m[path.split(".")[2]] == (3, 5)
    if not in_tables(path) or " = " in path or ":" in path or path.endswith(".taps"):
        return  # words of the policy, lists of connections, and things that are not described
    scenario = scenario_of(case)
    site = pipeline.study(site_of(case), scenario).site
    _, rows, _ = find(site.tables, path)
    assert len(rows)
