"""Water that plants evaporate, and what they draw to make up for it.

All heat that is told to evaporate does: what the air takes up besides is less water, so that the
figures are the most that is needed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.site.table import FloatArray
from twin.solve.coolant.plant_heat import plant_heat
from twin.solve.coolant.racks import plant_supply_c
from twin.solve.study import Study

_S_MIN = 60.0


def latent_kj_kg(t_c: FloatArray) -> FloatArray:
    """Heat that evaporates a kilogram of water, kJ/kg: 2501 - 2.326 t.

    Between 10 and 60 degC within 0.2 % of the properties of water by IAPWS.

    References
    ----------
    ASHRAE Handbook - Fundamentals (2017), chapter 1: the latent heat of its wet-bulb equation.

    Examples
    --------
    35 degC (WE-C-080: 2,417.9 kJ/kg).

    >>> latent_kj_kg(np.array(35.0)).round(1)
    np.float64(2419.6)
    """
    return np.asarray(2501.0 - 2.326 * t_c)


def evaporated_lpm(heat_kw: FloatArray, t_c: FloatArray) -> FloatArray:
    """Water that a heat evaporates, L/min, a kilogram being a litre.

    Examples
    --------
    1 MW at 35 degC: 1.49 L for each kWh.

    >>> evaporated_lpm(np.array(1000.0), np.array(35.0)).round(2)
    np.float64(24.8)
    """
    return np.asarray(_S_MIN * heat_kw / latent_kj_kg(t_c))


def makeup_lpm(evaporated: FloatArray, cycles: FloatArray) -> FloatArray:
    """Make-up water, L/min: E c / (c - 1), of which E / (c - 1) is drained to keep solids down.

    References
    ----------
    ASHRAE Handbook - HVAC Systems and Equipment, chapter on cooling towers: cycles of
    concentration c are the make-up over what is drained. Drift is within what is drained. Where
    nothing evaporates nothing is drawn, at any c.

    Examples
    --------
    >>> makeup_lpm(np.array([24.0, 24.0, 0.0]), np.array([3.0, 4.0, np.nan])).tolist()
    [36.0, 32.0, 0.0]
    """
    return np.where(evaporated == 0, 0.0, evaporated * cycles / (cycles - 1.0))


@dataclass(frozen=True, slots=True)
class Makeup:
    """(plants,) water of each plant, L/min; NaN of one that is not told to evaporate any.

    Attributes
    ----------
    per_kw_lpm
        Make-up for each kW of heat of its racks.
    evaporated_lpm, makeup_lpm
        At the heat of all racks whose heat it takes.
    """

    per_kw_lpm: FloatArray
    evaporated_lpm: FloatArray
    makeup_lpm: FloatArray


def plant_makeup(study: Study) -> Makeup:
    """Water of every plant, at the temperature of its supply and the heat of its racks."""
    table, known = study.table("plant"), study(plant_heat)
    share, cycles = (
        np.asarray(table[c], dtype=float) for c in ("evaporated_share", "concentration_cycles")
    )
    healthy = known.case[known.row] == 0
    heat = np.bincount(known.plant[known.row][healthy], known.kw[healthy], minlength=len(table))
    np.add.at(heat, known.plant[known.case == 0], known.pumps_kw[known.case == 0])
    each = share * evaporated_lpm(np.ones(len(table)), study(plant_supply_c))
    each = np.where(share == 0, 0.0, each)
    return Makeup(makeup_lpm(each, cycles), each * heat, makeup_lpm(each * heat, cycles))
