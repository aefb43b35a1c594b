"""Whole numbers that divide others."""

from __future__ import annotations

import math
from collections.abc import Callable


def ceil_div(a: int, b: int) -> int:
    """Return a / b rounded up.

    Examples
    --------
    >>> ceil_div(252, 32), ceil_div(256, 32)
    (8, 8)
    """
    return -(-a // b)


def divisors(n: int) -> list[int]:
    """Return all divisors of a positive number, the least first.

    Examples
    --------
    >>> divisors(18)
    [1, 2, 3, 6, 9, 18]
    """
    small = [d for d in range(1, math.isqrt(n) + 1) if n % d == 0]
    return small + [n // d for d in reversed(small) if d * d != n]


def least_divisor(n: int, at_least: int) -> int:
    """Return the least divisor of `n` that is not below `at_least`, which is not above `n`.

    Examples
    --------
    >>> least_divisor(32, 12), least_divisor(18, 5)
    (16, 6)
    """
    return next(d for d in divisors(n) if d >= at_least)


def least_above(lows: int, up: int, ports: int) -> int | None:
    """Return the fewest switches over which `lows` switches spread `up` links each; None if none.

    All links of a switch spread evenly, so that the count divides `up`; each of the switches above
    has `ports` for them.

    Examples
    --------
    24 leaves of 32 uplinks would fit on 12 spines of 64 ports, but 12 does not divide 32:

    >>> least_above(24, 32, 64)
    16
    """
    least = max(ceil_div(lows * up, ports), 1)
    return least_divisor(up, least) if least <= up else None


def least_that(fits: Callable[[int], bool], low: int, most: int) -> int:
    """Return the least number from `low` on that fits where all greater ones do; 0 beyond `most`.

    Examples
    --------
    >>> least_that(lambda n: n >= 37, 2, 100), least_that(lambda n: n >= 2000, 2, 100)
    (37, 0)
    """
    high = low
    while not fits(high):
        low, high = high, 2 * high
        if high > most:
            return 0
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if fits(middle) else (middle, high)
    return high
