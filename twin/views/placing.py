"""Which labels of a scene a plan shows, where and how large: none covers another, nor a thing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.site.table import Array, BoolArray, FloatArray, IntArray
from twin.views import svg
from twin.views.labels import AISLE, GEAR, HALL, LINE, RACK, ROW
from twin.views.parts import Scene

LETTERS_MM = {
    HALL: (4.6, 4.6),
    ROW: (3.2, 1.9),
    GEAR: (2.8, 1.8),
    AISLE: (3.2, 2.0),
    LINE: (2.4, 1.8),
    RACK: (2.6, 1.2),
}
"""Height of letters on paper, the wished one and the least that can be read."""

_GAP_MM = 1.5
_RUNNING = ("pipe", "manifold", "busway")
"""Lines that no text covers."""
_SLANT_M = 0.05
_MARK_M = 0.34
"""Room that the mark of a verdict takes at the front of a rack."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A text that has found its place: its centre, its height in m, its turn anticlockwise."""

    text: str
    x: float
    y: float
    size: float
    turn_deg: float
    level: int
    band: int = -1


def place(scene: Scene, mm: float) -> list[Placed]:
    """Return the labels that fit, the most important first; `mm` is 1 mm of paper in m."""
    taken = _Taken(_things(scene), mm)
    labels, out = scene.labels, []
    done: set[int] = set()
    few = np.flatnonzero(labels.level != RACK).tolist()
    # A row without a name is worse than a name across a wall: a second round lets it.
    rounds = [(i, False) for i in few] + [(i, True) for i in few if labels.level[i] == ROW]
    for i, anywhere in rounds:
        group = int(labels.group[i])
        found = None if group in done else _one(scene, i, mm, taken, anywhere=anywhere)
        if found is not None:
            done.add(group)
            out.append(found)
    return out + _racks(scene, mm)


class _Taken:
    """Boxes that are taken, as (n, 4) left, bottom, right, top: things first, then texts."""

    def __init__(self, things: FloatArray, mm: float) -> None:
        self.things = things
        self.texts: list[tuple[float, float, float, float]] = []
        self.gap = 0.4 * mm

    def free(self, box: tuple[float, float, float, float], *, over_things: bool) -> bool:
        """Whether nothing stands there yet."""
        texts = np.array(self.texts).reshape(-1, 4)
        clash = _overlaps(texts, box, self.gap)
        return not clash and (over_things or not _overlaps(self.things, box, 0.0))


def _overlaps(boxes: Array, box: tuple[float, float, float, float], gap: float) -> bool:
    left, low, right, top = box
    apart = (
        (boxes[:, 0] >= right + gap)
        | (boxes[:, 2] <= left - gap)
        | (boxes[:, 1] >= top + gap)
        | (boxes[:, 3] <= low - gap)
    )
    return bool((~apart).any())


def _things(scene: Scene) -> FloatArray:
    """Boxes that a text must not cover."""
    out = [np.empty((0, 4))]
    for batch in scene.batches:
        if batch.shape == "box" and batch.asset != "keepout":
            ring = svg.corners(batch.origin, batch.size, batch.yaw)
            out.append(np.concatenate([ring.min(axis=1), ring.max(axis=1)], axis=1))
        if batch.asset in _RUNNING:
            out.append(_runs(batch.points[:, :2], batch.offsets))
        if batch.asset == "hall":
            out += [_walls(ring) for ring in np.split(batch.points[:, :2], batch.offsets[1:-1])]
    return np.concatenate(out)


def _runs(points: FloatArray, offsets: IntArray) -> FloatArray:
    """Boxes of the straight runs of lines; of a slanting one its middle half alone."""
    within = np.ones(max(len(points) - 1, 0), dtype=bool)
    within[offsets[1:-1] - 1] = False
    a, b = points[:-1][within], points[1:][within]
    slants: BoolArray = np.asarray((np.abs(b - a) > _SLANT_M).all(axis=1))
    quarter = np.where(slants[:, None], 0.25 * (b - a), 0.0)
    ends = np.stack([a + quarter, b - quarter])
    return np.concatenate([ends.min(axis=0), ends.max(axis=0)], axis=1)


def _walls(ring: FloatArray) -> FloatArray:
    """Boxes of the walls that run along an axis; a slanting one bounds no text."""
    after = np.roll(ring, -1, axis=0)
    boxes = np.concatenate([np.minimum(ring, after), np.maximum(ring, after)], axis=1)
    straight = (np.abs(after - ring) < 1e-6).any(axis=1)
    return np.asarray(boxes[straight])


def _one(scene: Scene, i: int, mm: float, taken: _Taken, *, anywhere: bool) -> Placed | None:
    """Try to place one label: as wished, then smaller, then turned where it has a room."""
    labels = scene.labels
    text, level = str(labels.text[i]), int(labels.level[i])
    x, y = (float(v) for v in labels.point[i, :2])
    ax, ay = (float(v) for v in labels.along[i])
    room = labels.room[i]
    wish, least = LETTERS_MM[level]
    inside = not np.isnan(room[0])
    for part in (0.6,) if anywhere else (1.0, 0.85, 0.7, 0.6):
        size = max(wish * part, least) * mm
        wide, tall = svg.width_of(text, size, bold=True), size
        for turn in (0.0, 90.0) if inside else (0.0,):
            w, h = (tall, wide) if turn else (wide, tall)
            if inside and (w > 0.94 * room[0] or h > 0.94 * room[1]):
                continue
            gap = _GAP_MM * mm if ax or ay else 0.0
            cx, cy = x + ax * (gap + w / 2), y + ay * (gap + h / 2)
            if level == HALL:
                cx = x + w / 2
            box = (cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2)
            if taken.free(box, over_things=inside or anywhere):
                taken.texts.append(box)
                return Placed(text, cx, cy, size, turn, level)
    return None


def _racks(scene: Scene, mm: float) -> list[Placed]:
    """Place serials, each within its own footprint, beside the mark of its verdict."""
    labels = scene.labels
    rows = np.flatnonzero(labels.level == RACK)
    racks = scene.batch("rack")
    if racks is None or not len(rows):
        return []
    wish, least = LETTERS_MM[RACK]
    length = np.strings.str_len(labels.text[rows])
    sides = racks.size[:, :2]
    long, short = sides.max(axis=1), sides.min(axis=1)
    marked = (racks.state >= 1).astype(float) * _MARK_M
    free = 0.92 * long - marked
    fits = np.minimum(free / (svg.LETTER * np.maximum(length, 1)), 0.5 * short)
    size = np.minimum(fits, wish * mm)
    # The mark stands at the front, so the text moves half of its room to the back.
    back = np.stack([-np.sin(racks.yaw), np.cos(racks.yaw)], axis=1) * marked[:, None] / 2
    centre = labels.point[rows, :2] + back
    # Along the longer side, and never upside down.
    turn = np.degrees(racks.yaw) + np.where(sides[:, 1] >= sides[:, 0], 90.0, 0.0)
    turn = 90.0 - (90.0 - np.round(turn, 6)) % 180.0
    return [
        Placed(
            str(labels.text[rows[k]]),
            float(centre[k, 0]),
            float(centre[k, 1]),
            float(size[k]),
            float(turn[k]),
            RACK,
            int(racks.band[k]),
        )
        for k in np.flatnonzero(size >= least * mm).tolist()
    ]
