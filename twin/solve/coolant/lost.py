"""What each case takes out of a circuit, so that cases that take the same are solved once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from twin.arrays.joins import each_match
from twin.site.table import BoolArray, FloatArray, IntArray, distinct, distinct_pairs
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
    """Collect what is dead in each case among what a circuit is made of."""
    return lanes_of_all(study, [circuit])[0]


def lanes_of_all(study: Study, circuits: Sequence[Circuit]) -> list[Lanes]:
    """Collect what is dead in each case among what circuits are made of, of each by itself.

    A pipe or a manifold that is lost is shut off at both its ends. A CDU that falls, with its own
    power or with its plant, no longer pumps. On facility water it takes none. Cases that touch
    nothing of a circuit share one lane and are not looked at one by one. CDUs that are not there
    on the day of the study are shut in all of them.
    """
    if not circuits:
        return []
    index, count = study(_by_subject), len(study(cases))
    marks = _marks(study, circuits, index)
    capped = [
        _capped_behind(study, circuit, index) + k * count for k, circuit in enumerate(circuits)
    ]
    looked, rest, theirs = _looked(distinct(marks.state, *capped), len(circuits), count)
    of, case = looked // count, looked % count
    sure = ~theirs | index.counts[case]
    keep = np.where(theirs & sure, index.keep[case], 1.0)
    ptr = np.searchsorted(marks.state, np.append(looked, len(circuits) * count))
    first, lane = _sorts(of, marks, ptr, keep, sure)
    begin = np.searchsorted(of[first], np.arange(len(circuits) + 1))
    lane -= begin[of]
    others = np.zeros(len(circuits), dtype=np.int64)
    others[of[rest]] = lane[rest]
    apart = np.flatnonzero(lane != others[of])
    bounds = np.searchsorted(of[apart], np.arange(len(circuits) + 1))
    shut, pump_out = _closed(study, circuits, marks, looked[first])
    out: list[Lanes] = []
    for k, (a, b) in enumerate(pairwise(begin.tolist())):
        mine, named = first[a:b], apart[bounds[k] : bounds[k + 1]]
        out.append(Lanes(
            of_case=LaneOfCase(count, int(others[k]), case[named], lane[named]),
            first_case=case[mine], shut=shut[k], pump_out=pump_out[k],
            keep=keep[mine], counts=sure[mine],
        ))  # fmt: skip
    return out


@dataclass(frozen=True, slots=True)
class _Marks:
    """What is lost of circuits in cases, (n,): sorted, each once.

    Attributes
    ----------
    state
        The circuit's place times the number of cases, and the case.
    mark
        Twice the subject that is dead; one more where only a pump of it is.
    """

    state: IntArray
    mark: IntArray


def _marks(study: Study, circuits: Sequence[Circuit], index: _BySubject) -> _Marks:
    size, count = study.site.size, len(study(cases))
    own = distinct(*(_made_of(study, c) + k * size for k, c in enumerate(circuits)))
    pairs = []
    for pump, losses in enumerate((index.gear, index.pumps)):
        case, at = losses.of(own % size)
        state = (own // size)[at] * count + case
        pairs.append(np.stack([state, 2 * (own % size)[at] + pump], axis=1))
    found = distinct_pairs(np.concatenate(pairs))
    return _Marks(found[:, 0], found[:, 1])


def _looked(touched: IntArray, circuits: int, count: int) -> tuple[IntArray, IntArray, BoolArray]:
    """Return the states that are looked at: those that touch a circuit, the first case, and one.

    Parameters
    ----------
    touched
        States, ascending.

    Returns
    -------
    looked, rest, theirs
        (n,) states, ascending; which of them stand for all that do not touch their circuit, of
        those of which there are some; and (n,) whether one does touch it.
    """
    begin = np.searchsorted(touched, np.arange(circuits + 1) * count)
    of = touched // count
    # The first case that is not among them: where they no longer count on from the first one.
    within = np.arange(len(touched)) - begin[of]
    without = np.diff(begin)
    gap = np.flatnonzero(touched % count != within)[::-1]
    without[of[gap]] = within[gap]
    start = np.arange(circuits) * count
    rest = (start + without)[without < count]
    looked = distinct(touched, start, rest)
    theirs = np.zeros(len(looked), dtype=bool)
    theirs[np.searchsorted(looked, touched)] = True
    return looked, np.searchsorted(looked, rest), theirs


def _sorts(
    of: IntArray, marks: _Marks, ptr: IntArray, keep: FloatArray, sure: BoolArray
) -> tuple[IntArray, IntArray]:
    """(L,) first state of each sort, ascending, and (n,) the sort of each; of each circuit its own.

    States of a circuit are of one sort where they have the same marks and rest on the same caps.

    Parameters
    ----------
    ptr
        (n + 1,) where the marks of each state begin.
    """
    blob, at = marks.mark.tobytes(), (ptr * marks.mark.itemsize).tolist()
    bits = keep.view(np.int64).tolist()
    seen: dict[tuple[int, int, bool, bytes], int] = {}
    first: list[int] = []
    lane = np.empty(len(of), dtype=np.int64)
    for k, key in enumerate(zip(of.tolist(), bits, sure.tolist(), pairwise(at), strict=True)):
        a, b = key[3]
        lane[k] = sort = seen.setdefault((*key[:3], blob[a:b]), len(first))
        if sort == len(first):
            first.append(k)
    return np.array(first, dtype=np.int64), lane


def _closed(
    study: Study, circuits: Sequence[Circuit], marks: _Marks, states: IntArray
) -> tuple[list[BoolArray], list[BoolArray]]:
    """(L, m) closed links, and units of which a pump is out, of each circuit.

    Parameters
    ----------
    states
        States of the lanes, ascending.
    """
    size, links = study.site.size, np.array([len(c.fr) for c in circuits])
    subject, part, hung = (
        np.concatenate([getattr(c, name) for c in circuits])
        for name in ("subject", "part", "manifold")
    )
    of_link = np.repeat(np.arange(len(circuits)), links) * size
    on = np.flatnonzero(hung >= 0)
    manifold = of_link[on] + hung[on] + study.site.first["manifold"]
    named = np.concatenate([of_link + subject, manifold])
    order = np.argsort(named, kind="stable")
    link = np.concatenate([np.arange(len(subject)), on])[order]
    lane, at = each_match(marks.state, states)
    mark, circuit = marks.mark[at], states // len(study(cases))
    row, at = each_match(named[order], circuit[lane] * size + mark // 2)
    lane, mark, link = lane[row], mark[row], link[at]
    # One row of links for each lane, circuit by circuit.
    width = links[circuit]
    place = (np.cumsum(width) - width)[lane] + link - (np.cumsum(links) - links)[circuit[lane]]
    shut, out = (np.zeros(int(width.sum()), dtype=bool) for _ in range(2))
    shut[place[mark % 2 == 0]] = True
    out[place[(mark % 2 > 0) & (part[link] == Part.UNIT)]] = True
    shapes = list(zip(np.bincount(circuit, minlength=len(links)).tolist(), links, strict=True))
    ends = np.cumsum([lanes * n for lanes, n in shapes])[:-1]
    closed, less = (
        [flat.reshape(shape) for flat, shape in zip(np.split(c, ends), shapes, strict=True)]
        for c in (shut, out)
    )
    absent = late(study, "cdu")
    for one, gone in zip(circuits, closed, strict=True):
        if one.kind == "loop":
            gone[:, one.links(Part.UNIT)] |= absent[one.rows(study, "cdu", Part.UNIT)]
    return closed, less


@dataclass(frozen=True, slots=True)
class _Losses:
    """Cases by what is lost in them: case[ptr[s]:ptr[s + 1]] are those that take out subject s."""

    ptr: IntArray
    case: IntArray

    def of(self, subjects: IntArray) -> tuple[IntArray, IntArray]:
        """Cases in which some subjects are lost, and which of the subjects it is."""
        low = self.ptr[subjects]
        count = self.ptr[subjects + 1] - low
        within = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
        at = np.repeat(np.arange(len(subjects)), count)
        return self.case[np.repeat(low, count) + within], at


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
