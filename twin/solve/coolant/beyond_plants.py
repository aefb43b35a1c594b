"""Plants that supply colder or warmer than anything is known of their water."""

from __future__ import annotations

import numpy as np

from twin.site.table import FloatArray
from twin.solve.coolant.branches import fluid_of
from twin.solve.coolant.racks import plant_supply_c
from twin.solve.study import Study


def plants_beyond(study: Study) -> dict[int, str]:
    """Return what is told of each such plant, by its row."""
    return supplies_beyond(study, "plant", study(plant_supply_c))


def supplies_beyond(study: Study, kind: str, supplies: FloatArray) -> dict[int, str]:
    """Return what is told of circuits of a kind beyond their fluid's table, by row.

    Below what is known a coolant may freeze: what stands at the end of its table says nothing.
    """
    out: dict[int, str] = {}
    for row in np.flatnonzero(~np.isnan(supplies)).tolist():
        fluid, _ = fluid_of(study, kind, row)
        if fluid is None:
            continue
        supply, low, high = float(supplies[row]), float(fluid.t_c[0]), float(fluid.t_c[-1])
        if not low <= supply <= high:
            span = f"from {low:g} to {high:g} degC" if low < high else f"at {low:g} degC alone"
            out[row] = f"it supplies {supply:g} degC, and its {fluid.name} is known {span}"
    return out
