"""What valves, couplings and fittings take: Kv, loss coefficients, equivalent lengths; velocity.

Friction of pipes is in `twin.solve.hydraulics`.

References
----------
IEC 60534-2-1 (Kv, for turbulent flow of liquids); Crane Technical Paper 410 (resistance of
fittings as multiples of the fully turbulent friction factor).
"""

from __future__ import annotations

import numpy as np

from twin.site.table import FloatArray

CV_OF_KV = 1.156
"""US gallons per minute at 1 psi for one cubic metre per hour at 1 bar (IEC 60534-1)."""

CLEAN_STEEL_M = 0.0000457
"""Roughness of the clean commercial steel for which Crane states its multiples, m."""


def velocity_m_s(flow_lpm: FloatArray, inner_d_m: FloatArray | float) -> FloatArray:
    """Mean velocity in a round pipe, m/s: V / A.

    Examples
    --------
    1,211 L/min in NPS 4 schedule 40 (WE-C-012).

    >>> velocity_m_s(np.array(1211.0), 0.10226).round(3)
    np.float64(2.457)
    """
    return np.asarray(flow_lpm / 60000.0 / (np.pi / 4.0 * np.square(inner_d_m)))


def kv_drop_kpa(
    flow_lpm: FloatArray, kv_m3h: FloatArray | float, rho: FloatArray | float
) -> FloatArray:
    """Pressure lost in a valve of known Kv, kPa: dp = rho / 1000 (q / Kv)^2 bar, q in m3/h.

    Examples
    --------
    10 m3/h of water through a strainer of Kvs 126 m3/h: 0.63 kPa.

    >>> kv_drop_kpa(np.array(10000 / 60), 126.0, 1000.0).round(3)
    np.float64(0.63)
    """
    return np.asarray(100.0 * rho / 1000.0 * np.square(0.06 * flow_lpm / kv_m3h))


def kv_in_series(kv_m3h: FloatArray) -> FloatArray:
    """Kv of parts in series along the last axis, m3/h: 1 / Kv^2 adds up.

    Examples
    --------
    >>> kv_in_series(np.array([[3.0, 4.0], [1.0, np.inf]])).round(9).tolist()
    [2.4, 1.0]
    """
    return np.asarray(np.sum(np.asarray(kv_m3h, dtype=float) ** -2.0, axis=-1) ** -0.5)


def loss_of_kv(kv_m3h: FloatArray | float, inner_d_m: FloatArray | float) -> FloatArray:
    """Loss coefficient K on the velocity in a bore that takes the same as a Kv.

    K rho v^2 / 2 = rho / 1000 (q / Kv)^2 x 1e5 Pa gives K = 200 (3600 A / Kv)^2.

    Examples
    --------
    Kv 100 m3/h in 100 mm; makers write 0.0016 D^4 / Kv^2 with D in mm.

    >>> loss_of_kv(100.0, 0.1).round(2)
    np.float64(15.99)
    """
    area = np.pi / 4.0 * np.square(inner_d_m)
    return np.asarray(200.0 * np.square(3600.0 * area / kv_m3h))


def loss_of_length(l_over_d: FloatArray | float, inner_d_m: FloatArray | float) -> FloatArray:
    """Loss coefficient K of a fitting from its equivalent length in diameters: K = (L / D) f_T.

    f_T is the fully turbulent friction factor of clean commercial steel of that bore, by
    Karman's and Nikuradse's law, whatever the pipe is made of.

    Examples
    --------
    An elbow of 14 diameters in NPS 4: f_T is 0.0163 (Crane's table prints 0.017 or 0.016 by
    edition).

    >>> loss_of_length(14.0, 0.10226).round(3)
    np.float64(0.228)
    """
    turbulent = 0.25 / np.square(np.log10(CLEAN_STEEL_M / (3.7 * np.asarray(inner_d_m))))
    return np.asarray(l_over_d * turbulent)
