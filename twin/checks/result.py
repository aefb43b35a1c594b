"""What a check returns: verdicts, findings, margins, gaps and what was assumed. Columns, no text.

Text is made when a row is read: `report.findings.at(i)` gives a `Finding` with its message.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from twin.checks.ragged import Ragged
from twin.site.table import BoolArray, FloatArray, IntArray, StrArray

if TYPE_CHECKING:
    from twin.checks.rule import Rule
    from twin.model.change import Conditions
    from twin.model.policy import Waiver
    from twin.site.site import Site
    from twin.solve.study import Study

_KIND = r"(?:[a-z_]+):"
_WORK = re.compile(rf"work on {_KIND}(.+)", re.DOTALL)
_PARTS = (
    "a module", "a pump", "a fan", "a chiller or dry cooler", "the shelf", "the plane",
    "the valve at the start", "the valve at the end",
)  # fmt: skip
_PART = re.compile(rf"((?:{'|'.join(_PARTS)}) of ){_KIND}(.+)", re.DOTALL)
_BYPASS = re.compile(rf"the inverter of {_KIND}(.+)", re.DOTALL)
_PAIR = re.compile(rf"(.+?) and {_KIND}(.+)", re.DOTALL)
_FAULT = re.compile(rf"(.+?) with {_KIND}(.+) lost", re.DOTALL)


class State(IntEnum):
    """The answer for a rack or a site."""

    FEASIBLE = 0
    UNKNOWN = 1
    BLOCKED = 2

    @property
    def word(self) -> str:
        """Lower-case word, as it stands in reports."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Finding:
    """One measure that fails, as text and numbers. `subject` is kind:id."""

    code: str
    name: str
    role: str
    severity: str
    subject: str
    case: str | None
    other: str | None
    demand: float
    limit: float
    unit: str
    margin: float
    shortfall: float
    racks_on_it: int
    racks_that_fit: int
    held_back: tuple[str, ...]
    message: str
    fix: str
    source: str
    owner: str
    waived: bool

    @property
    def family(self) -> str:
        """First three letters of the code."""
        return self.code[:3]


@dataclass(frozen=True)
class Findings:
    """Failing subjects, worst case each, sorted by (gate first, margin, code, subject)."""

    site: Site
    rules: tuple[Rule, ...]
    rule: IntArray
    subject: IntArray
    other: IntArray
    case: StrArray
    demand: FloatArray
    limit: FloatArray
    margin: FloatArray
    shortfall: FloatArray
    gate: BoolArray
    owner: StrArray
    waived: BoolArray
    racks_on_it: IntArray
    racks_that_fit: IntArray
    held_back: tuple[IntArray, ...]

    def __len__(self) -> int:
        """Return the number of findings."""
        return len(self.rule)

    def __iter__(self) -> Iterator[Finding]:
        """Yield every finding as text."""
        return (self.at(i) for i in range(len(self)))

    def at(self, i: int) -> Finding:
        """Make the text of finding `i`."""
        rule = self.rules[int(self.rule[i])]
        subject = self.site.name_of(int(self.subject[i]))
        other = int(self.other[i])
        facts = {
            "subject": subject.partition(":")[2],
            "kind": subject.partition(":")[0].replace("_", " "),
            "other": self.site.name_of(other).partition(":")[2] if other >= 0 else "",
            "case": named(str(self.case[i])),
            "demand": number(float(self.demand[i])),
            "limit": number(float(self.limit[i])),
            "shortfall": number(float(self.shortfall[i])),
            "unit": rule.unit,
            "on": int(self.racks_on_it[i]),
            "fit": int(self.racks_that_fit[i]),
            "owner": str(self.owner[i]),
        }
        facts["lost"] = lost_in_words(str(self.case[i]))
        facts["and_other"] = f" and {facts['other']}" if other >= 0 else ""
        racks = self.site.tables["rack"].ids
        return Finding(
            code=rule.code,
            name=rule.name,
            role="gate" if self.gate[i] else "advice",
            severity=rule.severity if self.gate[i] else "warning",
            subject=subject,
            case=str(self.case[i]) or None,
            other=self.site.name_of(other) if other >= 0 else None,
            demand=float(self.demand[i]),
            limit=float(self.limit[i]),
            unit=rule.unit,
            margin=float(self.margin[i]),
            shortfall=float(self.shortfall[i]),
            racks_on_it=int(self.racks_on_it[i]),
            racks_that_fit=int(self.racks_that_fit[i]),
            held_back=tuple(racks[self.held_back[i]].tolist()),
            message=rule.message.format(**facts),
            fix=rule.fix.format(**facts),
            source=rule.source,
            owner=str(self.owner[i]),
            waived=bool(self.waived[i]),
        )


@dataclass(frozen=True)
class Margins:
    """The worst row of every (rule, subject) that was measured: held, failed or not known."""

    rule: IntArray
    subject: IntArray
    in_case: IntArray
    case_names: StrArray
    """Of all cases, not only of those in `in_case`."""
    demand: FloatArray
    limit: FloatArray
    margin: FloatArray
    state: IntArray
    gate: BoolArray

    @cached_property
    def case(self) -> StrArray:
        """What is lost in each row, "" nothing; made when it is read, since names are long."""
        return np.asarray(self.case_names[self.in_case])

    def case_of(self, row: int) -> str:
        """Return what is lost in one row."""
        return str(self.case_names[self.in_case[row]])


@dataclass(frozen=True)
class Verdicts:
    """One row per delivered rack, in the order of the site's rack table rows `rack`.

    `margin` is the least margin over the gates of the rack and of all it stands on, NaN where none
    is known; `binding` the finding that decides (-1: none); `subject` what that gate measured.
    """

    rack: IntArray
    state: IntArray
    at_risk: BoolArray
    margin: FloatArray
    code: StrArray
    subject: IntArray
    binding: IntArray
    shared_by: IntArray
    missing: Ragged[str]
    assumptions: Ragged[int]
    waived: BoolArray


@dataclass(frozen=True, slots=True)
class Gap:
    """A missing field, how many racks lack it, and how many it alone would decide."""

    path: str
    racks: int
    decides: int
    meaning: str
    unit: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """How far a rule reached: subjects measured and not known.

    `missing` are the dotted paths of what lacks, those of most subjects first, a few at most.
    """

    code: str
    measured: int
    unknown: int
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Report:
    """Everything that a check says. Words are made of it in `twin.report`, pictures in views."""

    site: Site
    conditions: Conditions
    rules: tuple[Rule, ...]
    verdicts: Verdicts
    findings: Findings
    margins: Margins
    gaps: tuple[Gap, ...]
    coverage: tuple[Coverage, ...]
    assumptions: tuple[AssumptionUse, ...]
    waivers: tuple[tuple[Waiver, int], ...]
    uncovered: Mapping[str, int]
    digest: str
    study: Study | None = field(default=None, repr=False, compare=False)
    """What was judged, of which reports ask what the check itself need not know."""

    if TYPE_CHECKING:
        # Words are made on a higher floor: `twin.report.notebook.attach` gives these, and the
        # front door calls it.
        def worst(self, n: int = 10) -> Sequence[Finding]:
            """Return the `n` worst findings that nobody waived."""

        def __getitem__(self, key: str) -> Sequence[Finding]:
            """Return the findings of a family, a code or a rule's name."""

        def to_dict(self) -> dict[str, object]:
            """Return the report as plain data, ``twin-report/1``."""

        def to_json(self, indent: int | None = None) -> str:
            """Return the report as strict JSON, ``twin-report/1``."""

    @property
    def state(self) -> State:
        """Worst state over the delivered racks; an empty delivery is feasible."""
        states = self.verdicts.state
        return State(int(states.max())) if len(states) else State.FEASIBLE

    @property
    def counts(self) -> dict[str, int]:
        """Racks delivered, feasible, blocked, unknown, at risk."""
        states = self.verdicts.state
        return {
            "delivered": len(states),
            "feasible": int((states == State.FEASIBLE).sum()),
            "blocked": int((states == State.BLOCKED).sum()),
            "unknown": int((states == State.UNKNOWN).sum()),
            "at_risk": int(self.verdicts.at_risk.sum()),
        }


@dataclass(frozen=True, slots=True)
class AssumptionUse:
    """An assumption of the layout and what it did: racks that rest on it."""

    path: str
    value: float | str
    reason: str
    by: str
    until: str
    racks: int


def lost_in_words(case: str) -> str:
    """Return what is lost as the end of a sentence; nothing where nothing is lost.

    Examples
    --------
    >>> lost_in_words("ups:SA"), lost_in_words("source:UA and board:BB"), lost_in_words("")
    (' with SA lost', ' with UA and BB lost', '')
    >>> lost_in_words("a module of ups:SA"), lost_in_words("the inverter of ups:SA")
    (' with a module of SA lost', ' with SA on bypass')
    >>> lost_in_words("a pump of cdu:C1"), lost_in_words("the valve at the end of pipe:P1")
    (' with a pump of C1 lost', ' with the valve at the end of P1 lost')
    >>> lost_in_words("work on board:BA"), lost_in_words("work on board:BA with busway:R1B lost")
    (' during work on BA', ' during work on BA with R1B lost')
    """
    if not case:
        return ""
    if work := _WORK.fullmatch(case):
        fault = _FAULT.fullmatch(work[1])
        said = f"{fault[1]} with {fault[2]} lost" if fault else work[1]
        return f" during work on {said}"
    if part := _PART.fullmatch(case):
        return f" with {part[1]}{part[2]} lost"
    if bypass := _BYPASS.fullmatch(case):
        return f" with {bypass[1]} on bypass"
    return f" with {named(case)} lost"


def named(case: str) -> str:
    """Return the ids of what is lost, without their kinds: all that a sentence need name.

    Examples
    --------
    >>> named("busway:R1A"), named("source:UA and board:BB"), named("work on board:BA")
    ('R1A', 'UA and BB', 'BA')
    """
    if part := _PART.fullmatch(case):
        return part[2]
    for pattern in (_WORK, _BYPASS):
        if found := pattern.fullmatch(case):
            fault = _FAULT.fullmatch(found[1]) if pattern is _WORK else None
            return f"{fault[1]} and {fault[2]}" if fault else found[1]
    own = case.partition(":")[2]
    pair = _PAIR.fullmatch(own)
    return f"{pair[1]} and {pair[2]}" if pair else own


def number(value: float) -> str:
    """Return a number as people write it: four significant figures, no exponent where readable.

    Examples
    --------
    >>> number(132.0), number(806.4), number(0.98), number(1368000.0), number(float("nan"))
    ('132', '806.4', '0.98', '1,368,000', 'unknown')
    """
    if np.isnan(value):
        return "unknown"
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.4g}"
