"""Lanes: which rows are alike, and results whose every array has a row for each lane."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, TypeVar

import numpy as np

from twin.site.table import Array, IntArray

T = TypeVar("T")


def alike_rows(rows: Array) -> tuple[IntArray, IntArray]:
    """(L,) the first row of each sort, ascending, and (n,) the sort of each; NaN is like NaN.

    Examples
    --------
    >>> [c.tolist() for c in alike_rows(np.array([[1.0, 2.0], [0.0, np.nan], [1.0, 2.0]]))]
    [[0, 1], [0, 1, 0]]
    """
    bits = np.ascontiguousarray(rows)
    seen: dict[bytes, int] = {}
    sort = [seen.setdefault(row.tobytes(), len(seen)) for row in bits]
    of = np.array(sort, dtype=np.int64)
    return np.unique(of, return_index=True)[1].astype(np.int64), of


def rows_of(result: T, rows: IntArray | slice) -> T:
    """Return some lanes of a dataclass of arrays."""
    parts: dict[str, Any] = {f.name: getattr(result, f.name)[rows] for f in fields(result)}  # type: ignore[arg-type]
    return type(result)(**parts)


def with_rows(result: T, rows: IntArray, part: T) -> T:
    """Write lanes into a dataclass of arrays, and return it."""
    for f in fields(result):  # type: ignore[arg-type]
        getattr(result, f.name)[rows] = getattr(part, f.name)
    return result
