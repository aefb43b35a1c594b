"""NET409: node places of a fabric that no node takes and nobody has reserved."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from twin.checks.inputs import rack_figure
from twin.checks.measure import Measure
from twin.checks.rule import rule
from twin.site.table import FloatArray, IntArray
from twin.solve.fabric.growth import nodes_of_racks
from twin.solve.study import Study


@rule(
    "NET409",
    role="advice",
    severity="warning",
    unit="places",
    message="fabric {subject} keeps {demand} node places that no node takes, the first at {other}",
    fix="take positions without nodes out of positions of fabric {subject}, say nodes_per_position"
    " as the racks there are, or reserve places at the end for what will come (reserved)",
    source="counting: ports of leaves are bought for node places",
)
def places_without_nodes(study: Study) -> Measure:
    """A fabric is sized for node places that no planned rack fills.

    Why it matters
    --------------
    Leaves and spines are bought for every place. A position too many in a glob, a network rack
    among the servers, or racks of half as many servers than planned leave ports that nobody pulls
    a cord to, and that the oversubscription of the bill is not what it says.

    Method
    ------
    Node places of each position of a fabric, without the reserved ones at its end and those that
    its `devices` leave free, less the nodes
    of the rack that the layout plans there on any day, of several one after other the largest. A
    position without any rack takes none. In networks other than the compute network whose fabric
    says nodes_per_position a node may be a port of management: there a rack takes all of its
    places, and NET403 holds them against its ports. At most 0. Worked number: four places at each
    of eight positions, one of them without a rack: 4.

    Does not cover
    --------------
    Places that are filled later than the day of the study (`twin fabric --date` tells what stands),
    ports that a leaf has left over (`twin fabric`, "ports free"), and nodes without a place
    (NET406).

    See also
    --------
    NET101, NET403, NET406.
    """
    kept = _kept(study)
    nodes, rack = _nodes_at(study)
    fabrics = study.table("fabric")
    said = ~np.isnan(np.asarray(fabrics["nodes_per_position"], dtype=float))
    ports = said & (np.asarray(fabrics["network"]) != "compute")
    has = np.append(rack, -1)[kept.place] >= 0
    taken = np.where(ports[kept.fabric] & has, np.inf, nodes[kept.place])
    left = np.fmax(kept.places - taken, 0.0)
    n, dim = len(fabrics), np.isnan(taken)
    sure = np.bincount(kept.fabric[~dim], left[~dim], minlength=n).astype(float)
    blind = np.full(n, -1, dtype=np.int64)
    blind[kept.fabric[dim]] = rack[kept.place[dim]]
    first = np.full(n, -1, dtype=np.int64)
    some = np.flatnonzero(left > 0)[::-1]
    first[kept.fabric[some]] = kept.place[some]
    return Measure(
        kind="fabric",
        subject=np.arange(n),
        demand=np.where(blind >= 0, np.nan, sure),
        limit=np.zeros(n),
        sure=sure,
        scale=np.full(n, np.nan),
        other=np.where(first < 0, -1, study.site.subject("position", np.maximum(first, 0))),
        inputs=(rack_figure(study, "systems", blind)._replace(known=blind < 0),),
        owner="racks of the layout",
    )


class _Kept(NamedTuple):
    """Positions of fabrics, (m,), in the order of their places: rows, and places for nodes."""

    fabric: IntArray
    place: IntArray
    places: FloatArray


def _kept(study: Study) -> _Kept:
    site, drops, fabrics = study.site, study.table("drop"), study.table("fabric")
    switch = site.rows_of("switch", drops["head"])
    fabric = np.append(site.rows_of("fabric", study.table("switch")["fabric"]), -1)[switch]
    first = np.asarray(drops["first"], dtype=float)
    mine = np.flatnonzero((fabric >= 0) & ~np.isnan(first))
    place = site.rows_of("position", drops["tail"])[mine]
    each = np.asarray(drops["nodes"], dtype=float)[mine]
    rows = np.stack([fabric[mine], first[mine], place, each]).astype(np.int64)
    of, start, at, each = np.unique(rows, axis=1)
    total, reserved = (np.asarray(fabrics[c], dtype=float)[of] for c in ("node_places", "reserved"))
    return _Kept(of, at, np.minimum(each, total - reserved - start))


def _nodes_at(study: Study) -> tuple[FloatArray, IntArray]:
    """(positions,) nodes of the largest rack that is planned there, 0 none, and a rack, -1 none.

    NaN, and the rack, where nobody says how many nodes one of them has.
    """
    place = study.site.rows_of("position", study.table("rack")["position"])
    rows, nodes = np.flatnonzero(place >= 0), study(nodes_of_racks)
    out = np.zeros(len(study.table("position")))
    rack = np.full(len(out), -1, dtype=np.int64)
    rack[place[rows]] = rows
    np.maximum.at(out, place[rows], np.nan_to_num(nodes[rows]))
    dim = rows[np.isnan(nodes[rows])]
    out[place[dim]] = np.nan
    rack[place[dim]] = dim
    return out, rack
