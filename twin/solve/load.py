"""What each rack draws, and the heat that it gives to liquid and to air."""

from __future__ import annotations

import numpy as np

from twin.site.table import FloatArray
from twin.solve.limits import limit
from twin.solve.power.supplies import GEAR, supplies
from twin.solve.study import Study


def rack_load(study: Study) -> FloatArray:
    """Power of each rack in the mode of the study, (racks,) kW, NaN not known.

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
    racks = study.table("rack")
    nameplate = np.asarray(racks["nameplate_kw"], dtype=float)
    if mode == "nameplate":
        return nameplate
    cap = np.asarray(racks["provisioned_kw"], dtype=float)
    by_type = policy_caps(study)
    cap = np.where(np.isnan(cap), by_type, cap)
    return np.where(np.isnan(cap), nameplate, cap)


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


def liquid_heat(study: Study) -> FloatArray:
    """Heat to the coolant loop with the highest published liquid share, (racks,) kW."""
    return _part(study(rack_load), np.asarray(study.table("rack")["liquid_share_high"]))


def air_heat(study: Study) -> FloatArray:
    """Heat to the room with the lowest published liquid share, (racks,) kW."""
    return _part(study(rack_load), 1.0 - np.asarray(study.table("rack")["liquid_share_low"]))


def _part(load: FloatArray, share: FloatArray) -> FloatArray:
    """Load times share; nothing of an unknown load is nothing."""
    return np.where((share == 0) | (load == 0), 0.0, load * share)
