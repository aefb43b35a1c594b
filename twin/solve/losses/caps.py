"""Caps after a loss: whether the enforcer lives through it, and whether the cap comes in time."""

from __future__ import annotations

import numpy as np

from twin.model.base import POWER_KINDS
from twin.model.policy import OUTSIDE, Capped
from twin.site.site import Site
from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.losses.asked import Asked
from twin.solve.losses.fallen import Fallen
from twin.solve.losses.switching import grid
from twin.solve.study import Study

_ENFORCERS = (*POWER_KINDS, "plant", "cdu", "air_unit", "switch", "rack")


def caps(
    study: Study, wanted: Asked, fallen: Fallen, state: IntArray
) -> tuple[FloatArray, BoolArray]:
    """Share of the load to be kept after losses, and whether it is known, (n, K) by class.

    A cap that comes too late, or whose enforcer is dead with the loss, is none: all of the load
    is kept. One of which nobody knows how long the overload is carried, or whose enforcer the
    layout does not have, is in doubt: `keep` is what it promises, `counts` is False.

    Parameters
    ----------
    state
        (n,) state of losses, in `fallen`, of each row that is asked for.
    """
    keep = np.ones(wanted.outcome.shape)
    counts = np.ones(wanted.outcome.shape, dtype=bool)
    for number, outcome in enumerate(wanted.outcomes):
        if not isinstance(outcome, Capped) or is_late(outcome):
            continue
        mine = wanted.outcome == number
        mine[:, -1] = False
        enforcers = enforcers_of(study.site, outcome.enforced_by)
        dead = np.zeros(len(fallen.ptr) - 1, dtype=bool)
        for enforcer in enforcers:
            dead |= dead_in(study, fallen, enforcer)
            if outcome.withstand_s is not None:
                # One that stands on a switch acts only once that has moved.
                gap = _gap_s(study, fallen, enforcer)
                dead |= outcome.within_s + gap > outcome.withstand_s
        without = np.broadcast_to(dead[state][:, None], mine.shape)
        sure = outcome.withstand_s is not None and is_known(outcome.enforced_by, enforcers)
        keep[mine] = np.where(without[mine], 1.0, outcome.to)
        counts[mine] = without[mine] | sure
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


def dead_in(study: Study, fallen: Fallen, subject: int) -> BoolArray:
    """(S,) states in which a subject is dead: it has no supply, or falls with what it needs."""
    site, topology = study.site, study.arrays.topology.power
    kind = site.kind_of(subject)
    if kind in POWER_KINDS:
        return _node_dead(study, fallen, subject - topology.first)
    if kind != "rack":
        out = np.zeros(len(fallen.ptr) - 1, dtype=bool)
        out[fallen.gear_state[fallen.gear == subject]] = True
        return out
    row = subject - site.first["rack"]
    whips = topology.whips[topology.whip_ptr[row] : topology.whip_ptr[row + 1]]
    out = np.full(len(fallen.ptr) - 1, len(whips) > 0)
    for whip in whips.tolist():
        out &= _node_dead(study, fallen, whip)
    return out


def _gap_s(study: Study, fallen: Fallen, subject: int) -> FloatArray:
    """(S,) time for which a power element has no supply until switches above it have moved.

    Gear and racks are taken to ride through: what they do in a gap is told by other rules.
    """
    out = np.zeros(len(fallen.ptr) - 1)
    if study.site.kind_of(subject) not in POWER_KINDS:
        return out
    now, delay = study(grid), study(grid).scheme.delay_s
    state = np.repeat(np.arange(len(out)), np.diff(fallen.over_ptr))
    ties = now.scheme.side_a[fallen.onto] >= 0
    moves_in = np.where(ties, delay[fallen.onto], delay[fallen.over])
    node = subject - study.arrays.topology.power.first
    while node >= 0:
        mine = fallen.over == node
        np.maximum.at(out, state[mine], moves_in[mine])
        node = int(now.parent[node])
    return out


def _node_dead(study: Study, fallen: Fallen, node: int) -> BoolArray:
    """(S,) states in which a power node is dead; a whip and a tap are with what feeds them."""
    now, topology = study(grid), study.arrays.topology.power
    out = _dead_itself(study, fallen, node)
    while node >= topology.feeders:
        node = int(now.parent[node])
        every = np.ones(len(out), dtype=bool)
        for one in topology.joined(node):
            every &= _dead_itself(study, fallen, one)
        out |= every
    return out


def _dead_itself(study: Study, fallen: Fallen, node: int) -> BoolArray:
    state = np.repeat(np.arange(len(fallen.ptr) - 1), np.diff(fallen.ptr))
    out = np.full(len(fallen.ptr) - 1, bool(study(grid).dead[node]))
    out[state[fallen.dead == node]] = True
    return out
