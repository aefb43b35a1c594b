"""All budgets of a check side by side: racks taken by rank, and who fits on one element."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from twin.checks.admission import HELD_BACK, TOLERANCE, admit
from twin.checks.measure import Budget
from twin.checks.rows import first_gap
from twin.model.racks import STATES
from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.study import Study

LIVE = STATES.index("live")


@dataclass(frozen=True)
class Admission:
    """What taking the racks by rank gave.

    Attributes
    ----------
    outcome, decides
        (racks,) TAKEN, UNKNOWN or HELD_BACK; the joint row that decides, -1 none.
    margin, nearest
        (racks,) least margin over the rows of each rack with the racks that were taken, and the
        joint row that gives it, -1 none.
    offset
        (B + 1,) first joint row of each budget.
    entries
        Rack, joint row and value of every share, sorted by rack; `ptr` per rack.
    rack_gap, row_gap
        What is missing: per entry's budget and rack, and per joint row.
    limit, told
        (rows,) limits as they decide, infinite where waived; limits as they are told.
    order
        Racks in the order in which they were taken.
    """

    outcome: IntArray
    decides: IntArray
    margin: FloatArray
    nearest: IntArray
    offset: IntArray
    ptr: IntArray
    entry_rack: IntArray
    entry_row: IntArray
    entry_value: FloatArray
    rack_gap: IntArray
    row_gap: IntArray
    onto: IntArray
    limit: FloatArray
    told: FloatArray
    base: FloatArray
    order: IntArray


def rank_order(study: Study, blocked: BoolArray) -> IntArray:
    """Racks by rank: live first, blocked on their own last, then state, date, priority, id."""
    racks = study.table("rack")
    step = np.array([STATES.index(s) for s in np.asarray(racks["state"]).tolist()], dtype=np.int64)
    step = np.where(step == STATES.index("leaving"), LIVE, step)
    day = study.arrival.astype("datetime64[D]")
    far = np.datetime64("9999-12-31", "D")
    day = np.where(np.isnat(day), far, day)
    order = np.lexsort((racks.ids, -racks["priority"], day, -step, blocked, step != LIVE))
    return order[study.here[order]]


def live_racks(study: Study) -> BoolArray:
    """(racks,) racks that stand and run already."""
    state = study.table("rack")["state"]
    return np.isin(state, ["live", "leaving"])


def take_by_rank(
    study: Study, budgets: Sequence[Budget], blocked: BoolArray, waived: BoolArray
) -> Admission:
    """Take the racks of a study against all budgets at once.

    Parameters
    ----------
    blocked
        (racks,) racks that fail a gate of their own.
    waived
        (rows,) joint rows that a waiver takes out of the count.
    """
    n = len(study.table("rack"))
    sizes = [len(b.limit) for b in budgets]
    offset = np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)]).astype(np.int64)
    entry_rack, entry_row, value, rack_gap = _entries(budgets, offset, n)
    limit = _joined([b.limit for b in budgets])
    told = limit
    limit = np.where(waived, np.inf, limit)
    onto = _joined(
        [np.where(b.onto >= 0, b.onto + o, -1) for b, o in zip(budgets, offset, strict=False)]
    ).astype(np.int64)
    total = _joined([b.base for b in budgets])
    total = np.where(waived & np.isnan(total), 0.0, total)
    base = total.copy()
    order = rank_order(study, blocked)
    ptr = np.searchsorted(entry_rack, np.arange(n + 1)).astype(np.int64)
    outcome, decides, margin = admit(
        order, live_racks(study), ptr, entry_row, value, limit, total, onto
    )
    nearest, least = _nearest(_room(total, limit, onto), ptr, entry_row)
    margin = np.where((outcome == HELD_BACK) | (nearest < 0), margin, least)
    gaps = [first_gap(b.row_inputs, len(b.limit)) for b in budgets]
    return Admission(
        outcome=outcome, decides=decides, margin=margin, nearest=nearest, offset=offset, ptr=ptr,
        entry_rack=entry_rack, entry_row=entry_row, entry_value=value, rack_gap=rack_gap,
        row_gap=_joined(gaps).astype(np.int64), onto=onto, limit=limit, told=told,
        base=base, order=order,
    )  # fmt: skip


def _joined(parts: Sequence[FloatArray | IntArray]) -> FloatArray:
    return np.concatenate(parts).astype(float) if parts else np.empty(0)


def _room(total: FloatArray, limit: FloatArray, onto: IntArray) -> FloatArray:
    """Margin of each joint row with the racks taken; NaN sorts last."""
    there = total + np.where(onto >= 0, total[np.maximum(onto, 0)], 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        room = np.where(
            limit > 0, (limit - there) / np.abs(limit), np.where(there > limit, -1.0, 0.0)
        )
    return np.where(np.isinf(limit), np.nan, room)


def _nearest(room: FloatArray, ptr: IntArray, row: IntArray) -> tuple[IntArray, FloatArray]:
    """(racks,) joint row with the least room among each rack's, -1 none, and that room."""
    n = len(ptr) - 1
    nearest, least = np.full(n, -1, dtype=np.int64), np.full(n, np.nan)
    has = np.flatnonzero(ptr[1:] > ptr[:-1])
    if len(has):
        of_entry = np.where(np.isnan(room), np.inf, room)[row]
        low = np.minimum.reduceat(of_entry, ptr[has])
        tied = of_entry == np.repeat(low, np.diff(ptr)[has])
        nearest[has] = np.minimum.reduceat(np.where(tied, row, len(room)), ptr[has])
        least[has] = np.where(np.isinf(low), np.nan, low)
    return nearest, least


def _entries(
    budgets: Sequence[Budget], offset: IntArray, racks: int
) -> tuple[IntArray, IntArray, FloatArray, IntArray]:
    """Shares of all budgets, sorted by rack: rack, joint row, value, missing figure."""
    if not budgets:
        none = np.empty(0, dtype=np.int64)
        return none, none, np.empty(0), none
    rack = np.concatenate([b.rack for b in budgets])
    row = np.concatenate([b.row + o for b, o in zip(budgets, offset, strict=False)])
    value = np.concatenate([b.coefficient * b.amount[b.rack] for b in budgets])
    gap = np.concatenate([first_gap(b.rack_inputs, racks)[b.rack] for b in budgets])
    order = np.argsort(rack, kind="stable")
    return rack[order], row[order], value[order], gap[order]


class Fits:
    """Who fits on single rows: shares sorted by row once, then one slice per question."""

    def __init__(self, admission: Admission, live: BoolArray) -> None:
        self._a = admission
        self._live = live
        self._order = np.argsort(admission.entry_row, kind="stable")
        self._value = np.nan_to_num(admission.entry_value)
        self._base = np.nan_to_num(admission.base)
        rows = np.arange(len(admission.limit) + 1)
        self._ptr = np.searchsorted(admission.entry_row[self._order], rows)
        self._rank = np.full(len(admission.outcome), len(admission.outcome), dtype=np.int64)
        self._rank[admission.order] = np.arange(len(admission.order))

    def racks_on(self, row: int) -> IntArray:
        """Racks with a share in a joint row, its healthy row included."""
        return np.unique(self._a.entry_rack[self._slice(row)])

    def _slice(self, row: int) -> IntArray:
        parts = [self._order[self._ptr[row] : self._ptr[row + 1]]]
        healthy = int(self._a.onto[row])
        if healthy >= 0:
            parts.append(self._order[self._ptr[healthy] : self._ptr[healthy + 1]])
        return np.concatenate(parts)

    def who_fits(self, row: int) -> tuple[int, int, IntArray]:
        """Racks on one joint row, how many fit by rank on it alone, and those held back.

        A live rack is never held back: past the limit it counts as one that does not fit, and
        nobody fits after it.
        """
        at = self._slice(row)
        racks, inverse = np.unique(self._a.entry_rack[at], return_inverse=True)
        load = np.bincount(inverse, self._value[at], minlength=len(racks))
        standing = self._rank[racks] < len(self._a.order)
        racks, load = racks[standing], load[standing]
        order = np.argsort(self._rank[racks], kind="stable")
        total = float(self._base[row])
        healthy = int(self._a.onto[row])
        total += float(self._base[healthy]) if healthy >= 0 else 0.0
        edge = float(self._a.told[row]) * (1 + TOLERANCE)
        fit, held = 0, []
        for k in order.tolist():
            fits = total + load[k] <= edge
            fit += fits
            if fits or self._live[racks[k]]:
                total += float(load[k])
            else:
                held.append(int(racks[k]))
        return len(racks), int(fit), np.array(held, dtype=np.int64)
