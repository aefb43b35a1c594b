"""The way of a whip: from its tap, or the nearest point of its busway, to its rack."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from twin.site.geometry import Boxes, GeomArray
from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.study import Study


@dataclass(frozen=True)
class WhipWays:
    """Ways of some whips, (n,) m; NaN where the places do not tell.

    Attributes
    ----------
    plan_m
        Straight line on the plan from tap to rack.
    least_m
        Straight line in space, from the busway to the top of the rack: no whip does with less.
    most_m
        Along the axes of the plan to the middle of the rack, and from the busway to the floor.
    on_plan, raised, has_height
        Whether both ends have a place on the plan of one hall; whether the elevation of the
        busway is known, or the tap is of none; whether the height of the rack is.
    """

    plan_m: FloatArray
    least_m: FloatArray
    most_m: FloatArray
    on_plan: BoolArray
    raised: BoolArray
    has_height: BoolArray


def whip_ways(study: Study, tap: IntArray, rack: IntArray) -> WhipWays:
    """Ways between taps and racks, (n,) rows of both tables."""
    site, racks, places = study.site, study.table("rack"), study.table("position")
    place = site.rows_of("position", racks["position"])[rack]
    width, depth = (
        np.where(np.isnan(racks[c][rack]), np.append(places[c], np.nan)[place], racks[c][rack])
        for c in ("width_m", "depth_m")
    )
    x, y, yaw = (np.append(places[c], np.nan)[place] for c in ("x_m", "y_m", "yaw_deg"))
    boxes = Boxes(x, y, width, depth, yaw)
    start = _starts(study, tap, np.append(places["hall"], -1)[place])
    plan = np.asarray(shapely.distance(start, boxes.polygons))
    nearest = shapely.shortest_line(start, shapely.points(np.stack([x, y], axis=1)))
    ends = shapely.bounds(nearest)
    around = (ends[:, 2] - ends[:, 0]) + (ends[:, 3] - ends[:, 1])
    busway = site.rows_of("busway", study.table("tap")["fed_from"][tap])
    up = np.append(study.table("busway")["elevation_m"], 0.0)[busway]
    height = np.asarray(racks["height_m"], dtype=float)[rack]
    down = np.where(busway >= 0, np.maximum(up - height, 0.0), 0.0)
    return WhipWays(
        plan_m=plan,
        least_m=np.hypot(plan, down),
        most_m=around + up,
        on_plan=~np.isnan(plan),
        raised=~np.isnan(up),
        has_height=~np.isnan(height) | (busway < 0),
    )


def _starts(study: Study, tap: IntArray, hall: IntArray) -> GeomArray:
    """Place of each tap, else the line of its busway, in the hall of its rack; None not known."""
    site, taps, busways = study.site, study.table("tap"), study.table("busway")
    busway = site.rows_of("busway", taps["fed_from"][tap])
    lines = np.full(len(busways) + 1, None, dtype=object)
    for row, name in enumerate(busways.ids.tolist()):
        drawn = site.shapes.lines.get(("busway", name))
        if drawn is not None and len(drawn) > 1:
            lines[row] = shapely.LineString(drawn)
    at = np.stack([np.asarray(taps[c], dtype=float)[tap] for c in ("at_x_m", "at_y_m")], axis=1)
    own = ~np.isnan(at).any(axis=1)
    start = lines[busway]
    start[own] = shapely.points(at[own])
    stands = taps["hall"][tap]
    stands = np.where(stands >= 0, stands, np.append(busways["hall"], -1)[busway])
    start[(stands >= 0) & (stands != hall)] = None
    return start
