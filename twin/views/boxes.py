"""Boxes of a scene: racks, positions, equipment and obstacles, placed by columns."""

from __future__ import annotations

from datetime import date

import numpy as np

from twin.site.resolve import resolved
from twin.site.site import Site
from twin.site.table import Array, DateArray, FloatArray, IntArray, StrArray, Table
from twin.views.judge import Judgement
from twin.views.parts import Batch, Shape

POWER = ("source", "transformer", "ups", "rectifier", "board", "rpp", "transfer")
EQUIPMENT = ("cdu", "air_unit", *POWER)

FLAT = ("keepout",)
UPRIGHT = ("equipment", "wall", "column", "door")

DRAWN = {
    "rack": (0.6, 1.2, 2.2),
    "position": (0.6, 1.2, 0.01),
    "cdu": (0.9, 1.2, 2.2),
    "air_unit": (2.5, 1.0, 2.2),
    "column": (0.5, 0.5, 3.0),
    "door": (1.2, 0.2, 2.1),
    "wall": (0.2, 0.2, 3.0),
    "keepout": (1.0, 1.0, 0.02),
    "equipment": (1.0, 1.0, 2.0),
}
"""Width, depth and height in m of a picture where a figure is missing; no rule reads them."""

_GEAR = (1.0, 1.0, 2.0)


def batch(
    asset: str,
    shape: Shape,
    judgement: Judgement,
    *,
    origin: FloatArray,
    size: FloatArray,
    yaw: FloatArray,
    subject: IntArray,
    date: DateArray | None = None,
    place: IntArray | None = None,
    points: FloatArray | None = None,
    offsets: IntArray | None = None,
) -> Batch:
    """Return a batch with band, state, load and code of its subjects filled in."""
    n = len(subject)
    at = np.maximum(subject, 0)
    real = subject >= 0

    def of(column: Array, absent: float | str) -> Array:
        return np.where(real, column[at], absent) if len(column) else np.full(n, absent)

    return Batch(
        asset=asset,
        shape=shape,
        origin=origin,
        size=size,
        yaw=yaw,
        subject=subject,
        band=of(judgement.band, -1).astype(np.int8),
        state=of(judgement.state, -1).astype(np.int8),
        load=of(judgement.load, np.nan).astype(np.float64),
        date=np.full(n, np.datetime64("NaT", "D")) if date is None else date,
        code=of(judgement.code, "").astype(np.str_),
        place=np.full(n, -1, dtype=np.int64) if place is None else place,
        points=np.empty((0, 3)) if points is None else points,
        offsets=np.zeros(1, dtype=np.int64) if offsets is None else offsets,
    )


def to_site(
    site: Site, hall: IntArray, x: FloatArray, y: FloatArray, yaw_deg: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Move points from the frames of their halls to that of the site.

    Parameters
    ----------
    site
        Gives the place of every hall.
    hall
        (n,) subject number of the hall; -1: the point is in the frame of the site already.
    x, y
        (n,) m.
    yaw_deg
        (n,) degrees.

    Returns
    -------
    x, y, yaw
        m, m and rad.
    """
    halls = site.tables["hall"]
    rows = site.rows_of("hall", hall)
    real, at = rows >= 0, np.maximum(rows, 0)

    def of(column: str) -> FloatArray:
        if not len(halls):
            return np.zeros(len(rows))
        return np.where(real, np.nan_to_num(halls[column][at]), 0.0)

    turn = np.radians(of("yaw_deg"))
    c, s = np.cos(turn), np.sin(turn)
    yaw = np.radians(np.nan_to_num(yaw_deg)) + turn
    return of("at_x_m") + c * x - s * y, of("at_y_m") + s * x + c * y, yaw


def sizes(asset: str, width: FloatArray, depth: FloatArray, height: FloatArray) -> FloatArray:
    """(n, 3) m; where a figure is missing, that of `DRAWN`."""
    size = np.stack([width, depth, height], axis=1)
    return np.where(np.isnan(size), np.array(DRAWN.get(asset, _GEAR)), size)


def racks(site: Site, judgement: Judgement, day: date | None) -> Batch:
    """Racks that have a position and, with `day`, stand on that day."""
    table, places = site.tables["rack"], site.tables["position"]
    date = _dates(site)
    at = site.rows_of("position", table["position"])
    here = at >= 0
    if day is not None:
        # A day that is not known hides nothing: NaT compares as false.
        now = np.datetime64(day, "D")
        here &= ~(date > now) & ~(table["leaves"] <= now)
    row = np.flatnonzero(here)
    spot = at[row]

    def of(column: str) -> FloatArray:
        return np.asarray(resolved(site, "rack", column), dtype=np.float64)[row]

    width, depth = of("width_m"), of("depth_m")
    width = np.where(np.isnan(width), places["width_m"][spot], width)
    depth = np.where(np.isnan(depth), places["depth_m"][spot], depth)
    x, y, yaw = _on_position(site, spot)
    return batch(
        "rack",
        "box",
        judgement,
        origin=np.stack([x, y, np.zeros(len(x))], axis=1),
        size=sizes("rack", width, depth, of("height_m")),
        yaw=yaw,
        subject=site.subject("rack", row),
        date=date[row],
        place=site.subject("position", spot),
    )


def positions(site: Site, judgement: Judgement) -> Batch:
    """Footprints of all positions, filled or not."""
    table = site.tables["position"]
    row = np.flatnonzero(~np.isnan(table["x_m"]) & ~np.isnan(table["y_m"]))
    x, y, yaw = _on_position(site, row)
    flat = np.full(len(row), np.nan)
    return batch(
        "position",
        "box",
        judgement,
        origin=np.stack([x, y, np.zeros(len(x))], axis=1),
        size=sizes("position", table["width_m"][row], table["depth_m"][row], flat),
        yaw=yaw,
        subject=site.subject("position", row),
        date=table["ready"][row],
    )


def obstacles(site: Site, judgement: Judgement, of: tuple[str, ...]) -> tuple[Batch, ...]:
    """Obstacles of some kinds, one batch for each."""
    table = site.tables["obstacle"]
    kinds: StrArray = table["kind"]
    unknown = np.full(len(table), np.nan)
    tall = _clear_height(site, table)
    return tuple(
        _solid(
            site,
            judgement,
            table,
            kind,
            kinds == kind,
            (table["size_x_m"], table["size_y_m"], tall if kind in {"column", "wall"} else unknown),
        )
        for kind in of
    )


def equipment(site: Site, judgement: Judgement) -> tuple[Batch, ...]:
    """CDUs, air units and power gear, one batch for each kind."""
    out = []
    for kind in EQUIPMENT:
        table = site.tables[kind]
        every = np.ones(len(table), dtype=bool)
        if kind in POWER:
            unknown = np.full(len(table), np.nan)
            size = (table["size_x_m"], table["size_y_m"], unknown)
        else:
            size = (
                resolved(site, kind, "width_m"),
                resolved(site, kind, "depth_m"),
                resolved(site, kind, "height_m"),
            )
        out.append(_solid(site, judgement, table, kind, every, size))
    return tuple(out)


def _solid(
    site: Site,
    judgement: Judgement,
    table: Table,
    asset: str,
    these: Array,
    size: tuple[FloatArray, FloatArray, FloatArray],
) -> Batch:
    """Boxes of one table that have a place."""
    row = np.flatnonzero(these & ~np.isnan(table["at_x_m"]) & ~np.isnan(table["at_y_m"]))
    yaw_deg = table["yaw_deg"][row] if "yaw_deg" in table.columns else np.zeros(len(row))
    x, y, yaw = to_site(
        site, table["hall"][row], table["at_x_m"][row], table["at_y_m"][row], yaw_deg
    )
    ready = table["ready"][row] if "ready" in table.columns else None
    return batch(
        asset,
        "box",
        judgement,
        origin=np.stack([x, y, np.zeros(len(x))], axis=1),
        size=sizes(asset, size[0][row], size[1][row], size[2][row]),
        yaw=yaw,
        subject=site.subject(table.kind, row),
        date=ready,
    )


def _on_position(site: Site, row: IntArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    table = site.tables["position"]
    hall, yaw = table["hall"][row], table["yaw_deg"][row]
    return to_site(site, hall, table["x_m"][row], table["y_m"][row], yaw)


def _dates(site: Site) -> DateArray:
    """Day on which each rack arrives: its own, else that of its delivery."""
    table, deliveries = site.tables["rack"], site.tables["delivery"]
    own: DateArray = table["arrives"]
    row = site.rows_of("delivery", table["delivery"])
    if not len(deliveries):
        return own
    theirs = np.where(row >= 0, deliveries["arrives"][np.maximum(row, 0)], np.datetime64("NaT"))
    return np.where(np.isnat(own), theirs, own)


def _clear_height(site: Site, table: Table) -> FloatArray:
    """Height of the hall that each thing stands in, m; NaN not known."""
    halls, row = site.tables["hall"], site.rows_of("hall", table["hall"])
    if not len(halls):
        return np.full(len(row), np.nan)
    return np.where(row >= 0, halls["height_m"][np.maximum(row, 0)], np.nan)
