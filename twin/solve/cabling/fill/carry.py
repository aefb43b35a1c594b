"""What a tray carries: cables' mass per metre against its load rating on the span that it has."""

from __future__ import annotations

import numpy as np

from twin.site.table import FloatArray, IntArray


def loads_kg_m(way: IntArray, mass_kg_m: FloatArray, count: FloatArray, size: int) -> FloatArray:
    """(size,) mass per metre on each way; NaN where that of a cable is not known.

    Examples
    --------
    >>> loads_kg_m(np.array([0, 0]), np.array([0.053, 0.03]), np.array([100.0, 200.0]), 1).tolist()
    [11.3]
    """
    return np.bincount(way, count * mass_kg_m, minlength=size).astype(float)


def allowed_kg_m(
    rating_kg_m: FloatArray,
    rated_span_m: FloatArray,
    span_m: FloatArray,
    safety: tuple[float, float] = (1.5, 1.5),
) -> FloatArray:
    """(W,) load that a tray carries on its own span.

    The greatest bending moment of a beam under an even load is w L^2 / 8, so that the load falls
    with the square of the span. On a shorter span the rating stays: what else may fail there is
    not published. The law is a judgement for trays, whose makers test each span.

    Parameters
    ----------
    rating_kg_m, rated_span_m
        (W,) published load, and the span at which it holds.
    span_m
        (W,) distance of the supports.
    safety
        Safety factor that the rating holds, and that which is asked for: NEMA VE 1 rates at 1.5;
        at 2.0 three quarters are left.

    Examples
    --------
    A rating of 65.5 kg/m on 2.438 m is 43.3 kg/m on 3 m, and 65.5 on 2 m:

    >>> rating, rated = np.full(2, 65.5), np.full(2, 2.438)
    >>> allowed_kg_m(rating, rated, np.array([3.0, 2.0])).round(1).tolist()
    [43.3, 65.5]
    >>> allowed_kg_m(rating, rated, np.array([2.0, 2.0]), (1.5, 2.0)).round(1).tolist()
    [49.1, 49.1]
    """
    held, asked = safety
    return rating_kg_m * np.minimum(1.0, (rated_span_m / span_m) ** 2) * (held / asked)
