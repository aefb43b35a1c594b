"""The steps of a cascade: what opens next, what it moves, and how far each device has come."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.losses.caps import dead_in, enforcers_of, is_known
from twin.solve.losses.cases import Cases, cases
from twin.solve.losses.devices import Carried, carried, devices
from twin.solve.losses.states import cap_times, states_of
from twin.solve.losses.switching import grid
from twin.solve.power.shares import Shares, shares_in
from twin.solve.study import Study

End = Literal["soonest", "latest", "crude"]
_TOGETHER = 0.1
"""Part of a time within which what opens is taken in one step, where none relieves another."""
SAME = 1e-9


@dataclass(frozen=True)
class Run:
    """Cases followed to one end, (S,).

    Attributes
    ----------
    ptr, node, at_s
        What opened, in order: power nodes, and s after the loss, at ptr[s]:ptr[s + 1].
    dark
        (n, 2) pairs of a place in the list of cases and a rack that something opened makes dark;
        those that the loss itself makes dark are in none.
    rounds
        (S,) times that the loads were taken.
    """

    ptr: IntArray
    node: IntArray
    at_s: FloatArray
    dark: IntArray
    rounds: IntArray

    def sequence(self, place: int) -> tuple[IntArray, FloatArray]:
        """Nodes that opened after one case, in order, and when."""
        mine = slice(self.ptr[place], self.ptr[place + 1])
        return self.node[mine], self.at_s[mine]


def limits_a(study: Study) -> FloatArray:
    """(D,) current above which each device counts as above its setting."""
    known, trip = study(devices), study.conditions.trip
    return np.asarray(known.setting_a * (known.holds_pu if trip is None else trip))


@dataclass(frozen=True)
class Over:
    """Devices above what they must hold: state by its place, device, load and time to open."""

    state: IntArray
    device: IntArray
    load_pu: FloatArray
    whole_s: FloatArray
    at_s: FloatArray


class _Loads:
    """Loads on devices, to tell which may open in one step without relieving one another."""

    def __init__(self, found: Carried, rows: IntArray) -> None:
        self.found, self.rows = found, rows

    def apart(self, places: IntArray, over: Over, feeder: BoolArray) -> BoolArray:
        """Whether each may open with those before it: taps do, feeders that share no load.

        Parameters
        ----------
        places
            (n,) places in `over`, in the order in which they open, those of a state together.
        feeder
            (n,) whether it is a feeder; taps come first at the same time.
        """
        out = np.ones(len(places), dtype=bool)
        state = over.state[places]
        heads = np.concatenate([[True], state[1:] != state[:-1]]) if len(places) else out
        # A lone feeder, or one that leads, needs no comparison.
        count = np.bincount(state, minlength=int(state.max(initial=0)) + 1)
        if not (feeder & (count[state] > 1)).any():
            return out
        moved, healthy = self._by_row(), self._by_device()
        taken: set[int] = set()
        for i in range(len(places)):
            if heads[i]:
                taken = set()
            mine = {*moved(int(self.rows[places[i]])), *healthy(int(over.device[places[i]]))}
            out[i] = not feeder[i] or taken.isdisjoint(mine)
            if out[i]:
                taken |= mine
        return out

    def _by_row(self) -> Callable[[int], list[int]]:
        found = self.found
        order = np.argsort(found.row, kind="stable")
        ptr = np.searchsorted(found.row[order], np.arange(len(found.case) + 1))
        loads = found.load[order]
        # Rows past the last are of devices on which the case changes nothing.
        last = len(found.case)
        return lambda row: loads[ptr[row] : ptr[row + 1]].tolist() if row < last else []

    def _by_device(self) -> Callable[[int], list[int]]:
        device, load, _ = self.found.before
        order = np.argsort(device, kind="stable")
        ptr = np.searchsorted(device[order], np.arange(len(self.found.healthy_a) + 1))
        loads = load[order]
        return lambda d: loads[ptr[d] : ptr[d + 1]].tolist()


class Follower:
    """Cases followed to one end, all that need another round side by side."""

    def __init__(self, study: Study, rows: IntArray, end: End) -> None:
        table, times = study(cases), study(cap_times)
        self.study, self.table, self.rows, self.end = study, table, rows, end
        self.opened: list[list[tuple[int, float]]] = [[] for _ in rows]
        self.now = np.zeros(len(rows))
        self.keep = np.ones((len(rows), table.keep_by.shape[1]))
        self.cap_at = times.within_s()[rows]
        self.ledger = (np.empty(0, dtype=np.int64), np.empty((2, 0)))
        self.before = np.empty((0, 2), dtype=np.int64)
        self.dark: dict[int, IntArray] = {}
        self.rounds = np.zeros(len(rows), dtype=np.int64)

    def run(self) -> Run:
        """Follow until nothing more opens."""
        active = np.arange(len(self.rows))
        while len(active):
            active = self._round(active)
        count = [len(o) for o in self.opened]
        flat = [pair for o in self.opened for pair in o]
        dark = [np.empty((0, 2), dtype=np.int64)]
        dark += [np.stack([np.full(len(d), s), d], axis=1) for s, d in sorted(self.dark.items())]
        return Run(
            ptr=np.concatenate([[0], np.cumsum(count)]).astype(np.int64),
            node=np.array([n for n, _ in flat], dtype=np.int64),
            at_s=np.array([t for _, t in flat], dtype=float),
            dark=_without(np.concatenate(dark).astype(np.int64), self.before),
            rounds=self.rounds,
        )

    def _round(self, active: IntArray) -> IntArray:
        """Take the loads of some states, let one step happen in each; return who goes on."""
        wide = max(1, *(len(self.opened[s]) for s in active.tolist()))
        roots = np.full((len(active), wide), -1, dtype=np.int64)
        for place, s in enumerate(active.tolist()):
            nodes = [n for n, _ in self.opened[s]]
            roots[place, : len(nodes)] = nodes
        state = states_of(self.study, self.table, self.rows[active], roots, self.keep[active])
        share = shares_in(self.study, state, whole=True)
        self._note_dark(active, share)
        self.rounds[active] += 1
        over = self._over(active, state, share)
        first = np.full(len(self.rows), np.inf)
        np.minimum.at(first, over.state, over.at_s)
        capping = np.zeros(len(self.rows), dtype=bool)
        next_cap = np.full(len(self.rows), np.inf)
        next_cap[active] = self.cap_at[active].min(axis=1)
        capping[active] = (next_cap < first)[active] & np.isfinite(first)[active]
        opening = np.isfinite(first) & ~capping
        until = self.now.copy()
        until[capping] = next_cap[capping]
        if opening.any():
            self._open(over, opening, until)
        self._age(over, until)
        self.now = until
        self._cap(active, capping, state)
        return np.flatnonzero(capping | opening)

    def _note_dark(self, active: IntArray, share: Shares) -> None:
        """Keep who is dark now; what is dark in the first round is so by the loss itself."""
        none = share.living == 0
        place, rack = share.touched_case[none] - 1, share.touched[none]
        for p, s in enumerate(active.tolist()):
            self.dark[s] = rack[place == p] if len(place) else rack[:0]
        if not self.rounds.any():
            self.before = np.stack([active[place], rack], axis=1)

    def _over(self, active: IntArray, state: Cases, share: Shares) -> Over:
        """Devices above what they must hold, and when each opens if nothing changes."""
        study, known, limit = self.study, self.study(devices), limits_a(self.study)
        found = carried(study, share, state)
        case, device, amps = found.case, found.device, found.amps
        more = self._still(active, state, found.healthy_a > limit + SAME)
        new = ~np.isin(more[1], device[case == more[0][0]] if len(more[0]) else device)
        case, device = np.concatenate([case, more[0][new]]), np.concatenate([device, more[1][new]])
        amps = np.concatenate([amps, found.healthy_a[more[1][new]]])
        hit = np.flatnonzero(amps > limit[device] + SAME)
        place, device = active[case[hit] - 1], device[hit]
        self.loads = _Loads(found, hit)
        load = amps[hit] / known.setting_a[device]
        now = self.now[place]
        if self.end == "crude":
            return Over(place, device, load, np.zeros(len(hit)), now)
        # With nothing lost nobody knows since when: from cold.
        warm = np.where(self.rows[place] > 0, found.healthy_a[device], 0.0)
        times = known.opens(device, load, warm / known.setting_a[device])
        was = self._ledger_of(place, device)
        if self.end == "soonest":
            at = now + (1.0 - was[0]) * times.soonest_s
            return Over(place, device, load, times.soonest_s, at)
        # Less load than before: what it was to open by then no longer holds.
        stands = load >= was[0] * (1.0 - SAME)
        at = np.minimum(np.where(stands & (was[0] > 0), was[1], np.inf), now + times.latest_s)
        return Over(place, device, load, times.latest_s, at)

    def _still(self, active: IntArray, state: Cases, over: BoolArray) -> tuple[IntArray, IntArray]:
        """(case, device) of devices above their setting with nothing lost, until they are dead.

        They count where nothing is lost: there they open, whatever else may be lost later.
        """
        healthy = np.flatnonzero(self.rows[active] == 0) + 1
        wanted = np.flatnonzero(over)
        if not len(healthy) or not len(wanted):
            return healthy[:0], wanted[:0]
        case, fallen = int(healthy[0]), state.fallen
        known, topology = self.study(devices), self.study.arrays.topology.power
        node = known.node[wanted]
        up = np.where(node >= topology.feeders, self.study(grid).parent[node], node)
        dead = fallen.dead[fallen.ptr[case] : fallen.ptr[case + 1]]
        wanted = wanted[~np.isin(node, dead) & ~np.isin(up, dead)]
        return np.full(len(wanted), case), wanted

    def _open(self, over: Over, opening: BoolArray, until: FloatArray) -> None:
        """Open what is due first in each state, and move the clocks on to it."""
        known, topology = self.study(devices), self.study.arrays.topology.power
        rows = np.flatnonzero(opening[over.state] & np.isfinite(over.at_s))
        node, at, state = known.node[over.device[rows]], over.at_s[rows], over.state[rows]
        if self.end == "crude":
            chosen = np.arange(len(rows))
        else:
            tap = node >= topology.feeders
            order = np.lexsort((node, -topology.depth[node], ~tap, np.round(at, 9), state))
            first = np.full(len(self.rows), np.inf)
            np.minimum.at(first, state, at)
            room = _TOGETHER * (first - self.now) + SAME
            near = order[at[order] <= (first + room)[state[order]]]
            chosen = near[self.loads.apart(rows[near], over, ~tap[near])]
        for r in chosen[np.lexsort((node[chosen], at[chosen]))].tolist():
            self.opened[int(state[r])].append((int(node[r]), float(at[r])))
        np.maximum.at(until, state[chosen], at[chosen])

    def _age(self, over: Over, until: FloatArray) -> None:
        """Write down how far each device has come: a part of its time, or load and deadline."""
        width = len(self.study(devices).node) + 1
        key = over.state * width + over.device
        if self.end == "soonest":
            passed = (until - self.now)[over.state]
            part = np.where(over.whole_s > 0, passed / np.maximum(over.whole_s, SAME), 0.0)
            part = np.minimum(self._ledger_of(over.state, over.device)[0] + part, 1.0)
            values = np.stack([part, np.zeros(len(part))])
            kept = ~np.isin(self.ledger[0], key)
        else:
            values = np.stack([over.load_pu, over.at_s])
            kept = np.zeros(len(self.ledger[0]), dtype=bool)
        keys = np.concatenate([self.ledger[0][kept], key])
        both = np.concatenate([self.ledger[1][:, kept], values], axis=1)
        order = np.argsort(keys, kind="stable")
        self.ledger = (keys[order], both[:, order])

    def _ledger_of(self, state: IntArray, device: IntArray) -> FloatArray:
        """(2, n) what the ledger says of devices; nothing where it has none."""
        keys, values = self.ledger
        key = state * (len(self.study(devices).node) + 1) + device
        at = np.searchsorted(keys, key)
        hit = np.append(keys, -1)[at] == key
        return np.where(hit, np.append(values, np.zeros((2, 1)), axis=1)[:, at], 0.0)

    def _cap(self, active: IntArray, capping: BoolArray, state: Cases) -> None:
        """Let caps act whose time has come, where what enforces them lives."""
        times = self.study(cap_times)
        place = np.flatnonzero(capping[active])
        for p in place.tolist():
            s = int(active[p])
            due = self.cap_at[s] <= self.now[s] + SAME
            for k in np.flatnonzero(due).tolist():
                outcome = times.outcomes[times.number[self.rows[s], k]]
                enforcers = enforcers_of(self.study.site, outcome.enforced_by)
                known = is_known(outcome.enforced_by, enforcers) or self.end == "latest"
                dead = [dead_in(self.study, state.fallen, e)[p + 1] for e in enforcers]
                if known and not any(dead):
                    self.keep[s, k] = outcome.to
            self.cap_at[s, due] = np.inf


def _without(pairs: IntArray, others: IntArray) -> IntArray:
    """Pairs that are not among others."""
    if not len(pairs) or not len(others):
        return pairs
    width = int(max(pairs[:, 1].max(), others[:, 1].max())) + 1
    known = np.isin(pairs[:, 0] * width + pairs[:, 1], others[:, 0] * width + others[:, 1])
    return pairs[~known]
