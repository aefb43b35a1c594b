"""Racks of a type that one CDU carries over its supply temperature: by heat, by flow and by head.

By heat: the most racks whose heat its exchanger carries at that supply, facility water staying as
it is; where its rating lacks a part, the rating alone where its approach is there. By flow: what
its pumps give over what a rack needs. By head: the racks of the loop, in their order, that get what
they need with this CDU alone on the loop as it is piped.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np

from twin.site.resolve import product_rows
from twin.site.table import FloatArray, IntArray
from twin.solve.coolant.branches import fluid_of, need_at
from twin.solve.coolant.circuit import Circuit, Part
from twin.solve.coolant.flow import LoopFlow, Unsolved, solve_ready
from twin.solve.coolant.pumping import curve_of
from twin.solve.coolant.racks import air_side, approach_needed, curves, plant_supply_c
from twin.solve.coolant.rated import exchangers
from twin.solve.coolant.ready import Ready, ready_of
from twin.solve.coolant.set_point import hold_at_heat
from twin.solve.coolant.valves import opened
from twin.solve.load import liquid_heat
from twin.solve.study import Study

MOST = 512
"""Racks that are tried by heat."""

_CLOSE = 1e-6
_STEP_K = 1.0
_SPAN_C = (25.0, 45.0)
"""Supply that is drawn where a type has no curve of its own."""


@dataclass(frozen=True, slots=True)
class Capacity:
    """Racks of one type on one CDU. t temperatures; NaN is not known.

    Attributes
    ----------
    cooled_by, facility_c
        What the CDU gives its heat to, and its temperature there.
    rack_kw, need_lpm
        Heat of a rack; (t,) flow that it needs.
    heat, flow, head
        (t,) racks that each lets stand.
    on_loop
        Racks of the type on the loop: `head` is at least that many where it is as many.
    said
        What is not known, and why.
    """

    cdu: str
    type: str
    supply_c: FloatArray
    set_point_c: float
    cooled_by: str
    facility_c: float
    rack_kw: float
    need_lpm: FloatArray
    heat: FloatArray
    flow: FloatArray
    head: FloatArray
    on_loop: int
    said: tuple[str, ...]

    @property
    def least(self) -> FloatArray:
        """(t,) racks that all three let stand; NaN where one is not known and none decides."""
        return np.asarray(np.minimum(np.minimum(self.heat, self.flow), self.head))


def capacities(study: Study, found: LoopFlow | Unsolved) -> list[Capacity]:
    """Every CDU of a loop for every type of rack on it; equal CDUs in equal places each count."""
    circuit = found.circuit
    racks = circuit.rows(study, "rack", Part.RACK)
    product = product_rows(study.site, "rack")[racks]
    units = circuit.rows(study, "cdu", Part.UNIT).tolist()
    types = [p for p in np.unique(product).tolist() if p >= 0]
    return [
        _capacity(study, found, n, unit, racks[product == p], p)
        for p in types
        for n, unit in enumerate(units)
    ]


def _capacity(
    study: Study, found: LoopFlow | Unsolved, n: int, unit: int, racks: IntArray, product: int
) -> Capacity:
    cdus, site, said = study.table("cdu"), study.site, []
    kind = str(site.tables["product"].ids[product])
    supply = _supplies(study, product)
    rack_kw = float(study(liquid_heat)[racks].max()) or np.nan
    need = need_at(study, racks[:1], np.full((len(supply), 1), rack_kw), supply[:, None])[:, 0]
    if product not in study(curves):
        said.append(
            f"flow: {kind} has no curve of flow over supply temperature; "
            "its one figure is taken throughout"
        )
    if np.isnan(rack_kw):
        said.append(f"heat: the load of a {kind} is not known")
    plant = int(site.rows_of("plant", cdus["plant"])[unit])
    facility = float(np.append(plant_supply_c(study), np.nan)[plant])
    cooled_by = "air" if study(air_side)[unit] else "facility water"
    if study(air_side)[unit]:
        hall = int(site.rows_of("hall", cdus["hall"])[unit])
        facility = float(np.append(study.table("hall")["dry_bulb_c"], np.nan)[hall])
    heat, why = _by_heat(study, found.circuit, unit, facility, supply, rack_kw, need)
    said += why
    most, gaps = curve_of(study, "cdu", unit)
    said += [f"flow: {site.path_of(g.kind, g.row, g.column)} is missing" for g in gaps]
    give = np.nan if most is None else float(most.flow_lpm[-1])
    with np.errstate(divide="ignore", invalid="ignore"):
        flow = np.floor(give / need * (1.0 + _CLOSE))
    if isinstance(found, Unsolved):
        head = np.full(len(supply), np.nan)
        said.append("head: the loop is not solved, figures are missing")
    else:
        head = _by_head(study, found, n, racks, supply, need)
    set_point = float(study.table("loop")["supply_c"][found.circuit.row])
    return Capacity(
        str(cdus.ids[unit]), kind, supply, set_point,
        cooled_by, facility, rack_kw, need, heat, flow, head, len(racks), tuple(said),
    )  # fmt: skip


def _supplies(study: Study, product: int) -> FloatArray:
    """Supply temperatures: where the type's curve holds, a degree apart."""
    curve = study(curves).get(product)
    low, high = (
        _SPAN_C if curve is None else (curve.column("supply_c")[0], curve.column("supply_c")[-1])
    )
    return np.arange(float(low), float(high) + _STEP_K / 2, _STEP_K)


def _by_heat(
    study: Study,
    circuit: Circuit,
    unit: int,
    facility: float,
    supply: FloatArray,
    rack_kw: float,
    need: FloatArray,
) -> tuple[FloatArray, list[str]]:
    """Racks whose heat a CDU carries at each supply temperature."""
    cdus = study.table("cdu")
    known = exchangers(study, np.array([unit], dtype=np.int64))
    plant = int(study.site.rows_of("plant", cdus["plant"])[unit])
    fluid, _ = fluid_of(study, "loop", circuit.row)
    water = None if plant < 0 else fluid_of(study, "plant", plant)[0]
    most = float(cdus["facility_most_lpm"][unit])
    most = float(known.cold_lpm[0]) if np.isnan(most) else most
    most = float(opened(study, np.array([unit]), np.array([most]))[1][0])
    if fluid is None or water is None or np.isnan(float(known.ua_kw_k[0]) + most + facility):
        return _as_rated(study, unit, facility, supply, rack_kw)
    n = np.arange(1, MOST + 1)[:, None]
    each = float(water.capacity(np.array(facility + 5.0)))
    heat, at, hot = np.broadcast_arrays(n * rack_kw, supply, fluid.capacity(supply + 5.0))
    full = np.full(heat.shape, 1.0)
    held = hold_at_heat(
        known, n * need, heat, facility * full, at, most * full, hot, each * full
    )  # fmt: skip
    # More racks than fit never fit again: count those before the first that does not.
    count = np.logical_and.accumulate(held.throttling, axis=0).sum(axis=0).astype(float)
    return np.where(np.isnan(need), np.nan, count), []


def _as_rated(
    study: Study, unit: int, facility: float, supply: FloatArray, rack_kw: float
) -> tuple[FloatArray, list[str]]:
    """Racks by the published rating alone, where its approach is there."""
    rated = float(study.table("cdu")["heat_kw"][unit])
    approach = float(study(approach_needed)[unit])
    if np.isnan(rated + approach + facility):
        return np.full(len(supply), np.nan), [
            "heat: rating, approach or facility supply is missing"
        ]
    count = np.floor(rated / rack_kw * (1.0 + _CLOSE))
    why = "heat: the rating lacks a part, so it holds where the approach is at least "
    why += f"{approach:g} K, and is not known elsewhere"
    return np.where(supply - facility >= approach - _CLOSE, count, np.nan), [why]


def _by_head(
    study: Study, found: LoopFlow, n: int, racks: IntArray, supply: FloatArray, need: FloatArray
) -> FloatArray:
    """Racks of the loop that get their need at each supply temperature, by bisection."""
    alone = _alone(found.circuit, n)
    out = np.full(len(supply), np.nan)
    for t, c in enumerate(supply.tolist()):
        if np.isnan(need[t]):
            continue
        there = ready_of(_at_supply(study, found.circuit.row, c), alone)
        low, high = 0, len(racks)
        while low < high:
            middle = (low + high + 1) // 2
            fits = None if isinstance(there, tuple) else _fits(there, racks[:middle], need[t])
            if fits is None:
                break
            low, high = (middle, high) if fits else (low, middle - 1)
        else:
            out[t] = low
    return out


def _fits(loop: Ready, racks: IntArray, need: float) -> bool | None:
    """Whether some racks alone on a loop each get a flow; None where it does not converge."""
    absent = np.ones(len(loop.study.table("rack")), dtype=bool)
    absent[racks] = False
    solved = solve_ready(loop, None, absent)
    if not solved.moved.converged[0]:
        return None
    here = ~absent[solved.racks.row]
    return bool((solved.rack_lpm[0, here] * (1.0 + _CLOSE) >= need).all())


def _at_supply(study: Study, row: int, supply_c: float) -> Study:
    """Return the healthy study with another set-point on one loop."""
    table = study.table("loop")
    supply = np.asarray(table["supply_c"], dtype=float).copy()
    supply[row] = supply_c
    tables = {**study.arrays.tables, "loop": table.with_columns(supply_c=supply)}
    arrays = replace(study.arrays, tables=tables)
    return Study(arrays, replace(study.conditions, losses=0))


def _alone(circuit: Circuit, n: int) -> Circuit:
    """Return a loop without all its CDUs but one."""
    others = np.delete(circuit.links(Part.UNIT), n)
    keep = np.ones(len(circuit.fr), dtype=bool)
    keep[others] = False
    columns = {
        f.name: getattr(circuit, f.name)[keep]
        for f in fields(circuit)
        if f.name not in {"kind", "row", "label", "missing"}
    }
    return replace(circuit, **columns)
