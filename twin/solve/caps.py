"""Caps after a loss: whether the enforcer lives through it, and whether the cap comes in time."""

from __future__ import annotations

import numpy as np

from twin.arrays.needs import hosts
from twin.model.base import POWER_KINDS
from twin.model.policy import OUTSIDE, Capped
from twin.site.site import Site
from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.study import Study

_ENFORCERS = (*POWER_KINDS, "plant", "cdu", "air_unit", "switch", "rack")


def caps(study: Study, origin: IntArray, root: IntArray) -> tuple[FloatArray, BoolArray]:
    """Share of the load to be kept after losses, and whether it is known.

    A cap that comes too late, or whose enforcer is dead with the loss, is none: all of the load
    is kept. One of which nobody knows how long the overload is carried, or whose enforcer the
    layout does not have, is in doubt: `keep` is what it promises, `counts` is False.

    Parameters
    ----------
    origin, root
        (n,) subject that is lost, and power node under which all is dead, -1 none.
    """
    site = study.site
    keep, counts = np.ones(len(origin)), np.ones(len(origin), dtype=bool)
    for kind, outcome in site.policy.losses.items():
        if not isinstance(outcome, Capped):
            continue
        first = site.first[kind]
        mine = np.flatnonzero((origin >= first) & (origin < first + len(site.tables[kind])))
        if not len(mine) or is_late(outcome):
            continue
        enforcers = enforcers_of(site, outcome.enforced_by)
        dead = np.zeros(len(mine), dtype=bool)
        for enforcer in enforcers:
            nodes, subjects = killers(study, enforcer)
            dead |= np.isin(root[mine], sorted(nodes)) | np.isin(origin[mine], sorted(subjects))
        keep[mine] = np.where(dead, 1.0, outcome.to)
        counts[mine] = dead | (
            outcome.withstand_s is not None and is_known(outcome.enforced_by, enforcers)
        )
    return keep, counts


def is_late(outcome: Capped) -> bool:
    """Whether the overload is known to be over before the cap holds."""
    return outcome.withstand_s is not None and outcome.within_s > outcome.withstand_s


def is_known(name: str, enforcers: list[int]) -> bool:
    """Whether an enforcer is in the layout, or said to stand outside of it."""
    return bool(enforcers) or name.startswith(OUTSIDE)


def enforcers_of(site: Site, name: str) -> list[int]:
    """Subjects that a name means: kind:id, or an id alone; none for what stands outside.

    An id that several elements bear means all of them: the cap falls with the first.
    """
    if name.startswith(OUTSIDE):
        return []
    kind, colon, own = name.partition(":")
    if colon and kind in _ENFORCERS:
        return [int(r) + site.first[kind] for r in np.flatnonzero(site.tables[kind].ids == own)]
    return [
        int(r) + site.first[k]
        for k in _ENFORCERS
        if len(site.tables[k])
        for r in np.flatnonzero(site.tables[k].ids == name)
    ]


def killers(study: Study, subject: int) -> tuple[set[int], set[int]]:
    """Power nodes, and gear, of which the loss of any takes a subject with it.

    What has feeds is dead with what is above all of them at once; gear also with its plant, a
    switch with the rack that it stands in.
    """
    site, topology = study.site, study.arrays.topology.power
    kind = site.kind_of(subject)
    row = subject - site.first[kind]
    if kind in POWER_KINDS:
        return set(_above(topology.parent, subject - topology.first)), set()
    if kind == "switch":
        host = int(hosts(study.site)[row])
        return (_above_all_whips(study, host) if host >= 0 else set()), {subject}
    if kind == "rack":
        return _above_all_whips(study, row), set()
    feed = site.tables["feed"]
    feeds = feed["head"][feed["tail"] == subject] - topology.first
    nodes, gear = _above_all(topology.parent, feeds.tolist()), {subject}
    if kind != "plant" and site.tables[kind]["plant"][row] >= 0:
        more = killers(study, int(site.tables[kind]["plant"][row]))
        nodes, gear = nodes | more[0], gear | more[1]
    return nodes, gear


def _above_all_whips(study: Study, rack: int) -> set[int]:
    topology = study.arrays.topology.power
    whips = topology.whips[topology.whip_ptr[rack] : topology.whip_ptr[rack + 1]]
    return _above_all(topology.parent, whips.tolist())


def _above_all(parent: IntArray, nodes: list[int]) -> set[int]:
    """Nodes above all of some, themselves included; none where there are none."""
    ways = [set(_above(parent, node)) for node in nodes]
    return set.intersection(*ways) if ways else set()


def _above(parent: IntArray, node: int) -> list[int]:
    """Return a node and all from which it is fed."""
    out = []
    while 0 <= node < len(parent):
        out.append(node)
        node = int(parent[node])
    return out
