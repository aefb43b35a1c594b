"""Which lane each case is in, where nearly all cases leave a circuit as it is.

A campus has a hundred thousand cases and thousands of circuits, and a case touches few of them: a
number for each of both would fill the memory.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import overload

import numpy as np

from twin.site.table import IntArray


@dataclass(frozen=True, slots=True)
class LaneOfCase:
    """Lane of each of C cases: one for all but a few. n cases are in others.

    Attributes
    ----------
    count
        C.
    rest
        Lane of all cases that are not named.
    case, lane
        (n,) cases that are, ascending, and the lane of each.

    Examples
    --------
    >>> of = lanes_by_case(np.array([0, 0, 2, 0, 1]))
    >>> of[2], of[np.array([0, 4])].tolist(), of[-1], of.differing.tolist(), of.every.tolist()
    (2, [0, 1], 1, [2, 4], [0, 0, 2, 0, 1])
    """

    count: int
    rest: int
    case: IntArray
    lane: IntArray

    def __len__(self) -> int:
        """Return how many cases there are."""
        return self.count

    @overload
    def __getitem__(self, case: int | np.integer) -> int: ...
    @overload
    def __getitem__(self, case: IntArray) -> IntArray: ...
    def __getitem__(self, case: int | np.integer | IntArray) -> int | IntArray:
        """Return the lane of a case, or those of some; -1 is the last case."""
        asked = np.asarray(case)
        asked = np.where(asked < 0, asked + self.count, asked)
        out = np.full(asked.shape, self.rest, dtype=np.int64)
        if len(self.case):
            at = np.minimum(np.searchsorted(self.case, asked), len(self.case) - 1)
            out = np.where(self.case[at] == asked, self.lane[at], out)
        return out if out.ndim else int(out)

    @property
    def every(self) -> IntArray:
        """(C,) lane of each case."""
        out = np.full(self.count, self.rest, dtype=np.int64)
        out[self.case] = self.lane
        return out

    @property
    def differing(self) -> IntArray:
        """Cases that are in another lane than the first one, ascending."""
        first = self[0]
        if first == self.rest:
            return np.asarray(self.case[self.lane != first])
        return np.flatnonzero(self.every != first)


def lanes_by_case(of_case: IntArray) -> LaneOfCase:
    """Return lanes as they stand case by case, (C,), at least one."""
    rest = int(of_case[0])
    case = np.flatnonzero(of_case != rest)
    return LaneOfCase(len(of_case), rest, case, np.asarray(of_case[case], dtype=np.int64))
