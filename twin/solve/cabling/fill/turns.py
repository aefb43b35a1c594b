"""Where cables turn: at corners of trays, where these meet at an angle, where cables leave them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from twin.arrays.joins import each_match
from twin.arrays.trays import TrayGraph
from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.cabling.fill.corners import STRAIGHT_DEG, with_corners
from twin.solve.cabling.fill.exits_taken import exits_taken
from twin.solve.cabling.fill.tray_fill import lying
from twin.solve.cabling.panels.pieces import laid
from twin.solve.cabling.ways.ways import ways
from twin.solve.study import Study

PLACES = ("corners", "where trays meet", "where cables leave it")
"""Places of a tray at which cables turn, as they are numbered in `Turns`."""


class Turns(NamedTuple):
    """Cables that turn in fittings of trays, (K,).

    Attributes
    ----------
    tray, cable
        Row of the tray and row of `pieces`.
    place
        Place in `PLACES`.
    """

    tray: IntArray
    cable: IntArray
    place: IntArray


def turns(study: Study) -> Turns:
    """Find the cables that turn in each tray.

    All that lies in a tray passes its corners. Where two trays meet at an angle those turn that lie
    in both; a riser meets every tray at one. Cables leave a tray downwards, at both ends of their
    ways.
    """
    graph, out = study(ways).graph, study(exits_taken)
    trays = len(study.table("tray"))
    lies = study(lying)
    size = len(study(laid))
    key = np.unique(lies.tray[lies.row] * size + lies.cable)
    tray, cable = key // size, key % size
    corner = _cornered(study, tray)
    parts = [(tray[corner], cable[corner], 0)]
    met = _meeting(graph)
    row, at = each_match(met[:, 0], tray)
    both = np.isin(met[at, 1] * size + cable[row], key)
    parts.append((tray[row[both]], cable[row[both]], 1))
    parts.append((graph.access_tray[out.access], out.cable, 2))
    found = np.concatenate(
        [np.stack([t, c, np.full(len(t), place)], axis=1) for t, c, place in parts]
    )
    found = np.unique(found[found[:, 0] < trays], axis=0)
    return Turns(found[:, 0], found[:, 1], found[:, 2])


def _cornered(study: Study, tray: IntArray) -> BoolArray:
    """(k,) whether each of some trays has a corner; risers, counted on after the trays, none."""
    risers = np.zeros(len(study.table("riser")), dtype=bool)
    return np.asarray(np.append(study(with_corners), risers)[tray])


def _meeting(graph: TrayGraph) -> IntArray:
    """(P, 2) ways that meet at an angle, both ways round and sorted.

    Of a way that leads into another hall nobody knows the direction: it has none.
    """
    node = np.concatenate([graph.tail, graph.head])
    edge = np.tile(np.arange(len(graph.tail)), 2)
    step = graph.node_m[graph.head] - graph.node_m[graph.tail]
    step[graph.hall[graph.head] != graph.hall[graph.tail]] = np.nan
    along = _unit(step)
    order = np.argsort(node, kind="stable")
    row, at = each_match(node[order], node)
    a, b = edge[row], edge[order[at]]
    other = graph.tray[a] != graph.tray[b]
    a, b = a[other], b[other]
    # Lines that lie in one direction, whichever way round, go on straight.
    cosine = np.abs((along[a] * along[b]).sum(axis=1))
    bent = cosine < np.cos(np.deg2rad(STRAIGHT_DEG))
    pairs = np.stack([graph.tray[a[bent]], graph.tray[b[bent]]], axis=1)
    return np.unique(pairs, axis=0)


def _unit(step: FloatArray) -> FloatArray:
    """(n, 3) directions of steps; NaN of those without a length."""
    length = np.linalg.norm(step, axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(step / np.where(length > 0, length, np.nan)[:, None])
