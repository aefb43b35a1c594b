"""Racks of a solved loop taken by rank: each if all before it still get the coolant they need.

Flow is no sum: a rack more on a manifold takes pressure from all others, and its heat makes a
supply float that a CDU can no longer hold. So the loop is solved with ever fewer racks, by
bisection over their rank, until all that stand hold.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from twin.checks.budgets import rank_order
from twin.checks.coolant.solved import solved
from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.coolant.flow import LoopFlow, solve_ready
from twin.solve.study import Study

CLOSE = 1e-6
"""Of a flow: solved figures are not compared more sharply."""
WARM_K = 0.01
"""Of a supply that floats: warmer than its limit by less than this is not told from it."""
_HELD_ONE_BY_ONE = 6
"""Racks that are looked for one by one; who comes after the last of them is held back with it."""


@dataclass(frozen=True, slots=True)
class Taken:
    """Which racks of a loop stand, and what befalls whom if one more does. r racks.

    Attributes
    ----------
    flow
        The loop with the racks that are taken.
    held
        (h,) places among the loop's racks that are held back, by rank.
    with_them
        (h,) the loop solved with each of them in place besides those that were taken before it.
    """

    flow: LoopFlow
    held: IntArray
    with_them: tuple[LoopFlow, ...]

    def standing(self, place: IntArray) -> BoolArray:
        """Whether places among the loop's racks are of racks that are taken."""
        return ~np.isin(place, self.held)


def taken_loops(study: Study) -> tuple[Taken, ...]:
    """Take the racks of every solved loop."""
    return tuple(take(study, flow) for flow in solved(study))


def short(flow: LoopFlow) -> BoolArray:
    """(L, r) racks that surely get less than they need; where a cap is in doubt nobody does."""
    return (flow.need_lpm > flow.rack_lpm * (1.0 + CLOSE)) & flow.lanes.counts[:, None]


def too_warm(study: Study, flow: LoopFlow) -> BoolArray:
    """(L, r) racks whose coolant is surely warmer than their type bears, the CDUs wide open."""
    most = np.asarray(study.table("rack")["supply_max_c"], dtype=float)[flow.racks.row]
    return (flow.rack_supply_c > most + WARM_K) & flow.lanes.counts[:, None]


def lacking(study: Study, flow: LoopFlow) -> BoolArray:
    """(L, r) racks that get too little coolant, or too warm."""
    return short(flow) | too_warm(study, flow)


def dry(flow: LoopFlow) -> BoolArray:
    """(r,) racks that a case cuts off from all that pumps: whoever else stands, nothing comes."""
    return np.asarray((short(flow) & (flow.rack_lpm == 0)).any(axis=0))


def take(study: Study, flow: LoopFlow) -> Taken:
    """Take the racks of a loop by rank."""
    if not lacking(study, flow).any():
        return Taken(flow, np.empty(0, dtype=np.int64), ())
    rank = rank_order(study, np.zeros(len(study.table("rack")), dtype=bool))
    place = np.full(len(study.table("rack")), -1)
    place[flow.racks.row] = np.arange(len(flow.racks.row))
    order = place[rank]
    order = order[order >= 0]
    hopeless = dry(flow)[order]
    found = _Taking(study, flow).take(order[~hopeless])
    alone = order[hopeless]
    return replace(
        found,
        held=np.concatenate([alone, found.held]),
        with_them=(*[flow] * len(alone), *found.with_them),
    )


class _Taking:
    """One loop while its racks are taken."""

    def __init__(self, study: Study, flow: LoopFlow) -> None:
        self.study, self.full = study, flow

    def solved(self, places: IntArray) -> LoopFlow:
        """Solve the loop with some of its racks."""
        absent = np.ones(len(self.study.table("rack")), dtype=bool)
        absent[self.full.racks.row[places]] = False
        return solve_ready(self.full.loop, None, absent)

    def take(self, order: IntArray) -> Taken:
        taken, left = order[:0], order
        held: list[int] = []
        seen: list[LoopFlow] = []
        best = self.full
        while len(left):
            count, best, worse = self._prefix(taken, left)
            taken = np.concatenate([taken, left[:count]])
            left = left[count:]
            if worse is None:
                break
            held.append(int(left[0]))
            seen.append(worse)
            left = left[1:]
            if len(held) == _HELD_ONE_BY_ONE:
                held += left.tolist()
                seen += [self.full] * len(left)
                break
        return Taken(best, np.array(held, dtype=np.int64), tuple(seen))

    def _prefix(self, taken: IntArray, left: IntArray) -> tuple[int, LoopFlow, LoopFlow | None]:
        """Most of `left` that fit, the loop with them, and the loop with the next one as well."""
        low, high = 0, len(left)
        fits, worse = self.solved(taken), None
        while low < high:
            middle = (low + high + 1) // 2
            found = self.solved(np.concatenate([taken, left[:middle]]))
            if lacking(self.study, found).any():
                high, worse = middle - 1, found
            else:
                low, fits = middle, found
        return low, fits, worse


def worst_lack(flow: LoopFlow, own: int) -> tuple[int, int]:
    """Lane and place of the rack that lacks the greatest part of its need; of equals, `own`."""
    with np.errstate(divide="ignore", invalid="ignore"):
        part = np.where(short(flow), 1.0 - flow.rack_lpm / flow.need_lpm, -np.inf)
    if part[:, own].max() == part.max():
        return int(np.argmax(part[:, own])), own
    lane, place = np.unravel_index(int(np.argmax(part)), part.shape)
    return int(lane), int(place)


def in_doubt(flow: LoopFlow) -> FloatArray:
    """(L, r) need of each rack; NaN where it lacks flow and only a cap in doubt would save it."""
    short = (flow.need_lpm > flow.rack_lpm * (1.0 + CLOSE)) & ~flow.lanes.counts[:, None]
    return np.where(short, np.nan, flow.need_lpm)
