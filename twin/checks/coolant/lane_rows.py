"""What many solved loops have, as one table of rows: each thing in each lane of its loop."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from twin.checks.coolant.ratings import lacking_unit, nothing_lacks, of_rating
from twin.checks.coolant.solved import solved
from twin.checks.measure import Input
from twin.site.table import Array, BoolArray, FloatArray, IntArray
from twin.solve.coolant.flow import LoopFlow
from twin.solve.study import Study


@dataclass(frozen=True, slots=True)
class LaneRows:
    """Rows of things that loops have; m of them, loop by loop and lane by lane.

    Attributes
    ----------
    flows, things
        The loops, and how many things each has.
    kept
        (m,) rows that are told, among all things in all lanes of these loops.
    row, loop, case
        (m,) row of the thing and of its loop; the first case of each lane.
    counts, converged
        (m,) whether a cap that a lane rests on counts; whether the lane was solved.
    """

    flows: tuple[LoopFlow, ...]
    things: tuple[int, ...]
    kept: IntArray
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
        return _by_lane(self.flows, self.things, figure)[self.kept]

    def of_each(self, figure: Callable[[LoopFlow], Array]) -> Array:
        """(m,) a figure (n,) of each loop's things."""
        return _by_thing(self.flows, figure)[self.kept]

    def some(self, which: BoolArray) -> LaneRows:
        """Return some of them, (m,)."""
        if which.all():
            return self
        return replace(
            self, kept=self.kept[which], row=self.row[which], loop=self.loop[which],
            case=self.case[which], counts=self.counts[which], converged=self.converged[which],
        )  # fmt: skip

    def counted(self, demand: FloatArray, limit: FloatArray, sign: float = 1.0) -> FloatArray:
        """(m,) a demand; NaN where it is past its limit and only a cap in doubt would save it."""
        return np.where((sign * demand > sign * limit) & ~self.counts, np.nan, demand)

    @property
    def solved(self) -> Input:
        """A lane that did not converge is its own figure."""
        return Input("loop", "", np.where(self.converged, -1, self.loop), self.converged)

    def ratings(self, study: Study) -> tuple[Input, ...]:
        """Which figure of a CDU's rating lacks where the temperature that it gives is not known."""
        unit = self.of_lanes(lacking_unit)
        return of_rating(study, unit) if (unit >= 0).any() else study(nothing_lacks)


def lane_rows(flows: Sequence[LoopFlow], rows: Callable[[LoopFlow], IntArray]) -> LaneRows:
    """Return things of loops, by their rows (n,), in all lanes."""
    things = tuple(len(rows(flow)) for flow in flows)
    row = _by_thing(flows, rows)
    return LaneRows(
        flows=tuple(flows), things=things, kept=np.arange(len(row)), row=row,
        loop=_by_lane(flows, things, lambda f: np.full(len(f.lanes.keep), f.circuit.row)),
        case=_by_lane(flows, things, lambda f: f.lanes.first_case),
        counts=_by_lane(flows, things, lambda f: f.lanes.counts).astype(bool),
        converged=_by_lane(flows, things, lambda f: f.moved.converged).astype(bool),
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


def _by_lane(
    flows: Sequence[LoopFlow], things: Sequence[int], figure: Callable[[LoopFlow], Array]
) -> Array:
    return _joined(np.repeat(figure(f), n) for f, n in zip(flows, things, strict=True))


def _by_thing(flows: Sequence[LoopFlow], figure: Callable[[LoopFlow], Array]) -> Array:
    return _joined(np.tile(figure(f), len(f.lanes.keep)) for f in flows)


def _joined(parts: Iterable[Array]) -> Array:
    """Put columns of loops together; of no loop at all nobody asks for more than its length."""
    columns = list(parts)
    return np.concatenate(columns) if columns else np.empty(0, dtype=np.int64)
