"""The list of cables: a row for each tail of each cord, with what stands at both its ends."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.site.table import BoolArray, DateArray, FloatArray, IntArray
from twin.solve.cabling.bundles import bundles
from twin.solve.cabling.cords import Cords, cords, days, ends_stand
from twin.solve.cabling.laying import laying
from twin.solve.cabling.panel_ports import panel_ports
from twin.solve.cabling.parts import parts
from twin.solve.cabling.pieces import pieces
from twin.solve.cabling.pulled import trunk_pulls
from twin.solve.fabric.cages import cages
from twin.solve.fabric.portmap import port_map
from twin.solve.study import Study


@dataclass(frozen=True)
class Ends:
    """One end of each row of `Cables`, (n,).

    Attributes
    ----------
    place, rack
        Rows of the position and of the rack there, -1 not known.
    switch
        Row of the switch, -1 where a node or a panel is at this end.
    node
        Node among those of its position, from 0; -1 where something else is, or by hand.
    unit
        Lowest rack unit of the switch or panel; NaN not known.
    cage, lane, last
        Cage of the device, and its first and last lane that the plug uses, from 1; 0 by hand.
    whole
        Whether the plug takes the whole cage.
    plug
        Row of the product that is plugged in there, -1 none: not known, part of the cable, or a
        panel.
    panel
        Row of the panel at this end, -1 none; `unit` and `cage` are then its unit and its port.
    """

    place: IntArray
    rack: IntArray
    switch: IntArray
    node: IntArray
    unit: FloatArray
    cage: IntArray
    lane: IntArray
    last: IntArray
    whole: BoolArray
    plug: IntArray
    panel: IntArray


@dataclass(frozen=True)
class Cables:
    """Rows of the list of cables, (n,): those of the port map by pull, then those by hand.

    A link through panels has a row for each of its two cords.

    Attributes
    ----------
    cord, leg
        Number of the cord in the order of pulls and of its tail, from 1; both 0 by hand.
    cords
        Cords that the row counts: 1 for the first tail of a cord, 0 for its others; by hand the
        links of the bundle, NaN where they are not known or no whole number.
    links
        Links of the port map; by hand those of the bundle, NaN not known.
    bundle, piece, sequence
        Rows of `bundles` and of `pieces`, and place among the cords of that piece, from 1.
    number
        Number of the bundle, which is of one piece, in the order of pulls, from 1.
    pull, day
        Number of the pull, after those of trunks, and the day on which both ends of the link stand;
        NaT not known.
    fabric, tier, plane
        Row of the fabric, which of `TIERS`, and plane from 0; -1 by hand.
    upper, lower
        Both ends.
    link, low, high
        (m,) rows of the port map that are listed, and the rows of this table in which each has its
        lower and its upper end; another one only where it goes through panels.
    """

    cord: IntArray
    leg: IntArray
    cords: FloatArray
    links: FloatArray
    bundle: IntArray
    piece: IntArray
    sequence: IntArray
    number: IntArray
    pull: IntArray
    day: DateArray
    fabric: IntArray
    tier: IntArray
    plane: IntArray
    upper: Ends
    lower: Ends
    link: IntArray
    low: IntArray
    high: IntArray

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.cord)


def cables(study: Study) -> Cables:
    """All cables that stand on the day of the study."""
    c, of = study(cords), study(pieces)
    link = _standing(study, c.day, c.bundle)
    first, row = _rows(study, c, link)
    hand = by_hand(study)
    piece = np.concatenate([c.piece[link][first], hand])
    bundle = of.bundle[piece]
    m, n = len(first), len(hand)
    p, at = study(port_map), c.link[link][first]
    count = of.count[hand]
    none = np.full(n, -1, dtype=np.int64)
    cord, leg = _cord_and_leg(c.cord[link][first])
    listed, low, high = _both_ends(study, c, link, row)
    return Cables(
        cord=np.concatenate([cord, np.zeros(n, dtype=np.int64)]),
        leg=np.concatenate([leg, np.zeros(n, dtype=np.int64)]),
        cords=np.concatenate([(leg == 1).astype(float), np.where(count % 1 == 0, count, np.nan)]),
        links=np.concatenate([np.bincount(row, minlength=m).astype(float), count]),
        bundle=bundle,
        piece=piece,
        sequence=_sequence(piece),
        number=_in_order(piece),
        pull=_pulls(study, c.pull[link][first], hand) + study(trunk_pulls).most,
        day=np.concatenate([c.day[link][first], study(days)[of.bundle[hand]]]),
        fabric=np.concatenate([p.fabric[at], none]),
        tier=np.concatenate([p.tier[at], none]),
        plane=np.concatenate([p.plane[at], none]),
        upper=_end(study, c, link, first, row, piece, upper=True),
        lower=_end(study, c, link, first, row, piece, upper=False),
        link=listed,
        low=low,
        high=high,
    )


def _both_ends(
    study: Study, c: Cords, link: IntArray, row: IntArray
) -> tuple[IntArray, IntArray, IntArray]:
    """Links that are listed, and the rows in which each has its lower and its upper end."""
    second = study(pieces).second[c.bundle[link]]
    low, high = second != c.piece[link], (second < 0) | (second == c.piece[link])
    of = c.link[link]
    where = np.full(len(study(port_map)), -1, dtype=np.int64)
    where[of[high]] = row[high]
    return of[low], row[low], where[of[low]]


def _standing(study: Study, day: DateArray, bundle: IntArray) -> IntArray:
    """Links of some bundles whose two ends stand on the day of the study; without a day, all."""
    asked = study.conditions.date
    if asked is None:
        return np.arange(len(day))
    return np.flatnonzero(~(day > np.datetime64(asked, "D")) & study(ends_stand)[bundle])


def _rows(study: Study, c: Cords, link: IntArray) -> tuple[IntArray, IntArray]:
    """First link of each row, in the order of pulls; and (m,) row of each link.

    A tail is a plug of a moulded cable; of a fibre cord it is the connector of one link, or of all
    that a cassette shuffles.
    """
    moulded = _moulded(study, c.bundle[link])
    end = np.where(moulded, c.tail[link], int(c.tail.max(initial=0)) + 1 + np.arange(len(link)))
    lanes = study(pieces).lanes[c.bundle[link]]
    below = study(pieces).second[c.bundle[link]] != c.piece[link]
    port = np.where(below, 0, study(cages).head_port[c.link[link]] // lanes)
    end = np.where(lanes > 1, port, end)
    key = c.cord[link] * (int(end.max(initial=0)) + 1) + end
    _, first, row = np.unique(key, return_index=True, return_inverse=True)
    # Tails of a cord stand together, cords in the order of their first links.
    order = np.lexsort((first, c.cord[link][first]))
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    return first[order], rank[row.ravel()]


def _moulded(study: Study, bundle: IntArray) -> BoolArray:
    part = study(parts)
    return np.asarray(np.append(part.media.moulded, False)[part.medium[bundle]])


def _cord_and_leg(cord: IntArray) -> tuple[IntArray, IntArray]:
    """(m,) number of the cord and of its tail, from 1, of rows that stand cord by cord."""
    new = np.ones(len(cord), dtype=bool)
    new[1:] = cord[1:] != cord[:-1]
    number = np.cumsum(new)
    start = np.flatnonzero(new)
    return number, np.arange(len(cord)) - start[number - 1] + 1


def _sequence(bundle: IntArray) -> IntArray:
    """Place of each row among those of its bundle, from 1."""
    order = np.argsort(bundle, kind="stable")
    new = np.ones(len(order), dtype=bool)
    new[1:] = bundle[order][1:] != bundle[order][:-1]
    start = np.maximum.accumulate(np.where(new, np.arange(len(order)), 0))
    out = np.empty(len(order), dtype=np.int64)
    out[order] = np.arange(len(order)) - start + 1
    return out


def _in_order(bundle: IntArray) -> IntArray:
    """(n,) number of each row's bundle, from 1, by its first row."""
    _, first, inverse = np.unique(bundle, return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first)] = np.arange(1, len(first) + 1)
    return rank[inverse.ravel()]


def by_hand(study: Study) -> IntArray:
    """Rows of the pieces of bundles that positions name by hand.

    In the order of day, upper end and longest way.
    """
    site, bundle, piece = study.site, study(bundles), study(pieces)
    fabric = site.rows_of("fabric", study.table("switch")["fabric"])[bundle.switch]
    by = bundle.wanted & (fabric < 0)
    mine = np.flatnonzero((piece.bundle >= 0) & np.append(by, False)[piece.bundle])
    day = study(days)[piece.bundle[mine]]
    standing = _standing(study, day, piece.bundle[mine])
    mine, day = mine[standing], day[standing]
    length = study(laying).way_m[mine]
    order = np.lexsort((
        mine, piece.place[mine], -np.nan_to_num(length, posinf=0.0), piece.host[mine],
        day.astype(np.int64),
    ))  # fmt: skip
    return mine[order]


def _pulls(study: Study, made: IntArray, hand: IntArray) -> IntArray:
    """Pull of each row: those of fabrics renumbered without gaps, then those by hand."""
    host, day = study(pieces).host[hand], study(days)[study(pieces).bundle[hand]]
    turn = np.ones(len(hand), dtype=bool)
    turn[1:] = (host[1:] != host[:-1]) | (day[1:] != day[:-1])
    _, before = np.unique(made, return_inverse=True)
    last = int(before.max(initial=-1)) + 1
    return np.concatenate([before.ravel() + 1, np.cumsum(turn) + last]).astype(np.int64)


def _end(
    study: Study, c: Cords, link: IntArray, first: IntArray, row: IntArray, piece: IntArray,
    *, upper: bool,
) -> Ends:  # fmt: skip
    """One end of all rows: first those of the port map, then those by hand."""
    of, part, each = study(bundles), study(parts), study(pieces)
    bundle = each.bundle[piece]
    panel = _panels(study, piece, upper=upper)
    device = panel < 0
    hand = len(bundle) - len(first)
    place = each.host[piece] if upper else each.place[piece]
    switch = np.where(device, of.switch[bundle] if upper else of.low[bundle], -1)
    at = c.link[link][first]
    node = np.full(len(first), -1) if upper else study(port_map).node[at]
    moulded = _moulded(study, bundle)
    port = (study(panel_ports).low if upper else study(panel_ports).high)[at]
    none = np.zeros(len(first), dtype=np.int64)
    cage, lane, last = (
        np.concatenate([np.where(device[: len(first)], own, other), np.zeros(hand, np.int64)])
        for own, other in zip(
            _plugs(study, c, link, first, row, upper=upper), (port, none, none), strict=True
        )
    )
    plug = (part.head if upper else part.tail)[bundle]
    unit = np.append(np.asarray(study.table("switch")["unit"], dtype=float), np.nan)
    of_panel = np.append(np.asarray(study.table("panel")["unit"], dtype=float), np.nan)
    alone = np.append(_behind(study, c, link, first, upper=upper) == 1, np.zeros(hand, dtype=bool))
    rack = np.where(device, of.rack[bundle], -1)
    return Ends(
        place=place,
        rack=_racks(study, switch, place, rack),
        switch=switch,
        node=np.where(device, np.append(node, np.full(hand, -1)), -1),
        unit=np.where(device, unit[switch], of_panel[panel]),
        cage=cage,
        lane=lane,
        last=last,
        whole=moulded | alone | ~device,
        plug=np.where(moulded | ~device, -1, plug),
        panel=panel,
    )


def _panels(study: Study, piece: IntArray, *, upper: bool) -> IntArray:
    """Panel at one end of each piece, -1 none: a cord from below ends on the lower one."""
    of = study(pieces)
    second = of.second[of.bundle[piece]]
    if upper:
        return np.where(second == piece, -1, of.low_panel[of.bundle[piece]])
    return np.where(second == piece, of.high_panel[of.bundle[piece]], -1)


def _behind(study: Study, c: Cords, link: IntArray, first: IntArray, *, upper: bool) -> IntArray:
    at = study(cages)
    return (at.head_ports if upper else at.tail_ports)[c.link[link][first]]


def _plugs(
    study: Study, c: Cords, link: IntArray, first: IntArray, row: IntArray, *, upper: bool
) -> tuple[IntArray, IntArray, IntArray]:
    """Cage and lanes of each row's plug, from 1: at the upper end those of the whole cord."""
    at, of = study(cages), c.link[link]
    port = (at.head_port if upper else at.tail_port)[of]
    behind = (at.head_ports if upper else at.tail_ports)[of]
    cage, lane = port // behind + 1, port % behind + 1
    group = row
    if upper:
        _, group = np.unique(c.cord[link], return_inverse=True)
        group = group.ravel()
    low = np.full(int(group.max(initial=-1)) + 1, np.iinfo(np.int64).max)
    high = np.zeros(len(low), dtype=np.int64)
    np.minimum.at(low, group, lane)
    np.maximum.at(high, group, lane)
    return cage[first], low[group[first]], high[group[first]]


def _racks(study: Study, switch: IntArray, place: IntArray, rack: IntArray) -> IntArray:
    """Rack at an end: of the bundle, of the switch, else the one that stands on the position."""
    site, table = study.site, study.table("rack")
    there = np.full(len(study.table("position")) + 1, -1, dtype=np.int64)
    here = np.flatnonzero(study.here)[::-1]
    there[site.rows_of("position", table["position"])[here]] = here
    there[-1] = -1
    own = np.append(site.rows_of("rack", study.table("switch")["rack"]), -1)[switch]
    of_switch = np.where(own >= 0, own, there[place])
    return np.asarray(np.where((switch < 0) & (rack >= 0), rack, of_switch), dtype=np.int64)
