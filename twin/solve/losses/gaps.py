"""Gaps in supply: how long each feeder is without, case by case, until it stands elsewhere.

What moves to its other side is without supply for its own `transfer_s`, and all below it with it.
Where it moves onto a generator on which nothing stood, that generator must start and synchronise
first. A feeder fed from a parallel group is without only as long as the best of the group. A UPS,
or a rectifier with a battery, bridges for what stands below it, if its battery lasts; whether it
does is said beside the gap and not taken for granted.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.arrays.power import of_feeders
from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.limits import limit
from twin.solve.losses.cases import cases
from twin.solve.losses.switching import grid
from twin.solve.study import Study


@dataclass(frozen=True)
class FeederGaps:
    """Feeders that live after a case and were without supply meanwhile, sorted by case and node.

    Attributes
    ----------
    case, node
        (G,) case and feeder.
    gap_s
        (G,) time without supply at its input, were there no battery; NaN not known.
    lacking
        (G,) feeder whose transfer_s nobody knows, -1 none.
    starts
        (G,) the generator that must start for it, -1 none.
    battery
        (G,) feeder above it, or itself, whose battery bridges the gap, -1 none; of several the
        one nearest to the source.
    """

    case: IntArray
    node: IntArray
    gap_s: FloatArray
    lacking: IntArray
    starts: IntArray
    battery: IntArray

    def find(self, case: IntArray, node: IntArray) -> IntArray:
        """Rows of (case, node), -1 where that feeder was never without supply."""
        key = (self.case << 32) + self.node
        wanted = (case.astype(np.int64) << 32) + node
        at = np.searchsorted(key, wanted)
        return np.where(np.append(key, -1)[at] == wanted, at, -1)


def feeder_gaps(study: Study) -> FeederGaps:
    """Follow the gap of every switch that moves down to all that hangs below it."""
    fallen = study(cases).fallen
    parts = [_of_case(study, int(c)) for c in np.flatnonzero(np.diff(fallen.over_ptr) > 0)]
    none = np.empty(0)
    columns = [np.concatenate([none, *p]) for p in zip(*parts, strict=True)] or [none] * 6
    case, node, gap, lacking, starts, battery = columns
    ints = (c.astype(np.int64) for c in (case, node, lacking, starts, battery))
    case, node, lacking, starts, battery = ints
    return FeederGaps(case, node, gap.astype(float), lacking, starts, battery)


def beside(study: Study, source: IntArray, case: IntArray) -> tuple[IntArray, IntArray]:
    """Find the sources that take a load together: those of one parallel group that live.

    Parameters
    ----------
    source, case
        (n,) feeder, -1 none, and case.

    Returns
    -------
    row, node
        (m,) place in `source`, and feeder: itself, and those beside it.
    """
    topology, now, fallen = study.arrays.topology.power, study(grid), study(cases).fallen
    row, node = np.flatnonzero(source >= 0), source[source >= 0]
    parts = [(row, node)]
    joined = topology.group[node] >= 0
    keys, at = np.unique(
        np.stack([topology.group[node[joined]], case[row[joined]]]), axis=1, return_inverse=True
    )
    for k, (g, c) in enumerate(keys.T.tolist()):
        mine = topology.members[topology.group_ptr[g] : topology.group_ptr[g + 1]]
        gone = fallen.dead[fallen.ptr[c] : fallen.ptr[c + 1]]
        live = mine[~now.dead[mine] & ~np.isin(mine, gone)]
        of = row[joined][at.ravel() == k]
        parts.append((np.repeat(of, len(live)), np.tile(live, len(of))))
    rows, nodes = (np.concatenate(p).astype(np.int64) for p in zip(*parts, strict=True))
    return rows, nodes


def standby(study: Study) -> BoolArray:
    """(feeders,) generators and stores on which nothing stands with nothing lost."""
    site, topology, now = study.site, study.arrays.topology.power, study(grid)
    out = np.zeros(topology.feeders, dtype=bool)
    start = site.first["source"] - topology.first
    table = site.tables["source"]
    out[start : start + len(table)] = np.asarray(table["kind"] != "utility", dtype=bool)
    busy = now.parent[now.parent >= 0]
    busy = busy[busy < topology.feeders]
    groups = topology.group[busy]
    out[busy] = False
    for g in np.unique(groups[groups >= 0]).tolist():
        out[topology.members[topology.group_ptr[g] : topology.group_ptr[g + 1]]] = False
    return out


def start_times(study: Study) -> FloatArray:
    """(feeders,) time until a source can take load, synchronised; 0 for one that runs.

    A generator that states no start has that of the code profile; a store of energy is there at
    once. Where no time of synchronising is given there is none.
    """
    site, topology = study.site, study.arrays.topology.power
    table, out = study.table("source"), np.zeros(topology.feeders)
    start = np.asarray(table["start_s"], dtype=float)
    kind = site.tables["source"]["kind"]
    usual = np.where(kind == "generator", limit(study, "start_s").value, 0.0)
    start = np.where(np.isnan(start), usual, start)
    sync = np.nan_to_num(np.asarray(table["sync_s"], dtype=float))
    first = site.first["source"] - topology.first
    out[first : first + len(table)] = start + sync
    return np.where(study(standby), out, 0.0)


def batteries(study: Study) -> BoolArray:
    """(feeders,) what bridges a gap: every UPS, and rectifiers that say how long."""
    site, topology = study.site, study.arrays.topology.power
    out = np.zeros(topology.feeders, dtype=bool)
    start = site.first["ups"] - topology.first
    out[start : start + len(site.tables["ups"])] = True
    start, table = site.first["rectifier"] - topology.first, study.table("rectifier")
    told = ~np.isnan(table["battery_min"].astype(float)) | ~np.isnan(
        table["hold_up_s"].astype(float)
    )
    out[start : start + len(table)] = told
    return out


_Part = tuple[IntArray, IntArray, FloatArray, IntArray, IntArray, IntArray]


def _of_case(study: Study, case: int) -> _Part:
    """Gaps of one case in which something moves."""
    topology, now, fallen = study.arrays.topology.power, study(grid), study(cases).fallen
    n = topology.feeders
    span = slice(fallen.over_ptr[case], fallen.over_ptr[case + 1])
    over, onto = fallen.over[span], fallen.onto[span]
    parent = now.parent[:n].copy()
    parent[over] = onto
    dead = now.dead[:n].copy()
    gone = fallen.dead[fallen.ptr[case] : fallen.ptr[case + 1]]
    dead[gone[gone < n]] = True
    own, lacking = np.zeros(n), np.full(n, -1, dtype=np.int64)
    delay = study(_delays)
    # Through a tie the tie's own time counts, not that of what it feeds.
    by_tie = topology.side_a[onto] >= 0
    own[over] = np.where(by_tie, 0.0, delay[over])
    lacking[over[np.isnan(own[over])]] = over[np.isnan(own[over])]
    moved = np.zeros(n, dtype=bool)
    moved[over] = True
    gap, source = _down(study, parent, dead, own, moved)
    battery = _above(study, parent, dead, gap)
    lacking = _blamed(parent, lacking, gap)
    node = np.flatnonzero(~dead & ~(gap <= 0.0) & (parent >= 0))
    same = np.full(len(node), case)
    return same, node, gap[node], lacking[node], source[node], battery[node]


def _delays(study: Study) -> FloatArray:
    """(feeders,) gap until each stands on its other side; NaN not known.

    A transfer switch has that of its product where it says none itself.
    """
    site, topology = study.site, study.arrays.topology.power
    out = of_feeders(site, "transfer_s").astype(float)
    start, table = site.first["transfer"] - topology.first, study.table("transfer")
    out[start : start + len(table)] = np.asarray(table["transfer_s"], dtype=float)
    return out


def _down(
    study: Study, parent: IntArray, dead: BoolArray, own: FloatArray, moved: BoolArray
) -> tuple[FloatArray, IntArray]:
    """Carry gaps down: own and what is above; of a parallel group the shortest counts."""
    topology, start = study.arrays.topology.power, study(start_times)
    n = len(parent)
    gap, source = own.copy(), np.full(n, -1, dtype=np.int64)
    heads = parent < 0
    gap[heads] = start[heads]
    source[heads & (start > 0)] = np.flatnonzero(heads & (start > 0))
    group, members, ptr = topology.group, topology.members, topology.group_ptr
    fed = np.flatnonzero(parent >= 0)
    for _ in range(int(topology.depth.max(initial=0)) + len(own[moved]) + 2):
        above, first = gap.copy(), np.arange(n)
        for g in np.unique(group[parent[fed]][group[parent[fed]] >= 0]).tolist():
            mine = members[ptr[g] : ptr[g + 1]]
            live = mine[~dead[mine]]
            if len(live):
                best = live[np.argmin(np.nan_to_num(gap[live], nan=np.inf))]
                above[mine], first[mine] = gap[best], best
        more = gap.copy()
        more[fed] = own[fed] + above[parent[fed]]
        source[fed] = source[first[parent[fed]]]
        if np.array_equal(more, gap, equal_nan=True):
            break
        gap = more
    return gap, source


def _above(study: Study, parent: IntArray, dead: BoolArray, gap: FloatArray) -> IntArray:
    """(feeders,) battery nearest to the source on the way up that has a gap at its input."""
    has = study(batteries) & ~dead & ~(gap <= 0.0) & (parent >= 0)
    out = np.where(has, np.arange(len(parent)), -1)
    at = parent.copy()
    while (at >= 0).any():
        own = (at >= 0) & has[at]
        out = np.where(own, at, out)
        at = np.where(at >= 0, parent[at], -1)
    return out


def _blamed(parent: IntArray, lacking: IntArray, gap: FloatArray) -> IntArray:
    """(feeders,) first on the way up whose time nobody knows, -1 where the gap is known."""
    out, at = lacking.copy(), parent.copy()
    while (at >= 0).any():
        out = np.where((out < 0) & (at >= 0), lacking[at], out)
        at = np.where(at >= 0, parent[at], -1)
    return np.where(np.isnan(gap), out, -1)
