"""Circuits that supply colder or warmer than anything is known of their coolant."""

from __future__ import annotations

from twin.solve.coolant.branches import fluid_of
from twin.solve.coolant.dew import held_supply_c
from twin.solve.coolant.racks import plant_supply_c
from twin.solve.study import Study


def beyond_fluid(study: Study) -> dict[tuple[str, int], str]:
    """Plants and loops by kind and row, and what is told of each.

    Below what is known a coolant may freeze: what stands at the end of its table says nothing.
    """
    out: dict[tuple[str, int], str] = {}
    for kind, supplies in (("plant", study(plant_supply_c)), ("loop", study(held_supply_c))):
        for row, supply in enumerate(supplies.tolist()):
            fluid, _ = fluid_of(study, kind, row)
            if fluid is None or supply != supply:  # noqa: PLR0124 - NaN
                continue
            low, high = float(fluid.t_c[0]), float(fluid.t_c[-1])
            if not low <= supply <= high:
                span = f"from {low:g} to {high:g} degC" if low < high else f"at {low:g} degC alone"
                said = f"it supplies {supply:g} degC, and its {fluid.name} is known {span}"
                out[kind, row] = said
    return out
