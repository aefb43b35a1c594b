"""Air that racks breathe: recirculation in a zone, and published indices of measured inlets."""

from __future__ import annotations

import numpy as np

from twin.site.table import FloatArray


def recirculated_c(supply_c: FloatArray, rise_k: FloatArray, share: FloatArray) -> FloatArray:
    """Inlet temperature of a zone that draws a share of its own exhaust, degC.

    T_in = (1 - r) T_s + r (T_in + dT), so T_in = T_s + r dT / (1 - r): mixing by mass at one
    specific heat. A share of 1 and above has no balance (NaN).

    Examples
    --------
    22 degC supply and a rise of 12 K (WE-C-072).

    >>> recirculated_c(22.0, 12.0, np.array([0.0, 0.1, 0.3, 1.0])).round(3).tolist()
    [22.0, 23.333, 27.143, nan]
    """
    r = np.where((share >= 0) & (share < 1), share, np.nan)
    return np.asarray(supply_c + r * rise_k / (1.0 - r))


def rack_cooling_index(
    inlet_c: FloatArray, recommended_c: tuple[float, float], allowed_c: tuple[float, float]
) -> tuple[FloatArray, FloatArray]:
    """RCI_HI and RCI_LO of measured inlets along the last axis, %; 100 is best.

    100 (1 - sum of what lies beyond the recommended band / (width to the allowed band x n)).

    References
    ----------
    Herrlin: Rack cooling effectiveness in data centers and telecom central offices: the Rack
    Cooling Index, ASHRAE Transactions 111-2 (2005).

    Examples
    --------
    Six inlets against class A1 (WE-C-073).

    >>> six = np.array([21.0, 23, 25, 27, 29, 31])
    >>> [v.item() for v in rack_cooling_index(six, (18.0, 27.0), (15.0, 32.0))]
    [80.0, 100.0]
    """
    t = np.asarray(inlet_c, dtype=float)
    over = np.where(t > recommended_c[1], t - recommended_c[1], t * 0.0).mean(axis=-1)
    under = np.where(t < recommended_c[0], recommended_c[0] - t, t * 0.0).mean(axis=-1)
    high = 100.0 * (1.0 - over / (allowed_c[1] - recommended_c[1]))
    low = 100.0 * (1.0 - under / (recommended_c[0] - allowed_c[0]))
    return np.asarray(high), np.asarray(low)


def supply_heat_index(
    inlet_c: FloatArray, outlet_c: FloatArray, reference_c: FloatArray | float
) -> tuple[FloatArray, FloatArray]:
    """SHI and RHI of measured racks along the last axis; equal flows and specific heats.

    SHI = sum(T_in - T_ref) / sum(T_out - T_ref); RHI = 1 - SHI.

    References
    ----------
    Sharma, Bash, Patel: Dimensionless parameters for evaluation of thermal design and performance
    of large-scale data centers, AIAA-2002-3091.

    Examples
    --------
    Three racks on 20 degC supply (WE-C-075).

    >>> racks = np.array([21.0, 22, 24]), np.array([34.0, 35, 38])
    >>> [v.round(5).item() for v in supply_heat_index(*racks, 20.0)]
    [0.14894, 0.85106]
    """
    gained = np.sum(np.asarray(inlet_c) - reference_c, axis=-1)
    whole = np.sum(np.asarray(outlet_c) - reference_c, axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        shi = gained / whole
    return np.asarray(shi), np.asarray(1.0 - shi)
