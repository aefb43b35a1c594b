"""Who needs whom, across layers: acyclic, and ordered so that needs come before the needy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.arrays.power import depths, parents
from twin.model.base import FEEDERS
from twin.site.resolve import resolved
from twin.site.site import Site
from twin.site.table import IntArray

_RANK = {
    "product": 0, "source": 1, "transformer": 1, "ups": 1, "board": 1, "rpp": 1, "busway": 1,
    "tap": 1, "whip": 1, "plant": 2, "air_unit": 3, "hall": 4, "cdu": 5, "loop": 6,
    "switch": 6, "row": 7, "position": 8, "delivery": 8, "rack": 9,
}  # fmt: skip
"""Kinds in an order in which nothing needs what comes later; feeders go by depth within."""


@dataclass(frozen=True)
class Needs:
    """Rows `needs[ptr[s]:ptr[s + 1]]` are what subject s cannot do without; `order` sweeps it."""

    ptr: IntArray
    needs: IntArray
    order: IntArray


def reverse(needs: Needs) -> Needs:
    """Return who is needed by whom: rows are the needy of each subject."""
    tail = np.repeat(np.arange(len(needs.ptr) - 1), np.diff(needs.ptr))
    order = np.argsort(needs.needs, kind="stable")
    ptr = np.searchsorted(needs.needs[order], np.arange(len(needs.ptr))).astype(np.int64)
    return Needs(ptr=ptr, needs=tail[order], order=needs.order[::-1])


def needs_of(site: Site) -> Needs:
    """Collect the needs of every subject."""
    pairs = [*_power(site), *_cooling(site), *_places(site)]
    tail = np.concatenate([p[0] for p in pairs]).astype(np.int64)
    head = np.concatenate([p[1] for p in pairs]).astype(np.int64)
    keep = (tail >= 0) & (head >= 0)
    tail, head = tail[keep], head[keep]
    sorting = np.lexsort((head, tail))
    tail, head = tail[sorting], head[sorting]
    ptr = np.concatenate([[0], np.cumsum(np.bincount(tail, minlength=site.size))])
    return Needs(ptr=ptr.astype(np.int64), needs=head, order=_order(site))


def _all(site: Site, kind: str) -> IntArray:
    return np.arange(len(site.tables[kind])) + site.first[kind]


def _ref(site: Site, kind: str, column: str) -> tuple[IntArray, IntArray]:
    return _all(site, kind), np.asarray(site.tables[kind][column], dtype=np.int64)


def _power(site: Site) -> list[tuple[IntArray, IntArray]]:
    whips = site.tables["whip"]
    pairs = [_ref(site, k, "fed_from") for k in (*FEEDERS, "tap")]
    pairs += [_ref(site, k, "type") for k in FEEDERS]
    pairs.append((_all(site, "whip"), np.asarray(whips["tap"])))
    pairs.append((np.asarray(whips["rack"]), _all(site, "whip")))
    feed = site.tables["feed"]
    pairs.append((np.asarray(feed["tail"]), np.asarray(feed["head"])))
    return pairs


def _cooling(site: Site) -> list[tuple[IntArray, IntArray]]:
    cdus, units = site.tables["cdu"], site.tables["air_unit"]
    racks = site.tables["rack"]
    pairs = [_ref(site, k, c) for k in ("cdu", "air_unit") for c in ("plant", "type")]
    pairs.append((np.asarray(cdus["loop"]), _all(site, "cdu")))
    pairs.append((np.asarray(units["hall"]), _all(site, "air_unit")))
    place = site.rows_of("position", racks["position"])
    loop = np.append(site.tables["position"]["loop"], -1)[place]
    wet = ~(resolved(site, "rack", "liquid_share_high") <= 0)
    pairs.append((_all(site, "rack"), np.where(wet, loop, -1)))
    return pairs


def _places(site: Site) -> list[tuple[IntArray, IntArray]]:
    drops = site.tables["drop"]
    racks, switches = site.tables["rack"], site.tables["switch"]
    place = site.rows_of("position", racks["position"])
    pairs = [
        _ref(site, "rack", "position"), _ref(site, "rack", "type"),
        _ref(site, "rack", "delivery"), _ref(site, "position", "hall"),
        _ref(site, "position", "row"), _ref(site, "switch", "type"),
        _ref(site, "switch", "medium"),
    ]  # fmt: skip
    if len(drops) and len(switches):
        # A rack needs the switches of its position's drop, except a rack that hosts them itself.
        at = site.rows_of("position", drops["tail"])
        order = np.argsort(place, kind="stable")
        low = np.searchsorted(place[order], at, side="left")
        count = np.searchsorted(place[order], at, side="right") - low
        total = int(count.sum())
        within = np.arange(total) - np.repeat(np.cumsum(count) - count, count)
        rack = order[np.repeat(low, count) + within] + site.first["rack"]
        pairs.append((rack, np.repeat(np.asarray(drops["head"]), count)))
    return pairs


def _order(site: Site) -> IntArray:
    rank = np.zeros(site.size, dtype=np.int64)
    for kind, first in site.first.items():
        rank[first : first + len(site.tables[kind])] = _RANK.get(kind, 10) << 8
    depth = depths(parents(site))
    first = site.first["source"]
    rank[first : first + len(depth)] += depth
    return np.argsort(rank, kind="stable").astype(np.int64)
