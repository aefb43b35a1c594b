"""Whose network rests on cables that are no rack's own: trunks, and those between switches."""

from __future__ import annotations

import numpy as np

from twin.arrays.joins import each_match
from twin.site.table import IntArray
from twin.solve.cabling.links.bundles import bundles
from twin.solve.cabling.links.links import links
from twin.solve.cabling.panels.pieces import pieces
from twin.solve.cabling.panels.taken import trunks_taken
from twin.solve.study import Study


def resting(study: Study, cable: IntArray, row: IntArray) -> tuple[IntArray, IntArray]:
    """Racks that rest on cables in rows, (D,) racks and rows, each pair once.

    Those of a leaf rest on its uplinks. Cables above spines carry all racks of their fabric. A
    trunk carries the racks whose links go through it, and those that rest on uplinks in it.

    Parameters
    ----------
    cable, row
        (K,) trunks or cables between switches, as rows of `pieces`, and the row of each.
    """
    bundle, row = _bundles(study, cable, row)
    every = study(bundles)
    own = every.rack[bundle] >= 0
    switch = np.where(own, -1, every.low[bundle])
    tier = np.append(np.asarray(study.table("switch")["tier"]), "")
    whole = tier[switch] == "spine"
    racks = [_of_leaves(study, switch[~own & ~whole], row[~own & ~whole])]
    fabric = study.site.rows_of("fabric", study.table("switch")["fabric"])
    racks.append(_of_fabrics(study, fabric[switch[whole]], row[whole]))
    racks.append((every.rack[bundle[own]], row[own]))
    both = np.stack([np.concatenate([a for a, _ in racks]), np.concatenate([b for _, b in racks])])
    found = np.unique(both, axis=1)
    return found[0], found[1]


def _bundles(study: Study, cable: IntArray, row: IntArray) -> tuple[IntArray, IntArray]:
    """Bundles of cords, and those whose links trunks take."""
    piece, taken = study(pieces), study(trunks_taken)
    cord = piece.bundle[cable] >= 0
    by_trunk = np.argsort(taken.trunk, kind="stable")
    which, at = each_match(taken.trunk[by_trunk], piece.trunk[cable[~cord]])
    return (
        np.append(piece.bundle[cable[cord]], taken.bundle[by_trunk[at]]),
        np.append(row[cord], row[~cord][which]),
    )


def _of_leaves(study: Study, leaf: IntArray, row: IntArray) -> tuple[IntArray, IntArray]:
    """Racks with links on leaves, and the rows of these."""
    link = study(links)
    mine = np.flatnonzero(link.wanted & study.here[link.rack])
    mine = mine[np.argsort(link.switch[mine], kind="stable")]
    pairs = np.unique(np.stack([leaf, row]), axis=1)
    which, at = each_match(link.switch[mine], pairs[0])
    return link.rack[mine[at]], pairs[1][which]


def _of_fabrics(study: Study, fabric: IntArray, row: IntArray) -> tuple[IntArray, IntArray]:
    """Racks with links of fabrics, and the rows of these."""
    link = study(links)
    mine = np.flatnonzero(link.wanted & study.here[link.rack] & (link.fabric >= 0))
    known = np.unique(np.stack([link.fabric[mine], link.rack[mine]]), axis=1)
    pairs = np.unique(np.stack([fabric, row]), axis=1)
    which, at = each_match(known[0], pairs[0])
    return known[1][at], pairs[1][which]
