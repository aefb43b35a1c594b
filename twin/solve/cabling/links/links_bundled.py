"""Which bundle each link of the port map belongs to."""

from __future__ import annotations

import numpy as np

from twin.site.table import BoolArray, IntArray
from twin.solve.cabling.links.bundles import bundles
from twin.solve.fabric.portmap import port_map
from twin.solve.study import Study


def bundle_of_links(study: Study) -> IntArray:
    """Bundle of each link of the port map, (n,), whether or not it stands yet; -1 none is known.

    Of racks on one position in turn that of the one that stands there on the day, else the first.
    """
    bundle = study(bundles)
    now = _of_links(study, bundle.wanted)
    return np.where(now >= 0, now, _of_links(study, ~(bundle.count <= 0)))


def any_bundle_of_links(study: Study) -> IntArray:
    """Do the same whatever stands on the day: of racks on one position in turn the first."""
    return _of_links(study, np.ones(len(study(bundles).rack), dtype=bool))


def _of_links(study: Study, mine: BoolArray) -> IntArray:
    bundle, p = study(bundles), study(port_map)
    size = len(study.table("switch")) + 1
    of_rack = bundle.rack >= 0
    key = np.where(of_rack, bundle.place + size, bundle.low) * size + bundle.switch
    key = np.where(of_rack & ~mine, -1, key)
    order = np.argsort(key, kind="stable")
    low = np.where(p.place >= 0, p.place + size, p.low)
    asked = np.where(low >= 0, low * size + p.high, -2)
    if not len(order):
        return np.full(len(p), -1, dtype=np.int64)
    at = np.minimum(np.searchsorted(key[order], asked), len(order) - 1)
    return np.where(key[order][at] == asked, order[at], -1)
