"""Lengths that reach, loss and delay are judged on: as bought, and where nobody lists any, bounds.

A cord of which no lengths are listed is bought no shorter than it is needed, and no longer than the
greatest length in which its maker makes it. Between the two, what it really is remains unknown.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.cabling.panels.pieces import pieces
from twin.solve.cabling.panels.taken import joined_m, trunks_taken
from twin.solve.cabling.parts.parts import longest_m, parts, piece_needed_m, products, stocked_m
from twin.solve.study import Study

_TOLERANCE = 1e-9


@dataclass(frozen=True)
class Judged:
    """Lengths of the links of each of the `bundles`, (B,).

    Attributes
    ----------
    least_m
        As bought, of what has no list as needed; infinite no way, NaN not known.
    most_m
        As bought, of what has no list in the greatest length that is made; NaN where nobody says.
    """

    least_m: FloatArray
    most_m: FloatArray


def bought_m(study: Study) -> FloatArray:
    """Length of each piece as bought, (Q,), else as needed; infinite no way."""
    stock = study(stocked_m)
    return np.where(np.isfinite(stock), stock, study(piece_needed_m))


def most_m(study: Study) -> FloatArray:
    """Greatest length in which each piece may be bought, (Q,); NaN where nobody says.

    Of what the owner's list does not have, CAB312 and CAB403 speak: it is as long as needed.
    """
    needed = study(piece_needed_m)
    made = products(study, study(parts))
    greatest = np.append(study.table("product")["reach_m"], np.nan)[made]
    # What is needed longer than it is made fails by its reach; NaN of either stays.
    free = np.where(np.isnan(greatest), np.nan, np.maximum(needed, greatest))
    return np.where(study(_listed), study(bought_m), free)


def unlisted(study: Study) -> IntArray:
    """(B,) product row of the first piece of each bundle that has no list of lengths; -1 none."""
    piece = study(pieces)
    made = products(study, study(parts))
    bare = np.append(np.where(study(_listed), -1, made), -1)
    out = bare[: len(piece.second)]
    first = int((piece.bundle >= 0).sum())
    taken, trunk = study(trunks_taken), np.full(len(out), -1, dtype=np.int64)
    np.maximum.at(trunk, taken.bundle, bare[taken.trunk + first])
    for other in (trunk, np.where(piece.second >= 0, bare[piece.second], -1)):
        out = np.where(out < 0, other, out)
    return out


def judged_m(study: Study) -> Judged:
    """Lengths on which the reach of links is judged.

    A list that a maker shows counts where a fabric chose from it. A cord by hand then is as long
    as needed: its reach is the greatest length in which it is made.
    """
    least = np.where(study(_listed), study(bought_m), study(piece_needed_m))
    return Judged(joined_m(study, least), joined_m(study, study(most_m)))


def _listed(study: Study) -> BoolArray:
    """(Q,) pieces whose length is said by a list: the owner's, or one that a fabric chose from."""
    by_fabric = np.append(study(parts).class_of, -1)[study(pieces).bundle] >= 0
    own = ~np.isnan(study(longest_m))
    return np.asarray(own | (by_fabric & np.isfinite(study(stocked_m))))


def length_open(least: FloatArray, most: FloatArray, limit: FloatArray) -> BoolArray:
    """(n,) what fits a limit if it is bought no longer than needed, and may not if it is longer.

    Examples
    --------
    >>> least, most = np.array([8.0, 8, 8, 12]), np.array([8.0, 10, np.nan, np.nan])
    >>> length_open(least, most, np.full(4, 10.0)).tolist()
    [False, False, True, False]
    """
    edge = limit * (1.0 + _TOLERANCE)
    return (least <= edge) & ~(most <= edge)
