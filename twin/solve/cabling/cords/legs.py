"""Cords whose tails end in several racks: how far each tail goes on alone after they part."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from twin.site.table import FloatArray, IntArray
from twin.solve.cabling.links.tails import counted
from twin.solve.cabling.panels.pieces import pieces
from twin.solve.cabling.ways.in_racks import access_drop_m, end_m, to_top_m
from twin.solve.cabling.ways.laid_ways import ways_of_cables
from twin.solve.cabling.ways.lengths import piece_lengths_m
from twin.solve.cabling.ways.ways import ways
from twin.solve.study import Study


class Legs(NamedTuple):
    """Tails of cords that end in several racks, (n,): each piece and the longest of its legs.

    Parameters
    ----------
    piece
        Row of `pieces`.
    alone_m
        Length from where the tails of the cord part to the end of this one; infinite no way, NaN
        not known.
    """

    piece: IntArray
    alone_m: FloatArray


def legs(study: Study) -> Legs:
    """Lengths of legs: what is left of a tail's length behind the way that all tails share.

    The shared way begins at the head: the run in its rack, the drop to the tray, and the trays that
    all tails take one after the other. A tail within the head's rack parts from the others at the
    head itself. Tails that end in one rack, as on a panel there, are asked for none.

    Worked number: two racks at 0.6 m from each other on one tray, 2.3 m high, 0.5 m below it and
    0.3 m aside. The cord divides over the nearer one: that tail goes down 0.3 + 0.5 + 2.3 = 3.1 m,
    the other 0.6 m more.
    """
    c = study(counted)
    order = np.lexsort((c.piece, c.cord))
    first = np.flatnonzero(np.diff(c.cord[order], prepend=-1))
    end = study(pieces).place
    groups = {
        tuple(rows.tolist()) for rows in np.split(c.piece[order], first[1:])
        if len(rows) and (end[rows] != end[rows[0]]).any()
    }  # fmt: skip
    longest: dict[int, float] = {}
    for together in sorted(groups):
        for piece, alone in zip(together, _alone_m(study, list(together)), strict=True):
            before = longest.get(piece, -np.inf)
            longest[piece] = alone if np.isnan(before) or not alone <= before else before
    rows = np.array(sorted(longest), dtype=np.int64)
    return Legs(rows, np.array([longest[row] for row in rows.tolist()], dtype=float))


def _alone_m(study: Study, together: list[int]) -> FloatArray:
    """(k,) length that each of some pieces goes on alone."""
    piece, length = study(pieces), study(piece_lengths_m)[together]
    if (piece.place[together] == piece.host[together]).any():
        return length
    in_rack = study(to_top_m)[1][together]
    graph, found = study(ways).graph, study(ways_of_cables)
    out = np.array([int(found[row][0].ends[1]) if found[row] else -1 for row in together])
    fall = np.append(graph.across_m + access_drop_m(study, graph), np.nan)[out]
    # Whose cables leave the head's rack over different trays part at its top.
    shared = fall + _common_m(study, together) if len(set(out.tolist())) == 1 else 0.0
    return np.asarray(length - in_rack - end_m(study) - shared)


def _common_m(study: Study, together: list[int]) -> float:
    """Length of the trays that all of some pieces take from their upper end on."""
    graph, found = study(ways).graph, study(ways_of_cables)
    # Ways lead from the lower end to the upper; of several the one of most cables.
    each = [found[row][0].piece[::-1].tolist() if found[row] else [] for row in together]
    total = 0.0
    for step in zip(*each, strict=False):
        if len(set(step)) > 1:
            break
        total += float(graph.length_m[step[0]])
    return total
