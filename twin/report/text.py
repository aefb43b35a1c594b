"""The report in plain text: verdict first, assumptions next, then what to do about it."""

from __future__ import annotations

import numpy as np

from twin.checks.result import Finding, Report, State
from twin.report.aligned import table
from twin.report.gaps import ranked, uncovered
from twin.report.words import (
    FAMILY_NAMES,
    Group,
    amount,
    clean,
    conditions,
    groups,
    headline,
    listed,
    nearest,
    out_of_scope,
    percent,
    plural,
    serials,
    standing,
    waived,
    wrapped,
    written,
)

_EXAMPLES = 3
_GAPS = 10
_NEAREST = 8
_SERIALS = 12
_COLOURS = {State.FEASIBLE: "32", State.UNKNOWN: "33", State.BLOCKED: "31"}  # SGR codes


def text(report: Report, width: int = 100, *, colour: bool = False) -> str:
    """Return the report as people read it in a terminal.

    Parameters
    ----------
    report
        What a check said.
    width
        Characters of a line.
    colour
        Whether the verdict is coloured with ANSI codes.
    """
    first = f"{clean(report.site.name)}: {headline(report)}"
    if colour:
        first = f"\x1b[1;{_COLOURS[report.state]}m{first}\x1b[0m"
    sections = [
        [first, *_conditions(report, width), *_racks(report, width)],
        _assumptions(report, width),
        _groups(report, "Blocked by", groups(report, gate=True), width),
        _groups(report, "Warnings and advice", groups(report, gate=False), width),
        _at_risk(report, width),
        _unknown(report, width),
        _waivers(report, width),
        _nearest(report, width),
        _covered(report, width),
    ]
    return "\n\n".join("\n".join(lines) for lines in sections if lines) + "\n"


def _conditions(report: Report, width: int) -> list[str]:
    said = "; ".join(f"{label}: {words}" for label, words in conditions(report))
    return wrapped(said, width, 2)


def _racks(report: Report, width: int) -> list[str]:
    lines: list[str] = []
    for state in (State.BLOCKED, State.UNKNOWN):
        names = serials(report, state)
        if names:
            lines += wrapped(f"{state.word}: {listed(names, _SERIALS)}", width, 2, 4)
    return lines


def _assumptions(report: Report, width: int) -> list[str]:
    if not report.assumptions:
        return []
    lines = [f"Rests on {plural(len(report.assumptions), 'assumption')} of the owner"]
    for use in report.assumptions:
        until = f", until {use.until}" if use.until else ""
        racks = plural(use.racks, "rack") if use.racks else "no rack"
        said = f"{use.path} = {written(use.value)} ({racks}): {use.reason} ({use.by}{until})"
        lines += wrapped(said, width, 2, 4)
    return lines


def _groups(report: Report, title: str, found: list[Group], width: int) -> list[str]:
    if not found:
        return []
    total = sum(len(group.rows) for group in found)
    lines = [f"{title}: {plural(total, 'finding')} of {plural(len(found), 'rule')}"]
    for group in found:
        rule = group.rule
        head = f"{rule.code} {rule.name}: {plural(len(group.rows), 'finding')}"
        lines += wrapped(f"{head}, worst {percent(group.worst)}", width, 2, 4)
        for finding in group.varied(report, _EXAMPLES):
            lines += _example(finding, width)
        if len(group.rows) > _EXAMPLES:
            lines.append(f"    and {len(group.rows) - _EXAMPLES:,} more")
    return lines


def _example(finding: Finding, width: int) -> list[str]:
    named = finding.subject.partition(":")[2] in finding.message
    said = finding.message if named else f"{finding.subject}: {finding.message}"
    stands = standing(finding)
    lines = wrapped(f"{said} [{stands}]" if stands else said, width, 4, 6)
    return lines + wrapped(f"fix: {finding.fix}", width, 6, 11)


def _at_risk(report: Report, width: int) -> list[str]:
    rows = np.flatnonzero(report.verdicts.at_risk)
    if not len(rows):
        return []
    ids = report.site.tables["rack"].ids[report.verdicts.rack[rows]]
    said = f"At risk: {plural(len(rows), 'live rack')} on elements that live racks alone overload; "
    return wrapped(said + f"no newcomer is taken there: {listed(tuple(ids.tolist()))}", width, 0, 2)


def _unknown(report: Report, width: int) -> list[str]:
    gaps, families = ranked(report), uncovered(report)
    if not gaps and not families:
        return []
    lines = [f"Not known: {plural(len(gaps), 'field')} missing" if gaps else "Not known"]
    header = ("field", "decides", "racks", "unit", "meaning")
    shown = gaps[:_GAPS]
    rows = [
        (clean(g.path), f"{g.decides:,}", f"{g.racks:,}", g.unit or "-", g.meaning) for g in shown
    ]
    lines += table(header, rows, width=width, right=frozenset({1, 2}), indent=2)
    if len(gaps) > _GAPS:
        lines.append(f"  and {len(gaps) - _GAPS:,} more (twin gaps lists all)")
    for said in families:
        lines += wrapped(said, width, 2, 4)
    return lines


def _waivers(report: Report, width: int) -> list[str]:
    if not report.waivers:
        return []
    lines = [f"Waivers: {plural(len(report.waivers), 'waiver')}"]
    for waiver, used in report.waivers:
        said = f"{waiver.rule} on {waiver.subject} until {waiver.until.isoformat()}: "
        by = f"{waiver.reason} ({waiver.by}); {plural(used, 'finding')}"
        lines += wrapped(said + by, width, 2, 4)
    for finding in waived(report)[:_EXAMPLES]:
        lines += wrapped(f"waived {finding.code}: {finding.message}", width, 4, 6)
    return lines


def _nearest(report: Report, width: int) -> list[str]:
    rows = [
        (
            margin.rule.code,
            clean(margin.subject),
            amount(margin.demand, margin.rule.unit),
            amount(margin.limit, margin.rule.unit),
            percent(margin.margin),
            clean((margin.case or "").partition(":")[2]) or "-",
        )
        for margin in nearest(report, _NEAREST)
    ]
    if not rows:
        return []
    header = ("rule", "element", "demand", "limit", "margin", "lost")
    lines = table(header, rows, width=width, right=frozenset({2, 3, 4}), indent=2)
    return ["Nearest to the limit, of what holds", *lines]


def _covered(report: Report, width: int) -> list[str]:
    total = {c.code: c.measured + c.unknown for c in report.coverage}
    none = [code for code, subjects in total.items() if not subjects]
    unknown = [
        f"{c.code} ({c.unknown:,} of {total[c.code]:,})" for c in report.coverage if c.unknown
    ]
    found = len(total) - len(none)
    lines = [f"Covered: {found:,} of {plural(len(total), 'rule')} found a subject"]
    if unknown:
        lines += wrapped(f"some subjects not known: {', '.join(unknown)}", width, 2, 4)
    if none:
        lines += wrapped(f"nothing to measure for: {', '.join(none)}", width, 2, 4)
    absent = [f"{FAMILY_NAMES[f]} ({f})" for f in out_of_scope(report)]
    if absent:
        lines += wrapped(f"out of scope, not judged: {', '.join(absent)}", width, 2, 4)
    lines.append("  twin explain CODE tells what a rule does not cover")
    return lines
