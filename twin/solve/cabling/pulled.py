"""Pulls of trunks: they lie before any cord, so that theirs are the first numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.site.table import DateArray, IntArray
from twin.solve.cabling.cords import days
from twin.solve.cabling.laying import laying
from twin.solve.cabling.pieces import pieces
from twin.solve.study import Study


@dataclass(frozen=True)
class TrunkPulls:
    """Pulls of trunks, (T,) in the order of their table.

    Attributes
    ----------
    order
        Rows of trunks in the order in which they are pulled.
    pull
        Number of the pull, from 1: trunks that leave the rack of one panel by one day.
    day
        Day on which they are to lie: their own, else that of the first link through them; NaT not
        known.
    most
        Number of the last pull, 0 none.
    """

    order: IntArray
    pull: IntArray
    day: DateArray
    most: int


def trunk_pulls(study: Study) -> TrunkPulls:
    """Order trunks by the day on which they are to lie, by upper end, the longest way first."""
    piece = study(pieces)
    rows = np.flatnonzero(piece.trunk >= 0)
    day = _needed(study)
    host, length = piece.host[rows], np.nan_to_num(study(laying).way_m[rows], posinf=0.0)
    order = np.lexsort((piece.place[rows], -length, host, day.astype(np.int64)))
    turn = np.ones(len(rows), dtype=bool)
    turn[1:] = (host[order][1:] != host[order][:-1]) | (day[order][1:] != day[order][:-1])
    pull = np.zeros(len(rows), dtype=np.int64)
    pull[order] = np.cumsum(turn)
    return TrunkPulls(order, pull, day, int(pull.max(initial=0)))


def _needed(study: Study) -> DateArray:
    """(T,) day on which each trunk is ready, else that of the first link between its panels."""
    piece, trunk = study(pieces), study.table("trunk")
    ends = np.sort(np.stack([trunk["panel_a"], trunk["panel_b"]]), axis=0)
    _, of = np.unique(ends, axis=1, return_inverse=True)
    of = of.ravel()
    day = study(days)
    mine = np.flatnonzero((piece.trunks >= 0) & ~np.isnat(day))
    first = np.full(len(of) + 1, np.datetime64("9999-12-31", "D"))
    np.minimum.at(first, of[piece.trunks[mine]], day[mine])
    out = first[of]
    out[out == np.datetime64("9999-12-31", "D")] = np.datetime64("NaT", "D")
    return np.where(np.isnat(trunk["ready"]), out, trunk["ready"])
