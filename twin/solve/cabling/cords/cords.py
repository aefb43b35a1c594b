"""Cords: every cable that is ever pulled, with both its ends, its parts, its way and its day.

A fabric is wired for its last unit: which links share a cord, and so how long it is and what it is
called, follows from all that is planned, whatever stands on the day of the study.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.site.table import Array, DateArray, FloatArray, IntArray
from twin.solve.cabling.links.days import day_order, days, first_days, link_days
from twin.solve.cabling.links.headed import farthest_m
from twin.solve.cabling.links.tails import tails
from twin.solve.cabling.panels.pieces import pieces
from twin.solve.cabling.parts.parts import piece_needed_m
from twin.solve.cabling.ways.ways import shortest_m
from twin.solve.fabric.cages import cages
from twin.solve.study import Study


@dataclass(frozen=True)
class Cords:
    """Links of the port map that are ever there, in the order in which they are pulled, (n,).

    A link through panels is here twice: in the cord at its lower end and in that at its upper.

    Attributes
    ----------
    link
        Row of the port map.
    cord
        Number of the cord from 0: a moulded cable holds all links of its plug, a fibre cord those
        of its splitter, else each link has its own.
    piece, bundle
        Rows of `pieces` and of `bundles`.
    own_day, day
        Day on which both ends of the link stand and its trunk lies; and the first such day of its
        cord, on which that is pulled, whichever rack stood there then. NaT not known.
    serves_m
        Length that the farthest tail of the cord needs; NaN not known.
    tail
        Number of the cage, and so of the plug, at the lower end of the link.
    """

    link: IntArray
    cord: IntArray
    piece: IntArray
    bundle: IntArray
    own_day: DateArray
    day: DateArray
    serves_m: FloatArray
    tail: IntArray


def cords(study: Study) -> Cords:
    """All cords, by day, by the rack at their upper end, the longest way first.

    A cord with several tails is pulled once: on the first day on which its head and a tail stand,
    for the longest of its ways. Its turn goes by the shortest way of each, so that no cord gets
    another number while trays fill up and cables are led round what is full.
    """
    t, piece = study(tails), study(pieces)
    link, of = t.link, t.piece
    length = _of_cords(t.cord, np.nan_to_num(study(shortest_m)[of], posinf=0.0), np.fmax)
    own, ever = (link_days(study, study(d), link, piece.bundle[of]) for d in (days, first_days))
    day = _of_cords(t.cord, ever, np.fmin)
    order = np.lexsort((link, of, piece.place[of], -length, piece.host[of], day_order(day)))
    link, of = link[order], of[order]
    serves = farthest_m(t.cord, study(piece_needed_m)[t.piece])
    return Cords(
        link=link,
        cord=_ranked(t.cord[order]),
        piece=of,
        bundle=piece.bundle[of],
        own_day=own[order],
        day=day[order],
        serves_m=serves[order],
        tail=study(cages).tail[link],
    )


def _of_cords(cord: IntArray, values: Array, least_or_most: np.ufunc) -> Array:
    """(n,) least or greatest known value of each link's cord."""
    order = np.argsort(cord, kind="stable")
    first = np.flatnonzero(np.diff(cord[order], prepend=-1))
    if not len(first):
        return values
    return np.asarray(least_or_most.reduceat(values[order], first))[cord]


def _ranked(cord: IntArray) -> IntArray:
    """Return numbers of cords in the order of their first links, from 0."""
    _, first, number = np.unique(cord, return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    return rank[number.ravel()]
