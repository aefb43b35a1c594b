"""What is lost together: each case closed over feeds, before any rule reads it.

A fault in an element takes out everything up to the nearest protective device, and all below it;
gear whose feeds are all dead is dead too, as is a unit whose plant is dead and a switch whose rack
has no living whip.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.kernels import kernel
from twin.model.policy import Capped, Outcome
from twin.site.table import BoolArray, FloatArray, IntArray, StrArray
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
        (C,) False where the cap does not count, because nobody knows that it is fast enough.
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
    found = [np.array([[-1, -1]], dtype=np.int64)]
    if study.conditions.losses:
        found += [_power_cases(study), _gear_cases(study)]
    found += [np.array([[s, _node(study, s)]], dtype=np.int64) for s in _named(study)]
    origin, root = np.concatenate(found).T
    names = study.site.names
    keep, counts = _caps(study, origin, root)
    gear_case, gear = _dead_gear(study, origin, root)
    return Cases(
        name=np.where(origin >= 0, names[origin] if len(names) else "", ""),
        origin=origin,
        root=root,
        keep=keep,
        counts=counts,
        gear_case=gear_case,
        gear=gear,
    )


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


def _power_cases(study: Study) -> IntArray:
    """Pairs (subject, fault root) of each power element to be lost, (n, 2); one per root."""
    site, topology = study.site, study.arrays.topology.power
    above = np.zeros(len(topology.parent) + 1, dtype=bool)
    above[topology.chain.ravel()] = True
    feeds = site.tables["feed"]["head"] - topology.first
    at = feeds.copy()
    while (at >= 0).any():
        above[at[at >= 0]] = True
        at = np.where(at >= 0, topology.parent[np.maximum(at, 0)], -1)
    outcomes = {k: outcome_of(study, k) for k in _POWER}
    kinds = [k for k, outcome in outcomes.items() if outcome is not None]
    none = np.empty(0, dtype=np.int64)
    parts = [np.arange(len(site.tables[k])) + site.first[k] for k in kinds]
    subject = np.concatenate([none, *parts])
    asked = np.repeat([_share(outcomes[k]) for k in kinds], [len(p) for p in parts])
    node = subject - topology.first
    root = topology.fault[node]
    # One case per root: the strictest outcome asked of all that falls with it, named after the
    # root itself where that is as strict.
    order = np.lexsort((subject, root != node, -asked, root))
    order = order[above[root[order]]]
    head = np.concatenate([[True], root[order][1:] != root[order][:-1]])[: len(order)]
    return np.stack([subject[order][head], root[order][head]], axis=1)


def _share(outcome: Outcome | None) -> float:
    """Share of the load that an outcome asks for; all of it where its cap comes too late."""
    if not isinstance(outcome, Capped):
        return 1.0
    late = outcome.withstand_s is not None and outcome.within_s > outcome.withstand_s
    return 1.0 if late else outcome.to


def _gear_cases(study: Study) -> IntArray:
    """Pairs (subject, -1) of gear to be lost, (n, 2)."""
    site = study.site
    kinds = [k for k in ("cdu", "air_unit", "switch") if outcome_of(study, k) is not None]
    parts = [np.arange(len(site.tables[k])) + site.first[k] for k in kinds]
    gear = np.concatenate([np.empty(0, dtype=np.int64), *parts])
    return np.stack([gear, np.full(len(gear), -1)], axis=1)


def _caps(study: Study, origin: IntArray, root: IntArray) -> tuple[FloatArray, BoolArray]:
    """Share of load kept in each case. A cap counts if its enforcer lives and is fast enough."""
    keep = np.ones(len(origin))
    counts = np.ones(len(origin), dtype=bool)
    site, topology = study.site, study.arrays.topology.power
    for kind, outcome in site.policy.losses.items():
        if not isinstance(outcome, Capped):
            continue
        first = site.first[kind]
        mine = np.flatnonzero((origin >= first) & (origin < first + len(site.tables[kind])))
        if outcome.withstand_s is None:
            keep[mine], counts[mine] = outcome.to, False
        elif outcome.within_s <= outcome.withstand_s:
            above = _above(outcome.enforced_by, site.names, topology.parent, topology.first)
            keep[mine] = np.where(np.isin(root[mine], above), 1.0, outcome.to)
    return keep, counts


def _above(name: str, names: StrArray, parent: IntArray, first: int) -> IntArray:
    """Power nodes whose loss takes a named element with it; none for one that has no feeds."""
    found = np.flatnonzero(names == name)
    node = int(found[0]) - first if len(found) else -1
    out = []
    while 0 <= node < len(parent):
        out.append(node)
        node = int(parent[node])
    return np.array(out, dtype=np.int64)


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
    hosts = host_racks(study)
    rows = np.flatnonzero(hosts >= 0)
    count = np.diff(topology.whip_ptr)[hosts[rows]]
    owner = np.repeat(rows + site.first["switch"], count)
    within = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
    whips = topology.whips[np.repeat(topology.whip_ptr[hosts[rows]], count) + within]
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


def host_racks(study: Study) -> IntArray:
    """(switches,) rack row that each switch stands in: its own, else that on its position."""
    site = study.site
    switches, racks = site.tables["switch"], site.tables["rack"]
    own = site.rows_of("rack", switches["rack"])
    place = site.rows_of("position", racks["position"])
    at = np.full(len(site.tables["position"]) + 1, -1, dtype=np.int64)
    at[place[::-1]] = np.arange(len(racks))[::-1]
    at[-1] = -1
    return np.where(own >= 0, own, at[site.rows_of("position", switches["position"])])


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
