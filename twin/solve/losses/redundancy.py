"""The redundancy that each rack really has on a day, from where its whips hang.

Declared names are not trusted. Racks whose whips hang on the same feeders are one pattern, and
what follows is found once for each.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from twin.site.table import FloatArray, IntArray
from twin.solve.losses.paths import above, disjoint, reaches, within
from twin.solve.losses.supply_lost import shielded
from twin.solve.losses.switching import grid
from twin.solve.power.shares import shares
from twin.solve.power.supplies import supplies
from twin.solve.study import Study


@dataclass(frozen=True)
class Pattern:
    """Racks whose living whips hang on the same feeders.

    Attributes
    ----------
    racks
        Rows.
    heads
        Power nodes that carry their taps, ascending.
    ways
        Greatest number of ways to a source that share no element, by switches that act of
        themselves; a zone between two protective devices falls as one.
    dominators
        Power nodes whose single loss takes all supplies, the source first.
    systems
        Power nodes that the sides on which they stand now count as: UPS or central rectifiers;
        sources where there are none; below one source the highest elements that differ.
    reserve
        The same of what stands by behind a transfer or a tie.
    """

    racks: IntArray
    heads: tuple[int, ...]
    ways: int
    dominators: tuple[int, ...]
    systems: tuple[int, ...]
    reserve: tuple[int, ...]


@dataclass(frozen=True)
class Redundancy:
    """Patterns, and for each rack its own.

    Attributes
    ----------
    patterns
        Patterns of the racks that stand.
    of_rack
        (racks,) pattern, -1 where a rack does not stand or no whip leads to it.
    source_rack, source, share
        (E,) sources on which racks stand with nothing lost, and their shares, 1 per rack.
    own
        Per rack with a single living whip: whip and tap, which take it too.
    """

    patterns: tuple[Pattern, ...]
    of_rack: IntArray
    source_rack: IntArray
    source: IntArray
    share: FloatArray
    own: dict[int, tuple[int, ...]]

    def dominators(self, rack: int) -> tuple[int, ...]:
        """Power nodes whose single loss takes all supplies of a rack, the source first."""
        pattern = int(self.of_rack[rack])
        shared = self.patterns[pattern].dominators if pattern >= 0 else ()
        return (*shared, *self.own.get(rack, ()))

    def sources(self, rack: int) -> list[tuple[int, float]]:
        """Return the sources of a rack with their shares, by node."""
        low, high = np.searchsorted(self.source_rack, [rack, rack + 1])
        pairs = zip(self.source[low:high].tolist(), self.share[low:high].tolist(), strict=True)
        return list(pairs)


def redundancy(study: Study) -> Redundancy:
    """Find what every rack stands on, on the day of the study."""
    found = sorted(_groups(study))
    up, zones = above(study), _zones(study)
    sources = _sources(study, up)
    patterns = tuple(_pattern(study, heads, racks, up, zones, sources) for heads, racks in found)
    of_rack = np.full(len(study.here), -1, dtype=np.int64)
    for number, pattern in enumerate(patterns):
        of_rack[pattern.racks] = number
    rack, source, share = _shares(study, sources)
    return Redundancy(patterns, of_rack, rack, source, share, _own(study))


def _living(study: Study) -> tuple[IntArray, IntArray, IntArray]:
    """Rack, whip and tap of each whip that has supply with nothing lost, of racks that stand."""
    topology, now, fed = study.arrays.topology.power, study(grid), study(supplies)
    whips = len(topology.whips)
    tap = fed.start[:whips]
    alive = (tap >= 0) & ~now.dead[tap] & ~now.dead[topology.whips]
    alive &= study.here[topology.rack_of]
    return topology.rack_of[alive], topology.whips[alive], tap[alive]


def _groups(study: Study) -> Iterator[tuple[tuple[int, ...], IntArray]]:
    """Racks by the feeders that carry their taps."""
    rack, _, tap = _living(study)
    head = study(grid).parent[tap]
    pairs = np.unique(np.stack([rack, head], axis=1)[head >= 0], axis=0)
    if not len(pairs):
        return
    start = np.flatnonzero(np.append(True, pairs[1:, 0] != pairs[:-1, 0]))
    groups: dict[tuple[int, ...], list[int]] = {}
    for own in np.split(pairs, start[1:]):
        groups.setdefault(tuple(own[:, 1].tolist()), []).append(int(own[0, 0]))
    for heads, racks in groups.items():
        yield heads, np.array(racks, dtype=np.int64)


def _own(study: Study) -> dict[int, tuple[int, ...]]:
    """Tap and whip of racks that hang on one whip, the tap of those that hang on one tap."""
    rack, whip, tap = _living(study)
    out: dict[int, tuple[int, ...]] = {}
    racks = len(study.here)
    whips = np.bincount(rack, minlength=racks)
    pairs = np.unique(np.stack([rack, tap], axis=1), axis=0)
    taps = np.bincount(pairs[:, 0], minlength=racks)
    one = taps[rack] == 1
    for r, w, t in zip(rack[one].tolist(), whip[one].tolist(), tap[one].tolist(), strict=True):
        out[r] = (t, w) if whips[r] == 1 else (t,)
    return out


def _zones(study: Study) -> dict[int, set[int]]:
    """Feeders that fall with a fault in one of them; who falls alone is left out.

    What hangs below a parallel group without a device of its own takes all of the group with it.
    """
    topology, now = study.arrays.topology.power, study(grid)
    head = now.fault.head[: topology.feeders]
    out: dict[int, set[int]] = {}
    for node in np.flatnonzero(head != np.arange(len(head))).tolist():
        out.setdefault(int(head[node]), {int(head[node])}).add(node)
    return {node: zone for zone in out.values() for node in zone}


def _sources(study: Study, up: dict[int, tuple[int, ...]]) -> set[int]:
    """Nodes at which ways end: sources, and what nothing feeds."""
    topology = study.arrays.topology.power
    start, count = study.site.first["source"] - topology.first, len(study.table("source"))
    ends = {i for i in range(start, start + count) if i in up}
    return ends | {i for i in up if not up[i] and topology.side_a[i] < 0}


def _pattern(
    study: Study,
    heads: tuple[int, ...],
    racks: IntArray,
    up: dict[int, tuple[int, ...]],
    zones: dict[int, set[int]],
    sources: set[int],
) -> Pattern:
    mine = within(heads, up)
    candidates = set(mine).union(*(zones[n] for n in mine if n in zones))
    # A source that is out takes nothing of its zone with it.
    alone = study(shielded)
    dominators = tuple(
        n
        for n in sorted(candidates, key=lambda n: _depth(study, n))
        if not reaches(heads, mine, sources, {n} if alone[n] else zones.get(n, {n}))
    )
    systems = _systems(study, heads)
    return Pattern(
        racks=racks,
        heads=heads,
        ways=1 if dominators else disjoint(heads, mine, sources),
        dominators=dominators,
        systems=systems,
        reserve=_reserve(study, heads, systems),
    )


def _depth(study: Study, node: int) -> tuple[int, int]:
    return int(study.arrays.topology.power.depth[node]), node


def _climb(study: Study, node: int) -> list[int]:
    """List a node and all that feeds it now, up to its source; of a parallel group its leader."""
    parent, out = study(grid).parent, []
    while node >= 0:
        out.append(int(node))
        node = int(parent[node])
    return out


def _systems(study: Study, heads: tuple[int, ...]) -> tuple[int, ...]:
    """Say what the sides of a pattern count as, each once.

    The UPS or central rectifier of each side where all have one; else their sources; else, where
    all hang on one source, the highest element of each side that not all share.
    """
    sides = [_climb(study, h) for h in heads]
    converters = [_converter(study, side) for side in sides]
    if -1 not in converters:
        return tuple(sorted(set(converters)))
    ends = {side[-1] for side in sides}
    if len(ends) > 1 or len(sides) < 2:
        return tuple(sorted(ends))
    shared = set.intersection(*(set(side) for side in sides))
    tops = {[n for n in side if n not in shared][-1] for side in sides if set(side) - shared}
    return tuple(sorted(tops)) if len(tops) > 1 else tuple(sorted(ends))


def _converter(study: Study, side: list[int]) -> int:
    """First UPS or rectifier on the way up, -1 none."""
    first = study.arrays.topology.power.first
    for kind in ("ups", "rectifier"):
        start, count = study.site.first[kind] - first, len(study.table(kind))
        for node in side:
            if start <= node < start + count:
                return node
    return -1


def _reserve(study: Study, heads: tuple[int, ...], systems: tuple[int, ...]) -> tuple[int, ...]:
    """Say what stands by for a pattern beside what feeds it, counted as its systems are."""
    topology, now = study.arrays.topology.power, study(grid)
    act = now.scheme
    on = {n for h in heads for n in _climb(study, h)}
    below = {n for h in heads for n in _up_to(_climb(study, h), systems)}
    others: list[int] = []
    for node in below:
        if act.alternate[node] >= 0 and act.automatic[node]:
            others += [int(act.alternate[node]), int(topology.parent[node])]
        ties = np.flatnonzero(((act.side_a == node) | (act.side_b == node)) & act.automatic)
        others += [int(s) for t in ties for s in (act.side_a[t], act.side_b[t])]
    out: set[int] = set()
    for other in others:
        side = [n for n in _climb(study, other) if n not in on]
        if side and not now.dead[other]:
            top = _converter(study, side)
            out.add(top if top >= 0 else side[-1])
    return tuple(sorted(out - set(systems)))


def _up_to(side: list[int], systems: tuple[int, ...]) -> list[int]:
    """Nodes of a side below its system: what stands by above it serves the system, no rack."""
    return next((side[:i] for i, node in enumerate(side) if node in systems), side)


def _shares(study: Study, sources: set[int]) -> tuple[IntArray, IntArray, FloatArray]:
    """Shares of racks on sources with nothing lost, of what they draw there."""
    share, racks = study(shares), len(study.here)
    ends = np.zeros(study.arrays.topology.power.feeders + 1, dtype=bool)
    ends[sorted(sources)] = True
    ends = np.append(ends, np.zeros(len(study.arrays.topology.power.parent), dtype=bool))
    mine = np.flatnonzero((share.case == 0) & (share.load < racks) & ends[share.element])
    mine = mine[np.lexsort((share.element[mine], share.load[mine]))]
    total = np.bincount(share.load[mine], share.share[mine], minlength=racks)
    part = share.share[mine] / total[share.load[mine]]
    return share.load[mine], share.element[mine], part
