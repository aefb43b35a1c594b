"""Panels and trunks through which links lead, and the day on which all of them are ready."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from twin.site.table import IntArray
from twin.solve.cabling.links.bundles import bundles
from twin.solve.cabling.panels.pieces import pieces
from twin.solve.cabling.panels.taken import trunks_taken
from twin.solve.ready import Ready, nothing, own_ready, racks_arrive
from twin.solve.study import Study


class Through(NamedTuple):
    """Pairs of a bundle and a subject, panel or trunk, through which its links lead, (n,)."""

    bundle: IntArray
    subject: IntArray


def through(study: Study) -> Through:
    """Find panels and trunks of all bundles; of equal trunks those that their links take."""
    piece, site = study(pieces), study.site
    every, taken = np.arange(len(piece.low_panel)), study(trunks_taken)
    bundle = [every, every, taken.bundle]
    subject = [
        site.subject("panel", piece.low_panel), site.subject("panel", piece.high_panel),
        site.subject("trunk", taken.trunk),
    ]  # fmt: skip
    pairs = np.stack([np.concatenate(bundle), np.concatenate(subject)])
    found = np.unique(pairs[:, pairs[1] >= 0], axis=1)
    return Through(found[0], found[1])


def gear_of_links_ready(study: Study) -> Ready:
    """Day on which each panel and trunk is there, with the rack that houses the panel, (S,)."""
    site, own = study.site, study(own_ready)
    place = site.rows_of("position", study.table("panel")["position"])
    rack_at = np.full(len(study.table("position")) + 1, -1, dtype=np.int64)
    racks = np.flatnonzero(study.here)[::-1]
    rack_at[site.rows_of("position", study.table("rack")["position"])[racks]] = racks
    rack_at[-1] = -1
    host = np.full(site.size, -1, dtype=np.int64)
    host[site.subject("panel", np.arange(len(place)))] = rack_at[place]
    return own.and_(study(racks_arrive).take(host))


def patched_ready(study: Study) -> Ready:
    """Day on which all panels and trunks of the links of each rack are there, (racks,).

    Those of its own links, and of the uplinks of its leaves and of all switches above these.
    """
    link, bundle, site = study(through), study(bundles), study.site
    racks, switches = len(study.table("rack")), len(study.table("switch"))
    if not len(link.bundle):
        return nothing(racks)
    gear = study(gear_of_links_ready).take(link.subject)
    rows = len(bundle.rack)
    each = gear.gathered(link.bundle, rows)
    uplink = study.table("uplink")
    low, high = (site.rows_of("switch", uplink[end]) for end in ("tail", "head"))
    above = each.gathered(np.where(bundle.low >= 0, bundle.low, -1), switches)
    for _ in range(2):  # from cores to spines, and from these to leaves
        above = above.and_(above.take(high).gathered(low, switches))
    mine = np.where(bundle.wanted, bundle.rack, -1)
    leaf = above.take(np.where(bundle.rack >= 0, bundle.switch, -1))
    return each.and_(leaf).gathered(mine, racks)
