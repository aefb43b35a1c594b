"""A set of positions laid as a forest of networks, each below a voltage that something holds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.losses.switching import grid
from twin.solve.power.network import BASE_KVA, Network, network
from twin.solve.power.positions import Positions
from twin.solve.radial.tree import ComplexArray
from twin.solve.study import Study


@dataclass(frozen=True)
class Wired:
    """A forest over N points: power nodes, joints of busways, then heads.

    A head is a point whose voltage is held: the output of a converter, or where the outputs of a
    parallel group are joined.

    Attributes
    ----------
    up
        (N,) what each point hangs on, -1 at sources, heads and what is dead.
    head
        (P,) the point on which hangs what an element feeds: itself, or its head.
    converters, output
        (C,) nodes that convert, and their heads; those of a parallel group have the group's.
    group, member, part
        (M,) head of a group, a living member, and the part of the group's load that it takes.
    own
        (N,) loads of racks and gear, pu.
    direct
        (N,) carries direct current; a rectifier's node is its AC input.
    volts
        (N,) nominal voltage.
    """

    up: IntArray
    head: IntArray
    converters: IntArray
    output: IntArray
    group: IntArray
    member: IntArray
    part: FloatArray
    own: ComplexArray
    direct: BoolArray
    volts: FloatArray


def wire(study: Study, state: Positions) -> Wired:
    """Lay the forest of a set of positions."""
    topology, net = study.arrays.topology.power, study(network)
    run, nodes = net.runs, len(topology.parent)
    first = nodes + len(run.tap)
    converters = np.flatnonzero(net.converts)
    groups = len(topology.group_ptr) - 1
    joined = first + len(converters) + np.arange(groups)
    of = np.repeat(np.arange(groups), np.diff(topology.group_ptr))
    head = np.arange(nodes)
    head[converters] = first + np.arange(len(converters))
    head[topology.members] = joined[of]
    leaders = topology.members[topology.group_ptr[:-1]]
    places = np.concatenate([np.arange(nodes), run.busway, converters, leaders])
    direct = net.direct[places]
    direct[converters] = False
    member, part, group = _members(study, state, of)
    return Wired(
        up=_up(state, net, head, first, len(places)),
        head=head,
        converters=converters[~state.dead[converters]],
        output=head[converters[~state.dead[converters]]],
        group=joined[group],
        member=member,
        part=part,
        own=_own(state, head, topology.feeders, len(places)),
        direct=direct,
        volts=net.volts[places],
    )


def _members(study: Study, state: Positions, of: IntArray) -> tuple[IntArray, FloatArray, IntArray]:
    """Living members of parallel groups, the part that each takes, and the group."""
    members = study.arrays.topology.power.members
    keep = np.flatnonzero(~state.dead[members])
    weight = study(grid).weight[members[keep]]
    groups = int(of.max(initial=-1)) + 1
    total = np.bincount(of[keep], weight, minlength=groups)
    alone = np.bincount(of[keep], minlength=groups) == 1
    part = np.where(alone[of[keep]], 1.0, weight / total[of[keep]])
    return members[keep], part, of[keep]


def _up(state: Positions, net: Network, head: IntArray, first: int, size: int) -> IntArray:
    run, nodes = net.runs, len(state.parent)
    up = np.full(size, -1, dtype=np.int64)
    fed = np.flatnonzero((state.parent >= 0) & ~state.dead)
    up[fed] = head[state.parent[fed]]
    hung = np.flatnonzero((run.busway == state.parent[run.tap]) & ~state.dead[run.tap])
    up[run.tap[hung]] = nodes + hung
    before = np.where(run.before < 0, head[run.busway], nodes + run.before)
    up[nodes:first] = np.where(state.dead[run.busway], -1, before)
    return up


def _own(state: Positions, head: IntArray, feeders: int, size: int) -> ComplexArray:
    """Add up loads at their points; direct current takes no heed of the reactive part."""
    own = np.zeros(size, dtype=complex)
    at = np.where(state.at < feeders, head[state.at], state.at)
    np.add.at(own, at, state.load / BASE_KVA)
    return own


def tops(up: IntArray) -> IntArray:
    """(N,) the point whose voltage is held above each one."""
    at = np.arange(len(up))
    while True:
        above = up[at]
        if (above < 0).all():
            return at
        at = np.where(above >= 0, above, at)
