"""What two losses at once leave dark: rows for the rules that tell it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.measure import Measure
from twin.model.base import FEEDERS
from twin.solve.outcomes import every_outcome
from twin.solve.study import Study

_TWO = 2


def dark_after_two(study: Study, sort: int) -> Iterator[Measure]:
    """Racks dark after each case of a sort that has two losses, by the first of them.

    Nothing unless two losses are tried.
    """
    if study.conditions.losses < _TWO:
        return
    found = study(every_outcome)
    table = found.cases
    for kind in FEEDERS:
        row = study.site.rows_of(kind, table.origin)
        mine = np.flatnonzero((table.sort == sort) & (row >= 0))
        if len(mine):
            yield Measure(
                kind=kind,
                subject=row[mine],
                demand=found.dark[mine].astype(float),
                limit=np.zeros(len(mine)),
                scale=np.full(len(mine), float(max(study.here.sum(), 1))),
                other=table.second[mine],
                owner=f"policy of {study.site.policy.owner}: silent",
            )
