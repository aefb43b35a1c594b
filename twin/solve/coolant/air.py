"""Racks in the air of their hall: heat and air that they give, and what air units carry."""

from __future__ import annotations

import numpy as np

from twin.site.resolve import of_product
from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.coolant.psychro import airflow_m3s
from twin.solve.coolant.racks import air_side, rack_loops
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
    plants = np.append(study.table("plant")["supply_c"], np.nan)
    return plants[study.site.rows_of("plant", study.table("air_unit")["plant"])]


def water_rated_c(study: Study) -> FloatArray:
    """(air units,) water inlet at which the rating holds, degC, NaN where none is stated.

    A capacity that the layout itself gives is taken to hold as the unit stands.
    """
    own = np.asarray(study.site.tables["air_unit"]["heat_kw"], dtype=float)
    return np.where(np.isnan(own), of_product(study.site, "air_unit", "water_in_c"), np.nan)


def rating_holds(study: Study) -> BoolArray:
    """(air units,) where water is as cold as the rating asks, or the rating does not say."""
    rated = study(water_rated_c)
    return np.isnan(rated) | (study(plant_supply) <= rated)


def unit_heat(study: Study) -> FloatArray:
    """(air units,) heat that each unit takes from the air, kW, NaN not known."""
    return np.where(study(rating_holds), study.table("air_unit")["heat_kw"], np.nan)
