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
    gear
        (C, G) bool, gear that is dead, numbered from `gear_first`.
    """

    name: StrArray
    origin: IntArray
    root: IntArray
    keep: FloatArray
    counts: BoolArray
    gear: BoolArray
    gear_first: int

    def __len__(self) -> int:
        """Return the number of cases, the healthy one included."""
        return len(self.name)


def outcome_of(study: Study, kind: str) -> Outcome | None:
    """Return what the policy asks for after the loss of an element of a kind; None: nothing."""
    outcome = study.site.policy.losses.get(kind)  # type: ignore[call-overload]
    return None if outcome in {None, "may go dark"} else outcome


def cases(study: Study) -> Cases:
    """Cases that the owner's policy says must be survived, one loss at a time."""
    found = [] if study.conditions.losses == 0 else [*_power_cases(study), *_gear_cases(study)]
    found += [(s, _node(study, s)) for s in _named(study)]
    origin = np.array([-1, *(s for s, _ in found)], dtype=np.int64)
    root = np.array([-1, *(r for _, r in found)], dtype=np.int64)
    names = study.site.names
    keep, counts = _caps(study, origin, root)
    first = study.site.first[_GEAR[0]]
    return Cases(
        name=np.where(origin >= 0, names[origin] if len(names) else "", ""),
        origin=origin,
        root=root,
        keep=keep,
        counts=counts,
        gear=_dead_gear(study, origin, root, first),
        gear_first=first,
    )


def _named(study: Study) -> list[int]:
    """Elements that the scenario loses by name, on top of the policy's."""
    index = {name: s for s, name in enumerate(study.site.names.tolist())}
    return [index[name] for name in study.lost if name in index]


def _node(study: Study, subject: int) -> int:
    topology = study.arrays.topology.power
    node = subject - topology.first
    return int(topology.fault[node]) if 0 <= node < len(topology.fault) else -1


def _power_cases(study: Study) -> list[tuple[int, int]]:
    """(subject, fault root) of each power element to be lost; one case per root."""
    site, topology = study.site, study.arrays.topology.power
    above = np.zeros(len(topology.parent) + 1, dtype=bool)
    above[topology.chain.ravel()] = True
    feeds = site.tables["feed"]["head"] - topology.first
    at = feeds.copy()
    while (at >= 0).any():
        above[at[at >= 0]] = True
        at = np.where(at >= 0, topology.parent[np.maximum(at, 0)], -1)
    out: dict[int, int] = {}
    for kind in _POWER:
        if outcome_of(study, kind) is None:
            continue
        subjects = np.arange(len(site.tables[kind])) + site.first[kind]
        nodes = subjects - topology.first
        roots = topology.fault[nodes]
        for subject, root in zip(subjects.tolist(), roots.tolist(), strict=True):
            if above[root] and (root not in out or root == subject - topology.first):
                out[root] = subject
    return [(subject, root) for root, subject in sorted(out.items())]


def _gear_cases(study: Study) -> list[tuple[int, int]]:
    site = study.site
    kinds = [k for k in ("cdu", "air_unit", "switch") if outcome_of(study, k) is not None]
    return [(site.first[k] + row, -1) for k in kinds for row in range(len(site.tables[k]))]


def _caps(study: Study, origin: IntArray, root: IntArray) -> tuple[FloatArray, BoolArray]:
    """Share of load kept in each case. A cap counts if its enforcer lives and is fast enough."""
    keep = np.ones(len(origin))
    counts = np.ones(len(origin), dtype=bool)
    site, topology = study.site, study.arrays.topology.power
    for case in range(1, len(origin)):
        kind = site.kind_of(int(origin[case]))
        outcome = outcome_of(study, kind)
        if not isinstance(outcome, Capped):
            continue
        if outcome.withstand_s is None:
            keep[case], counts[case] = outcome.to, False
        elif outcome.within_s <= outcome.withstand_s and _lives(
            outcome.enforced_by, site.names, topology.parent, topology.first, int(root[case])
        ):
            keep[case] = outcome.to
    return keep, counts


def _lives(name: str, names: StrArray, parent: IntArray, first: int, root: int) -> bool:
    """Whether a named element is outside what hangs below a dead node; unnamed ones live."""
    found = np.flatnonzero(names == name)
    node = int(found[0]) - first if len(found) else -1
    if not 0 <= node < len(parent) or root < 0:
        return True
    while node >= 0:
        if node == root:
            return False
        node = int(parent[node])
    return True


def _dead_gear(study: Study, origin: IntArray, root: IntArray, first: int) -> BoolArray:
    """Gear that is dead in each case, (C, G)."""
    site, topology = study.site, study.arrays.topology.power
    size = sum(len(site.tables[k]) for k in ("plant", "loop", "cdu", "air_unit", "pipe", "switch"))
    dead = np.zeros((len(origin), size), dtype=bool)
    own = origin - first
    hit = (own >= 0) & (own < size)
    dead[np.flatnonzero(hit), own[hit]] = True
    feed = site.tables["feed"]
    if len(feed):
        alive = _alive_feeds(feed["head"] - topology.first, topology.parent, root)
        gear = feed["tail"] - first
        fed = np.zeros((size, len(origin)))
        np.add.at(fed, gear, alive.T)
        has = np.zeros(size, dtype=bool)
        has[gear] = True
        dead |= (fed.T == 0) & has
    _spread_plants(study, dead, first)
    _spread_switches(study, dead, root, first)
    return dead


def _alive_feeds(nodes: IntArray, parent: IntArray, root: IntArray) -> BoolArray:
    """(C, F) whether each feed still has power in each case."""
    dead = np.zeros((len(root), len(nodes)), dtype=bool)
    at = nodes.copy()
    while (at >= 0).any():
        dead |= (at[None, :] == root[:, None]) & (at >= 0)
        at = np.where(at >= 0, parent[np.maximum(at, 0)], -1)
    return ~dead


def _spread_plants(study: Study, dead: BoolArray, first: int) -> None:
    """CDUs and air units fall with their plant."""
    site = study.site
    for kind in ("cdu", "air_unit"):
        plant = site.tables[kind]["plant"]
        rows = np.flatnonzero(plant >= 0)
        start = site.first[kind] - first
        dead[:, start + rows] |= dead[:, plant[rows] - first]


def _spread_switches(study: Study, dead: BoolArray, root: IntArray, first: int) -> None:
    """Switches fall with the last living whip of the rack that they stand in."""
    site, topology = study.site, study.arrays.topology.power
    rack = host_racks(study)
    rows = np.flatnonzero(rack >= 0)
    for row in rows.tolist():
        chain = topology.chain[topology.whip_ptr[rack[row]] : topology.whip_ptr[rack[row] + 1]]
        if len(chain):
            lost = (chain[None, :, :] == root[:, None, None]) & (root[:, None, None] >= 0)
            dead[:, site.first["switch"] - first + row] |= lost.any(axis=2).all(axis=1)


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
    lost[table.gear_first : table.gear_first + table.gear.shape[1]] = table.gear[case]
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
