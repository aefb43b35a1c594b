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
    wide = np.ascontiguousarray(rows)
    bits = wide.view(np.dtype((np.void, wide.shape[1] * wide.itemsize))).ravel()
    of, first, seen = np.zeros(len(bits), dtype=np.int64), [0], dict[bytes, int]()
    # Nearly all rows are often like the first one; the others are looked at one by one.
    others = np.flatnonzero(bits != bits[:1])
    for place, row in zip(others.tolist(), bits[others].tolist(), strict=True):
        sort = seen.setdefault(row, len(first))
        if sort == len(first):
            first.append(place)
        of[place] = sort
    return np.array(first[: len(bits)], dtype=np.int64), of


def rows_of(result: T, rows: IntArray | slice) -> T:
    """Return some lanes of a dataclass of arrays."""
    parts: dict[str, Any] = {f.name: getattr(result, f.name)[rows] for f in fields(result)}  # type: ignore[arg-type]
    return type(result)(**parts)


def with_rows(result: T, rows: IntArray, part: T) -> T:
    """Write lanes into a dataclass of arrays, and return it."""
    for f in fields(result):  # type: ignore[arg-type]
        getattr(result, f.name)[rows] = getattr(part, f.name)
    return result
