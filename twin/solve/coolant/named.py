"""Which rows the tables name: looked up once in a study, since every circuit asks for the same.

A column that names things of a kind bears the name of that kind: `pipe["loop"]`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.site.table import IntArray
from twin.solve.study import Study


@dataclass(frozen=True, slots=True)
class _Named:
    """Row that each row of a kind names, -1 none, with one -1 more at the end; and the way back.

    order[ptr[r]:ptr[r + 1]] are the rows that name row r.
    """

    row: IntArray
    order: IntArray
    ptr: IntArray


def row_named(study: Study, kind: str, column: str) -> IntArray:
    """(n + 1,) row that each of a kind names in a column, -1 none; the last stands for none."""
    return _named(study, kind, column).row


def rows_naming(study: Study, kind: str, column: str, row: int) -> IntArray:
    """Rows of a kind, ascending, that name a row in a column."""
    named = _named(study, kind, column)
    return named.order[named.ptr[row] : named.ptr[row + 1]]


def _named(study: Study, kind: str, column: str) -> _Named:
    kept = study(_kept)
    if (kind, column) not in kept:
        row = study.site.rows_of(column, study.table(kind)[column])
        order = np.argsort(row, kind="stable")
        ptr = np.searchsorted(row[order], np.arange(len(study.table(column)) + 1))
        kept[kind, column] = _Named(np.append(row, -1), order, ptr)
    return kept[kind, column]


def _kept(_: Study) -> dict[tuple[str, str], _Named]:
    """Keep what was looked up, by kind and column."""
    return {}
