"""What is lost together: each case closed over feeds, before any rule reads it.

A fault in an element takes out everything up to the nearest protective device, and all below it;
gear whose feeds are all dead is dead too, as is a unit whose plant is dead and a switch whose rack
has no living whip.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from twin.arrays.needs import hosts
from twin.kernels import kernel
from twin.model.policy import Outcome
from twin.site.table import BoolArray, FloatArray, IntArray, StrArray
from twin.solve.caps import caps
from twin.solve.study import Study

_POWER = ("source", "transformer", "ups", "board", "rpp", "busway", "tap")
_GEAR = ("plant", "cdu", "air_unit", "switch")


@dataclass(frozen=True)
class Cases:
    """Rows of what is lost; row 0 is all healthy.

    Attributes
    ----------
    name
        (C,) kind:id of the element whose loss it is, "" for row 0.
    origin
        (C,) its subject number, -1 for row 0.
    root
        (C,) power node under which all is dead, -1 where no power is lost.
    keep
        (C,) share of the load that racks must keep: 1 full, less where the policy caps.
    counts
        (C,) False where a cap is in doubt: nobody knows that it is fast enough, or who enforces it.
    gear_case, gear
        (n,) pairs of a case and a subject (plant, CDU, air unit, switch) that is dead in it,
        sorted by case, then subject.
    """

    name: StrArray
    origin: IntArray
    root: IntArray
    keep: FloatArray
    counts: BoolArray
    gear_case: IntArray
    gear: IntArray

    def __len__(self) -> int:
        """Return the number of cases, the healthy one included."""
        return len(self.name)

    def lost(self, first: int, count: int) -> tuple[IntArray, IntArray]:
        """(case, row) pairs of dead gear among the subjects first .. first + count."""
        mine = (self.gear >= first) & (self.gear < first + count)
        return self.gear_case[mine], self.gear[mine] - first


def outcome_of(study: Study, kind: str) -> Outcome | None:
    """Return what the policy asks for after the loss of an element of a kind; None: nothing."""
    outcome = study.site.policy.losses.get(kind)  # type: ignore[call-overload]
    return None if outcome in {None, "may go dark"} else outcome


def cases(study: Study) -> Cases:
    """Cases that the owner's policy says must be survived, one loss at a time."""
    found = [_asked(study, np.array([-1]), np.array([-1]))]
    if study.conditions.losses:
        found.append(_one_per_root(_power_elements(study), study.arrays.topology.power.first))
        lost = _gear_elements(study)
        found.append(_asked(study, lost, np.full(len(lost), -1)))
    named = np.array(_named(study), dtype=np.int64)
    found.append(_asked(study, named, np.array([_node(study, s) for s in named.tolist()])))
    origin, root = (np.concatenate([getattr(a, k) for a in found]) for k in ("origin", "root"))
    names = study.site.names
    gear_case, gear = _dead_gear(study, origin, root)
    return Cases(
        name=np.where(origin >= 0, names[origin] if len(names) else "", ""),
        origin=origin,
        root=root,
        keep=np.concatenate([a.keep for a in found]),
        counts=np.concatenate([a.counts for a in found]),
        gear_case=gear_case,
        gear=gear,
    )


class _Asked(NamedTuple):
    """Losses that are asked for: columns as in `Cases`."""

    origin: IntArray
    root: IntArray
    keep: FloatArray
    counts: BoolArray


def _asked(study: Study, origin: IntArray, root: IntArray) -> _Asked:
    root = root.astype(np.int64)
    return _Asked(origin, root, *caps(study, origin, root))


def _named(study: Study) -> list[int]:
    """Elements that the scenario loses by name, on top of the policy's."""
    if not study.lost:
        return []
    index = {name: s for s, name in enumerate(study.site.names.tolist())}
    return [index[name] for name in study.lost if name in index]


def _node(study: Study, subject: int) -> int:
    topology = study.arrays.topology.power
    node = subject - topology.first
    return int(topology.fault[node]) if 0 <= node < len(topology.fault) else -1


def _power_elements(study: Study) -> _Asked:
    """Power elements of which the policy speaks and on which something hangs."""
    site, topology = study.site, study.arrays.topology.power
    above = np.zeros(len(topology.parent) + 1, dtype=bool)
    above[topology.chain.ravel()] = True
    at = site.tables["feed"]["head"] - topology.first
    while (at >= 0).any():
        above[at[at >= 0]] = True
        at = np.where(at >= 0, topology.parent[np.maximum(at, 0)], -1)
    kinds = [k for k in _POWER if outcome_of(study, k) is not None]
    parts = [np.arange(len(site.tables[k])) + site.first[k] for k in kinds]
    subject = np.concatenate([np.empty(0, dtype=np.int64), *parts])
    root = topology.fault[subject - topology.first]
    used = above[root]
    return _asked(study, subject[used], root[used])


def _one_per_root(asked: _Asked, first: int) -> _Asked:
    """One case per root: the strictest outcome asked of all that falls with it.

    It is named after the root itself where that is as strict. A cap counts where what must be
    kept is the same whether or not the caps in doubt count.
    """
    full = np.where(asked.counts, asked.keep, 1.0)
    itself = asked.origin - first == asked.root
    order = np.lexsort((asked.origin, ~itself, -full, -asked.keep, asked.root))
    if not len(order):
        return asked
    root = asked.root[order]
    head = np.flatnonzero(np.concatenate([[True], root[1:] != root[:-1]]))
    keep = np.maximum.reduceat(asked.keep[order], head)
    certain = keep == np.maximum.reduceat(full[order], head)
    return _Asked(asked.origin[order[head]], root[head], keep, certain)


def _gear_elements(study: Study) -> IntArray:
    """Gear of which the policy speaks, (n,) subjects."""
    site = study.site
    kinds = [k for k in ("cdu", "air_unit", "switch") if outcome_of(study, k) is not None]
    parts = [np.arange(len(site.tables[k])) + site.first[k] for k in kinds]
    return np.concatenate([np.empty(0, dtype=np.int64), *parts])


def _dead_gear(study: Study, origin: IntArray, root: IntArray) -> tuple[IntArray, IntArray]:
    """Pairs (case, subject) of gear that is dead: itself lost, unfed, or its plant or rack is."""
    site, topology = study.site, study.arrays.topology.power
    case_at = np.full(len(topology.parent) + 1, -1, dtype=np.int64)
    rooted = np.flatnonzero(root >= 0)
    case_at[root[rooted]] = rooted
    low, high = site.first[_GEAR[0]], site.first["delivery"]
    own = np.flatnonzero((origin >= low) & (origin < high))
    pairs = [np.stack([own, origin[own]], axis=1)]
    feed = site.tables["feed"]
    pairs.append(_unfed(feed["tail"], feed["head"] - topology.first, topology.parent, case_at))
    hosted = hosts(site)
    rows = np.flatnonzero(hosted >= 0)
    count = np.diff(topology.whip_ptr)[hosted[rows]]
    owner = np.repeat(rows + site.first["switch"], count)
    within = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
    whips = topology.whips[np.repeat(topology.whip_ptr[hosted[rows]], count) + within]
    pairs.append(_unfed(owner, whips, topology.parent, case_at))
    dead = np.unique(np.concatenate(pairs), axis=0)
    dead = np.unique(np.concatenate([dead, *_with_plants(study, dead)]), axis=0)
    return dead[:, 0], dead[:, 1]


def _unfed(gear: IntArray, nodes: IntArray, parent: IntArray, case_at: IntArray) -> IntArray:
    """(n, 2) pairs (case, gear) in which every feed of a piece of gear is dead.

    That is so where the lost node is above all of its feeds at once.
    """
    found = [np.empty((0, 2), dtype=np.int64)]
    at = nodes.copy()
    while (at >= 0).any():
        there = at >= 0
        found.append(np.stack([gear[there], at[there]], axis=1))
        at = np.where(there, parent[np.maximum(at, 0)], -1)
    pairs, times = np.unique(np.concatenate(found), axis=0, return_counts=True)
    kinds, feeds = np.unique(gear, return_counts=True)
    if not len(kinds):
        return np.empty((0, 2), dtype=np.int64)
    every = times == feeds[np.searchsorted(kinds, pairs[:, 0])]
    case = case_at[pairs[:, 1]]
    hit = every & (case >= 0)
    return np.stack([case[hit], pairs[hit, 0]], axis=1)


def _with_plants(study: Study, dead: IntArray) -> list[IntArray]:
    """CDUs and air units that fall with their plant."""
    site, out = study.site, []
    for kind in ("cdu", "air_unit"):
        plant = site.tables[kind]["plant"]
        order = np.argsort(plant, kind="stable")
        low = np.searchsorted(plant[order], dead[:, 1], side="left")
        count = np.searchsorted(plant[order], dead[:, 1], side="right") - low
        within = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
        rows = order[np.repeat(low, count) + within]
        out.append(np.stack([np.repeat(dead[:, 0], count), rows + site.first[kind]], axis=1))
    return out


def lost_row(study: Study, case: int) -> BoolArray:
    """One row of the table of losses over all subjects, (S,) bool; row 0 is all False."""
    table, topology = study(cases), study.arrays.topology.power
    lost = np.zeros(study.site.size, dtype=bool)
    lost[table.gear[table.gear_case == case]] = True
    if table.origin[case] >= 0:
        lost[table.origin[case]] = True
    root = int(table.root[case])
    if root >= 0:
        at = np.arange(len(topology.parent))
        while (at >= 0).any():
            hit = np.flatnonzero(at == root)
            lost[hit + topology.first] = True
            at = np.where(at >= 0, topology.parent[np.maximum(at, 0)], -1)
    rack_lost = _dark(topology.whip_ptr, topology.whips, lost[topology.first :])
    start = study.site.first["rack"]
    lost[start : start + len(rack_lost)] |= rack_lost
    return lost


@kernel
def _dark(ptr: IntArray, whips: IntArray, lost: BoolArray) -> BoolArray:
    """Racks that have whips and none of them alive."""
    out = np.zeros(len(ptr) - 1, np.bool_)
    for r in range(len(ptr) - 1):
        alive = 0
        for w in range(ptr[r], ptr[r + 1]):
            if not lost[whips[w]]:
                alive += 1
        out[r] = ptr[r + 1] > ptr[r] and alive == 0
    return out
