"""What stands in the branches of a circuit: racks and what they resist, and coolants."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.arrays.housed import housed
from twin.catalog.figure import Curve
from twin.site.resolve import product_rows
from twin.site.table import FloatArray, IntArray
from twin.solve.cabling.parts.optics import lacking_plug
from twin.solve.coolant.circuit import Circuit, Missing, Part
from twin.solve.coolant.fluids import fluid_table, properties
from twin.solve.coolant.hung import hookup_of_links
from twin.solve.coolant.pumping import LPM
from twin.solve.coolant.racks import curves, flow_at, flow_need, flow_per_kw
from twin.solve.study import Study

TURBULENT = 2.0
"""Exponent of a resistance of which one point alone is published."""


def power_law(flow_lpm: FloatArray, dp_kpa: FloatArray) -> tuple[float, float]:
    """Resistance, Pa at 1 m3/s, and exponent of dp = R q^n through published points.

    One point: n is 2. Several: least squares of the logarithms.

    Examples
    --------
    A GB300 NVL72 (Lenovo LP2357): between 59 and 177 L/min all five points lie within 1.3 %.

    >>> flow, dp = np.array([59.0, 71, 89, 119, 177]), np.array([15.9, 22.1, 33.8, 58.6, 126.9])
    >>> r, n = power_law(flow, dp)
    >>> round(n, 3), (r * (flow / 60000) ** n / 1000).round(1).tolist()
    (1.894, [15.7, 22.2, 34.1, 59.2, 125.5])
    """
    q, pa = np.log(flow_lpm * LPM), np.log(1000.0 * dp_kpa)
    if len(q) == 1:
        return float(np.exp(pa[0] - TURBULENT * q[0])), TURBULENT
    slope, constant = np.polyfit(q, pa, 1)
    return float(np.exp(constant)), float(slope)


def resistances(study: Study) -> tuple[FloatArray, FloatArray]:
    """(racks,) resistance and exponent of each rack, NaN not known.

    The rack's own pressure loss, or the table of its type, else the single figure of its type.
    """
    rack, product = study.table("rack"), product_rows(study.site, "rack")
    flow, drop = np.asarray(rack["flow_lpm"]), np.asarray(rack["dp_kpa"])
    with np.errstate(divide="ignore", invalid="ignore"):
        r = 1000.0 * drop / (flow * LPM) ** TURBULENT
    n = np.where(np.isnan(r), np.nan, TURBULENT)
    own = study.site.tables["rack"].columns.get("dp_kpa")
    for row in np.unique(product[product >= 0]).tolist():
        known = study.site.catalog.products[str(study.site.tables["product"].ids[row])]
        curve = known.curves.get("resistance")
        if curve is None:
            continue
        mine = product == row
        mine &= np.isnan(own) if own is not None else True
        points = (np.asarray(curve.column(c), dtype=float) for c in ("flow_lpm", "dp_kpa"))
        r[mine], n[mine] = power_law(*points)
    return r, n


@dataclass(frozen=True, slots=True)
class Racks:
    """Racks of a loop, in the order of their links; r of them.

    Attributes
    ----------
    row, link
        (r,) rows of the rack table; links.
    resistance, exponent
        (r,) of each rack alone.
    hold_m3s
        (r,) flow that a valve of its own does not let pass, NaN none.
    heat_kw
        (r,) heat to the coolant.
    rho0, mu0
        (r,) density and viscosity of the coolant for which that resistance is published, SI; NaN
        not published.
    """

    row: IntArray
    link: IntArray
    resistance: FloatArray
    exponent: FloatArray
    hold_m3s: FloatArray
    heat_kw: FloatArray
    rho0: FloatArray
    mu0: FloatArray


def racks_of(study: Study, circuit: Circuit, heat: FloatArray) -> tuple[Racks, list[Missing]]:
    """Racks of a loop, and what is not known of them."""
    link, row = circuit.links(Part.RACK), circuit.rows(study, "rack", Part.RACK)
    r, n = (v[row] for v in study(resistances))
    hookups, hookup = study.table("hookup"), hookup_of_links(study, circuit)[link]
    holds = np.append(hookups["independent"], False)[hookup].astype(bool)
    held = np.append(hookups["hold_lpm"], np.nan)[hookup]
    need = study(flow_need)[row]
    hold = np.where(holds | ~np.isnan(held), np.where(np.isnan(held), need, held), np.nan) * LPM
    gaps = [lacks_of_rack(study, k, "dp_kpa") for k in row[np.isnan(r)].tolist()]
    gaps += [
        _lacks_of_need(study, k) for k in row[holds & np.isnan(held) & np.isnan(need)].tolist()
    ]
    return Racks(row, link, r, n, hold, heat[row], *(v[row] for v in study(_published))), gaps


def _published(study: Study) -> tuple[FloatArray, FloatArray]:
    """(racks,) density and viscosity with which each rack's pressure loss is published."""
    product, table = product_rows(study.site, "rack"), study.table("product")
    rho, mu = np.full((2, len(product)), np.nan)
    for row in np.unique(product[product >= 0]).tolist():
        known = study.site.catalog.products[str(table.ids[row])]
        fluid = named_fluid(study, known.text.get("dp_fluid", ""))
        if fluid is not None:
            rho[product == row], mu[product == row] = fluid.at(np.asarray(table["dp_c"][row]))
    return rho, mu


def coolant_in(
    circuit: Circuit,
    racks: Racks,
    fluid: Fluid,
    side_c: FloatArray,
    rho0: FloatArray,
    mu0: FloatArray,
) -> tuple[FloatArray, FloatArray]:
    """Density, kg/m3, and viscosity, Pa s, of what is in each link, (L, m).

    In racks it is the mean of supply and return, over that with which their loss is published: 1
    where that is not known, so that the loss is taken as it stands.

    Parameters
    ----------
    side_c
        (L, 2) temperature of supply and return.
    rho0, mu0
        (L, r) or (r,) of the racks.
    """
    rho, mu = (column[:, circuit.side] for column in fluid.at(side_c))
    if not np.isnan(rho0).all():
        mean = fluid.at(side_c.mean(axis=1)[:, None])
        for column, own, published in zip((rho, mu), mean, (rho0, mu0), strict=True):
            column[:, racks.link] = np.nan_to_num(own / published, nan=1.0)
    else:
        rho[:, racks.link], mu[:, racks.link] = 1.0, 1.0
    return rho, mu


def thickened(racks: Racks, rho: FloatArray, mu: FloatArray) -> FloatArray:
    """(L, r) resistance of racks in what is in their links, as `coolant_in` tells it."""
    over = rho[:, racks.link], mu[:, racks.link]
    n = racks.exponent
    return np.asarray(racks.resistance * over[0] ** (n - 1.0) * over[1] ** (2.0 - n))


def lacks_of_rack(study: Study, row: int, column: str) -> Missing:
    """Return a figure that lacks of a rack: its product's, where it has one."""
    product = int(product_rows(study.site, "rack")[row])
    return Missing("product", column, product) if product >= 0 else Missing("rack", column, row)


def _lacks_of_need(study: Study, row: int) -> Missing:
    """Return why nobody knows the flow that a rack needs: its type's, or what draws its power."""
    if np.isnan(study(flow_per_kw)[row]):
        return lacks_of_rack(study, row, "flow_per_kw_lpm")
    thing, plug = housed(study.site).lacks_draw[row], int(study(lacking_plug)[row])
    gear = int(study.site.rows_of("gear", np.array([thing]))[0])
    if gear >= 0:
        return Missing("gear", "draw_kw", gear)
    if plug >= 0:
        return Missing("product", "power_w", plug)
    if study.conditions.mode == "measured":
        return Missing("rack", "measured_kw", row)
    return lacks_of_rack(study, row, "nameplate_kw")


def need_at(study: Study, rows: IntArray, heat_kw: FloatArray, supply_c: FloatArray) -> FloatArray:
    """Flow that racks need at their own supply temperature and heat, (L, r) L/min; NaN unknown.

    By each type's curve, beyond it by the flow per kW that is given; of a type without a curve by
    its flow per kW.

    Parameters
    ----------
    rows
        (r,) or (L, r) rows of the rack table.
    heat_kw, supply_c
        (L, r) each.
    """
    per_kw = np.broadcast_to(study(flow_per_kw)[rows], supply_c.shape).copy()
    given = np.asarray(study.table("rack")["flow_per_kw_lpm"], dtype=float)[rows]
    given = np.broadcast_to(given, supply_c.shape)
    product = np.broadcast_to(product_rows(study.site, "rack")[rows], supply_c.shape)
    for row, curve in study(curves).items():
        mine = product == row
        if mine.any():
            read = flow_at(curve, supply_c[mine])
            beyond = np.isnan(read) & ~np.isnan(supply_c[mine])
            per_kw[mine] = np.where(beyond, given[mine], read)
    return np.where(heat_kw == 0, 0.0, heat_kw * per_kw)


@dataclass(frozen=True, slots=True)
class Fluid:
    """A circuit's coolant as columns; beyond its table its last points stand in.

    Attributes
    ----------
    name
        What it is called.
    t_c, rho_kg_m3, mu_pa_s, cp_j_kgk
        (t,) each.
    """

    name: str
    t_c: FloatArray
    rho_kg_m3: FloatArray
    mu_pa_s: FloatArray
    cp_j_kgk: FloatArray

    def at(self, t_c: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Density and viscosity, in SI units."""
        return (
            np.asarray(np.interp(t_c, self.t_c, self.rho_kg_m3)),
            np.asarray(np.interp(t_c, self.t_c, self.mu_pa_s)),
        )

    def capacity(self, t_c: FloatArray) -> FloatArray:
        """Heat that one litre a minute takes up for each kelvin, kW/K."""
        rho = np.interp(t_c, self.t_c, self.rho_kg_m3)
        return np.asarray(rho * np.interp(t_c, self.t_c, self.cp_j_kgk) / 60e6)


def fluid_from(name: str, table: Curve) -> Fluid:
    """Return a fluid of the catalog as columns."""
    t_c = np.asarray(table.column("t_c"), dtype=float)
    known = properties(table, t_c)
    return Fluid(name, t_c, known.rho_kg_m3, known.mu_pa_s, known.cp_j_kgk)


def fluid_of(study: Study, kind: str, row: int) -> tuple[Fluid | None, list[Missing]]:
    """Coolant of a loop or plant."""
    fluid = named_fluid(study, str(study.table(kind)["fluid"][row]))
    return (fluid, []) if fluid is not None else (None, [Missing(kind, "fluid", row)])


def named_fluid(study: Study, name: str) -> Fluid | None:
    """Return a coolant of the catalog by its name; read once."""
    known = study(_fluids)
    if name not in known:
        table = fluid_table(study.site.catalog, name)
        known[name] = None if table is None else fluid_from(name, table)
    return known[name]


def _fluids(_: Study) -> dict[str, Fluid | None]:
    """Coolants of a study as columns, by name, as they are asked for."""
    return {}
