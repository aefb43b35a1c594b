"""What the HTML report shows, as plain values that its templates only lay out."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from twin.catalog.figure import Figure
from twin.catalog.product import Product
from twin.checks.result import Coverage, Finding, Report, State, number
from twin.checks.rule import Rule
from twin.errors import plural
from twin.report.explain import sections
from twin.report.power import LossLine
from twin.report.racks import RackLine, lines
from twin.report.words import FAMILY_NAMES, Group, amount, groups, lacks

EDGES = (0.6, 0.8, 0.9, 1.0, 1.2)
"""Upper ends of the bands of load, parts of the limit; exactly the limit still holds."""

BAND_TEXTS = ("0-60 %", "60-80 %", "80-90 %", "90-100 %", "100-120 %", "over 120 %")
FULL_BAR = 1.25
"""Load at which the bar of a margin is full; the mark of the limit stands at 1 / FULL_BAR."""

MOST_FINDINGS = 25
MOST_RACKS = 5000
_TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class FamilyPart:
    """The findings of one family of rules."""

    family: str
    name: str
    parts: tuple[tuple[Group, bool, tuple[Finding, ...]], ...]
    count: int


@dataclass(frozen=True, slots=True)
class LimitLine:
    """Where the limit of one rule comes from."""

    rule: Rule
    owners: tuple[str, ...]
    measured: int


@dataclass(frozen=True, slots=True)
class NotCovered:
    """What a rule says that it does not cover, and how many of its subjects are not known."""

    rule: Rule
    words: str
    coverage: Coverage

    @property
    def lacks(self) -> str:
        """What its unknown subjects lack."""
        return lacks(self.coverage)


def band(margin: float) -> int | None:
    """Return the band of load of a margin, 0 to 5; None where it is not known.

    Examples
    --------
    >>> band(0.5), band(0.0), band(-0.075), band(-1.0), band(float("nan"))
    (0, 3, 4, 5, None)
    """
    if math.isnan(margin):
        return None
    load = 1 - margin
    if abs(load - 1) <= _TOLERANCE:
        return 3
    return sum(load >= edge for edge in EDGES)


def bar(margin: float) -> str:
    """Return how long the bar of a margin is, in percent of its track."""
    return f"{100 * min(max((1 - margin) / FULL_BAR, 0.0), 1.0):.1f}"


def families(report: Report) -> list[FamilyPart]:
    """Return the findings that nobody waived, by family and rule; what blocks comes first."""
    found = [(g, True) for g in groups(report, gate=True)]
    found += [(g, False) for g in groups(report, gate=False)]
    codes = [*FAMILY_NAMES, *sorted({g.rule.family for g, _ in found} - set(FAMILY_NAMES))]
    out = []
    for family in codes:
        mine = [(g, gate) for g, gate in found if g.rule.family == family]
        if mine:
            parts = tuple((g, gate, tuple(g.examples(report, MOST_FINDINGS))) for g, gate in mine)
            count = sum(len(g.rows) for g, _ in mine)
            out.append(FamilyPart(family, FAMILY_NAMES.get(family, family), parts, count))
    return out


def racks(report: Report) -> tuple[list[RackLine], int]:
    """Return the lines of racks to show, blocked ones first, and how many are left out.

    Above `MOST_RACKS` those are left out that have least to say.
    """
    ordered = sorted(lines(report), key=lambda line: -int(line.state))
    return ordered[:MOST_RACKS], max(len(ordered) - MOST_RACKS, 0)


def also_lost(loss: LossLine) -> str:
    """Return gear that a loss takes and racks that it leaves unprotected, in words."""
    counts = (
        (loss.cdus, "CDU"), (loss.air_units, "air unit"), (loss.switches, "switch"),
    )  # fmt: skip
    said = [plural(n, word, "switches" if word == "switch" else "") for n, word in counts if n]
    if loss.unprotected:
        said.append(f"{plural(loss.unprotected, 'rack')} on bypass")
    return ", ".join(said)


def limits(report: Report) -> list[LimitLine]:
    """Return, for each rule that measured something, its source and who set its limits."""
    measured = {c.code: c.measured + c.unknown for c in report.coverage}
    found = report.findings
    out = []
    for index, rule in enumerate(report.rules):
        if measured.get(rule.code):
            owners = np.unique(found.owner[found.rule == index]).tolist()
            named = tuple(owner for owner in owners if owner)
            out.append(LimitLine(rule, named, measured[rule.code]))
    return sorted(out, key=lambda line: line.rule.code)


def products(report: Report) -> list[Product]:
    """Return the products of the catalog that the site uses, by id."""
    used: set[str] = set()
    for table in report.site.tables.values():
        kinds = table.columns.get("type")
        if kinds is None or not len(table):
            continue
        if kinds.dtype.kind == "U":
            used.update(np.unique(kinds).tolist())
        else:
            subjects = np.unique(kinds[kinds >= 0]).tolist()
            used.update(report.site.name_of(s).partition(":")[2] for s in subjects)
    known = report.site.catalog.products
    return [known[name] for name in sorted(used) if name in known]


def figure_text(figure: Figure) -> str:
    """Return a figure as people read it: "142 kW (132 to 142)"; unknown where unpublished."""
    if figure.value is None:
        return "not published"
    said = amount(figure.value, figure.unit)
    low, high = figure.least(), figure.greatest()
    return said if low == high else f"{said} ({number(low)} to {number(high)})"


def not_covered(report: Report) -> list[NotCovered]:
    """Return what each rule says that it does not cover, by code."""
    coverage = {c.code: c for c in report.coverage}
    return [
        NotCovered(
            rule,
            sections(rule).get("Does not cover", ""),
            coverage.get(rule.code, Coverage(rule.code, 0, 0)),
        )
        for rule in sorted(report.rules, key=lambda rule: rule.code)
        if rule.family in report.conditions.scope
        or rule.family not in FAMILY_NAMES
        or rule.family == "DAT"
    ]


def tone(state: State) -> str:
    """Return the class of style of a verdict."""
    return {State.FEASIBLE: "ok", State.UNKNOWN: "ask", State.BLOCKED: "bad"}[state]
