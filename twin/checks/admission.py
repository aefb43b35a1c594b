"""Racks taken by rank: each is taken if every budget still holds with it."""

from __future__ import annotations

import numpy as np

from twin.kernels import kernel
from twin.site.table import BoolArray, FloatArray, IntArray

TAKEN, UNKNOWN, HELD_BACK = 0, 1, 2
TOLERANCE = 1e-9


@kernel
def admit(  # noqa: C901, PLR0912, PLR0913, PLR0915, PLR0917 - one pass; compiled: no keywords
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

    Parameters
    ----------
    order
        Rack rows, first to be taken first.
    live
        (racks,) racks that stand already: always taken, and told where they overload.
    ptr, row, value
        Entries of each rack: value[k] is added to row[k]; NaN is not known.
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
    for q in range(rows):
        if taint[q]:
            total[q] = 0.0
    # The case nearest to its limit on top of each healthy row, and whether one is not known.
    worst = np.full(rows, -np.inf)
    worst_row = np.full(rows, -1, np.int64)
    shadow = np.zeros(rows, np.bool_)
    for q in range(rows):
        h = onto[q]
        if h >= 0:
            over = total[q] - limit[q] * (1.0 + TOLERANCE)
            if over > worst[h]:
                worst[h] = over
                worst_row[h] = q
            if np.isnan(limit[q]) or taint[q]:
                shadow[h] = True
    longest = 1
    for r in range(n):
        longest = max(longest, ptr[r + 1] - ptr[r])
    old_worst = np.empty(longest)
    old_row = np.empty(longest, np.int64)
    old_taint = np.empty(longest, np.bool_)
    old_shadow = np.empty(longest, np.bool_)
    for i in range(len(order)):
        r = order[i]
        a, b = ptr[r], ptr[r + 1]
        for k in range(a, b):
            q = row[k]
            h = onto[q]
            old_taint[k - a] = taint[q]
            old_shadow[k - a] = shadow[h] if h >= 0 else False
            old_worst[k - a] = worst[h] if h >= 0 else 0.0
            old_row[k - a] = worst_row[h] if h >= 0 else -1
            if np.isnan(value[k]):
                taint[q] = True
                if h >= 0:
                    shadow[h] = True
            else:
                total[q] += value[k]
                if h >= 0:
                    over = total[q] - limit[q] * (1.0 + TOLERANCE)
                    if over > worst[h]:
                        worst[h] = over
                        worst_row[h] = q
        bad = -1
        least = np.inf
        dim = -1
        for k in range(a, b):
            q = row[k]
            h = onto[q]
            there = total[q] + (total[h] if h >= 0 else 0.0)
            candidate = q
            if not (there <= limit[q] * (1.0 + TOLERANCE)) and not np.isnan(limit[q]):
                m = (limit[q] - there) / max(abs(limit[q]), 1e-12)
                if m < least:
                    least = m
                    bad = candidate
            if h < 0 and worst_row[q] >= 0 and worst[q] + total[q] > 0.0:
                candidate = worst_row[q]
                m = -(worst[q] + total[q]) / max(abs(limit[candidate]), 1e-12)
                if m < least:
                    least = m
                    bad = candidate
            if np.isnan(limit[q]) or taint[q] or shadow[q] or (h >= 0 and taint[h]):
                dim = q
        if bad >= 0:
            outcome[r] = HELD_BACK
            decides[r] = bad
            margin[r] = least
            if not live[r]:
                for j in range(b - a):
                    k = b - 1 - j
                    q = row[k]
                    h = onto[q]
                    if not np.isnan(value[k]):
                        total[q] -= value[k]
                    taint[q] = old_taint[k - a]
                    if h >= 0:
                        shadow[h] = old_shadow[k - a]
                        worst[h] = old_worst[k - a]
                        worst_row[h] = old_row[k - a]
        elif dim >= 0:
            outcome[r] = UNKNOWN
            decides[r] = dim
    return outcome, decides, margin


@kernel
def carry(
    ptr: IntArray,
    needs: IntArray,
    order: IntArray,
    state: IntArray,
    margin: FloatArray,
    row: IntArray,
) -> None:
    """Carry the worst state, then the least margin, from what is needed to the needy, in place."""
    for i in range(len(order)):
        s = order[i]
        for k in range(ptr[s], ptr[s + 1]):
            t = needs[k]
            if row[t] < 0:
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
