"""Ways of cables of the sorts that they are of: the shortest, whoever lies there."""

from __future__ import annotations

import numpy as np

from twin.site.table import FloatArray
from twin.solve.cabling.ways.shortest_ways import Ways, ways_of
from twin.solve.cabling.ways.sorts import cable_sorts
from twin.solve.study import Study


def ways(study: Study) -> Ways:
    """Shortest way of every piece, along trays and risers that carry its sort of cables."""
    return ways_of(study, study(cable_sorts))


def shortest_m(study: Study) -> FloatArray:
    """(pieces,) length of the shortest way of each; infinite no way, NaN not known."""
    way = study(ways)
    return np.append(way.way_m, np.nan)[way.pair]
