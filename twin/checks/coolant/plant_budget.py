"""What the rules on heat of plants share: a budget of racks on plants, healthy and in each case."""

from __future__ import annotations

import numpy as np

from twin.checks.admission import TOLERANCE
from twin.checks.coolant.ratings import of_rating
from twin.checks.coolant.sums import heat_inputs
from twin.checks.inputs import caps_in_doubt
from twin.checks.measure import Budget, Input
from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.coolant.plant_heat import PlantHeat
from twin.solve.load import rack_load
from twin.solve.study import Study


def plant_budget(
    study: Study,
    heat: PlantHeat,
    per_kw: FloatArray,
    limit: FloatArray,
    inputs: tuple[Input, ...],
    owner: str,
) -> Budget:
    """Return what plants take of racks against limits; a heat that is not known says why.

    Parameters
    ----------
    per_kw, limit
        (R,) of what is limited for each kW of heat; the limit.
    inputs
        Figures behind the limits, one per row.
    """
    load = study(rack_load)
    unknown = (heat.lacking >= 0) | (heat.stuck >= 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        part = np.where(heat.kw == 0, 0.0, heat.kw / load[heat.rack])
    coefficient = np.where(unknown[heat.row], 0.0, part) * per_kw[heat.row]
    all_kw = np.bincount(heat.row, np.nan_to_num(heat.kw), minlength=len(limit)) + heat.pumps_kw
    doubt: BoolArray = (all_kw * per_kw > limit * (1.0 + TOLERANCE)) & ~heat.counts
    return Budget(
        kind="plant",
        subject=heat.plant,
        case=heat.case,
        limit=limit,
        base=np.where(unknown | doubt, np.nan, heat.pumps_kw * per_kw),
        rack=heat.rack,
        row=heat.row,
        coefficient=np.where(doubt[heat.row], 0.0, coefficient),
        amount=load,
        onto=np.full(len(limit), -1, dtype=np.int64),
        rack_inputs=heat_inputs(study),
        row_inputs=(
            *inputs,
            *of_heat(study, heat),
            *caps_in_doubt(study, heat.case, doubt),
        ),
        owner=owner,
    )


def of_heat(study: Study, heat: PlantHeat) -> tuple[Input, ...]:
    """Say why the heat of a row is not known: a CDU's rating, or a loop that did not converge."""
    stuck: IntArray = heat.stuck
    ratings = of_rating(study, heat.lacking) if (heat.lacking >= 0).any() else ()
    return (*ratings, Input("loop", "", stuck, stuck < 0))


def some(heat: PlantHeat, which: BoolArray) -> PlantHeat:
    """Return some rows, (R,), with their entries."""
    new = np.cumsum(which) - 1
    entry = which[heat.row]
    return PlantHeat(
        heat.plant[which], heat.case[which], heat.pumps_kw[which], heat.counts[which],
        heat.lacking[which], heat.stuck[which],
        heat.rack[entry], new[heat.row[entry]], heat.kw[entry],
    )  # fmt: skip
