"""The list of cables: a row for each tail of each cord, with what stands at both its ends."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from twin.site.table import BoolArray, DateArray, FloatArray, IntArray
from twin.solve.cabling.cords.cords import Cords, cords
from twin.solve.cabling.cords.hand import by_hand
from twin.solve.cabling.cords.pulled import pulls
from twin.solve.cabling.links.bundles import bundles
from twin.solve.cabling.links.days import bundle_days, ends_stand
from twin.solve.cabling.panels.panel_ports import panel_ports
from twin.solve.cabling.panels.pieces import pieces
from twin.solve.cabling.parts.parts import parts
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

    def take(self, rows: IntArray) -> Ends:
        """Return some of the rows."""
        return Ends(**{f.name: getattr(self, f.name)[rows] for f in fields(self)})


@dataclass(frozen=True)
class Cables:
    """Rows of the list of cables, (n,), in the order of pulls: those that stand on the day.

    A link through panels has a row for each of its two cords. All numbers are those that cords have
    when all that is planned stands: a day leaves some out, and changes none.

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
        Rows of `bundles` and of `pieces`, and place of the cord in its bundle `number`, from 1.
    number
        Number of the bundle in the order of pulls, from 1: cords of one piece that are pulled
        together.
    pull, day
        Number of the pull, and the day on which both ends of the cord's first link stand; NaT not
        known.
    serves_m
        Length that the farthest tail of the cord ever needs; NaN not known, -inf where none of its
        tails has a way, and by hand.
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
    serves_m: FloatArray
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
    c, of, hand, turn = study(cords), study(pieces), study(by_hand), study(pulls)
    first, row = _rows(study, c)
    piece = np.concatenate([c.piece[first], hand])
    bundle, pull = of.bundle[piece], np.concatenate([turn.cord[first], turn.hand])
    m, n = len(first), len(hand)
    p, at, count = study(port_map), c.link[first], of.count[hand]
    none, zero = np.full(n, -1, dtype=np.int64), np.zeros(n, dtype=np.int64)
    cord, leg = _cord_and_leg(c.cord[first])
    cord, leg = np.concatenate([cord, zero]), np.concatenate([leg, zero])
    number = _in_order(piece, pull)
    stand = _standing(study, c.own_day, c.bundle)
    links = np.bincount(row, stand, minlength=m).astype(float)
    listed = np.append(links > 0, _standing(study, study(bundle_days)[bundle[m:]], bundle[m:]))
    kept = np.flatnonzero(listed)
    kept = kept[np.argsort(pull[kept], kind="stable")]
    ends = [_end(study, c, first, piece, upper=upper) for upper in (True, False)]
    link, low, high = _both_ends(study, c, stand, row, kept)
    return Cables(
        cord=cord[kept],
        leg=leg[kept],
        cords=np.where(kept < m, _first_of(cord[kept]), _whole(np.append(links, count))[kept]),
        links=np.append(links, count)[kept],
        bundle=bundle[kept],
        piece=piece[kept],
        sequence=_sequence(number, cord)[kept],
        number=number[kept],
        pull=pull[kept],
        day=np.append(c.day[first], study(bundle_days)[of.bundle[hand]])[kept],
        serves_m=np.append(c.serves_m[first], np.full(n, -np.inf))[kept],
        fabric=np.append(p.fabric[at], none)[kept],
        tier=np.append(p.tier[at], none)[kept],
        plane=np.append(p.plane[at], none)[kept],
        upper=ends[0].take(kept),
        lower=ends[1].take(kept),
        link=link,
        low=low,
        high=high,
    )


def _both_ends(
    study: Study, c: Cords, stand: BoolArray, row: IntArray, kept: IntArray
) -> tuple[IntArray, IntArray, IntArray]:
    """Links that are listed, and the rows in which each has its lower and its upper end."""
    place = np.full(int(max(row.max(initial=-1), kept.max(initial=-1))) + 1, -1, dtype=np.int64)
    place[kept] = np.arange(len(kept))
    at = np.flatnonzero(stand)
    of, row, piece = c.link[at], place[row[at]], c.piece[at]
    second = study(pieces).second[c.bundle[at]]
    low, high = second != piece, (second < 0) | (second == piece)
    where = np.full(len(study(port_map)), -1, dtype=np.int64)
    where[of[high]] = row[high]
    return of[low], row[low], where[of[low]]


def _standing(study: Study, day: DateArray, bundle: IntArray) -> BoolArray:
    """(n,) links of some bundles whose two ends stand on the day of the study; without one, all.

    Parameters
    ----------
    day, bundle
        (n,) day on which both ends of each stand, and row of `bundles`.
    """
    asked = study.conditions.date
    if asked is None:
        return np.ones(len(day), dtype=bool)
    return ~(day > np.datetime64(asked, "D")) & study(ends_stand)[bundle]


def _rows(study: Study, c: Cords) -> tuple[IntArray, IntArray]:
    """First link of each row, in the order of pulls; and (m,) row of each link.

    A tail is a plug of a moulded cable; of a fibre cord it is the connector of one link, or of all
    that a cassette shuffles.
    """
    link, moulded = c.link, _moulded(study, c.bundle)
    end = np.where(moulded, c.tail, int(c.tail.max(initial=0)) + 1 + np.arange(len(link)))
    lanes = study(pieces).lanes[c.bundle]
    below = study(pieces).second[c.bundle] != c.piece
    port = np.where(below, 0, study(cages).head_port[link] // lanes)
    end = np.where(lanes > 1, port, end)
    key = c.cord * (int(end.max(initial=0)) + 1) + end
    _, first, row = np.unique(key, return_index=True, return_inverse=True)
    # Tails of a cord stand together, cords in the order of their first links.
    order = np.lexsort((first, c.cord[first]))
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


def _first_of(cord: IntArray) -> FloatArray:
    """(n,) 1 in the first row of each cord, 0 in its others."""
    out = np.zeros(len(cord))
    out[np.unique(cord, return_index=True)[1]] = 1.0
    return out


def _whole(count: FloatArray) -> FloatArray:
    return np.where(count % 1 == 0, count, np.nan)


def _sequence(number: IntArray, cord: IntArray) -> IntArray:
    """Place of each row's cord among the cords of its bundle, from 1."""
    order = np.lexsort((cord, number))
    bundle, cord = number[order], cord[order]
    new = np.ones(len(order), dtype=bool)
    new[1:] = bundle[1:] != bundle[:-1]
    other = new.copy()
    other[1:] |= cord[1:] != cord[:-1]
    count = np.cumsum(other)
    start = np.maximum.accumulate(np.where(new, count, 0))
    out = np.empty(len(order), dtype=np.int64)
    out[order] = count - start + 1
    return out


def _in_order(piece: IntArray, pull: IntArray) -> IntArray:
    """(n,) number of each row's bundle, from 1: in the order of pulls, then of its first row."""
    key = pull * (int(piece.max(initial=0)) + 1) + piece
    found, first, inverse = np.unique(key, return_index=True, return_inverse=True)
    rank = np.empty(len(found), dtype=np.int64)
    rank[np.lexsort((first, pull[first]))] = np.arange(1, len(found) + 1)
    return np.asarray(rank[inverse.ravel()])


def _end(study: Study, c: Cords, first: IntArray, piece: IntArray, *, upper: bool) -> Ends:
    """One end of all rows: first those of the port map, then those by hand."""
    of, part, each = study(bundles), study(parts), study(pieces)
    bundle = each.bundle[piece]
    panel = _panels(study, piece, upper=upper)
    device = panel < 0
    hand = len(bundle) - len(first)
    place = each.host[piece] if upper else each.place[piece]
    switch = np.where(device, of.switch[bundle] if upper else of.low[bundle], -1)
    at = c.link[first]
    node = np.full(len(first), -1) if upper else study(port_map).node[at]
    moulded = _moulded(study, bundle)
    port = (study(panel_ports).low if upper else study(panel_ports).high)[at]
    none = np.zeros(len(first), dtype=np.int64)
    cage, lane, last = (
        np.concatenate([np.where(device[: len(first)], own, other), np.zeros(hand, np.int64)])
        for own, other in zip(_plugs(study, c, first, upper=upper), (port, none, none), strict=True)
    )
    plug = (part.head if upper else part.tail)[bundle]
    unit = np.append(np.asarray(study.table("switch")["unit"], dtype=float), np.nan)
    of_panel = np.append(np.asarray(study.table("panel")["unit"], dtype=float), np.nan)
    alone = np.append(_behind(study, at, upper=upper) == 1, np.zeros(hand, dtype=bool))
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


def _behind(study: Study, link: IntArray, *, upper: bool) -> IntArray:
    at = study(cages)
    return (at.head_ports if upper else at.tail_ports)[link]


def _plugs(
    study: Study, c: Cords, first: IntArray, *, upper: bool
) -> tuple[IntArray, IntArray, IntArray]:
    """Cage, and first and last lane of each row's plug, from 1.

    A splitter takes the whole port at its head, however many of its tails there are, and a cord to
    a cassette that shuffles the whole port at either end.
    """
    at, of, part = study(cages), c.link[first], study(parts)
    port = (at.head_port if upper else at.tail_port)[of]
    behind = (at.head_ports if upper else at.tail_ports)[of]
    split = np.append(part.media.split, 1)[part.medium[c.bundle[first]]]
    held = study(pieces).lanes[c.bundle[first]] * (split if upper else 1)
    lane = port // held * held % behind + 1
    return port // behind + 1, lane, lane + held - 1


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
