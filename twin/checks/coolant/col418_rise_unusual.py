"""COL418: by how much coolant warms in racks of which only a general figure speaks."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.coolant.lane_rows import near
from twin.checks.coolant.rack_rows import inputs_of_racks, rows_of_racks
from twin.checks.coolant.solved import solved
from twin.checks.coolant.sums import flow_figures
from twin.checks.inputs import load_figures, rack_figure
from twin.checks.measure import Measure
from twin.checks.rule import rule
from twin.site.resolve import product_rows
from twin.solve.coolant.fluids import return_c
from twin.solve.coolant.racks import curves, loop_supply, rack_loops, wet
from twin.solve.limits import limit
from twin.solve.study import Study

_CLOSE_K = 0.01
"""Solved temperatures are not compared more sharply."""


@rule(
    "COL418",
    role="advice",
    severity="warning",
    unit="K",
    message="coolant warms by {demand} K in rack {subject}{lost}, usual is {limit} K at most",
    fix="ask the maker of {subject} for flow over supply temperature or a return limit; else give "
    "it more flow",
    source="heat balance dT = Q / (rho V cp); 10 K, a press figure",
)
def rise_unusual(study: Study) -> Iterator[Measure]:
    """Coolant warms by more than 10 K in a rack whose maker says nothing of it.

    Why it matters
    --------------
    Cold plates are laid out for a rise. More of it heats the last chip in the row of plates above
    what its class allows.

    Method
    ------
    Q / (rho V cp) with the rack's liquid heat and, where the loop is solved, the flow that
    reaches it, healthy and in each case that takes something of the loop; elsewhere the flow that
    it needs. Only for racks whose type publishes neither a flow over supply temperature nor a
    warmest return: where it does, its own figures come first, and a GB300 may warm by 15 K.
    Worked number: 1.5 L/min of PG25 at 40 degC for each kW warm by 9.95 K.

    Does not cover
    --------------
    Racks with a curve or a return limit (COL201, COL405), and single plates within a rack.

    See also
    --------
    COL405, COL407.
    """
    general, racks = limit(study, "liquid_dt_max_k"), study.table("rack")
    own = np.isin(product_rows(study.site, "rack"), list(study(curves)))
    own |= ~np.isnan(np.asarray(racks["return_max_c"], dtype=float))
    mine = study(wet) & (study(rack_loops) >= 0) & study.here & ~own
    flows = tuple(solved(study))
    for some in rows_of_racks(study, flows, lambda flow: mine[flow.racks.row]):
        most = np.full(len(some), general.value)
        rise = some.of(lambda flow: flow.rack_return_c - flow.rack_supply_c)
        yield Measure(
            kind="rack",
            subject=some.row,
            case=some.case,
            demand=some.counted(near(rise, most, _CLOSE_K), most),
            limit=most,
            inputs=(*inputs_of_racks(study, some), *some.ratings(study)),
            owner=general.owner,
            judged=general.judged,
        )
    for flow in flows:
        mine[flow.racks.row] = False
    rows = np.flatnonzero(mine)
    if len(rows):
        yield Measure(
            kind="rack",
            subject=rows,
            demand=(study(return_c) - study(loop_supply))[rows],
            limit=np.full(len(rows), general.value),
            inputs=(
                *load_figures(study, rows),
                rack_figure(study, "liquid_share_high", rows),
                *flow_figures(study, rows),
            ),
            owner=general.owner,
            judged=general.judged,
        )
