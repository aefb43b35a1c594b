"""A heat exchanger: effectiveness by transfer units, its UA from a rated point, its outlets.

`hot` is the side that gives heat (a CDU's technology coolant), `cold` the one that takes it
(facility water). Capacity rates C are `fluids.capacity_kw_k`. All functions work on arrays that
broadcast against each other; NaN in is NaN out.

References
----------
Kays, London: Compact Heat Exchangers, 3rd ed. (1984), chapter 2. Incropera, DeWitt, Bergman,
Lavine: Fundamentals of Heat and Mass Transfer, 7th ed. (2011), table 11.3 and 11.4.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from twin.kernels import kernel
from twin.site.table import FloatArray
from twin.solve.coolant.fluids import Properties

TURBULENT = 0.8
"""Exponent of a film's conductance over its flow where nobody says another: Dittus-Boelter for
turbulent flow, and what LBNL's Buildings library takes for plate exchangers."""


_TERMS = 60


class Exchanger(NamedTuple):
    """Exchangers as rated; all of one shape.

    Parameters
    ----------
    ua_kw_k
        Conductance at the rated flows, kW/K; NaN where the rating lacks something.
    hot_lpm, cold_lpm
        Rated flows, L/min.
    hot_share
        Share of the hot film in the whole resistance at the rated flows; the wall counts to the
        films. 0.5 where both sides are alike; see `hot_film_share`.
    exponent
        Of each film's conductance over its flow.
    """

    ua_kw_k: FloatArray
    hot_lpm: FloatArray
    cold_lpm: FloatArray
    hot_share: FloatArray | float = 0.5
    exponent: FloatArray | float = TURBULENT


class Outlets(NamedTuple):
    """What an exchanger does: heat, kW, and both outlet temperatures, degC."""

    heat_kw: FloatArray
    hot_out_c: FloatArray
    cold_out_c: FloatArray


@kernel
def effectiveness(ntu: float, cr: float) -> float:
    """Return the effectiveness in counterflow of one exchanger; see `counterflow`."""
    gap = 1.0 - cr
    phi = ntu if gap == 0.0 else -math.expm1(-ntu * gap) / gap
    return phi / (phi + math.exp(-ntu * gap))


@kernel
def conductance(ua: float, hot_share: float, exponent: float, hot: float, cold: float) -> float:
    """Return the conductance of one exchanger at shares of its rated flows; see `ua_at`."""
    resistance: float = hot_share * hot**-exponent + (1.0 - hot_share) * cold**-exponent
    return ua / resistance


@kernel
def carried(ua: float, hot: float, cold: float) -> float:
    """Return the heat of one exchanger for each kelvin, kW/K; see `exchanged_kw_k`."""
    if math.isnan(hot) or math.isnan(cold):
        return math.nan
    least, most = min(hot, cold), max(hot, cold)
    if least == 0.0:
        return 0.0
    return effectiveness(ua / least, least / most) * least


def counterflow(ntu: FloatArray, cr: FloatArray) -> FloatArray:
    """Effectiveness in counterflow, from the number of transfer units and Cmin / Cmax.

    (1 - exp(-N(1-Cr))) / (1 - Cr exp(-N(1-Cr))); N / (1+N) at Cr = 1 and 1 - exp(-N) at Cr = 0,
    both approached without loss of digits.

    Examples
    --------
    WE-C-023; and the two limits.

    >>> counterflow(np.array([5.0, 5.0, 5.0]), np.array([0.7, 1.0, 0.0])).round(9).tolist()
    [0.920670369, 0.833333333, 0.993262053]
    """
    shape, (n, c) = flat(ntu, cr)
    out = np.empty(n.size)
    _each_effectiveness(n, c, out)
    return out.reshape(shape)


def parallel(ntu: FloatArray, cr: FloatArray) -> FloatArray:
    """Effectiveness in parallel flow: (1 - exp(-N(1+Cr))) / (1 + Cr).

    Examples
    --------
    >>> parallel(np.array(5.0), np.array(0.7)).round(9)
    np.float64(0.588115607)
    """
    return np.asarray(-np.expm1(-ntu * (1.0 + cr)) / (1.0 + cr))


def crossflow(ntu: FloatArray, cr: FloatArray) -> FloatArray:
    """Effectiveness in crossflow, both fluids unmixed; the exact series in Bessel functions I_n.

    1 - exp(-(1+Cr) N) (I_0 + sqrt(Cr) I_1 - (1-Cr)/Cr sum over n >= 2 of Cr^(n/2) I_n), all of
    2 N sqrt(Cr).

    References
    ----------
    Baclic: A simplified formula for cross-flow heat exchanger effectiveness, ASME Journal of Heat
    Transfer 100 (1978).

    Examples
    --------
    WE-C-023; and the limit at Cr = 0.

    >>> crossflow(np.array([5.0, 5.0]), np.array([0.7, 0.0])).round(9).tolist()
    [0.84448218, 0.993262053]
    """
    from scipy.special import ive

    root, one = np.sqrt(cr), np.ones_like(ntu * cr)
    order = np.arange(_TERMS).reshape(-1, *(1,) * one.ndim)
    bessel = ive(order, 2.0 * ntu * root)
    tail = np.sum(root ** (order[2:] - 2) * bessel[2:], axis=0)
    # `ive` carries exp(-2 N sqrt(Cr)), which leaves exp(-N (1 - sqrt(Cr))^2).
    series = bessel[0] + root * bessel[1] - (1.0 - cr) * tail
    return np.asarray(1.0 - np.exp(-ntu * np.square(1.0 - root)) * series)


def transfer_units(effectiveness: FloatArray, cr: FloatArray) -> FloatArray:
    """Transfer units in counterflow that an effectiveness takes; NaN at 1 and above, where none do.

    Examples
    --------
    WE-C-020.

    >>> transfer_units(np.array([0.71325, 1.0]), np.array([0.96883, 0.5])).round(3).tolist()
    [2.396, nan]
    """
    short = np.where(effectiveness < 1.0, 1.0 - effectiveness, np.nan)
    gap = 1.0 - cr
    return _ratio(np.log1p(effectiveness * gap / short), gap, effectiveness / short)


def ua_from_rated_point(
    heat_kw: FloatArray, approach_k: FloatArray, hot_kw_k: FloatArray, cold_kw_k: FloatArray
) -> FloatArray:
    """Conductance of a counterflow exchanger from its rated point, kW/K; NaN if anything lacks.

    Parameters
    ----------
    heat_kw, approach_k
        Rated heat, and hot outlet less cold inlet, K.
    hot_kw_k, cold_kw_k
        Capacity rates of the rated flows of the rated fluids, kW/K.

    Examples
    --------
    1,300 kW at 4 K with 1,950 L/min of PG25 and of water (WE-C-020).

    >>> ua = ua_from_rated_point(1300.0, 4.0, np.array(130.666), np.array(134.87))
    >>> ua.round(1)
    np.float64(313.0)
    """
    least, most = np.minimum(hot_kw_k, cold_kw_k), np.maximum(hot_kw_k, cold_kw_k)
    with np.errstate(divide="ignore", invalid="ignore"):
        inlets_k = approach_k + heat_kw / hot_kw_k
        return np.asarray(
            least * transfer_units(heat_kw / (least * inlets_k), np.asarray(least / most))
        )


def hot_film_share(
    hot: Properties,
    cold: Properties,
    hot_kg_s: FloatArray,
    cold_kg_s: FloatArray,
    exponent: float = TURBULENT,
) -> FloatArray:
    """Share of the hot film in the resistance, for the same channels on both sides.

    A film's conductance goes with k (m / mu)^n Pr^(1/3) (LBNL's Buildings library, plate
    exchangers); wall and fouling are left out.

    Examples
    --------
    PG25 against water at equal mass flows: the glycol side has the larger resistance.

    >>> pg25 = Properties(*(np.array(v) for v in (1013.4, 1.3e-3, 3967.2, 0.4887)))
    >>> water = Properties(*(np.array(v) for v in (993.0, 0.68e-3, 4178.8, 0.626)))
    >>> hot_film_share(pg25, water, np.array(30.0), np.array(30.0)).round(3)
    np.float64(0.619)
    """
    films = []
    for side, flow in ((hot, hot_kg_s), (cold, cold_kg_s)):
        prandtl = side.mu_pa_s * side.cp_j_kgk / side.k_w_mk
        films.append(side.k_w_mk * (flow / side.mu_pa_s) ** exponent * prandtl ** (1.0 / 3.0))
    return np.asarray(films[1] / (films[0] + films[1]))


def ua_at(unit: Exchanger, hot_lpm: FloatArray, cold_lpm: FloatArray) -> FloatArray:
    """Conductance at other flows, kW/K: each film's resistance goes with its flow to the -n.

    Examples
    --------
    Half the facility flow: 0.5 + 0.5 x 2^0.8 = 1.3706 times the resistance.

    >>> unit = Exchanger(np.array(313.0), np.array(1950.0), np.array(1950.0))
    >>> [ua_at(unit, np.array(1950.0), np.array(q)).round(2).item() for q in (1950.0, 975.0, 0.0)]
    [313.0, 228.38, 0.0]
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        hot, cold = hot_lpm / unit.hot_lpm, cold_lpm / unit.cold_lpm
    shape, (ua, share, n, h, c) = flat(unit.ua_kw_k, unit.hot_share, unit.exponent, hot, cold)
    out = np.empty(ua.size)
    _each_conductance(ua, share, n, h, c, out)
    return out.reshape(shape)


def exchanged_kw_k(ua_kw_k: FloatArray, hot_kw_k: FloatArray, cold_kw_k: FloatArray) -> FloatArray:
    """Heat in counterflow for each kelvin between the inlets, kW/K: eff Cmin; 0 without a flow.

    Examples
    --------
    >>> facility = np.array([134.87, 0.0])
    >>> exchanged_kw_k(np.array(313.0), np.array(130.666), facility).round(2).tolist()
    [93.19, 0.0]
    """
    shape, (ua, hot, cold) = flat(ua_kw_k, hot_kw_k, cold_kw_k)
    out = np.empty(ua.size)
    _each_carried(ua, hot, cold, out)
    return out.reshape(shape)


def outlets(
    ua_kw_k: FloatArray,
    hot_kw_k: FloatArray,
    cold_kw_k: FloatArray,
    hot_in_c: FloatArray,
    cold_in_c: FloatArray,
) -> Outlets:
    """Heat and outlet temperatures in counterflow, from inlets and capacity rates.

    A side without flow keeps its inlet temperature: nothing leaves it.

    Examples
    --------
    The rated point of WE-C-020, from its inlets.

    >>> there = outlets(*(np.array(v) for v in (313.0, 130.666, 134.87, 49.949, 36.0)))
    >>> [value.round(2).item() for value in there]
    [1299.98, 40.0, 45.64]
    """
    heat = exchanged_kw_k(ua_kw_k, hot_kw_k, cold_kw_k) * (hot_in_c - cold_in_c)
    return Outlets(
        np.asarray(heat),
        hot_in_c - _ratio(heat, hot_kw_k, 0.0),
        cold_in_c + _ratio(heat, cold_kw_k, 0.0),
    )


def flat(*values: FloatArray | float) -> tuple[tuple[int, ...], tuple[FloatArray, ...]]:
    """Return the common shape of values, and each of them as one long column of it."""
    spread = np.broadcast_arrays(*(np.asarray(value, dtype=float) for value in values))
    return spread[0].shape, tuple(np.array(each, order="C").reshape(-1) for each in spread)


@kernel
def _each_effectiveness(ntu: FloatArray, cr: FloatArray, out: FloatArray) -> None:
    for i in range(out.size):
        out[i] = effectiveness(ntu[i], cr[i])


@kernel
def _each_conductance(
    ua: FloatArray,
    hot_share: FloatArray,
    exponent: FloatArray,
    hot: FloatArray,
    cold: FloatArray,
    out: FloatArray,
) -> None:
    for i in range(out.size):
        out[i] = conductance(ua[i], hot_share[i], exponent[i], hot[i], cold[i])


@kernel
def _each_carried(ua: FloatArray, hot: FloatArray, cold: FloatArray, out: FloatArray) -> None:
    for i in range(out.size):
        out[i] = carried(ua[i], hot[i], cold[i])


def _ratio(over: FloatArray, under: FloatArray | float, at_zero: FloatArray | float) -> FloatArray:
    """Return over / under, or its limit where `under` is 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(np.equal(under, 0), at_zero, over / under)
