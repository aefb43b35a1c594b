"""Racks of a solved loop taken by rank: each if all before it still get the coolant they need.

Flow is no sum: a rack more on a manifold takes pressure from all others, and its heat makes a
supply float that a CDU can no longer hold. So the loop is solved with as many racks of its rank as
hold, found by bisection; then with whoever comes after the one that did not fit, and so on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

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


class Lack(NamedTuple):
    """What would befall whom with one more rack in place.

    Parameters
    ----------
    held
        Place among the loop's racks of the one that is held back.
    lane, place
        Where it is worst, and for which rack.
    dry
        Whether that rack lacks flow; else its coolant would be too warm.
    needs, gets
        Flow, L/min; or the warmest supply that it bears and what it would be given, degC.
    """

    held: int
    lane: int
    place: int
    dry: bool
    needs: float
    gets: float


@dataclass(frozen=True, slots=True)
class Taken:
    """Which racks of a loop stand, and what befalls whom if one more does. r racks.

    Attributes
    ----------
    flow
        The loop with the racks that are taken.
    lacks
        Of each rack that is held back, by rank: what happens with it in place besides those that
        were taken before it.
    """

    flow: LoopFlow
    lacks: tuple[Lack, ...]

    @property
    def held(self) -> IntArray:
        """(h,) places among the loop's racks that are held back, by rank."""
        return np.array([lack.held for lack in self.lacks], dtype=np.int64)

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
        return Taken(flow, ())
    rank = rank_order(study, np.zeros(len(study.table("rack")), dtype=bool))
    place = np.full(len(study.table("rack")), -1)
    place[flow.racks.row] = np.arange(len(flow.racks.row))
    order = place[rank]
    order = order[order >= 0]
    hopeless = dry(flow)[order]
    alone = [lack_of(study, flow, own) for own in order[hopeless].tolist()]
    found = _Taking(study, flow).take(order[~hopeless])
    return Taken(found.flow, (*alone, *found.lacks))


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
        """Try every rack: one solve for each that is held back, few for a run that is taken."""
        taken, left, best = order[:0], order, None
        lacks: list[Lack] = []
        while len(left):
            # Most loops hold most racks; who comes after one that does not fit rarely fits either.
            count, fits, worse = self._prefix(taken, left, 1 if lacks else len(left))
            taken, best = np.concatenate([taken, left[:count]]), fits or best
            left = left[count:]
            if worse is None:
                break
            lacks.append(lack_of(self.study, worse, int(left[0])))
            left = left[1:]
        return Taken(best or self.solved(taken), tuple(lacks))

    def _prefix(
        self, taken: IntArray, left: IntArray, width: int
    ) -> tuple[int, LoopFlow | None, LoopFlow | None]:
        """Most of `left` that fit, the loop with them, and the loop with the next one as well.

        Twice as many more are tried each time, `width` at first; then those between by bisection.
        """
        low, high = 0, len(left)
        fits: LoopFlow | None = None
        worse: LoopFlow | None = None
        while low < high:
            count = min(low + width, high) if worse is None else (low + high + 1) // 2
            found = self.solved(np.concatenate([taken, left[:count]]))
            if lacking(self.study, found).any():
                high, worse = count - 1, found
            else:
                low, fits, width = count, found, 2 * width
        return low, fits, worse


def lack_of(study: Study, flow: LoopFlow, own: int) -> Lack:
    """Say what is worst in a loop in which some rack lacks flow or cold; of equals for `own`."""
    dry, warmest = short(flow), np.asarray(study.table("rack")["supply_max_c"], dtype=float)
    most = warmest[flow.racks.row]
    with np.errstate(divide="ignore", invalid="ignore"):
        part = np.where(dry, 1.0 - flow.rack_lpm / flow.need_lpm, -np.inf)
    if not dry.any():
        part = np.where(too_warm(study, flow), flow.rack_supply_c - most, -np.inf)
    lane, place = (int(k) for k in np.unravel_index(int(np.argmax(part)), part.shape))
    if part[:, own].max() == part.max():
        lane, place = int(np.argmax(part[:, own])), own
    if dry.any():
        needs, gets = flow.need_lpm[lane, place], flow.rack_lpm[lane, place]
    else:
        needs, gets = most[place], flow.rack_supply_c[lane, place]
    return Lack(own, lane, place, dry=bool(dry.any()), needs=float(needs), gets=float(gets))


def in_doubt(flow: LoopFlow) -> FloatArray:
    """(L, r) need of each rack; NaN where it lacks flow and only a cap in doubt would save it."""
    short = (flow.need_lpm > flow.rack_lpm * (1.0 + CLOSE)) & ~flow.lanes.counts[:, None]
    return np.where(short, np.nan, flow.need_lpm)
