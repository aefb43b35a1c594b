"""What the living units of a group carry together: healthy, and in the worst of the losses.

A fan is a part of an air unit: with one out, the unit moves the part of its air that its other fans
move, and carries that part of its heat. It carries no less: a slower stream leaves a coil colder.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.site.rack_cdus import in_racks
from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.losses.cases import cases
from twin.solve.losses.sorts import FAN
from twin.solve.ready import late
from twin.solve.study import Study


@dataclass(frozen=True)
class Living:
    """Rows (group, case), sorted by group, each group's healthy row first.

    Attributes
    ----------
    group, case
        (R,) row of the group's table; case, 0 healthy.
    capacity
        (R,) sum over living units, NaN where one is not known or the group has no units.
    keep
        (R,) share of the load that racks keep in the case; NaN where nobody knows.
    lacking
        (R,) a living unit whose capacity is not known, -1 none.
    unfed
        (R,) a unit of which nobody says what feeds it, so that it may fall with any power, -1
        none.
    """

    group: IntArray
    case: IntArray
    capacity: FloatArray
    keep: FloatArray
    lacking: IntArray
    unfed: IntArray


def without_feeds(study: Study, kind: str) -> BoolArray:
    """(units,) units of which the layout does not say what power feeds them.

    Pumps and fans need power: such a unit is not one that outlives every loss of power. Where
    power is out of scope and nothing of it is lost, none is asked. A CDU in a rack stands on the
    power of its rack: where that is dark it has nothing to cool.

    Parameters
    ----------
    kind
        "cdu" or "air_unit".
    """
    site = study.site
    fed = np.zeros(len(site.tables[kind]) + 1, dtype=bool)
    fed[site.rows_of(kind, site.tables["feed"]["tail"])] = True
    if kind == "cdu":
        fed[:-1] |= in_racks(site.tables)
    return ~fed[:-1] & study(power_counts)


def power_counts(study: Study) -> bool:
    """Whether it is asked what feeds a unit: power is in scope, or some loss of it is looked at."""
    return "PWR" in study.conditions.scope or bool((study(cases).root >= 0).any())


def living(
    study: Study, kind: str, group: IntArray, capacity: FloatArray, wanted: IntArray
) -> Living:
    """Sum what lives in each wanted group.

    Of the cases that take units of a group, with one share of the load to be kept, the one that
    leaves the least capacity stands for all: the load is the same in each. A group with a unit
    that names no feeds has one more row that is not known, for the first loss of power.

    Parameters
    ----------
    kind
        "cdu" or "air_unit".
    group
        (units,) row of the group that each unit belongs to, -1 none.
    capacity
        (units,) in any unit that adds up; NaN not known. Units that are not there on the day of
        the study give nothing.
    wanted
        (G,) groups to sum, ascending.
    """
    capacity = np.where(late(study, kind), 0.0, capacity)
    of, case, hit, left = _rows(study, kind, group, wanted)
    keep = np.where(study(cases).counts, study(cases).keep, np.nan)[case]
    keep[: len(wanted)] = 1.0
    total, lacking = _sums(group, capacity, of, hit, left)
    worst = _worst(of, total, keep, len(wanted))
    silent, unit, power = _not_told(study, kind, group, wanted)
    # Of one group: the healthy row, its worst cases, and last what is not told.
    rows = np.concatenate([np.arange(len(wanted)), worst])
    every = np.concatenate([of[rows], silent])
    order = np.argsort(every, kind="stable")
    no_unit = np.full(len(silent), -1, dtype=np.int64)
    return Living(
        group=every[order],
        case=np.concatenate([case[rows], power])[order],
        capacity=np.concatenate([total[rows], np.full(len(silent), np.nan)])[order],
        keep=np.concatenate([keep[rows], np.ones(len(silent))])[order],
        lacking=np.concatenate([lacking[rows], no_unit])[order],
        unfed=np.concatenate([np.full(len(rows), -1, dtype=np.int64), unit])[order],
    )


def _rows(
    study: Study, kind: str, group: IntArray, wanted: IntArray
) -> tuple[IntArray, IntArray, tuple[IntArray, IntArray], FloatArray]:
    """Group and case of the healthy rows, then of each case that takes of the units of a group.

    The third are pairs (row, unit): which units it is that lose something in which row; the fourth
    the part that each of them has left: 0 of a dead one, less than 1 of one with a fan out.
    """
    table, (case, unit, left) = study(cases), units_left(study, kind)
    mine = np.isin(group, wanted)[unit]
    case, unit, left = case[mine], unit[mine], left[mine]
    key, row = np.unique(group[unit] * len(table) + case, return_inverse=True)
    of = np.concatenate([wanted, key // len(table)])
    cases_of = np.concatenate([np.zeros(len(wanted), dtype=np.int64), key % len(table)])
    return of, cases_of, (row + len(wanted), unit), left


def units_left(study: Study, kind: str) -> tuple[IntArray, IntArray, FloatArray]:
    """Case and unit of all that loses something, and the part that it has left; 0 of a dead one.

    Parameters
    ----------
    kind
        "cdu" or "air_unit".
    """
    table, first = study(cases), study.site.first[kind]
    case, unit = table.lost(first, len(study.table(kind)))
    fan = np.flatnonzero((table.sort == FAN) & (kind == "air_unit"))
    slow = table.origin[fan] - first
    left = np.concatenate([np.zeros(len(case)), with_a_fan_out(study)[slow]])
    return np.concatenate([case, fan]), np.concatenate([unit, slow]), left


def with_a_fan_out(study: Study) -> FloatArray:
    """(air units,) part of its air that each unit moves with one fan out; 1 where fans are spare.

    Worked number: of eight fans that are all needed seven are left, 0.875 of the air.
    """
    units = study.table("air_unit")
    fans, needed = (np.asarray(units[c], dtype=float) for c in ("fans", "fans_needed"))
    needed = np.where(np.isnan(needed), fans, needed)
    return np.where(np.isnan(fans), 1.0, np.minimum(1.0, (fans - 1.0) / needed))


def _sums(
    group: IntArray,
    capacity: FloatArray,
    of: IntArray,
    hit: tuple[IntArray, IntArray],
    left: FloatArray,
) -> tuple[FloatArray, IntArray]:
    """(R,) sum over the living units of each row, and one whose capacity is not known, -1 none."""
    order = np.argsort(group, kind="stable")
    place = np.empty(len(group), dtype=np.int64)
    place[order] = np.arange(len(group)) - np.searchsorted(group[order], group[order])
    low, high = np.searchsorted(group[order], [of, of + 1])
    total, lacking = np.full(len(of), np.nan), np.full(len(of), -1, dtype=np.int64)
    size, (row, unit) = high - low, hit
    # Rows of one size at a time: each sum then runs over its own units and nothing else.
    for each in np.unique(size[size > 0]).tolist():
        rows, here = np.flatnonzero(size == each), size[row] == each
        units = order[low[rows][:, None] + np.arange(each)]
        part = np.ones(units.shape)
        part[np.searchsorted(rows, row[here]), place[unit[here]]] = left[here]
        alive = part > 0
        total[rows] = np.where(alive, part * capacity[units], 0.0).sum(axis=1)
        unknown = alive & np.isnan(capacity[units])
        first = units[np.arange(len(rows)), unknown.argmax(axis=1)]
        lacking[rows] = np.where(unknown.any(axis=1), first, -1)
    return total, lacking


def _worst(of: IntArray, total: FloatArray, keep: FloatArray, healthy: int) -> IntArray:
    """Rows after the healthy ones with the least sum of their group and share of the load."""
    share = np.where(np.isnan(keep), -1.0, keep)
    rows = np.arange(healthy, len(of))
    rows = rows[np.lexsort((total[rows], share[rows], of[rows]))]
    same = (of[rows][1:] == of[rows][:-1]) & (share[rows][1:] == share[rows][:-1])
    return np.asarray(rows[np.append(np.ones(min(len(rows), 1), dtype=bool), ~same)])


def _not_told(
    study: Study, kind: str, group: IntArray, wanted: IntArray
) -> tuple[IntArray, IntArray, IntArray]:
    """(n,) groups with a unit that may fall with any loss of power, the unit, and such a loss."""
    power = np.flatnonzero(study(cases).root >= 0)[:1]
    unfed = without_feeds(study, kind) & np.isin(group, wanted) & (len(power) > 0)
    unit = np.flatnonzero(unfed)
    groups, first = np.unique(group[unit], return_index=True)
    return groups, unit[first], np.repeat(power, len(groups))
