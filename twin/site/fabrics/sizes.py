"""Sizing rule of folded Clos fabrics."""

from __future__ import annotations


def least_highs(lows: int, up: int, ports: int) -> int | None:
    """Fewest switches above `lows` switches with `up` links upward each; None if none will do.

    The links of each low switch spread evenly, so that the count divides `up`.

    Examples
    --------
    24 leaves of 32 uplinks would fit on 12 spines of 64 ports, but 12 does not divide 32:

    >>> least_highs(24, 32, 64)
    16
    """
    least = -(-lows * up // ports)
    return next((s for s in range(max(least, 1), up + 1) if up % s == 0), None)
