"""Racks of solved loops taken by rank: each if all before it still get the coolant they need.

Flow is no sum: a rack more on a manifold takes pressure from all others, and its heat makes a
supply float that a CDU can no longer hold. So the loop is solved with as many racks of its rank as
hold, found by bisection; then with whoever comes after the one that did not fit, and so on. Loops
that are short of the same facility water are taken together.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np

from twin.checks.budgets import rank_order
from twin.checks.coolant.solved import solved
from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.coolant.coupled import guessing
from twin.solve.coolant.flow import LoopFlow, solve_ready
from twin.solve.coolant.shared import short_of_water
from twin.solve.coolant.warmth import Valve
from twin.solve.study import Study

CLOSE = 1e-6
"""Of a flow: solved figures are not compared more sharply."""
WARM_K = 0.01
"""Of a supply that floats: warmer than its limit by less than this is not told from it."""
_TRIES = 24
"""Racks that are tried one by one after the first that did not fit, where plants are solved too;
who comes after them is held back with the last."""

Flows = tuple[LoopFlow, ...]


class Lack(NamedTuple):
    """What would befall whom with one more rack in place.

    Parameters
    ----------
    held
        Row of the rack that is held back.
    case, rack
        Where it is worst, and for which rack.
    dry
        Whether that rack lacks flow; else its coolant would be too warm.
    needs, gets
        Flow, L/min; or the warmest supply that it bears and what it would be given, degC.
    """

    held: int
    case: int
    rack: int
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
    def standing(self) -> BoolArray:
        """(r,) racks that are taken."""
        row = self.flow.racks.row
        if not self.lacks:
            return np.ones(len(row), dtype=bool)
        return ~np.isin(row, [lack.held for lack in self.lacks])


def taken_loops(study: Study) -> tuple[Taken, ...]:
    """Take the racks of every solved loop."""
    out: dict[int, Taken] = {}
    if any(lacking(study, flow).any() for flow in solved(study)):
        for group in study(short_of_water):
            for taken in _take(study, group.loops, partial(group.without, study), _TRIES):
                out[taken.flow.circuit.row] = taken
    for flow in solved(study):
        if flow.circuit.row not in out:
            out[flow.circuit.row] = take(study, flow)
    return tuple(out[flow.circuit.row] for flow in solved(study))


def take(study: Study, flow: LoopFlow) -> Taken:
    """Take the racks of a loop by rank."""
    (taken,) = _take(study, (flow,), lambda absent: (solve_ready(flow.loop, None, absent),))
    return taken


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


def _take(
    study: Study, flows: Flows, solve: Callable[[BoolArray], Flows], tries: int | None = None
) -> list[Taken]:
    """Take the racks of loops by rank; `solve` is without those that are absent, (racks,)."""
    if not any(lacking(study, flow).any() for flow in flows):
        return [Taken(flow, ()) for flow in flows]
    racks = np.concatenate([flow.racks.row for flow in flows])
    hopeless = np.concatenate([flow.racks.row[dry(flow)] for flow in flows])
    rank = rank_order(study, np.zeros(len(study.table("rack")), dtype=bool))
    order = rank[np.isin(rank, racks)]
    alone = [lack_of(study, flows, int(own)) for own in order[np.isin(order, hopeless)]]
    found, lacks = _Taking(study, solve, tries).take(order[~np.isin(order, hopeless)])
    lacks = [*alone, *lacks]
    return [
        Taken(flow, tuple(lack for lack in lacks if lack.held in set(flow.racks.row.tolist())))
        for flow in found
    ]


class _Taking:
    """Loops while their racks are taken."""

    def __init__(
        self, study: Study, solve: Callable[[BoolArray], Flows], tries: int | None
    ) -> None:
        self.study, self.solve, self.tries = study, solve, tries

    def solved(self, racks: IntArray) -> Flows:
        """Solve the loops with some of their racks."""
        absent = np.ones(len(self.study.table("rack")), dtype=bool)
        absent[racks] = False
        return self.solve(absent)

    def take(self, order: IntArray) -> tuple[Flows, list[Lack]]:
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
            if self.tries is not None and len(lacks) >= self.tries:
                lacks += [lacks[-1]._replace(held=int(own)) for own in left]
                break
        return best or self.solved(taken), lacks

    def _prefix(
        self, taken: IntArray, left: IntArray, width: int
    ) -> tuple[int, Flows | None, Flows | None]:
        """Most of `left` that fit, the loops with them, and the loops with the next one as well.

        Twice as many more are tried each time, `width` at first; then those between by bisection.
        """
        low, high = 0, len(left)
        fits: Flows | None = None
        worse: Flows | None = None
        while low < high:
            count = min(low + width, high) if worse is None else (low + high + 1) // 2
            found = self.solved(np.concatenate([taken, left[:count]]))
            if any(lacking(self.study, flow).any() for flow in found):
                high, worse = count - 1, found
            else:
                low, fits, width = count, found, 2 * width
        return low, fits, worse


def lack_of(study: Study, flows: Sequence[LoopFlow], own: int) -> Lack:
    """Say what is worst in loops in which some rack lacks flow or cold; of equals for `own`."""
    dry = any(short(flow).any() for flow in flows)
    warmest = np.asarray(study.table("rack")["supply_max_c"], dtype=float)
    worst: tuple[float, bool] = (-np.inf, False)
    for flow in flows:
        part, needs, gets = _worse(study, flow, warmest, dry=dry)
        if not part.size:
            continue
        mine = flow.racks.row == own
        itself = bool(mine.any()) and part[:, mine].max() == part.max()
        if (float(part.max()), itself) <= worst:
            continue
        worst = float(part.max()), itself
        place = int(np.flatnonzero(mine)[0]) if itself else int(part.max(axis=0).argmax())
        lane = int(part[:, place].argmax())
        lack = Lack(
            own, int(flow.lanes.first_case[lane]), int(flow.racks.row[place]), dry,
            float(needs[lane, place]), float(gets[lane, place]),
        )  # fmt: skip
    return lack


def _worse(
    study: Study, flow: LoopFlow, warmest: FloatArray, *, dry: bool
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """(L, r) how far racks lack flow, or else cold, -inf not at all; what they need and get."""
    if dry:
        with np.errstate(divide="ignore", invalid="ignore"):
            part = np.where(short(flow), 1.0 - flow.rack_lpm / flow.need_lpm, -np.inf)
        return part, flow.need_lpm, flow.rack_lpm
    most = np.broadcast_to(warmest[flow.racks.row], flow.rack_lpm.shape)
    part = np.where(too_warm(study, flow), flow.rack_supply_c - most, -np.inf)
    return part, most, flow.rack_supply_c


def in_doubt(study: Study, flow: LoopFlow) -> FloatArray:
    """(L, r) need of each rack; NaN where nobody knows whether it may stand.

    Where it lacks flow and only a cap in doubt would save it; and where it comes after one of whose
    coolant the temperature is not known: that one may need it away.
    """
    doubt = (flow.need_lpm > flow.rack_lpm * (1.0 + CLOSE)) & ~flow.lanes.counts[:, None]
    unknown = _of_unknown_supply(flow)
    if unknown.any():
        order = study(_order)[flow.racks.row]
        doubt |= order > np.where(unknown, order, np.inf).min(axis=1, keepdims=True)
    return np.where(doubt | (waits_for(study, flow) >= 0), np.nan, flow.need_lpm)


def waits_for(study: Study, flow: LoopFlow) -> IntArray:
    """(L, r) CDU of unknown ask beside which a rack before this one may be short of water, -1 none.

    A rack on another loop of the plant takes of the same water.
    """
    out, short = np.full(flow.need_lpm.shape, -1), study(_short_beside_guesses)
    if not short:
        return out
    order = study(_order)[flow.racks.row]
    for plant in short.keys() & set(_plants(study, flow).tolist()):
        out[:, order > short[plant]] = study(guessing)[plant]
    return out


def _short_beside_guesses(study: Study) -> dict[int, float]:
    """First place by rank of racks that may be short of water beside a guess, by plant."""
    out: dict[int, float] = {}
    for flow in solved(study) if study(guessing) else ():
        unknown = _of_unknown_supply(flow)
        if not unknown.any():
            continue
        for plant, open_ in zip(_plants(study, flow), np.isnan(flow.most_lpm).T, strict=True):
            racks = flow.racks.row[unknown[open_].any(axis=0)]
            if plant in study(guessing) and len(racks):
                first = float(study(_order)[racks].min())
                out[int(plant)] = min(out.get(int(plant), np.inf), first)
    return out


def _plants(study: Study, flow: LoopFlow) -> IntArray:
    """(u,) plant of each unit of a loop, -1 none."""
    return study.site.rows_of("plant", study.table("cdu")["plant"][flow.units])


def _of_unknown_supply(flow: LoopFlow) -> BoolArray:
    """(L, r) racks of whose coolant the temperature is not known, as of a CDU's."""
    lane = (flow.warmth.valve == Valve.UNKNOWN).any(axis=1)[:, None]
    return np.asarray(lane & np.isnan(flow.need_lpm) & np.isnan(flow.rack_supply_c))


def _order(study: Study) -> FloatArray:
    """(racks,) place of each rack of the day by rank."""
    rank = rank_order(study, np.zeros(len(study.table("rack")), dtype=bool))
    out = np.full(len(study.table("rack")), np.inf)
    out[rank] = np.arange(len(rank))
    return out
