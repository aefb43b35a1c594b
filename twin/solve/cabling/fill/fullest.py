"""The fullest place of each tray and riser: whose cables lie there, and how much they take."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.cabling.cords.cables import Cables, cables
from twin.solve.cabling.fill.fill import cable_area_m2
from twin.solve.cabling.fill.room import fill_limits, of_ways, section_m2
from twin.solve.cabling.fill.shares import areas_m2
from twin.solve.cabling.fill.tray_fill import lying
from twin.solve.cabling.links.counting import once
from twin.solve.cabling.links.tails import counted
from twin.solve.cabling.panels.pieces import pieces
from twin.solve.cabling.parts.parts import parts, products
from twin.solve.cabling.ways.walks import Lying
from twin.solve.limits import limit
from twin.solve.study import Study


@dataclass(frozen=True)
class Fullest:
    """Trays and risers in which cables lie, at their fullest place, (T,).

    Attributes
    ----------
    tray, piece
        Row of the tray, risers counted on after the trays; piece of the graph of `ways`.
    area_m2
        Section of the cables there; of those whose diameter is known.
    whole
        Whether diameter and count of all are known, so that `area_m2` is all.
    fill
        Part of the section that they take; NaN where the tray's section is not known.
    limit
        Part that they may take; NaN not known.
    owner
        Who set the limit.
    start, row
        (T + 1,) and (E,) rows of `cables` that lie there, in the order of pulls: those of tray t
        from `start[t]` on; a cord stands there once. Of a piece that is led over several ways the
        first so many.
    """

    tray: IntArray
    piece: IntArray
    area_m2: FloatArray
    whole: BoolArray
    fill: FloatArray
    limit: FloatArray
    owner: tuple[str, ...]
    start: IntArray
    row: IntArray


def fullest(study: Study) -> Fullest:
    """Fullest place of each tray and riser by the sections of its cables; each cord counts once."""
    there, cable = _cords_lying(study), study(cables)
    od = diameters_m(study)
    # Rows of cables by bundle, each in the order of pulls.
    cords = _cords_of_pieces(cable)
    rows = np.flatnonzero(cords != 0)
    order = rows[np.argsort(cable.piece[rows], kind="stable")]
    by = cable.piece[order]
    low, high = (np.searchsorted(by, there.cable, side=side) for side in ("left", "right"))
    area, sure = _sums(order, cable_area_m2(od) * cords)
    n = len(there.tray)
    of_cords = np.bincount(there.row, (area[high] - area[low]) * there.part, minlength=n)
    total: FloatArray = of_cords + _trunks_m2(study)
    dim = np.bincount(there.row, sure[high] - sure[low], minlength=n) > 0
    # The fullest piece of each; of equal ones the first.
    best = np.lexsort((np.arange(n), -total, there.tray))
    tray, first = np.unique(there.tray[best], return_index=True)
    place = best[first]
    end = _some(low, high, there.part)
    lying_there = [
        np.sort(np.concatenate([
            np.empty(0, dtype=np.int64),
            *(order[a:b] for a, b in zip(low[e], end[e], strict=True)),
        ]))
        for e in _entries(there.row, place)
    ]  # fmt: skip
    limits, owners = _limits(study, tray)
    return Fullest(
        tray=tray, piece=there.piece[place], area_m2=total[place], whole=~dim[place],
        fill=total[place] / study(section_m2)[tray], limit=limits, owner=owners,
        start=np.cumsum([0, *(len(r) for r in lying_there)]).astype(np.int64),
        row=np.concatenate([np.empty(0, dtype=np.int64), *lying_there]),
    )  # fmt: skip


def _cords_of_pieces(cable: Cables) -> FloatArray:
    """(n,) cords that each row counts among those of its piece: 1 for the first tail there."""
    key = cable.cord * (int(cable.piece.max(initial=0)) + 1) + cable.piece
    first = np.zeros(len(key))
    first[np.unique(key, return_index=True)[1]] = 1.0
    return np.where(cable.cord > 0, first, cable.cords)


def _some(low: IntArray, high: IntArray, part: FloatArray) -> IntArray:
    """Return the ends of the first parts of ranges of rows, in whole rows."""
    return low + np.rint((high - low) * part).astype(np.int64)


def _cords_lying(study: Study) -> Lying:
    """Cords in the pieces of trays and risers; trunks are left out."""
    there, bundle = study(lying), study(pieces).bundle
    mine = bundle[there.cable] >= 0
    # Cords that are led over several ways may share some pieces: there they are one.
    key, of = np.unique(there.row[mine] * len(bundle) + there.cable[mine], return_inverse=True)
    part = np.bincount(of.ravel(), there.part[mine], minlength=len(key)).astype(float)
    piece, row = key % len(bundle), key // len(bundle)
    part = part * once(study(counted), piece, row)
    return Lying(there.tray, there.piece, piece, row, part)


def trunks_at(study: Study, piece: int) -> FloatArray:
    """Outer diameter of each trunk in a piece of the graph of `ways`, (n,); NaN not known."""
    there, of = study(lying), study(pieces)
    here = there.piece[there.row] == piece
    rows = there.cable[here & (of.bundle[there.cable] < 0)]
    own = np.append(np.asarray(study.table("trunk")["od_m"], dtype=float), np.nan)
    count = np.nan_to_num(of.count[rows], nan=1.0).astype(np.int64)
    return np.repeat(own[of.trunk[rows]], count)


def _trunks_m2(study: Study) -> FloatArray:
    """Section of the trunks in each piece of `lying`; those of which nobody says it count none."""
    there, area = study(lying), np.nan_to_num(study(areas_m2))
    trunk = study(pieces).bundle[there.cable] < 0
    each = area[there.cable[trunk]] * there.part[trunk]
    return np.bincount(there.row[trunk], each, minlength=len(there.tray)).astype(float)


def diameters_m(study: Study) -> FloatArray:
    """Outer diameter of the cable of each row of `cables`, NaN not known."""
    od = np.append(np.asarray(study.table("product")["od_m"], dtype=float), np.nan)
    return od[products(study, study(parts))[study(cables).piece]]


def _sums(order: IntArray, area: FloatArray) -> tuple[FloatArray, IntArray]:
    """(n + 1,) running sums over rows of the known areas, and counts of those not known."""
    known = np.nan_to_num(area[order])
    return np.append(0.0, np.cumsum(known)), np.append(0, np.cumsum(np.isnan(area[order])))


def _entries(row: IntArray, place: IntArray) -> list[IntArray]:
    """Entries of each of some rows."""
    order = np.argsort(row, kind="stable")
    low, high = (np.searchsorted(row[order], place, side=side) for side in ("left", "right"))
    return [order[a:b] for a, b in zip(low.tolist(), high.tolist(), strict=True)]


def _limits(study: Study, tray: IntArray) -> tuple[FloatArray, tuple[str, ...]]:
    """Fill that each may have, and who says so: the layout of it, else policy or profile."""
    mine = ~np.isnan(of_ways(study, "fill_limit")[tray])
    general = limit(study, "tray_fill")
    owner = tuple("fill_limit of the layout" if m else general.owner for m in mine.tolist())
    return study(fill_limits)[tray], owner
