"""Measures of all rules as one flat table of rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from twin.checks.admission import TOLERANCE
from twin.checks.measure import POLICY, Budget, Input, Measure
from twin.checks.result import State
from twin.checks.rule import Rule
from twin.site.contract import BY_KIND, KINDS
from twin.site.table import Array, BoolArray, FloatArray, IntArray
from twin.solve.coolant.laned import alike_rows
from twin.solve.study import Study

HELD, NOT_KNOWN, FAILED = int(State.FEASIBLE), int(State.UNKNOWN), int(State.BLOCKED)
_LISTS = {
    "cdu": ("feeds",), "air_unit": ("feeds",), "plant": ("feeds",), "hall": ("outline_m", "trays"),
    "position": ("switches", "taps", "manifold", "racks"),
    "product": ("stock_m", "plug", "connector", "fibre", "medium", "tails", "tail_ports", "lanes"),
}  # fmt: skip
"""Lists of names that may be missing too: keys of a layout that are no column, and what names a
thing: trays their hall, racks their position."""
_KINDS = (*KINDS, POLICY)
_NAMES = {kind: (*BY_KIND.get(kind, ()), *_LISTS.get(kind, ())) for kind in _KINDS}
_COLUMNS = {kind: {name: i for i, name in enumerate(_NAMES[kind])} for kind in _KINDS}
_WIDTH = 1 << 8
GAP_BITS = 16
GAP_SORT = (1 << GAP_BITS) - 1
"""Bits of a gap's number that say which figure of which kind it is; above them stands its row."""


@dataclass(frozen=True)
class Rows:
    """Flat rows of measures: rule, subject number, case, demand, limit, margin, state, gap."""

    rule: IntArray
    subject: IntArray
    other: IntArray
    case: IntArray
    demand: FloatArray
    limit: FloatArray
    margin: FloatArray
    shortfall: FloatArray
    state: IntArray
    gate: BoolArray
    budget: IntArray
    """Number of the budget, whose rows stand together; -1 for rows of a Measure."""
    gap: IntArray
    owner: IntArray
    """Number of who set the limit, in the list of owners of the evaluation."""

    def take(self, rows: Array) -> Rows:
        """Return some rows."""
        return Rows(**{k: getattr(self, k)[rows] for k in self.__dataclass_fields__})

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.rule)


def gap_code(kind: str, column: str, rows: Array) -> IntArray:
    """One number for (kind, column, row); -1 where row is -1."""
    stem = _KINDS.index(kind) * _WIDTH + _COLUMNS[kind].get(column, _WIDTH - 1)
    rows = np.asarray(rows, dtype=np.int64)
    return np.where(rows >= 0, (rows << GAP_BITS) + stem, -1)


def gap_of(code: int) -> tuple[str, int, str]:
    """(kind, row, column) of a gap's number; column "" where no single field is missing."""
    kind = _KINDS[(code & GAP_SORT) // _WIDTH]
    number = code % _WIDTH
    names = _NAMES[kind]
    return kind, code >> GAP_BITS, names[number] if number < len(names) else ""


def first_gap(inputs: Iterable[Input], size: int) -> IntArray:
    """(size,) number of the first figure of each row that is not known, -1 none."""
    gap = np.full(size, -1, dtype=np.int64)
    for i in inputs:
        if i.known.all():
            continue
        rows = np.broadcast_to(np.asarray(i.rows, dtype=np.int64), (size,))
        missing = ~np.broadcast_to(i.known, (size,)) & (rows >= 0) & (gap < 0)
        gap = np.where(missing, gap_code(i.kind, i.column, rows), gap)
    return gap


def outcome(
    demand: FloatArray, limit: FloatArray, sure: FloatArray | None, sign: float
) -> IntArray:
    """State of each row: sure past the limit, else not known, else past the limit, else held."""
    edge = limit + sign * np.abs(limit) * TOLERANCE
    over = ~(sign * demand <= sign * edge)
    unknown = np.isnan(demand) | np.isnan(limit)
    state = np.where(unknown, NOT_KNOWN, np.where(over, FAILED, HELD))
    if sure is not None:
        certain = sign * sure > sign * edge
        state = np.where(certain, FAILED, state)
    return state.astype(np.int64)


def owner_codes(owner: str | Array, size: int, owners: dict[str, int]) -> IntArray:
    """(size,) number of each owner; new ones are added to `owners`."""
    if isinstance(owner, str):
        return np.full(size, owners.setdefault(owner, len(owners)))
    names = np.asarray(owner, dtype=np.str_)
    first, sort = alike_rows(names[:, None])
    known = [owners.setdefault(name, len(owners)) for name in names[first].tolist()]
    return np.array(known, dtype=np.int64)[sort]


def rows_of(
    study: Study,
    rule: Rule,
    measure: Measure | Budget,
    *,
    number: int,
    budget: int,
    owners: dict[str, int],
) -> Rows:
    """Flat rows of one measure of rule `number`; `budget` is its place among budgets, else -1."""
    m = len(measure.subject)
    sign, sure = 1.0, None
    if isinstance(measure, Budget):
        demand, sure = measure.demand(study.here)
        gap = _gap_of_sums(measure, study.here)
        case: Array = measure.case
        other = np.full(m, -1, dtype=np.int64)
    else:
        demand, sure = np.asarray(measure.demand, dtype=float), measure.sure
        sign = 1.0 if measure.sense == "max" else -1.0
        gap = first_gap(measure.inputs, m)
        case = np.zeros(m, dtype=np.int64) if measure.case is None else measure.case
        other = np.full(m, -1, dtype=np.int64) if measure.other is None else measure.other
    limit = np.asarray(measure.limit, dtype=float)
    state = outcome(demand, limit, sure, sign)
    shown = demand
    if sure is not None:
        shown = np.where(np.isnan(demand) & (state == FAILED), sure, demand)
    scale = np.abs(limit) if measure.scale is None else measure.scale
    room = sign * (limit - shown)
    # Without a scale (a limit of nothing) a row fits or does not: one that fits is not near to
    # anything, one that does not is wholly over.
    margin = room / np.where(scale > 0, scale, np.nan)
    margin = np.where(np.isnan(margin) & (room < 0), -1.0, margin)
    return Rows(
        rule=np.full(m, number),
        subject=study.site.subject(measure.kind, measure.subject),
        other=other,
        case=case.astype(np.int64),
        demand=shown,
        limit=limit,
        margin=margin,
        shortfall=np.where(state == FAILED, np.maximum(-room, 0.0), 0.0),
        state=state,
        gate=np.full(m, rule.role == "gate" and not measure.judged),
        budget=np.full(m, budget),
        gap=gap,
        owner=owner_codes(measure.owner, m, owners),
    )


def _gap_of_sums(b: Budget, here: BoolArray) -> IntArray:
    """(R,) first figure that each row of a budget lacks: its own, else of a rack that adds to it.

    -1 none, or none is named.
    """
    gap = first_gap(b.row_inputs, len(b.limit))
    lacks = np.flatnonzero(np.isnan(b.coefficient * b.amount[b.rack]) & here[b.rack])
    if len(lacks):
        of_rack = first_gap(b.rack_inputs, len(b.amount))[b.rack[lacks]]
        lacks, of_rack = lacks[of_rack >= 0][::-1], of_rack[of_rack >= 0][::-1]
        first = np.full(len(gap), -1, dtype=np.int64)
        first[b.row[lacks]] = of_rack  # the last write of an index stays
        gap = np.where(gap >= 0, gap, first)
    return np.where((gap < 0) & (b.onto >= 0), gap[b.onto], gap)


def stack(parts: list[Rows]) -> Rows:
    """Return all rows in one table; of the parts, as large as the table, no column stays after."""
    empty = {
        "rule": np.int64, "subject": np.int64, "other": np.int64, "case": np.int64,
        "demand": np.float64, "limit": np.float64, "margin": np.float64,
        "shortfall": np.float64, "state": np.int64, "gate": np.bool_, "budget": np.int64,
        "gap": np.int64, "owner": np.int64,
    }  # fmt: skip
    held = [{name: getattr(part, name) for name in empty} for part in parts]
    parts.clear()
    return Rows(**{
        name: np.concatenate([np.empty(0, dtype=kind), *(part.pop(name) for part in held)])
        for name, kind in empty.items()
    })  # fmt: skip
