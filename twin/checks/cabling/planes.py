"""How far cables of several planes of a rack's network lie in the same trays."""

from __future__ import annotations

import numpy as np

from twin.checks.measure import Input, Measure
from twin.site.table import BoolArray, IntArray
from twin.solve.cabling.links.bundles import bundles
from twin.solve.cabling.links.links import links
from twin.solve.cabling.panels.taken import pieces_of_bundles
from twin.solve.cabling.ways.laying import laying
from twin.solve.cabling.ways.paths import passed_by_cables
from twin.solve.cabling.ways.ways import ways
from twin.solve.study import Study


def shared_ways(study: Study, fabrics: BoolArray, owner: str) -> Measure:
    """Length that planes of each rack's network share, as its cables are laid, at most 0.

    Parameters
    ----------
    fabrics
        (fabrics,) those that are looked at.
    owner
        Who says that they share nothing.
    """
    link, bundle, way = study(links), study(bundles), study(ways)
    planes = np.append(study.table("fabric")["planes"], 1.0)[link.fabric]
    looked = (planes > 1) & np.append(fabrics, False)[link.fabric]
    mine = np.flatnonzero(bundle.wanted[: len(planes)] & looked)
    size = len(study.table("fabric")) + 1
    network, of = np.unique(link.rack[mine] * size + link.fabric[mine], return_inverse=True)
    rack, n = network // size, len(network)
    place, cable = pieces_of_bundles(study, mine)
    lost = np.bincount(place, ~np.isfinite(study(laying).way_m[cable]), minlength=len(mine)) > 0
    of_network, piece = _shared(study, mine, of)
    length = np.bincount(of_network, way.graph.length_m[piece], minlength=n).astype(float)
    dim = np.bincount(of, lost, minlength=n) > 0
    where = np.full(n, -1, dtype=np.int64)
    where[of[lost][::-1]] = bundle.switch[mine[lost]][::-1]
    return Measure(
        kind="rack",
        subject=rack,
        demand=np.where(dim, np.nan, length),
        limit=np.zeros(n),
        sure=length,
        other=_longest(study, of_network, piece, n),
        inputs=(Input("switch", "position", where, np.zeros(n, dtype=bool)),),
        owner=owner,
    )


def _shared(study: Study, mine: IntArray, of: IntArray) -> tuple[IntArray, IntArray]:
    """(K,) network of a rack and piece of tray that more than one of its planes pass."""
    place, cable = pieces_of_bundles(study, mine)
    who, passed = passed_by_cables(study, cable)
    plane = np.asarray(study.table("switch")["plane"])[study(bundles).switch[mine]]
    link = place[who]
    used = np.unique(np.stack([of[link], passed, plane[link].astype(np.int64)]), axis=1)
    places, planes = np.unique(used[:2], axis=1, return_counts=True)
    return places[0][planes > 1], places[1][planes > 1]


def _longest(study: Study, owner: IntArray, piece: IntArray, n: int) -> IntArray:
    """(n,) subject of the tray or riser in which planes lie together the farthest, -1 none."""
    graph, trays = study(ways).graph, len(study.table("tray"))
    size = trays + len(study.table("riser")) + 1
    key, at = np.unique(owner * size + graph.tray[piece], return_inverse=True)
    length = np.bincount(at, graph.length_m[piece], minlength=len(key))
    order = np.lexsort((-key, length))
    out = np.full(n, -1, dtype=np.int64)
    out[(key // size)[order]] = (key % size)[order]
    first = study.site.first
    subject = np.where(out < trays, out + first["tray"], out - trays + first["riser"])
    return np.where(out < 0, -1, subject)
