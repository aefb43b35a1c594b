"""What many solved loops have, as one table of rows: each thing in each lane of its loop."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields

import numpy as np

from twin.checks.coolant.ratings import lacking_unit, nothing_lacks, of_rating
from twin.checks.coolant.solved import solved
from twin.checks.measure import Input
from twin.site.table import Array, BoolArray, FloatArray, IntArray
from twin.solve.coolant.flow import LoopFlow
from twin.solve.coolant.warmth import Valve
from twin.solve.study import Study


@dataclass(frozen=True, slots=True)
class LaneRows:
    """Rows of things that loops have; m of them, loop by loop and lane by lane.

    Attributes
    ----------
    flows
        The loops.
    kept, lane, thing
        (m,) which of all things in all lanes of these loops a row is; which of all their lanes; and
        which of all their things.
    row, loop, case
        (m,) row of the thing and of its loop; the first case of each lane.
    counts, converged
        (m,) whether a cap that a lane rests on counts; whether the lane was solved.
    """

    flows: tuple[LoopFlow, ...]
    kept: IntArray
    lane: IntArray
    thing: IntArray
    row: IntArray
    loop: IntArray
    case: IntArray
    counts: BoolArray
    converged: BoolArray

    def __len__(self) -> int:
        """Return how many rows there are."""
        return len(self.row)

    def of(self, figure: Callable[[LoopFlow], Array]) -> Array:
        """(m,) a figure (L, n) of each loop."""
        return _joined(np.ravel(figure(flow)) for flow in self.flows)[self.kept]

    def of_lanes(self, figure: Callable[[LoopFlow], Array]) -> Array:
        """(m,) a figure (L,) of each loop's lanes."""
        return _joined(map(figure, self.flows))[self.lane]

    def of_each(self, figure: Callable[[LoopFlow], Array]) -> Array:
        """(m,) a figure (n,) of each loop's things."""
        return _joined(map(figure, self.flows))[self.thing]

    def some(self, which: BoolArray) -> LaneRows:
        """Return some of them, (m,)."""
        if which.all():
            return self
        return LaneRows(self.flows, **{
            f.name: getattr(self, f.name)[which] for f in fields(self) if f.name != "flows"
        })  # fmt: skip

    def counted(self, demand: FloatArray, limit: FloatArray, sign: float = 1.0) -> FloatArray:
        """(m,) a demand; NaN where it is past its limit and only a cap in doubt would save it."""
        return np.where((sign * demand > sign * limit) & ~self.counts, np.nan, demand)

    @property
    def solved(self) -> Input:
        """A lane that did not converge is its own figure."""
        return Input("loop", "", np.where(self.converged, -1, self.loop), self.converged)

    def ratings(self, study: Study) -> tuple[Input, ...]:
        """Which figure of a CDU's rating lacks where the temperature that it gives is not known."""
        valves = _joined(np.ravel(flow.warmth.valve) for flow in self.flows)
        if not (valves == Valve.UNKNOWN).any():
            return study(nothing_lacks)
        unit = self.of_lanes(lacking_unit)
        return of_rating(study, unit) if (unit >= 0).any() else study(nothing_lacks)


def lane_rows(flows: Sequence[LoopFlow], rows: Callable[[LoopFlow], IntArray]) -> LaneRows:
    """Return things of loops, by their rows (n,), in all lanes."""
    named = [rows(flow) for flow in flows]
    things = np.array([len(each) for each in named], dtype=np.int64)
    lanes = np.array([len(flow.lanes.keep) for flow in flows], dtype=np.int64)
    each = np.repeat(things, lanes)
    lane = np.repeat(np.arange(len(each)), each)
    begin = np.repeat(np.cumsum(things) - things, lanes) - (np.cumsum(each) - each)
    thing = np.arange(len(lane)) + begin[lane]
    loop = np.array([flow.circuit.row for flow in flows], dtype=np.int64)
    return LaneRows(
        flows=tuple(flows), kept=np.arange(len(lane)), lane=lane, thing=thing,
        row=_joined(named)[thing], loop=np.repeat(loop, lanes)[lane],
        case=_joined(f.lanes.first_case for f in flows)[lane],
        counts=_joined(f.lanes.counts for f in flows).astype(bool)[lane],
        converged=_joined(f.moved.converged for f in flows).astype(bool)[lane],
    )  # fmt: skip


def running_units(study: Study) -> LaneRows:
    """CDUs of all solved loops in the lanes in which they run, as far as anybody knows."""
    every = lane_rows(tuple(solved(study)), lambda flow: flow.units)
    return every.some(~(every.of(lambda flow: flow.unit_lpm) <= 0))


def near(demand: FloatArray, limit: FloatArray, close: FloatArray | float) -> FloatArray:
    """(m,) demand of rows; the limit itself where it is past it by less than what was solved for.

    Examples
    --------
    >>> near(np.array([39.0, 40.004, 40.02]), np.array(40.0), 0.01).tolist()
    [39.0, 40.0, 40.02]
    """
    return np.where((demand > limit) & (demand <= limit + close), limit, demand)


def _joined(parts: Iterable[Array]) -> Array:
    """Put columns of loops together; of no loop at all nobody asks for more than its length."""
    columns = list(parts)
    return np.concatenate(columns) if columns else np.empty(0, dtype=np.int64)
