"""Who needs whom, across layers: acyclic, and ordered so that needs come before the needy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.arrays.power import rack_of_whips
from twin.model.base import FEEDERS, POWER_KINDS
from twin.site.fabrics.wiring import of_managers
from twin.site.resolve import resolved
from twin.site.site import Site
from twin.site.table import BoolArray, IntArray

_RANK = {
    "product": 0, **dict.fromkeys(POWER_KINDS, 1),
    "plant": 2, "air_unit": 3, "hall": 4, "zone": 4, "cdu": 5, "loop": 6,
    "row": 7, "fabric": 7, "position": 8, "delivery": 8, "rack": 9, "switch": 9,
}  # fmt: skip
"""Kinds in an order in which nothing needs what comes later; feeders go by depth within, racks
and switches by how many of each other they stand on."""


_Pairs = tuple[IntArray, IntArray]


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


def without(needs: Needs, first: int, last: int) -> Needs:
    """Return the needs of things other than those numbered first .. last, in the same order."""
    kept = (needs.needs < first) | (needs.needs >= last)
    counts = np.concatenate([[0], np.cumsum(kept)])
    return Needs(ptr=counts[needs.ptr].astype(np.int64), needs=needs.needs[kept], order=needs.order)


def needs_of(site: Site) -> Needs:
    """Collect the needs of every subject."""
    network = _network(site)
    power = _power(site)
    pairs = [*power, *_cooling(site), *_places(site), *network]
    tail = np.concatenate([p[0] for p in pairs]).astype(np.int64)
    head = np.concatenate([p[1] for p in pairs]).astype(np.int64)
    keep = (tail >= 0) & (head >= 0)
    tail, head = tail[keep], head[keep]
    tail, head = _sorted(tail, head, site.size)
    ptr = np.concatenate([[0], np.cumsum(np.bincount(tail, minlength=site.size))])
    return Needs(ptr=ptr.astype(np.int64), needs=head, order=_order(site, [*power, *network]))


def hosts(site: Site, kind: str = "switch") -> IntArray:
    """(n,) rack row that each thing of a kind stands in: its own, else that on its position."""
    things, racks = site.tables[kind], site.tables["rack"]
    place = site.rows_of("position", racks["position"])
    at = np.full(len(site.tables["position"]) + 1, -1, dtype=np.int64)
    at[place[::-1]] = np.arange(len(racks))[::-1]
    at[-1] = -1
    on = at[site.rows_of("position", things["position"])]
    if "rack" not in things.columns:
        return on
    own = site.rows_of("rack", things["rack"])
    return np.where(own >= 0, own, on)


def _all(site: Site, kind: str) -> IntArray:
    return np.arange(len(site.tables[kind])) + site.first[kind]


def _ref(site: Site, kind: str, column: str) -> tuple[IntArray, IntArray]:
    return _all(site, kind), np.asarray(site.tables[kind][column], dtype=np.int64)


def _power(site: Site) -> list[_Pairs]:
    whips = site.tables["whip"]
    pairs = [_ref(site, k, "fed_from") for k in (*FEEDERS, "tap")]
    pairs += [(head, tail) for tail, head in (_ref(site, k, "parallel_with") for k in FEEDERS)]
    pairs += _other_sides(site, pairs)
    pairs += [_ref(site, k, "type") for k in FEEDERS]
    pairs.append((_all(site, "whip"), np.asarray(whips["tap"])))
    # A whip that names a position belongs to the rack that stands there.
    rack = rack_of_whips(site)
    pairs.append((np.where(rack >= 0, rack + site.first["rack"], -1), _all(site, "whip")))
    feed = site.tables["feed"]
    pairs.append((np.asarray(feed["tail"]), np.asarray(feed["head"])))
    return pairs


def _other_sides(site: Site, fed: list[_Pairs]) -> list[_Pairs]:
    """Feeders on their alternates and ties; two that stand in for each other need neither."""
    others = [_ref(site, k, "alternate") for k in FEEDERS]
    for side in ("side_a", "side_b"):
        tie, board = _ref(site, "tie", side)
        others.append((board, tie))
    tail, head = (np.concatenate([p[i] for p in (*fed, *others)]) for i in (0, 1))
    given = (tail >= 0) & (head >= 0)
    rows = np.flatnonzero(given)
    rows = rows[_between_cycles(tail[rows], head[rows], site.size)]
    apart = np.ones(len(tail), dtype=bool)
    apart[rows] = False
    first = sum(len(p[0]) for p in fed)
    keep = np.flatnonzero(apart[first:] & given[first:]) + first
    return [(tail[keep], head[keep])]


def _cooling(site: Site) -> list[tuple[IntArray, IntArray]]:
    cdus, units = site.tables["cdu"], site.tables["air_unit"]
    pairs = [_ref(site, k, c) for k in ("cdu", "air_unit") for c in ("plant", "type")]
    pairs.append((np.asarray(cdus["loop"]), _all(site, "cdu")))
    # What serves a zone, or stands behind a position, serves nobody else in the hall.
    served = np.where(units["zone"] >= 0, units["zone"], units["hall"])
    served = np.where(units["position"] >= 0, units["position"], served)
    pairs.append((served.astype(np.int64), _all(site, "air_unit")))
    loop = site.subject("loop", loops_of_racks(site))
    wet = ~(resolved(site, "rack", "liquid_share_high") <= 0)
    pairs.append((_all(site, "rack"), np.where(wet, loop, -1)))
    return pairs


def loops_of_racks(site: Site) -> IntArray:
    """(racks,) row of the loop on which each rack hangs: its own CDUs', else its position's."""
    place = site.rows_of("position", site.tables["rack"]["position"])
    out = site.rows_of("loop", np.append(site.tables["position"]["loop"], -1)[place])
    rack = site.rows_of("rack", site.tables["loop"]["rack"])
    out[rack[rack >= 0]] = np.flatnonzero(rack >= 0)
    return out


def _places(site: Site) -> list[tuple[IntArray, IntArray]]:
    return [
        _ref(site, "rack", "position"), _ref(site, "rack", "type"),
        _ref(site, "rack", "delivery"), _ref(site, "position", "hall"),
        _ref(site, "position", "zone"), _ref(site, "position", "row"), _ref(site, "switch", "type"),
        _ref(site, "switch", "medium"), _ref(site, "switch", "fabric"),
    ]  # fmt: skip


def _network(site: Site) -> list[_Pairs]:
    """Racks on the switches of their drops, these on those above, and all on racks that house them.

    A rack does not wait for a switch in itself. Where racks house each other's switches, no order
    has needs first: such switches stand on their own, and what befalls their racks does not reach
    the racks that use them.
    """
    drops, racks = site.tables["drop"], site.tables["rack"]
    place = site.rows_of("position", racks["position"])
    at = site.rows_of("position", drops["tail"])
    order = np.argsort(place, kind="stable")
    low = np.searchsorted(place[order], at, side="left")
    count = np.searchsorted(place[order], at, side="right") - low
    count = np.where(at >= 0, count, 0)
    own = ~of_managers(drops)
    within = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
    rack = order[np.repeat(low, count) + within]
    switch = np.repeat(np.where(own, site.rows_of("switch", drops["head"]), -1), count)
    host = hosts(site)
    apart = (switch >= 0) & (np.append(host, -1)[switch] != rack)
    uplink = site.tables["uplink"]
    tail = np.concatenate([rack[apart] + site.first["rack"], uplink["tail"]])
    head = np.concatenate([switch[apart] + site.first["switch"], uplink["head"]])
    housed = np.flatnonzero(host >= 0)
    stands, on = housed + site.first["switch"], host[housed] + site.first["rack"]
    ring = _between_cycles(np.concatenate([tail, stands]), np.concatenate([head, on]), site.size)
    free = ~ring[len(tail) :]
    return [(tail, head), (stands[free], on[free])]


def _between_cycles(tail: IntArray, head: IntArray, size: int) -> BoolArray:
    """(E,) needs that lie on a cycle, or on the way from one cycle to another."""
    left = np.ones(len(tail), dtype=bool)
    while True:
        needy, needed = np.zeros(size, dtype=bool), np.zeros(size, dtype=bool)
        needy[tail[left]], needed[head[left]] = True, True
        kept = left & needy[head] & needed[tail]
        if np.array_equal(kept, left):
            return left
        left = kept


def _steps(tail: IntArray, head: IntArray, size: int) -> IntArray:
    """(size,) most needs in a row below each subject; the needs have no cycle."""
    steps = np.zeros(size, dtype=np.int64)
    while len(tail):
        needy = np.zeros(size, dtype=bool)
        needy[tail] = True
        steps += needy
        left = needy[head]
        tail, head = tail[left], head[left]
    return steps


def _sorted(tail: IntArray, head: IntArray, size: int) -> tuple[IntArray, IntArray]:
    """Needs by who has them, then by what is needed: sorted as one number, in a third the time."""
    key = np.sort(tail * size + head, kind="stable")
    tail = key // max(size, 1)
    return tail, key - tail * size


def _order(site: Site, within: list[_Pairs]) -> IntArray:
    """Order by kind, and within power and among racks and switches by what each stands on."""
    rank = np.zeros(site.size, dtype=np.int64)
    for kind, first in site.first.items():
        rank[first : first + len(site.tables[kind])] = _RANK.get(kind, 10) << 32
    tail, head = (np.concatenate([p[i] for p in within]).astype(np.int64) for i in (0, 1))
    given = (tail >= 0) & (head >= 0)
    rank += _steps(tail[given], head[given], site.size)
    return np.argsort(rank, kind="stable").astype(np.int64)
