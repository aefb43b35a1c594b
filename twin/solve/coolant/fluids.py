"""Coolants: properties over temperature from the catalog, and the rise of a heated flow."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from twin.catalog.catalog import Catalog
from twin.catalog.figure import Curve
from twin.catalog.fluids import fluid_product
from twin.site.table import FloatArray
from twin.solve.coolant.racks import flow_need, loop_supply, rack_loops
from twin.solve.load import liquid_heat
from twin.solve.study import Study


def fluid_table(catalog: Catalog, name: str) -> Curve | None:
    """Table of a coolant's properties by the name that a loop gives it; None where there is none.

    Parameters
    ----------
    name
        "pg25", "pg25-mass", "eg30", "water", or the id of a fluid of the catalog.
    """
    product = fluid_product(catalog, name)
    return None if product is None else product.curves.get("properties")


class Properties(NamedTuple):
    """What a coolant is at temperatures; all of one shape, NaN where not known."""

    rho_kg_m3: FloatArray
    mu_pa_s: FloatArray
    cp_j_kgk: FloatArray
    k_w_mk: FloatArray


def properties(table: Curve, t_c: FloatArray) -> Properties:
    """Density, viscosity, specific heat and conductivity at temperatures; NaN outside the table.

    Straight lines between the table's points: density and heat of the shipped coolants are within
    0.01 % of what was tabulated, viscosity within 0.3 %.

    Parameters
    ----------
    table
        With the columns of a fluid of the catalog.
    t_c
        Any shape, degC.

    Examples
    --------
    >>> columns = ("t_c", "rho_kg_m3", "cp_j_kgk", "mu_mpa_s", "k_w_mk")
    >>> cold, warm = (30, 1019.4, 3937.6, 1.7972, 0.478), (40, 1014.5, 3962.2, 1.3677, 0.4871)
    >>> at = properties(Curve(columns, (cold, warm)), np.array([35.0, 45.0]))
    >>> at.rho_kg_m3.round(2).tolist(), at.cp_j_kgk.round(1).tolist()
    ([1016.95, nan], [3949.9, nan])
    >>> at.mu_pa_s.round(6).tolist()
    [0.001582, nan]
    """
    at = np.asarray(table.column("t_c"), dtype=float)
    outside = ~((t_c >= at[0]) & (t_c <= at[-1]))

    def read(name: str) -> FloatArray:
        return np.where(outside, np.nan, np.interp(t_c, at, table.column(name)))

    rho, cp = read("rho_kg_m3"), read("cp_j_kgk")
    return Properties(rho, read("mu_mpa_s") / 1000.0, cp, read("k_w_mk"))


def capacity_kw_k(flow_lpm: FloatArray, rho: FloatArray, cp: FloatArray) -> FloatArray:
    """Heat that a flow takes up for each kelvin, kW/K: C = rho cp V.

    Examples
    --------
    1,950 L/min of PG25 at 42 degC (WE-C-020).

    >>> capacity_kw_k(np.array(1950.0), np.array(1013.4), np.array(3967.2)).round(2)
    np.float64(130.66)
    """
    return np.asarray(rho * cp * flow_lpm / 60e6)


def rise_k(
    heat_kw: FloatArray, flow_lpm: FloatArray, rho: FloatArray, cp: FloatArray
) -> FloatArray:
    """Rise of a flow that takes up heat, K: dT = Q / (rho V cp).

    Examples
    --------
    1 kW into 1.5 L/min of PG25 at 40 degC (WE-C-001).

    >>> rise_k(np.array(1.0), np.array(1.5), np.array(1014.5), np.array(3962.2)).round(3)
    np.float64(9.951)
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(heat_kw / capacity_kw_k(flow_lpm, rho, cp))


def return_c(study: Study) -> FloatArray:
    """Coolant that leaves each rack at the flow that it needs, (racks,) degC; NaN not known.

    Properties hold at the mean of supply and return. Where that mean is warmer than the fluid's
    table, its hottest point stands in: density times heat moves by less than 1 % over 30 K. A
    supply outside the table is not known.
    """
    supply, loop = study(loop_supply), study(rack_loops)
    heat, flow = study(liquid_heat), study(flow_need)
    fluids = np.append(study.table("loop")["fluid"], "")[loop]
    out = np.full(len(supply), np.nan)
    for name in np.unique(fluids).tolist():
        table = fluid_table(study.site.catalog, name)
        if table is not None:
            mine = fluids == name
            out[mine] = _return(table, supply[mine], heat[mine], flow[mine])
    return out


def _return(table: Curve, supply: FloatArray, heat: FloatArray, flow: FloatArray) -> FloatArray:
    hottest = table.column("t_c")[-1]
    at = properties(table, supply)
    rise = rise_k(heat, flow, at.rho_kg_m3, at.cp_j_kgk)
    for _ in range(3):  # the mean moves by less than 0.01 K after the second step
        at = properties(table, np.minimum(supply + rise / 2.0, hottest))
        rise = rise_k(heat, flow, at.rho_kg_m3, at.cp_j_kgk)
    return supply + rise
