"""Short-circuit currents as upper bounds: what transformers feed from a grid without limit.

With an infinite bus behind them, transformers pass no more than their impedance lets through. The
real grid, cables and busways only lower that, so such a figure may pass a rating: where even the
upper bound is within the rating, the gear is safe. It may never fail one: gear whose rating lies
below the bound needs a study, and is unknown until then. What running motors, generators in
parallel and inverters add is not in it; they are further sources, to be added by `together_ka`.

Reference: Inflection Point Engineering, transformer sizing (Isc = FLA / Zpu).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from twin.site.table import FloatArray


def full_load_a(rating_kva: ArrayLike, voltage_v: ArrayLike) -> FloatArray:
    """Rated line current of a three-phase transformer, A: I = S / (sqrt(3) V).

    Examples
    --------
    3,000 kVA at 480 and 415 V (WE-P-040).

    >>> full_load_a(3000, np.array([480.0, 415.0])).round(1).tolist()
    [3608.4, 4173.6]
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        volts = np.asarray(voltage_v, dtype=float)
        return np.asarray(1000.0 * np.asarray(rating_kva) / (np.sqrt(3.0) * volts))


def infinite_bus_ka(
    rating_kva: ArrayLike,
    voltage_v: ArrayLike,
    z_pct: ArrayLike,
    tolerance_pct: ArrayLike = 0.0,
) -> FloatArray:
    """Greatest three-phase short-circuit current at a transformer's terminals, kA.

    An upper bound: it may pass a rating, never fail it.

    Parameters
    ----------
    rating_kva, voltage_v, z_pct
        Of the transformer; the rating is the one on which its impedance is based, without fans.
    tolerance_pct
        By how much the built impedance may be less than `z_pct`, % of it; 0 once it is measured.

    Examples
    --------
    3,000 kVA of 5.75 % at 480 and 415 V (WE-P-040), and at 480 V if it is built 7.5 % low.

    >>> infinite_bus_ka(3000, np.array([480.0, 415.0]), 5.75).round(2).tolist()
    [62.76, 72.58]
    >>> infinite_bus_ka(3000, 480.0, 5.75, 7.5).round(2)
    np.float64(67.84)
    """
    short = 1.0 - np.asarray(tolerance_pct, dtype=float) / 100.0
    least = np.asarray(z_pct, dtype=float) / 100.0 * short
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(full_load_a(rating_kva, voltage_v) / least / 1000.0)


def together_ka(each_ka: ArrayLike, axis: int = -1) -> FloatArray:
    """Short-circuit current of sources on one bus, kA: their sum, which no phase angle exceeds.

    Sources in parallel count only while the ties between them are closed. One that is not known
    makes the sum not known.

    Examples
    --------
    Two transformers of 2,000 kVA and 6 % on one board of 415 V.

    >>> together_ka(infinite_bus_ka(np.array([2000.0, 2000.0]), 415.0, 6.0)).round(1)
    np.float64(92.7)
    """
    return np.asarray(np.sum(np.asarray(each_ka, dtype=float), axis=axis))


def after_run_ka(
    at_ka: ArrayLike,
    voltage_v: ArrayLike,
    length_m: ArrayLike,
    r_ohm_per_km: ArrayLike,
    x_ohm_per_km: ArrayLike,
) -> FloatArray:
    """Greatest short-circuit current at the far end of a run, kA.

    The angle of what lies before the run is not known, but neither it nor the run's leaves the
    first quadrant, so that ``|Za + Zb|`` is at least ``sqrt(|Za|^2 + |Zb|^2)``: an upper bound
    again, to which the resistance is to be given cold.

    Examples
    --------
    62.76 kA at 480 V, then 30 m of a busway of 0.0755 and 0.0394 ohm/km.

    >>> after_run_ka(62.76, 480.0, 30.0, 0.0755, 0.0394).round(2)
    np.float64(54.32)
    """
    km, volts = np.asarray(length_m, dtype=float) / 1000.0, np.asarray(voltage_v, dtype=float)
    run = km * np.hypot(np.asarray(r_ohm_per_km), np.asarray(x_ohm_per_km))
    with np.errstate(divide="ignore", invalid="ignore"):
        before = volts / (np.sqrt(3.0) * 1000.0 * np.asarray(at_ka, dtype=float))
        return np.asarray(volts / (np.sqrt(3.0) * 1000.0 * np.hypot(before, run)))
