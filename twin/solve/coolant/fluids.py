"""Coolants: properties over temperature from the catalog, and the rise of a heated flow."""

from __future__ import annotations

import numpy as np

from twin.catalog.catalog import Catalog
from twin.catalog.figure import Curve
from twin.site.table import FloatArray
from twin.solve.coolant.racks import flow_need, loop_supply, rack_loops
from twin.solve.load import liquid_heat
from twin.solve.study import Study

_SHORT = {
    "pg25": "pg25_vol",
    "pg25-vol": "pg25_vol",
    "pg25-mass": "pg25_mass",
}
"""What people call a coolant: 25 % propylene glycol is by volume unless somebody says by mass."""


def fluid_table(catalog: Catalog, name: str) -> Curve | None:
    """Table of a coolant's properties by the name that a loop gives it; None where there is none.

    Parameters
    ----------
    name
        "pg25", "pg25-mass", "water", or the id of a fluid of the catalog.
    """
    product = catalog.products.get(_SHORT.get(name, name))
    if product is None or product.kind != "fluid":
        return None
    return product.curves.get("properties")


def density_and_heat(table: Curve, t_c: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Density, kg/m3, and specific heat, J/(kg K), at temperatures; NaN outside the table.

    Examples
    --------
    >>> pg25 = Curve(("t_c", "rho_kg_m3", "cp_j_kgk"), ((30, 1019.4, 3937.6), (40, 1014.5, 3962.2)))
    >>> [v.round(2).tolist() for v in density_and_heat(pg25, np.array([35.0, 45.0]))]
    [[1016.95, nan], [3949.9, nan]]
    """
    at = np.asarray(table.column("t_c"), dtype=float)
    inside = (t_c >= at[0]) & (t_c <= at[-1])
    rho = np.interp(t_c, at, table.column("rho_kg_m3"))
    cp = np.interp(t_c, at, table.column("cp_j_kgk"))
    return np.where(inside, rho, np.nan), np.where(inside, cp, np.nan)


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
        return np.asarray(1000.0 * heat_kw / (rho * cp * flow_lpm / 60000.0))


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
    rho, cp = density_and_heat(table, supply)
    rise = rise_k(heat, flow, rho, cp)
    for _ in range(3):  # the mean moves by less than 0.01 K after the second step
        mean = np.minimum(supply + rise / 2.0, hottest)
        rise = rise_k(heat, flow, *density_and_heat(table, mean))
    return supply + rise
