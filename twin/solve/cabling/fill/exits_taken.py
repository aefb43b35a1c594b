"""Where cables leave trays as they are laid: at the access of each way that they take."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from twin.site.table import FloatArray, IntArray
from twin.solve.cabling.panels.pieces import laid
from twin.solve.cabling.ways.access import exit_rows
from twin.solve.cabling.ways.laying import laying
from twin.solve.cabling.ways.ways import ways
from twin.solve.study import Study


class ExitsTaken(NamedTuple):
    """Ends of ways of cables that lie there, (n,).

    Attributes
    ----------
    cable, access
        Row of `pieces`, and access of the graph of trays at which its way ends.
    part
        Part of these cables that leaves there; less than 1 where they are led over several ways.
    """

    cable: IntArray
    access: IntArray
    part: FloatArray


def exits_taken(study: Study) -> ExitsTaken:
    """Find both ends of the ways of all cables."""
    way, led = study(ways), study(laying).led
    access = study(exit_rows)[way.pair]
    access[(way.pair < 0) | ~study(laid)] = -1
    if led is not None:
        access[led.cable] = -1
    cable, side = np.nonzero(access >= 0)
    found = [(cable, access[cable, side], np.ones(len(cable)))]
    if led is not None:
        parts = np.flatnonzero(np.isfinite(led.routes.length_m))
        first, edge = led.routes.ways(parts)
        group = led.routes.group[parts]
        total = np.bincount(led.routes.group, led.routes.count, minlength=len(led.cable))
        share = led.routes.count[parts] / total[group]
        found += [
            (led.cable[group], led.access[edge[end]], share) for end in (first[:-1], first[1:] - 1)
        ]
    cables, rows, shares = (np.concatenate(each) for each in zip(*found, strict=True))
    return ExitsTaken(cables, rows, shares)
