"""Ports of leaves whose lanes come from a cassette that shuffles, and from elsewhere as well."""

from __future__ import annotations

import numpy as np

from twin.site.table import FloatArray
from twin.solve.cabling.links.links_bundled import any_bundle_of_links
from twin.solve.cabling.panels.pieces import pieces
from twin.solve.fabric.cages import cages
from twin.solve.fabric.portmap import NODE, port_map
from twin.solve.study import Study


def spread_ports(study: Study) -> FloatArray:
    """(B,) ports of leaves of each bundle that is shuffled, whose other lanes come another way.

    A port of a leaf has one cord, and so one connector of a trunk and one cassette.
    """
    piece, of, m = study(pieces), study(any_bundle_of_links), study(port_map)
    mine = np.flatnonzero((of >= 0) & (m.tier == NODE))
    bundle = of[mine]
    most = np.zeros(len(study.table("switch")), dtype=np.int64)
    np.maximum.at(most, m.high[mine], piece.lanes[bundle])
    port = study(cages).head_port[mine] // np.maximum(most[m.high[mine]], 1)
    way = np.stack([m.high[mine], port, piece.low_panel[bundle], piece.high_panel[bundle]])
    ways = np.unique(way, axis=1)
    ports, count = np.unique(ways[:2], axis=1, return_counts=True)
    apart = ports[:, count > 1]
    # One key for each port, to find those of every link.
    size = int(port.max(initial=0)) + 1
    bad = np.isin(way[0] * size + way[1], apart[0] * size + apart[1])
    shuffled = piece.lanes[bundle] > 1
    each = np.unique(np.stack([bundle, port])[:, bad & shuffled], axis=1)
    return np.bincount(each[0], minlength=len(piece.lanes)).astype(float)
