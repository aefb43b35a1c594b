"""Cords: every cable that is pulled, with both its ends, its parts, its way and its turn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.site.table import BoolArray, DateArray, IntArray
from twin.solve.cabling.bundles import bundles
from twin.solve.cabling.chosen import bundle_of_links
from twin.solve.cabling.parts import parts
from twin.solve.cabling.ways import ways
from twin.solve.fabric.cages import cages
from twin.solve.fabric.portmap import port_map
from twin.solve.study import Study


@dataclass(frozen=True)
class Cords:
    """Links of the port map whose two ends stand, in the order in which they are pulled, (n,).

    Attributes
    ----------
    link
        Row of the port map.
    cord
        Number of the cord from 0: a moulded cable holds all links of its plug, a fibre cord those
        of its splitter, else each link has its own.
    bundle
        Row of `bundles`.
    sequence
        Place within the bundle, from 1.
    pull
        Number of the pull from 1: bundles of one day that leave one rack together.
    day
        Day on which both ends stand; NaT not known.
    head, tail
        Number of the cage, and so of the plug, at the upper and at the lower end.
    """

    link: IntArray
    cord: IntArray
    bundle: IntArray
    sequence: IntArray
    pull: IntArray
    day: DateArray
    head: IntArray
    tail: IntArray

    @property
    def first(self) -> BoolArray:
        """(n,) the first link of each cord: what is counted once per cord."""
        _, at = np.unique(self.cord, return_index=True)
        out = np.zeros(len(self.cord), dtype=bool)
        out[at] = True
        return out


def cords(study: Study) -> Cords:
    """All cords, by day, by the rack at their upper end, the longest way first."""
    bundle, way, at = study(bundles), study(ways), study(cages)
    of_link = study(bundle_of_links)
    link = np.flatnonzero(of_link >= 0)
    of = of_link[link]
    # Of a bundle through panels the first cord decides: the one that its lower end is pulled to.
    length = np.append(way.way_m, np.nan)[way.pair[of]]
    day = study(days)[of]
    order = np.lexsort((
        link, of, bundle.place[of], -np.nan_to_num(length, posinf=0.0), bundle.host[of],
        day.astype(np.int64),
    ))  # fmt: skip
    link, of, day = link[order], of[order], day[order]
    new = np.ones(len(of), dtype=bool)
    new[1:] = of[1:] != of[:-1]
    start = np.flatnonzero(new)
    sequence = np.arange(len(of)) - np.repeat(start, np.diff(np.append(start, len(of)))) + 1
    host = bundle.host[of]
    turn = np.ones(len(of), dtype=bool)
    turn[1:] = (host[1:] != host[:-1]) | (day[1:] != day[:-1])
    return Cords(
        link=link,
        cord=_cord_of(study, link, of),
        bundle=of,
        sequence=sequence,
        pull=np.cumsum(turn).astype(np.int64),
        day=day,
        head=at.head[link],
        tail=at.tail[link],
    )


def _cord_of(study: Study, link: IntArray, bundle: IntArray) -> IntArray:
    """Give each link the number of its cord, in the order of the links."""
    part, at, p = study(parts), study(cages), study(port_map)
    medium = part.medium[bundle]
    moulded = np.append(part.media.moulded, False)[medium]
    split = np.append(part.media.split, 1)[medium]
    # A moulded cable: all links of its plug. A fibre cord: those that share a port of the plug.
    port = p.high_port[link] // np.maximum(split, 1)
    shared = np.where(moulded, at.head[link], -1)
    alone = np.where(moulded, -1, np.where(split > 1, p.high[link] * _most(p.high_port) + port, -1))
    single = np.where((shared < 0) & (alone < 0), link, -1)
    key = np.stack([shared, alone, single])
    _, first, number = np.unique(key, axis=1, return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    return rank[number.ravel()]


def _most(ports: IntArray) -> int:
    return int(ports.max(initial=0)) + 1


def days(study: Study) -> DateArray:
    """(B,) day on which both ends of each of the `bundles` stand; NaT not known."""
    bundle, site = study(bundles), study.site
    none = np.datetime64("NaT", "D")
    arrival = np.append(study.arrival, none)
    place = site.rows_of("position", study.table("rack")["position"])
    there = np.full(len(study.table("position")) + 1, none)
    there[place[::-1]] = study.arrival[::-1]
    there[-1] = none
    ready = np.append(study.table("switch")["ready"], none)
    low = np.where(bundle.rack >= 0, arrival[bundle.rack], there[bundle.place])
    ends = np.stack([low, there[bundle.host]])
    last = np.where(np.isnat(ends).any(axis=0), none, np.fmax(ends[0], ends[1]))
    for switch in (bundle.low, bundle.switch):
        last = np.where(np.isnat(last), last, np.fmax(last, ready[switch]))
    return np.asarray(last, dtype="datetime64[D]")


def trays_of_pairs(study: Study) -> list[IntArray]:
    """Trays along the way of each pair of places of `ways`, from the lower end to the upper."""
    way = study(ways)
    out: list[IntArray] = [np.empty(0, dtype=np.int64) for _ in way.way_m]
    for t in way.trees:
        for k, pair in enumerate(t.pair.tolist()):
            row, at = int(t.root[k]), int(t.end[k])
            pieces = []
            while t.above[row, at] >= 0:
                if t.piece[row, at] >= 0:
                    pieces.append(int(t.piece[row, at]))
                at = int(t.above[row, at])
            trays = way.graph.tray[np.array(pieces, dtype=np.int64)]
            new = np.ones(len(trays), dtype=bool)
            new[1:] = trays[1:] != trays[:-1]
            out[pair] = trays[new]
    return out
