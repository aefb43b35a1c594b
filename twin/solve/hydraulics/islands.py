"""Parts of a network that no path of open links joins to a held pressure."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twin.kernels import kernel
from twin.site.table import FloatArray, IntArray
from twin.solve.hydraulics.elimination import Places

SOLVED, DEAD, FLOATS, STARVED = 0, 1, 2, 3
"""State of a node: joined to a held pressure; cut off and still; cut off with something that
drives a flow around, whose pressures are known but for a constant; cut off with a demand."""
_UNSEEN = 9


@kernel
def mark_islands(
    w: int,
    lane: int,
    free: int,
    fr: Places,
    to: Places,
    start: IntArray,
    touching: IntArray,
    pipes: int,
    lift: FloatArray,
    need: FloatArray,
    open_: FloatArray,
    state: NDArray[np.int8],
    pinned: IntArray,
    pins: int,
) -> int:
    """Search one lane; close links of dead islands, and return how many nodes are pinned by now.

    Pinned are the nodes whose row leaves the matrix: all of dead islands, and one of each island
    that floats, from which its pressures are counted.
    """
    n = len(start) - 1
    queue = np.empty(n, np.int64)
    for k in range(n):
        state[k * w + lane] = _UNSEEN if k < free else SOLVED
    filled = 0
    for k in range(free, n):
        queue[filled] = k
        filled += 1
    _flood(w, lane, 0, filled, queue, SOLVED, fr, to, start, touching, open_, state)
    for k in range(free):
        if state[k * w + lane] != _UNSEEN:
            continue
        queue[0] = k
        state[k * w + lane] = DEAD
        count = _flood(w, lane, 0, 1, queue, DEAD, fr, to, start, touching, open_, state)
        driven, wants = False, False
        for c in range(count):
            at = queue[c]
            wants = wants or need[at * w + lane] != 0.0
            for t in range(start[at], start[at + 1]):
                i = touching[t]
                # Of a curve the column holds its speed, below 0 where it drives nothing.
                driven = driven or (
                    i >= pipes and open_[i * w + lane] > 0.0 and lift[i * w + lane] > 0.0
                )
        mark = STARVED if wants else FLOATS if driven else DEAD
        for c in range(count):
            at = queue[c]
            state[at * w + lane] = mark
            if mark != FLOATS or c == 0:
                pinned[pins] = at * w + lane
                pins += 1
            if mark != FLOATS:
                for t in range(start[at], start[at + 1]):
                    open_[touching[t] * w + lane] = 0.0
    return pins


@kernel
def _flood(
    w: int,
    lane: int,
    done: int,
    filled: int,
    queue: IntArray,
    mark: int,
    fr: Places,
    to: Places,
    start: IntArray,
    touching: IntArray,
    open_: FloatArray,
    state: NDArray[np.int8],
) -> int:
    """Mark all that open links join to the nodes in the queue; return how many there are."""
    while done < filled:
        at = queue[done]
        done += 1
        for t in range(start[at], start[at + 1]):
            i = touching[t]
            if open_[i * w + lane] == 0.0:
                continue
            far = to[i] if fr[i] == at else fr[i]
            if state[far * w + lane] == _UNSEEN:
                state[far * w + lane] = mark
                queue[filled] = far
                filled += 1
    return filled
