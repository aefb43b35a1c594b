"""Lines and areas of a scene: floors of halls, busways, trays, risers, pipes and manifolds."""

from __future__ import annotations

import numpy as np

from twin.arrays.risers import leads_away, upper_hall
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
    "riser": (0.3, 0.1),
}  # fmt: skip
"""Width and height in m of a line in a picture where nothing better is known."""

BEHIND_M = 0.25
"""How far behind its positions a picture draws a manifold, whose place nobody says."""


SHAFT_M = 0.3
"""Least side of a riser in a picture."""


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


def risers(site: Site, judgement: Judgement) -> tuple[Batch, ...]:
    """Risers: shafts where they go up, and lines of those that lead from place to place.

    Where such a way runs nobody says: it is drawn straight at the height of its lower end, and up
    at its upper end. A shaft is drawn so wide at least that a plan shows it.
    """
    table, away = site.tables["riser"], leads_away(site)
    low, high = (np.asarray(table[f"{end}_m"], dtype=float) for end in ("low", "high"))
    lower, upper = (
        _on_site(site, hall, table[x], table[y])
        for hall, x, y in (
            (table["hall"], "at_x_m", "at_y_m"),
            (site.subject("hall", upper_hall(site)), "to_x_m", "to_y_m"),
        )
    )
    foot = np.where(away[:, None], upper, lower)
    size = np.stack([table["width_m"], table["depth_m"], np.abs(high - low)], axis=1)
    size[:, :2] = np.fmax(size[:, :2], SHAFT_M)
    up = np.flatnonzero(~np.isnan(foot).any(axis=1) & (size[:, 2] > 0))
    shafts = batch(
        "riser", "box", judgement,
        origin=np.column_stack([foot, np.fmin(low, high)])[up], size=size[up],
        yaw=np.zeros(len(up)), subject=site.subject("riser", up),
    )  # fmt: skip
    way = np.flatnonzero(away)
    ends = np.stack([lower[way], upper[way]], axis=1)
    points = np.concatenate([ends, np.repeat(low[way], 2).reshape(-1, 2, 1)], axis=2)
    ducts = batch(
        "duct", "line", judgement,
        origin=points[:, 0], size=_sections(site, "riser", way),
        yaw=np.zeros(len(way)), subject=site.subject("riser", way),
        points=points.reshape(-1, 3), offsets=2 * np.arange(len(way) + 1),
    )  # fmt: skip
    return ducts, shafts


def _on_site(site: Site, hall: IntArray, x: FloatArray, y: FloatArray) -> FloatArray:
    """(n, 2) places in halls in the frame of the site; NaN where they are not known."""
    at = to_site(site, hall, np.asarray(x), np.asarray(y), np.zeros(len(x)))
    return np.stack(at[:2], axis=1)


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
    if kind in {"tray", "riser"}:
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
