"""COL423: water that plants draw for each kilowatt-hour of the racks that they cool."""

from __future__ import annotations

import numpy as np

from twin.checks.coolant.plant_budget import of_heat, some
from twin.checks.coolant.sums import plant_supply_figures
from twin.checks.measure import Input, Measure
from twin.checks.rule import rule
from twin.solve.coolant.evaporation import plant_makeup
from twin.solve.coolant.plant_heat import plant_heat
from twin.solve.limits import limit
from twin.solve.study import Study

_MIN_H = 60.0


@rule(
    "COL423",
    role="advice",
    severity="note",
    unit="L/kWh",
    message="plant {subject} draws {demand} L of water for each kWh of its racks on the design "
    "day, the owner wants {limit}",
    fix="more cycles of concentration, or a part of the heat rejected dry",
    source="water usage effectiveness (The Green Grid): litres of water over kWh of IT energy",
)
def water_use(study: Study) -> Measure:
    """Water that a plant draws for the energy of its racks, in the hour in which it draws most.

    Why it matters
    --------------
    Whether a site may be built is asked by its water as well as its megawatts, and the figure
    that is asked for is litres per kilowatt-hour.

    Method
    ------
    Make-up water of each plant (COL420), healthy and as loaded, over the heat of the racks behind
    it, which is their energy. Against `limits.wue_l_per_kwh` of the owner's policy: a plant that
    says no `evaporated_share` is then not known, one of 0 draws nothing. Without a limit it is a
    number of those that say it, never fails, and its limit is 0. Worked number: all heat
    evaporated at 35 degC with 4 cycles draws 1.98 L/kWh.

    Does not cover
    --------------
    The year, of which the published averages are (0.36 L/kWh in the United States); water of the
    power that is drawn.

    See also
    --------
    COL420, COL424.
    """
    wanted = limit(study, "wue_l_per_kwh")
    numbers = np.isnan(wanted.value)
    plants = study.table("plant")
    share = np.asarray(plants["evaporated_share"], dtype=float)
    every = study(plant_heat)
    told = ~np.isnan(share[every.plant])
    heat = some(every, (every.case == 0) & (told if numbers else True))
    rows = heat.plant
    racks_kw = np.bincount(heat.row, heat.kw, minlength=len(rows)).astype(float)
    racks_kw[(heat.lacking >= 0) | (heat.stuck >= 0)] = np.nan
    with np.errstate(divide="ignore", invalid="ignore"):
        use = _MIN_H * study(plant_makeup).makeup_lpm[rows] / racks_kw
    use = np.where(racks_kw > 0, use, np.nan)
    cycles = np.asarray(plants["concentration_cycles"], dtype=float)
    dry = share[rows] == 0
    return Measure(
        kind="plant",
        subject=rows,
        demand=np.where(dry, 0.0, use),
        limit=np.full(len(rows), 0.0 if numbers else wanted.value),
        sense="min" if numbers else "max",
        scale=np.full(len(rows), np.nan) if numbers else None,
        inputs=(
            Input("plant", "evaporated_share", rows, ~np.isnan(share[rows])),
            Input("plant", "concentration_cycles", rows, ~np.isnan(cycles[rows])),
            *plant_supply_figures(study, rows),
            *of_heat(study, heat),
        ),
        owner="none: a number" if numbers else wanted.owner,
    )
