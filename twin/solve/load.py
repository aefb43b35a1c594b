"""What each rack draws, and the heat that it gives to liquid and to air."""

from __future__ import annotations

import numpy as np

from twin.arrays.carried import Carried, carried
from twin.arrays.housed import housed, with_housed
from twin.site.table import FloatArray, StrArray
from twin.solve.cabling.optics import chosen_kw, lacking_plug
from twin.solve.limits import limit
from twin.solve.power.supplies import GEAR, supplies
from twin.solve.study import Study


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
        for state, other in (("energised", "idle_kw"), ("burn-in", "peak_kw")):
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
    provisioned: the owner's cap per rack or per type, the nameplate where none is given.
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
    by_type = policy_caps(study)
    cap = np.where(np.isnan(cap), by_type, cap)
    return np.where(np.isnan(cap), full, cap)


def nameplate(study: Study) -> FloatArray:
    """(racks,) nameplate, kW, and of racks with switches no less than what stands in them draws.

    To what the layout names come the plugs that a fabric chooses for its links. NaN not known:
    where one of these does not say, either, unless the layout says the nameplate of this rack.
    """
    full = np.asarray(study.table("rack")["nameplate_kw"], dtype=float)
    plugs, lacks = study(chosen_kw), study(lacking_plug)
    if not plugs.any() and (lacks < 0).all():
        return full
    own = np.asarray(study.site.tables["rack"]["nameplate_kw"], dtype=float)
    inside = np.where(plugs > 0, housed(study.site).draw_kw + plugs, 0.0)
    return with_housed(own, full, inside, lacks)


def _today(study: Study) -> FloatArray:
    """Draw by state, (racks,) kW, NaN not known.

    Set, and all that is not yet set: nothing. Energised: its idle power. Burn-in: its peak. Live:
    as provisioned; leaving likewise until the day on which it leaves, and nothing from then on.
    """
    racks, state = study.table("rack"), study.table("rack")["state"]
    load = np.zeros(len(racks))
    for said, column in (("energised", "idle_kw"), ("burn-in", "peak_kw")):
        load = np.where(state == said, np.asarray(racks[column], dtype=float), load)
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


def liquid_heat(study: Study) -> FloatArray:
    """Heat to the coolant loop with the highest published liquid share, (racks,) kW.

    What CDUs in the rack draw is not told apart from what its servers do, which is more here.
    """
    return _part(study(rack_load), np.asarray(study.table("rack")["liquid_share_high"]))


def air_heat(study: Study) -> FloatArray:
    """Heat to the room with the lowest published liquid share, (racks,) kW.

    All that CDUs in the rack draw counts to it: what their motors lose stays in the air. Worked
    number: of 132.9 kW, 0.9 kW of them in CDUs, at a share of 0.9: 13.2 kW of the servers and
    0.9 kW.
    """
    share = np.asarray(study.table("rack")["liquid_share_low"])
    load, cdus = study(rack_load), study(cdu_draw).draw_kw
    return _part(load, 1.0 - share) + np.where((cdus == 0) | (load == 0), 0.0, share * cdus)


def _part(load: FloatArray, share: FloatArray) -> FloatArray:
    """Load times share; nothing of an unknown load is nothing."""
    return np.where((share == 0) | (load == 0), 0.0, load * share)
