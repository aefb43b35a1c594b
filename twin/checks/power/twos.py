"""What two losses at once leave dark: rows for the rules that tell it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.measure import Measure
from twin.model.base import FEEDERS
from twin.site.table import IntArray
from twin.solve.losses.cases import Cases
from twin.solve.losses.outcomes import dark_rows, every_case, every_touched
from twin.solve.losses.sorts import FAULT, WORK, WORK_AND_FAULT
from twin.solve.losses.supply_lost import fault_roots, outages
from twin.solve.study import Study

_TWO = 2


def dark_after_two(study: Study, sort: int) -> Iterator[Measure]:
    """Racks that only both losses of a case leave dark, of each case of a sort, by the first one.

    A rack that one of the two alone leaves dark does not count, and a case in which all are such
    is left out. Nothing unless two losses are tried.
    """
    if study.conditions.losses < _TWO:
        return
    table = study(every_case)
    dark, both = _dark_by_both(study, table, sort)
    for kind in FEEDERS:
        row = study.site.rows_of(kind, table.origin)
        mine = np.flatnonzero((table.sort == sort) & (row >= 0) & ((both > 0) | (dark == 0)))
        if len(mine):
            yield Measure(
                kind=kind,
                subject=row[mine],
                demand=both[mine].astype(float),
                limit=np.zeros(len(mine)),
                scale=np.full(len(mine), float(max(study.here.sum(), 1))),
                other=table.second[mine],
                owner=f"policy of {study.site.policy.owner}: silent",
            )


def _dark_by_both(study: Study, table: Cases, sort: int) -> tuple[IntArray, IntArray]:
    """(C,) racks dark after each case, and how many of them neither loss alone leaves dark."""
    seen = study(every_touched)
    rows = dark_rows(study, seen)
    case, rack = seen.case[rows], seen.rack[rows]
    dark = np.bincount(case, minlength=len(table))
    two = table.sort[case] == sort
    case, rack = case[two], rack[two]
    width = len(study.here)
    alone = np.zeros(len(case), dtype=bool)
    known = seen.case[rows] * width + seen.rack[rows]
    second = table.roots[:, 1]
    if sort == WORK_AND_FAULT:  # while work lasts, what falls with a fault may be more or less
        power = (table.sort == sort) & (table.second >= 0)
        node = table.second - study.arrays.topology.power.first
        second = np.where(power, fault_roots(study, np.where(power, node, 0)), -1)
    roots = np.stack([table.roots[:, 0], second], axis=1)
    out = outages(study, table.sort, table.origin, table.second, roots)
    for k, of in enumerate((WORK if sort == WORK_AND_FAULT else FAULT, FAULT)):
        single, pairs = _single(study, table, of), zip(roots[:, k], out[:, k], strict=True)
        one = np.array([single.get((int(r), bool(o)), -1) for r, o in pairs], dtype=np.int64)
        alone |= (one[case] >= 0) & np.isin(one[case] * width + rack, known)
    return dark, np.bincount(case[~alone], minlength=len(table))


def _single(study: Study, table: Cases, sort: int) -> dict[tuple[int, bool], int]:
    """Case in which nothing is lost but what hangs on one power node, by that node.

    And by whether it is a source that is out, and not a fault in its zone.
    """
    roots = table.roots
    cases = np.flatnonzero((table.sort == sort) & (roots[:, 0] >= 0) & (roots[:, 1] < 0))
    out = outages(study, table.sort, table.origin, table.second, roots[:, :2])[cases, 0]
    keys = zip(roots[cases, 0].tolist(), out.tolist(), strict=True)
    return dict(zip(keys, cases.tolist(), strict=True))
