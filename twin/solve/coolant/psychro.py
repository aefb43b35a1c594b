"""Moist air and vapour: dew point, vapour pressure, and the air that carries heat away."""

from __future__ import annotations

import numpy as np

from twin.site.table import FloatArray

AIR_KG_M3 = 1.2
AIR_J_KGK = 1005.0


def dew_point_c(dry_bulb_c: FloatArray, relative_humidity_pct: FloatArray) -> FloatArray:
    """Dew point of room air, degC, by the Magnus form with the constants of Alduchov and Eskridge.

    T_d = b g / (a - g) with g = ln(RH / 100) + a T / (b + T), a = 17.625, b = 243.04 degC: within
    0.02 K of the ASHRAE Handbook's saturation pressure between 0 and 50 degC.

    Parameters
    ----------
    dry_bulb_c
        Room air, degC; NaN not known.
    relative_humidity_pct
        Above 0 to 100 %; NaN not known.

    References
    ----------
    Alduchov, Eskridge: Improved Magnus form approximation of saturation vapor pressure, Journal
    of Applied Meteorology 35 (1996). ASHRAE Handbook - Fundamentals (2017), chapter 1.

    Examples
    --------
    >>> dew_point_c(np.array([24.0, 27.0]), np.array([50.0, 60.0])).round(2)
    array([12.94, 18.58])
    """
    share = np.where(relative_humidity_pct > 0, relative_humidity_pct / 100.0, np.nan)
    g = np.log(share) + 17.625 * dry_bulb_c / (243.04 + dry_bulb_c)
    return np.asarray(243.04 * g / (17.625 - g))


def vapour_kpa(t_c: FloatArray) -> FloatArray:
    """Pressure of saturated vapour over water, kPa, by the form of `dew_point_c`.

    Within 0.4 % up to 60 degC. Over a mixture of glycol and water at that temperature it is less.

    References
    ----------
    Alduchov, Eskridge: Improved Magnus form approximation of saturation vapor pressure, Journal
    of Applied Meteorology 35 (1996).

    Examples
    --------
    Steam tables: 4.247 kPa at 30 degC, 12.352 kPa at 50 degC.

    >>> vapour_kpa(np.array([30.0, 50.0])).round(2).tolist()
    [4.24, 12.36]
    """
    return np.asarray(0.61094 * np.exp(17.625 * t_c / (243.04 + t_c)))


def airflow_m3s(heat_kw: FloatArray, rise_k: FloatArray) -> FloatArray:
    """Air that takes sensible heat away at a rise, m3/s: V = Q / (rho cp dT) at 1.2 kg/m3.

    Parameters
    ----------
    heat_kw
        Heat to the air, kW.
    rise_k
        From inlet to outlet, K.

    References
    ----------
    ASHRAE Handbook - Fundamentals (2017), chapter 1 (sensible heat); 1005 J/(kg K).

    Examples
    --------
    >>> airflow_m3s(np.array(20.0), np.array(15.0)).round(4)
    np.float64(1.1056)
    """
    return np.asarray(1000.0 * heat_kw / (AIR_KG_M3 * AIR_J_KGK * rise_k))
