"""Friction of pipes: the factor of Darcy-Weisbach over the Reynolds number.

Logarithm and power are our own, of plain arithmetic: whole rows of pipes then go through the
processor at once, and give the same bits alone and beside others.
"""

from __future__ import annotations

import numpy as np

from twin.kernels import kernel
from twin.site.table import FloatArray

LAMINAR, TURBULENT = 2000.0, 4000.0
"""Reynolds numbers up to which flow is laminar, and from which it is turbulent."""
SWAMEE_JAIN, COLEBROOK, HAALAND = 0, 1, 2
_LN2_HIGH, _LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
_LOG10 = 2.302585092994046
_ROOT_HALF, _ONE = 0x3FE6A09E667F3BCD, 0x3FF0000000000000  # the bits of these numbers
_BLOCK = 64
_SHIFT = 6755399441055744.0  # 1.5 * 2^52


@kernel
def log_of(x: float) -> float:
    """Natural logarithm of a normal number above 0: 2 artanh((m - 1) / (m + 1)) and powers of 2.

    Examples
    --------
    >>> round(log_of(10.0), 12)
    2.302585092994
    """
    # The power of two that leaves m between the roots of 1/2 and 2.
    bits = np.float64(x).view(np.int64)
    power = np.int64(bits - _ROOT_HALF) >> 52
    m = np.int64(bits - (power << 52)).view(np.float64)
    s = (m - 1.0) / (m + 1.0)
    z = s * s
    tail = z * (1 / 3 + z * (1 / 5 + z * (1 / 7 + z * (1 / 9 + z * (1 / 11 + z * (
        1 / 13 + z * (1 / 15 + z * (1 / 17))))))))  # fmt: skip
    whole = np.float64(np.int32(power))
    out: float = whole * _LN2_HIGH + (2.0 * (s + s * tail) + whole * _LN2_LOW)
    return out


@kernel
def exp_of(x: float) -> float:
    """Exponential of a number between -700 and 700, by its series and powers of 2.

    Examples
    --------
    >>> round(exp_of(1.0), 12)
    2.718281828459
    """
    # Added to such a number, x / ln 2 is rounded to a whole one, which stands in its last bits.
    shifted = x * 1.4426950408889634 + _SHIFT
    power = shifted - _SHIFT
    r = (x - power * _LN2_HIGH) - power * _LN2_LOW
    y = 1.0 + r * (1 + r * (1 / 2 + r * (1 / 6 + r * (1 / 24 + r * (1 / 120 + r * (1 / 720 + r * (
        1 / 5040 + r * (1 / 40320 + r * (1 / 362880 + r * (1 / 3628800 + r * (
            1 / 39916800 + r * (1 / 479001600))))))))))))  # fmt: skip
    scale = np.int64((np.float64(shifted).view(np.int64) << 52) + _ONE).view(np.float64)
    out: float = y * scale
    return out


@kernel
def swamee_jain(re: float, rough: float) -> tuple[float, float]:
    """Friction factor and d ln f / d ln Re; `rough` is roughness / diameter / 3.7.

    f = 0.25 / log10(rough + 5.74 / Re^0.9)^2 (Swamee and Jain, "Explicit equations for pipe-flow
    problems", J. Hydraulics Div. ASCE 102(5), 1976).

    Examples
    --------
    >>> round(swamee_jain(1e5, 1e-3 / 3.7)[0], 5)
    0.02234
    """
    smooth = 5.74 * exp_of(-0.9 * log_of(re))
    y = rough + smooth
    ln = log_of(y)
    return 0.25 * _LOG10 * _LOG10 / (ln * ln), 1.8 * smooth / (y * ln)


@kernel
def haaland(re: float, rough: float) -> tuple[float, float]:
    """Friction factor and d ln f / d ln Re; `rough` is roughness / diameter / 3.7.

    1 / sqrt(f) = -1.8 log10(rough^1.11 + 6.9 / Re) (Haaland, "Simple and explicit formulas for the
    friction factor in turbulent pipe flow", J. Fluids Engineering 105(1), 1983).

    Examples
    --------
    >>> round(haaland(1e5, 1e-3 / 3.7)[0], 5)
    0.02197
    """
    wall = exp_of(1.11 * log_of(rough)) if rough > 0.0 else 0.0
    y = wall + 6.9 / re
    x = -1.8 / _LOG10 * log_of(y)
    return 1.0 / (x * x), -2.0 / x * (1.8 / _LOG10) * (6.9 / re) / y


@kernel
def colebrook(re: float, rough: float) -> tuple[float, float]:
    """Friction factor and d ln f / d ln Re; `rough` is roughness / diameter / 3.7.

    1 / sqrt(f) = x = -2 log10(rough + 2.51 x / Re) (Colebrook, "Turbulent flow in pipes", J. ICE
    11(4), 1939), by Newton's rounds from Haaland's x; four leave nothing.

    Examples
    --------
    >>> round(colebrook(1e5, 1e-3 / 3.7)[0], 6)
    0.022175
    """
    f, _ = haaland(re, rough)
    x = 1.0 / np.sqrt(f)
    a, c = 2.51 / re, 2.0 / _LOG10
    for _ in range(4):
        y = rough + a * x
        x -= (x + c * log_of(y)) / (1.0 + c * a / y)
    slope = c * a / (rough + a * x)  # of x over ln Re, and how x answers to itself
    return 1.0 / (x * x), -2.0 * slope / (1.0 + slope)


@kernel
def turbulent(law: int, re: float, rough: float) -> tuple[float, float]:
    """Friction factor and d ln f / d ln Re by one of the laws."""
    if law == COLEBROOK:
        return colebrook(re, rough)
    if law == HAALAND:
        return haaland(re, rough)
    return swamee_jain(re, rough)


@kernel
def cubic(law: int, rough: float) -> tuple[float, float, float, float]:
    """Coefficients of f over Re / 2000 between laminar and turbulent flow.

    The cubic meets 64/Re and the turbulent law with value and slope (Dunlop, "WADI users manual",
    1991, as EPANET 2.2 has it).

    Examples
    --------
    >>> a, b, c, d = cubic(0, 1e-3 / 3.7)
    >>> round(a + b + c + d, 6), round(a + 2 * b + 4 * c + 8 * d, 6)
    (0.032, 0.041695)
    >>> round(swamee_jain(4000.0, 1e-3 / 3.7)[0], 6)
    0.041695
    """
    fa, slope = turbulent(law, TURBULENT, rough)
    fb = (2.0 + slope) * fa
    return (
        7.0 * fa - fb,
        0.128 - 17.0 * fa + 2.5 * fb,
        -0.128 + 13.0 * fa - 2.0 * fb,
        0.032 - 3.0 * fa + 0.5 * fb,
    )


@kernel
def pipes(
    law: int,
    q: FloatArray,
    friction: FloatArray,
    local: FloatArray,
    re_of: FloatArray,
    rough: FloatArray,
    bend: FloatArray,
    h: FloatArray,
    g: FloatArray,
) -> None:
    """Write loss and conductance 1/h' of pipes, all columns as long as `friction`.

    Parameters
    ----------
    q
        Flows, m3/s.
    friction, local
        Loss over f q |q|, and over q |q|.
    re_of
        Reynolds number over |q|.
    rough
        Roughness / diameter / 3.7.
    bend
        The four coefficients of `cubic`, one column after the other.
    h, g
        Loss, Pa, and its conductance.
    """
    if law == SWAMEE_JAIN:
        _by_swamee_jain(q, friction, local, re_of, rough, h, g)
    else:
        _by_law(law, q, friction, local, re_of, rough, h, g)
    _below_turbulent(q, friction, local, re_of, bend, h, g)


@kernel
def _by_swamee_jain(
    q: FloatArray,
    friction: FloatArray,
    local: FloatArray,
    re_of: FloatArray,
    rough: FloatArray,
    h: FloatArray,
    g: FloatArray,
) -> None:
    for x in range(len(friction)):
        # `swamee_jain` written out: so long a function would stay a call, one pipe at a time.
        size = abs(q[x])
        smooth = 5.74 * exp_of(-0.9 * log_of(re_of[x] * size))
        y = rough[x] + smooth
        ln = log_of(y)
        rub = friction[x] * (0.25 * _LOG10 * _LOG10 / (ln * ln))
        slope = 1.8 * smooth / (y * ln)
        h[x] = (rub + local[x]) * size * q[x]
        g[x] = 1.0 / ((rub * (2.0 + slope) + 2.0 * local[x]) * size)


@kernel
def _by_law(
    law: int,
    q: FloatArray,
    friction: FloatArray,
    local: FloatArray,
    re_of: FloatArray,
    rough: FloatArray,
    h: FloatArray,
    g: FloatArray,
) -> None:
    for x in range(len(friction)):
        size = abs(q[x])
        if re_of[x] * size < TURBULENT:
            continue
        f, slope = turbulent(law, re_of[x] * size, rough[x])
        rub = friction[x] * f
        h[x] = (rub + local[x]) * size * q[x]
        g[x] = 1.0 / ((rub * (2.0 + slope) + 2.0 * local[x]) * size)


@kernel
def _below_turbulent(
    q: FloatArray,
    friction: FloatArray,
    local: FloatArray,
    re_of: FloatArray,
    bend: FloatArray,
    h: FloatArray,
    g: FloatArray,
) -> None:
    """Write what is laminar, or between laminar and turbulent, over the turbulent law."""
    n = len(friction)
    for first in range(0, n, _BLOCK):
        last = min(first + _BLOCK, n)
        slow = 0
        for x in range(first, last):
            slow += re_of[x] * abs(q[x]) < TURBULENT
        if slow == 0:
            continue  # most pipes are turbulent, and counting is quicker than choosing
        for x in range(first, last):
            size = abs(q[x])
            re = re_of[x] * size
            if re <= LAMINAR:
                still = 64.0 * friction[x] / re_of[x]
                h[x] = (still + local[x] * size) * q[x]
                g[x] = 1.0 / (still + 2.0 * local[x] * size)
            elif re < TURBULENT:
                r = re / LAMINAR
                a, b, c, d = bend[x], bend[n + x], bend[2 * n + x], bend[3 * n + x]
                rub = friction[x] * (a + r * (b + r * (c + r * d)))
                steep = friction[x] * r * (b + r * (2.0 * c + 3.0 * r * d))
                h[x] = (rub + local[x]) * size * q[x]
                g[x] = 1.0 / ((2.0 * rub + steep + 2.0 * local[x]) * size)
