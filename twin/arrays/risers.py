"""Risers in halls: what stands in each, what it passes, and which halls ways join."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from twin.arrays.together import components
from twin.site.site import Site
from twin.site.table import Array, BoolArray, FloatArray, IntArray


@dataclass(frozen=True)
class Standing:
    """Risers that go straight up, then both ends of each way from place to place, (U,).

    Attributes
    ----------
    riser, hall
        Rows of the riser and of the hall in which it stands or ends.
    foot_m, height_m
        (U, 3) place of its lowest point, hall frame; and how far it goes up, 0 for an end.
    end
        Number of the end: twice the riser's row, and one more for its upper end; -1 for a riser
        that goes straight up.
    """

    riser: IntArray
    hall: IntArray
    foot_m: FloatArray
    height_m: FloatArray
    end: IntArray


def leads_away(site: Site) -> BoolArray:
    """(risers,) those that lead from place to place."""
    return ~np.isnan(site.tables["riser"]["to_x_m"])


def upper_hall(site: Site) -> IntArray:
    """(risers,) row of the hall in which each ends."""
    table = site.tables["riser"]
    to = np.asarray(table["to_hall"])
    return site.rows_of("hall", np.where(to >= 0, to, table["hall"]))


def standing(site: Site) -> Standing:
    """Return what stands in halls: risers, and the ends of ways."""
    table = site.tables["riser"]
    hall = site.rows_of("hall", table["hall"])
    away = leads_away(site)
    up, way = np.flatnonzero(~away), np.flatnonzero(away)
    low = np.column_stack([table["at_x_m"], table["at_y_m"], table["low_m"]])
    high = np.column_stack([table["to_x_m"], table["to_y_m"], table["high_m"]])
    return Standing(
        riser=np.concatenate([up, way, way]),
        hall=np.concatenate([hall[up], hall[way], upper_hall(site)[way]]),
        foot_m=np.concatenate([low[up], low[way], high[way]]),
        height_m=np.append((table["high_m"] - table["low_m"])[up], np.zeros(2 * len(way))),
        end=np.concatenate([np.full(len(up), -1), 2 * way, 2 * way + 1]),
    )


def hall_groups(site: Site) -> IntArray:
    """(halls,) number of the group of halls that ways join, directly or over others."""
    way = leads_away(site)
    a, b = site.rows_of("hall", site.tables["riser"]["hall"])[way], upper_hall(site)[way]
    known = (a >= 0) & (b >= 0)
    return components(a[known], b[known], len(site.tables["hall"]))[0]


def meetings(
    foot_m: FloatArray, height_m: FloatArray, line: Array, z: FloatArray, touch_m: float
) -> tuple[IntArray, IntArray, FloatArray, FloatArray]:
    """Where what stands passes level lines.

    Parameters
    ----------
    foot_m, height_m
        (U, 3), (U,) what stands.
    line, z
        (F,) level lines on the plan and their heights.
    touch_m
        How near counts.

    Returns
    -------
    up, level
        (M,) rows of what stands and of the line.
    at_level, at_up
        (M,) distance from the start of the line, and from the foot.
    """
    points: Array = np.asarray(shapely.points(foot_m[:, :2]))
    up, level = shapely.STRtree(line).query(points, predicate="dwithin", distance=touch_m)
    over = z[level] - foot_m[up, 2]
    passes = (over >= -touch_m) & (over <= height_m[up] + touch_m)
    up, level, over = up[passes], level[passes], over[passes]
    at_level = np.asarray(shapely.line_locate_point(line[level], points[up]), dtype=float)
    return up, level, at_level, np.clip(over, 0.0, height_m[up])


def stacked(
    foot_m: FloatArray, height_m: FloatArray, touch_m: float
) -> tuple[IntArray, FloatArray]:
    """Where what stands meets the end of something else that stands: row, distance from its foot.

    Examples
    --------
    One riser ends where the next begins:

    >>> row, at = stacked(np.array([[0.0, 0, 0], [0, 0, 3]]), np.array([3.0, 2.0]), 0.001)
    >>> sorted(zip(row.tolist(), at.tolist()))
    [(0, 3.0), (1, 0.0)]
    """
    points: Array = np.asarray(shapely.points(foot_m[:, :2]))
    a, b = shapely.STRtree(points).query(points, predicate="dwithin", distance=touch_m)
    a, b = a[a != b], b[a != b]
    rows, at = [], []
    for end in (foot_m[b, 2], foot_m[b, 2] + height_m[b]):
        over = end - foot_m[a, 2]
        meets = (over >= -touch_m) & (over <= height_m[a] + touch_m)
        rows.append(a[meets])
        at.append(np.clip(over, 0.0, height_m[a])[meets])
    return np.concatenate(rows), np.concatenate(at)
