"""COL420: make-up water of plants that evaporate, against what they may draw."""

from __future__ import annotations

import numpy as np

from twin.checks.coolant.plant_budget import plant_budget, some
from twin.checks.coolant.sums import plant_supply_figures
from twin.checks.measure import Budget, Input
from twin.checks.rule import rule
from twin.solve.coolant.evaporation import plant_makeup
from twin.solve.coolant.plant_heat import plant_heat, unit_out
from twin.solve.study import Study


@rule(
    "COL420",
    role="advice",
    severity="warning",
    unit="L/min",
    message="plant {subject} needs {demand} L/min of make-up water{lost}, it may draw {limit} "
    "L/min",
    fix="more cycles of concentration, a part of the heat rejected dry, or a larger permit "
    "for plant {subject}",
    source="latent heat of water (ASHRAE Fundamentals); cycles of concentration",
)
def makeup_short(study: Study) -> Budget:
    """A plant that evaporates water needs more than it may draw.

    Why it matters
    --------------
    A tower or a wetted cooler trades power for water. What the water works grant, or a well
    gives, is a figure of the permit, and on the design day it ends as surely as a breaker opens.

    Method
    ------
    The heat that a plant takes (as in COL206, in each case that moves heat to it), of it
    `evaporated_share`, over the latent heat at its supply temperature, times c / (c - 1) with
    `concentration_cycles` c, held against `makeup_lpm`. Worked number: 1 MW at 35 degC and 4
    cycles evaporates 24.8 L/min and draws 33.1. All of that share is taken to evaporate: the
    figure is the most that is needed.

    Does not cover
    --------------
    Plants that say no `evaporated_share`, or 0 as dry ones do; water by the year, which depends on
    the weather; drift beyond what is drained; heat of compressors and fans.

    See also
    --------
    COL206.
    """
    plants = study.table("plant")
    share, cycles, most = (
        np.asarray(plants[c], dtype=float)
        for c in ("evaporated_share", "concentration_cycles", "makeup_lpm")
    )
    every = study(plant_heat)
    heat = some(every, (share[every.plant] > 0) & ~unit_out(study, every))
    used = heat.plant
    inputs = (
        Input("plant", "concentration_cycles", used, ~np.isnan(cycles[used])),
        *plant_supply_figures(study, used),
        Input("plant", "makeup_lpm", used, ~np.isnan(most[used])),
    )
    owner = "permit or supply that the layout states"
    return plant_budget(
        study, heat, study(plant_makeup).per_kw_lpm[used], most[used], inputs, owner
    )
