"""One line per delivered serial: where it stands, what was decided and by which constraint."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from twin.checks.result import Report, State
from twin.checks.rule import Rule
from twin.report.power import RackPower, of_racks
from twin.report.words import margin_at


@dataclass(frozen=True, slots=True)
class RackLine:
    """The answer for one rack. `demand`, `limit` and `shortfall` are in `unit`.

    `power` is None where power was not judged.
    """

    serial: str
    type: str
    position: str | None
    hall: str | None
    state: State
    at_risk: bool
    code: str | None
    name: str
    subject: str | None
    case: str | None
    demand: float
    limit: float
    unit: str
    margin: float
    shortfall: float
    message: str
    fix: str
    shared_by: int
    missing: tuple[str, ...]
    assumptions: tuple[str, ...]
    waived: bool
    power: RackPower | None = None


@dataclass(frozen=True, slots=True)
class _Binding:
    """What decides a rack, or what it comes nearest to."""

    name: str = ""
    case: str | None = None
    demand: float = math.nan
    limit: float = math.nan
    unit: str = ""
    shortfall: float = math.nan
    message: str = ""
    fix: str = ""


def lines(report: Report) -> Iterator[RackLine]:
    """Yield one line per delivered rack, in the order of the verdicts."""
    verdicts = report.verdicts
    rules = {rule.code: (index, rule) for index, rule in enumerate(report.rules)}
    margins = _rows_of_margins(report)
    paths = [use.path for use in report.assumptions]
    power = of_racks(report)
    told: dict[int, _Binding] = {}  # many racks share a finding; its text is made once
    for i in range(len(verdicts.state)):
        code = str(verdicts.code[i])
        subject = int(verdicts.subject[i])
        place = _place(report, int(verdicts.rack[i]))
        held = margins.get((rules[code][0], subject)) if code in rules else None
        binding = int(verdicts.binding[i])
        if binding >= 0 and binding not in told:
            told[binding] = _failed(report, binding)
        found = told[binding] if binding >= 0 else _held(report, held, rules.get(code))
        yield RackLine(
            serial=place[0],
            type=place[1],
            position=place[2],
            hall=place[3],
            state=State(int(verdicts.state[i])),
            at_risk=bool(verdicts.at_risk[i]),
            code=code or None,
            name=found.name,
            subject=report.site.name_of(subject) if subject >= 0 else None,
            case=found.case,
            demand=found.demand,
            limit=found.limit,
            unit=found.unit,
            margin=float(verdicts.margin[i]),
            shortfall=found.shortfall,
            message=found.message,
            fix=found.fix,
            shared_by=int(verdicts.shared_by[i]),
            missing=verdicts.missing[i],
            assumptions=tuple(paths[a] for a in verdicts.assumptions[i]),
            waived=bool(verdicts.waived[i]),
            power=power.get(int(verdicts.rack[i])),
        )


def _rows_of_margins(report: Report) -> dict[tuple[int, int], int]:
    """Row of each (rule, subject); where a judged limit stands beside a gate's, the gate's."""
    m = report.margins
    order = np.argsort(m.gate, kind="stable")
    pairs = zip(m.rule[order].tolist(), m.subject[order].tolist(), strict=True)
    return dict(zip(pairs, order.tolist(), strict=True))


def _place(report: Report, row: int) -> tuple[str, str, str | None, str | None]:
    """Return serial, type, position and hall of a rack."""
    site = report.site
    racks, positions = site.tables["rack"], site.tables["position"]
    kind = int(racks["type"][row])
    product = site.name_of(kind).partition(":")[2] if kind >= 0 else ""
    place = int(site.rows_of("position", racks["position"][row : row + 1])[0])
    if place < 0:
        return str(racks.ids[row]), product, None, None
    hall = int(positions["hall"][place])
    hall_name = site.name_of(hall).partition(":")[2] if hall >= 0 else None
    return str(racks.ids[row]), product, str(positions.ids[place]), hall_name


def _failed(report: Report, finding: int) -> _Binding:
    f = report.findings.at(finding)
    return _Binding(f.name, f.case, f.demand, f.limit, f.unit, f.shortfall, f.message, f.fix)


def _held(report: Report, row: int | None, rule: tuple[int, Rule] | None) -> _Binding:
    if row is not None:
        m = margin_at(report, row)
        return _Binding(m.rule.name, m.case, m.demand, m.limit, m.rule.unit)
    return _Binding() if rule is None else _Binding(rule[1].name, unit=rule[1].unit)
