"""Rows of racks and the air at their inlets, and the figures behind them."""

from __future__ import annotations

import numpy as np

from twin.checks.coolant.air_sums import heat_figures
from twin.checks.coolant.sums import no_feeds_of, unit_figures
from twin.checks.inputs import rack_figure
from twin.checks.measure import Input
from twin.site.table import IntArray, StrArray
from twin.solve.coolant.air import heat_to_hall
from twin.solve.coolant.doors import rack_door
from twin.solve.coolant.zones import areas, inlets
from twin.solve.study import Study


def rack_inlets(study: Study) -> tuple[IntArray, IntArray]:
    """(n,) racks with heat to the air, and the row of `inlets` of each case of their area."""
    found, rows = study(areas), study(inlets)
    racks = np.flatnonzero(study.here & ~(study(heat_to_hall) == 0) & (found.of_rack >= 0))
    low = np.searchsorted(rows.area, found.of_rack[racks], side="left")
    count = np.searchsorted(rows.area, found.of_rack[racks], side="right") - low
    rack = np.repeat(racks, count)
    return rack, np.arange(len(rack)) + np.repeat(low - np.cumsum(count) + count, count)


def rack_class(study: Study, racks: IntArray) -> StrArray:
    """Class of the inlet air of racks: their own, else their hall's, "" none."""
    site = study.site
    own = np.asarray(study.table("rack")["air_class"])[racks]
    place = site.rows_of("position", study.table("rack")["position"])[racks]
    hall = site.rows_of("hall", np.append(study.table("position")["hall"], -1)[place])
    theirs = np.append(study.table("hall")["air_class"], "")[hall]
    return np.where(own == "", theirs, own)


def set_point_figures(study: Study, area: IntArray) -> tuple[Input, ...]:
    """Set-points of the units that serve areas; a hall without units is told itself."""
    found, site = study(areas), study.site
    unit = found.lacks_supply[area]
    bare = np.isnan(found.supply_c[area]) & (unit < 0)
    zone = np.where(area < len(study.table("zone")), area, -1)
    hall = site.rows_of("hall", np.append(study.table("zone")["hall"], -1)[zone])
    hall = np.where(zone >= 0, hall, area - len(study.table("zone")))
    return (
        Input("hall", "", np.where(bare, hall, -1), ~bare),
        Input("air_unit", "supply_c", unit, unit < 0),
    )


def inlet_figures(study: Study, row: IntArray) -> tuple[Input, ...]:
    """Figures behind rows of `inlets`: set-points, heat and air of racks, air of units."""
    found, rows = study(areas), study(inlets)
    area, lacking = rows.area[row], rows.lacking[row]
    return (
        *set_point_figures(study, area),
        *heat_figures(study, found.lacks_heat[area]),
        *_door_figures(study, found.lacks_heat[area]),
        rack_figure(study, "airflow_m3s", found.lacks_air[area]),
        no_feeds_of("air_unit", rows.unfed[row]),
        *unit_figures(study, "air_unit", "airflow_m3s", lacking),
    )


def _door_figures(study: Study, rack: IntArray) -> tuple[Input, ...]:
    """Figures behind what the rear doors of racks take, -1 none."""
    door = np.where(rack >= 0, study(rack_door)[rack], -1)
    return unit_figures(study, "air_unit", "heat_kw", door)
