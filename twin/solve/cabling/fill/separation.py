"""Data trays beside power: how near busways and power trays run alongside each."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import shapely

from twin.site.geometry import near_in_halls
from twin.site.table import Array, FloatArray, IntArray
from twin.solve.study import Study

PARALLEL_DEG = 15.0
"""Runs whose directions differ by less are alongside each other; what crosses is not."""

LOOK_M = 1.0
"""Power farther away than this on the plan, edge to edge, is not looked at."""


class Beside(NamedTuple):
    """Straight pieces of data trays with power alongside, (n,).

    Attributes
    ----------
    tray
        Row of the tray.
    power
        Subject number of the busway or power tray.
    run_m
        Length over which they run alongside.
    plan_m
        Least clear distance on the plan, 0 where one is above the other.
    over_m
        Clear distance in height, 0 where they overlap; NaN where a height is not known.
    """

    tray: IntArray
    power: IntArray
    run_m: FloatArray
    plan_m: FloatArray
    over_m: FloatArray


class _Runs(NamedTuple):
    """Straight pieces: owner's subject, hall, line, half of its width, underside and top."""

    owner: IntArray
    hall: IntArray
    line: Array
    angle: FloatArray
    half_m: FloatArray
    low_m: FloatArray
    high_m: FloatArray


def beside(study: Study) -> Beside:
    """Find the power that runs alongside data trays."""
    power_tray = np.asarray(study.table("tray")["kind"]) == "power"
    data = _runs(study, "tray", np.flatnonzero(~power_tray))
    kinds = (_runs(study, "tray", np.flatnonzero(power_tray)),
             _runs(study, "busway", np.arange(len(study.table("busway")))))  # fmt: skip
    power = _Runs(*(np.concatenate(parts) for parts in zip(*kinds, strict=True)))
    a, b = near_in_halls(
        data.line, data.hall, power.line, power.hall,
        LOOK_M + data.half_m + (power.half_m.max() if len(power.half_m) else 0.0),
    )  # fmt: skip
    turn = np.abs(data.angle[a] - power.angle[b])
    turn = np.minimum(turn, 180.0 - turn)
    alongside = turn < PARALLEL_DEG
    a, b = a[alongside], b[alongside]
    halves = data.half_m[a] + power.half_m[b]
    strip = shapely.buffer(power.line[b], LOOK_M + halves, cap_style="flat")
    part: Array = np.asarray(shapely.intersection(data.line[a], strip))
    run = np.asarray(shapely.length(part), dtype=float)
    along = run > 0
    a, b, halves, part, run = a[along], b[along], halves[along], part[along], run[along]
    plan = np.maximum(shapely.distance(part, power.line[b]) - halves, 0.0)
    gap = np.maximum(power.low_m[b] - data.high_m[a], data.low_m[a] - power.high_m[b])
    return Beside(
        study.site.rows_of("tray", data.owner[a]), power.owner[b], run, plan, np.maximum(gap, 0.0)
    )


def _runs(study: Study, kind: str, rows: IntArray) -> _Runs:
    table = study.table(kind)
    lines = [study.site.shapes.lines.get((kind, name)) for name in table.ids[rows].tolist()]
    drawn = [k for k, points in enumerate(lines) if points is not None]
    points = [np.asarray(lines[k], dtype=float) for k in drawn]
    owner = np.repeat(rows[drawn], [len(p) - 1 for p in points]).astype(np.int64)
    start = np.concatenate([np.empty((0, 2)), *(p[:-1] for p in points)])
    end = np.concatenate([np.empty((0, 2)), *(p[1:] for p in points)])
    none = np.full(len(table), np.nan)
    width, depth = (np.nan_to_num(table.columns.get(c, none)) for c in ("width_m", "depth_m"))
    low = np.asarray(table["elevation_m"], dtype=float)[owner]
    return _Runs(
        owner=study.site.subject(kind, owner),
        hall=np.asarray(table["hall"])[owner],
        line=np.asarray(shapely.linestrings(np.stack([start, end], axis=1))),
        angle=np.rad2deg(np.arctan2(*(end - start).T[::-1])) % 180.0,
        half_m=width[owner] / 2,
        low_m=low,
        high_m=low + depth[owner],
    )
