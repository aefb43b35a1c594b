"""CAB201: planes of one network whose cables lie in the same trays."""

from __future__ import annotations

import numpy as np

from twin.checks.measure import Input, Measure
from twin.checks.rule import rule
from twin.site.table import IntArray
from twin.solve.cabling.bundles import bundles
from twin.solve.cabling.links import links
from twin.solve.cabling.paths import passed
from twin.solve.cabling.ways import ways
from twin.solve.study import Study


@rule(
    "CAB201",
    role="advice",
    severity="warning",
    unit="m",
    message="over {demand} m cables of several planes of rack {subject} lie in the same trays, most"
    " of it in {other}",
    fix="lead one plane over trays of its own from rack {subject} on, or let the policy say what"
    " must survive the loss of a tray (policy.losses.tray)",
    source="planes are there so that one event does not take both",
)
def planes_share_way(study: Study) -> Measure:
    """Cables of several planes of a rack's network lie in the same trays.

    Why it matters
    --------------
    Two planes with switches, power and rooms of their own are one plane where their cables lie in
    one tray: a fire, a leak or a cut there takes both.

    Method
    ------
    Racks on fabrics of several planes. For each plane the pieces of trays and risers that the ways
    of the rack's cables pass; the lengths of those pieces that more than one plane passes add up,
    at most 0. It is advice: where the policy says what must survive the loss of a tray, NET203
    decides by the bandwidth that is left. Worked number: both planes over one tray of 4 m share
    4 m.

    Does not cover
    --------------
    Racks whose switches are written by hand, which name no planes; cables between switches; trays
    that hang side by side or one above the other and go in one fire; the racks themselves.

    See also
    --------
    NET203, CAB302.
    """
    link, bundle, way = study(links), study(bundles), study(ways)
    planes = np.append(study.table("fabric")["planes"], 1.0)[link.fabric]
    mine = np.flatnonzero(bundle.wanted[: len(planes)] & (planes > 1))
    size = len(study.table("fabric")) + 1
    network, of = np.unique(link.rack[mine] * size + link.fabric[mine], return_inverse=True)
    rack, n = network // size, len(network)
    lost = ~np.isfinite(np.append(way.way_m, np.nan)[way.pair[mine]])
    owner, piece = _shared(study, mine, of)
    length = np.bincount(owner, way.graph.length_m[piece], minlength=n).astype(float)
    dim = np.bincount(of, lost, minlength=n) > 0
    where = np.full(n, -1, dtype=np.int64)
    where[of[lost][::-1]] = bundle.switch[mine[lost]][::-1]
    return Measure(
        kind="rack",
        subject=rack,
        demand=np.where(dim, np.nan, length),
        limit=np.zeros(n),
        sure=length,
        other=_longest(study, owner, piece, n),
        inputs=(Input("switch", "position", where, np.zeros(n, dtype=bool)),),
        owner="planes of the fabric",
    )


def _shared(study: Study, mine: IntArray, of: IntArray) -> tuple[IntArray, IntArray]:
    """(K,) network of a rack and piece of tray that more than one of its planes pass."""
    pair_of = study(ways).pair[mine]
    pair, piece = passed(study, pair_of[pair_of >= 0])
    order = np.argsort(pair, kind="stable")
    low = np.searchsorted(pair[order], pair_of, side="left")
    count = np.searchsorted(pair[order], pair_of, side="right") - low
    count = np.where(pair_of >= 0, count, 0)
    within = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
    at = order[np.repeat(low, count) + within]
    plane = np.asarray(study.table("switch")["plane"])[study(bundles).switch[mine]]
    used = np.unique(
        np.stack([np.repeat(of, count), piece[at], np.repeat(plane, count).astype(np.int64)]),
        axis=1,
    )
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
