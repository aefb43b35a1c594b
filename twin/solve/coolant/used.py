"""How much of what a CDU has its loop uses: of its exchanger at the set-point, and of its pumps."""

from __future__ import annotations

import numpy as np

from twin.site.table import FloatArray
from twin.solve.coolant.flow import LoopFlow
from twin.solve.coolant.index import at_full_speed, head_of_units
from twin.solve.coolant.pumping import LPM
from twin.solve.coolant.set_point import hot_share
from twin.solve.coolant.warmth import Valve, surely_kw
from twin.solve.study import Study


def exchanger_used(flow: LoopFlow) -> FloatArray:
    """(L, u) heat that holds the set-point over what the exchanger takes with its valve wide open.

    Both at the return that the unit has. 1: the valve is wide open and the set-point just holds;
    more: the supply floats. A unit that stands on its published rating alone uses what it brings
    of that. NaN where it is not known.

    Worked number: the unit of WE-C-020 holds 40 degC from a return of 49.95 degC with water of 36
    degC: it needs 0.713 of the span, and has 0.713 at 1,950 L/min.
    """
    cooling, warmth, lpm = flow.loop.cooling, flow.warmth, flow.unit_lpm
    mean = 0.5 * (warmth.supply_c + warmth.return_c)
    each = flow.loop.fluid.capacity(mean)
    with np.errstate(divide="ignore", invalid="ignore"):
        comes = warmth.supply_c + warmth.heat_kw / (lpm * each)
        need = (comes - cooling.set_point_c) / (comes - cooling.facility_c)
        full = hot_share(
            cooling.unit, lpm, cooling.most_lpm, each, np.broadcast_to(
                cooling.cold_kw_k_lpm, lpm.shape
            ),
        )  # fmt: skip
        used = np.maximum(need, 0.0) / full
        rated = warmth.heat_kw / surely_kw(cooling, lpm)
    used = np.where(cooling.facility_c >= comes, np.inf, used)
    alone = (warmth.valve == Valve.AS_RATED) | (warmth.valve == Valve.TO_AIR)
    used = np.where(alone, rated, used)
    return np.where(warmth.valve == Valve.UNKNOWN, np.nan, used)


def pumps_used(study: Study, flow: LoopFlow) -> FloatArray:
    """(L, u) share of what the pumps of each unit give at full speed: of flow, or of head there."""
    full = study(at_full_speed)
    # Beyond that flow nothing is known of a unit's pumps.
    each = [full[row][0].most_m3s / LPM if full[row] else np.nan for row in flow.units.tolist()]
    most = np.array(each)
    with np.errstate(divide="ignore", invalid="ignore"):
        head = flow.unit_dp_kpa / head_of_units(study, flow)
        return np.asarray(np.fmax(flow.unit_lpm / most, head))


def facility_return_c(flow: LoopFlow) -> FloatArray:
    """(L, u) facility water as it leaves each unit, degC; NaN not known, or where none is taken.

    A litre is one at supply temperature, where it is metered.
    """
    cooling, warmth = flow.loop.cooling, flow.warmth
    with np.errstate(divide="ignore", invalid="ignore"):
        rise = warmth.heat_kw / (warmth.facility_lpm * cooling.cold_kw_k_lpm)
    return np.where(warmth.facility_lpm > 0, cooling.facility_c + rise, np.nan)
