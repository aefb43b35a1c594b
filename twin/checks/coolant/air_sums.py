"""Budgets of racks on the air of a hall or zone: heat and airflow, and the figures behind them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from twin.checks.coolant.sums import (
    group_budget,
    groups_with,
    no_feeds,
    no_units,
    plant_supply_figures,
    told_as,
    unit_figures,
)
from twin.checks.inputs import beside_figures, carried_figure, load_figures, rack_figure
from twin.checks.measure import Budget, Input
from twin.site.table import FloatArray, IntArray
from twin.solve.coolant.air import (
    all_to_air,
    heat_to_hall,
    of_return,
    of_water_beyond,
    rating_holds,
    unit_heat,
    water_rated_c,
)
from twin.solve.coolant.doors import door_heat, doors_lost, is_door, rack_door
from twin.solve.power.living import living
from twin.solve.study import Study


def air_heat_budget(study: Study, kind: str, racks: IntArray, units: IntArray) -> Budget:
    """Heat of racks against the capacity of the living air units of each hall or zone.

    Parameters
    ----------
    racks, units
        (racks,), (air units,) row of the kind that each belongs to, -1 none.
    """
    heat = study(heat_to_hall)
    wanted = groups_with(study, racks, heat != 0)
    with_doors, capacity = _beside_doors(study, racks, units)
    rows = living(study, "air_unit", with_doors, capacity, wanted)
    figures = (no_units(kind, rows), no_feeds("air_unit", rows), *_of_units(study, rows.lacking))
    budget = group_budget(study, kind, rows, racks, heat, (heat_figures(study), figures))
    return _past_doors(study, budget) if study(is_door).any() else budget


def _taken(study: Study) -> FloatArray:
    """(racks,) heat that each rack of the day leaves in its rear door, kW, NaN not known."""
    taken = np.minimum(study(door_heat), study(heat_to_hall))
    return np.where(study.here & (study(rack_door) >= 0), taken, 0.0)


def _beside_doors(study: Study, racks: IntArray, units: IntArray) -> tuple[IntArray, FloatArray]:
    """(air units,) group and capacity, with rear doors in the group of their rack.

    So the worst loss is found among all; what doors take is then no capacity for others.
    """
    group, capacity = units.copy(), study(unit_heat).copy()
    behind = np.flatnonzero(study.here & (study(rack_door) >= 0) & (racks >= 0))
    door = study(rack_door)[behind]
    group[door], capacity[door] = racks[behind], _taken(study)[behind]
    return group, capacity


def _past_doors(study: Study, budget: Budget) -> Budget:
    """Take the doors that live out of the limits, and what they take out of their racks' heat."""
    door = study(rack_door)[budget.rack]
    lives = (door >= 0) & ~doors_lost(study, door, budget.case[budget.row])
    taken = np.where(lives, _taken(study)[budget.rack], 0.0)
    heat = budget.amount[budget.rack]
    left = np.maximum(budget.coefficient * heat - study(door_heat)[budget.rack], 0.0)
    # A door of unknown heat takes nothing out of the coefficient: the limit says so already.
    part = np.where(lives & ~np.isnan(left), left / heat, budget.coefficient)
    out = np.bincount(budget.row, weights=taken, minlength=len(budget.limit))
    return replace(budget, limit=budget.limit - out, coefficient=part)


def heat_figures(study: Study, racks: IntArray | None = None) -> tuple[Input, ...]:
    """Figures behind the heat of racks to the air.

    The whole load reaches the hall from racks on liquid-to-air units, whatever their share.
    """
    share = rack_figure(study, "liquid_share_low", racks)
    at = np.arange(len(study.table("rack"))) if racks is None else racks
    share = share._replace(known=share.known | study(all_to_air)[at])
    cdus = carried_figure(study, "draw_kw", racks)
    cdus = cdus._replace(known=cdus.known | study(all_to_air)[at])
    beside = (
        i._replace(known=i.known | study(all_to_air)[at]) for i in beside_figures(study, racks)
    )
    return (*load_figures(study, racks), share, cdus, *beside)


def airflow_budget(
    study: Study, kind: str, wanted: IntArray, groups: tuple[IntArray, IntArray], air: FloatArray
) -> Budget:
    """Air that racks want against what the living units of each hall or zone move.

    Parameters
    ----------
    wanted
        Halls or zones that are measured, ascending.
    groups
        (racks,), (air units,) row of the kind that each belongs to, -1 none.
    air
        (racks,) air that each draws, with what passes it by, m3/s.
    """
    racks, units = groups
    moved = np.asarray(study.table("air_unit")["airflow_m3s"], dtype=float)
    rows = living(study, "air_unit", units, moved, wanted)
    drawn = np.where(np.isin(racks, wanted), air, 0.0)
    figures = (*load_figures(study), rack_figure(study, "airflow_m3s"))
    moving = unit_figures(study, "air_unit", "airflow_m3s", rows.lacking)
    return group_budget(
        study, kind, rows, racks, drawn, (figures, (no_feeds("air_unit", rows), *moving))
    )


def _of_units(study: Study, unit: IntArray) -> tuple[Input, ...]:
    """Figures behind the capacity of air units, in the order in which they are told as missing."""
    rated = np.append(study(water_rated_c), np.nan)[unit]
    returns = np.append(study(of_return), False)[unit]
    watered = np.where(np.isnan(rated) & ~returns, -1, unit)
    plant = study.site.rows_of("plant", study.table("air_unit")["plant"])
    plant = np.append(plant, -1)[watered]
    holds = np.append(study(rating_holds), True)[unit]
    set_point = np.append(study.table("air_unit")["supply_c"], np.nan)[unit]
    moved = np.append(study.table("air_unit")["airflow_m3s"], np.nan)[unit]
    by_return = np.where(returns, unit, -1)
    beyond = np.append(study(of_water_beyond), False)[unit]
    every = np.append(study.site.rows_of("plant", study.table("air_unit")["plant"]), -1)[unit]
    return (
        Input("plant", "", np.where(beyond, every, -1), ~beyond),
        *unit_figures(study, "air_unit", "heat_kw", unit),
        Input("air_unit", "plant", watered, plant >= 0),
        *plant_supply_figures(study, plant),
        Input("air_unit", "heat_kw", unit, holds),
        Input("air_unit", "supply_c", by_return, ~np.isnan(set_point)),
        *told_as(study, "air_unit", "airflow_m3s", by_return, ~np.isnan(moved)),
        Input("air_unit", "return_c", by_return, np.zeros(len(unit), dtype=bool)),
    )
