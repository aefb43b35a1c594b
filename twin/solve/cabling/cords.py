"""Cords: every cable that is pulled, with both its ends, its parts, its way and its turn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.site.table import Array, BoolArray, DateArray, IntArray
from twin.solve.cabling.bundles import bundles
from twin.solve.cabling.laying import laying
from twin.solve.cabling.pieces import pieces
from twin.solve.cabling.tails import tails
from twin.solve.fabric.cages import cages
from twin.solve.study import Study


@dataclass(frozen=True)
class Cords:
    """Links of the port map whose two ends stand, in the order in which they are pulled, (n,).

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
    pull
        Number of the pull from 1: cords of one day that leave one rack together.
    day
        Day on which the head of the cord and the first of its tails stand; NaT not known.
    tail
        Number of the cage, and so of the plug, at the lower end of the link.
    """

    link: IntArray
    cord: IntArray
    piece: IntArray
    bundle: IntArray
    pull: IntArray
    day: DateArray
    tail: IntArray


def cords(study: Study) -> Cords:
    """All cords, by day, by the rack at their upper end, the longest way first.

    A cord with several tails is pulled once: on the first day on which its head and a tail stand,
    for the longest of its ways.
    """
    t, piece = study(tails), study(pieces)
    link, of = t.link, t.piece
    length = _of_cords(t.cord, np.nan_to_num(study(laying).way_m[of], posinf=0.0), np.fmax)
    day = _of_cords(t.cord, study(days)[piece.bundle[of]], np.fmin)
    order = np.lexsort((
        link, of, piece.place[of], -length, piece.host[of], day.astype(np.int64),
    ))  # fmt: skip
    link, of, day = link[order], of[order], day[order]
    host = piece.host[of]
    turn = np.ones(len(of), dtype=bool)
    turn[1:] = (host[1:] != host[:-1]) | (day[1:] != day[:-1])
    return Cords(
        link=link,
        cord=_ranked(t.cord[order]),
        piece=of,
        bundle=piece.bundle[of],
        pull=np.cumsum(turn).astype(np.int64),
        day=day,
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


def ends_stand(study: Study) -> BoolArray:
    """(B,) whether a rack stands at both ends of each of the `bundles` on the day of the study."""
    bundle = study(bundles)
    place = study.site.rows_of("position", study.table("rack")["position"])
    there = np.zeros(len(study.table("position")) + 1, dtype=bool)
    there[place[study.here]] = True
    there[-1] = False
    low = np.where(bundle.rack >= 0, np.append(study.here, False)[bundle.rack], there[bundle.place])
    return np.asarray(low & there[bundle.host])


def days(study: Study) -> DateArray:
    """(B,) day on which both ends of each of the `bundles` stand; NaT not known."""
    bundle, site = study(bundles), study.site
    none = np.datetime64("NaT", "D")
    arrival = np.append(study.arrival, none)
    place = site.rows_of("position", study.table("rack")["position"])
    there = np.full(len(study.table("position")) + 1, none)
    there[place[::-1]] = study.arrival[::-1]
    there[-1] = none
    ready = np.append(study.table("switch")["ready"], none)
    low = np.where(bundle.rack >= 0, arrival[bundle.rack], there[bundle.place])
    ends = np.stack([low, there[bundle.host]])
    last = np.where(np.isnat(ends).any(axis=0), none, np.fmax(ends[0], ends[1]))
    for switch in (bundle.low, bundle.switch):
        last = np.where(np.isnat(last), last, np.fmax(last, ready[switch]))
    return np.asarray(last, dtype="datetime64[D]")
