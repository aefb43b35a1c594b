"""A CDU that holds its supply set-point with its facility valve: what flow that takes.

The unit needs a share P of what lies between its inlets on the hot side, (return - supply) /
(return - facility supply). P grows with the facility flow from nothing, so exactly one flow meets
it, or the valve stands wide open and the supply floats. A valve that does not close below a least
opening, or is held at one position, lets through more than that, and the supply is colder.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from twin.kernels import kernel
from twin.site.table import BoolArray, FloatArray
from twin.solve.coolant.exchanger import (
    Exchanger,
    carried,
    conductance,
    exchanged_kw_k,
    flat,
    ua_at,
)

_ROUNDS = 100
_CLOSE = 1e-12


class Held(NamedTuple):
    """What each unit's facility valve does; all of one shape.

    Parameters
    ----------
    facility_lpm
        Facility flow, L/min; NaN not known.
    supply_c
        Supply temperature: the set-point, or what it floats to, degC.
    throttling
        The valve holds the set-point below its greatest flow.
    wide_open
        The valve gives its greatest flow and the supply stands above the set-point.
    at_least
        The valve gives its least flow, and that is more than the set-point asks for. Where none
        of the three is true something is not known.
    """

    facility_lpm: FloatArray
    supply_c: FloatArray
    throttling: BoolArray
    wide_open: BoolArray
    at_least: BoolArray


def hot_share(
    unit: Exchanger,
    hot_lpm: FloatArray,
    cold_lpm: FloatArray,
    hot_kw_k_lpm: FloatArray,
    cold_kw_k_lpm: FloatArray,
) -> FloatArray:
    """Part of the span between the inlets by which the hot side cools, 0 to 1.

    All of it in the limit of a hot side that hardly flows.

    Parameters
    ----------
    hot_kw_k_lpm, cold_kw_k_lpm
        Capacity of one litre per minute, kW/K: `fluids.capacity_kw_k` at 1 L/min.

    Examples
    --------
    >>> unit = Exchanger(np.array(313.0), np.array(1950.0), np.array(1950.0))
    >>> flows = np.array(1950.0), np.array([0.0, 1950.0])
    >>> hot_share(unit, *flows, np.array(0.067008), np.array(0.069164)).round(4).tolist()
    [0.0, 0.7132]
    """
    hot = hot_lpm * hot_kw_k_lpm
    cold = cold_lpm * cold_kw_k_lpm
    with np.errstate(divide="ignore", invalid="ignore"):
        share = exchanged_kw_k(ua_at(unit, hot_lpm, cold_lpm), hot, cold) / hot
    return np.where((hot == 0) & (cold > 0) & ~np.isnan(unit.ua_kw_k), 1.0, share)


def hold_at_return(
    unit: Exchanger,
    hot_lpm: FloatArray,
    return_c: FloatArray,
    facility_c: FloatArray,
    set_point_c: FloatArray,
    most_lpm: FloatArray,
    hot_kw_k_lpm: FloatArray,
    cold_kw_k_lpm: FloatArray,
    least_lpm: FloatArray | float = 0.0,
) -> Held:
    """Facility flow that brings a given return down to the set-point, or all there is.

    A return at or below the set-point needs no facility flow, and the supply is the return; nor
    does a unit through which no coolant flows.

    Parameters
    ----------
    unit
        Exchangers as rated.
    hot_lpm, return_c
        Coolant through each unit, L/min, and its temperature on arrival, degC.
    facility_c, set_point_c
        Facility supply and the coolant's set-point, degC.
    most_lpm
        Facility flow with the valve wide open, L/min.
    hot_kw_k_lpm, cold_kw_k_lpm
        Capacity of one litre per minute, kW/K.
    least_lpm
        Facility flow with the valve as far closed as it goes, L/min; a valve that is held at one
        position has its flow there for least and most.

    Examples
    --------
    The unit of WE-C-020 (a return of 49.949 degC at 1,950 L/min) with facility water at 36 degC,
    where it needs its rated flow, at 20 degC, where it throttles, and at 38 degC, where no flow
    that it has is enough.

    >>> unit = Exchanger(np.array(313.0), np.array(1950.0), np.array(1950.0))
    >>> held = hold_at_return(
    ...     unit, np.array(1950.0), np.array(49.949), np.array([36.0, 20.0, 38.0]),
    ...     np.array(40.0), np.array(2000.0), np.array(0.067008), np.array(0.069164),
    ... )
    >>> held.facility_lpm.round(0).tolist(), held.supply_c.round(2).tolist()
    ([1950.0, 659.0, 2000.0], [40.0, 40.0, 41.33])
    >>> held.throttling.tolist(), held.wide_open.tolist()
    ([True, True, False], [False, False, True])

    With water of 20 degC and a valve that lets through 1,000 L/min at least:

    >>> held = hold_at_return(
    ...     unit, np.array(1950.0), np.array(49.949), np.array(20.0), np.array(40.0),
    ...     np.array(2000.0), np.array(0.067008), np.array(0.069164), 1000.0,
    ... )
    >>> float(held.facility_lpm), held.supply_c.round(2).tolist(), bool(held.at_least)
    (1000.0, 35.83, True)
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        need = (return_c - set_point_c) / (return_c - facility_c)
    # No flow where there is nothing to cool; no flow is enough where facility water is too warm.
    need = np.where(facility_c >= set_point_c, np.inf, need)
    need = np.where((return_c <= set_point_c) | (hot_lpm == 0), 0.0, need)
    need = np.where(np.isnan(return_c + facility_c + set_point_c), np.nan, need)
    flow, full = _flow_for(unit, need, hot_lpm, most_lpm, hot_kw_k_lpm, cold_kw_k_lpm)
    floated = return_c - full * (return_c - facility_c)
    # Water that is warmer than the return would heat it: the valve then stays shut.
    heats = (facility_c >= return_c) & (return_c > set_point_c)
    throttling, open_ = full >= need, ~(full >= need) & (full < need)
    supply = np.where(throttling, np.minimum(set_point_c, return_c), floated)
    held = Held(
        np.where(heats, 0.0, flow), np.where(heats, return_c, supply), throttling, open_,
        np.zeros(throttling.shape, dtype=bool),
    )  # fmt: skip

    def colder(lpm: FloatArray) -> FloatArray:
        low = hot_share(unit, hot_lpm, lpm, hot_kw_k_lpm, cold_kw_k_lpm)
        return np.asarray(return_c - low * (return_c - facility_c))

    return _not_below(held, np.asarray(least_lpm), colder, hot_lpm)


def hold_at_heat(
    unit: Exchanger,
    hot_lpm: FloatArray,
    heat_kw: FloatArray,
    facility_c: FloatArray,
    set_point_c: FloatArray,
    most_lpm: FloatArray,
    hot_kw_k_lpm: FloatArray,
    cold_kw_k_lpm: FloatArray,
    least_lpm: FloatArray | float = 0.0,
) -> Held:
    """Facility flow that holds the set-point under a heat, in balance, or all there is.

    With the valve wide open the whole loop warms until the unit carries its heat: supply less
    facility supply is Q / (eff Cmin) - Q / C.

    Parameters
    ----------
    heat_kw
        Heat that the coolant brings to each unit, kW. All others as in `hold_at_return`.

    Examples
    --------
    The unit of WE-C-020 at its rating, and with 38 degC facility water: all three temperatures
    of the loop go up by nearly 2 K.

    >>> unit = Exchanger(np.array(313.0), np.array(1950.0), np.array(1950.0))
    >>> held = hold_at_heat(
    ...     unit, np.array(1950.0), np.array(1300.0), np.array([36.0, 38.0]),
    ...     np.array(40.0), np.array(2000.0), np.array(0.067008), np.array(0.069164),
    ... )
    >>> held.facility_lpm.round(0).tolist(), held.supply_c.round(2).tolist()
    ([1950.0, 2000.0], [40.0, 41.84])
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        rise = np.where(heat_kw == 0, hot_lpm * 0.0, heat_kw / (hot_lpm * hot_kw_k_lpm))
        need = np.where(set_point_c > facility_c, rise / (rise + set_point_c - facility_c), np.inf)
    need = np.where(heat_kw == 0, 0.0, need)
    need = np.where(np.isnan(rise + set_point_c + facility_c), np.nan, need)
    flow, full = _flow_for(unit, need, hot_lpm, most_lpm, hot_kw_k_lpm, cold_kw_k_lpm)
    with np.errstate(divide="ignore", invalid="ignore"):
        floated = facility_c + rise / full - rise
    throttling, open_ = full >= need, ~(full >= need) & (full < need)
    supply = np.where(throttling, set_point_c, floated)
    held = Held(flow, supply, throttling, open_, np.zeros(throttling.shape, dtype=bool))

    def colder(lpm: FloatArray) -> FloatArray:
        low = hot_share(unit, hot_lpm, lpm, hot_kw_k_lpm, cold_kw_k_lpm)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(facility_c + np.where(rise == 0, 0.0, rise / low) - rise)

    return _not_below(held, np.asarray(least_lpm), colder, hot_lpm)


def _not_below(
    held: Held,
    least_lpm: FloatArray,
    colder: Callable[[FloatArray], FloatArray],
    hot_lpm: FloatArray,
) -> Held:
    """Let through a least flow where less is asked for; nothing is told of what is not known.

    Parameters
    ----------
    colder
        Supply at the least flow, degC.
    hot_lpm
        Coolant through each unit: one that stands still takes no facility water.
    """
    known = (held.throttling | held.wide_open) & ~np.isnan(least_lpm)
    least: BoolArray = known & (held.facility_lpm < least_lpm) & (hot_lpm > 0)
    flow, supply = held.facility_lpm, held.supply_c
    if least.any():
        flow = np.where(least, least_lpm, flow)
        supply = np.where(least, colder(least_lpm), supply)
    return Held(
        np.where(known, flow, np.nan), np.where(known, supply, np.nan),
        held.throttling & known & ~least, held.wide_open & known & ~least, least,
    )  # fmt: skip


def _flow_for(
    unit: Exchanger,
    need: FloatArray,
    hot_lpm: FloatArray,
    most_lpm: FloatArray,
    hot_kw_k_lpm: FloatArray,
    cold_kw_k_lpm: FloatArray,
) -> tuple[FloatArray, FloatArray]:
    """Facility flow at which `hot_share` meets a need, at most all; the share at that most."""
    full = hot_share(unit, hot_lpm, most_lpm, hot_kw_k_lpm, cold_kw_k_lpm)
    hot_kw_k = hot_lpm * hot_kw_k_lpm
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = hot_lpm / unit.hot_lpm
    rated = unit.ua_kw_k, unit.hot_share, unit.exponent, ratio, unit.cold_lpm
    shape, columns = flat(need, full, most_lpm, hot_kw_k, cold_kw_k_lpm, *rated)
    flow = np.empty(columns[0].size)
    _each_flow(flow, *columns)
    return flow.reshape(shape), full


@kernel
def _each_flow(
    flow: FloatArray,
    need: FloatArray,
    full: FloatArray,
    most_lpm: FloatArray,
    hot_kw_k: FloatArray,
    cold_kw_k_lpm: FloatArray,
    ua: FloatArray,
    film_share: FloatArray,
    exponent: FloatArray,
    hot_ratio: FloatArray,
    cold_lpm: FloatArray,
) -> None:
    """Write each unit's flow: false position, an end that stays loses half of its weight."""
    for i in range(flow.size):
        low, high = 0.0, most_lpm[i]
        f_low, f_high = -need[i], full[i] - need[i]
        flow[i] = 0.0 if need[i] == 0.0 else high
        if not (f_low < 0.0 and f_high > 0.0):
            continue
        side = 0
        for _ in range(_ROUNDS):
            new = high - f_high * (high - low) / (f_high - f_low)
            films = conductance(ua[i], film_share[i], exponent[i], hot_ratio[i], new / cold_lpm[i])
            got = carried(films, hot_kw_k[i], new * cold_kw_k_lpm[i]) / hot_kw_k[i] - need[i]
            if got > 0.0:
                high, f_high = new, got
                if side > 0:
                    f_low /= 2.0
                side = 1
            else:
                low, f_low = new, got
                if side < 0:
                    f_high /= 2.0
                side = -1
            flow[i] = new
            if not (abs(got) > _CLOSE and high - low > _CLOSE * high):
                break
