"""Where cords with several tails count: once in each place, however many of their tails pass it.

On the way that all its tails go a cord is one; where they part each goes on by itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.arrays.joins import each_match
from twin.site.table import FloatArray, IntArray
from twin.solve.cabling.links.headed import Tails, tails_of
from twin.solve.cabling.panels.pieces import pieces
from twin.solve.cabling.parts.first import first_parts
from twin.solve.study import Study


@dataclass(frozen=True)
class Counted:
    """Cords of pieces.

    Attributes
    ----------
    count
        (Q,) cords with a tail in each of the `pieces`, or trunks side by side; NaN not known.
    cord, piece
        (E,) cords that have tails in several pieces, each with its pieces in ascending order.
    """

    count: FloatArray
    cord: IntArray
    piece: IntArray


def first_counted(study: Study) -> Counted:
    """Cords of pieces, if each takes its shortest way."""
    part = study(first_parts)
    return counted_of(study, tails_of(study, part.media, part.medium))


def counted_of(study: Study, t: Tails) -> Counted:
    """Count each cord once in each piece; pieces without links of a fabric keep their count."""
    known = study(pieces).count
    size = len(known)
    key = np.unique(t.cord * size + t.piece)
    cord, piece = key // size, key % size
    here = np.bincount(piece, minlength=size)
    several = np.bincount(cord)[cord] > 1
    return Counted(count=np.where(here > 0, here, known), cord=cord[several], piece=piece[several])


def once(c: Counted, cable: IntArray, row: IntArray) -> FloatArray:
    """(K,) part of the cords of each entry that no entry of its row has before it.

    A cord whose tails end on several racks is one cord where their ways are one: there it counts
    with the first of its pieces.

    Parameters
    ----------
    cable, row
        (K,) row of `pieces`, and row in which its cords lie.
    """
    out = np.ones(len(cable))
    if not len(c.cord):
        return out
    order = np.argsort(c.piece, kind="stable")
    entry, at = each_match(c.piece[order], cable)
    cord = c.cord[order[at]]
    by = np.lexsort((cable[entry], cord, row[entry]))
    here, which = cable[entry][by], np.stack([row[entry], cord])[:, by]
    new = np.ones(len(by), dtype=bool)
    new[1:] = (which[:, 1:] != which[:, :-1]).any(axis=0)
    first = here[np.flatnonzero(new)[np.cumsum(new) - 1]]
    again = np.bincount(entry[by], here != first, minlength=len(cable))
    return out - np.divide(again, c.count[cable], out=np.zeros(len(cable)), where=again > 0)
