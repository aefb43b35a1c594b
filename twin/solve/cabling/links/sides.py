"""Cables of racks to two planes that the layout asks to lie apart: which belong together."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from twin.site.table import BoolArray, IntArray
from twin.solve.cabling.links.bundles import bundles
from twin.solve.cabling.panels.pieces import pieces
from twin.solve.study import Study


class Sides(NamedTuple):
    """Pairs of cables, (Q,) by `pieces`.

    Attributes
    ----------
    pair, side
        Number of the pair and plane, 0 or 1; both -1 of cables that belong to none.
    """

    pair: IntArray
    side: IntArray


def asked(study: Study) -> BoolArray:
    """(fabrics,) whose planes are to lie apart."""
    return np.asarray(study.table("fabric")["apart"], dtype=bool)


def sides(study: Study) -> Sides:
    """Pair the racks of switches of either plane, in their order, from each position.

    Where one plane stands in more racks than the other, its last ones belong to no pair. Links
    through panels are not paired: many positions share their trunks.
    """
    piece, bundle, site = study(pieces), study(bundles), study.site
    pair, side = (np.full(len(piece.bundle), -1, dtype=np.int64) for _ in range(2))
    switch = bundle.switch
    fabric = site.rows_of("fabric", study.table("switch")["fabric"])[switch]
    mine = np.append(asked(study), False)[fabric] & (bundle.rack >= 0) & bundle.wanted
    mine &= (piece.low_panel < 0) & (bundle.place >= 0) & (bundle.host >= 0)
    rows = np.flatnonzero(mine & (bundle.place != bundle.host))
    if not len(rows):
        return Sides(pair, side)
    plane = np.asarray(study.table("switch")["plane"])[switch[rows]].astype(np.int64)
    key = np.stack([fabric[rows], bundle.place[rows], plane, bundle.host[rows]])
    found, of = np.unique(key, axis=1, return_inverse=True)
    # The k-th rack of one plane belongs to the k-th of the other.
    new = np.ones(found.shape[1], dtype=bool)
    new[1:] = (found[:3, 1:] != found[:3, :-1]).any(axis=0)
    at = np.arange(len(new))
    rank = at - np.maximum.accumulate(np.where(new, at, 0))
    both, number = np.unique(np.stack([*found[:2], rank]), axis=1, return_inverse=True)
    complete = np.bincount(number.ravel(), minlength=both.shape[1]) == 2
    number = np.where(complete[number.ravel()], number.ravel(), -1)
    pair[rows] = number[of.ravel()]
    side[rows] = np.where(pair[rows] >= 0, plane, -1)
    return Sides(pair, side)
