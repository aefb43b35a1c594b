"""What a described plant is filled with: litres of its pipes, glycol, what it gains when warm."""

from __future__ import annotations

import numpy as np

from twin.site.table import FloatArray
from twin.solve.coolant.branches import Fluid, fluid_of
from twin.solve.coolant.circuit import Circuit, Missing, Part, air_unit_water, cdu_water
from twin.solve.coolant.filling import (
    COLD_C,
    GLYCOL_KG_M3,
    MIXING_C,
    Fill,
    reserve_l,
    vessel_l,
)
from twin.solve.coolant.flow import LoopFlow, Unsolved
from twin.solve.coolant.fluids import fluid_product
from twin.solve.coolant.pumping import shutoff_of
from twin.solve.coolant.racks import plant_supply_c
from twin.solve.coolant.volumes import expansion_l, glycol_kg, pipe_l
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
    plant, row = study.table("plant"), circuit.row
    pipes = float(pipe_l(circuit.length_m, circuit.bore_m)[circuit.part == Part.PIPE].sum())
    rest, static = (float(plant[column][row]) for column in ("volume_l", "static_kpa"))
    # Figures of users are needed for flows, not for what the pipes hold.
    missing = [m for m in circuit.missing if m.kind == "pipe"]
    missing += [Missing("plant", "volume_l", row)] if np.isnan(rest) else []
    complete, known = not missing, float(np.nansum([pipes, rest]))
    fluid, gaps = fluid_of(study, "plant", row)
    warm, gain = np.nan, np.nan
    lacks: list[Missing] = []
    if fluid is not None:
        warm, lacks = _warmest_c(study, circuit, fluid, loops)
        rho, _ = fluid.at(np.array([COLD_C, warm]))
        gain = float(expansion_l(np.array(known), rho[0], rho[1]))
    share, basis, kg, litres = _glycol(study, row, fluid, known)
    final, by, weak = _final(study, circuit)
    # One thing after the other: without a pressure at rest there is no vessel to ask more for.
    lacks += [Missing("plant", "static_kpa", row)] if np.isnan(static) else weak
    reserve = reserve_l(known)
    return Fill(
        pipes_l=pipes, manifolds_l=np.nan, hoses_l=np.nan, racks_l=np.nan, cdus_l=np.nan,
        rest_l=rest, known_l=known, missing=tuple(dict.fromkeys([*missing, *gaps, *lacks])),
        complete=complete, glycol_share=share, basis=basis, glycol_kg=kg, glycol_at_20c_l=litres,
        warm_c=warm, expansion_l=gain, reserve_l=reserve, static_kpa=static, final_kpa=final,
        final_by=by, vessel_l=vessel_l(gain, reserve, static, final),
    )  # fmt: skip


def _warmest_c(
    study: Study, circuit: Circuit, fluid: Fluid, loops: tuple[LoopFlow | Unsolved, ...]
) -> tuple[float, list[Missing]]:
    """Warmest return of all users in all cases, degC, and what it waits for.

    A litre is one at supply temperature, where it is metered.
    """
    supply = float(study(plant_supply_c)[circuit.row])
    kw_k = float(fluid.capacity(np.array(supply)))
    lacks = [Missing("plant", "supply_c", circuit.row)] if np.isnan(supply) else []
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


def _glycol(
    study: Study, row: int, fluid: Fluid | None, volume_l: float
) -> tuple[float, str, float, float]:
    """Share, basis, kg and litres of pure glycol; nothing of it in water."""
    product = fluid_product(study.site.catalog, str(study.table("plant")["fluid"][row]))
    if product is None or fluid is None:
        return np.nan, "", np.nan, np.nan
    share = product.number("glycol_share")
    if np.isnan(share):
        return 0.0, "", 0.0, 0.0
    basis, pure = product.text["basis"], GLYCOL_KG_M3.get(product.id[:2], np.nan)
    rho = fluid.at(np.array(MIXING_C))[0]
    kg = float(glycol_kg(np.array(volume_l), np.array(share), basis, rho, pure))
    return share, basis, kg, 1000.0 * kg / pure


def _final(study: Study, circuit: Circuit) -> tuple[float, str, list[Missing]]:
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
        return np.nan, "", lacks
    weakest = int(bears.argmin())
    return float(bears[weakest]) - lift, f"pipe:{table.ids[rows[weakest]]}", []
