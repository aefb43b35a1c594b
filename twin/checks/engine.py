"""The engine: rules to rows, rows to the states of racks, states to a report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from operator import itemgetter

import numpy as np

from twin.checks.admission import HELD_BACK, UNKNOWN, carry
from twin.checks.budgets import Fits, live_racks, take_by_rank
from twin.checks.evaluation import Evaluation, RackStates
from twin.checks.measure import Budget, Measure
from twin.checks.missing import Missing, missing_of
from twin.checks.result import Report, State
from twin.checks.rows import FAILED, HELD, NOT_KNOWN, Rows, rows_of, stack
from twin.checks.rule import Rule
from twin.checks.tally import assemble
from twin.checks.together import together
from twin.checks.waivers import expired, subjects_of
from twin.checks.worst import deciding, ranks, worst_rows
from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.study import Study


def check(study: Study, rules: Sequence[Rule]) -> Report:
    """Judge every rack of a study by some rules."""
    evaluation = evaluate(study, rules)
    missing = missing_of(evaluation)
    return assemble(evaluation, missing, rack_states(evaluation, missing))


def evaluate(study: Study, rules: Sequence[Rule]) -> Evaluation:
    """Run the rules, hold each row against its limit, and take the racks by rank."""
    parts: list[Rows] = []
    budgets: list[Budget] = []
    gating: list[bool] = []
    owners: dict[str, int] = {}
    figures: set[tuple[str, str]] = set()
    for number, rule in enumerate(rules):
        given = rule.run(study)
        found: list[tuple[int, Rows]] = []
        for place, measure in together([given] if isinstance(given, Measure | Budget) else given):
            figures |= {(i.kind, i.column) for i in measure.figures}
            is_budget = isinstance(measure, Budget)
            if not is_budget and not len(measure.subject):
                continue
            which = len(budgets) if is_budget else -1
            row = rows_of(study, rule, measure, number=number, budget=which, owners=owners)
            if isinstance(measure, Budget):
                budgets.append(measure)
                gating.append(rule.role == "gate" and not measure.judged)
            else:
                row = deciding(row)
            found.append((place, row))
        parts += [row for _, row in sorted(found, key=itemgetter(0))]
    rows = stack(parts)
    waived, used = _waive(study, rules, rows)
    worst = worst_rows(rows, ranks(study.site))
    state, margin, binding = _own_states(study, rows, waived)
    needs = study.arrays.needs
    first = study.site.first["rack"]
    stands = np.zeros(study.site.size, dtype=bool)
    stands[first : first + len(study.table("rack"))] = live_racks(study)
    carry(needs.ptr, needs.needs, needs.order, state, margin, binding, stands)
    start, joint_waived = _joint(budgets, rows, waived, gating)
    blocked = state[first : first + len(study.table("rack"))] == FAILED
    gates = [_no_gate(b) if not g else b for b, g in zip(budgets, gating, strict=True)]
    admission = take_by_rank(study, gates, blocked, joint_waived)
    return Evaluation(
        study=study, rules=rules, figures=frozenset(figures), rows=rows, worst=worst,
        waived=waived, used_waivers=used, state=state, margin=margin, binding=binding,
        admission=admission, fits=Fits(admission, live_racks(study)), budget_start=start,
        owners=tuple(owners),
    )  # fmt: skip


def _no_gate(budget: Budget) -> Budget:
    """Return a budget that decides nothing, kept in its place so that rows keep their numbers."""
    return replace(
        budget,
        limit=np.full(len(budget.limit), np.inf),
        base=np.zeros(len(budget.limit)),
        amount=np.nan_to_num(budget.amount),
        coefficient=np.nan_to_num(budget.coefficient),
        row_inputs=(),
        rack_inputs=(),
    )


def _waive(study: Study, rules: Sequence[Rule], rows: Rows) -> tuple[BoolArray, IntArray]:
    """Failing rows that a waiver accepts, and how many findings each waiver touches."""
    waived = np.zeros(len(rows), dtype=bool)
    used = np.zeros(len(study.site.waivers), dtype=np.int64)
    codes = np.array([r.code for r in rules])
    for number, waiver in enumerate(study.site.waivers):
        if expired(study, waiver) or not len(rows):
            continue
        subject = subjects_of(waiver, study.site.names)
        hit = (codes[rows.rule] == waiver.rule) & subject[rows.subject] & (rows.state == FAILED)
        waived |= hit
        found = np.unique(np.stack([rows.rule[hit], rows.subject[hit]]), axis=1)
        used[number] = found.shape[1]
    return waived, used


def _own_states(
    study: Study, rows: Rows, waived: BoolArray
) -> tuple[IntArray, FloatArray, IntArray]:
    """Worst state of each subject over the gates that measure it alone (budgets come by rank)."""
    state = np.zeros(study.site.size, dtype=np.int64)
    margin = np.full(study.site.size, np.inf)
    binding = np.full(study.site.size, -1, dtype=np.int64)
    mine = np.flatnonzero(rows.gate & (rows.budget < 0) & ~waived)
    if len(mine):
        key = np.where(np.isnan(rows.margin[mine]), np.inf, rows.margin[mine])
        order = np.lexsort((mine, key, -rows.state[mine], rows.subject[mine]))
        mine = mine[order]
        head = np.concatenate([[True], rows.subject[mine][1:] != rows.subject[mine][:-1]])
        first = mine[head]
        state[rows.subject[first]] = rows.state[first]
        margin[rows.subject[first]] = np.where(
            np.isnan(rows.margin[first]), np.inf, rows.margin[first]
        )
        binding[rows.subject[first]] = first
    return state, margin, binding


def _joint(
    budgets: Sequence[Budget], rows: Rows, waived: BoolArray, gating: Sequence[bool]
) -> tuple[IntArray, BoolArray]:
    """First flat row of each budget, and which joint rows do not count for the verdict."""
    start = np.zeros(len(budgets), dtype=np.int64)
    flags: list[BoolArray] = []
    for number, gate in enumerate(gating):
        mine = np.flatnonzero(rows.budget == number)
        start[number] = mine[0] if len(mine) else 0
        flags.append(waived[mine] if gate else np.ones(len(mine), dtype=bool))
    return start, np.concatenate(flags) if flags else np.empty(0, dtype=bool)


def flat_row(e: Evaluation, joint: IntArray) -> IntArray:
    """Flat rows of joint budget rows, -1 stays -1."""
    if not len(e.budget_start):
        return np.full(len(joint), -1, dtype=np.int64)
    safe = np.maximum(joint, 0)
    number = np.searchsorted(e.admission.offset[1:-1], safe, side="right")
    flat = e.budget_start[number] + safe - e.admission.offset[number]
    return np.where(joint >= 0, flat, -1)


def rack_states(e: Evaluation, missing: Missing) -> RackStates:
    """State of each rack: its own gates and what it needs, the budgets, and what covers it."""
    racks = e.study.table("rack")
    first, n = e.study.site.first["rack"], len(racks)
    state = e.state[first : first + n].copy()
    margin = e.margin[first : first + n].copy()
    row = e.binding[first : first + n].copy()
    by_rank = e.admission
    held = by_rank.outcome == HELD_BACK
    shared = np.where(held, FAILED, np.where(by_rank.outcome == UNKNOWN, NOT_KNOWN, HELD))
    decides = np.where(by_rank.decides >= 0, by_rank.decides, by_rank.nearest)
    flat = flat_row(e, decides)
    least = np.where(np.isnan(by_rank.margin), np.inf, by_rank.margin)
    better = (shared > state) | ((shared == state) & (flat >= 0) & ((row < 0) | (least < margin)))
    state = np.where(better, shared, state)
    margin = np.where(better, least, margin)
    row = np.where(better, flat, row)
    bare = missing.uncovered.any(axis=1)
    state = np.where(bare & (state == HELD), NOT_KNOWN, state)
    at_risk = live_racks(e.study) & (state == FAILED)
    state = np.where(at_risk, State.FEASIBLE, state)
    return RackStates(
        state=state,
        margin=np.where(np.isinf(margin) | (state == State.UNKNOWN), np.nan, margin),
        row=row,
        at_risk=at_risk,
        waived=missing.waived,
    )
