"""Fill of trays: which racks' cables lie in the places of each tray that can be its fullest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.cabling import fill
from twin.solve.cabling.bundles import bundles
from twin.solve.cabling.parts import parts
from twin.solve.cabling.pieces import pieces
from twin.solve.cabling.ways import Trees, ways
from twin.solve.study import Study


@dataclass(frozen=True)
class TrayShares:
    """Cables of racks in pieces of trays.

    A piece whose cables all go on together into one and the same next piece of its tray is never
    fuller than that, whichever racks stand, and is left out.

    Attributes
    ----------
    tray, piece
        (R,) row of the tray and piece of the graph of `ways`.
    rack, row
        (E,) rack row and row of this table; each pair stands once.
    area_m2
        (E,) section of all its cables there; NaN not known.
    between_m2
        (R,) section of the cables between switches and of trunks; NaN not known.
    """

    tray: IntArray
    piece: IntArray
    rack: IntArray
    row: IntArray
    area_m2: FloatArray
    between_m2: FloatArray


def section_m2(study: Study) -> FloatArray:
    """(trays,) section that counts for fill: width times depth of at most 150 mm."""
    tray = study.table("tray")
    return fill.section_m2(tray["width_m"], tray["depth_m"])


def tray_shares(study: Study) -> TrayShares:
    """Pieces of trays that can be the fullest, and what lies in them."""
    piece, way = study(pieces), study(ways)
    mine = np.flatnonzero(np.append(study(bundles).wanted, True)[piece.bundle])
    pair_of_piece = way.pair[mine]
    needed = np.zeros(len(way.way_m), dtype=bool)
    needed[pair_of_piece[pair_of_piece >= 0]] = True
    found = [
        _walk(t, way.graph.tray, needed[t.pair] & np.isfinite(way.way_m[t.pair])) for t in way.trees
    ]
    none = np.empty(0, dtype=np.int64)
    pair = np.concatenate([none, *(p for p, _ in found)])
    at = np.concatenate([none, *(e for _, e in found)])
    place, row_of = np.unique(at, return_inverse=True)
    order = np.argsort(pair_of_piece, kind="stable")
    low = np.searchsorted(pair_of_piece[order], pair, side="left")
    count = np.searchsorted(pair_of_piece[order], pair, side="right") - low
    within = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
    return _summed(
        study, way.graph.tray[place], place,
        mine[order[np.repeat(low, count) + within]], np.repeat(row_of, count),
    )  # fmt: skip


def areas_m2(study: Study) -> FloatArray:
    """Section of all cables of each of the `pieces`, (Q,); NaN not known."""
    piece = study(pieces)
    od = np.append(study.table("product")["od_m"], np.nan)[study(parts).cable]
    of_trunk = np.append(np.asarray(study.table("trunk")["od_m"], dtype=float), np.nan)
    each = np.where(piece.trunk >= 0, of_trunk[piece.trunk], np.append(od, np.nan)[piece.bundle])
    return fill.cable_area_m2(each) * piece.count


def _summed(
    study: Study, tray: IntArray, place: IntArray, piece: IntArray, row: IntArray
) -> TrayShares:
    """Sum the cables of pieces in rows of places, by rack, and those of no rack."""
    rack = np.append(study(bundles).rack, -1)[study(pieces).bundle[piece]]
    area = study(areas_m2)[piece]
    between = rack < 0
    key = rack[~between] * (1 << 32) + row[~between]
    distinct, inverse = np.unique(key, return_inverse=True)
    total = np.bincount(inverse, area[~between], minlength=len(distinct))
    return TrayShares(
        tray=tray,
        piece=place,
        rack=(distinct >> 32).astype(np.int64),
        row=(distinct & 0xFFFFFFFF).astype(np.int64),
        area_m2=total.astype(float),
        between_m2=np.bincount(row[between], area[between], minlength=len(tray)).astype(float),
    )


def _walk(t: Trees, tray: IntArray, needed: BoolArray) -> tuple[IntArray, IntArray]:
    """(pair, piece) of all ways of one hall over the pieces that can be the fullest."""
    n = t.above.shape[1]
    base = np.arange(len(t.above))[:, None] * n
    above = np.where(t.above >= 0, t.above + base, -1).ravel()
    piece = t.piece.ravel()
    start = t.root[needed] * n + t.end[needed]
    kept = _kept(above, piece, _visited(above, start), tray)
    stop = np.isin(piece, kept) | (above < 0)
    jump = np.where(stop, np.arange(len(above)), above)
    while not stop[jump].all():
        jump = jump[jump]
    pairs, pieces = [], []
    pair, at = t.pair[needed], jump[start]
    while len(at):
        alive = above[at] >= 0
        pair, at = pair[alive], at[alive]
        pairs.append(pair)
        pieces.append(piece[at])
        at = jump[above[at]]
    none = np.empty(0, dtype=np.int64)
    return np.concatenate([none, *pairs]), np.concatenate([none, *pieces])


def _visited(above: IntArray, start: IntArray) -> IntArray:
    """Nodes of trees on any way from the starts up to the roots."""
    seen = np.zeros(len(above), dtype=bool)
    at = np.unique(start)
    while len(at):
        seen[at] = True
        at = above[at]
        at = np.unique(at[at >= 0])
        at = at[~seen[at]]
    return np.flatnonzero(seen)


def _kept(above: IntArray, piece: IntArray, seen: IntArray, tray: IntArray) -> IntArray:
    """Pieces that carry cables and are not always followed by one fuller piece of their tray."""
    here = seen[piece[seen] >= 0]
    if not len(here):
        return here
    follow = piece[above[here]]
    same = (follow >= 0) & (tray[follow] == tray[piece[here]])
    follow = np.where(same, follow, -1)
    order = np.argsort(piece[here], kind="stable")
    mine, follow = piece[here][order], follow[order]
    first = np.flatnonzero(np.concatenate([[True], mine[1:] != mine[:-1]]))
    least, most = np.minimum.reduceat(follow, first), np.maximum.reduceat(follow, first)
    return np.asarray(mine[first][~((least == most) & (least >= 0))], dtype=np.int64)
