"""Lengths of cables as they are laid: of each piece, and of links of all their pieces."""

from __future__ import annotations

import numpy as np

from twin.site.table import BoolArray, FloatArray
from twin.solve.cabling.panels.taken import joined_m
from twin.solve.cabling.ways.in_racks import along_m
from twin.solve.cabling.ways.laying import laying
from twin.solve.study import Study


def piece_lengths_m(study: Study) -> FloatArray:
    """Length of the cables of each of the `pieces`, (Q,); infinite no way, NaN not known.

    Where cords of one piece are led over several ways, that of the longest.
    """
    return along_m(study, study(laying).way_m)


def lengths_m(study: Study) -> FloatArray:
    """Length of the links of each of the `bundles`, (B,); infinite no way, NaN not known."""
    return joined_m(study, study(piece_lengths_m))


def lacks_way(study: Study) -> BoolArray:
    """Bundles whose ends no trays join, (B,)."""
    return np.isinf(study(lengths_m))
