"""Labels of a scene: what to write where, each with the room that it has."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import numpy as np

from twin.site.site import Site
from twin.site.table import StrArray
from twin.views.aisles import row_boxes
from twin.views.boxes import EQUIPMENT, to_site
from twin.views.parts import Batch, Labels

HALL, ROW, GEAR, AISLE, LINE, RACK = range(6)
SIZE_M = {HALL: 0.6, ROW: 0.34, GEAR: 0.24, AISLE: 0.34, LINE: 0.22, RACK: 0.17}
"""Height of the letters of each level, m on the floor."""

_RUNS = 3
"""Of so many runs of a pipe, the longest, one takes its name."""

AISLES = {"aisle_cold": "cold aisle", "aisle_hot": "hot aisle", "aisle": "aisle"}


@dataclass
class _Desk:
    """Collects labels one by one; racks are added as whole columns at the end."""

    rows: list[tuple[str, float, float, float, int, float, float, float, float, int]] = field(
        default_factory=list
    )
    group: int = 0

    def add(
        self,
        text: str,
        point: tuple[float, float, float],
        level: int,
        along: tuple[float, float] = (0.0, 0.0),
        room: tuple[float, float] = (np.nan, np.nan),
    ) -> None:
        self.rows.append((text, *point, level, *along, *room, self.group))

    def next(self) -> None:
        self.group += 1


def labels(site: Site, batches: tuple[Batch, ...]) -> Labels:
    """Return the labels of a scene, the most important first."""
    desk = _Desk()
    by_asset = {b.asset: b for b in batches}
    _halls(site, by_asset, desk)
    _rows(site, desk)
    for asset, text in AISLES.items():
        _aisles(by_asset.get(asset), text, desk)
    for kind in EQUIPMENT:
        _gear(site, by_asset.get(kind), desk)
    for kind in ("busway", "tray", "manifold"):
        _lines(site, by_asset.get(kind), desk)
    _pipes(site, by_asset.get("pipe"), desk)
    _risers(site, by_asset.get("riser"), desk)
    return _with_racks(site, by_asset.get("rack"), desk)


def short_names(names: StrArray) -> StrArray:
    """Return the part of serials in which they differ, cut at a word's end.

    Examples
    --------
    >>> short_names(np.array(["SN-GB300-0001", "SN-GB300-0012"])).tolist()
    ['0001', '0012']
    >>> short_names(np.array(["GB200-1", "GB300-1"])).tolist()
    ['GB200-1', 'GB300-1']
    """
    if len(names) < 2:
        return names
    ordered = sorted(names.tolist())
    # What the first and the last in order share, all share.
    pairs = zip(ordered[0], ordered[-1], strict=False)
    shared = next((k for k, (a, b) in enumerate(pairs) if a != b), min(map(len, ordered)))
    cut = len(re.sub(r"[A-Za-z0-9]*$", "", ordered[0][:shared]))
    return np.array([name[cut:] for name in names.tolist()], dtype=np.str_)


def _halls(site: Site, by_asset: dict[str, Batch], desk: _Desk) -> None:
    halls = by_asset.get("hall")
    if halls is None:
        return
    for i, subject in enumerate(halls.subject.tolist()):
        ring = halls.points[halls.offsets[i] : halls.offsets[i + 1]]
        left, top = float(ring[:, 0].min()), float(ring[:, 1].max())
        name = site.name_of(subject).partition(":")[2]
        desk.add(f"hall {name}", (left, top + 0.15, 0.0), HALL, (0.0, 1.0))
        desk.next()


def _rows(site: Site, desk: _Desk) -> None:
    """Name every row at its beginning or, where that is taken, at its end."""
    ids = site.tables["row"].ids
    for box in row_boxes(site):
        c, s = np.cos(box.turn), np.sin(box.turn)
        middle = (box.v[0] + box.v[1]) / 2
        for u, way in ((box.u[0], -1.0), (box.u[1], 1.0)):
            hall = np.array([box.hall])
            x, y = np.array([c * u - s * middle]), np.array([s * u + c * middle])
            px, py, yaw = to_site(site, hall, x, y, np.array([np.degrees(box.turn)]))
            along = (float(way * np.cos(yaw[0])), float(way * np.sin(yaw[0])))
            desk.add(str(ids[box.row]), (float(px[0]), float(py[0]), 0.0), ROW, along)
        desk.next()


def _aisles(batch: Batch | None, text: str, desk: _Desk) -> None:
    if batch is None:
        return
    for i in range(len(batch)):
        ring = batch.points[batch.offsets[i] : batch.offsets[i + 1]]
        x, y, _ = ring.mean(axis=0).tolist()
        wide, tall = (ring[:, :2].max(axis=0) - ring[:, :2].min(axis=0)).tolist()
        desk.add(text, (x, y, 0.0), AISLE, room=(wide, tall))
        desk.next()


def _gear(site: Site, batch: Batch | None, desk: _Desk) -> None:
    if batch is None:
        return
    for i, subject in enumerate(batch.subject.tolist()):
        name = site.name_of(subject).partition(":")[2]
        x, y, z = batch.origin[i].tolist()
        wide, deep, tall = batch.size[i].tolist()
        c, s = abs(np.cos(batch.yaw[i])), abs(np.sin(batch.yaw[i]))
        room = (float(c * wide + s * deep), float(s * wide + c * deep))
        desk.add(name, (x, y, z + tall), GEAR, room=room)
        for way in (1.0, -1.0):
            desk.add(name, (x, y + way * room[1] / 2, z + tall), GEAR, (0.0, way))
        desk.next()


def _lines(site: Site, batch: Batch | None, desk: _Desk) -> None:
    """Name a line at one of its ends; a manifold at its last, since pipes end at its first."""
    if batch is None:
        return
    for i, subject in enumerate(batch.subject.tolist()):
        name = site.name_of(subject).partition(":")[2]
        way = batch.points[batch.offsets[i] : batch.offsets[i + 1]]
        ends = [(way[0], way[1]), (way[-1], way[-2])]
        for end, before in ends[::-1] if batch.asset == "manifold" else ends:
            step = end[:2] - before[:2]
            length = float(np.hypot(*step)) or 1.0
            along = (float(step[0]) / length, float(step[1]) / length)
            desk.add(name, (float(end[0]), float(end[1]), float(end[2])), LINE, along)
        desk.next()


def _pipes(site: Site, batch: Batch | None, desk: _Desk) -> None:
    """Name a pipe beside the middle of its longest run or, where that is taken, of another."""
    if batch is None:
        return
    for i, subject in enumerate(batch.subject.tolist()):
        name = site.name_of(subject).partition(":")[2]
        way = batch.points[batch.offsets[i] : batch.offsets[i + 1]]
        run = np.diff(way[:, :2], axis=0)
        length = np.hypot(run[:, 0], run[:, 1])
        for k in np.argsort(-length, kind="stable")[:_RUNS].tolist():
            middle = ((way[k] + way[k + 1]) / 2).tolist()
            across = np.array([run[k, 1], -run[k, 0]]) / (length[k] or 1.0)
            for side in (across, -across):
                desk.add(name, (middle[0], middle[1], middle[2]), LINE, tuple(side.tolist()))
        desk.next()


def _risers(site: Site, batch: Batch | None, desk: _Desk) -> None:
    """Name a riser on any side of it."""
    if batch is None:
        return
    for i, subject in enumerate(batch.subject.tolist()):
        name = site.name_of(subject).partition(":")[2]
        x, y, z = batch.origin[i].tolist()
        wide, deep, tall = (batch.size[i] / [2.0, 2.0, 1.0]).tolist()
        for across, along in ((1.0, 0.0), (-1.0, 0.0), (0.0, 1.0), (0.0, -1.0)):
            at = (x + across * wide, y + along * deep, z + tall)
            desk.add(name, at, LINE, (across, along))
        desk.next()


def _with_racks(site: Site, racks: Batch | None, desk: _Desk) -> Labels:
    """Turn the desk into columns and add the racks, each in its own footprint."""
    n = 0 if racks is None else len(racks)
    ids = site.tables["rack"].ids
    texts = np.empty(0, dtype="U1")
    point, room = np.empty((0, 3)), np.empty((0, 2))
    if racks is not None and n:
        texts = short_names(ids)[site.rows_of("rack", racks.subject)]
        c, s = np.abs(np.cos(racks.yaw)), np.abs(np.sin(racks.yaw))
        wide, deep = racks.size[:, 0], racks.size[:, 1]
        room = np.stack([c * wide + s * deep, s * wide + c * deep], axis=1)
        point = racks.origin + racks.size * np.array([0.0, 0.0, 1.0])
    head = desk.rows
    level = np.array([r[4] for r in head] + [RACK] * n, dtype=np.int64)
    return Labels(
        text=np.concatenate([np.array([r[0] for r in head], dtype=np.str_), texts]),
        point=np.concatenate([np.array([r[1:4] for r in head]).reshape(-1, 3), point]),
        size=np.array([SIZE_M[k] for k in sorted(SIZE_M)])[level],
        level=level,
        along=np.concatenate([np.array([r[5:7] for r in head]).reshape(-1, 2), np.zeros((n, 2))]),
        room=np.concatenate([np.array([r[7:9] for r in head]).reshape(-1, 2), room]),
        group=np.concatenate(
            [np.array([r[9] for r in head], dtype=np.int64), desk.group + np.arange(n)]
        ),
    )
