"""Ports of panels and connectors of trunks, one for each link: in the order of bundles.

They are given to all links that will ever be there, whatever stands on the day, so that no cord
moves to another port when racks are added.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.site.table import IntArray
from twin.solve.cabling.links_bundled import any_bundle_of_links
from twin.solve.cabling.pieces import pieces
from twin.solve.study import Study


@dataclass(frozen=True)
class PanelPorts:
    """Ports of links of the port map, (n,).

    Attributes
    ----------
    low_panel, high_panel
        Panel next to the lower and to the upper end, -1 of single cords.
    low, high
        Port of the panel next to the lower and to the upper end, from 1; 0 of single cords.
        Numbers beyond a panel's ports say that it has too few.
    trunk
        Row of the trunk behind both ports, -1 none, or none is left.
    strand, connector
        Which of the equal trunks side by side, and which of its connectors, from 1; 0 none, or
        nobody says how many connectors it has.
    """

    low_panel: IntArray
    high_panel: IntArray
    low: IntArray
    high: IntArray
    trunk: IntArray
    strand: IntArray
    connector: IntArray


def panel_ports(study: Study) -> PanelPorts:
    """Give each link through panels its ports and its connector."""
    piece, of = study(pieces), study(any_bundle_of_links)
    n = len(of)
    through = np.flatnonzero(np.append(piece.low_panel >= 0, False)[of])
    link = through[np.lexsort((through, of[through]))]
    panel = np.full((n, 2), -1, dtype=np.int64)
    panel[link] = np.stack([piece.low_panel[of[link]], piece.high_panel[of[link]]], axis=1)
    ports = np.zeros((n, 2), dtype=np.int64)
    ports[link] = _ranks(panel[link].ravel()).reshape(-1, 2) + 1
    between = piece.trunks[of[link]]
    trunk, strand, connector = (np.full(n, fill, dtype=np.int64) for fill in (-1, 0, 0))
    has = between >= 0
    trunk[link[has]], strand[link[has]], connector[link[has]] = _connectors(study, between[has])
    return PanelPorts(panel[:, 0], panel[:, 1], ports[:, 0], ports[:, 1], trunk, strand, connector)


def _ranks(key: IntArray) -> IntArray:
    """Place of each entry among those of its key, from 0."""
    order = np.argsort(key, kind="stable")
    new = np.ones(len(order), dtype=bool)
    new[1:] = key[order][1:] != key[order][:-1]
    start = np.maximum.accumulate(np.where(new, np.arange(len(order)), 0))
    out = np.empty(len(order), dtype=np.int64)
    out[order] = np.arange(len(order)) - start
    return out


def _connectors(study: Study, between: IntArray) -> tuple[IntArray, IntArray, IntArray]:
    """Trunk, which one of those side by side, and connector of each link between two panels."""
    table = study.table("trunk")
    rank, n = _ranks(between), len(between)
    ends = np.sort(np.stack([table["panel_a"], table["panel_b"]]), axis=0)
    each = np.asarray(table["connectors"], dtype=float)
    total = each * np.asarray(table["count"], dtype=float)
    trunk, strand, connector = (np.full(n, fill, dtype=np.int64) for fill in (-1, 0, 0))
    for first in np.unique(between).tolist():
        mine = np.flatnonzero(between == first)
        rows = np.flatnonzero((ends == ends[:, [first]]).all(axis=0))
        upto = np.cumsum(total[rows])
        if np.isnan(upto).any():
            trunk[mine] = first
            continue
        at = np.searchsorted(upto, rank[mine], side="right")
        held = at < len(rows)
        mine, at = mine[held], at[held]
        row = rows[at]
        place = rank[mine] - np.append(0, upto)[at].astype(np.int64)
        size = each[row].astype(np.int64)
        trunk[mine], strand[mine], connector[mine] = row, place // size + 1, place % size + 1
    return trunk, strand, connector
