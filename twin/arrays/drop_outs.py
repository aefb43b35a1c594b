"""Drop-outs of trays: the places at which cables leave a tray that names them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import shapely

from twin.site.site import Site
from twin.site.table import Array, BoolArray, FloatArray, IntArray


class DropOuts(NamedTuple):
    """Drop-outs on straight pieces of trays, (D,): row of the piece, distance from its start."""

    piece: IntArray
    at_m: FloatArray


def with_drop_outs(site: Site) -> BoolArray:
    """(trays,) those that cables leave at drop-outs only."""
    table = site.tables["tray"]
    listed = np.isin(table.ids, list(site.shapes.drop_outs))
    return np.asarray(listed | ~np.isnan(table["drop_out_pitch_m"]))


def drop_outs(site: Site, tray: IntArray, line: Array, length_m: FloatArray) -> DropOuts:
    """Drop-outs of trays, on their straight pieces.

    A listed one lies on the piece that is nearest; those of a pitch stand at whole multiples of it
    along the tray, its start left out.

    Parameters
    ----------
    tray, line, length_m
        (F,) tray of each straight piece, the pieces of one tray in their order; on the plan.
    """
    table = site.tables["tray"]
    pieces, places = [], []
    for row in np.unique(tray[with_drop_outs(site)[tray]]).tolist():
        mine = np.flatnonzero(tray == row)
        points = site.shapes.drop_outs.get(str(table.ids[row]), np.empty((0, 2)))
        for point in map(shapely.Point, points.tolist()):
            nearest = mine[int(np.argmin(shapely.distance(line[mine], point)))]
            pieces.append(np.array([nearest]))
            places.append(np.array([shapely.line_locate_point(line[nearest], point)]))
        pitch = float(table["drop_out_pitch_m"][row])
        if not np.isnan(pitch):
            ends = np.cumsum(length_m[mine])
            along = pitch * np.arange(1, int(ends[-1] / pitch + 1e-9) + 1)
            at = np.minimum(np.searchsorted(ends, along), len(mine) - 1)
            pieces.append(mine[at])
            places.append(along - (ends - length_m[mine])[at])
    none = np.empty(0, dtype=np.int64)
    return DropOuts(np.concatenate([none, *pieces]), np.concatenate([np.empty(0), *places]))
