"""Tables: one kind of thing, one row each, as NumPy columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
DateArray = NDArray[np.datetime64]
StrArray = NDArray[np.str_]
Array = NDArray[Any]
Chunk = tuple[StrArray, dict[str, Array]]
"""Ids of things of one kind, and what is said of them."""


@dataclass(frozen=True)
class Table:
    """Things of one kind. Float NaN, subject number -1, NaT and "" say: not known."""

    kind: str
    ids: StrArray
    columns: Mapping[str, Array]

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.ids)

    def __getitem__(self, column: str) -> Array:
        """Return one column, (n,)."""
        return self.columns[column]

    @cached_property
    def index(self) -> dict[str, int]:
        """Row of each id."""
        return {name: row for row, name in enumerate(self.ids.tolist())}

    def row(self, name: str) -> int:
        """Row of an id; KeyError when there is none."""
        return self.index[name]

    def with_columns(self, **columns: Array) -> Table:
        """Return the same rows with some columns replaced."""
        return Table(self.kind, self.ids, {**self.columns, **columns})

    def take(self, rows: Array) -> Table:
        """Return some rows, in the order given."""
        return Table(self.kind, self.ids[rows], {k: v[rows] for k, v in self.columns.items()})


def distinct(*numbers: IntArray) -> IntArray:
    """Return the different ones of a few whole numbers, sorted: as `np.unique`, without its checks.

    >>> distinct(np.array([2, 0]), np.array([2, 1])).tolist()
    [0, 1, 2]
    """
    every = np.sort(np.concatenate(numbers))
    kept = np.ones(len(every), dtype=bool)
    kept[1:] = every[1:] != every[:-1]
    return np.asarray(every[kept], dtype=np.int64)


def distinct_pairs(pairs: IntArray) -> IntArray:
    """Return the different rows of (n, 2) whole numbers, sorted: as `np.unique`, many times faster.

    >>> distinct_pairs(np.array([[2, -1], [0, 5], [2, -1]])).tolist()
    [[0, 5], [2, -1]]
    """
    if not len(pairs):
        return pairs
    least, room = int(pairs[:, 1].min()), int(np.ptp(pairs[:, 1])) + 1
    key = distinct(pairs[:, 0] * room + (pairs[:, 1] - least))
    return np.stack([key // room, key % room + least], axis=1)


def numbers_of(items: Iterable[object], key: str) -> FloatArray:
    """One figure of some items, (n,), NaN where it is not given."""
    return np.array([getattr(item, key) for item in items], dtype=float)


def as_text(numbers: IntArray) -> StrArray:
    """Return small counts as text, no wider than the longest; NumPy's own is always 21 wide.

    >>> as_text(np.array([2, 10])).tolist()
    ['2', '10']
    """
    return np.array([str(n) for n in range(int(numbers.max(initial=0)) + 1)])[numbers]


def is_sorted(ids: StrArray) -> bool:
    """Whether ids ascend already, as those of a table do."""
    return bool((ids[1:] >= ids[:-1]).all())
