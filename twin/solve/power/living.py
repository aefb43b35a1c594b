"""What the living units of a group carry together: healthy, and in the worst of the losses."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.losses.cases import cases
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
    power is out of scope and nothing of it is lost, none is asked.

    Parameters
    ----------
    kind
        "cdu" or "air_unit".
    """
    site = study.site
    fed = np.zeros(len(site.tables[kind]) + 1, dtype=bool)
    fed[site.rows_of(kind, site.tables["feed"]["tail"])] = True
    asked = "PWR" in study.conditions.scope or bool((study(cases).root >= 0).any())
    return ~fed[:-1] & asked


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
        (units,) in any unit that adds up; NaN not known.
    wanted
        (G,) groups to sum, ascending.
    """
    table = study(cases)
    case, unit = table.lost(study.site.first[kind], len(group))
    keep = np.where(table.counts, table.keep, np.nan)
    order, pairs = np.argsort(group, kind="stable"), np.argsort(group[unit], kind="stable")
    units = np.searchsorted(group[order], [wanted, wanted + 1])
    power = np.flatnonzero(table.root >= 0)[:1]
    unfed = without_feeds(study, kind) & (len(power) > 0)
    losses = np.searchsorted(group[unit][pairs], [wanted, wanted + 1])
    parts = []
    for g, a, b, c, d in zip(wanted.tolist(), *units.tolist(), *losses.tolist(), strict=True):
        mine, lost = order[a:b], pairs[c:d]
        touched, at = np.unique(case[lost], return_inverse=True)
        dead = np.zeros((len(touched), len(mine)), dtype=bool)
        dead[at, np.searchsorted(mine, unit[lost])] = True
        parts.append(_of_group(int(g), mine, capacity, dead, touched, keep[touched]))
        parts += [_not_told(int(g), u, power) for u in mine[unfed[mine]][:1].tolist()]
    return Living(
        group=np.concatenate([p.group for p in parts] or [np.empty(0, dtype=np.int64)]),
        case=np.concatenate([p.case for p in parts] or [np.empty(0, dtype=np.int64)]),
        capacity=np.concatenate([p.capacity for p in parts] or [np.empty(0)]),
        keep=np.concatenate([p.keep for p in parts] or [np.empty(0)]),
        lacking=np.concatenate([p.lacking for p in parts] or [np.empty(0, dtype=np.int64)]),
        unfed=np.concatenate([p.unfed for p in parts] or [np.empty(0, dtype=np.int64)]),
    )


def _not_told(group: int, unit: int, case: IntArray) -> Living:
    """Row of a group in a loss of power that may take a unit or may not."""
    return Living(
        group=np.array([group], dtype=np.int64),
        case=case.astype(np.int64),
        capacity=np.array([np.nan]),
        keep=np.array([1.0]),
        lacking=np.array([-1], dtype=np.int64),
        unfed=np.array([unit], dtype=np.int64),
    )


def _of_group(
    group: int,
    units: IntArray,
    capacity: FloatArray,
    lost: BoolArray,
    touched: IntArray,
    keep: FloatArray,
) -> Living:
    """Healthy row of one group, and its worst case for each share of the load."""
    hit = np.flatnonzero(lost.any(axis=1))
    own = capacity[units]
    left = np.where(lost[hit], 0.0, own).sum(axis=1)
    share = np.nan_to_num(keep[hit], nan=-1.0)
    chosen = []
    for value in np.unique(share).tolist():
        same = np.flatnonzero(share == value)
        chosen.append(int(same[np.argmin(np.nan_to_num(left[same], nan=np.inf))]))
    pick = np.array(chosen, dtype=np.int64)
    alive = np.concatenate([np.ones((1, len(units)), dtype=bool), ~lost[hit[pick]]])
    unknown = alive & np.isnan(own)
    some = unknown.any(axis=1)
    sums = np.where(alive, own, 0.0).sum(axis=1) if len(units) else np.array([np.nan])
    at = units[unknown.argmax(axis=1)] if len(units) else np.array([-1])
    return Living(
        group=np.full(len(pick) + 1, group, dtype=np.int64),
        case=np.concatenate([[0], touched[hit[pick]]]).astype(np.int64),
        capacity=np.asarray(sums, dtype=float),
        keep=np.concatenate([[1.0], keep[hit[pick]]]),
        lacking=np.where(some, at, -1).astype(np.int64),
        unfed=np.full(len(pick) + 1, -1, dtype=np.int64),
    )
