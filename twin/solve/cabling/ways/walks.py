"""Which cables lie in which pieces of trays, if each takes its shortest way."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.arrays.joins import each_match
from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.cabling.panels.pieces import laid
from twin.solve.cabling.ways.shortest_ways import Trees
from twin.solve.cabling.ways.ways import ways
from twin.solve.study import Study


@dataclass(frozen=True)
class Lying:
    """Which cables lie in which pieces of trays and risers.

    A piece whose cables all go on together into one and the same next piece of its tray is never
    fuller than that, whichever racks stand, and is left out; so each cable stands once at least
    for each tray that it passes.

    Attributes
    ----------
    tray, piece
        (R,) row of the tray, risers counted on after the trays; piece of the graph of `ways`.
    cable, row
        (K,) row of `pieces`, of which these are the cables, and row of this table.
    part
        (K,) part of these cables that lie there; less than 1 where they are led over several ways.
    """

    tray: IntArray
    piece: IntArray
    cable: IntArray
    row: IntArray
    part: FloatArray


def shortest_lying(study: Study) -> Lying:
    """Pieces of trays that can be the fullest, and which cables lie in them."""
    way = study(ways)
    mine = np.flatnonzero(study(laid))
    pair_of_cable = way.pair[mine]
    needed = np.zeros(len(way.way_m), dtype=bool)
    needed[pair_of_cable[pair_of_cable >= 0]] = True
    up = [_Up.of(t, needed[t.pair] & np.isfinite(way.way_m[t.pair])) for t in way.trees]
    kept = _kept(up, way.graph.tray)
    found = [_walk(u, kept) for u in up]
    none = np.empty(0, dtype=np.int64)
    pair = np.concatenate([none, *(p for p, _ in found)])
    at = np.concatenate([none, *(e for _, e in found)])
    piece, row_of = np.unique(at, return_inverse=True)
    order = np.argsort(pair_of_cable, kind="stable")
    row, which = each_match(pair_of_cable[order], pair)
    return Lying(way.graph.tray[piece], piece, mine[order[which]], row_of[row], np.ones(len(row)))


@dataclass(frozen=True)
class _Up:
    """Trees side by side, (N,): the node before each and the piece between; and pairs' starts."""

    above: IntArray
    piece: IntArray
    pair: IntArray
    start: IntArray

    @classmethod
    def of(cls, t: Trees, needed: BoolArray) -> _Up:
        n = t.above.shape[1]
        base = np.arange(len(t.above))[:, None] * n
        above = np.where(t.above >= 0, t.above + base, -1).ravel()
        return cls(above, t.piece.ravel(), t.pair[needed], t.root[needed] * n + t.end[needed])


def _walk(up: _Up, kept: IntArray) -> tuple[IntArray, IntArray]:
    """(pair, piece) of all ways over the pieces that can be the fullest."""
    above, piece = up.above, up.piece
    stop = np.isin(piece, kept) | (above < 0)
    jump = np.where(stop, np.arange(len(above)), above)
    while not stop[jump].all():
        jump = jump[jump]
    pairs, pieces = [], []
    pair, at = up.pair, jump[up.start]
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


def _kept(trees: list[_Up], tray: IntArray) -> IntArray:
    """Pieces that carry cables and are not always followed by one fuller piece of their tray.

    Trees of several sorts of cables may meet in one tray, so that all are asked together.
    """
    none = np.empty(0, dtype=np.int64)
    here, follow = [none], [none]
    for up in trees:
        seen = _visited(up.above, up.start)
        seen = seen[up.piece[seen] >= 0]
        here.append(up.piece[seen])
        follow.append(up.piece[up.above[seen]])
    mine, after = np.concatenate(here), np.concatenate(follow)
    if not len(mine):
        return none
    same = (after >= 0) & (tray[after] == tray[mine])
    after = np.where(same, after, -1)
    order = np.argsort(mine, kind="stable")
    mine, after = mine[order], after[order]
    first = np.flatnonzero(np.concatenate([[True], mine[1:] != mine[:-1]]))
    least, most = np.minimum.reduceat(after, first), np.maximum.reduceat(after, first)
    return np.asarray(mine[first][~((least == most) & (least >= 0))], dtype=np.int64)
