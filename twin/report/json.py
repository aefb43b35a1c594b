"""The report as strict JSON, ``twin-report/1``: sorted keys, no time, no host."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping

from twin.checks.result import Finding, Report, State
from twin.report.power import (
    NOT_COVERED,
    LossLine,
    RackPower,
    SchemeLine,
    StrandedLine,
    losses,
    redundancies,
    strandings,
)
from twin.report.racks import RackLine, lines
from twin.report.words import Margin, margin_at, version, worst_rows

SCHEMA = "twin-report/1"
_DIGITS = 12  # of a float; beyond them the order of a sum shows, not the design

Json = Mapping[str, object]
_STATE_OF_MARGIN = {State.FEASIBLE: "held", State.UNKNOWN: "unknown", State.BLOCKED: "failed"}


def dumps(report: Report, indent: int | None = None) -> str:
    """Return the report as strict JSON, ended by a line feed.

    Parameters
    ----------
    report
        What a check said.
    indent
        Spaces per level; None puts all on one line, so that several layouts make a JSON-lines
        stream.
    """
    text = json.dumps(document(report), indent=indent, sort_keys=True, allow_nan=False)
    return f"{text}\n"


def document(report: Report) -> dict[str, object]:
    """Return the report as plain data: strings, numbers, lists and mappings; null = not known."""
    conditions = report.conditions
    harm, harmless = losses(report)
    return {
        "schema": SCHEMA,
        "twin": version(),
        "layout": report.site.name,
        "verdict": report.state.word,
        "digest": report.digest,
        "conditions": {
            "date": conditions.date.isoformat() if conditions.date else None,
            "mode": conditions.mode,
            "losses": conditions.losses,
            "trip": conditions.trip,
            "scope": sorted(conditions.scope),
            "select": sorted(conditions.select),
            "ignore": sorted(conditions.ignore),
        },
        "profile": report.site.profile.id,
        "racks": report.counts,
        "verdicts": [_verdict(line) for line in lines(report)],
        "findings": [_finding(finding) for finding in report.findings],
        "margins": [_margin(margin_at(report, int(row))) for row in worst_rows(report)],
        "losses": [_loss(line) for line in harm],
        "losses_left_out": harmless,
        "redundancy": [_scheme(line) for line in redundancies(report)],
        "stranded": [_stranded(line) for line in strandings(report)],
        "not_covered": list(NOT_COVERED) if "PWR" in conditions.scope else [],
        "coverage": [
            {
                "code": c.code,
                "measured": c.measured,
                "unknown": c.unknown,
                "missing": list(c.missing),
            }
            for c in report.coverage
        ],
        "uncovered": dict(report.uncovered),
        "gaps": [
            {
                "path": gap.path,
                "racks": gap.racks,
                "decides": gap.decides,
                "meaning": gap.meaning,
                "unit": gap.unit,
            }
            for gap in report.gaps
        ],
        "assumptions": [
            {
                "path": use.path,
                "value": real(use.value) if isinstance(use.value, float) else use.value,
                "reason": use.reason,
                "by": use.by,
                "until": use.until or None,
                "racks": use.racks,
            }
            for use in report.assumptions
        ],
        "waivers": [
            {
                "rule": waiver.rule,
                "subject": waiver.subject,
                "reason": waiver.reason,
                "by": waiver.by,
                "until": waiver.until.isoformat(),
                "findings": used,
            }
            for waiver, used in report.waivers
        ],
    }


def real(value: float) -> float | None:
    """Return a number rounded to 12 significant digits; None where it is not finite.

    Examples
    --------
    >>> real(0.1 + 0.2), real(-0.0), real(float("nan")), real(float("inf"))
    (0.3, 0.0, None, None)
    """
    if not math.isfinite(value):
        return None
    return float(f"{value:.{_DIGITS}g}") + 0.0


def _verdict(line: RackLine) -> Json:
    return {
        "rack": line.serial,
        "position": line.position,
        "verdict": line.state.word,
        "at_risk": line.at_risk,
        "code": line.code,
        "subject": line.subject,
        "margin": real(line.margin),
        "shared_by": line.shared_by,
        "missing": list(line.missing),
        "assumptions": list(line.assumptions),
        "waived": line.waived,
        "power": None if line.power is None else _power(line.power),
    }


def _power(power: RackPower) -> Json:
    return {
        "pooled": real(power.pooled),
        "worst": real(power.worst),
        "element": power.element,
        "case": power.case,
        "redundancy": power.redundancy,
        "ways": power.ways,
        "sources": [{"source": name, "share": real(part)} for name, part in power.sources],
        "dominators": list(power.dominators),
        "cap_kw": real(power.cap_kw),
        "cap_change": real(power.cap_change),
    }


def _loss(line: LossLine) -> Json:
    return {
        "case": line.case,
        "asked": line.asked,
        "full": line.full,
        "capped": line.capped,
        "dark": line.dark,
        "capped_kw": real(line.capped_kw),
        "dark_kw": real(line.dark_kw),
        "element": line.element,
        "loading": real(line.loading),
        "demand": real(line.demand),
        "limit": real(line.limit),
        "unit": line.unit,
        "at_least": line.at_least,
        "over": line.over,
        "unprotected": line.unprotected,
        "cdus": line.cdus,
        "air_units": line.air_units,
        "switches": line.switches,
    }


def _scheme(line: SchemeLine) -> Json:
    return {
        "name": line.name,
        "racks": line.racks,
        "ways": line.ways,
        "systems": list(line.systems),
        "reserve": list(line.reserve),
        "max_use": real(line.max_use),
        "use": real(line.use),
        "pairs": line.pairs[0],
        "pairs_of": line.pairs[1],
    }


def _stranded(line: StrandedLine) -> Json:
    return {
        "element": line.element,
        "unit": line.unit,
        "usable": real(line.usable),
        "placed": real(line.placed),
        "reserve": real(line.reserve),
        "without_place": real(line.without_place),
        "open": real(line.open),
    }


def _finding(finding: Finding) -> Json:
    return {
        "code": finding.code,
        "name": finding.name,
        "role": finding.role,
        "severity": finding.severity,
        "subject": finding.subject,
        "case": finding.case,
        "other": finding.other,
        "demand": real(finding.demand),
        "limit": real(finding.limit),
        "unit": finding.unit,
        "margin": real(finding.margin),
        "shortfall": real(finding.shortfall),
        "racks_on_it": finding.racks_on_it,
        "racks_that_fit": finding.racks_that_fit,
        "shared_by": finding.racks_on_it,
        "held_back": list(finding.held_back),
        "message": finding.message,
        "fix": finding.fix,
        "source": finding.source,
        "owner": finding.owner,
        "waived": finding.waived,
    }


def _margin(margin: Margin) -> Json:
    return {
        "code": margin.rule.code,
        "name": margin.rule.name,
        "role": "gate" if margin.gate else "advice",
        "subject": margin.subject,
        "case": margin.case,
        "demand": real(margin.demand),
        "limit": real(margin.limit),
        "unit": margin.rule.unit,
        "margin": real(margin.margin),
        "state": _STATE_OF_MARGIN[margin.state],
    }
