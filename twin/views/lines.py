"""Lines and areas of a scene: floors of halls, busways, trays and pipes."""

from __future__ import annotations

import numpy as np

from twin.site.site import Site
from twin.site.table import Array, FloatArray, IntArray
from twin.views.boxes import batch, to_site
from twin.views.judge import Judgement
from twin.views.parts import Batch

ELEVATION_M = {"busway": 2.6, "tray": 2.9, "pipe": 0.3}
"""Height at which a picture draws a line whose elevation is not known; no rule reads it."""

SECTION_M = {"busway": (0.14, 0.16), "tray": (0.45, 0.1), "pipe": (0.15, 0.15)}
"""Width and height in m of a line in a picture where nothing better is known."""


def halls(site: Site, judgement: Judgement) -> Batch:
    """Floors of the halls that have an outline."""
    table = site.tables["hall"]
    row = np.array([r for r, i in enumerate(table.ids.tolist()) if i in site.shapes.outline])
    row = row.astype(np.int64)
    rings = [np.asarray(site.shapes.outline[str(table.ids[r])], dtype=float) for r in row]
    subject = site.subject("hall", row)
    points, offsets = _joined(site, rings, subject, np.zeros(len(row)))
    return batch(
        "hall",
        "area",
        judgement,
        origin=points[offsets[:-1]],
        size=np.zeros((len(row), 3)),
        yaw=np.zeros(len(row)),
        subject=subject,
        date=table["ready"][row],
        points=points,
        offsets=offsets,
    )


def overhead(site: Site, judgement: Judgement) -> tuple[Batch, ...]:
    """Pipes, busways and trays, in the order in which they hang: the highest last."""
    return tuple(_lines(site, judgement, kind) for kind in ("pipe", "busway", "tray"))


def _lines(site: Site, judgement: Judgement, kind: str) -> Batch:
    table = site.tables[kind]
    drawn = [r for r, name in enumerate(table.ids.tolist()) if (kind, name) in site.shapes.lines]
    row = np.array(drawn, dtype=np.int64)
    ways = [np.asarray(site.shapes.lines[kind, str(table.ids[r])], dtype=float) for r in drawn]
    height = table["elevation_m"][row]
    height = np.where(np.isnan(height), ELEVATION_M[kind], height)
    points, offsets = _joined(site, ways, table["hall"][row], height)
    ready = table["ready"][row] if "ready" in table.columns else None
    return batch(
        kind,
        "line",
        judgement,
        origin=points[offsets[:-1]],
        size=_sections(table.columns, kind, row),
        yaw=np.zeros(len(row)),
        subject=site.subject(kind, row),
        date=ready,
        points=points,
        offsets=offsets,
    )


def _sections(columns: object, kind: str, row: IntArray) -> FloatArray:
    """(n, 3) m: nothing along, width and height of the section."""
    width, height = SECTION_M[kind]
    size = np.tile([0.0, width, height], (len(row), 1))
    known: dict[str, Array] = dict(columns)  # type: ignore[call-overload]
    for place, name in ((1, "width_m"), (2, "depth_m")):
        if kind == "tray" and name in known:
            own = known[name][row]
            size[:, place] = np.where(np.isnan(own), size[:, place], own)
    if kind == "pipe" and "bore_m" in known:
        bore = known["bore_m"][row]
        size[:, 1:] = np.where(np.isnan(bore)[:, None], size[:, 1:], bore[:, None])
    return size


def _joined(
    site: Site, ways: list[FloatArray], hall: IntArray, height: FloatArray
) -> tuple[FloatArray, IntArray]:
    """Points of all ways in the frame of the site, (k, 3) m, and where each way begins."""
    count = np.array([len(way) for way in ways], dtype=np.int64)
    offsets = np.concatenate([[0], np.cumsum(count)]).astype(np.int64)
    if not len(ways):
        return np.empty((0, 3)), offsets
    flat = np.concatenate(ways)
    x, y, _ = to_site(site, np.repeat(hall, count), flat[:, 0], flat[:, 1], np.zeros(len(flat)))
    return np.stack([x, y, np.repeat(height, count)], axis=1), offsets
