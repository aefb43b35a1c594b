"""What each rack is waiting for: missing figures, families that nobody measured, waivers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.arrays.needs import Needs, without
from twin.checks.admission import UNKNOWN, spread
from twin.checks.evaluation import Evaluation
from twin.checks.rows import NOT_KNOWN, gap_code
from twin.site.contract import KINDS
from twin.site.table import BoolArray, IntArray

_BITS = 62


@dataclass(frozen=True)
class Missing:
    """What the racks of a site lack.

    Attributes
    ----------
    pairs
        (n, 2) rack row and number of a missing figure, each pair once.
    families, uncovered
        Families in scope, and (racks, families) those that no gate measured.
    waived
        (racks,) a waived finding stands on the rack or on what it needs.
    """

    pairs: IntArray
    families: tuple[str, ...]
    uncovered: BoolArray
    waived: BoolArray


def missing_of(e: Evaluation) -> Missing:
    """Collect what every rack lacks, through all that it needs."""
    pairs = np.unique(np.concatenate([_from_measures(e), _from_budgets(e)]), axis=0)
    in_play = {r.family for r in e.rules}
    families = tuple(sorted(f for f in e.study.conditions.scope if f in in_play)) or ("any",)
    return Missing(
        pairs=pairs,
        families=families,
        uncovered=_uncovered(e, families),
        waived=_waived(e),
    )


def reaching(
    e: Evaluation, subjects: IntArray, marks: IntArray, count: int, needs: Needs | None = None
) -> BoolArray:
    """(racks, count) which marks on subjects reach each rack through what it needs."""
    site = e.study.site
    needs = e.study.arrays.needs if needs is None else needs
    words = max(1, -(-count // _BITS))
    bits = np.zeros((site.size, words), dtype=np.int64)
    np.bitwise_or.at(bits, (subjects, marks // _BITS), np.int64(1) << (marks % _BITS))
    spread(needs.ptr, needs.needs, needs.order, bits)
    first = site.first["rack"]
    mine = bits[first : first + len(site.tables["rack"])]
    hit = np.empty((len(mine), count), dtype=bool)
    for k in range(count):
        hit[:, k] = (mine[:, k // _BITS] >> (k % _BITS)) & 1
    return hit


def _subject_gap(e: Evaluation, rows: IntArray) -> IntArray:
    """Gap of each row; the subject itself where the rule names no figure."""
    gap, subject = e.rows.gap[rows], e.rows.subject[rows]
    starts = np.array([e.study.site.first[k] for k in KINDS], dtype=np.int64)
    kind = np.searchsorted(starts, subject, side="right") - 1
    own = gap.copy()
    for number in np.unique(kind[gap < 0]).tolist():
        at = (gap < 0) & (kind == number)
        own[at] = gap_code(KINDS[number], "", subject[at] - starts[number])
    return own


def _from_measures(e: Evaluation) -> IntArray:
    """(n, 2) pairs of rack row and gap from rows of gates that are not known."""
    rows = np.flatnonzero(e.rows.gate & (e.rows.budget < 0) & (e.rows.state == NOT_KNOWN))
    if not len(rows):
        return np.empty((0, 2), dtype=np.int64)
    subject, gap = e.rows.subject[rows], _subject_gap(e, rows)
    site = e.study.site
    rack = site.rows_of("rack", subject)
    needed = np.zeros(site.size, dtype=bool)
    needed[e.study.arrays.needs.needs] = True
    direct = np.stack([rack[rack >= 0], gap[rack >= 0]], axis=1)
    # A rack that houses switches is also what other racks wait for.
    away = (rack < 0) | needed[subject]
    if not away.any():
        return direct
    distinct, mark = np.unique(gap[away], return_inverse=True)
    hit = reaching(e, subject[away], mark.astype(np.int64), len(distinct))
    at, which = np.nonzero(hit)
    return np.concatenate([direct, np.stack([at, distinct[which]], axis=1)])


def _from_budgets(e: Evaluation) -> IntArray:
    """(n, 2) pairs of rack row and gap from shared rows that are not known."""
    a = e.admission
    unknown = a.outcome == UNKNOWN
    if not unknown.any():
        return np.empty((0, 2), dtype=np.int64)
    nan = np.isnan(a.entry_value)
    by_row = [np.stack([a.entry_row[nan], a.rack_gap[nan]], axis=1)]
    dim = np.flatnonzero(np.isnan(a.limit) | np.isnan(a.base))
    by_row.append(np.stack([dim, a.row_gap[dim]], axis=1))
    lacking = np.unique(np.concatenate(by_row), axis=0)
    onto = a.onto[lacking[:, 0]]
    more = np.stack([onto[onto >= 0], lacking[onto >= 0, 1]], axis=1)
    lacking = np.unique(np.concatenate([lacking, more]), axis=0)
    mine = np.flatnonzero(unknown[a.entry_rack])
    low = np.searchsorted(lacking[:, 0], a.entry_row[mine], side="left")
    count = np.searchsorted(lacking[:, 0], a.entry_row[mine], side="right") - low
    total = int(count.sum())
    within = np.arange(total) - np.repeat(np.cumsum(count) - count, count)
    gap = lacking[np.repeat(low, count) + within, 1]
    pairs = np.stack([np.repeat(a.entry_rack[mine], count), gap], axis=1)
    return np.unique(pairs[pairs[:, 1] >= 0], axis=0)


def _uncovered(e: Evaluation, families: tuple[str, ...]) -> BoolArray:
    """(racks, families) where no gate of a family measured a rack or anything that it needs."""
    number = {f: i for i, f in enumerate(families)}
    family = np.array([number.get(r.family, -1) for r in e.rules], dtype=np.int64)
    mine = np.flatnonzero(e.rows.gate & (e.rows.budget < 0))
    mine = mine[family[e.rows.rule[mine]] >= 0]
    # What covers the rack of a switch does not cover the racks that use the switch.
    first = e.study.site.first["rack"]
    needs = without(e.study.arrays.needs, first, first + len(e.study.table("rack")))
    marks = family[e.rows.rule[mine]]
    covered = reaching(e, e.rows.subject[mine], marks, len(families), needs)
    a = e.admission
    which = np.searchsorted(a.offset, a.entry_row, side="right") - 1
    if len(which):
        of_entry = family[e.rows.rule[e.budget_start]][which]
        gated = e.rows.gate[e.budget_start][which] & (of_entry >= 0)
        covered[a.entry_rack[gated], of_entry[gated]] = True
    return ~covered


def _waived(e: Evaluation) -> BoolArray:
    """(racks,) whether a waived finding stands on a rack or on what it needs."""
    rows = np.flatnonzero(e.waived & e.rows.gate)
    flags = np.zeros(len(e.study.table("rack")), dtype=bool)
    if not len(rows):
        return flags
    single = rows[e.rows.budget[rows] < 0]
    if len(single):
        marks = np.zeros(len(single), dtype=np.int64)
        flags |= reaching(e, e.rows.subject[single], marks, 1)[:, 0]
    for row in rows[e.rows.budget[rows] >= 0].tolist():
        flags[e.fits.racks_on(e.joint(row))] = True
    return flags
