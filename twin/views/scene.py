"""From a site and its report to a scene: everything that a picture shows."""

from __future__ import annotations

from datetime import date

import numpy as np

from twin.checks.result import Report
from twin.site.site import Site
from twin.views import aisles, boxes, labels, lines
from twin.views.judge import By, Judgement, judge
from twin.views.parts import Batch, Frame, Labels, Scene

__all__ = ["Batch", "Frame", "Labels", "Scene", "composed", "scene", "summary"]


def scene(
    site: Site,
    report: Report | None = None,
    by: By = "margin",
    day: date | None = None,
) -> Scene:
    """Return the scene of a site.

    Parameters
    ----------
    site
        What stands where.
    report
        What the check said; None: nothing is judged.
    by
        What the colours show: load in % of the limit ("margin"), "verdict", "type" or "state".
    day
        Show only the racks that stand on this day; None shows all.
    """
    told = summary(site, report), _conditions(report, day)
    return composed(site, judge(site, report, by), told, day)


def composed(
    site: Site,
    judgement: Judgement,
    told: tuple[str, str],
    day: date | None = None,
    over: tuple[Batch, ...] = (),
) -> Scene:
    """Return the scene of a site in the colours of a judgement.

    Parameters
    ----------
    site
        What stands where.
    judgement
        Load, band and state of every subject, and what the bands mean.
    told
        Summary and conditions, a line each.
    day
        Show only the racks that stand on this day; None shows all.
    over
        What lies over everything.
    """
    racks = boxes.racks(site, judgement, day)
    batches = (
        lines.halls(site, judgement),
        *aisles.aisles(site, judgement),
        *boxes.obstacles(site, judgement, boxes.FLAT),
        boxes.positions(site, judgement),
        *boxes.equipment(site, judgement),
        racks,
        # After the racks, so that what stands in one is seen.
        *boxes.obstacles(site, judgement, boxes.UPRIGHT),
        *lines.overhead(site, judgement),
        *lines.risers(site, judgement),
        *over,
    )
    shown = tuple(b for b in batches if len(b))
    low, high = _extent(shown)
    frame = Frame(
        low=low,
        high=high,
        title=site.title or site.name,
        summary=told[0],
        conditions=told[1],
        note=_note(site, racks, day),
    )
    return Scene(shown, labels.labels(site, shown), frame, judgement.legend, site.names)


def _extent(batches: tuple[Batch, ...]) -> tuple[tuple[float, float, float], ...]:
    """Least and greatest corner of everything, m; a small floor where there is nothing."""
    corners = []
    for batch in batches:
        if batch.shape == "box":
            c, s = np.abs(np.cos(batch.yaw)), np.abs(np.sin(batch.yaw))
            wide, deep, tall = batch.size.T
            reach = [(c * wide + s * deep) / 2, (s * wide + c * deep) / 2, np.zeros(len(batch))]
            sides = np.stack(reach, axis=1)
            top = batch.origin + sides
            top[:, 2] += tall
            corners += [batch.origin - sides, top]
        else:
            corners.append(batch.points)
    if not corners:
        return (0.0, 0.0, 0.0), (10.0, 10.0, 3.0)
    points = np.concatenate(corners)
    low, high = points.min(axis=0).tolist(), points.max(axis=0).tolist()
    return (low[0], low[1], low[2]), (high[0], high[1], high[2])


def summary(site: Site, report: Report | None) -> str:
    """Say what the check found, in a line."""
    if report is None:
        n = len(site.tables["rack"])
        return f"{n:,} {'rack' if n == 1 else 'racks'}, not judged"
    counts = report.counts
    n = counts["delivered"]
    parts = [f"{counts[word]:,} {word}" for word in ("feasible", "blocked", "unknown")]
    risk = f" ({counts['at_risk']:,} at risk)" if counts["at_risk"] else ""
    return f"{n:,} {'rack' if n == 1 else 'racks'}: {parts[0]}{risk}, {parts[1]}, {parts[2]}"


def _conditions(report: Report | None, day: date | None) -> str:
    parts = []
    if report is not None:
        c = report.conditions
        parts.append(f"{c.mode} load")
        parts.append("one loss" if c.losses else "no loss")
        parts.append(f"on {c.date.isoformat()}" if c.date else "all that is planned")
    if day is not None:
        parts.append(f"racks that stand on {day.isoformat()}")
    return ", ".join(parts)


def _note(site: Site, racks: Batch, day: date | None) -> str:
    """Say how many racks have no place, since the picture cannot show them."""
    missing = len(site.tables["rack"]) - len(racks)
    if missing <= 0:
        return ""
    words = "rack is" if missing == 1 else "racks are"
    why = "no position" if day is None else "no position or do not stand on that day"
    return f"{missing:,} {words} not shown: {why}"
