"""Temperatures that were measured and read in, by area: nothing here is reckoned."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.site.table import FloatArray, IntArray
from twin.solve.coolant.zones import areas, unit_pools
from twin.solve.study import Study


@dataclass(frozen=True)
class Measured:
    """Readings that count on the day of the study.

    Attributes
    ----------
    rack, rack_area, inlet_c, outlet_c
        (m,) of racks: row, area that it breathes from (-1 none), air into and out of it.
    unit, pool, return_c, supply_c
        (k,) of air units: row, area that it serves (-1 none), air into and out of it.
    """

    rack: IntArray
    rack_area: IntArray
    inlet_c: FloatArray
    outlet_c: FloatArray
    unit: IntArray
    pool: IntArray
    return_c: FloatArray
    supply_c: FloatArray


def measured(study: Study) -> Measured:
    """Collect the readings whose time holds the day; without a day, all of them."""
    table, site, day = study.table("temperature"), study.site, study.conditions.date
    now = np.ones(len(table), dtype=bool)
    if day is not None:
        on = np.datetime64(day, "D")
        now = ~(table["start"] > on) & ~(table["until"] < on)
    rack = site.rows_of("rack", table["element"])
    unit = site.rows_of("air_unit", table["element"])
    inlet, outlet = (np.asarray(table[c], dtype=float) for c in ("inlet_c", "outlet_c"))
    here = np.append(study.here, False)[rack]
    racks, units = np.flatnonzero(now & here), np.flatnonzero(now & (unit >= 0))
    return Measured(
        rack=rack[racks], rack_area=study(areas).of_rack[rack[racks]],
        inlet_c=inlet[racks], outlet_c=outlet[racks],
        unit=unit[units], pool=study(unit_pools)[unit[units]],
        return_c=inlet[units], supply_c=outlet[units],
    )  # fmt: skip


def mean_of(group: IntArray, value: FloatArray, count: int) -> FloatArray:
    """(count,) mean of what is known of each group, NaN where nothing is."""
    known = (group >= 0) & ~np.isnan(value)
    total = np.bincount(group[known], weights=value[known], minlength=count)
    size = np.bincount(group[known], minlength=count)
    return np.asarray(np.where(size > 0, total / np.maximum(size, 1), np.nan))


def return_temperature_index(
    return_c: FloatArray, supply_c: FloatArray, rise_k: FloatArray
) -> FloatArray:
    """RTI of measured air, %: above 100 racks draw exhaust, below it supply passes them by.

    100 (T_return - T_supply) / dT of the racks, the mean weighted by their airflow.

    References
    ----------
    Herrlin: Airflow and cooling performance of data centers: two performance metrics, ASHRAE
    Transactions 114-2 (2008).

    Examples
    --------
    >>> return_temperature_index(np.array(34.0), np.array(22.0), np.array([12.0, 15.0])).tolist()
    [100.0, 80.0]
    """
    return np.asarray(100.0 * (return_c - supply_c) / np.where(rise_k > 0, rise_k, np.nan))
