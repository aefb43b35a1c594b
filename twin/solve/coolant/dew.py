"""Room air and coolant: how cold a loop may be before hoses and manifolds sweat."""

from __future__ import annotations

import numpy as np

from twin.site.table import FloatArray, IntArray
from twin.solve.coolant.air import rack_halls
from twin.solve.coolant.psychro import dew_point_c
from twin.solve.coolant.racks import rack_loops, wet
from twin.solve.limits import limit
from twin.solve.study import Study


def halls_of_loops(study: Study) -> tuple[IntArray, IntArray]:
    """(p,) rows of loops and of the halls in which each serves racks, as pairs."""
    loop, hall = study(rack_loops), study(rack_halls)
    mine = study(wet) & (loop >= 0) & (hall >= 0) & study.here
    pairs = np.unique(np.stack([loop[mine], hall[mine]], axis=1), axis=0)
    return pairs[:, 0], pairs[:, 1]


def dry_above_c(study: Study) -> FloatArray:
    """(halls,) dew point of the room with the margin of the profile, degC; NaN not known."""
    room = study.table("hall")
    dew = dew_point_c(room["dry_bulb_c"], room["relative_humidity_pct"])
    return np.asarray(dew + limit(study, "dew_margin_k").value)


def held_supply_c(study: Study) -> FloatArray:
    """(loops,) supply that CDUs hold, degC: the set-point, or dew point and margin where higher.

    A CDU measures the dew point of its room and does not go below it. What is not known of a room
    raises nothing; COL403 tells it.
    """
    out = np.array(study.table("loop")["supply_c"], dtype=float)
    loops, halls = study(halls_of_loops)
    least = np.nan_to_num(study(dry_above_c)[halls], nan=-np.inf)
    with np.errstate(invalid="ignore"):
        np.maximum.at(out, loops, least)  # a set-point that is not known stays so
    return out
