"""When sweeps have come far enough, and when they lead nowhere."""

from __future__ import annotations

import numpy as np

from twin.kernels import kernel
from twin.site.table import FloatArray

TOLERANCE_PU = 5e-11
"""A stem is solved when no voltage is farther than this from where it is going."""
MOST_SWEEPS = 1000
"""More than these take only loads within a part in ten thousand of voltage collapse."""
_ROUNDING = 1e-14
_WINDOW = 25
_SHRINKS = 0.7
BEFORE, RATIO, LEFT, MARK = 0, 1, 2, 3


@kernel
def fresh_track() -> FloatArray:
    """Return what `look` keeps in mind of a stem: last move, last ratio, distance, marked move."""
    return np.array([np.inf, 1.0, np.inf, np.inf])


@kernel
def look(track: FloatArray, move: float, count: int, tolerance: float) -> int:
    """Judge a sweep by its largest move of a voltage: 1 there, 0 go on, -1 leads nowhere.

    Moves shrink like a geometric series: after a move d, at a ratio r to the one before, d r /
    (1 - r) is left to go. The larger of two ratios counts, for the first may flatter. Moves that
    have not shrunk to 0.7 in 25 sweeps would need more than `MOST_SWEEPS`: the load is more than
    the network can carry, or all but.

    Examples
    --------
    >>> track = fresh_track()
    >>> [look(track, move, count, 5e-11) for count, move in enumerate((1e-2, 1e-4, 1e-12), 1)]
    [0, 0, 1]
    """
    latest = move / track[BEFORE] if track[BEFORE] < np.inf else 1.0
    slowest = max(latest, track[RATIO]) if count > 2 else latest
    track[LEFT] = move * slowest / (1.0 - slowest) if slowest < 1.0 else np.inf
    track[BEFORE], track[RATIO] = move, latest
    if track[LEFT] <= tolerance or move <= _ROUNDING:
        track[LEFT] = min(track[LEFT], move)
        return 1
    if not np.isfinite(move):
        track[LEFT] = np.inf
        return -1
    if count % _WINDOW == 0:
        if move > _SHRINKS * track[MARK]:
            track[LEFT] = move  # there is no series to add up
            return -1
        track[MARK] = move
    return 0
