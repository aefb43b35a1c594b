"""Racks of many solved loops as one table of rows: each rack in each lane of its loop."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from twin.checks.coolant.lane_rows import LaneRows, lane_rows
from twin.checks.coolant.taken import Taken
from twin.checks.inputs import caps_in_doubt, load_figures, rack_figure
from twin.checks.measure import Input
from twin.site.resolve import product_rows
from twin.site.table import BoolArray
from twin.solve.coolant.flow import LoopFlow
from twin.solve.load import rack_load
from twin.solve.study import Study


def inputs_of_racks(study: Study, rows: LaneRows) -> tuple[Input, ...]:
    """Figures behind rows of racks; a lane that did not converge is its own."""
    products = np.unique(product_rows(study.site, "rack")[rows.row])
    known = np.ones(1, dtype=bool)
    return (
        *load_figures(study, rows.row),
        rack_figure(study, "liquid_share_high", rows.row),
        rows.solved,
        # Pressure losses of racks: what one lets through the others lack.
        *(Input("product", "dp_kpa", np.full(1, p), known) for p in products[products >= 0]),
        *caps_in_doubt(study, rows.case, ~rows.counts),
    )


def rows_of_racks(
    study: Study,
    flows: Sequence[LoopFlow],
    which: Callable[[LoopFlow], BoolArray] | None = None,
) -> Iterator[LaneRows]:
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
) -> Iterator[LaneRows]:
    """Racks that are taken, in all lanes of their loops."""
    stand = {id(t.flow): t.standing for t in taken}

    def told(flow: LoopFlow) -> BoolArray:
        mine = stand[id(flow)]
        return mine if which is None else mine & which(flow)

    return rows_of_racks(study, [t.flow for t in taken], told)


def _every(study: Study) -> Callable[[tuple[LoopFlow, ...]], LaneRows]:
    """Return all racks of some loops in all lanes; of the same loops they are put together once."""
    del study
    made: dict[tuple[int, ...], LaneRows] = {}

    def every(flows: tuple[LoopFlow, ...]) -> LaneRows:
        key = tuple(map(id, flows))
        if key not in made:
            made[key] = lane_rows(flows, lambda flow: flow.racks.row)
        return made[key]

    return every


def _told(every: LaneRows, which: Callable[[LoopFlow], BoolArray] | None) -> LaneRows:
    """Return the rows of some racks."""
    if which is None:
        return every
    wide = which(every.flows[0]).ndim > 1
    return every.some(every.of(which) if wide else every.of_each(which))
