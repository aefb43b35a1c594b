"""Cords of a day that would lie otherwise when all that is planned stands: they must be moved.

Ports are given for the last unit, so that no cord changes its ends. Where trays overfill, cables
are led round what is full: then the way of a cord, and with it its length and part, may be another
one than while there was room.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from twin.site.table import FloatArray, IntArray, StrArray
from twin.solve.cabling.cords.cables import cables
from twin.solve.cabling.parts.bought import bought
from twin.solve.cabling.ways.laid_ways import way_words
from twin.solve.study import Study


class Moved(NamedTuple):
    """Rows of `cables` that are moved, (m,), and what they are when all that is planned stands.

    Attributes
    ----------
    row
        Rows of `cables`.
    way
        Trays and risers from end to end, in words.
    cable
        Row of the product, -1 not known.
    stock_m
        Length that is bought, NaN not known.
    """

    row: IntArray
    way: StrArray
    cable: IntArray
    stock_m: FloatArray


def moved_cords(study: Study) -> Moved:
    """Cords that stand on the day of the study and lie otherwise later; none without a day."""
    none = np.empty(0, dtype=np.int64)
    if study.conditions.date is None:
        return Moved(none, np.empty(0, dtype="U1"), none, np.empty(0))
    final = Study(study.arrays, replace(study.conditions, date=None), study.lost)
    piece = study(cables).piece
    now, then = (np.array(way_words(s), dtype=np.str_)[piece] for s in (study, final))
    a, b = study(bought), final(bought)
    other = (now != then) | (a.cable[piece] != b.cable[piece])
    other |= np.nan_to_num(a.stock_m[piece]) != np.nan_to_num(b.stock_m[piece])
    row = np.flatnonzero(other)
    return Moved(row, then[row], b.cable[piece[row]], b.stock_m[piece[row]])
