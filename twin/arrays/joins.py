"""Rows of two columns that belong together, pair by pair."""

from __future__ import annotations

import numpy as np

from twin.site.table import IntArray


def each_match(ordered: IntArray, wanted: IntArray) -> tuple[IntArray, IntArray]:
    """Rows of `wanted`, and the places of a sorted column that hold each of them, pair by pair.

    Examples
    --------
    >>> row, at = each_match(np.array([3, 5, 5, 7]), np.array([5, 4, 7]))
    >>> row.tolist(), at.tolist()
    ([0, 0, 2], [1, 2, 3])
    """
    low = np.searchsorted(ordered, wanted, side="left")
    count = np.searchsorted(ordered, wanted, side="right") - low
    within = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
    return np.repeat(np.arange(len(wanted)), count), np.repeat(low, count) + within
