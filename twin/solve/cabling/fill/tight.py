"""Where trays are the tightest together, however cables are led over them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from twin.site.table import FloatArray, IntArray
from twin.solve.cabling.fill.room import fill_limits, section_m2
from twin.solve.cabling.fill.shares import areas_m2
from twin.solve.cabling.links.counting import once
from twin.solve.cabling.links.tails import counted
from twin.solve.cabling.ways.laying import laying
from twin.solve.cabling.ways.leading import Led
from twin.solve.cabling.ways.ways import ways
from twin.solve.study import Study


class Tight(NamedTuple):
    """Trays that are the tightest for what must cross them, (n,).

    Attributes
    ----------
    tray, other
        Two of these trays, the greatest first, risers counted on after the trays; -1 where there is
        no other.
    needed_m2, offered_m2
        Section of the cables that must cross them all, and what of their section may be taken.
    """

    tray: IntArray
    other: IntArray
    needed_m2: FloatArray
    offered_m2: FloatArray


def tight(study: Study) -> Tight:
    """Name the trays that are too small together, else the fullest where all cables fit."""
    led = study(laying).led
    if led is not None and led.routes.cut is not None:
        # Of drop-outs CAB102 tells: no wider tray helps them.
        trays_alone = (led.piece[led.routes.cut.edge] >= 0).all()
        return _rows(_cut(study, led)) if trays_alone else _rows()
    row = _fullest(study)
    # A tray that is overfull is no cut: its cables might lie elsewhere.
    return _rows() if row is None or row[2] > row[3] else _rows(row)


def whole(study: Study) -> Tight:
    """Name the trays that whole cables overfill though parts of them would fit, else the fullest.

    None where nothing was led round a full tray, and where a cut is too small or it is not decided.
    """
    led = study(laying).led
    if led is None or not led.routes.statistics.overfull_at_first or led.routes.cut is not None:
        return _rows()
    routes, graph = led.routes, study(ways).graph
    if len(routes.overfull) and not routes.in_parts:
        return _rows()
    room = np.append((study(section_m2) * study(fill_limits))[graph.tray], np.nan)[led.piece]
    edge = np.flatnonzero(np.isfinite(room) & (routes.fill_m2 > 0))
    with np.errstate(divide="ignore"):
        edge = edge[np.argsort(-routes.fill_m2[edge] / room[edge], kind="stable")]
    tray = graph.tray[led.piece[edge]]
    first = np.sort(np.unique(tray, return_index=True)[1])
    over = np.isin(edge[first], routes.overfull)
    first = first[over] if over.any() else first[:1]
    fills, rooms = routes.fill_m2[edge[first]].tolist(), room[edge[first]].tolist()
    return _rows(*zip(tray[first].tolist(), [-1] * len(first), fills, rooms, strict=True))


_Row = tuple[int, int, float, float]


def _rows(*rows: _Row) -> Tight:
    trays = np.array([row[:2] for row in rows], dtype=np.int64).reshape(-1, 2)
    sums = np.array([row[2:] for row in rows], dtype=float).reshape(-1, 2)
    return Tight(trays[:, 0], trays[:, 1], sums[:, 0], sums[:, 1])


def _cut(study: Study, led: Led) -> _Row:
    """Return the cut that keeps cables from fitting."""
    cut, graph = led.routes.cut, study(ways).graph
    assert cut is not None  # noqa: S101 - for the types
    tray = graph.tray[led.piece[cut.edge]]
    section = study(section_m2)[tray]
    order = np.lexsort((tray, -section))
    _, first = np.unique(tray[order], return_index=True)
    named = tray[order][np.sort(first)]
    other = int(named[1]) if len(named) > 1 else -1
    return int(named[0]), other, cut.needed_m2, cut.offered_m2


def _fullest(study: Study) -> _Row | None:
    """Return the tray that is fullest for what it offers; none where no room is known."""
    lies = study(laying).lying
    area = study(areas_m2)[lies.cable] * lies.part * once(study(counted), lies.cable, lies.row)
    # Where a diameter is not known, neither is what must cross.
    fill = np.bincount(lies.row, area, minlength=len(lies.tray))
    room = (study(section_m2) * study(fill_limits))[lies.tray]
    rows = np.flatnonzero(np.isfinite(room) & (fill > 0))
    if not len(rows):
        return None
    with np.errstate(divide="ignore"):
        load = fill[rows] / room[rows]
    worst = int(rows[np.argmax(load)])
    tray = int(lies.tray[worst])
    return tray, -1, float(fill[worst]), float(room[worst])
