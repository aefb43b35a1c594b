"""Positions of switches: who feeds whom on a day, and anew when something is dead.

Each set of positions gives a tree, or a tree in which parallel groups share. A feeder stands on
what feeds it in its normal position while that lives, else on its alternate, else on the far side
of a tie; one after the other as their schemes act, the quickest first, of equals the one nearer to
the source. What lies in the zone of a fault, between protective devices, closes on to nothing: it
is locked out. At the end those that return to their preferred side do so where it lives again
without them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.arrays.power import nodes, of_feeders
from twin.model.base import FEEDERS
from twin.site.table import BoolArray, FloatArray, IntArray
from twin.site.windows import shares_on
from twin.solve.losses.settle import Scheme, settle
from twin.solve.losses.zones import Zones, zones
from twin.solve.study import Study


@dataclass(frozen=True)
class Grid:
    """Power on the day of a study with nothing lost. Nodes as in the topology.

    Attributes
    ----------
    parent
        (P,) what feeds each node, -1 none; of a group its leader.
    dead
        (P,) nodes that have no supply then, by work on the day or by what is not yet there.
    weight
        (feeders,) share of a parallel group, before division by the sum of those that live; NaN
        where nobody knows how its members share.
    fault, work
        Zones that a fault takes out, and that must be switched off for work: up to the nearest
        protective device, or to the nearest isolator or device.
    moves
        (P,) whether the loss of a node may move switches or shares below it.
    """

    scheme: Scheme
    parent: IntArray
    dead: BoolArray
    weight: FloatArray
    fault: Zones
    work: Zones
    moves: BoolArray


def scheme(study: Study) -> Scheme:
    """Collect how switches act from the tables of feeders."""
    site, topology = study.site, study.arrays.topology.power
    n = topology.feeders
    delay = np.concatenate([study.table(k)["transfer_s"] for k in FEEDERS])
    manual = np.zeros(n, dtype=bool)
    start = site.first["transfer"] - topology.first
    transfers = site.tables["transfer"]
    manual[start : start + len(transfers)] = np.asarray(transfers["kind"] == "manual")
    start = site.first["tie"] - topology.first
    ties = site.tables["tie"]
    manual[start : start + len(ties)] = ~np.asarray(ties["automatic"], dtype=bool)
    return Scheme(
        normal=topology.parent[:n],
        alternate=topology.alternate,
        side_a=topology.side_a,
        side_b=topology.side_b,
        group=topology.group,
        group_ptr=topology.group_ptr,
        members=topology.members,
        order=np.argsort(topology.depth[:n], kind="stable"),
        delay_s=np.asarray(np.nan_to_num(delay.astype(float), nan=0.0)),
        retransfers=np.asarray(of_feeders(site, "retransfers", missing=True), dtype=bool),
        automatic=~manual,
    )


def grid(study: Study) -> Grid:
    """Settle the switches on the day of the study with nothing lost."""
    site, topology = study.site, study.arrays.topology.power
    act, n = study(scheme), topology.feeders
    there = shares_on(site, study.conditions.date)
    gone = np.asarray(there[:n] <= 0.0)
    parent = topology.parent.copy()
    dead = np.zeros(len(parent), dtype=bool)
    if gone.any():
        # Work is switched by hand. An open tie is not dead.
        parent[:n], alive = settle(act, act.normal, gone, by_hand=True)
        dead[:n] = ~alive & ((act.side_a < 0) | gone)
        below = np.flatnonzero(parent[n:] >= 0) + n
        for _ in range(2):
            dead[below] |= topology.silent(dead)[parent[below]]
    devices = study(protected)
    isolated = devices.copy()
    isolated[:n] |= np.asarray(of_feeders(site, "isolator", missing=False), dtype=bool)
    groups = (topology.group, topology.group_ptr, topology.members)
    return Grid(
        scheme=act,
        parent=parent,
        dead=dead,
        weight=_weights(study),
        fault=zones(parent, devices, *groups),
        work=zones(parent, isolated, *groups),
        moves=_moves(act, parent),
    )


def protected(study: Study) -> BoolArray:
    """(P,) which power nodes have a protective device at their feed end; a whip has none."""
    whips = np.zeros(len(study.site.tables["whip"]), dtype=bool)
    return np.concatenate([np.asarray(nodes(study.site, "protected"), dtype=bool), whips])


class Worked:
    """Zones of faults while something is out for work; made when asked for, and kept."""

    def __init__(self, study: Study) -> None:
        """Begin with nothing out for work."""
        self._study = study
        self._kept: dict[int, Zones] = {}

    def fault(self, root: int) -> Zones:
        """Zones of feeders, with a work zone off and the switches moved by hand."""
        now = self._study(grid)
        n = len(now.scheme.normal)
        if not now.moves[root]:
            return now.fault
        if root not in self._kept:
            gone = now.dead[:n] | (now.work.head[:n] == root)
            act, bare = now.scheme, self._study(bare_below_groups)
            feeders, _ = settle(act, now.parent[:n], gone, by_hand=True)
            parent = np.concatenate([feeders, now.parent[bare]])
            devices = self._study(protected)[np.concatenate([np.arange(n), bare])]
            self._kept[root] = zones(parent, devices, act.group, act.group_ptr, act.members)
        return self._kept[root]


def bare_below_groups(study: Study) -> IntArray:
    """Taps without a device on parallel groups, whose members they make one zone."""
    topology, now = study.arrays.topology.power, study(grid)
    taps = np.arange(topology.feeders, len(now.parent))
    taps = taps[(now.parent[taps] >= 0) & (now.parent[taps] < topology.feeders)]
    return taps[(topology.group[now.parent[taps]] >= 0) & ~study(protected)[taps]]


def worked(study: Study) -> Worked:
    """Zones of faults during work."""
    return Worked(study)


def _weights(study: Study) -> FloatArray:
    """Share of each member of a parallel group: transformers by rating over impedance.

    Where a transformer of a group lacks either, nobody knows how they share; only equal ones, of
    one rating and one product, of which none says an impedance, share alike. All others share by
    their controls: by rating, and alike where one does not say its rating.
    """
    topology, site = study.arrays.topology.power, study.site
    rating = np.full(topology.feeders, np.nan)
    for column in ("rating_a", "rating_kw", "rating_kva"):
        own = np.concatenate([study.table(k)[column] for k in FEEDERS])
        rating = np.where(np.isnan(own), rating, own)
    z = of_feeders(site, "z_pct").astype(float)
    start = site.first["transformer"] - topology.first
    filled = np.asarray(study.table("transformer")["z_pct"], dtype=float)
    z[start : start + len(filled)] = filled
    product = np.concatenate([site.tables[k]["type"] for k in FEEDERS])
    out = np.ones(topology.feeders)
    for g in range(len(topology.group_ptr) - 1):
        mine = topology.members[topology.group_ptr[g] : topology.group_ptr[g + 1]]
        if not ((mine >= start) & (mine < start + len(filled))).any():
            own = rating[mine]
            out[mine] = 1.0 if np.isnan(own).any() else own
            continue
        alike = bool(
            (rating[mine] == rating[mine[0]]).all() & (product[mine] == product[mine[0]]).all()
        )
        bare = bool(np.isnan(z[mine]).all())
        out[mine] = 1.0 if bare and alike else rating[mine] / z[mine]
        if np.isnan(out[mine]).any():
            out[mine] = np.nan
    return out


def _moves(act: Scheme, parent: IntArray) -> BoolArray:
    """(P,) nodes below which something has an alternate, a tie, or runs in a parallel group."""
    n = len(act.normal)
    own = np.zeros(len(parent), dtype=bool)
    own[:n] = (act.alternate >= 0) | (act.group >= 0) | (act.side_a >= 0)
    for side in (act.side_a, act.side_b):
        own[side[side >= 0]] = True
    out = own.copy()
    at = np.flatnonzero(own)
    while len(at):
        above = np.unique(parent[at])
        above = above[above >= 0]
        led = act.group[above]
        for g in np.unique(led[led >= 0]).tolist():
            more = act.members[act.group_ptr[g] : act.group_ptr[g + 1]]
            above = np.concatenate([above, more])
        at = np.unique(above[~out[above]])
        out[at] = True
    return out
