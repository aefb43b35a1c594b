"""What each rack draws, and the heat that it gives to liquid and to air."""

from __future__ import annotations

import numpy as np

from twin.arrays.carried import Carried, carried
from twin.arrays.housed import budgets
from twin.arrays.needs import hosts
from twin.site.resolve import of_product, product_rows
from twin.site.table import FloatArray, StrArray
from twin.solve.cabling.parts.optics import chosen_kw
from twin.solve.limits import limit
from twin.solve.nameplate import in_racks, lacking_draw, nameplate, on_top_kw, with_things
from twin.solve.power.supplies import GEAR, supplies
from twin.solve.study import Study

BY_STATE = (("energised", "idle_kw"), ("burn-in", "peak_kw"))
"""States of racks that draw another figure today than their nameplate, and which."""


def rack_load(study: Study) -> FloatArray:
    """Power that each rack draws through its whips, (racks,) kW, NaN not known.

    A figure that holds behind the power shelves is divided by their efficiency, as is one of which
    nobody says where it holds: the unfavourable one counts. Where no efficiency is told a figure
    of unknown basis stands as it is; one behind the shelves leaves the load not known. Racks that
    take direct current have no such shelves. Worked number: 132 kW behind shelves of 0.96 are
    137.5 kW at the whips.
    """
    figure, direct = study(rack_power), study(_basis) == "dc_out"
    efficiency = np.asarray(study.table("rack")["shelf_efficiency"], dtype=float)
    efficiency = np.where(np.isnan(efficiency) & ~direct, 1.0, efficiency)
    taken = np.isin(study(_basis), ("ac_in", "")) | (figure == 0)
    return np.where(taken, figure, figure / efficiency)


def shelf_load(study: Study) -> FloatArray:
    """Power behind the shelves of each rack, (racks,) kW, NaN not known.

    A figure at the AC input times the efficiency of the shelves, where both are told; else the
    figure, which is never less. Worked number: 140 kW at the input of shelves of 0.96 are 134.4 kW
    behind them.
    """
    figure = study(rack_power)
    efficiency = np.asarray(study.table("rack")["shelf_efficiency"], dtype=float)
    behind = (study(_basis) == "ac_in") & ~np.isnan(efficiency)
    return np.where(behind, figure * np.where(behind, efficiency, 1.0), figure)


def _basis(study: Study) -> StrArray:
    """(racks,) where the figure in use holds: ac_in, dc_out, unknown, "" at a DC input."""
    racks, mode = study.table("rack"), study.conditions.mode
    own = np.asarray(racks["power_basis"], dtype="U7")
    column = np.full(len(racks), "nameplate_kw")
    if mode == "today":
        for state, other in BY_STATE:
            column[racks["state"] == state] = other
    capped = np.zeros(len(racks), dtype=bool)
    if mode in {"provisioned", "today"}:
        given = np.asarray(racks["provisioned_kw"], dtype=float)
        capped = ~np.isnan(given) | ~np.isnan(policy_caps(study))
    out = np.full(len(racks), "unknown")
    for name in np.unique(column).tolist():
        written = ~np.isnan(np.asarray(study.site.tables["rack"][name], dtype=float))
        written |= (capped & (name == "nameplate_kw")) | (mode == "measured")
        told = np.where(written, own, _published(study, name))
        out = np.where((column == name) & (told != ""), told, out)
    return np.where(np.isnan(np.asarray(racks["dc_voltage_v"], dtype=float)), out, "")


def _published(study: Study, name: str) -> StrArray:
    """(racks,) basis of a figure of each rack's type."""
    site = study.site
    known = [site.catalog.products.get(str(i)) for i in site.tables["product"].ids.tolist()]
    figures = [p.figures.get(name) if p else None for p in known]
    bases = np.array([f.basis if f else "" for f in figures] + [""], dtype="U7")
    return bases[site.rows_of("product", site.tables["rack"]["type"])]


def rack_power(study: Study) -> FloatArray:
    """Figure of each rack's power in the mode of the study, (racks,) kW, NaN not known.

    nameplate: the maker's figure, the highest of conflicting ones unless the layout picks.
    provisioned: the owner's cap per rack, which is all of it, or per type, to which comes what
    stands in the rack beside what the type ships; the nameplate where none is given.
    measured: the meter's maximum, not known where there is none.
    today: by its state, see `_today`; what is drawn now, and not whether a rack can go live.
    """
    racks, mode = study.table("rack"), study.conditions.mode
    if mode == "measured":
        return np.asarray(racks["measured_kw"], dtype=float)
    return _today(study) if mode == "today" else _planned(study, mode)


def _planned(study: Study, mode: str) -> FloatArray:
    """Nameplate, or the cap in force where there is one, (racks,) kW."""
    racks, full = study.table("rack"), study(nameplate)
    if mode == "nameplate":
        return full
    cap = np.asarray(racks["provisioned_kw"], dtype=float)
    # A cap of a type is for what its maker ships: nothing holds back what stands beside that.
    by_type = policy_caps(study) + study(on_top_kw)
    cap = np.where(np.isnan(cap), by_type, cap)
    return np.where(np.isnan(cap), full, cap)


def _today(study: Study) -> FloatArray:
    """Draw by state, (racks,) kW, NaN not known.

    Set, and all that is not yet set: nothing. Energised: its idle power. Burn-in: its peak. Live:
    as provisioned; leaving likewise until the day on which it leaves, and nothing from then on.
    """
    racks, state = study.table("rack"), study.table("rack")["state"]
    load = np.zeros(len(racks))
    for said, column in BY_STATE:
        load = np.where(state == said, with_things(study, column), load)
    load = np.where(np.isin(state, ("live", "leaving")), _planned(study, "provisioned"), load)
    day = study.conditions.date
    if day is not None:
        left = (state == "leaving") & (racks["leaves"] <= np.datetime64(day, "D"))
        load = np.where(left, 0.0, load)
    return load


def gear_load(study: Study) -> FloatArray:
    """Electrical draw of each piece of gear that has feeds, (gear,) kW, NaN not known."""
    return of_gear(study, "draw_kw")


def gear_power_factor(study: Study) -> FloatArray:
    """Power factor of each piece of gear that has feeds, (gear,).

    Where nobody says it the one of motors at part load stands in, which is the worse.
    """
    own = of_gear(study, "power_factor")
    return np.where(np.isnan(own), limit(study, "gear_power_factor").value, own)


def of_gear(study: Study, column: str) -> FloatArray:
    """Return a figure of each piece of gear that has feeds, (gear,), NaN not known."""
    gear = study(supplies).gear
    out = np.full(len(gear), np.nan)
    for kind in GEAR:
        row = study.site.rows_of(kind, gear)
        values = np.append(np.asarray(study.table(kind)[column], dtype=float), np.nan)
        out = np.where(row >= 0, values[row], out)
    return out


def policy_caps(study: Study) -> FloatArray:
    """Caps per rack that the policy sets by rack type, (racks,) kW, NaN none."""
    site = study.site
    products = site.tables["product"].ids.tolist()
    caps = [study.site.policy.provisioned_kw.get(p, np.nan) for p in products]
    return np.append(caps, np.nan)[site.rows_of("product", site.tables["rack"]["type"])]


def cdu_draw(study: Study) -> Carried:
    """Sum up what the CDUs in each rack draw and weigh."""
    return carried(study.site)


def beside_servers(study: Study) -> FloatArray:
    """(racks,) draw of what stands in racks beside what their type ships, kW, NaN not known.

    Switches with their plugs, and gear; all of it ends in the air. Without switches that are
    cooled by liquid, and without those of racks whose type is a budget for them: what they give to
    liquid is the share of the rack.
    """
    site, inside = study.site, study(in_racks)
    draw = inside.draw_kw + study(chosen_kw) - _liquid_cooled_kw(study)
    draw = np.where(study(lacking_draw), np.nan, draw)
    return np.where(budgets(site) | (inside.drawing == 0), 0.0, draw)


def _liquid_cooled_kw(study: Study) -> FloatArray:
    """(racks,) what switches in each rack draw whose product is cooled by liquid, as known."""
    site, host = study.site, hosts(study.site)
    known = site.catalog.products
    wet = [known[i].text.get("cooled_by") == "liquid" for i in site.tables["product"].ids.tolist()]
    mine = np.append(wet, False)[product_rows(site, "switch")].astype(bool) & (host >= 0)
    count = np.asarray(site.tables["switch"]["count"], dtype=float)
    draw = np.nan_to_num(np.asarray(of_product(site, "switch", "draw_kw"), dtype=float) * count)
    return np.bincount(host[mine], draw[mine], minlength=len(site.tables["rack"])).astype(float)


def liquid_heat(study: Study) -> FloatArray:
    """Heat to the coolant loop with the highest published liquid share, (racks,) kW.

    What CDUs in the rack draw is not told apart from what its servers do, which is more here;
    switches and gear beside the servers give nothing to it.
    """
    load = study(rack_load)
    beside = np.minimum(np.nan_to_num(study(beside_servers)), load)
    return _part(load - beside, np.asarray(study.table("rack")["liquid_share_high"]))


def air_heat(study: Study) -> FloatArray:
    """Heat to the room with the lowest published liquid share, (racks,) kW.

    All that CDUs in the rack draw counts to it: what their motors lose stays in the air; and all
    that switches and gear beside its servers draw. Worked numbers: of 132.9 kW, 0.9 kW of them in
    CDUs, at a share of 0.9: 13.2 kW of the servers and 0.9 kW. Of 273 kW, 141 kW of them in gear,
    at a share of 0.87: 17.16 kW of the servers and 141 kW.
    """
    share = np.asarray(study.table("rack")["liquid_share_low"])
    load, airy = study(rack_load), study(cdu_draw).draw_kw + study(beside_servers)
    airy = np.where(np.isnan(load), airy, np.minimum(airy, load))
    return _part(load, 1.0 - share) + np.where((airy == 0) | (load == 0), 0.0, _part(airy, share))


def _part(load: FloatArray, share: FloatArray) -> FloatArray:
    """Load times share; nothing of an unknown load is nothing."""
    return np.where((share == 0) | (load == 0), 0.0, load * share)
