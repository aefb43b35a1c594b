"""Which losses are asked for: by the owner's policy, and by name in a scenario."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final

import numpy as np

from twin.model.base import POWER_KINDS
from twin.model.policy import Outcome
from twin.site.outcomes import class_of_racks
from twin.site.site import Site
from twin.site.table import Array, BoolArray, FloatArray, IntArray, distinct
from twin.solve.losses.fallen import shelf_heads
from twin.solve.losses.isolated import LINES, ends_with_valves
from twin.solve.losses.pairs import pairs_within
from twin.solve.losses.planes import planes
from twin.solve.losses.sorts import (
    BYPASS,
    EXCHANGER,
    FAN,
    FAULT,
    HEALTHY,
    MODULE,
    PAIR,
    PLANE,
    PUMP,
    SHELF,
    UNIT,
    VALVE_END,
    VALVE_START,
    WORK,
    WORK_AND_FAULT,
)
from twin.solve.losses.supply_lost import fault_roots, shielded
from twin.solve.losses.switching import grid, worked
from twin.solve.study import Study

_POWER: Final = tuple(k for k in POWER_KINDS if k != "whip")
_GEAR: Final = ("plant", "cdu", "air_unit", "pipe", "manifold", "switch")
_WAYS: Final = ("tray", "riser")
"""Ways of cables: no rack goes dark with them, so that they are lost only where a policy asks."""
_PARTS: Final = (
    ("plant", UNIT, "plant_unit", "units"),
    ("plant", PUMP, "pump", "pumps"),
    ("cdu", PUMP, "pump", "pumps"),
    ("air_unit", FAN, "fan", "fans"),
)
_MODULAR: Final = ("source", "ups", "rectifier")


@dataclass(frozen=True)
class Asked:
    """Losses as they are asked for, before anything is closed over them; row 0 is none.

    Attributes
    ----------
    section
        (n,) cases of one section are told together; losses of different sections never merge.
    sort
        (n,) as in `twin.solve.losses.sorts`.
    origin, second
        (n,) subjects that are lost, -1 none.
    roots, gear, derated
        (n, 2) heads of the zones that are cut off, and the first whips of shelves; gear that is
        lost; power nodes of which a part is lost. -1 none.
    outcome
        (n, K) what is asked of each class of racks, into `outcomes`; the last class is gear.
    outcomes
        What may be asked; the first is nothing.
    """

    section: IntArray
    sort: IntArray
    origin: IntArray
    second: IntArray
    roots: IntArray
    gear: IntArray
    derated: IntArray
    outcome: IntArray
    outcomes: tuple[Outcome | None, ...]


@dataclass(frozen=True)
class Classes:
    """Classes of racks: the policy's own, after the one that is meant where it names none.

    Attributes
    ----------
    names
        "" first, then the classes that the policy names.
    of_rack
        (racks,) class of each rack.
    """

    names: tuple[str, ...]
    of_rack: IntArray


def classes(study: Study) -> Classes:
    """Class of each rack by its type or what the catalog calls it, as the policy says."""
    names = ["", *study.site.policy.classes]
    of_rack = np.zeros(len(study.table("rack")), dtype=np.int64)
    if len(names) > 1:
        own = class_of_racks(study.site)
        for number, name in enumerate(names[1:], start=1):
            of_rack[own == name] = number
    return Classes(tuple(names), of_rack)


def asked(study: Study) -> Asked:
    """Losses that the policy says must be survived, and those that the scenario names."""
    return Collected(study).all()


def everything(study: Study) -> Asked:
    """Every loss of one element and every piece of planned work, whatever the policy asks.

    Where two losses are tried, every pair within a group and every fault during work besides.
    """
    return Collected(study, everything=True).all()


class Collected:
    """Rows of losses while they are collected, section by section."""

    def __init__(self, study: Study, *, everything: bool = False) -> None:
        self.study = study
        self.everything = everything
        self.k = len(study(classes).names) + 1
        self.outcomes: list[Outcome | None] = [None, "full"]
        self.parts: list[dict[str, Array]] = []
        self.section = 0

    def all(self) -> Asked:
        """Collect what the policy asks for."""
        policy, losses = self.study.site.policy, self.study.conditions.losses
        none = np.full((1, 2), -1)
        self._add(HEALTHY, none, roots=none, outcome=np.ones((1, self.k), dtype=np.int64))
        if losses:
            self._faults()
            self._gear()
            self._parts()
            self._exchangers()
            self._valves()
            self._modules()
            self._bypass()
            self._work()
        every_pair = self.everything and losses > 1
        if losses > 1 and (policy.pairs is not None or every_pair):
            self._pairs(PAIR, policy.pairs)
        if losses and (policy.work_fault is not None or every_pair):
            self._pairs(WORK_AND_FAULT, policy.work_fault)
        self._named()
        out = {
            f.name: np.concatenate([p[f.name] for p in self.parts])
            for f in fields(Asked)
            if f.name != "outcomes"
        }
        return Asked(**out, outcomes=tuple(self.outcomes))

    # ---------------------------------------------------------------------- one sort of loss each

    def _faults(self) -> None:
        """Every element on which something hangs, up to the nearest protective devices."""
        topology, now = self.study.arrays.topology.power, self.study(grid)
        for kind in (*_POWER, "whip"):
            subject = _all(self.study.site, kind)
            node = subject - topology.first
            root = fault_roots(self.study, node)
            used = self._used()[root] & ~now.dead[node]
            self._of_kind(FAULT, kind, subject[used], roots=_first(root[used]), end=False)
        self.section += 1
        whip = distinct(self.study(shelf_heads)[~now.dead[topology.whips]])
        self._of_kind(SHELF, "shelf", whip + topology.first, roots=_first(whip))

    def _gear(self) -> None:
        for kind in (*_GEAR, *(() if self.everything else _WAYS)):
            subject = _all(self.study.site, kind)
            self._of_kind(FAULT, kind, subject, gear=_first(subject), end=False)
        self.section += 1
        if not self.everything:
            self._planes()

    def _planes(self) -> None:
        """Each plane of networks of several, under its first switch: no rack goes dark with it."""
        plane, alone = self.study(planes)
        first = np.unique(plane[(plane >= 0) & ~alone])
        subject = first + self.study.site.first["switch"]
        self._of_kind(PLANE, "plane", subject, gear=_first(subject))

    def _parts(self) -> None:
        """One pump, fan or chiller of what has several; the only one of it is all of it."""
        for kind, sort, key, column in _PARTS:
            subject = _all(self.study.site, kind)
            count = np.asarray(self.study.table(kind)[column])
            only = subject[count == 1]
            self._of_kind(FAULT, kind, only, key=key, gear=_first(only), end=False)
            mine = subject[count > 1]
            # No power node is derated; a number beyond all of them keeps such losses apart.
            apart = _first(mine - self.study.arrays.topology.power.first)
            self._of_kind(sort, kind, mine, key=key, derated=apart, end=False)
        self.section += 1

    def _exchangers(self) -> None:
        """Each CDU's exchanger: shut off on both its sides, so that the unit stands still.

        Where everything is looked at the loss of the CDU says it already.
        """
        if self.everything:
            return
        subject = _all(self.study.site, "cdu")
        self._of_kind(EXCHANGER, "cdu", subject, key="exchanger", gear=_first(subject))

    def _valves(self) -> None:
        """One isolation valve of a pipe or manifold: it is shut off on both its sides."""
        for kind in LINES:
            for sort, subject in zip(
                (VALVE_START, VALVE_END), ends_with_valves(self.study, kind), strict=True
            ):
                self._of_kind(sort, kind, subject, key="valve", gear=_first(subject), end=False)
        self.section += 1

    def _modules(self) -> None:
        """One module of units that have several; the only one of a unit is the unit."""
        for kind in _MODULAR:
            several = np.asarray(self.study.table(kind)["modules"]) > 1
            self._part_of(MODULE, kind, "module", several, end=False)
        self.section += 1

    def _bypass(self) -> None:
        has = np.asarray(self.study.table("ups")["bypass"], dtype=bool)
        self._part_of(BYPASS, "ups", "bypass", has, end=True)

    def _part_of(self, sort: int, kind: str, key: str, has: BoolArray, *, end: bool) -> None:
        """Units that live and of which something is lost that cuts nobody off."""
        subject = _all(self.study.site, kind)
        node = subject - self.study.arrays.topology.power.first
        has = has & ~self.study(grid).dead[node]
        self._of_kind(sort, kind, subject[has], key=key, derated=_first(node[has]), end=end)

    def _work(self) -> None:
        topology, now = self.study.arrays.topology.power, self.study(grid)
        policy = self.study.site.policy.work
        for kind in _POWER:
            if policy.get(kind) is None and not self.everything:  # type: ignore[call-overload]
                continue
            subject = _all(self.study.site, kind)
            root = now.work.head[subject - topology.first]
            used = self._used()[root] & ~now.dead[subject - topology.first]
            number = self._number(policy.get(kind))  # type: ignore[call-overload]
            if self.everything:
                number = number or 1
            if number:
                self._add(
                    WORK, _first(subject[used]), roots=_first(root[used]),
                    outcome=np.full((int(used.sum()), self.k), number),
                )  # fmt: skip
        self.section += 1

    def _pairs(self, sort: int, outcome: Outcome | None) -> None:
        """Pairs of losses that can reach one rack together; of planned work and a fault in turn."""
        number = self._number(outcome)
        if not number and not self.everything:
            return
        first, now = self.study.arrays.topology.power.first, self.study(grid)
        a, b = pairs_within(self.study, WORK if sort == WORK_AND_FAULT else FAULT)
        if sort == WORK_AND_FAULT:
            on = now.work.head[a]
            roots = np.stack([on, self._during(on, b)], axis=1)
        else:
            roots = np.stack([fault_roots(self.study, a), fault_roots(self.study, b)], axis=1)
            roots.sort(axis=1)
        subjects = np.stack([a + first, b + first], axis=1)
        self._add(sort, subjects, roots=roots, outcome=np.full((len(a), self.k), number))
        self.section += 1

    def _during(self, work: IntArray, failed: IntArray) -> IntArray:
        """Heads of the zones of faults while something is out for work."""
        out = self.study(grid).fault.head[failed]
        for root in np.unique(work[self.study(grid).moves[work]]).tolist():
            mine = work == root
            out[mine] = self.study(worked).fault(root).head[failed[mine]]
        return np.where(self.study(shielded)[failed], failed, out)

    def _named(self) -> None:
        site, topology = self.study.site, self.study.arrays.topology.power
        index = {name: s for s, name in enumerate(site.names.tolist())} if self.study.lost else {}
        subject = np.array([index[n] for n in self.study.lost if n in index], dtype=np.int64)
        node = subject - topology.first
        power = (node >= 0) & (node < len(topology.parent))
        fault = np.full(len(node), -1, dtype=np.int64)
        fault[power] = fault_roots(self.study, node[power])
        self._add(
            FAULT, _first(subject), roots=_first(fault),
            gear=_first(np.where(power, -1, subject)),
            outcome=np.ones((len(subject), self.k), dtype=np.int64),
        )  # fmt: skip

    # ------------------------------------------------------------------------------------ helpers

    def _of_kind(
        self,
        sort: int,
        kind: str,
        subject: IntArray,
        *,
        key: str = "",
        end: bool = True,
        **lost: IntArray,
    ) -> None:
        """Add losses of one kind of which the policy asks something of some class."""
        asked_of = self._outcomes(key or kind)
        if (asked_of > 0).any() and len(subject):
            outcome = np.tile(asked_of, (len(subject), 1))
            self._add(sort, _first(subject), outcome=outcome, **lost)
        self.section += end

    def _outcomes(self, kind: str) -> IntArray:
        """(K,) what is asked of each class after the loss of an element of a kind."""
        policy = self.study.site.policy
        general = policy.losses.get(kind)  # type: ignore[call-overload]
        if self.everything and general in {None, "may go dark"}:
            general = "full"
        by_class = [
            own.get(kind, general)  # type: ignore[call-overload]
            for own in policy.classes.values()
        ]
        numbers = [self._number(o) for o in (general, *by_class)]
        return np.array([*numbers, max(numbers)], dtype=np.int64)

    def _number(self, outcome: Outcome | None) -> int:
        if outcome in {None, "may go dark"}:
            return 0
        if outcome not in self.outcomes:
            self.outcomes.append(outcome)
        return self.outcomes.index(outcome)

    def _used(self) -> Array:
        """(P + 1,) nodes on which a rack or gear hangs."""
        return self.study(used)

    def _add(self, sort: int, subjects: IntArray, *, outcome: IntArray, **lost: IntArray) -> None:
        n = len(subjects)
        none = np.full((n, 2), -1, dtype=np.int64)
        self.parts.append(
            {
                "section": np.full(n, self.section, dtype=np.int64),
                "sort": np.full(n, sort, dtype=np.int64),
                "origin": subjects[:, 0].astype(np.int64),
                "second": subjects[:, 1].astype(np.int64),
                "roots": lost.get("roots", none).astype(np.int64),
                "gear": lost.get("gear", none).astype(np.int64),
                "derated": lost.get("derated", none).astype(np.int64),
                "outcome": outcome,
            }
        )
        self.section += sort == HEALTHY


def _all(site: Site, kind: str) -> IntArray:
    return np.arange(len(site.tables[kind])) + site.first[kind]


def _first(values: IntArray) -> IntArray:
    """(n, 2) with nothing in the second place."""
    return np.stack([values, np.full(len(values), -1)], axis=1).astype(np.int64)


def used(study: Study) -> Array:
    """(P + 1,) bool: nodes on which the taps of whips or the feeds of gear hang on this day."""
    topology, now = study.arrays.topology.power, study(grid)
    feed = study.site.tables["feed"]
    above = np.zeros(len(topology.parent) + 1, dtype=bool)
    at = distinct(topology.whips, feed["head"] - topology.first)
    at = at[at >= 0]
    while len(at):
        above[at] = True
        groups = topology.group[at[at < topology.feeders]]
        for g in np.unique(groups[groups >= 0]).tolist():
            at = np.union1d(at, topology.members[topology.group_ptr[g] : topology.group_ptr[g + 1]])
        above[at] = True
        up = now.parent[at]
        at = distinct(up[up >= 0])
        at = at[~above[at]]
    return above


def derate(study: Study, sort: IntArray, origin: IntArray) -> FloatArray:
    """(C,) part of the rating of an element that is left when a module of it is lost, else 1."""
    out = np.ones(len(sort))
    for kind in _MODULAR:
        row = study.site.rows_of(kind, origin)
        mine = (sort == MODULE) & (row >= 0)
        count = np.asarray(study.table(kind)["modules"], dtype=float)
        out[mine] = (count[row[mine]] - 1.0) / count[row[mine]]
    return out
