"""Racks taken by rank: each is taken if every budget still holds with it."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np

from twin.kernels import kernel
from twin.site.table import BoolArray, FloatArray, IntArray

TAKEN, UNKNOWN, HELD_BACK = 0, 1, 2
TOLERANCE = 1e-9

_State: TypeAlias = tuple[FloatArray, BoolArray, FloatArray, IntArray, BoolArray]
"""Per row: its total, whether it is not known; over its cases: the nearest to its limit, by how
much and which, and whether one is not known."""
_Old: TypeAlias = tuple[FloatArray, IntArray, BoolArray]


@kernel
def admit(  # noqa: C901, PLR0912, PLR0913, PLR0917 - compiled: no keywords
    order: IntArray,
    live: BoolArray,
    ptr: IntArray,
    row: IntArray,
    value: FloatArray,
    limit: FloatArray,
    total: FloatArray,
    onto: IntArray,
) -> tuple[IntArray, IntArray, FloatArray]:
    """Take racks in `order`; return each rack's outcome, the row that decides it, and its margin.

    Live racks come first, all together: each of them is told where they overload a row, or where
    it is not known, while no other rack is there. The others follow one by one.

    Parameters
    ----------
    order
        Rack rows, first to be taken first.
    live
        (racks,) racks that stand already: always taken, and told where they overload.
    ptr, row, value
        Entries of each rack: value[k], of either sign, is added to row[k]; NaN is not known.
    limit
        (R,) limit of each row, NaN not known.
    total
        (R,) what stands on each row before the first rack; changed in place. NaN not known.
    onto
        (R,) healthy row whose total is added to a case's row, -1 none.

    Returns
    -------
    outcome, decides
        (racks,) TAKEN, UNKNOWN or HELD_BACK, and the row that is over its limit or not known.
    """
    n, rows = len(live), len(limit)
    outcome = np.zeros(n, np.int64)
    decides = np.full(n, -1, np.int64)
    margin = np.full(n, np.nan)
    taint = np.isnan(total)
    # Whether a case on top of each healthy row is not known, and the one nearest to its limit.
    shadow = np.zeros(rows, np.bool_)
    for q in range(rows):
        if taint[q]:
            total[q] = 0.0
        if onto[q] >= 0 and (np.isnan(limit[q]) or taint[q]):
            shadow[onto[q]] = True
    worst = np.full(rows, -np.inf)
    worst_row = np.full(rows, -1, np.int64)
    case_ptr, cases = _cases_of(onto)
    for h in range(rows):
        _nearest(h, case_ptr, cases, limit, total, worst, worst_row)
    longest = 1
    for r in range(n):
        longest = max(longest, ptr[r + 1] - ptr[r])
    old_f = np.empty((2, longest))
    old_row = np.empty(longest, np.int64)
    old_b = np.empty((2, longest), np.bool_)
    state = (total, taint, worst, worst_row, shadow)
    old = (old_f, old_row, old_b)
    for i in range(len(order)):
        if live[order[i]]:
            a, b = ptr[order[i]], ptr[order[i] + 1]
            _add(a, b, row, value, limit, onto, case_ptr, cases, state, old)
    for turn in range(2):
        for i in range(len(order)):
            r = order[i]
            if live[r] != (turn == 0):
                continue
            a, b = ptr[r], ptr[r + 1]
            if turn == 1:
                _add(a, b, row, value, limit, onto, case_ptr, cases, state, old)
            bad, dim, least = _judge(a, b, row, limit, onto, state)
            if bad >= 0:
                outcome[r] = HELD_BACK
                decides[r] = bad
                margin[r] = least
                if turn == 1:
                    _take_back(a, b, row, onto, state, old)
            elif dim >= 0:
                outcome[r] = UNKNOWN
                decides[r] = dim
    return outcome, decides, margin


@kernel
def _cases_of(onto: IntArray) -> tuple[IntArray, IntArray]:
    """Rows that stand on top of each row: cases[ptr[h]:ptr[h + 1]]."""
    ptr = np.zeros(len(onto) + 1, np.int64)
    for q in range(len(onto)):
        if onto[q] >= 0:
            ptr[onto[q] + 1] += 1
    for h in range(len(onto)):
        ptr[h + 1] += ptr[h]
    cases = np.empty(ptr[len(onto)], np.int64)
    at = ptr[:-1].copy()
    for q in range(len(onto)):
        if onto[q] >= 0:
            cases[at[onto[q]]] = q
            at[onto[q]] += 1
    return ptr, cases


@kernel
def _nearest(
    h: int,
    case_ptr: IntArray,
    cases: IntArray,
    limit: FloatArray,
    total: FloatArray,
    worst: FloatArray,
    worst_row: IntArray,
) -> None:
    """Find the case nearest to its limit on top of row `h` anew."""
    worst[h] = -np.inf
    worst_row[h] = -1
    for j in range(case_ptr[h], case_ptr[h + 1]):
        over = total[cases[j]] - limit[cases[j]] * (1.0 + TOLERANCE)
        if over > worst[h]:
            worst[h] = over
            worst_row[h] = cases[j]


@kernel
def _add(  # noqa: PLR0913, PLR0917 - compiled: no keywords
    a: int,
    b: int,
    row: IntArray,
    value: FloatArray,
    limit: FloatArray,
    onto: IntArray,
    case_ptr: IntArray,
    cases: IntArray,
    state: _State,
    old: _Old,
) -> None:
    """Add the entries a..b of one rack, and keep in `old` what was before each."""
    total, taint, worst, worst_row, shadow = state
    old_f, old_row, old_b = old
    for k in range(a, b):
        q, h = row[k], onto[row[k]]
        old_f[0, k - a] = total[q]
        old_b[0, k - a] = taint[q]
        if h >= 0:
            old_f[1, k - a] = worst[h]
            old_row[k - a] = worst_row[h]
            old_b[1, k - a] = shadow[h]
        if np.isnan(value[k]):
            taint[q] = True
            if h >= 0:
                shadow[h] = True
            continue
        total[q] += value[k]
        if h < 0:
            continue
        over = total[q] - limit[q] * (1.0 + TOLERANCE)
        if over >= worst[h]:
            worst[h] = over
            worst_row[h] = q
        elif worst_row[h] == q:
            _nearest(h, case_ptr, cases, limit, total, worst, worst_row)


@kernel
def _judge(
    a: int, b: int, row: IntArray, limit: FloatArray, onto: IntArray, state: _State
) -> tuple[int, int, float]:
    """Row of the entries a..b that is the most over its limit, one not known, least margin."""
    total, taint, worst, worst_row, shadow = state
    bad, dim, least = -1, -1, np.inf
    for k in range(a, b):
        q, h = row[k], onto[row[k]]
        there = total[q] + (total[h] if h >= 0 else 0.0)
        if not (there <= limit[q] * (1.0 + TOLERANCE)) and not np.isnan(limit[q]):
            m = (limit[q] - there) / max(abs(limit[q]), 1e-12)
            if m < least:
                least = m
                bad = q
        if h < 0 and worst_row[q] >= 0 and worst[q] + total[q] > 0.0:
            m = -(worst[q] + total[q]) / max(abs(limit[worst_row[q]]), 1e-12)
            if m < least:
                least = m
                bad = worst_row[q]
        if np.isnan(limit[q]) or taint[q] or shadow[q] or (h >= 0 and taint[h]):
            dim = q
    return bad, dim, least


@kernel
def _take_back(a: int, b: int, row: IntArray, onto: IntArray, state: _State, old: _Old) -> None:
    """Undo `_add` of the entries a..b, the last first."""
    total, taint, worst, worst_row, shadow = state
    old_f, old_row, old_b = old
    for j in range(b - a):
        k = b - 1 - j
        q, h = row[k], onto[row[k]]
        total[q] = old_f[0, k - a]
        taint[q] = old_b[0, k - a]
        if h >= 0:
            worst[h] = old_f[1, k - a]
            worst_row[h] = old_row[k - a]
            shadow[h] = old_b[1, k - a]


@kernel
def carry(
    ptr: IntArray,
    needs: IntArray,
    order: IntArray,
    state: IntArray,
    margin: FloatArray,
    row: IntArray,
    stands: BoolArray,
) -> None:
    """Carry the worst state, then the least margin, from what is needed to the needy, in place.

    What `stands` and runs, (S,), is at risk where it fails, and in nobody's way.
    """
    for i in range(len(order)):
        s = order[i]
        for k in range(ptr[s], ptr[s + 1]):
            t = needs[k]
            if row[t] < 0 or (stands[t] and state[t] == 2):
                continue
            worse = state[t] > state[s]
            if state[t] == state[s] and (
                margin[t] < margin[s] or (margin[t] == margin[s] and row[t] < row[s])
            ):
                worse = True
            if row[s] < 0:
                worse = True
            if worse:
                state[s] = state[t]
                margin[s] = margin[t]
                row[s] = row[t]


@kernel
def spread(ptr: IntArray, needs: IntArray, order: IntArray, bits: IntArray) -> None:
    """Carry bits from what is needed to the needy, in place; (S, words) int64."""
    for i in range(len(order)):
        s = order[i]
        for k in range(ptr[s], ptr[s + 1]):
            t = needs[k]
            for w in range(bits.shape[1]):
                bits[s, w] |= bits[t, w]


@kernel
def count_above(
    ptr: IntArray, needy: IntArray, subjects: IntArray, first: int, last: int
) -> IntArray:
    """Count, for each subject, those of first .. last that need it, through others too.

    Parameters
    ----------
    ptr, needy
        Who needs each subject, without anything between.
    """
    out = np.zeros(len(subjects), np.int64)
    seen = np.full(len(ptr) - 1, -1, np.int64)
    stack = np.empty(len(ptr) - 1, np.int64)
    for i in range(len(subjects)):
        stack[0] = subjects[i]
        seen[subjects[i]] = i
        count = 1
        while count > 0:
            count -= 1
            s = stack[count]
            if first <= s < last:
                out[i] += 1
            for k in range(ptr[s], ptr[s + 1]):
                if seen[needy[k]] != i:
                    seen[needy[k]] = i
                    stack[count] = needy[k]
                    count += 1
    return out
