"""What each case takes out of a circuit, so that cases that take the same are solved once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.coolant.circuit import Circuit, Part
from twin.solve.coolant.hung import manifold_of_links
from twin.solve.losses.cases import cases
from twin.solve.losses.sorts import PUMP
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

    of_case: IntArray
    first_case: IntArray
    shut: BoolArray
    pump_out: BoolArray
    keep: FloatArray
    counts: BoolArray


def lanes_of(study: Study, circuit: Circuit) -> Lanes:
    """Collect what is dead in each case among what the circuit is made of.

    A pipe or a manifold that is lost is shut off at both its ends. A CDU that falls, with its own
    power or with its plant, no longer pumps. On facility water it takes none.
    """
    size, m = study.site.size, len(circuit.fr)
    mine = np.zeros(size, dtype=bool)
    solid = np.isin(circuit.part, (Part.PIPE, Part.SEGMENT, Part.UNIT, Part.USER))
    mine[circuit.subject[solid]] = True
    mine[_manifolds(study, circuit)] = True
    mine[_of_plants(study, circuit)] = True
    first, of_case, numbers, rows = _sorts(study, np.flatnonzero(mine))
    dead = np.zeros((len(rows), size), dtype=bool)
    dead[:, numbers] = rows[:, : len(numbers)] > 0
    less = np.zeros((len(rows), size), dtype=bool)
    less[:, numbers] = rows[:, len(numbers) : -2] > 0
    shut = dead[:, circuit.subject]
    on = manifold_of_links(study, circuit)
    shut[:, on >= 0] |= dead[:, on[on >= 0] + study.site.first["manifold"]]
    return Lanes(
        of_case=of_case,
        first_case=first,
        shut=shut.reshape(len(rows), m),
        pump_out=(less[:, circuit.subject] & (circuit.part == Part.UNIT)).reshape(len(rows), m),
        keep=rows[:, -2],
        counts=rows[:, -1] > 0,
    )


def _sorts(study: Study, mine: IntArray) -> tuple[IntArray, IntArray, IntArray, FloatArray]:
    """Sorts of cases by what they take of some subjects.

    Returns
    -------
    first, of_case
        (L,) the first case of each sort, (C,) the sort of each case.
    numbers
        (k,) those of the subjects that some case takes.
    rows
        (L, 2k + 2) which of them are dead, which have a pump out; share that is kept, and whether
        that counts.
    """
    table = study(cases)
    gear, state = table.fallen.gear, table.fallen.gear_state
    hit, out = study(_by_subject).of(mine), study(_pumps_out).of(mine)
    # Cases that take nothing of the circuit are as the healthy one.
    touched = np.unique(np.concatenate([[0], state[hit], out]))
    numbers = np.unique(np.concatenate([gear[hit], table.origin[out]]))
    marks = np.zeros((len(touched), 2 * len(numbers) + 2))
    marks[np.searchsorted(touched, state[hit]), np.searchsorted(numbers, gear[hit])] = 1.0
    column = len(numbers) + np.searchsorted(numbers, table.origin[out])
    marks[np.searchsorted(touched, out), column] = 1.0
    taken = marks.any(axis=1)
    keep = np.where(table.counts[touched], table.keep[touched], 1.0)
    marks[:, -2], marks[:, -1] = np.where(taken, keep, 1.0), ~taken | table.counts[touched]
    first, sort = alike(marks)
    of_case = np.full(len(table), sort[0])
    of_case[touched] = sort
    return touched[first], of_case, numbers, marks[first]


@dataclass(frozen=True, slots=True)
class _Rows:
    """Rows of a list by the subject that each is of: `row[ptr[s] : ptr[s + 1]]` of subject s."""

    ptr: IntArray
    row: IntArray

    def of(self, subjects: IntArray) -> IntArray:
        """Rows of some subjects."""
        parts = [self.row[self.ptr[s] : self.ptr[s + 1]] for s in subjects.tolist()]
        return np.concatenate(parts) if parts else self.row[:0]


def _rows_by(subject: IntArray, rows: IntArray, size: int) -> _Rows:
    order = np.argsort(subject, kind="stable")
    return _Rows(np.searchsorted(subject[order], np.arange(size + 1)), rows[order])


def _by_subject(study: Study) -> _Rows:
    """Rows of what falls, by the gear that does."""
    gear = study(cases).fallen.gear
    return _rows_by(gear, np.arange(len(gear)), study.site.size)


def _pumps_out(study: Study) -> _Rows:
    """Cases in which a pump is out, by the unit that it is of."""
    table = study(cases)
    out = np.flatnonzero(table.sort == PUMP)
    return _rows_by(table.origin[out], out, study.site.size)


def told_apart(lanes: Lanes, by: FloatArray) -> Lanes:
    """Part lanes by what differs from case to case in them.

    Parameters
    ----------
    by
        (C, k) figures of each case; NaN is a figure like others.
    """
    key = np.concatenate([lanes.of_case[:, None], by], axis=1)
    first, of_case = alike(key)
    old = lanes.of_case[first]
    return Lanes(
        of_case, first, lanes.shut[old], lanes.pump_out[old], lanes.keep[old], lanes.counts[old]
    )


def alike(rows: FloatArray) -> tuple[IntArray, IntArray]:
    """(L,) the first of each sort of rows, ascending, and (n,) the sort of each row.

    NaN is a figure like others. Most rows are as the first, and need no sorting.
    """
    rows = np.nan_to_num(rows, nan=-1.0)
    other = np.flatnonzero((rows != rows[:1]).any(axis=1))
    _, first, sort = np.unique(rows[other], axis=0, return_index=True, return_inverse=True)
    order = np.argsort(first, kind="stable")
    of_row = np.zeros(len(rows), dtype=np.int64)
    of_row[other] = 1 + np.argsort(order)[sort.ravel()]
    return np.concatenate([[0], other[first[order]]]).astype(np.int64), of_row


def _manifolds(study: Study, circuit: Circuit) -> IntArray:
    site, table = study.site, study.table("manifold")
    rows = np.flatnonzero(site.rows_of(circuit.kind, table[circuit.kind]) == circuit.row)
    return np.asarray(rows + site.first["manifold"], dtype=np.int64)


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
