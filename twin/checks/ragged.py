"""Lists of different lengths, one per rack, as two columns; a list is made when it is read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar, overload

import numpy as np

from twin.site.table import BoolArray, IntArray

T = TypeVar("T")


class Ragged(Sequence[tuple[T, ...]]):
    """One tuple of words per row, kept as (ptr, codes) into a short list of words."""

    def __init__(self, row: IntArray, code: IntArray, rows: int, words: Sequence[T]) -> None:
        """Group pairs of a row and a code; codes are sorted within each row."""
        order = np.lexsort((code, row))
        self.code = code[order]
        self.ptr = np.searchsorted(row[order], np.arange(rows + 1)).astype(np.int64)
        self.words = words

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.ptr) - 1

    @overload
    def __getitem__(self, i: int) -> tuple[T, ...]: ...
    @overload
    def __getitem__(self, i: slice) -> tuple[tuple[T, ...], ...]: ...
    def __getitem__(self, i: int | slice) -> tuple[T, ...] | tuple[tuple[T, ...], ...]:
        """Return the words of a row, or of some rows."""
        if isinstance(i, slice):
            return tuple(self[k] for k in range(len(self))[i])
        k = range(len(self))[i]
        return tuple(self.words[c] for c in self.code[self.ptr[k] : self.ptr[k + 1]].tolist())

    def __iter__(self) -> Iterator[tuple[T, ...]]:
        """Yield the words of each row."""
        return (self[k] for k in range(len(self)))

    def __eq__(self, other: object) -> bool:
        """Compare row by row with any sequence of tuples."""
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        """Hash like the tuple of rows."""
        return hash(tuple(self))

    def counts(self, rows: BoolArray) -> tuple[IntArray, IntArray]:
        """Rows that hold each word, and those of `rows` (n,) that hold nothing else, (words,)."""
        n = len(self.words)
        size = np.diff(self.ptr)
        single = np.repeat((size == 1) & rows, size)
        every = np.bincount(self.code, minlength=n)
        return every.astype(np.int64), np.bincount(self.code[single], minlength=n).astype(np.int64)
