"""What a loop or plant is filled with: litres, glycol, what it gains when warm, and its vessel."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.catalog.fluids import fluid_product
from twin.site.resolve import of_product, product_rows
from twin.site.table import FloatArray
from twin.solve.coolant.branches import Fluid, fluid_of
from twin.solve.coolant.circuit import Circuit, Missing, Part
from twin.solve.coolant.flow import LoopFlow
from twin.solve.coolant.pumping import shutoff_of
from twin.solve.coolant.volumes import expansion_l, glycol_kg, pipe_l
from twin.solve.limits import limit
from twin.solve.study import Study

COLD_C = 10.0
"""Temperature at which a loop is filled (EN 12828 reckons expansion from 10 degC)."""
MIXING_C = 20.0
"""Temperature at which glycol and water are measured out."""
GLYCOL_KG_M3 = {"pg": 1036.0, "eg": 1113.0}
"""Density of the pure glycol at 20 degC (Dow, "A Guide to Glycols"; "Ethylene Glycol")."""
RESERVE_SHARE, RESERVE_LEAST_L = 0.005, 3.0
_AIR_KPA = 100.0
_PARTS = ("pipes_l", "manifolds_l", "hoses_l", "racks_l", "cdus_l", "rest_l")


@dataclass(frozen=True, slots=True)
class Fill:
    """One loop or plant; NaN not known.

    Attributes
    ----------
    pipes_l, manifolds_l, hoses_l, racks_l, cdus_l, rest_l
        What its parts hold, supply and return together. Where the layout says what the loop holds
        besides its pipes, that is `rest_l`, and racks and CDUs are in it.
    known_l
        The sum of what is known.
    missing
        What the sum, the glycol or the vessel wait for.
    complete
        Whether all parts are in the sum; what follows from it is at least that much if not.
    glycol_share, basis
        Share of glycol, and of what; NaN and "" where the coolant is not known.
    glycol_kg, glycol_at_20c_l
        Pure glycol.
    warm_c, expansion_l, reserve_l
        Warmest return of all cases; what the fill gains from `COLD_C` to that; the water reserve.
    static_kpa, final_kpa, final_by
        Pressure where pumps draw in, at rest and at its greatest, and what bounds that.
    vessel_l
        Expansion vessel where the pumps draw in.
    """

    pipes_l: float
    manifolds_l: float
    hoses_l: float
    racks_l: float
    cdus_l: float
    rest_l: float
    known_l: float
    missing: tuple[Missing, ...]
    complete: bool
    glycol_share: float
    basis: str
    glycol_kg: float
    glycol_at_20c_l: float
    warm_c: float
    expansion_l: float
    reserve_l: float
    static_kpa: float
    final_kpa: float
    final_by: str
    vessel_l: float


@dataclass(frozen=True, slots=True)
class Bound:
    """Greatest pressure where pumps draw in, kPa, what bounds it, and what it waits for."""

    kpa: float
    by: str
    missing: tuple[Missing, ...] = ()


UNBOUND = Bound(float("nan"), "")
"""Of what is not solved, or where nothing says what it bears."""


def reserve_l(volume_l: float) -> float:
    """Water reserve of an expansion vessel, L: 0.5 % of the fill, at least 3 L.

    References
    ----------
    EN 12828, Annex D, for vessels above 15 L, as makers' planning sheets quote it.

    Examples
    --------
    >>> reserve_l(1000.0), reserve_l(200.0)
    (5.0, 3.0)
    """
    return max(RESERVE_SHARE * volume_l, RESERVE_LEAST_L)


def vessel_l(gain_l: float, reserve: float, static_kpa: float, final_kpa: float) -> float:
    """Nominal volume of a closed expansion vessel, L: (Ve + Vr) (pe + 1 bar) / (pe - p0).

    p0 is the pressure of its gas at rest and pe that at which it holds all of both, above the
    air's. NaN where pe is not above p0.

    References
    ----------
    EN 12828, Annex D; the same as (Ve + Vr) / (1 - absolute p0 / absolute pe), by Boyle's law.

    Examples
    --------
    18.6 L of expansion and 5 L of reserve between 1.5 and 3.5 bar.

    >>> round(vessel_l(18.6, 5.0, 150.0, 350.0), 1)
    53.1
    """
    if not final_kpa > static_kpa:
        return float("nan")
    return (gain_l + reserve) * (final_kpa + _AIR_KPA) / (final_kpa - static_kpa)


def fill(study: Study, circuit: Circuit, flow: LoopFlow | None) -> Fill:
    """Add up what a described loop holds; expansion only of a solved one, which has a return."""
    parts, missing = _parts(study, circuit)
    if flow is None:
        return filled(study, circuit, parts, missing, np.nan, UNBOUND)
    warm = warmest(flow.warmth.return_c)
    return filled(study, circuit, parts, missing, warm, _final(study, circuit))


def warmest(return_c: FloatArray) -> float:
    """Return the warmest of temperatures, NaN where none is known.

    Examples
    --------
    >>> warmest(np.array([[54.2, np.nan], [55.1, 53.0]])), warmest(np.array([np.nan]))
    (55.1, nan)
    """
    known = return_c[~np.isnan(return_c)]
    return float(known.max()) if len(known) else float("nan")


def filled(
    study: Study,
    circuit: Circuit,
    parts: dict[str, float],
    missing: list[Missing],
    warm_c: float,
    bound: Bound,
) -> Fill:
    """Say what a loop or plant is filled with, of what its parts hold.

    Parameters
    ----------
    parts, missing
        Litres by the name of their column in `Fill`, and what is not known of them.
    warm_c
        Warmest coolant of all cases.
    bound
        Greatest pressure where the pumps draw in.
    """
    none = dict.fromkeys(_PARTS, float("nan"))
    known = float(np.nansum(list(parts.values())))
    fluid, gaps = fluid_of(study, circuit.kind, circuit.row)
    share, basis, kg, litres = _glycol(study, circuit, fluid, known)
    gain = float("nan")
    if fluid is not None:
        rho, _ = fluid.at(np.array([COLD_C, warm_c]))
        gain = float(expansion_l(np.array(known), rho[0], rho[1]))
    static = float(study.table(circuit.kind)["static_kpa"][circuit.row])
    # One thing after the other: without a pressure at rest there is no vessel to ask more for.
    lacks = (
        [Missing(circuit.kind, "static_kpa", circuit.row)] if np.isnan(static) else [*bound.missing]
    )
    reserve = reserve_l(known)
    return Fill(
        **(none | parts), known_l=known, missing=tuple(dict.fromkeys([*missing, *gaps, *lacks])),
        complete=not missing, glycol_share=share, basis=basis, glycol_kg=kg,
        glycol_at_20c_l=litres, warm_c=warm_c, expansion_l=gain, reserve_l=reserve,
        static_kpa=static, final_kpa=bound.kpa, final_by=bound.by,
        vessel_l=vessel_l(gain, reserve, static, bound.kpa),
    )  # fmt: skip


def _parts(study: Study, circuit: Circuit) -> tuple[dict[str, float], list[Missing]]:
    """Litres of the parts of a loop, and what is not known of them."""
    litres = pipe_l(circuit.length_m, circuit.bore_m)
    of = {
        name: float(litres[circuit.part == part].sum())
        for name, part in (
            ("pipes_l", Part.PIPE), ("manifolds_l", Part.SEGMENT), ("hoses_l", Part.HOSE),
        )
    }  # fmt: skip
    missing = list(circuit.missing)
    rest = float(study.table("loop")["volume_l"][circuit.row])
    if not np.isnan(rest):
        return of | {"racks_l": np.nan, "cdus_l": np.nan, "rest_l": rest}, missing
    rack, cdu = circuit.rows(study, "rack", Part.RACK), circuit.rows(study, "cdu", Part.UNIT)
    racks = of_product(study.site, "rack", "volume_l")[rack]
    cdus = np.asarray(study.table("cdu")["volume_l"], dtype=float)[cdu]
    products = product_rows(study.site, "rack")[rack][np.isnan(racks)]
    whole = Missing("loop", "volume_l", circuit.row)
    missing += [Missing("product", "volume_l", p) if p >= 0 else whole for p in products.tolist()]
    missing += [Missing("cdu", "volume_l", row) for row in cdu[np.isnan(cdus)].tolist()]
    of |= {"racks_l": _sum(racks), "cdus_l": _sum(cdus), "rest_l": np.nan}
    return of, list(dict.fromkeys(missing))


def _sum(litres: FloatArray) -> float:
    """Sum of what is known; NaN where nothing is."""
    return float("nan") if np.isnan(litres).all() else float(np.nansum(litres))


def _glycol(
    study: Study, circuit: Circuit, fluid: Fluid | None, volume_l: float
) -> tuple[float, str, float, float]:
    """Share, basis, kg and litres of pure glycol; nothing of it in water."""
    name = str(study.table(circuit.kind)["fluid"][circuit.row])
    product = fluid_product(study.site.catalog, name)
    if product is None or fluid is None:
        return np.nan, "", np.nan, np.nan
    share = product.number("glycol_share")
    if np.isnan(share):
        return 0.0, "", 0.0, 0.0
    basis, pure = product.text["basis"], GLYCOL_KG_M3.get(product.id[:2], np.nan)
    rho = fluid.at(np.array(MIXING_C))[0]
    kg = float(glycol_kg(np.array(volume_l), np.array(share), basis, rho, pure))
    return share, basis, kg, 1000.0 * kg / pure


def _final(study: Study, circuit: Circuit) -> Bound:
    """Greatest pressure where pumps draw in, kPa: what the weakest part bears, less their lift.

    The lift is that at no flow: every valve of a loop may be shut.
    """
    site, owned = study.site, limit(study, "loop_pressure_max_kpa")
    bears, by = owned.value, owned.owner
    for kind in ("pipe", "manifold"):
        rows = site.rows_of(kind, np.unique(circuit.subject))
        for row in rows[rows >= 0].tolist():
            own = float(study.table(kind)["pressure_max_kpa"][row])
            if own < bears:
                bears, by = own, f"{kind}:{study.table(kind).ids[row]}"
    units = circuit.rows(study, "cdu", Part.UNIT).tolist()
    lifts = {row: shutoff_of(study, "cdu", row) for row in units}
    lacks = tuple(Missing("cdu", "shutoff_kpa", row) for row in units if np.isnan(lifts[row]))
    if lacks or not units:
        return Bound(float("nan"), "", lacks)
    return Bound(bears - max(lifts.values()), by)
