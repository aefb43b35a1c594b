"""The report in plain text: verdict first, assumptions next, then what to do about it."""

from __future__ import annotations

import numpy as np

from twin.checks.result import Finding, Report, State
from twin.errors import plural
from twin.report import power
from twin.report.aligned import table
from twin.report.gaps import ranked
from twin.report.words import (
    Group,
    amount,
    clean,
    conditions,
    groups,
    headline,
    lacks,
    listed,
    lost,
    nearest,
    percent,
    serials,
    standing,
    unjudged,
    waived,
    wrapped,
    written,
)

_EXAMPLES = 3
_GAPS = 10
_NEAREST = 8
_LOSSES = 10
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
        _caps(report, width),
        _unknown(report, width),
        _waivers(report, width),
        _nearest(report, width),
        _losses(report, width),
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
    used = [use for use in report.assumptions if use.racks]
    spare = tuple(use.path for use in report.assumptions if not use.racks)
    lines = [f"Rests on {plural(len(used), 'assumption')} of the owner"] if used else []
    for use in used:
        until = f", until {use.until}" if use.until else ""
        said = f"{use.path} = {written(use.value)} ({plural(use.racks, 'rack')}): {use.reason}"
        lines += wrapped(f"{said} ({use.by}{until})", width, 2, 4)
    if spare:
        said = f"{plural(len(spare), 'assumption')} that no rack rests on: {listed(spare)}"
        lines += wrapped(said, width, 2 if used else 0, 4)
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


def _caps(report: Report, width: int) -> list[str]:
    found = power.capped_alike(report)
    if not found:
        return []
    said = "Caps that would do: each of these racks by itself, beside those that fit"
    lines = wrapped(said, width, 0, 2)
    for cap, racks in found[:_EXAMPLES]:
        lines += wrapped(f"{cap}: {listed(racks)}", width, 2, 4)
    if len(found) > _EXAMPLES:
        lines.append(f"  and {len(found) - _EXAMPLES:,} other caps")
    return lines


def _losses(report: Report, width: int) -> list[str]:
    harm, _ = power.losses(report, _LOSSES)
    if not harm:
        return []
    rows = [
        (
            clean(loss.case),
            f"{loss.dark:,}",
            f"{loss.capped:,}",
            f"{loss.over:,}",
            percent(loss.loading) if loss.element else "-",
            clean(f"{loss.element}{', or more' if loss.at_least else ''}") if loss.element else "-",
        )
        for loss in harm
    ]
    header = ("lost", "dark", "capped", "over limit", "worst", "of")
    lines = table(header, rows, width=width, right=frozenset({1, 2, 3, 4}), indent=2)
    tried, bad = power.count_of(report)
    said = f"Losses by harm: {bad:,} of {plural(tried, 'loss', 'losses')} leave racks dark or"
    said += " capped, load something over its limit or take gear"
    return [*wrapped(said, width, 0, 2), *lines]


def _unknown(report: Report, width: int) -> list[str]:
    gaps = ranked(report)
    if not gaps:
        return []
    lines = [f"Not known: {plural(len(gaps), 'field')} missing"]
    header = ("field", "decides", "racks", "unit", "meaning")
    shown = gaps[:_GAPS]
    rows = [
        (clean(g.path), f"{g.decides:,}", f"{g.racks:,}", g.unit or "-", g.meaning) for g in shown
    ]
    lines += table(header, rows, width=width, right=frozenset({1, 2}), indent=2)
    if len(gaps) > _GAPS:
        lines.append(f"  and {len(gaps) - _GAPS:,} more (twin gaps lists all)")
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
            clean(lost(margin.case)) or "-",
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
        (c.code, f"{c.unknown:,} of {total[c.code]:,}", lacks(c) or "-")
        for c in report.coverage
        if c.unknown
    ]
    found = len(total) - len(none)
    lines = [f"Covered: {found:,} of {plural(len(total), 'rule')} found a subject"]
    if unknown:
        lines.append("  some subjects not known:")
        header = ("rule", "subjects", "first that they lack")
        lines += table(header, unknown, width=width, right=frozenset({1}), indent=4)
    if none:
        lines += wrapped(f"nothing to measure for: {', '.join(none)}", width, 2, 4)
    for said in unjudged(report):
        lines += wrapped(said, width, 2, 4)
    if said := power.not_covered(report):
        lines += wrapped(said, width, 2, 4)
    lines.append("  twin explain CODE tells what a rule does not cover")
    return lines
