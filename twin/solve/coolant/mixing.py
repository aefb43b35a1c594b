"""Temperatures along a circuit: where flows meet they mix, where heat comes in they warm.

Coolant flows from high pressure to low, so that in the order of falling pressure everything that
flows into a place is known when its turn comes. Units stand apart: what they pump into the circuit
has the temperature that they give.
"""

from __future__ import annotations

import math

import numpy as np

from twin.kernels import kernel
from twin.site.table import BoolArray, FloatArray, IntArray


def mixed(
    fr: IntArray,
    to: IntArray,
    q_m3s: FloatArray,
    p_pa: FloatArray,
    rise_k: FloatArray,
    from_unit: BoolArray,
    unit_c: FloatArray,
) -> FloatArray:
    """Temperature of each node, (L, n) degC; NaN where nothing flows.

    Parameters
    ----------
    fr, to
        (m,) nodes of each link.
    q_m3s, p_pa
        (L, m) flows, (L, n) pressures.
    rise_k
        (L, m) by how much the coolant warms in each link.
    from_unit
        (m,) links in which a unit gives the temperature.
    unit_c
        (L, m) that temperature.

    Examples
    --------
    A unit at 40 degC, two racks in parallel; one warms twice its flow by 6 K, the other by 9 K.

    >>> fr, to = np.array([1, 0, 0]), np.array([0, 1, 1])
    >>> mixed(fr, to, np.array([[3.0, 2.0, 1.0]]), np.array([[9.0, 1.0]]),
    ...     np.array([[0.0, 6.0, 9.0]]), np.array([True, False, False]), np.full((1, 3), 40.0))
    array([[40., 47.]])
    """
    start, touching = _touching(fr, to, p_pa.shape[1])
    out = np.full(p_pa.shape, np.nan)
    order = np.argsort(-p_pa, axis=1, kind="stable")  # what is not known comes last
    _mix(start, touching, fr, to, q_m3s, rise_k, from_unit, unit_c, order, out)
    return out


def _touching(fr: IntArray, to: IntArray, n: int) -> tuple[IntArray, IntArray]:
    """Links at each node: touching[start[i]:start[i + 1]]."""
    ends = np.concatenate([fr, to])
    start = np.concatenate([[0], np.cumsum(np.bincount(ends, minlength=n))]).astype(np.int64)
    return start, (np.argsort(ends, kind="stable") % max(len(fr), 1)).astype(np.int64)


@kernel
def _mix(
    start: IntArray,
    touching: IntArray,
    fr: IntArray,
    to: IntArray,
    q: FloatArray,
    rise: FloatArray,
    from_unit: BoolArray,
    unit_c: FloatArray,
    order: IntArray,
    out: FloatArray,
) -> None:
    lanes, n = out.shape
    for s in range(lanes):
        for k in range(n):
            node = order[s, k]
            flow, warm = 0.0, 0.0
            for t in range(start[node], start[node + 1]):
                link = touching[t]
                size = q[s, link] if to[link] == node else -q[s, link]
                if not size > 0.0:
                    continue
                other = fr[link] if to[link] == node else to[link]
                comes = unit_c[s, link] if from_unit[link] else out[s, other] + rise[s, link]
                if math.isnan(comes):
                    # A trickle between places of one pressure, not of numbers that matter.
                    if size > 1e-9:
                        warm = math.nan
                    continue
                flow += size
                warm += size * comes
            if flow > 0.0:
                out[s, node] = warm / flow
