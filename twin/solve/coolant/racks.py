"""Racks on their coolant loops: the flow that each needs, and what CDUs carry at their approach."""

from __future__ import annotations

import numpy as np

from twin.arrays.needs import loops_of_racks
from twin.catalog.figure import Curve
from twin.site.coolant_words import TO_AIR
from twin.site.resolve import of_product, product_rows
from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.limits import limit
from twin.solve.load import liquid_heat
from twin.solve.study import Study

_SLACK_K = 1e-9
_EDGE_K = 1e-6
"""Solved temperatures are no sharper: one that is so near the end of a curve is on it."""


def rack_loops(study: Study) -> IntArray:
    """(racks,) row of the loop of each rack's own CDUs, else of its position, -1 none."""
    return loops_of_racks(study.site)


def wet(study: Study) -> BoolArray:
    """(racks,) which racks give heat to a loop, or may: an unknown share is no share of nothing."""
    return ~(np.asarray(study.table("rack")["liquid_share_high"]) <= 0)


def loop_supply(study: Study) -> FloatArray:
    """(racks,) supply temperature of each rack's loop, degC, NaN not known."""
    return np.append(study.table("loop")["supply_c"], np.nan)[study(rack_loops)]


def flow_at(curve: Curve, supply_c: FloatArray) -> FloatArray:
    """Flow per kW of liquid heat from a rack's own curve, L/min/kW, never extrapolated.

    The curve holds at one heat. Racks hold their return temperature, so at one supply temperature
    the flow goes with the heat.

    Examples
    --------
    >>> gb300 = Curve(("supply_c", "flow_lpm"), ((40, 119), (45, 177)), {"heat_kw": 121.5})
    >>> (121.5 * flow_at(gb300, np.array([40.0, 42.5, 45.0, 45.1]))).round(1)
    array([119., 148., 177.,  nan])
    """
    at = np.asarray(curve.column("supply_c"), dtype=float)
    inside = (supply_c >= at[0] - _EDGE_K) & (supply_c <= at[-1] + _EDGE_K)
    flow = np.interp(supply_c, at, curve.column("flow_lpm")) / curve.at["heat_kw"]
    return np.where(inside, flow, np.nan)


def curves(study: Study) -> dict[int, Curve]:
    """Flow curves by row of the product table, for racks whose maker publishes one."""
    products = study.site.catalog.products
    out: dict[int, Curve] = {}
    for row in np.unique(product_rows(study.site, "rack")).tolist():
        if row >= 0:
            curve = products[str(study.site.tables["product"].ids[row])].curves.get("flow")
            if curve is not None and curve.at.get("heat_kw", 0.0) > 0:
                out[row] = curve
    return out


def flow_per_kw(study: Study) -> FloatArray:
    """(racks,) flow per kW of liquid heat at the supply of each rack's loop, L/min/kW, NaN unknown.

    The type's curve first. Outside it, or without one, the type's flow per kW; a type without a
    curve may also give one flow at one heat. The single point of a type with a curve is a point
    of that curve and says nothing beyond it, on the cold side neither: how far a rack throttles
    is its maker's to say.
    """
    rack, supply = study.table("rack"), study(loop_supply)
    product = product_rows(study.site, "rack")
    given = np.asarray(rack["flow_per_kw_lpm"], dtype=float)
    single = np.asarray(rack["flow_lpm"]) / of_product(study.site, "rack", "flow_heat_kw")
    out = np.where(np.isnan(given), single, given)
    for row, curve in study(curves).items():
        mine = product == row
        read = flow_at(curve, supply[mine])
        out[mine] = np.where(np.isnan(read), given[mine], read)
    return out


def flow_need(study: Study) -> FloatArray:
    """(racks,) coolant flow that each rack needs, L/min, NaN not known; 0 for racks in air.

    Worked number: a GB300 at 135 kW gives 121.5 kW to liquid and needs 119 L/min at 40 degC, 177
    L/min at 45 degC.
    """
    heat = study(liquid_heat)
    return np.where(heat == 0, 0.0, heat * study(flow_per_kw))


def air_side(study: Study) -> BoolArray:
    """(cdus,) units without facility water: they give the loop's heat to the air of their hall."""
    site = study.site
    products = [site.catalog.products[i] for i in site.tables["product"].ids.tolist()]
    flags = [p.text.get("type", "").endswith(TO_AIR) for p in products]
    return np.append(flags, False)[product_rows(site, "cdu")].astype(bool)


def plant_supply_c(study: Study) -> FloatArray:
    """(plants,) facility water supply, degC; NaN unknown.

    What is written is a set-point: what rejects heat at an approach to the ambient air holds it as
    long as it is no colder than both together. Of one that states its air and no approach it is not
    known.
    """
    plant = study.table("plant")
    by_air = np.asarray(plant["ambient_c"]) + np.asarray(plant["approach_k"])
    own = np.asarray(plant["supply_c"], dtype=float)
    return np.where(study(no_approach), np.nan, np.fmax(own, by_air))


def no_approach(study: Study) -> BoolArray:
    """(plants,) plants that state the air their dry coolers see, and not how near they come."""
    ambient, approach = (study.table("plant")[c] for c in ("ambient_c", "approach_k"))
    return np.asarray(~np.isnan(ambient) & np.isnan(approach))


def approach_there(study: Study) -> FloatArray:
    """(cdus,) loop supply less what cools the unit: facility water, or the air of its hall; K.

    NaN not known.
    """
    cdus, site = study.table("cdu"), study.site
    loop = np.append(study.table("loop")["supply_c"], np.nan)[site.rows_of("loop", cdus["loop"])]
    plant = np.append(study(plant_supply_c), np.nan)[site.rows_of("plant", cdus["plant"])]
    air = np.append(study.table("hall")["dry_bulb_c"], np.nan)[site.rows_of("hall", cdus["hall"])]
    return np.asarray(loop - np.where(study(air_side), air, plant))


def approach_needed(study: Study) -> FloatArray:
    """(cdus,) approach of each rating, K; the code profile's where the unit states none.

    NaN of a liquid-to-air unit that states none: nobody says in what air its rating holds.
    """
    own = np.asarray(study.table("cdu")["approach_k"], dtype=float)
    silent = np.where(study(air_side), np.nan, limit(study, "approach_k").value)
    return np.where(np.isnan(own), silent, own)


def approach_holds(study: Study) -> BoolArray:
    """(cdus,) where the approach is at least that of the rating, or no profile states one."""
    needed = study(approach_needed)
    unsaid = np.isnan(needed) & ~study(air_side)
    return np.asarray(unsaid | (study(approach_there) >= needed - _SLACK_K))


def cdu_heat(study: Study) -> FloatArray:
    """(cdus,) heat that each unit carries, kW: its rating where the rating's approach is there.

    At a larger approach a unit carries at least its rating. At a smaller one its rating does not
    hold, and what it carries is not known (NaN).
    """
    return np.where(study(approach_holds), study.table("cdu")["heat_kw"], np.nan)
