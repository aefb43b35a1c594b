"""What a described plant is filled with: litres of its pipes, glycol, what it gains when warm."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from twin.site.table import FloatArray
from twin.solve.coolant.branches import Fluid, fluid_of
from twin.solve.coolant.circuit import Circuit, Missing, Part
from twin.solve.coolant.described import air_unit_water, cdu_water
from twin.solve.coolant.filling import Bound, Fill, filled
from twin.solve.coolant.flow import LoopFlow, Unsolved
from twin.solve.coolant.plant_ready import supply_lacks
from twin.solve.coolant.pumping import shutoff_of
from twin.solve.coolant.racks import plant_supply_c
from twin.solve.coolant.volumes import pipe_l
from twin.solve.study import Study


def plant_fill(study: Study, circuit: Circuit, loops: tuple[LoopFlow | Unsolved, ...]) -> Fill:
    """Add up what a described plant holds.

    What it holds besides its pipes, in its chillers, CDUs and coils, is the plant's `volume_l`. It
    is as warm as the warmest water that any of its CDUs returns in any case; what is not solved
    returns what its rating says.

    Parameters
    ----------
    circuit
        The plant's network.
    loops
        The described loops, solved.
    """
    row = circuit.row
    pipes = float(pipe_l(circuit.length_m, circuit.bore_m)[circuit.part == Part.PIPE].sum())
    rest = float(study.table("plant")["volume_l"][row])
    # Figures of users are needed for flows, not for what the pipes hold.
    missing = [m for m in circuit.missing if m.kind == "pipe"]
    missing += [Missing("plant", "volume_l", row)] if np.isnan(rest) else []
    fluid, _ = fluid_of(study, "plant", row)
    warm, cold = (np.nan, []) if fluid is None else _warmest_c(study, circuit, fluid, loops)
    parts = {"pipes_l": pipes, "rest_l": rest}
    out = filled(study, circuit, parts, missing, warm, _final(study, circuit))
    return replace(out, missing=tuple(dict.fromkeys([*out.missing, *cold])))


def _warmest_c(
    study: Study, circuit: Circuit, fluid: Fluid, loops: tuple[LoopFlow | Unsolved, ...]
) -> tuple[float, list[Missing]]:
    """Warmest return of all users in all cases, degC, and what it waits for.

    A litre is one at supply temperature, where it is metered.
    """
    supply = float(study(plant_supply_c)[circuit.row])
    kw_k = float(fluid.capacity(np.array(supply)))
    lacks = [supply_lacks(study, circuit.row)] if np.isnan(supply) else []
    rises: list[float] = []
    solved = _solved(loops)
    for kind, rated in (("cdu", cdu_water), ("air_unit", air_unit_water)):
        heat_kw = np.asarray(study.table(kind)["heat_kw"], dtype=float)
        rows = circuit.rows(study, kind, Part.USER)
        for row in rows[rows >= 0].tolist():
            known = solved.get(row) if kind == "cdu" else None
            if known is None:
                rises.append(float(heat_kw[row] / (study(rated)[row] * kw_k)))
                lacks += [Missing(kind, "heat_kw", row)] if np.isnan(heat_kw[row]) else []
            else:
                heat, lpm = known
                rises += (heat[lpm > 0] / (lpm[lpm > 0] * kw_k)).tolist()
    known_all = rises and not np.isnan(rises).any()
    return (supply + max(rises) if known_all else np.nan), lacks


def _solved(
    loops: tuple[LoopFlow | Unsolved, ...],
) -> dict[int, tuple[FloatArray, FloatArray]]:
    """Heat and facility water of CDUs whose flows are known in all lanes, (L,) each, by row."""
    return {
        int(row): (flow.warmth.heat_kw[:, k], flow.warmth.facility_lpm[:, k])
        for flow in loops
        if isinstance(flow, LoopFlow)
        for k, row in enumerate(flow.units.tolist())
        if not np.isnan(flow.warmth.facility_lpm[:, k]).any()
    }


def _final(study: Study, circuit: Circuit) -> Bound:
    """Greatest pressure where the pumps draw in, kPa: what the weakest pipe bears, less their lift.

    It is known where every pipe says what it bears: no code profile bounds facility water.
    """
    table = study.table("pipe")
    rows = np.unique(circuit.rows(study, "pipe", Part.PIPE))
    bears = np.asarray(table["pressure_max_kpa"], dtype=float)[rows]
    lift = shutoff_of(study, "plant", circuit.row)
    lacks = [Missing("pipe", "pressure_max_kpa", row) for row in rows[np.isnan(bears)].tolist()]
    if np.isnan(lift):
        lacks.append(Missing("plant", "shutoff_kpa", circuit.row))
    if lacks or not len(rows):
        return Bound(np.nan, "", tuple(lacks))
    weakest = int(bears.argmin())
    return Bound(float(bears[weakest]) - lift, f"pipe:{table.ids[rows[weakest]]}")
