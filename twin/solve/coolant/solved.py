"""Loops as they are solved, and where the figures of each CDU are among those of all of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from twin.site.table import Array, BoolArray, FloatArray, IntArray, distinct
from twin.solve.coolant.flow import LoopFlow, Unsolved


class Solved(tuple[LoopFlow | Unsolved, ...]):  # noqa: SLOT001 - it keeps what is put together
    """Every described loop, solved or with what lacks.

    A campus has thousands of loops, and a plant asks for those on it many times: the figures of
    all are put together once, and each is looked up by its place.
    """

    @cached_property
    def flows(self) -> tuple[LoopFlow, ...]:
        """Those that are solved."""
        return tuple(loop for loop in self if not isinstance(loop, Unsolved))

    @cached_property
    def units(self) -> Units:
        """CDUs of the solved loops."""
        return units_of(self.flows)

    @cached_property
    def valve(self) -> FloatArray:
        """`Valve` of each CDU in each lane of its loop, by its place in `units`."""
        return _joined([flow.warmth.valve for flow in self.flows])

    @cached_property
    def facility_lpm(self) -> FloatArray:
        """Facility water of each CDU in each lane of its loop, L/min, by its place in `units`."""
        return _joined([flow.warmth.facility_lpm for flow in self.flows])


@dataclass(frozen=True, slots=True)
class Units:
    """CDUs of solved loops and their lanes; U units of N loops, of which C cases are known.

    Attributes
    ----------
    row
        (U,) rows of the CDUs, ascending.
    loop, place, wide
        (U,) number of each one's loop; its place among all figures in the first lane; and how far
        the next lane is.
    rest
        (N,) lane of all cases that are not in `key`.
    cases
        C.
    key, lane
        Cases that are in others, loop by loop: loop * C + case, ascending; and their lanes.
    ptr, differs
        Cases that are not in the lane of the first, ascending: differs[ptr[n]:ptr[n + 1]] of a
        loop.
    """

    row: IntArray
    loop: IntArray
    place: IntArray
    wide: IntArray
    rest: IntArray
    cases: int
    key: IntArray
    lane: IntArray
    ptr: IntArray
    differs: IntArray

    def among(self, cdus: IntArray, case: IntArray) -> tuple[BoolArray, IntArray]:
        """(u,) which CDUs, -1 none, are units of solved loops; (c, k) place of these in cases."""
        if not len(self.row):
            return np.zeros(len(cdus), dtype=bool), np.empty((len(case), 0), dtype=np.int64)
        at = np.minimum(np.searchsorted(self.row, cdus), len(self.row) - 1)
        mine = self.row[at] == cdus
        at = at[mine]
        loop = self.loop[at]
        lane = np.broadcast_to(self.rest[loop], (len(case), len(loop)))
        if len(self.key):
            key = loop * self.cases + case[:, None]
            found = np.minimum(np.searchsorted(self.key, key), len(self.key) - 1)
            lane = np.where(self.key[found] == key, self.lane[found], lane)
        return mine, self.place[at] + lane * self.wide[at]

    def differing(self, cdus: IntArray) -> list[IntArray]:
        """Cases in which loops, of which CDUs are units, are in another lane than in the first."""
        loop = distinct(self.loop[np.isin(self.row, cdus)]).tolist()
        return [self.differs[self.ptr[n] : self.ptr[n + 1]] for n in loop]


def units_of(flows: tuple[LoopFlow, ...]) -> Units:
    """Put the CDUs of solved loops together."""
    of_case = [flow.lanes.of_case for flow in flows]
    cases = of_case[0].count if of_case else 0
    wide = np.array([len(flow.units) for flow in flows], dtype=np.int64)
    figures = wide * np.array([len(flow.lanes.keep) for flow in flows], dtype=np.int64)
    loop = np.repeat(np.arange(len(flows)), wide)
    within = np.arange(len(loop)) - np.repeat(np.cumsum(wide) - wide, wide)
    place = np.repeat(np.cumsum(figures) - figures, wide) + within
    row = _joined([flow.units for flow in flows])
    order = np.argsort(row, kind="stable")
    named = np.array([len(of.case) for of in of_case], dtype=np.int64)
    differs = [of.differing for of in of_case]
    return Units(
        row=row[order], loop=loop[order], place=place[order], wide=wide[loop[order]],
        rest=np.array([of.rest for of in of_case], dtype=np.int64), cases=cases,
        key=np.repeat(np.arange(len(flows)) * cases, named) + _joined([of.case for of in of_case]),
        lane=_joined([of.lane for of in of_case]),
        ptr=np.cumsum([0, *map(len, differs)]), differs=_joined(differs),
    )  # fmt: skip


def _joined(columns: list[Array]) -> Array:
    """Put figures of loops together, lane by lane."""
    return np.concatenate([np.empty(0, np.int64), *map(np.ravel, columns)])
