"""Cords: every cable that is pulled, with both its ends, its parts, its way and its turn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.site.table import BoolArray, DateArray, IntArray
from twin.solve.cabling.bundles import bundles
from twin.solve.cabling.chosen import bundle_of_links
from twin.solve.cabling.laying import laying
from twin.solve.cabling.parts import parts
from twin.solve.cabling.pieces import pieces
from twin.solve.fabric.cages import cages
from twin.solve.fabric.portmap import port_map
from twin.solve.study import Study


@dataclass(frozen=True)
class Cords:
    """Links of the port map whose two ends stand, in the order in which they are pulled, (n,).

    A link through panels is here twice: in the cord at its lower end and in that at its upper.

    Attributes
    ----------
    link
        Row of the port map.
    cord
        Number of the cord from 0: a moulded cable holds all links of its plug, a fibre cord those
        of its splitter, else each link has its own.
    piece, bundle
        Rows of `pieces` and of `bundles`.
    pull
        Number of the pull from 1: cords of one day that leave one rack together.
    day
        Day on which both ends of the link stand; NaT not known.
    tail
        Number of the cage, and so of the plug, at the lower end of the link.
    """

    link: IntArray
    cord: IntArray
    piece: IntArray
    bundle: IntArray
    pull: IntArray
    day: DateArray
    tail: IntArray


def cords(study: Study) -> Cords:
    """All cords, by day, by the rack at their upper end, the longest way first."""
    piece, of_link = study(pieces), study(bundle_of_links)
    first = np.flatnonzero(of_link >= 0)
    again = first[piece.second[of_link[first]] >= 0]
    link = np.concatenate([first, again])
    of = np.concatenate([of_link[first], piece.second[of_link[again]]])
    length = study(laying).way_m[of]
    day = study(days)[piece.bundle[of]]
    order = np.lexsort((
        link, of, piece.place[of], -np.nan_to_num(length, posinf=0.0), piece.host[of],
        day.astype(np.int64),
    ))  # fmt: skip
    link, of, day = link[order], of[order], day[order]
    host = piece.host[of]
    turn = np.ones(len(of), dtype=bool)
    turn[1:] = (host[1:] != host[:-1]) | (day[1:] != day[:-1])
    return Cords(
        link=link,
        cord=_cord_of(study, link, of),
        piece=of,
        bundle=piece.bundle[of],
        pull=np.cumsum(turn).astype(np.int64),
        day=day,
        tail=study(cages).tail[link],
    )


def _cord_of(study: Study, link: IntArray, of: IntArray) -> IntArray:
    """Give each link the number of its cord, in the order of the links."""
    part, at, p, piece = study(parts), study(cages), study(port_map), study(pieces)
    bundle = piece.bundle[of]
    medium = part.medium[bundle]
    moulded = np.append(part.media.moulded, False)[medium]
    # What is split is so at the upper end of the link: a cord from below to a panel is not.
    below = (piece.second[bundle] >= 0) & (piece.second[bundle] != of)
    # Links that a cassette shuffles share a port and a cord at either end.
    lanes = piece.lanes[bundle]
    split = np.where(below, 1, np.maximum(np.append(part.media.split, 1)[medium], lanes))
    # A moulded cable: all links of its plug. A fibre cord: those that share a port of the plug.
    port = at.head_port[link] // np.maximum(split, 1)
    shared = np.where(moulded, at.head[link], -1)
    alone = np.where(
        moulded, -1, np.where(split > 1, p.high[link] * _most(at.head_port) + port, -1)
    )
    tail = at.tail[link] * _most(at.tail_port) + at.tail_port[link] // lanes
    alone = np.where(below & (lanes > 1), tail, alone)
    single = np.where((shared < 0) & (alone < 0), link, -1)
    key = np.stack([shared, alone, single, below])
    _, first, number = np.unique(key, axis=1, return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    return rank[number.ravel()]


def _most(ports: IntArray) -> int:
    return int(ports.max(initial=0)) + 1


def ends_stand(study: Study) -> BoolArray:
    """(B,) whether a rack stands at both ends of each of the `bundles` on the day of the study."""
    bundle = study(bundles)
    place = study.site.rows_of("position", study.table("rack")["position"])
    there = np.zeros(len(study.table("position")) + 1, dtype=bool)
    there[place[study.here]] = True
    there[-1] = False
    low = np.where(bundle.rack >= 0, np.append(study.here, False)[bundle.rack], there[bundle.place])
    return np.asarray(low & there[bundle.host])


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
