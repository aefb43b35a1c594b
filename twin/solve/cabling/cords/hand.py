"""Cables that positions name by hand: bundles of which a layout says no ports."""

from __future__ import annotations

import numpy as np

from twin.site.table import IntArray
from twin.solve.cabling.links.bundles import bundles
from twin.solve.cabling.links.days import bundle_days, day_order
from twin.solve.cabling.panels.pieces import pieces
from twin.solve.cabling.ways.ways import shortest_m
from twin.solve.study import Study


def by_hand(study: Study) -> IntArray:
    """Rows of the pieces of bundles that positions name by hand, of all that are ever there.

    In the order of day, upper end and longest way.
    """
    site, bundle, piece = study.site, study(bundles), study(pieces)
    fabric = site.rows_of("fabric", study.table("switch")["fabric"])[bundle.switch]
    by = ~(bundle.count <= 0) & (fabric < 0)
    mine = np.flatnonzero((piece.bundle >= 0) & np.append(by, False)[piece.bundle])
    day = study(bundle_days)[piece.bundle[mine]]
    length = np.nan_to_num(study(shortest_m)[mine], posinf=0.0)
    order = np.lexsort((mine, piece.place[mine], -length, piece.host[mine], day_order(day)))
    return mine[order]
