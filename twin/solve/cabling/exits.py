"""Where cables leave trays: at which place of which tray, at both ends of each way."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from twin.arrays.drop_outs import with_drop_outs
from twin.site.table import FloatArray, IntArray
from twin.solve.cabling.access import exit_rows
from twin.solve.cabling.pieces import laid, pieces
from twin.solve.cabling.shares import Shares, areas_m2, shared
from twin.solve.cabling.ways import ways
from twin.solve.study import Study


class Exits(NamedTuple):
    """Cables that pass openings.

    Attributes
    ----------
    subject
        (R,) row of the tray whose drop-out it is, or of the position whose rack they enter.
    shares
        Their sections, in these rows.
    """

    subject: IntArray
    shares: Shares


def drop_out_cables(study: Study) -> Exits:
    """Cables at each drop-out of trays that name theirs."""
    graph, way = study(ways).graph, study(ways)
    access = study(exit_rows)[way.pair]
    access[way.pair < 0] = -1
    mine = study(laid)[:, None] & (access >= 0)
    mine &= np.append(with_drop_outs(study.site), False)[np.append(graph.access_tray, -1)[access]]
    which, side = np.nonzero(mine)
    used = access[which, side]
    key = graph.access_tray[used] * (len(graph.hall) + 1) + graph.access[used]
    distinct, row = np.unique(key, return_inverse=True)
    shares = shared(study, which, row, len(distinct), study(areas_m2))
    return Exits(distinct // (len(graph.hall) + 1), shares)


def entering_cables(study: Study) -> Exits:
    """Cables that come from elsewhere into the racks on each position."""
    cable = study(pieces)
    mine = study(laid) & (cable.place >= 0) & (cable.host >= 0) & (cable.place != cable.host)
    which = np.tile(np.flatnonzero(mine), 2)
    position, row = np.unique(
        np.concatenate([cable.place[mine], cable.host[mine]]), return_inverse=True
    )
    return Exits(position, shared(study, which, row, len(position), study(areas_m2)))


def own_or_rack(study: Study, column: str) -> FloatArray:
    """(positions,) figure that a position says, else the least of the racks that stand on it."""
    racks = study.table("rack")
    place = study.site.rows_of("position", racks["position"])
    least = np.full(len(study.table("position")) + 1, np.nan)
    np.fmin.at(least, place, np.asarray(racks[column], dtype=float))
    own = np.asarray(study.table("position")[column], dtype=float)
    return np.where(np.isnan(own), least[:-1], own)
