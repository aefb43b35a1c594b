"""Zones of air: who breathes from which, who serves which, and the air at the racks' inlets.

A zone has racks, and may have air units of its own. One that has none is served by the units of
its hall that serve no zone, together with the racks of the hall that stand in no zone. So an area
(where air mixes: a zone, or the rest of a hall) is one thing, and a pool (what serves it: the
units of a zone, or those of a hall) another.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.coolant.air import air_drawn, all_to_air, heat_to_hall, rack_halls
from twin.solve.coolant.doors import heat_past_doors, is_door
from twin.solve.coolant.inlets import recirculated_c
from twin.solve.coolant.psychro import AIR_J_KGK, AIR_KG_M3, airflow_m3s
from twin.solve.limits import limit
from twin.solve.load import air_heat
from twin.solve.power.living import living
from twin.solve.study import Study

_KW_PER_M3S_K = AIR_KG_M3 * AIR_J_KGK / 1000.0


def rack_zones(study: Study) -> IntArray:
    """(racks,) row of each rack's zone, -1 none."""
    site = study.site
    place = site.rows_of("position", study.table("rack")["position"])
    return site.rows_of("zone", np.append(study.table("position")["zone"], -1)[place])


def unit_zones(study: Study) -> IntArray:
    """(air units,) row of the zone that each unit serves, -1 none."""
    zones = study.site.rows_of("zone", study.table("air_unit")["zone"])
    return np.where(study(is_door), -1, zones)


def own_air(study: Study) -> BoolArray:
    """(zones,) zones with air units of their own."""
    return np.isin(np.arange(len(study.table("zone"))), study(unit_zones))


def served_zones(study: Study) -> IntArray:
    """(racks,) row of the zone whose own units serve each rack, -1 none."""
    zone = study(rack_zones)
    return np.where(np.append(study(own_air), False)[zone], zone, -1)


def served_halls(study: Study) -> IntArray:
    """(racks,) row of the hall whose units serve each rack, -1 none."""
    return np.where(study(served_zones) >= 0, -1, study(rack_halls))


def unit_halls(study: Study) -> IntArray:
    """(air units,) row of the hall that each unit serves as a whole, -1 none."""
    halls = study.site.rows_of("hall", study.table("air_unit")["hall"])
    return np.where((study(unit_zones) >= 0) | study(is_door), -1, halls)


def rack_leak(study: Study) -> FloatArray:
    """(racks,) supplied air that passes each rack by, over what it draws: its zone's, or usual."""
    own = np.append(np.asarray(study.table("zone")["leak"], dtype=float), np.nan)
    own = own[study(rack_zones)]
    return np.where(np.isnan(own), limit(study, "air_leak").value, own)


def air_through(study: Study) -> FloatArray:
    """(racks,) air that takes each rack's heat: its own fans', and its sidecar's; m3/s.

    Nobody publishes the air of liquid-to-air units, so what they give to the hall is taken up at
    the owner's design rise, and is not known without one.
    """
    rise = np.asarray(limit(study, "air_rise_k").value)
    beside = study(heat_to_hall) - study(air_heat)
    sidecar = np.where(beside == 0, 0.0, airflow_m3s(beside, rise))
    return study(air_drawn) + np.where(study(all_to_air), sidecar, 0.0)


@dataclass(frozen=True)
class Areas:
    """Zones, then halls, as areas that racks breathe from; A rows. NaN is not known.

    Attributes
    ----------
    of_rack
        (racks,) area of each rack, -1 none.
    pool
        (A,) area whose units serve this one: itself, or its hall.
    heat_kw, drawn_m3s, wanted_m3s
        (A,) what the racks of the day give to the air and draw, and that with what passes by.
    rise_k
        (A,) from inlet to exhaust, of all its racks together.
    recirculation, told
        (A,) share of exhaust at the inlets, and whether the layout says it.
    lacks_heat, lacks_air
        (A,) a rack whose heat is not known; one of all that its pool serves whose air is not; -1
        none.
    supply_c, coldest_c
        (A,) warmest and coldest set-point of the units that serve it.
    lacks_supply
        (A,) a unit of those that states no set-point, -1 none.
    """

    of_rack: IntArray
    pool: IntArray
    heat_kw: FloatArray
    drawn_m3s: FloatArray
    wanted_m3s: FloatArray
    rise_k: FloatArray
    recirculation: FloatArray
    told: BoolArray
    lacks_heat: IntArray
    lacks_air: IntArray
    supply_c: FloatArray
    coldest_c: FloatArray
    lacks_supply: IntArray


def areas(study: Study) -> Areas:
    """Sum racks by the area that they breathe from; the air of an area mixes wholly."""
    zones, halls = len(study.table("zone")), len(study.table("hall"))
    zone, hall, count = study(rack_zones), study(rack_halls), zones + halls
    of_rack = np.where(zone >= 0, zone, np.where(hall >= 0, hall + zones, -1))
    there = study.site.rows_of("hall", study.table("zone")["hall"])
    beside = np.where(there >= 0, there + zones, -1)
    pool = np.concatenate([np.where(study(own_air), np.arange(zones), beside), _own(zones, halls)])
    mine = np.where(study.here, of_rack, -1)
    heat, lacks_heat = _sum(mine, study(heat_past_doors), count)
    drawn, lacks_air = _sum(mine, study(air_through), count)
    wanted, _ = _sum(mine, study(air_through) * (1.0 + study(rack_leak)), count)
    with np.errstate(divide="ignore", invalid="ignore"):
        rise = np.where(heat == 0, 0.0, heat / (_KW_PER_M3S_K * drawn))
    beside_lacks = np.full(count + 1, -1, dtype=np.int64)
    np.maximum.at(beside_lacks, pool, lacks_air)
    lacks_air = np.where(lacks_air >= 0, lacks_air, beside_lacks[pool])
    share, told = _recirculation(study, halls)
    warmest, coldest, silent = _set_points(study, count)
    return Areas(
        of_rack=of_rack, pool=pool, heat_kw=heat, drawn_m3s=drawn, wanted_m3s=wanted, rise_k=rise,
        recirculation=share, told=told, lacks_heat=lacks_heat, lacks_air=lacks_air,
        supply_c=np.append(warmest, np.nan)[pool], coldest_c=np.append(coldest, np.nan)[pool],
        lacks_supply=np.append(silent, -1)[pool],
    )  # fmt: skip


def _own(zones: int, halls: int) -> IntArray:
    return np.arange(zones, zones + halls)


def _sum(group: IntArray, amount: FloatArray, count: int) -> tuple[FloatArray, IntArray]:
    """(count,) sum of each group, NaN where a part is not known, and a row that lacks it."""
    rows = np.flatnonzero(group >= 0)
    total = np.bincount(group[rows], weights=amount[rows], minlength=count).astype(float)
    lacks = np.full(count, -1, dtype=np.int64)
    dim = rows[np.isnan(amount[rows])][::-1]
    lacks[group[dim]] = dim
    return total, lacks


def _recirculation(study: Study, halls: int) -> tuple[FloatArray, BoolArray]:
    """Share of exhaust at the inlets: the zone's, else that of its containment."""
    zone = study.table("zone")
    own = np.asarray(zone["recirculation"], dtype=float)
    closed = np.asarray(zone["containment"]) != "none"
    usual = np.where(
        closed,
        limit(study, "recirculation_contained").value,
        limit(study, "recirculation_open").value,
    )
    share = np.where(np.isnan(own), usual, own)
    rest = np.full(halls, limit(study, "recirculation_open").value)
    told = np.append(~np.isnan(own), np.zeros(halls, dtype=bool))
    return np.append(share, rest), told


def unit_pools(study: Study) -> IntArray:
    """(air units,) area whose racks, and those of its hall's zones, each unit serves, -1 none."""
    zone, hall = study(unit_zones), study(unit_halls)
    return np.where(zone >= 0, zone, np.where(hall >= 0, hall + len(study.table("zone")), -1))


def _set_points(study: Study, count: int) -> tuple[FloatArray, FloatArray, IntArray]:
    """(count,) warmest and coldest set-point of the units of each pool; a unit that states none."""
    pool, supply = study(unit_pools), np.asarray(study.table("air_unit")["supply_c"], dtype=float)
    warm, cold = np.full(count, np.nan), np.full(count, np.nan)
    silent = np.full(count, -1, dtype=np.int64)
    rows = np.flatnonzero(pool >= 0)
    np.fmax.at(warm, pool[rows], supply[rows])
    np.fmin.at(cold, pool[rows], supply[rows])
    dim = rows[np.isnan(supply[rows])][::-1]
    silent[pool[dim]] = dim
    unknown = silent >= 0
    return np.where(unknown, np.nan, warm), np.where(unknown, np.nan, cold), silent


@dataclass(frozen=True)
class Inlets:
    """Rows (area, case), sorted by area, each area's healthy row first.

    Attributes
    ----------
    area, case
        (R,) row of the areas; case, 0 healthy.
    supplied_m3s
        (R,) air that living units move to the pool of the area.
    short
        (R,) least share of the inlet air that supply cannot be, for want of it.
    return_c
        (R,) air that comes back to the units of the pool.
    inlet_c, least_c
        (R,) air at the racks' inlets: with the area's recirculation, and with only what the
        layout itself says of it.
    lacking, unfed
        (R,) a unit whose airflow is not known; one of which nobody says what feeds it; -1 none.
    """

    area: IntArray
    case: IntArray
    supplied_m3s: FloatArray
    short: FloatArray
    return_c: FloatArray
    inlet_c: FloatArray
    least_c: FloatArray
    lacking: IntArray
    unfed: IntArray


def inlets(study: Study) -> Inlets:
    """Air at the inlets of every area with racks, healthy and in the worst of the losses.

    Of the air that racks draw, units give at most their part V_s / V_wanted of the pool; the rest
    is exhaust, for nothing else is there (continuity). So the share of exhaust is at least
    s = 1 - V_s / V_wanted, and r of the area where that is more: T_in = T_s + r dT / (1 - r) with
    the rise dT of all racks of the area. Units back at their set-point: T_return = T_s + Q /
    (rho cp V_s). In a case in which racks are capped the full load is taken, which is warmer.
    """
    found, at = study(areas), _in_use(study)
    pools = np.unique(found.pool[at][found.pool[at] >= 0])
    moved = np.asarray(study.table("air_unit")["airflow_m3s"], dtype=float)
    rows = living(study, "air_unit", study(unit_pools), moved, pools)
    low = np.searchsorted(rows.group, found.pool[at], side="left")
    count = np.searchsorted(rows.group, found.pool[at], side="right") - low
    area = np.repeat(at, count)
    row = np.arange(len(area)) + np.repeat(low - np.cumsum(count) + count, count)
    supplied, pool = rows.capacity[row], found.pool[area]
    size = len(found.pool)
    wanted = _sum(found.pool, found.wanted_m3s, size)[0][pool]
    heat = _sum(found.pool, found.heat_kw, size)[0][pool]
    short = short_share(supplied, wanted)
    share = np.maximum(found.recirculation[area], short)
    sure = np.maximum(np.where(found.told, found.recirculation, 0.0)[area], short)
    supply, rise = found.supply_c[area], found.rise_k[area]
    with np.errstate(divide="ignore", invalid="ignore"):
        back = supply + heat / (_KW_PER_M3S_K * supplied)
    return Inlets(
        area=area, case=rows.case[row], supplied_m3s=supplied, short=short, return_c=back,
        inlet_c=recirculated_c(supply, rise, share), least_c=recirculated_c(supply, rise, sure),
        lacking=rows.lacking[row], unfed=rows.unfed[row],
    )  # fmt: skip


def _in_use(study: Study) -> IntArray:
    """Return areas with racks that give heat to the air: zones, and halls with a set-point said."""
    found = study(areas)
    warm = study.here & ~(study(heat_to_hall) == 0) & (found.of_rack >= 0)
    used = np.unique(found.of_rack[warm])
    supply = np.asarray(study.table("air_unit")["supply_c"], dtype=float)
    said = np.unique(study(unit_pools)[~np.isnan(supply)])
    return used[(used < len(study.table("zone"))) | np.isin(found.pool[used], said)]


def short_share(supplied_m3s: FloatArray, wanted_m3s: FloatArray) -> FloatArray:
    """Share of the air that racks want and units do not move; 0 where they move enough.

    Worked number: racks draw 10 m3/s with a leak of 0.1, units move 9.9: 0.1 is exhaust.

    Examples
    --------
    >>> short_share(np.array([9.9, 12.0, 0.0, np.nan]), np.array(11.0)).round(3).tolist()
    [0.1, 0.0, 1.0, nan]
    """
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        short = np.where(wanted_m3s == 0, 0.0 * supplied_m3s, 1.0 - supplied_m3s / wanted_m3s)
    return np.maximum(short, 0.0)
