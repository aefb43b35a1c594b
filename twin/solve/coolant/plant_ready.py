"""What a described plant is solved from, and whose water is not known for what it lacks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.site.table import BoolArray
from twin.solve.coolant.beyond import beyond_fluid
from twin.solve.coolant.branches import Fluid, fluid_of
from twin.solve.coolant.building import circuits
from twin.solve.coolant.circuit import Circuit, Missing
from twin.solve.coolant.described import plants_described
from twin.solve.coolant.drops import drops_of_cdus
from twin.solve.coolant.lacking import unsaid, when_cut_off
from twin.solve.coolant.pumping import Control, control_of, curve_of
from twin.solve.coolant.pumps import PumpCurve
from twin.solve.coolant.racks import no_approach, plant_supply_c
from twin.solve.study import Study


@dataclass(frozen=True, slots=True)
class ReadyPlant:
    """A plant of which all figures are known: its water, control and pumps."""

    fluid: Fluid
    control: Control
    curve: PumpCurve
    supply_c: float


def plant_circuits(study: Study) -> tuple[Circuit, ...]:
    """Every described plant as a network."""
    return circuits(study, "plant")


def ready_plant(study: Study, circuit: Circuit) -> ReadyPlant | tuple[Missing, ...]:
    """Read what a plant is solved from, or what lacks for that."""
    missing, row = list(circuit.missing), circuit.row
    fluid, gaps = fluid_of(study, "plant", row)
    control, more = control_of(study, "plant", row)
    curve, lacks = curve_of(study, "plant", row)
    supply = float(plant_supply_c(study)[row])
    missing += [*gaps, *more, *lacks]
    control = when_cut_off(control, [curve])
    missing += unsaid(study, circuit, control, "plant", np.array([row]), [curve])
    if ("plant", row) in study(beyond_fluid):
        missing.append(Missing("plant", "", row))
    if np.isnan(supply):
        missing.append(supply_lacks(study, row))
    if missing or fluid is None or curve is None:
        return tuple(dict.fromkeys(missing))
    return ReadyPlant(fluid, control, curve, supply)


def supply_lacks(study: Study, row: int) -> Missing:
    """Return what lacks of a plant whose supply is not known."""
    return Missing("plant", "approach_k" if study(no_approach)[row] else "supply_c", row)


def plants_lacking(study: Study) -> dict[int, tuple[Missing, ...]]:
    """Return what lacks of described plants that cannot be solved, by their rows."""
    found = {c.row: ready_plant(study, c) for c in study(plant_circuits)}
    return {row: plant for row, plant in found.items() if isinstance(plant, tuple)}


def unjoined(study: Study) -> BoolArray:
    """(cdus,) CDUs in racks of a described plant whose position hangs on none of its manifolds."""
    cdus, site = study.table("cdu"), study.site
    pipes = np.append(study(plants_described), False)[site.rows_of("plant", cdus["plant"])]
    return np.asarray((cdus["rack"] >= 0) & pipes & (study(drops_of_cdus) < 0))


def water_unknown(study: Study) -> BoolArray:
    """(cdus,) CDUs of which nobody knows what facility water reaches them."""
    plant = study.site.rows_of("plant", study.table("cdu")["plant"])
    return np.asarray(study(unjoined) | np.isin(plant, list(study(plants_lacking))))
