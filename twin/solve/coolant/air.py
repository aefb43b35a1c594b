"""Racks in the air of their hall: heat and air that they give, and what air units carry."""

from __future__ import annotations

import numpy as np

from twin.site.resolve import of_product
from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.coolant.beyond_plants import plants_beyond
from twin.solve.coolant.psychro import AIR_J_KGK, AIR_KG_M3, airflow_m3s
from twin.solve.coolant.racks import air_side, plant_supply_c, rack_loops
from twin.solve.limits import limit
from twin.solve.load import air_heat, rack_load
from twin.solve.study import Study


def rack_halls(study: Study) -> IntArray:
    """(racks,) row of each rack's hall, -1 none."""
    site = study.site
    place = site.rows_of("position", study.table("rack")["position"])
    return site.rows_of("hall", np.append(study.table("position")["hall"], -1)[place])


def all_to_air(study: Study) -> BoolArray:
    """(racks,) racks on a loop with liquid-to-air units: all their heat ends in the hall."""
    loops = study.site.rows_of("loop", study.table("cdu")["loop"])
    flags = np.zeros(len(study.table("loop")) + 1, dtype=bool)
    flags[loops[study(air_side)]] = True
    flags[-1] = False
    return flags[study(rack_loops)]


def heat_to_hall(study: Study) -> FloatArray:
    """(racks,) heat that each rack gives to the air of its hall, kW, NaN not known."""
    return np.where(study(all_to_air), study(rack_load), study(air_heat))


def air_drawn(study: Study) -> FloatArray:
    """(racks,) air that each rack draws, m3/s, NaN not known.

    The type's figure; without one, from its heat to the air at the owner's design rise, where
    the policy gives one (`limits.air_rise_k`).
    """
    own = np.asarray(study.table("rack")["airflow_m3s"], dtype=float)
    heat = study(air_heat)
    by_rise = airflow_m3s(heat, np.asarray(limit(study, "air_rise_k").value))
    return np.where(np.isnan(own), np.where(heat == 0, 0.0, by_rise), own)


def plant_supply(study: Study) -> FloatArray:
    """(air units,) facility water supply of each unit's plant, degC, NaN not known."""
    plants = np.append(study(plant_supply_c), np.nan)
    return plants[study.site.rows_of("plant", study.table("air_unit")["plant"])]


def water_rated_c(study: Study) -> FloatArray:
    """(air units,) water inlet at which the rating holds, degC, NaN where none is stated.

    A capacity that the layout itself gives is taken to hold as the unit stands.
    """
    own = np.asarray(study.site.tables["air_unit"]["heat_kw"], dtype=float)
    return np.where(np.isnan(own), of_product(study.site, "air_unit", "water_in_c"), np.nan)


def of_return(study: Study) -> BoolArray:
    """(air units,) units whose capacity is stated for a return temperature."""
    return np.asarray(~np.isnan(np.asarray(study.table("air_unit")["return_c"], dtype=float)))


def rating_holds(study: Study) -> BoolArray:
    """(air units,) where water is as cold as the rating asks, or the rating does not say."""
    rated = study(water_rated_c)
    return np.asarray(np.isnan(rated) | (study(plant_supply) <= rated) | study(of_return))


def of_water_beyond(study: Study) -> BoolArray:
    """(air units,) units on plants that supply beyond what is known of their water."""
    plant = study.site.rows_of("plant", study.table("air_unit")["plant"])
    return np.asarray(np.isin(plant, list(study(plants_beyond))))


def unit_heat(study: Study) -> FloatArray:
    """(air units,) heat that each unit takes from the air, kW, NaN not known.

    As stated; of a unit that states it for a return temperature, as much as lets it hold its
    set-point (see `coil_heat_kw`). Nobody knows what comes of water beyond what is known of it.
    """
    units, water = study.table("air_unit"), study(plant_supply)
    stated, rated = np.asarray(units["heat_kw"], dtype=float), study(water_rated_c)
    coil = coil_heat_kw(
        rating_kw=stated,
        return_c=np.asarray(units["return_c"], dtype=float),
        rated_water_c=np.where(np.isnan(rated), water, rated),
        water_c=water,
        supply_c=np.asarray(units["supply_c"], dtype=float),
        airflow_m3s=np.asarray(units["airflow_m3s"], dtype=float),
    )
    stated = np.where(study(rating_holds), stated, np.nan)
    return np.where(study(of_water_beyond), np.nan, np.where(study(of_return), coil, stated))


def coil_heat_kw(
    *,
    rating_kw: FloatArray,
    return_c: FloatArray,
    rated_water_c: FloatArray,
    water_c: FloatArray,
    supply_c: FloatArray,
    airflow_m3s: FloatArray,
) -> FloatArray:
    """Most sensible heat at which a unit holds its set-point, kW, never above its rating.

    At constant flows a coil has one effectiveness: it takes k (T_return - T_water) with k from
    its rated point. Holding T_supply it takes C (T_return - T_supply), C = rho cp V. Both at once:
    T_return - T_supply = Q / C, so Q = k (T_supply - T_water) / (1 - k / C). A rated point that
    asks for an effectiveness of 1 and above has no answer (NaN).

    References
    ----------
    ASHRAE Handbook - Fundamentals (2017), chapter 4 (heat exchangers: effectiveness and NTU).

    Examples
    --------
    250 kW at 36 degC return and 18 degC water with 20 m3/s of air: at its rated set-point of
    25.64 degC it carries its rating, at 24 degC 196.5 kW.

    >>> at = {"rating_kw": 250.0, "return_c": 36.0, "rated_water_c": 18.0, "water_c": 18.0}
    >>> coil_heat_kw(**at, supply_c=np.array([25.635, 24.0]), airflow_m3s=20.0).round(1).tolist()
    [250.0, 196.5]
    """
    k = rating_kw / np.where(return_c > rated_water_c, return_c - rated_water_c, np.nan)
    stream = AIR_KG_M3 * AIR_J_KGK / 1000.0 * airflow_m3s
    left = 1.0 - k / stream
    heat = k * (supply_c - water_c) / np.where(left > 0, left, np.nan)
    return np.asarray(np.minimum(np.maximum(heat, 0.0), rating_kw))
