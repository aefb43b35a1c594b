"""What every kind of report says first and in the same words: verdict, conditions, groups."""

from __future__ import annotations

import math
import textwrap
from dataclasses import dataclass

import numpy as np

from twin.checks.result import Coverage, Finding, Report, State, number
from twin.checks.rule import Rule
from twin.errors import plural
from twin.model.layout import FAMILIES
from twin.site.table import BoolArray, IntArray

FAMILY_NAMES = {
    "PWR": "Power",
    "COL": "Cooling",
    "CAB": "Ways and cable lengths",
    "NET": "Network ports and speeds",
    "SPC": "Space and weight",
    "DLV": "Delivery and dates",
    "DAT": "Data, waivers and assumptions",
}
"""Families of rules, in the order in which reports list them."""

GLYPHS = {State.FEASIBLE: "\u2713", State.UNKNOWN: "?", State.BLOCKED: "\u2715"}
"""A mark beside every verdict, so that no meaning hangs on colour alone."""

LOSSES = {
    0: "nothing lost",
    1: "single losses that the policy names",
    2: "single losses that the policy names, and any two within one group",
}
_LOOKED_AT = 1000  # findings of a rule among which examples are chosen
MODES = {
    "nameplate": "at nameplate",
    "provisioned": "as provisioned",
    "measured": "as measured",
    "today": "as the racks stand today",
}


@dataclass(frozen=True, slots=True)
class Group:
    """Findings of one rule. `rows` (n,) are rows of the report's findings, worst first."""

    rule: Rule
    rows: IntArray
    worst: float

    def examples(self, report: Report, most: int) -> list[Finding]:
        """Return the text of the first `most` findings."""
        return [report.findings.at(int(row)) for row in self.rows[:most]]

    def varied(self, report: Report, most: int) -> list[Finding]:
        """Return `most` findings: the worst of each kind of element first, then the next worst."""
        rows = self.rows[:_LOOKED_AT]
        kinds = [report.site.kind_of(s) for s in report.findings.subject[rows].tolist()]
        firsts = [kinds.index(kind) for kind in dict.fromkeys(kinds)]
        others = [place for place in range(len(kinds)) if place not in set(firsts)]
        chosen = sorted([*firsts, *others][:most])
        return [report.findings.at(int(self.rows[place])) for place in chosen]


@dataclass(frozen=True, slots=True)
class Margin:
    """The worst measured subject of a rule, as text and numbers."""

    rule: Rule
    subject: str
    case: str | None
    demand: float
    limit: float
    margin: float
    state: State
    gate: bool


def version() -> str:
    """Return the version of the installed package, or "source" where none is installed."""
    from importlib import metadata  # takes as long to import as a small report to make

    try:
        return metadata.version("twin")
    except metadata.PackageNotFoundError:
        return "source"


def percent(share: float) -> str:
    """Return a share as signed text with one decimal; "unknown" for NaN, "no end" for infinity.

    Examples
    --------
    >>> percent(-0.0758), percent(0.25), percent(-0.00001), percent(float("nan"))
    ('-7.6 %', '25.0 %', '0.0 %', 'unknown')
    """
    if not math.isfinite(share):
        return "unknown" if math.isnan(share) else "no end"
    return f"{round(100 * share, 1) + 0.0:.1f} %"


def lost(case: str | None) -> str:
    """Return what is lost without its kind, where it is one element; else as it is said.

    Examples
    --------
    >>> lost("busway:R1A"), lost("work on busway:R1A"), lost(None)
    ('R1A', 'work on busway:R1A', '')
    """
    kind, _, own = (case or "").partition(":")
    return own if " " not in kind else str(case)


def clean(text: str) -> str:
    """Return text on one line without control characters, which a terminal would obey.

    Examples
    --------
    >>> clean("rack" + chr(27) + "[31m" + chr(10) + "two")
    'rack [31m two'
    """
    return "".join(c if c.isprintable() else " " for c in text)


def wrapped(said: str, width: int, indent: int, hang: int | None = None) -> list[str]:
    """Return a sentence as lines, `indent` blanks before the first and `hang` before the rest."""
    after = " " * (indent if hang is None else hang)
    return textwrap.wrap(
        clean(said),
        max(width, 40),
        initial_indent=" " * indent,
        subsequent_indent=after,
        break_on_hyphens=False,
    )


def lacks(coverage: Coverage) -> str:
    """Return what the unknown subjects of a rule lack: "coolant.cdus.C1.pumps and 2 more"."""
    more = f" and {coverage.more:,} more" if coverage.more else ""
    return clean(f"{coverage.lacks}{more}") if coverage.lacks else ""


def name_of(state: State, *, assumed: int) -> str:
    """Return the verdict of a site in words: "feasible on 3 assumptions"."""
    if state == State.FEASIBLE and assumed:
        return f"{state.word} on {plural(assumed, 'assumption')}"
    return state.word


def assumed(report: Report) -> int:
    """Return how many assumptions at least one rack rests on."""
    return sum(use.racks > 0 for use in report.assumptions)


def counted(report: Report) -> str:
    """Return the racks per verdict: "24 of 32 racks feasible, 8 blocked, 0 unknown"."""
    counts = report.counts
    if not counts["delivered"]:
        return "no rack is delivered, so nothing was judged"
    racks = plural(counts["delivered"], "rack")
    said = f"{counts['feasible']:,} of {racks} feasible"
    said += f", {counts['blocked']:,} blocked, {counts['unknown']:,} unknown"
    if counts["at_risk"]:
        said += f", {counts['at_risk']:,} at risk"
    waived = int(report.verdicts.waived.sum())
    return said + (f", {waived:,} with a waiver" if waived else "")


def headline(report: Report) -> str:
    """Return the verdict of the site in one line."""
    verdict, _, on = name_of(report.state, assumed=assumed(report)).partition(" ")
    return f"{verdict.upper()}{f' {on}' if on else ''}: {counted(report)}"


def conditions(report: Report) -> list[tuple[str, str]]:
    """Return under what the site was judged, as pairs of label and words."""
    given = report.conditions
    day = given.date.isoformat() if given.date else "none, everything planned stands"
    if report.site.delivered:
        day = f"{given.date or 'none'}; a ship notice against what stands, without planned racks"
    said = [
        ("date", day),
        ("load", MODES[given.mode]),
        ("losses", LOSSES[given.losses]),
        ("profile", report.site.profile.id),
        ("scope", " ".join(f for f in FAMILIES if f in given.scope) or "none"),
    ]
    if given.trip is not None:
        said.append(("breakers", f"all above {given.trip:g} x their setting open at once"))
    if given.select:
        said.append(("only rules", " ".join(given.select)))
    if given.ignore:
        said.append(("without rules", " ".join(given.ignore)))
    return said


def groups(report: Report, *, gate: bool) -> list[Group]:
    """Return the findings that nobody waived, by rule: worst rule first.

    Parameters
    ----------
    report
        What a check said.
    gate
        True for findings that block, False for advice and for limits that only warn.
    """
    findings = report.findings
    chosen: BoolArray = (findings.gate == gate) & ~findings.waived
    out = []
    for index in np.unique(findings.rule[chosen]).tolist():
        rows = np.flatnonzero(chosen & (findings.rule == index))
        rows = rows[np.argsort(findings.margin[rows], kind="stable")]
        margins = findings.margin[rows]
        worst = float(np.nanmin(margins)) if np.isfinite(margins).any() else math.nan
        out.append(Group(report.rules[index], rows, worst))
    return sorted(out, key=lambda g: (math.isnan(g.worst), g.worst, g.rule.code))


def waived(report: Report) -> list[Finding]:
    """Return the findings that the owner accepts."""
    return [report.findings.at(int(row)) for row in np.flatnonzero(report.findings.waived)]


def margin_at(report: Report, row: int) -> Margin:
    """Return one row of the margins as text and numbers."""
    m = report.margins
    return Margin(
        rule=report.rules[int(m.rule[row])],
        subject=report.site.name_of(int(m.subject[row])),
        case=m.case_of(row) or None,
        demand=float(m.demand[row]),
        limit=float(m.limit[row]),
        margin=float(m.margin[row]),
        state=State(int(m.state[row])),
        gate=bool(m.gate[row]),
    )


def worst_rows(report: Report) -> IntArray:
    """Rows of the margins: the worst subject of each rule, in the order of codes.

    What failed comes before what holds and that before what is not known, whose margin says
    nothing.
    """
    m = report.margins
    order_of_state = np.array([1, 2, 0])  # held, unknown, failed
    by_code = np.argsort(np.array([rule.code for rule in report.rules], dtype=np.str_))
    keys = (m.subject, m.margin, order_of_state[m.state], np.argsort(by_code)[m.rule])
    order = np.lexsort(keys) if len(m.rule) else np.empty(0, np.int64)
    _, first = np.unique(m.rule[order], return_index=True)
    return np.asarray(order[np.sort(first)], dtype=np.int64)


def nearest(report: Report, most: int = 10) -> list[Margin]:
    """Return, of each rule, the subject that holds with the least margin; least margin first."""
    m = report.margins
    held = np.flatnonzero((m.state == State.FEASIBLE) & np.isfinite(m.margin))
    order = held[np.lexsort((m.subject[held], m.margin[held]))]
    _, first = np.unique(m.rule[order], return_index=True)
    return [margin_at(report, int(row)) for row in order[np.sort(first)][:most]]


def amount(value: float, unit: str) -> str:
    """Return a number with its unit: "142 kW"; units "1" and "" are not said."""
    said = number(value)
    return said if unit in {"", "1"} or math.isnan(value) else f"{said} {unit}"


def written(value: float | str) -> str:
    """Return the value of an assumption as it was written: all digits, no needless ".0".

    Examples
    --------
    >>> written(12.0), written(0.98), written("pg25")
    ('12', '0.98', 'pg25')
    """
    return f"{value:.12g}" if isinstance(value, float) else str(value)


def serials(report: Report, state: State) -> tuple[str, ...]:
    """Return the serials of the racks with a verdict, in the order of the verdicts."""
    rows = report.verdicts.rack[report.verdicts.state == state]
    return tuple(report.site.tables["rack"].ids[rows].tolist())


def standing(finding: Finding) -> str:
    """Return how many racks stand on a shared element and which are held back; may be empty.

    The count is left out where the message says it already.
    """
    if finding.racks_on_it <= 1:
        return ""
    parts = []
    if f"{finding.racks_that_fit} of {finding.racks_on_it}" not in finding.message:
        on = plural(finding.racks_on_it, "rack")
        shared = finding.racks_that_fit or finding.held_back
        parts.append(f"{on} on it" + (f", {finding.racks_that_fit:,} fit" if shared else ""))
    if finding.held_back:
        parts.append(f"held back: {listed(finding.held_back)}")
    return "; ".join(parts)


def listed(names: tuple[str, ...], most: int = 4) -> str:
    """Return names in a row, and how many more there are.

    Examples
    --------
    >>> listed(("a", "b", "c"), most=2)
    'a, b and 1 more'
    """
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most:,} more"


def out_of_scope(report: Report) -> list[str]:
    """Return the families that were not asked for."""
    return [family for family in FAMILIES if family not in report.conditions.scope]


def not_run(report: Report) -> list[str]:
    """Return the families in scope of which no rule was run and that made no rack unknown."""
    known = {rule.family for rule in report.rules} | set(report.uncovered)
    return [f for f in FAMILIES if f in report.conditions.scope and f not in known]


def uncovered(report: Report) -> list[str]:
    """Return a sentence for each family without which racks are unknown: it measured nothing."""
    return [
        f"{_called(family)}: no rule could measure {plural(racks, 'rack')}, for lack of a "
        "description; unknown"
        for family, racks in sorted(report.uncovered.items())
    ]


def unjudged(report: Report) -> list[str]:
    """Return a sentence for each family that says nothing about some racks, and why."""
    absent = [f"{_called(f)}: out of scope, not judged" for f in out_of_scope(report)]
    absent += [f"{_called(f)}: none of its rules was run, not judged" for f in not_run(report)]
    return absent + uncovered(report)


def _called(family: str) -> str:
    return f"{FAMILY_NAMES.get(family, family)} ({family})"
