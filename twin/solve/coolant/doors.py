"""Rear doors: air units on a rack's back that take its heat before it reaches the hall."""

from __future__ import annotations

import numpy as np

from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.coolant.air import heat_to_hall, unit_heat
from twin.solve.losses.cases import cases
from twin.solve.study import Study


def is_door(study: Study) -> BoolArray:
    """(air units,) units that stand behind one position."""
    return np.asarray(study.table("air_unit")["position"]) >= 0


def rack_door(study: Study) -> IntArray:
    """(racks,) air unit behind each rack's position, -1 none."""
    site = study.site
    behind = site.rows_of("position", study.table("air_unit")["position"])
    door = np.full(len(study.table("position")) + 1, -1, dtype=np.int64)
    door[behind] = np.arange(len(behind))
    door[-1] = -1
    return door[site.rows_of("position", study.table("rack")["position"])]


def door_heat(study: Study) -> FloatArray:
    """(racks,) heat that each rack's door can take, kW; 0 without one, NaN not known."""
    door = study(rack_door)
    return np.where(door >= 0, np.append(study(unit_heat), np.nan)[door], 0.0)


def heat_past_doors(study: Study) -> FloatArray:
    """(racks,) heat that reaches the hall or zone with every door running, kW, NaN not known.

    Worked number: of 30 kW a door of 20 kW leaves 10 kW.
    """
    heat = study(heat_to_hall)
    return np.where(study(rack_door) >= 0, np.maximum(heat - study(door_heat), 0.0), heat)


def doors_lost(study: Study, door: IntArray, case: IntArray) -> BoolArray:
    """Whether each door, -1 none, is dead in each case; arrays of one shape."""
    units = len(study.table("air_unit"))
    at, unit = study(cases).lost(study.site.first["air_unit"], units)
    return (door >= 0) & np.isin(case * units + door, at * units + unit)
