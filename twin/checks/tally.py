"""The report: rows and states become verdicts, findings, margins, gaps and coverage."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

import numpy as np

from twin.arrays.needs import reverse
from twin.checks.admission import count_above
from twin.checks.evaluation import Evaluation, RackStates
from twin.checks.measure import POLICY
from twin.checks.missing import Missing
from twin.checks.result import Coverage, Findings, Margins, Report
from twin.checks.rows import FAILED, GAP_BITS, GAP_SORT, NOT_KNOWN, gap_of
from twin.checks.verdicts import assumption_uses, gaps_of, path_of_gap, verdicts_of
from twin.site.table import IntArray
from twin.solve.losses.cases import cases


def assemble(e: Evaluation, missing: Missing, racks: RackStates) -> Report:
    """Put the report together."""
    findings, place = _findings(e)
    verdicts = verdicts_of(e, missing, racks, place)
    site, conditions = e.study.site, e.study.conditions
    bare = missing.uncovered[verdicts.rack].sum(axis=0)
    uncovered = {f: int(n) for f, n in zip(missing.families, bare, strict=True) if n}
    return Report(
        site=site,
        conditions=conditions,
        rules=tuple(e.rules),
        verdicts=verdicts,
        findings=findings,
        margins=_margins(e),
        gaps=gaps_of(e, missing, verdicts),
        coverage=_coverage(e),
        assumptions=assumption_uses(e, verdicts),
        waivers=tuple(zip(site.waivers, e.used_waivers.tolist(), strict=True)),
        uncovered=uncovered,
        digest=_digest(e),
        study=e.study,
    )


def _findings(e: Evaluation) -> tuple[Findings, IntArray]:
    """Failing subjects, gates first and nearest last, and where each flat row's finding is."""
    rows, site = e.rows, e.study.site
    failing = e.worst[rows.state[e.worst] == FAILED]
    taken = rows.take(failing)
    margin = np.where(np.isnan(taken.margin), -np.inf, taken.margin)
    order = np.lexsort((np.arange(len(failing)), taken.rule, margin, ~taken.gate))
    failing, taken = failing[order], taken.take(order)
    on, fit, held = _who_stands_on(e, failing)
    owners = np.array([*e.owners, ""], dtype=np.str_)
    findings = Findings(
        site=site, rules=tuple(e.rules), rule=taken.rule, subject=taken.subject, other=taken.other,
        case=e.study(cases).name[taken.case], demand=taken.demand, limit=taken.limit,
        margin=taken.margin, shortfall=taken.shortfall, gate=taken.gate,
        owner=owners[taken.owner], waived=e.waived[failing], racks_on_it=on, racks_that_fit=fit,
        held_back=held,
    )  # fmt: skip
    return findings, failing


def _who_stands_on(
    e: Evaluation, failing: IntArray
) -> tuple[IntArray, IntArray, tuple[IntArray, ...]]:
    """Racks on the subject of each failing row, how many fit by rank, and who does not."""
    rows, site = e.rows, e.study.site
    fit = np.zeros(len(failing), dtype=np.int64)
    none = np.empty(0, dtype=np.int64)
    held = [none] * len(failing)
    subjects, inverse = np.unique(rows.subject[failing], return_inverse=True)
    first = site.first["rack"]
    last = first + len(site.tables["rack"])
    above = reverse(e.study.arrays.needs)
    on = count_above(above.ptr, above.needs, subjects, first, last)[inverse]
    for i in np.flatnonzero(rows.budget[failing] >= 0).tolist():
        on[i], fit[i], held[i] = e.fits.who_fits(e.joint(int(failing[i])))
    return on, fit, tuple(held)


def _margins(e: Evaluation) -> Margins:
    rows, at = e.rows, e.worst
    return Margins(
        rule=rows.rule[at], subject=rows.subject[at], in_case=rows.case[at],
        case_names=e.study(cases).name, demand=rows.demand[at], limit=rows.limit[at],
        margin=rows.margin[at], state=rows.state[at], gate=rows.gate[at],
    )  # fmt: skip


def _coverage(e: Evaluation) -> tuple[Coverage, ...]:
    n = len(e.rules)
    rule, state, gap = (getattr(e.rows, c)[e.worst] for c in ("rule", "state", "gap"))
    unknown = np.bincount(rule[state == NOT_KNOWN], minlength=n)
    every = np.bincount(rule, minlength=n)
    out = [Coverage(r.code, int(every[i] - unknown[i]), int(unknown[i]))
           for i, r in enumerate(e.rules)]  # fmt: skip
    told = (state == NOT_KNOWN) & (gap >= 0)
    rule, gap = rule[told], gap[told]
    for i in np.unique(rule).tolist():
        gaps, racks = np.unique(gap[rule == i], return_counts=True)
        most = gaps[racks == racks.max()]
        lacks = min(path_of_gap(e, gap) for gap in _alike(e, most))
        out[i] = replace(out[i], lacks=lacks, more=len(gaps) - 1)
    return tuple(out)


def _alike(e: Evaluation, gaps: IntArray) -> list[int]:
    """Of missing figures, that of the thing whose id comes first, for each sort of figure."""
    out: list[int] = []
    for sort in np.unique(gaps & GAP_SORT).tolist():
        mine = gaps[(gaps & GAP_SORT) == sort]
        kind, _, _ = gap_of(int(mine[0]))
        if kind == POLICY:
            out += mine.tolist()
        else:
            ids = e.study.site.tables[kind].ids[mine >> GAP_BITS].tolist()
            out.append(int(mine[ids.index(min(ids))]))
    return out


def _digest(e: Evaluation) -> str:
    """Digest what was judged: tables, shapes, the owner's policy, conditions and rules."""
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
    for shape in (site.shapes.outline, site.shapes.lines):
        for owner in sorted(shape, key=repr):
            digest.update(repr(owner).encode() + np.asarray(shape[owner]).tobytes())  # type: ignore[index]
    said = {
        "accepts": sorted((int(k), v) for k, v in site.shapes.accepts.items()),
        "policy": site.policy.model_dump(mode="json"),
        "waivers": sorted(w.model_dump_json() for w in site.waivers),
        "profile": site.profile.id,
        "asked": sorted(site.delivered),
    }
    if site.stock_m:
        said["stock_m"] = {name: sorted(sizes) for name, sizes in sorted(site.stock_m.items())}
    digest.update(json.dumps(said, sort_keys=True).encode())
    asked, codes = e.study.conditions, [r.code for r in e.rules]
    judged = (asked.date, asked.mode, asked.losses, sorted(asked.scope), codes)
    digest.update(repr(judged).encode())
    return digest.hexdigest()
