"""Which plant takes the heat of which rack: through its loop's CDUs, and its hall's air units."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.site.table import FloatArray, IntArray
from twin.solve.coolant.air import heat_to_hall, rack_halls
from twin.solve.coolant.racks import air_side, rack_loops
from twin.solve.load import liquid_heat
from twin.solve.study import Study


@dataclass(frozen=True, slots=True)
class Parts:
    """Heat of racks by plant: n entries.

    Attributes
    ----------
    rack, plant
        (n,) rows.
    kw
        (n,) heat, NaN not known.
    """

    rack: IntArray
    plant: IntArray
    kw: FloatArray


def plant_parts(study: Study) -> Parts:
    """Split the heat of every rack among plants, by the ratings of the units between.

    Units of which no rating is known count alike; units without a plant take their part nowhere.
    """
    site, cdus, units = study.site, study.table("cdu"), study.table("air_unit")
    wet = np.where(study(air_side), -1, site.rows_of("plant", cdus["plant"]))
    parts = [
        _split(study(rack_loops), study(liquid_heat), site.rows_of("loop", cdus["loop"]),
               wet, np.asarray(cdus["heat_kw"], dtype=float)),
        _split(study(rack_halls), study(heat_to_hall), site.rows_of("hall", units["hall"]),
               site.rows_of("plant", units["plant"]), np.asarray(units["heat_kw"], dtype=float)),
    ]  # fmt: skip
    rack, plant, kw = (np.concatenate([p[k] for p in parts]) for k in range(3))
    here = study.here[rack.astype(np.int64)]
    return Parts(rack[here].astype(np.int64), plant[here].astype(np.int64), kw[here])


def _split(
    group_of: IntArray, heat: FloatArray, group: IntArray, plant: IntArray, rating: FloatArray
) -> tuple[IntArray, IntArray, FloatArray]:
    """Entries (rack, plant, kW) of racks in groups of units.

    Parameters
    ----------
    group_of, heat
        (racks,) group of each rack, and its heat.
    group, plant, rating
        (units,) of each unit.
    """
    racks: list[IntArray] = []
    plants: list[IntArray] = []
    kw: list[FloatArray] = []
    for g in np.unique(group_of[(group_of >= 0) & (heat != 0)]).tolist():
        mine = np.flatnonzero(group == g)
        weight = rating[mine]
        weight = np.ones(len(mine)) if np.isnan(weight).any() else weight
        on = np.flatnonzero((group_of == g) & (heat != 0))
        for p in np.unique(plant[mine][plant[mine] >= 0]).tolist():
            share = weight[plant[mine] == p].sum() / weight.sum()
            racks.append(on)
            plants.append(np.full(len(on), p))
            kw.append(heat[on] * share)
    none = np.empty(0, dtype=np.int64)
    return (
        np.concatenate([none, *racks]),
        np.concatenate([none, *plants]),
        np.concatenate([np.empty(0), *kw]),
    )
