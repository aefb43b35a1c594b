"""Conductors: effective impedance, voltage drop near and exact, and what heat does to both.

Resistance and reactance are those of one conductor to neutral, ohm/km, at the temperature that
their source states (75 degC for wire by NEC sizes, 70 degC for cables by square millimetres).
`resistance_at` moves a resistance to another temperature; reactance does not move. Every function
takes arrays or numbers, NaN in gives NaN out, and lengths are one way.

References: IEEE 141 (drop of a line); UFC 3-520-01 appendix B; NEC chapter 9 table 9, note 2.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from twin.site.table import FloatArray

ALPHA_20 = {"copper": 0.00393, "aluminium": 0.00403}
"""Rise of resistance per kelvin, of the resistance at 20 degC."""


def effective_z(
    r_ohm_per_km: ArrayLike, x_ohm_per_km: ArrayLike, power_factor: ArrayLike
) -> FloatArray:
    """Effective impedance of a lagging load, ohm/km: Z = R cos(phi) + X sin(phi).

    Examples
    --------
    500 kcmil copper in steel conduit at 0.95, in ohm per 1,000 ft (WE-P-007).

    >>> effective_z(0.029, 0.048, 0.95).round(6)
    np.float64(0.042538)
    """
    cos = np.asarray(power_factor, dtype=float)
    return np.asarray(
        np.asarray(r_ohm_per_km) * cos + np.asarray(x_ohm_per_km) * _sin(cos), dtype=float
    )


def drop_three_phase_v(
    current_a: ArrayLike, length_m: ArrayLike, z_ohm_per_km: ArrayLike
) -> FloatArray:
    """Drop between lines of a three-phase run, V: dV = sqrt(3) I L Z. The usual approximation.

    Examples
    --------
    20 A over 200 ft of No. 10 copper, 1.1 ohm per 1,000 ft (WE-P-001); 250 ft of 500 kcmil with
    300 A (WE-P-007).

    >>> drop_three_phase_v(20, 200 * 0.3048, 1.1 / 0.3048).round(2)
    np.float64(7.62)
    >>> drop_three_phase_v(300, 250 * 0.3048, 0.042538 / 0.3048).round(3)
    np.float64(5.526)
    """
    return _drop(np.sqrt(3.0), current_a, length_m, z_ohm_per_km)


def drop_two_wire_v(
    current_a: ArrayLike, length_m: ArrayLike, z_ohm_per_km: ArrayLike
) -> FloatArray:
    """Drop of a single-phase or direct-current run, V: dV = 2 I L Z, there and back.

    For direct current Z is the resistance alone.

    Examples
    --------
    1,250 A at 800 V over 30 m of 0.02 ohm/km: 1 MW with 0.19 % lost on the way.

    >>> drop_two_wire_v(1250, 30, 0.02).round(2)
    np.float64(1.5)
    """
    return _drop(2.0, current_a, length_m, z_ohm_per_km)


def longest_three_phase_m(
    drop_v: ArrayLike, current_a: ArrayLike, z_ohm_per_km: ArrayLike
) -> FloatArray:
    """Length of a three-phase run at which the drop between lines is reached, m.

    Examples
    --------
    14.4 V, 3 % of 480, with 20 A at 1.1 and 1.7 ohm per 1,000 ft; feet (WE-P-003).

    >>> (longest_three_phase_m(14.4, 20, np.array([1.1, 1.7]) / 0.3048) / 0.3048).round(1).tolist()
    [377.9, 244.5]
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        per_metre = _drop(np.sqrt(3.0), current_a, 1.0, z_ohm_per_km)
        return np.asarray(np.asarray(drop_v, dtype=float) / per_metre)


def received_v(
    sent_v: ArrayLike,
    current_a: ArrayLike,
    length_m: ArrayLike,
    r_ohm_per_km: ArrayLike,
    x_ohm_per_km: ArrayLike,
    power_factor: ArrayLike,
) -> FloatArray:
    """Voltage between lines at the far end of a three-phase run, V, exactly.

    Solves ``Vs^2 = (Vr cos + I R)^2 + (Vr sin + I X)^2`` per phase for Vr, the power factor being
    that of the load; NaN where the run cannot carry the current at all.

    Examples
    --------
    480 V, 300 A, 250 ft of 500 kcmil copper in steel conduit at 0.95: 1.1561 % (WE-P-007).

    >>> v = received_v(480, 300, 76.2, 0.029 / 0.3048, 0.048 / 0.3048, 0.95)
    >>> (100 * (1 - v / 480)).round(4)
    np.float64(1.1561)
    """
    cos = np.asarray(power_factor, dtype=float)
    amps = np.asarray(current_a, dtype=float)
    km = np.asarray(length_m, dtype=float) / 1000.0
    ir, ix = amps * km * np.asarray(r_ohm_per_km), amps * km * np.asarray(x_ohm_per_km)
    phase = np.asarray(sent_v, dtype=float) / np.sqrt(3.0)
    along, across = ir * cos + ix * _sin(cos), ix * cos - ir * _sin(cos)
    with np.errstate(invalid="ignore"):
        far = np.sqrt(phase**2 - across**2) - along
        return np.asarray(np.sqrt(3.0) * np.where(far > 0, far, np.nan))


def resistance_at(
    r_ohm_per_km: ArrayLike, stated_at_c: ArrayLike, wanted_at_c: ArrayLike, metal: str
) -> FloatArray:
    """Resistance at another temperature, ohm/km: R2 = R1 (1 + a (T2 - 20)) / (1 + a (T1 - 20)).

    A run that carries little is cooler than its table and drops less: at 75 degC a drop is on the
    safe side for wire that is not hotter than its terminals may be.

    Parameters
    ----------
    r_ohm_per_km, stated_at_c
        As a table gives them.
    wanted_at_c
        Temperature of the conductor, degC.
    metal
        "copper" or "aluminium".

    Examples
    --------
    1.5 mm2 of copper has 12.1 ohm/km at 20 degC and 14.48 at 70 degC (IEC 60228, a maker's table).

    >>> resistance_at(12.1, 20, 70, "copper").round(2)
    np.float64(14.48)
    """
    alpha = ALPHA_20[metal]
    hot = 1.0 + alpha * (np.asarray(wanted_at_c, dtype=float) - 20.0)
    stated = 1.0 + alpha * (np.asarray(stated_at_c, dtype=float) - 20.0)
    return np.asarray(np.asarray(r_ohm_per_km, dtype=float) * hot / stated)


def ambient_factor(ambient_c: ArrayLike, base_c: ArrayLike, hottest_c: ArrayLike) -> FloatArray:
    """Share of a rating that is left at an ambient: sqrt((hottest - T) / (hottest - base)).

    Heat made grows with the square of the current, so what a conductor may rise decides. Cooler
    than the base gains nothing, since the terminals stay as they are; at the hottest temperature
    and above nothing is left. A maker's own table of factors comes before this.

    Parameters
    ----------
    ambient_c
        Around the conductor or the gear, degC.
    base_c, hottest_c
        Ambient at which the rating holds, and the temperature that must not be passed: 40 and 105
        for switchgear (ANSI C37.20.1, as Siemens states it), 30 and 75 for wire (NEC 310.15).

    Examples
    --------
    4,000 A of switchgear at 50 degC carry 3,680 A; wire of 75 degC at 38 degC keeps 0.91.

    >>> ambient_factor(50, 40, 105).round(2), ambient_factor(38, 30, 75).round(2)
    (np.float64(0.92), np.float64(0.91))
    """
    hottest = np.asarray(hottest_c, dtype=float)
    left = (hottest - np.asarray(ambient_c, dtype=float)) / (hottest - np.asarray(base_c))
    return np.asarray(np.sqrt(np.clip(left, 0.0, 1.0)))


def _drop(
    ways: float, current_a: ArrayLike, length_m: ArrayLike, z_ohm_per_km: ArrayLike
) -> FloatArray:
    amps, km = np.asarray(current_a, dtype=float), np.asarray(length_m, dtype=float) / 1000.0
    return np.asarray(ways * amps * km * np.asarray(z_ohm_per_km, dtype=float))


def _sin(cos: FloatArray) -> FloatArray:
    return np.asarray(np.sqrt(np.clip(1.0 - cos**2, 0.0, None)))
