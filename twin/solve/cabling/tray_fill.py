"""Fill of trays: which racks' cables lie in the places of each tray that can be its fullest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.cabling.bundles import bundles
from twin.solve.cabling.parts import parts
from twin.solve.cabling.ways import Trees, ways
from twin.solve.study import Study

DEPTH_MAX_M = 0.15
"""Of a tray's depth no more counts."""


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
        (R,) section of the cables between switches; NaN not known.
    """

    tray: IntArray
    piece: IntArray
    rack: IntArray
    row: IntArray
    area_m2: FloatArray
    between_m2: FloatArray


def cable_area_m2(od_m: FloatArray) -> FloatArray:
    """Section of a round cable, pi/4 d^2.

    Examples
    --------
    A tray of 2 x 12 in takes 124.7 cables of 0.35 in at half its section:

    >>> half = 0.5 * 0.0508 * 0.3048
    >>> round(float(half / cable_area_m2(np.float64(0.35 * 0.0254))), 1)
    124.7
    """
    return np.asarray(np.pi / 4 * od_m**2)


def section_m2(study: Study) -> FloatArray:
    """(trays,) section that counts for fill: width times depth of at most 150 mm."""
    tray = study.table("tray")
    return np.asarray(tray["width_m"] * np.minimum(tray["depth_m"], DEPTH_MAX_M))


@dataclass(frozen=True)
class Lying:
    """Bundles in the pieces of trays that can be the fullest.

    Attributes
    ----------
    tray, piece
        (R,) row of the tray and piece of the graph of `ways`.
    bundle, row
        (E,) row of `bundles` and row of this table.
    """

    tray: IntArray
    piece: IntArray
    bundle: IntArray
    row: IntArray


def lying(study: Study) -> Lying:
    """Bundles that may be some, in the pieces of trays that can be the fullest."""
    bundle, way = study(bundles), study(ways)
    mine = np.flatnonzero(bundle.wanted)
    pair_of_bundle = way.pair[mine]
    needed = np.zeros(len(way.way_m), dtype=bool)
    needed[pair_of_bundle[pair_of_bundle >= 0]] = True
    found = [
        _walk(t, way.graph.tray, needed[t.pair] & np.isfinite(way.way_m[t.pair])) for t in way.trees
    ]
    none = np.empty(0, dtype=np.int64)
    pair = np.concatenate([none, *(p for p, _ in found)])
    at = np.concatenate([none, *(e for _, e in found)])
    piece, row_of = np.unique(at, return_inverse=True)
    order = np.argsort(pair_of_bundle, kind="stable")
    low = np.searchsorted(pair_of_bundle[order], pair, side="left")
    count = np.searchsorted(pair_of_bundle[order], pair, side="right") - low
    within = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
    return Lying(
        tray=way.graph.tray[piece], piece=piece,
        bundle=mine[order[np.repeat(low, count) + within]], row=np.repeat(row_of, count),
    )  # fmt: skip


def tray_shares(study: Study) -> TrayShares:
    """Pieces of trays that can be the fullest, and what lies in them."""
    there = study(lying)
    return _summed(study, there.tray, there.piece, there.bundle, there.row)


def _summed(
    study: Study, tray: IntArray, piece: IntArray, bundle: IntArray, row: IntArray
) -> TrayShares:
    """Sum the cables of bundles in rows of pieces, by rack, and those of no rack."""
    every = study(bundles)
    od = np.append(study.table("product")["od_m"], np.nan)[study(parts).cable[bundle]]
    area = cable_area_m2(od) * every.count[bundle]
    rack = every.rack[bundle]
    between = rack < 0
    key = rack[~between] * (1 << 32) + row[~between]
    distinct, inverse = np.unique(key, return_inverse=True)
    total = np.bincount(inverse, area[~between], minlength=len(distinct))
    return TrayShares(
        tray=tray,
        piece=piece,
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
