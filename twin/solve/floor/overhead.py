"""What hangs above positions: the lowest tray or busway that crosses each on the plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import shapely

from twin.site.geometry import Boxes, GeomArray, crossings
from twin.site.table import FloatArray, IntArray
from twin.solve.study import Study

OVERHEAD = ("tray", "busway")


@dataclass(frozen=True)
class Overhead:
    """Above each position, (p,).

    Attributes
    ----------
    height_m
        Underside of the lowest tray or busway that says how high it hangs; NaN none.
    by
        Its subject number, -1 none.
    bare
        Per kind, row of one that crosses and does not say how high it hangs, -1 none.
    """

    height_m: FloatArray
    by: IntArray
    bare: Mapping[str, IntArray]


def strips(study: Study, kind: str) -> GeomArray:
    """(n,) trays or busways on the plan, trays as wide as they say; None where not drawn."""
    table = study.table(kind)
    lines = [study.site.shapes.lines.get((kind, name)) for name in table.ids.tolist()]
    out = np.full(len(table), None, dtype=object)
    for row, points in enumerate(lines):
        if points is not None and len(points) > 1:
            out[row] = shapely.LineString(points)
    if "width_m" not in table.columns:
        return out
    half = np.nan_to_num(table["width_m"]) / 2
    wide = half > 0
    out[wide] = shapely.buffer(out[wide], half[wide], cap_style="flat", join_style="mitre")
    return out


def lowest_above(study: Study) -> Overhead:
    """Find the lowest tray or busway above every position of the same hall."""
    places = study.table("position")
    boxes = Boxes(*(places[c] for c in ("x_m", "y_m", "width_m", "depth_m", "yaw_deg")))
    height = np.full(len(places), np.inf)
    by = np.full(len(places), -1, dtype=np.int64)
    bare = {}
    for kind in OVERHEAD:
        table = study.table(kind)
        place, line = crossings(boxes, places["hall"], strips(study, kind), table["hall"])
        underside = table["elevation_m"][line]
        silent = np.isnan(underside)
        bare[kind] = np.full(len(places), -1, dtype=np.int64)
        bare[kind][place[silent]] = line[silent]
        place, line, underside = place[~silent], line[~silent], underside[~silent]
        # The last write of an index stays, so that the lowest is written last.
        order = np.lexsort((line, underside, place))[::-1]
        place, line, underside = place[order], line[order], underside[order]
        lower = np.full(len(places), np.inf)
        lower[place] = underside
        which = np.full(len(places), -1, dtype=np.int64)
        which[place] = study.site.subject(kind, line)
        by = np.where(lower < height, which, by)
        height = np.minimum(height, lower)
    return Overhead(np.where(np.isinf(height), np.nan, height), by, bare)
