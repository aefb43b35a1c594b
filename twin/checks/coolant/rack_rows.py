"""Racks of many solved loops as one table of rows: each rack in each lane of its loop."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from twin.checks.coolant.lanes import lacking_unit, nothing_lacks, of_rating
from twin.checks.coolant.taken import Taken
from twin.checks.inputs import caps_in_doubt, load_figure, rack_figure
from twin.checks.measure import Input
from twin.site.resolve import product_rows
from twin.site.table import Array, BoolArray, FloatArray, IntArray
from twin.solve.coolant.flow import LoopFlow
from twin.solve.load import rack_load
from twin.solve.study import Study


@dataclass(frozen=True, slots=True)
class RackRows:
    """Rows of racks; m of them, loop by loop and lane by lane.

    Attributes
    ----------
    flows
        Their loops.
    kept
        Rows that are told, among all racks in all lanes of these loops.
    rack, loop, case
        (m,) rows of the rack and the loop table; the first case of each lane.
    counts, converged
        (m,) whether a cap that a lane rests on counts; whether the lane was solved.
    """

    flows: tuple[LoopFlow, ...]
    kept: IntArray
    rack: IntArray
    loop: IntArray
    case: IntArray
    counts: BoolArray
    converged: BoolArray

    def __len__(self) -> int:
        """Return how many rows there are."""
        return len(self.rack)

    def of(self, figure: Callable[[LoopFlow], FloatArray]) -> FloatArray:
        """(m,) a figure (L, r) of each loop."""
        return np.concatenate([np.ravel(figure(flow)) for flow in self.flows])[self.kept]

    def of_lanes(self, figure: Callable[[LoopFlow], Array]) -> Array:
        """(m,) a figure (L,) of each loop's lanes."""
        return _by_lane(self.flows, figure)[self.kept]

    def of_racks(self, figure: Callable[[LoopFlow], Array]) -> Array:
        """(m,) a figure (r,) of each loop's racks."""
        return _by_rack(self.flows, figure)[self.kept]

    def counted(self, demand: FloatArray, limit: FloatArray, sign: float = 1.0) -> FloatArray:
        """(m,) a demand; NaN where it is past its limit and only a cap in doubt would save it."""
        return np.where((sign * demand > sign * limit) & ~self.counts, np.nan, demand)

    def inputs(self, study: Study) -> tuple[Input, ...]:
        """Figures behind rows; a lane that did not converge is its own."""
        products = np.unique(product_rows(study.site, "rack")[self.rack])
        known = np.ones(1, dtype=bool)
        return (
            load_figure(study, self.rack),
            rack_figure(study, "liquid_share_high", self.rack),
            Input("loop", "", np.where(self.converged, -1, self.loop), self.converged),
            # Pressure losses of racks: what one lets through the others lack.
            *(Input("product", "dp_kpa", np.full(1, p), known) for p in products[products >= 0]),
            *caps_in_doubt(study, self.case, ~self.counts),
        )

    def ratings(self, study: Study) -> tuple[Input, ...]:
        """Which figure of a CDU's rating lacks where the temperature that it gives is not known."""
        unit = self.of_lanes(lacking_unit)
        return of_rating(study, unit) if (unit >= 0).any() else study(nothing_lacks)


def rows_of_racks(
    study: Study,
    flows: Sequence[LoopFlow],
    which: Callable[[LoopFlow], BoolArray] | None = None,
) -> Iterator[RackRows]:
    """Racks of solved loops in all lanes: loops of which all loads are known together.

    Parameters
    ----------
    which
        (r,) or (L, r) racks of a loop that are told; None: all of them.
    """
    lacks = np.isnan(study(rack_load))
    known = [flow for flow in flows if not lacks[flow.racks.row].any()]
    # What lacks of a load is told by its first rack, so that each such loop tells its own.
    apart = [[flow] for flow in flows if lacks[flow.racks.row].any()]
    for some in [known, *apart]:
        if some:
            rows = _told(study(_every)(tuple(some)), which)
            if len(rows):
                yield rows


def rows_of_taken(
    study: Study,
    taken: Sequence[Taken],
    which: Callable[[LoopFlow], BoolArray] | None = None,
) -> Iterator[RackRows]:
    """Racks that are taken, in all lanes of their loops."""
    stand = {id(t.flow): t.standing(np.arange(len(t.flow.racks.row))) for t in taken}

    def told(flow: LoopFlow) -> BoolArray:
        mine = stand[id(flow)]
        return mine if which is None else mine & which(flow)

    return rows_of_racks(study, [t.flow for t in taken], told)


def _every(study: Study) -> Callable[[tuple[LoopFlow, ...]], RackRows]:
    """Return all racks of some loops in all lanes; of the same loops they are put together once."""
    del study
    made: dict[tuple[int, ...], RackRows] = {}

    def every(flows: tuple[LoopFlow, ...]) -> RackRows:
        key = tuple(map(id, flows))
        if key not in made:
            rack = _by_rack(flows, lambda f: f.racks.row)
            made[key] = RackRows(
                flows=flows, kept=np.arange(len(rack)), rack=rack,
                loop=_by_lane(flows, lambda f: np.full(len(f.lanes.keep), f.circuit.row)),
                case=_by_lane(flows, lambda f: f.lanes.first_case),
                counts=_by_lane(flows, lambda f: f.lanes.counts),
                converged=_by_lane(flows, lambda f: f.moved.converged),
            )  # fmt: skip
        return made[key]

    return every


def _told(every: RackRows, which: Callable[[LoopFlow], BoolArray] | None) -> RackRows:
    """Return the rows of some racks."""
    if which is None:
        return every
    flows = every.flows
    told = np.concatenate([np.broadcast_to(which(f), f.rack_lpm.shape).ravel() for f in flows])
    if told.all():
        return every
    kept = np.flatnonzero(told)
    return RackRows(
        flows, kept, every.rack[kept], every.loop[kept], every.case[kept], every.counts[kept],
        every.converged[kept],
    )  # fmt: skip


def _by_lane(flows: Sequence[LoopFlow], figure: Callable[[LoopFlow], Array]) -> Array:
    return np.concatenate([np.repeat(figure(f), len(f.racks.row)) for f in flows])


def _by_rack(flows: Sequence[LoopFlow], figure: Callable[[LoopFlow], Array]) -> Array:
    return np.concatenate([np.tile(figure(f), len(f.lanes.keep)) for f in flows])
