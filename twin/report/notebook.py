"""How reports, sites and findings show themselves in a notebook, and in its saved HTML too.

All style stands in the tags: a saved notebook keeps it, whichever theme shows it. Text takes the
colour of the page around it; what has a colour of its own carries its own background.

`attach` hooks the functions to the classes, which live on lower floors and know no report.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

import numpy as np

from twin.checks.result import Finding, Report, State
from twin.errors import InputError, Problem, near, plural
from twin.report import words
from twin.report.aligned import table
from twin.report.gaps import ranked
from twin.report.json import document, dumps
from twin.site.site import Site

_BACK = {State.FEASIBLE: "#2166ac", State.UNKNOWN: "#6b5900", State.BLOCKED: "#b2182b"}
_CELL = "padding:3px 9px;text-align:left;vertical-align:top;border-bottom:1px solid #8888"
_NUMBER = f"{_CELL};text-align:right;white-space:nowrap"
_QUIET = "opacity:0.75"
_RULES, _GAPS, _NEAREST, _MOST = 8, 5, 5, 100
_WIDE = 110  # characters of a line at a prompt


class FindingList(tuple[Finding, ...]):
    """Findings that show themselves as a table, in a notebook and in a terminal."""

    __slots__ = ()

    def __repr__(self) -> str:
        """Return the findings as a table of plain text."""
        rows = [
            (f.code, words.clean(f.subject), words.percent(f.margin), f"{f.message}; fix: {f.fix}")
            for f in self[:_MOST]
        ]
        header = ("rule", "element", "margin", "what is wrong and what to do")
        lines = table(header, rows, width=_WIDE, right=frozenset({2}))
        if len(self) > _MOST:
            lines.append(f"and {len(self) - _MOST:,} more")
        return "\n".join(lines) or "no findings"

    def _repr_html_(self) -> str:
        return html_of_findings(self)


def worst(report: Report, n: int = 10) -> FindingList:
    """Return the `n` worst findings that nobody waived: what blocks first, least margin first."""
    rows = np.flatnonzero(~report.findings.waived)[:n]
    return FindingList(report.findings.at(int(row)) for row in rows)


def findings_of(report: Report, key: str) -> FindingList:
    """Return the findings of a family ("PWR"), a code ("PWR101") or a rule's name.

    Raises
    ------
    InputError
        There is no such rule or family; a near one is named.
    """
    wanted = key.strip().casefold()
    names = [{rule.code.casefold(), rule.family.casefold(), rule.name} for rule in report.rules]
    chosen = np.array([wanted in each for each in names], dtype=bool)
    if not chosen.any():
        known = [name for rule in report.rules for name in (rule.code, rule.family, rule.name)]
        raise InputError(
            Problem(
                "",
                value=key,
                message=f"no rule, family or name is called {key}",
                expected="write a family such as PWR, or a rule's code",
                near=near(key, known),
            )
        )
    rows = np.flatnonzero(chosen[report.findings.rule])
    return FindingList(report.findings.at(int(row)) for row in rows)


def html_of_report(report: Report) -> str:
    """Return verdict, conditions, assumptions, what blocks, what is missing, what is nearest."""
    said = "; ".join(f"{escape(a)}: {escape(b)}" for a, b in words.conditions(report))
    verdict = words.name_of(report.state, assumed=words.assumed(report))
    return "".join(
        (
            '<div style="line-height:1.4">',
            f"<p>{_badge(report.state, verdict)} <b>{escape(report.site.name)}</b>: ",
            f"{escape(words.counted(report))}<br>",
            f'<span style="{_QUIET}">{said}</span></p>',
            _assumptions(report),
            _groups(report, gate=True, title="Blocked by"),
            _groups(report, gate=False, title="Warnings and advice"),
            _missing(report),
            _nearest(report),
            "</div>",
        )
    )


def html_of_site(site: Site) -> str:
    """Return what stands on a site: counts per kind, halls, scope, profile."""
    counts = [
        (kind.replace("_", " "), f"{len(part):,}")
        for kind, part in site.tables.items()
        if len(part) and kind not in {"product", "feed", "drop"}
    ]
    halls = words.listed(tuple(site.tables["hall"].ids.tolist()), 8) or "none"
    facts = [
        ("halls", halls),
        ("scope", " ".join(site.scope) or "all"),
        ("profile", site.profile.id),
        ("assumptions", str(len(site.assumptions))),
        ("waivers", str(len(site.waivers))),
    ]
    said = "; ".join(f"{label}: {escape(value)}" for label, value in facts)
    name = escape(site.name)
    title = f": {escape(site.title)}" if site.title and site.title != site.name else ""
    return (
        f'<div style="line-height:1.4"><p><b>{name}</b>{title}<br>'
        f'<span style="{_QUIET}">{said}</span></p>'
        + _table(("kind", "count"), counts, numbers=frozenset({1}))
        + "</div>"
    )


def html_of_findings(findings: Sequence[Finding]) -> str:
    """Return findings as a table, at most 100 of them."""
    if not findings:
        return "<p>no findings</p>"
    more = len(findings) - _MOST
    tail = f'<p style="{_QUIET}">and {more:,} more</p>' if more > 0 else ""
    rows = (_cells(finding) for finding in findings[:_MOST])
    return _table(_TITLES, rows, numbers=frozenset({2, 3, 4})) + tail


def line_of_report(report: Report) -> str:
    """Return a report in one line, for the prompt of an interpreter."""
    return f"<Report {words.clean(report.site.name)}: {words.headline(report)}>"


def line_of_site(site: Site) -> str:
    """Return a site in one line, for the prompt of an interpreter."""
    racks, halls = len(site.tables["rack"]), len(site.tables["hall"])
    counted = f"{plural(racks, 'rack')} in {plural(halls, 'hall')}"
    return f"<Site {words.clean(site.name)}: {counted}>"


def attach() -> None:
    """Let reports and sites show themselves; the front door calls it once."""
    hooks: dict[type, dict[str, object]] = {
        Report: {
            "_repr_html_": html_of_report,
            "__repr__": line_of_report,
            "__getitem__": findings_of,
            "worst": worst,
            "to_dict": document,
            "to_json": dumps,
        },
        Site: {"_repr_html_": html_of_site, "__repr__": line_of_site},
    }
    for owner, functions in hooks.items():
        for name, function in functions.items():
            setattr(owner, name, function)


_TITLES = ("rule", "element", "demand", "limit", "margin", "racks on it", "what is wrong", "fix")


def _cells(finding: Finding) -> tuple[str, ...]:
    shared = finding.racks_that_fit or finding.held_back
    fit = f"{finding.racks_on_it}" + (f" ({finding.racks_that_fit} fit)" if shared else "")
    waived = " (waived)" if finding.waived else ""
    return (
        finding.code,
        words.clean(finding.subject),
        words.amount(finding.demand, finding.unit),
        words.amount(finding.limit, finding.unit),
        words.percent(finding.margin),
        fit if finding.racks_on_it > 1 else str(finding.racks_on_it),
        words.clean(finding.message) + waived,
        words.clean(finding.fix),
    )


def _badge(state: State, verdict: str) -> str:
    style = f"background:{_BACK[state]};color:#fff;padding:2px 9px;border-radius:4px"
    return f'<b style="{style}">{words.GLYPHS[state]} {escape(verdict)}</b>'


def _table(
    header: Sequence[str], rows: Iterable[Sequence[str]], *, numbers: frozenset[int] = frozenset()
) -> str:
    """Return a table; every cell is escaped."""

    def cells(row: Sequence[str], tag: str) -> str:
        styles = (_NUMBER if c in numbers else _CELL for c in range(len(row)))
        return "".join(
            f'<{tag} style="{style}">{escape(cell)}</{tag}>'
            for cell, style in zip(row, styles, strict=True)
        )

    body = "".join(f"<tr>{cells(row, 'td')}</tr>" for row in rows)
    head = f"<thead><tr>{cells(header, 'th')}</tr></thead>"
    style = "border-collapse:collapse;margin:4px 0;color:inherit;font-size:inherit"
    return f'<table style="{style}">{head}<tbody>{body}</tbody></table>'


def _part(title: str, content: str) -> str:
    return f'<p style="margin:8px 0 2px"><b>{escape(title)}</b></p>{content}'


def _assumptions(report: Report) -> str:
    if not report.assumptions:
        return ""
    rows = [
        (u.path, words.written(u.value), str(u.racks), u.reason, u.by) for u in report.assumptions
    ]
    content = _table(("field", "value", "racks", "reason", "by"), rows, numbers=frozenset({1, 2}))
    return _part("Assumptions of the owner", content)


def _groups(report: Report, *, gate: bool, title: str) -> str:
    found = words.groups(report, gate=gate)
    if not found:
        return ""
    rows = []
    for group in found[:_RULES]:
        first = group.examples(report, 1)[0]
        name = f"{group.rule.code} {group.rule.name.replace('-', ' ')}"
        count = f"{len(group.rows):,}"
        rows.append((name, count, words.percent(group.worst), first.message, first.fix))
    header = ("rule", "findings", "worst", "worst one", "fix")
    more = len(found) - _RULES
    tail = f'<p style="{_QUIET}">and {plural(more, "rule")} more</p>' if more > 0 else ""
    return _part(title, _table(header, rows, numbers=frozenset({1, 2})) + tail)


def _missing(report: Report) -> str:
    gaps = ranked(report)
    if not gaps:
        return ""
    rows = [(g.path, g.unit, f"{g.decides:,}", f"{g.racks:,}", g.meaning) for g in gaps[:_GAPS]]
    header = ("field", "unit", "decides", "racks", "meaning")
    title = f"Not known: {plural(len(gaps), 'field')}"
    return _part(title, _table(header, rows, numbers=frozenset({2, 3})))


def _nearest(report: Report) -> str:
    rows = [
        (
            margin.rule.code,
            margin.subject,
            words.amount(margin.demand, margin.rule.unit),
            words.amount(margin.limit, margin.rule.unit),
            words.percent(margin.margin),
        )
        for margin in words.nearest(report, _NEAREST)
    ]
    if not rows:
        return ""
    header = ("rule", "element", "demand", "limit", "margin")
    content = _table(header, rows, numbers=frozenset({2, 3, 4}))
    return _part("Nearest to the limit, of what holds", content)
