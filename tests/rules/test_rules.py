"""Every rule against its cases: changes to a small frozen base layout.

A file `<CODE>.toml` holds `[[case]]` tables:

base        optional, at its top or in a case: the file of the layout that its cases change
name        what the case shows
set         table of dotted paths and values (the language of change)
remove      list of paths
conditions  optional: mode, date, losses
subject     kind:id of the row that is looked at
state       held | failed | unknown
demand, limit, rel   optional numbers in the rule's unit, relative tolerance (default 1e-6)
case        optional: kind:id that is lost in the worst row
missing     optional: dotted path told as missing
fits        optional: racks that fit, for shared elements
worked      optional: id of a worked example from elsewhere that the numbers come from
"""

from __future__ import annotations

import functools
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from twin import pipeline
from twin.checks.discover import all_rules
from twin.checks.engine import evaluate
from twin.checks.missing import missing_of
from twin.checks.result import Report
from twin.checks.rows import gap_of
from twin.checks.verdicts import path_of_gap
from twin.model.change import Change, Conditions, Scenario
from twin.site.site import Site

FOLDER = Path(__file__).parent
STATES = {0: "held", 1: "unknown", 2: "failed"}


@functools.cache
def base(name: str = "base.toml") -> Site:
    return pipeline.load(FOLDER / name)


def cases() -> list[Any]:
    out = []
    for path in sorted(FOLDER.glob("[A-Z]*.toml")):
        told = tomllib.loads(path.read_text())
        name = told.get("base", "base.toml")
        out += [
            pytest.param(path.stem, {"base": name} | case, id=f"{path.stem}: {case['name']}")
            for case in told["case"]
        ]
    return out


def scenario_of(case: dict[str, Any]) -> Scenario:
    changes = [Change("remove", path) for path in case.get("remove", [])]
    changes += [Change("set", path, value) for path, value in case.get("set", {}).items()]
    scope = frozenset(base(case["base"]).scope)
    conditions = Conditions(**{"scope": scope, **case.get("conditions", {})})
    return Scenario(changes=tuple(changes), conditions=conditions)


@pytest.mark.parametrize(("code", "case"), cases())
def test_case(code: str, case: dict[str, Any]) -> None:
    rules = [r for r in all_rules() if r.code == code]
    assert rules, f"there is no rule {code}"
    site, scenario = base(case["base"]), scenario_of(case)
    e = evaluate(pipeline.study(site, scenario), rules)
    site = e.study.site
    rows = e.rows.take(e.worst)
    names = site.names[rows.subject].tolist()
    assert case["subject"] in names, f"not measured; there are {names[:12]}"
    at = names.index(case["subject"])
    rel = case.get("rel", 1e-6)
    state = STATES[int(rows.state[at])]
    numbers = f"demand {rows.demand[at]} limit {rows.limit[at]}"
    assert state == case["state"], numbers
    for key in ("demand", "limit"):
        if key in case:
            assert getattr(rows, key)[at] == pytest.approx(case[key], rel=rel), numbers
    if "missing" in case:
        gaps = set(missing_of(e).pairs[:, 1].tolist())
        told = {path_of_gap(e, g) for g in gaps} | {site.path_of(*gap_of(g)) for g in gaps}
        assert case["missing"] in told
    report = pipeline.check(base(case["base"]), scenario, select=[code])
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
    if "case" in case:
        assert finding.case == case["case"]
    if "fits" in case:
        assert finding.racks_that_fit == case["fits"]


def test_every_rule_has_cases() -> None:
    codes = {r.code for r in all_rules() if not r.code.startswith("DAT")}
    files = {p.stem: tomllib.loads(p.read_text())["case"] for p in FOLDER.glob("[A-Z]*.toml")}
    assert codes <= set(files), sorted(codes - set(files))
    for code in codes:
        states = {c["state"] for c in files[code]}
        rule = next(r for r in all_rules() if r.code == code)
        assert {"held", "failed"} <= states or (not _can_fail(code) and "held" in states), code
        if rule.role == "gate":
            assert "unknown" in states or not _can_be_unknown(code), code


def _can_fail(code: str) -> bool:
    """Rules that only tell a number, or whether something is described, never fail."""
    return code not in {"PWR405", "COL416"}


def _can_be_unknown(code: str) -> bool:
    """Rules that only compare what is always there have no unknown case."""
    return code not in {"SPC103", "SPC104", "CAB302", "PWR302", "PWR409", "PWR416"}


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
