"""The report: rows and states become verdicts, findings, margins, gaps and coverage."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from twin.checks.missing import Missing, figures_used, reaching
from twin.checks.result import (
    AssumptionUse,
    Coverage,
    Findings,
    Gap,
    Margins,
    Report,
    State,
    Verdicts,
)
from twin.checks.rows import FAILED, NOT_KNOWN, gap_of
from twin.site.contract import BY_KIND
from twin.site.table import BoolArray, FloatArray, IntArray, StrArray
from twin.solve.losses import cases

if TYPE_CHECKING:
    from twin.checks.engine import Evaluation, RackStates


def assemble(e: Evaluation, missing: Missing, racks: RackStates) -> Report:
    """Put the report together."""
    findings, place = _findings(e)
    verdicts = _verdicts(e, missing, racks, place)
    site, conditions = e.study.site, e.study.conditions
    uncovered = Counter(
        family for row in verdicts.rack.tolist() for family in missing.uncovered[row]
    )
    return Report(
        site=site,
        conditions=conditions,
        rules=tuple(e.rules),
        verdicts=verdicts,
        findings=findings,
        margins=_margins(e),
        gaps=_gaps(e, missing, verdicts),
        coverage=_coverage(e),
        assumptions=_assumption_uses(e, verdicts),
        waivers=tuple(zip(site.waivers, e.used_waivers.tolist(), strict=True)),
        uncovered=dict(sorted(uncovered.items())),
        digest=_digest(e),
    )


def _case_names(e: Evaluation, case: IntArray) -> StrArray:
    return np.asarray(e.study(cases).name)[case]


def _findings(e: Evaluation) -> tuple[Findings, IntArray]:
    """Failing subjects, gates first and nearest last, and where each flat row's finding is."""
    rows, site = e.rows, e.study.site
    failing = e.worst[rows.state[e.worst] == FAILED]
    taken = rows.take(failing)
    margin = np.where(np.isnan(taken.margin), -np.inf, taken.margin)
    order = np.lexsort((np.arange(len(failing)), taken.rule, margin, ~taken.gate))
    failing, taken = failing[order], taken.take(order)
    on = np.zeros(len(failing), dtype=np.int64)
    fit = np.zeros(len(failing), dtype=np.int64)
    held: list[IntArray] = []
    for i, row in enumerate(failing.tolist()):
        if rows.budget[row] >= 0:
            joint = int(e.admission.offset[rows.budget[row]] + rows.at[row])
            on[i], fit[i], out = e.fits.who_fits(joint)
            held.append(out)
        else:
            held.append(np.empty(0, dtype=np.int64))
    single = np.flatnonzero(taken.budget < 0)
    if len(single):
        marks = np.arange(len(single), dtype=np.int64)
        for low in range(0, len(single), 512):
            part = slice(low, low + 512)
            count = len(marks[part])
            hit = reaching(e, taken.subject[single[part]], marks[part] - low, count)
            on[single[part]] = hit.sum(axis=0)
    findings = Findings(
        site=site, rules=tuple(e.rules), rule=taken.rule, subject=taken.subject, other=taken.other,
        case=_case_names(e, taken.case), demand=taken.demand, limit=taken.limit,
        margin=taken.margin, shortfall=taken.shortfall, gate=taken.gate,
        owner=taken.owner.astype(np.str_), waived=e.waived[failing], racks_on_it=on,
        racks_that_fit=fit, held_back=tuple(held),
    )  # fmt: skip
    return findings, failing


def _finding_of(e: Evaluation, row: IntArray, failing: IntArray) -> IntArray:
    """Look up the finding of each flat row: the worst of its rule and subject, -1 none."""
    rows = e.rows
    finding = {
        (int(rows.rule[f]), int(rows.subject[f]), bool(rows.gate[f])): i
        for i, f in enumerate(failing.tolist())
    }
    found = [
        finding.get((int(rows.rule[r]), int(rows.subject[r]), True), -1) if r >= 0 else -1
        for r in row.tolist()
    ]
    return np.array(found, dtype=np.int64)


def _verdicts(e: Evaluation, missing: Missing, racks: RackStates, failing: IntArray) -> Verdicts:
    here = np.flatnonzero(e.study.here & _asked(e))
    row = racks.row[here]
    codes = np.array([r.code for r in e.rules], dtype=np.str_)
    has = row >= 0
    safe = np.maximum(row, 0)
    state = racks.state[here]
    blocked = (state == State.BLOCKED) | racks.at_risk[here]
    binding = np.where(blocked, _finding_of(e, row, failing), -1)
    on = np.array([*_shared(e, failing), 0], dtype=np.int64)[binding]
    return Verdicts(
        rack=here,
        state=state,
        at_risk=racks.at_risk[here],
        margin=_margin_told(e, racks.margin[here], binding, failing),
        code=np.where(has, codes[e.rows.rule[safe]] if len(e.rows) else "", ""),
        subject=np.where(has, e.rows.subject[safe] if len(e.rows) else -1, -1),
        binding=binding,
        shared_by=on,
        missing=tuple(
            _paths(e, missing, r, int(s)) for r, s in zip(here.tolist(), state, strict=True)
        ),
        assumptions=_resting(e, here),
        waived=racks.waived[here],
    )


def _asked(e: Evaluation) -> BoolArray:
    """(racks,) racks that the answer is for: those of the ship notice, else all."""
    site = e.study.site
    ids = site.tables["rack"].ids
    return np.isin(ids, sorted(site.delivered)) if site.delivered else np.ones(len(ids), dtype=bool)


def _margin_told(
    e: Evaluation, margin: FloatArray, binding: IntArray, failing: IntArray
) -> FloatArray:
    """Give a blocked rack the margin of the finding that binds it: one number in both places."""
    of_finding = np.append(e.rows.margin[failing], np.nan)[binding]
    return np.where(binding >= 0, of_finding, margin)


def _shared(e: Evaluation, failing: IntArray) -> list[int]:
    out = []
    for row in failing.tolist():
        number = int(e.rows.budget[row])
        if number < 0:
            out.append(0)
        else:
            joint = int(e.admission.offset[number] + e.rows.at[row])
            out.append(len(e.fits.racks_on(joint)))
    return out


def _paths(e: Evaluation, missing: Missing, rack: int, state: int) -> tuple[str, ...]:
    """Dotted paths that a rack of unknown verdict waits for, and families nobody measured."""
    if state != State.UNKNOWN:
        return ()
    paths = {path_of_gap(e, gap) for gap in missing.gaps[rack]}
    paths |= {
        f"{family}: no rule of this family could measure it" for family in missing.uncovered[rack]
    }
    return tuple(sorted(paths))


def path_of_gap(e: Evaluation, gap: int) -> str:
    """Dotted path of a missing figure."""
    kind, row, column = gap_of(gap)
    site = e.study.site
    if not column:
        return f"{kind}:{site.tables[kind].ids[row]}"
    return site.path_of(kind, row, column)


def _margins(e: Evaluation) -> Margins:
    rows = e.rows.take(e.worst)
    return Margins(
        rule=rows.rule, subject=rows.subject, case=_case_names(e, rows.case), demand=rows.demand,
        limit=rows.limit, margin=rows.margin, state=rows.state, gate=rows.gate,
    )  # fmt: skip


def _gaps(e: Evaluation, missing: Missing, verdicts: Verdicts) -> tuple[Gap, ...]:
    """Missing fields by the racks that each would decide alone, then by the racks that lack it."""
    lack: Counter[str] = Counter()
    alone: Counter[str] = Counter()
    for paths in verdicts.missing:
        lack.update(paths)
        if len(paths) == 1:
            alone.update(paths)
    order = sorted(lack, key=lambda p: (-alone[p], -lack[p], p))
    words = {path_of_gap(e, g): _meaning(g) for g in frozenset().union(*missing.gaps)}
    bare = ("not described in the layout", "")
    return tuple(Gap(p, lack[p], alone[p], *words.get(p, bare)) for p in order)


def _meaning(gap: int) -> tuple[str, str]:
    """Meaning and unit of the missing field."""
    kind, _, name = gap_of(gap)
    column = BY_KIND[kind].get(name)
    return (column.meaning, column.unit) if column else ("not described in the layout", "")


def _coverage(e: Evaluation) -> tuple[Coverage, ...]:
    n = len(e.rules)
    rows = e.rows.take(e.worst)
    unknown = np.bincount(rows.rule[rows.state == NOT_KNOWN], minlength=n)
    every = np.bincount(rows.rule, minlength=n)
    return tuple(
        Coverage(r.code, int(every[i] - unknown[i]), int(unknown[i])) for i, r in enumerate(e.rules)
    )


def _used_assumptions(e: Evaluation) -> list[tuple[int, IntArray]]:
    """Return (number, subjects) of assumptions whose figure entered a row."""
    used = figures_used(e)
    site = e.study.site
    out: dict[int, list[IntArray]] = {}
    for (kind, column), number in site.assumed.items():
        if (kind, column) in used:
            for k in np.unique(number[number >= 0]).tolist():
                rows = np.flatnonzero(number == k)
                out.setdefault(k, []).append(site.subject(kind, rows))
    return [(k, np.concatenate(v)) for k, v in sorted(out.items())]


def _rest(e: Evaluation, here: IntArray) -> tuple[list[int], BoolArray]:
    """Assumptions in use, and which racks rest on each, (here, used)."""
    used = _used_assumptions(e)
    if not used:
        return [], np.zeros((len(here), 0), dtype=bool)
    subjects = np.concatenate([s for _, s in used])
    marks = np.repeat(np.arange(len(used)), [len(s) for _, s in used])
    return [k for k, _ in used], reaching(e, subjects, marks, len(used))[here]


def _resting(e: Evaluation, here: IntArray) -> tuple[tuple[int, ...], ...]:
    numbers, hit = _rest(e, here)
    return tuple(tuple(numbers[k] for k in np.flatnonzero(row).tolist()) for row in hit)


def _assumption_uses(e: Evaluation, verdicts: Verdicts) -> tuple[AssumptionUse, ...]:
    count: Counter[int] = Counter()
    for numbers in verdicts.assumptions:
        count.update(numbers)
    return tuple(
        AssumptionUse(a.path, a.value, a.reason, a.by, str(a.until or ""), count[i])
        for i, a in enumerate(e.study.site.assumptions)
    )


def _digest(e: Evaluation) -> str:
    """Digest of what was judged: all tables, the owner's policy, conditions and rules."""
    site, digest = e.study.site, hashlib.blake2b(digest_size=16)
    for kind in sorted(site.tables):
        table = site.tables[kind]
        digest.update(f"{kind}:{len(table)}".encode())
        digest.update("\n".join(table.ids.tolist()).encode())
        for name in sorted(table.columns):
            column = table.columns[name]
            plain = (
                "\n".join(column.tolist()).encode()
                if column.dtype.kind == "U"
                else column.tobytes()
            )
            digest.update(name.encode() + plain)
    digest.update(site.policy.model_dump_json().encode())
    digest.update("".join(w.model_dump_json() for w in site.waivers).encode())
    asked, codes = e.study.conditions, [r.code for r in e.rules]
    judged = (asked.date, asked.mode, asked.losses, sorted(asked.scope), codes)
    digest.update(repr(judged).encode())
    return digest.hexdigest()
