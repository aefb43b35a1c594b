"""Pulls in the order of their days: trunks, and the cords that hang on them, go by one count."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.site.table import IntArray
from twin.solve.cabling.cords.cords import cords
from twin.solve.cabling.cords.hand import by_hand
from twin.solve.cabling.links.days import bundle_days, day_order, trunk_days
from twin.solve.cabling.panels.pieces import pieces
from twin.solve.cabling.ways.ways import shortest_m
from twin.solve.study import Study


@dataclass(frozen=True)
class Pulls:
    """Numbers of pulls, from 1, of all that is ever pulled: whatever stands on the day.

    A pull is all trunks, or all cords, that leave one rack on one day; trunks of a day come first.

    Attributes
    ----------
    order
        (T,) rows of trunks in the order in which they are pulled.
    trunk
        (T,) pull of each trunk, in the order of their table.
    cord
        (n,) pull of each link of `cords`.
    hand
        (h,) pull of each row of `by_hand`.
    """

    order: IntArray
    trunk: IntArray
    cord: IntArray
    hand: IntArray


def pulls(study: Study) -> Pulls:
    """All pulls by day, on one day trunks before cords, then by the rack at the upper end."""
    c, piece, hand = study(cords), study(pieces), study(by_hand)
    rows = np.flatnonzero(piece.trunk >= 0)
    day = [study(trunk_days), c.day, study(bundle_days)[piece.bundle[hand]]]
    host = [piece.host[of] for of in (rows, c.piece, hand)]
    size = [len(of) for of in host]
    # One whole number for each: its day, trunks before cords, and the rack at its upper end.
    later = day_order(np.concatenate(day)) * 2 + (np.arange(sum(size)) >= size[0])
    key = later * (len(study.table("position")) + 1) + np.concatenate(host) + 1
    _, number = np.unique(key, return_inverse=True)
    trunk, cord, by = np.split(number.ravel() + 1, np.cumsum(size)[:2])
    length = np.nan_to_num(study(shortest_m)[rows], posinf=0.0)
    order = np.lexsort((piece.place[rows], -length, trunk))
    return Pulls(order, trunk, cord, by)
