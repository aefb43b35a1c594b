"""Planes of networks as what is lost together: the switches of each."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from twin.arrays.joins import each_match
from twin.site.table import BoolArray, IntArray
from twin.solve.study import Study


class Planes(NamedTuple):
    """Planes of switches, (switches,).

    Attributes
    ----------
    first
        Row of the first switch of the same plane of the same network; -1 of a switch of which
        nobody says a plane. Switches by hand that say one are one network.
    alone
        Whether the network has no other plane: then none of it is lost as a plane.
    """

    first: IntArray
    alone: BoolArray


def planes(study: Study) -> Planes:
    """Find the plane of each switch."""
    table = study.table("switch")
    plane = np.asarray(table["plane"], dtype=float)
    said = np.flatnonzero(~np.isnan(plane))
    first, alone = np.full(len(plane), -1, dtype=np.int64), np.zeros(len(plane), dtype=bool)
    if not len(said):
        return Planes(first, alone)
    fabric = study.site.rows_of("fabric", table["fabric"])[said]
    key = np.stack([fabric, plane[said].astype(np.int64)])
    found, at, of = np.unique(key, axis=1, return_index=True, return_inverse=True)
    first[said] = said[at[of.ravel()]]
    _, network, several = np.unique(found[0], return_inverse=True, return_counts=True)
    alone[said] = several[network.ravel()][of.ravel()] == 1
    return Planes(first, alone)


def beside(study: Study, state: IntArray, subject: IntArray) -> IntArray:
    """(n, 2) pairs (state, subject) of the switches that are lost with one of their plane.

    Parameters
    ----------
    state, subject
        (S,) states in which planes are lost, and a switch of each.
    """
    first = study(planes).first
    order = np.argsort(first, kind="stable")
    start = study.site.first["switch"]
    row, at = each_match(first[order], first[subject - start])
    return np.stack([state[row], order[at] + start], axis=1).astype(np.int64)
