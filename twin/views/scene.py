"""The scene: everything that a picture shows, as columns. The only thing that a renderer reads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np

from twin.checks.result import Report
from twin.site.site import Site
from twin.site.table import DateArray, FloatArray, IntArray, StrArray
from twin.views.colours import Legend

Shape = Literal["box", "line", "area"]


@dataclass(frozen=True, slots=True)
class Batch:
    """All things of one class of asset, one row each.

    Parameters
    ----------
    asset
        Kind of the site ("rack", "busway"), or "aisle_cold", "aisle_hot", "aisle", "column",
        "door", "wall", "keepout", "equipment".
    shape
        "box": `origin`, `size`, `yaw`. "line" and "area": `points` from `offsets[i]` to
        `offsets[i + 1]`, of which `origin` is the first, and `size` the section of a line.
    origin
        (n, 3) m, centre of the base in the frame of the site.
    size
        (n, 3) m, along the yaw, across it, and up.
    yaw
        (n,) rad, anticlockwise; the front of a box faces yaw - 90 degrees.
    subject
        (n,) subject number of the site; -1 where the thing has none.
    band
        (n,) colour by the scene's legend; -1 not judged.
    state
        (n,) -1 not judged, 0 feasible, 1 unknown, 2 blocked, 3 feasible at risk.
    load
        (n,) 1 - margin, as a part of the limit; NaN not known.
    date
        (n,) day from which it stands; NaT from the beginning.
    code
        (n,) rule that binds; "" none.
    place
        (n,) subject number of the position of a rack; -1 for all else.
    points, offsets
        (k, 3) m and (n + 1,); empty for boxes.
    """

    asset: str
    shape: Shape
    origin: FloatArray
    size: FloatArray
    yaw: FloatArray
    subject: IntArray
    band: np.ndarray[tuple[int], np.dtype[np.int8]]
    state: np.ndarray[tuple[int], np.dtype[np.int8]]
    load: FloatArray
    date: DateArray
    code: StrArray
    place: IntArray
    points: FloatArray
    offsets: IntArray

    def __len__(self) -> int:
        """Return the number of things."""
        return len(self.subject)


@dataclass(frozen=True, slots=True)
class Labels:
    """Texts on the floor, one row each.

    `level` is 0 halls, 1 rows, 2 equipment, 3 aisles, 4 lines, 5 racks. `along` (n, 2) is the
    direction in which a text stands off its point; (0, 0) centres it there. `room` (n, 2) m is
    the box that a centred text must fit into; NaN where nothing bounds it. Texts of one `group`
    are ways to say the same thing: the first that fits is enough.
    """

    text: StrArray
    point: FloatArray
    size: FloatArray
    level: IntArray
    along: FloatArray
    room: FloatArray
    group: IntArray

    def __len__(self) -> int:
        """Return the number of texts."""
        return len(self.text)


@dataclass(frozen=True, slots=True)
class Frame:
    """What surrounds the scene: its extent in m, its title and its summary."""

    low: tuple[float, float, float]
    high: tuple[float, float, float]
    title: str
    summary: str
    conditions: str
    note: str


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything that a picture shows."""

    batches: tuple[Batch, ...]
    labels: Labels
    frame: Frame
    legend: Legend
    names: StrArray

    def batch(self, asset: str) -> Batch | None:
        """Return the batch of a class of asset; None when there is none."""
        return next((b for b in self.batches if b.asset == asset), None)

    def name(self, subject: int) -> str:
        """Return the id of a subject, without its kind."""
        return str(self.names[subject]).partition(":")[2] if subject >= 0 else ""


def scene(
    site: Site,
    report: Report | None = None,
    by: Literal["margin", "verdict", "type", "state"] = "margin",
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
    from twin.views import aisles, boxes, labels, lines
    from twin.views.judge import judge

    judgement = judge(site, report, by)
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
    )
    shown = tuple(b for b in batches if len(b))
    low, high = _extent(shown)
    frame = Frame(
        low=low,
        high=high,
        title=site.title or site.name,
        summary=_summary(site, report),
        conditions=_conditions(report, day),
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


def _summary(site: Site, report: Report | None) -> str:
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
