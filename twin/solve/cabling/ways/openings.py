"""Drop-outs of trays as places through which cables pass: which they are, and their room."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from twin.arrays.drop_outs import with_drop_outs
from twin.site.table import FloatArray, IntArray
from twin.solve.cabling.ways.ways import ways
from twin.solve.limits import limit
from twin.solve.study import Study


class Openings(NamedTuple):
    """Drop-outs that some position reaches, (D,).

    Attributes
    ----------
    of_access
        (A,) drop-out of each access of the graph of trays, -1 of trays without.
    tray, node
        Row of its tray, and node of the graph at which it is.
    room_m2
        Section of cables that may pass it; NaN not known.
    """

    of_access: IntArray
    tray: IntArray
    node: IntArray
    room_m2: FloatArray


def openings(study: Study) -> Openings:
    """Find the drop-outs of all trays that name theirs."""
    graph = study(ways).graph
    mine = np.flatnonzero(with_drop_outs(study.site)[graph.access_tray])
    size = len(graph.hall) + 1
    key, number = np.unique(
        graph.access_tray[mine] * size + graph.access[mine], return_inverse=True
    )
    of_access = np.full(len(graph.access), -1, dtype=np.int64)
    of_access[mine] = number
    area = np.asarray(study.table("tray")["drop_out_m2"], dtype=float)[key // size]
    return Openings(of_access, key // size, key % size, area * limit(study, "opening_fill").value)
