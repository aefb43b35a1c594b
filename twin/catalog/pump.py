"""What makes a table of flow and head no curve that a pump can run on."""

from __future__ import annotations

import math
from collections.abc import Sequence


def least_flow(flow: Sequence[float], head: Sequence[float], stated: float = math.nan) -> float:
    """Return the least flow: the stated one, or without it the flow at the curve's peak.

    Examples
    --------
    >>> least_flow([0, 300, 600], [476, 483, 447]), least_flow([0, 300], [476, 470], 100)
    (300, 100)
    """
    if not math.isnan(stated):
        return stated
    return max(zip(head, flow, strict=True))[1]


def rise_beyond(flow: Sequence[float], head: Sequence[float], stated: float = math.nan) -> str:
    """Return what is wrong with a pump's curve beyond its least flow, or nothing.

    There the head must fall or stay: two flows at one head are no state that a pump holds.

    Examples
    --------
    >>> rise_beyond([0, 300, 600], [476, 483, 447])
    ''
    >>> rise_beyond([0, 300, 600], [476, 483, 447], 100)
    'the head rises from 476 to 483 kPa at 300 L/min, beyond the least flow of 100 L/min'
    >>> rise_beyond([0, 300], [476, 483])
    'the curve ends at 300 L/min, before the head falls'
    """
    least = least_flow(flow, head, stated)
    for at in range(1, len(flow)):
        if head[at] > head[at - 1] and flow[at] > least:
            return (
                f"the head rises from {head[at - 1]:g} to {head[at]:g} kPa at {flow[at]:g} L/min, "
                f"beyond the least flow of {least:g} L/min"
            )
    if least >= flow[-1]:
        return f"the curve ends at {flow[-1]:g} L/min, before the head falls"
    return ""
