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
    """CDUs of solved loops and their lanes; U units of N loops.

    Attributes
    ----------
    row
        (U,) rows of the CDUs, ascending.
    loop, place, wide
        (U,) number of each one's loop; its place among all figures in the first lane; and how far
        the next lane is.
    rest
        (N,) lane of all cases of a loop that are not named.
    ptr, case, lane
        Cases that are, and their lanes: those of a loop in ptr[n]:ptr[n + 1].
    differs
        Cases of each loop that are not in the lane of the first, ascending.
    """

    row: IntArray
    loop: IntArray
    place: IntArray
    wide: IntArray
    rest: IntArray
    ptr: IntArray
    case: IntArray
    lane: IntArray
    differs: tuple[IntArray, ...]

    def among(self, cdus: IntArray, case: IntArray) -> tuple[BoolArray, IntArray]:
        """(u,) which CDUs, -1 none, are units of solved loops; (c, k) place of these in cases.

        Parameters
        ----------
        case
            (c,) cases, ascending.
        """
        if not len(self.row):
            return np.zeros(len(cdus), dtype=bool), np.empty((len(case), 0), dtype=np.int64)
        at = np.minimum(np.searchsorted(self.row, cdus), len(self.row) - 1)
        mine = self.row[at] == cdus
        at = at[mine]
        loop = self.loop[at]
        lane = np.tile(self.rest[loop], (len(case), 1))
        count = self.ptr[loop + 1] - self.ptr[loop]
        user = np.repeat(np.arange(len(loop)), count)
        named = np.arange(len(user)) + np.repeat(self.ptr[loop] - np.cumsum(count) + count, count)
        row = np.searchsorted(case, self.case[named])
        asked = np.append(case, -1)[row] == self.case[named]
        lane[row[asked], user[asked]] = self.lane[named[asked]]
        return mine, self.place[at] + lane * self.wide[at]

    def differing(self, cdus: IntArray) -> list[IntArray]:
        """Cases in which loops, of which CDUs are units, are in another lane than in the first."""
        return [self.differs[n] for n in distinct(self.loop[np.isin(self.row, cdus)]).tolist()]


def units_of(flows: tuple[LoopFlow, ...]) -> Units:
    """Put the CDUs of solved loops together."""
    of_case = [flow.lanes.of_case for flow in flows]
    wide = np.array([len(flow.units) for flow in flows], dtype=np.int64)
    figures = wide * np.array([len(flow.lanes.keep) for flow in flows], dtype=np.int64)
    loop = np.repeat(np.arange(len(flows)), wide)
    within = np.arange(len(loop)) - np.repeat(np.cumsum(wide) - wide, wide)
    place = np.repeat(np.cumsum(figures) - figures, wide) + within
    row = _joined([flow.units for flow in flows])
    order = np.argsort(row, kind="stable")
    return Units(
        row=row[order], loop=loop[order], place=place[order], wide=wide[loop[order]],
        rest=np.array([of.rest for of in of_case], dtype=np.int64),
        ptr=np.cumsum([0, *(len(of.case) for of in of_case)]),
        case=_joined([of.case for of in of_case]), lane=_joined([of.lane for of in of_case]),
        differs=tuple(of.differing for of in of_case),
    )  # fmt: skip


def _joined(columns: list[Array]) -> Array:
    """Put figures of loops together, lane by lane."""
    return np.concatenate([np.empty(0, np.int64), *map(np.ravel, columns)])
