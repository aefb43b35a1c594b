"""Ports of panels and connectors of trunks, one for each link: in the order of bundles.

They are given to all links that will ever be there, whatever stands on the day, so that no cord
moves to another port when racks are added. Links that a cassette shuffles share the ports of their
cords; each leaves its front port by a lane of its own, to the rear port of that number.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.site.table import BoolArray, IntArray
from twin.solve.cabling.links.headed import high_ports, low_ports
from twin.solve.cabling.links.links_bundled import any_bundle_of_links
from twin.solve.cabling.panels.cassettes import shuffles
from twin.solve.cabling.panels.pieces import pieces
from twin.solve.fabric.cages import cages
from twin.solve.fabric.portmap import port_map
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
    cassette, rear
        Which cassette of the panel that shuffles, and which of its rear ports: that is also the
        lane of its front port; from 1, 0 of links that no cassette shuffles.
    """

    low_panel: IntArray
    high_panel: IntArray
    low: IntArray
    high: IntArray
    trunk: IntArray
    strand: IntArray
    connector: IntArray
    cassette: IntArray
    rear: IntArray


def panel_ports(study: Study) -> PanelPorts:
    """Give each link through panels its ports and its connector."""
    piece, of = study(pieces), study(any_bundle_of_links)
    n = len(of)
    through = np.flatnonzero(np.append(piece.low_panel >= 0, False)[of])
    link = through[np.lexsort((through, of[through]))]
    bundle = of[link]
    low, high = piece.low_panel[bundle], piece.high_panel[bundle]
    below, above = shared_cords(study, link, piece.lanes[bundle])
    lanes = piece.lanes[bundle]
    from_below = (lanes > 1) & study(shuffles)[low]
    from_above = (lanes > 1) & ~from_below
    member, plane = study(cages).head_port[link] % lanes, study(port_map).plane[link]
    panel = np.where(from_below, low, high)
    cassette = np.where(lanes > 1, _cassettes(study, link, panel, lanes), -1)
    ports = [
        _ports(low, below, from_below, cassette * lanes + member),
        _ports(high, above, from_above, cassette * lanes + plane),
    ]
    # Behind lies a connector for each cord at the panel that does not shuffle.
    behind = np.where(from_above, below, above)
    between = piece.trunks[bundle]
    has = between >= 0
    trunk, strand, connector = (np.full(len(link), fill) for fill in (-1, 0, 0))
    trunk[has], strand[has], connector[has] = _connectors(
        study, between[has], _ranks(between[has], behind[has])
    )
    rear = np.where(lanes > 1, np.where(from_below, plane, member) + 1, 0)
    columns = (
        low,
        high,
        *(port + 1 for port in ports),
        trunk,
        strand,
        connector,
        cassette + 1,
        rear,
    )
    fills = (-1, -1, 0, 0, -1, 0, 0, 0, 0)
    return PanelPorts(*(_spread(n, link, *each) for each in zip(columns, fills, strict=True)))


def _spread(n: int, link: IntArray, values: IntArray, fill: int) -> IntArray:
    """Return values of some links for all."""
    out = np.full(n, fill, dtype=np.int64)
    out[link] = values
    return out


def shared_cords(study: Study, link: IntArray, lanes: IntArray) -> tuple[IntArray, IntArray]:
    """Numbers of the cords at the lower and at the upper end of some links; equal ones are one.

    Parameters
    ----------
    lanes
        (n,) links that share a cord, each with one port of a node or of a leaf.
    """
    if not (lanes > 1).any():
        return link, link
    shared = lanes > 1
    low, high = low_ports(study, link, lanes), high_ports(study, link, lanes)
    return (np.where(shared, low, int(low.max(initial=-1)) + 1 + link),
            np.where(shared, high, int(high.max(initial=-1)) + 1 + link))  # fmt: skip


def _cassettes(study: Study, link: IntArray, panel: IntArray, lanes: IntArray) -> IntArray:
    """Cassette of each link among those of its panel, from 0: one for each port of leaves.

    The planes of a fabric are alike: one cassette serves the same port of the same leaf of all.
    """
    m, port = study(port_map), study(cages).head_port[link] // lanes
    leaf = np.asarray(study.table("switch")["number"], dtype=float)[m.high[link]].astype(np.int64)
    key = np.stack([lanes, m.fabric[link], leaf, port])
    key[:, lanes == 1] = 0
    _, number = np.unique(key, axis=1, return_inverse=True)
    # Links that nobody shuffles take no cassette.
    return _ranks(np.where(lanes > 1, panel, -1), number.ravel())


def _ports(panel: IntArray, cord: IntArray, shuffled: BoolArray, place: IntArray) -> IntArray:
    """Port of each link on a panel, from 0: those of cassettes, then one for each other cord."""
    used = np.zeros(int(panel.max(initial=-1)) + 2, dtype=np.int64)
    np.maximum.at(used, panel[shuffled], place[shuffled] + 1)
    plain = _ranks(np.where(shuffled, -1, panel), cord)
    return np.where(shuffled, place, used[panel] + plain)


def _ranks(group: IntArray, key: IntArray) -> IntArray:
    """Place of each key among those of its group, from 0, in the order in which they come."""
    size = int(key.max(initial=0)) + 1
    both, first, at = np.unique(group * size + key, return_index=True, return_inverse=True)
    of = both // size
    order = np.lexsort((first, of))
    new = np.ones(len(order), dtype=bool)
    new[1:] = of[order][1:] != of[order][:-1]
    start = np.maximum.accumulate(np.where(new, np.arange(len(order)), 0))
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order)) - start
    return np.asarray(rank[at.ravel()])


def _connectors(
    study: Study, between: IntArray, rank: IntArray
) -> tuple[IntArray, IntArray, IntArray]:
    """Trunk, which one of those side by side, and connector of each link between two panels.

    Parameters
    ----------
    rank
        (n,) connector of each link among those of its two panels, from 0.
    """
    table, n = study.table("trunk"), len(between)
    ends = np.sort(np.stack([table["panel_a"], table["panel_b"]]), axis=0)
    each = np.asarray(table["connectors"], dtype=float)
    total = each * np.asarray(table["count"], dtype=float)
    trunk, strand, connector = (np.full(n, fill, dtype=np.int64) for fill in (-1, 0, 0))
    for first in np.unique(between).tolist():
        mine = np.flatnonzero(between == first)
        rows = np.flatnonzero((ends == ends[:, [first]]).all(axis=0))
        # A trunk whose connectors nobody counts takes all that those before it leave: its sum is
        # NaN, which sorts last.
        upto = np.cumsum(total[rows])
        at = np.searchsorted(upto, rank[mine], side="right")
        held = at < len(rows)
        mine, at = mine[held], at[held]
        row = rows[at]
        trunk[mine] = row
        counted = ~np.isnan(total[row])
        mine, at, row = mine[counted], at[counted], row[counted]
        place = rank[mine] - np.append(0, upto)[at].astype(np.int64)
        size = each[row].astype(np.int64)
        strand[mine], connector[mine] = place // size + 1, place % size + 1
    return trunk, strand, connector
