"""Lines and areas of a scene: floors of halls, busways, trays, pipes and manifolds."""

from __future__ import annotations

import numpy as np

from twin.site.resolve import resolved
from twin.site.site import Site
from twin.site.table import FloatArray, IntArray
from twin.views.boxes import batch, sizes, to_site
from twin.views.judge import Judgement
from twin.views.parts import Batch

ELEVATION_M = {"busway": 2.6, "tray": 2.9, "pipe": 0.3, "manifold": 0.3}
"""Height at which a picture draws a line whose elevation is not known; no rule reads it."""

SECTION_M = {
    "busway": (0.14, 0.16), "tray": (0.45, 0.1), "pipe": (0.15, 0.15), "manifold": (0.15, 0.15),
}  # fmt: skip
"""Width and height in m of a line in a picture where nothing better is known."""

BEHIND_M = 0.25
"""How far behind its positions a picture draws a manifold, whose place nobody says."""


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
    """Pipes, manifolds, busways and trays, in the order in which they hang: the highest last."""
    drawn = {kind: _drawn(site, kind) for kind in ("pipe", "busway", "tray")}
    drawn["manifold"] = _behind(site)
    order = ("pipe", "manifold", "busway", "tray")
    return tuple(_lines(site, judgement, kind, *drawn[kind]) for kind in order)


def _drawn(site: Site, kind: str) -> tuple[list[int], list[FloatArray], IntArray]:
    """Rows of a kind that the layout draws, their points, (k, 2) m, and their halls."""
    table = site.tables[kind]
    rows = [r for r, name in enumerate(table.ids.tolist()) if (kind, name) in site.shapes.lines]
    ways = [np.asarray(site.shapes.lines[kind, str(table.ids[r])], dtype=float) for r in rows]
    return rows, ways, table["hall"][np.array(rows, dtype=np.int64)]


def _behind(site: Site) -> tuple[list[int], list[FloatArray], IntArray]:
    """Manifolds along the backs of their positions; those of rows without a place are left out."""
    table, places = site.tables["manifold"], site.tables["position"]
    rows, ways, halls = [], [], []
    for r in range(len(table)):
        low, high = (float(table[key][r]) for key in ("first", "last"))
        on = (places["row"] == table["row"][r]) & (places["index"] >= low)
        on &= places["index"] <= (np.inf if np.isnan(high) else high)
        at = np.flatnonzero(on & ~np.isnan(places["x_m"]))
        if not len(at):
            continue
        at = at[np.argsort(places["index"][at], kind="stable")][[0, -1]]
        yaw = np.radians(places["yaw_deg"][at])
        along, back = (np.stack(v, axis=1) for v in (
            (np.cos(yaw), np.sin(yaw)), (-np.sin(yaw), np.cos(yaw)),
        ))  # fmt: skip
        middle = np.stack([places["x_m"][at], places["y_m"][at]], axis=1)
        wide, deep = (places[key][at] for key in ("width_m", "depth_m"))
        size = sizes("position", wide, deep, deep)
        way = middle + back * (size[:, 1:2] / 2 + BEHIND_M)
        run = way[1] - way[0]
        # To the outer edges, whichever way the row counts.
        ahead = np.sign(np.sum(run * along[0])) or 1.0
        way += along * ahead * size[:, :1] / 2 * [[-1.0], [1.0]]
        rows.append(r)
        ways.append(way)
        halls.append(int(places["hall"][at[0]]))
    return rows, ways, np.array(halls, dtype=np.int64)


def _lines(
    site: Site,
    judgement: Judgement,
    kind: str,
    rows: list[int],
    ways: list[FloatArray],
    hall: IntArray,
) -> Batch:
    table = site.tables[kind]
    row = np.array(rows, dtype=np.int64)
    height = table["elevation_m"][row] if "elevation_m" in table.columns else np.nan
    height = np.where(np.isnan(height), ELEVATION_M[kind], height)
    points, offsets = _joined(site, ways, hall, np.broadcast_to(height, len(row)))
    ready = table["ready"][row] if "ready" in table.columns else None
    return batch(
        kind,
        "line",
        judgement,
        origin=points[offsets[:-1]],
        size=_sections(site, kind, row),
        yaw=np.zeros(len(row)),
        subject=site.subject(kind, row),
        date=ready,
        points=points,
        offsets=offsets,
    )


def _sections(site: Site, kind: str, row: IntArray) -> FloatArray:
    """(n, 3) m: nothing along, width and height of the section; its own or its product's."""
    size = np.tile([0.0, *SECTION_M[kind]], (len(row), 1))
    if kind == "tray":
        for place, name in ((1, "width_m"), (2, "depth_m")):
            own = site.tables[kind][name][row]
            size[:, place] = np.where(np.isnan(own), size[:, place], own)
    if kind in {"pipe", "manifold"}:
        bore = resolved(site, kind, "bore_m")[row]
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
