"""What each case takes out of a circuit, so that cases that take the same are solved once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.site.table import BoolArray, FloatArray, IntArray, distinct
from twin.solve.coolant.circuit import Circuit, Part
from twin.solve.coolant.lane_of_case import LaneOfCase, lanes_by_case
from twin.solve.coolant.laned import alike_rows
from twin.solve.coolant.named import rows_naming
from twin.solve.losses.cases import cases
from twin.solve.losses.sorts import PUMP, UNIT
from twin.solve.ready import late
from twin.solve.study import Study


@dataclass(frozen=True, slots=True)
class Lanes:
    """Distinct states of one circuit; the first is healthy. L lanes, C cases, m links, u units.

    Attributes
    ----------
    of_case
        (C,) lane of each case.
    first_case
        (L,) the first case of each lane.
    shut
        (L, m) links that are closed.
    pump_out
        (L, m) units of which one pump is out.
    keep
        (L,) share of the heat that the racks keep; 1 where a cap is in doubt.
    counts
        (L,) whether that cap counts.
    """

    of_case: LaneOfCase
    first_case: IntArray
    shut: BoolArray
    pump_out: BoolArray
    keep: FloatArray
    counts: BoolArray


def lanes_of(study: Study, circuit: Circuit) -> Lanes:
    """Collect what is dead in each case among what the circuit is made of.

    A pipe or a manifold that is lost is shut off at both its ends. A CDU that falls, with its own
    power or with its plant, no longer pumps. On facility water it takes none. Cases that touch
    nothing of the circuit share one lane and are not looked at one by one. CDUs that are not there
    on the day of the study are shut in all of them.
    """
    table, index = study(cases), study(_by_subject)
    own = _made_of(study, circuit)
    dead, fallen = index.gear.of(own)
    out, less = index.pumps.of(own)
    touched = distinct(dead, out, _capped_behind(study, circuit, index))
    rest = _first_without(touched, len(table))
    looked = distinct(touched, np.zeros(1, dtype=np.int64), rest)
    numbers, pumps = distinct(fallen), distinct(less)
    marks = np.zeros((len(looked), len(numbers) + len(pumps) + 2))
    marks[np.searchsorted(looked, dead), np.searchsorted(numbers, fallen)] = 1.0
    marks[np.searchsorted(looked, out), len(numbers) + np.searchsorted(pumps, less)] = 1.0
    counts = index.counts[looked]
    theirs = np.zeros(len(looked), dtype=bool)
    theirs[np.searchsorted(looked, touched)] = True
    marks[:, -2] = np.where(theirs & counts, index.keep[looked], 1.0)
    marks[:, -1] = ~theirs | counts
    first, lane = alike_rows(marks)
    others = int(lane[np.searchsorted(looked, rest)][0]) if len(rest) else 0
    apart = lane != others
    rows = marks[first]
    shut = _marked(rows[:, : len(numbers)], numbers, circuit.subject)
    hung = np.flatnonzero(circuit.manifold >= 0)
    manifolds = circuit.manifold[hung] + study.site.first["manifold"]
    shut[:, hung] |= _marked(rows[:, : len(numbers)], numbers, manifolds)
    if circuit.kind == "loop":
        shut[:, circuit.links(Part.UNIT)] |= late(study, "cdu")[
            circuit.rows(study, "cdu", Part.UNIT)
        ]
    pump_out = _marked(rows[:, len(numbers) : -2], pumps, circuit.subject)
    return Lanes(
        of_case=LaneOfCase(len(table), others, looked[apart], lane[apart]),
        first_case=looked[first],
        shut=shut,
        pump_out=pump_out & (circuit.part == Part.UNIT),
        keep=rows[:, -2],
        counts=rows[:, -1] > 0,
    )


@dataclass(frozen=True, slots=True)
class _Losses:
    """Cases by what is lost in them: case[ptr[s]:ptr[s + 1]] are those that take out subject s."""

    ptr: IntArray
    case: IntArray

    def of(self, subjects: IntArray) -> tuple[IntArray, IntArray]:
        """Pairs (case, subject) of some subjects."""
        low = self.ptr[subjects]
        count = self.ptr[subjects + 1] - low
        within = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
        return self.case[np.repeat(low, count) + within], np.repeat(subjects, count)


@dataclass(frozen=True, slots=True)
class _BySubject:
    gear: _Losses
    pumps: _Losses
    units: _Losses
    keep: FloatArray
    counts: BoolArray
    capped: BoolArray | None
    """(C,) cases in which racks may do with less; None: there is none."""


def _by_subject(study: Study) -> _BySubject:
    """Dead gear, pumps and units of plants that are out, and caps, of all cases."""
    table, size = study(cases), study.site.size
    pumps, units = (
        np.flatnonzero((table.sort == sort) & (table.origin >= 0)) for sort in (PUMP, UNIT)
    )
    capped = (table.keep < 1.0) | ~table.counts
    return _BySubject(
        _sorted(table.fallen.gear, table.fallen.gear_state, size),
        _sorted(table.origin[pumps], pumps, size),
        _sorted(table.origin[units], units, size),
        table.keep,
        table.counts,
        capped if capped.any() else None,
    )


def _sorted(subject: IntArray, case: IntArray, size: int) -> _Losses:
    order = np.argsort(subject, kind="stable")
    ptr = np.searchsorted(subject[order], np.arange(size + 1)).astype(np.int64)
    return _Losses(ptr, np.asarray(case[order], dtype=np.int64))


def _capped_behind(study: Study, circuit: Circuit, index: _BySubject) -> IntArray:
    """Cases in which racks of a loop may do with less, as something of its plants is lost.

    What is lost behind a loop leaves it as it is otherwise, as long as water comes.
    """
    if index.capped is None:
        return np.empty(0, dtype=np.int64)
    behind = _of_plants(study, circuit)
    others = np.concatenate(
        [losses.of(behind)[0] for losses in (index.gear, index.pumps, index.units)]
    )
    return np.asarray(others[index.capped[others]])


def _made_of(study: Study, circuit: Circuit) -> IntArray:
    """Subjects whose loss shuts something of a circuit."""
    solid = (circuit.part != Part.HOSE) & (circuit.part != Part.RACK)
    return distinct(circuit.subject[solid], _manifolds(study, circuit))


def _first_without(touched: IntArray, count: int) -> IntArray:
    """Return the first of `count` cases that is not among some, ascending; none: nothing."""
    gap = np.flatnonzero(touched != np.arange(len(touched)))
    first = int(gap[0]) if len(gap) else len(touched)
    return np.arange(first, min(first + 1, count))


def _marked(marks: FloatArray, numbers: IntArray, subject: IntArray) -> BoolArray:
    """(L, k) whether subjects are marked, by the columns of those that are anywhere."""
    if not len(numbers):
        return np.zeros((len(marks), len(subject)), dtype=bool)
    at = np.minimum(np.searchsorted(numbers, subject), len(numbers) - 1)
    return np.asarray((marks[:, at] > 0) & (numbers[at] == subject))


def told_apart(lanes: Lanes, by: FloatArray) -> Lanes:
    """Part lanes by what differs from case to case in them.

    Parameters
    ----------
    by
        (C, k) figures of each case; NaN is a figure like others.
    """
    key = np.concatenate([lanes.of_case.every[:, None], np.nan_to_num(by, nan=-1.0)], axis=1)
    first, of_case = alike_rows(key)
    old = lanes.of_case[first]
    return Lanes(
        lanes_by_case(of_case), first,
        lanes.shut[old], lanes.pump_out[old], lanes.keep[old], lanes.counts[old],
    )  # fmt: skip


def _manifolds(study: Study, circuit: Circuit) -> IntArray:
    rows = rows_naming(study, "manifold", circuit.kind, circuit.row)
    return np.asarray(rows + study.site.first["manifold"], dtype=np.int64)


def _of_plants(study: Study, circuit: Circuit) -> IntArray:
    """Subjects of the plants behind a loop's units: with them the facility water may be less."""
    if circuit.kind != "loop":
        return np.empty(0, dtype=np.int64)
    site = study.site
    plants = np.unique(study.table("cdu")["plant"][circuit.rows(study, "cdu", Part.UNIT)])
    plants = plants[plants >= 0]
    lines = [
        np.flatnonzero(np.isin(study.table(kind)["plant"], plants)) + site.first[kind]
        for kind in ("pipe", "manifold")
    ]
    return np.concatenate([plants, *lines]).astype(np.int64)
