"""COL405: coolant that leaves a rack, at the flow that it gets or needs, against its limit."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.coolant.lane_rows import near
from twin.checks.coolant.rack_rows import inputs_of_racks, rows_of_taken
from twin.checks.coolant.sums import flow_figures, told_as
from twin.checks.coolant.taken import taken_loops
from twin.checks.inputs import load_figures, rack_figure
from twin.checks.measure import Input, Measure
from twin.checks.rule import rule
from twin.site.table import Array, BoolArray, FloatArray, IntArray
from twin.solve.coolant.flow import LoopFlow
from twin.solve.coolant.fluids import fluid_table, return_c
from twin.solve.coolant.racks import flow_per_kw, rack_loops, wet
from twin.solve.limits import Owned, limit
from twin.solve.study import Study

SCALE_K = 10.0
_CLOSE_K = 0.01
"""Solved temperatures are not compared more sharply."""


@rule(
    "COL405",
    role="gate",
    severity="error",
    unit="degC",
    message="coolant would leave rack {subject} at {demand} degC{lost}, {limit} degC is allowed",
    fix="lower supply_c of loop {other} by {shortfall} K, or give rack {subject} more flow",
    source="heat balance dT = Q / (rho V cp); the rack type's return limit, else the code profile",
)
def return_temperature_too_high(study: Study) -> Iterator[Measure]:
    """Coolant returns from a rack warmer than rack, hoses or pumps are made for.

    Why it matters
    --------------
    Hoses, seals and pumps have a temperature of their own, and a loop near the boiling margin of
    its sensors is stopped by its own controls.

    Method
    ------
    Supply and Q / (rho V cp), with the rack's liquid heat and the fluid's properties at the mean
    temperature. Where the loop is solved, supply and flow are the rack's own, healthy and in each
    case that takes something of the loop. Elsewhere it is the loop's set-point and the flow that
    the rack needs there. The rack type's own limit decides; the code profile's, which is
    engineering judgement, warns where the type has none. Worked numbers: 1 kW into 1.5 L/min of
    PG25 at 40 degC rises by 9.95 K; a GB300 at 132 kW that gets 127.5 L/min of 40 degC returns
    53.9 degC.

    Does not cover
    --------------
    On loops that are not solved, more flow than the rack needs (the return is then colder) and
    less (COL102). Heat lost on the way.

    See also
    --------
    COL102, COL201, COL407.
    """
    racks = study.table("rack")
    own = np.asarray(racks["return_max_c"], dtype=float)
    general = limit(study, "return_max_c")
    mine = study(wet) & (study(rack_loops) >= 0) & study.here
    for taken in study(taken_loops):
        mine[taken.flow.racks.row] = False
    yield from _solved(study, own, general)
    told = np.flatnonzero(mine & ~np.isnan(own))
    other = np.flatnonzero(mine & np.isnan(own))
    yield _measure(study, told, own[told], "rack type", judged=False)
    if len(other):
        limits = np.full(len(other), general.value)
        yield _measure(study, other, limits, general.owner, judged=general.judged)


def _solved(study: Study, own: FloatArray, general: Owned) -> Iterator[Measure]:
    """Return temperatures of solved loops, by the racks' own limits and by the general one."""
    kinds = ((True, own, "rack type", False), (False, np.full(len(own), general.value),
             general.owner, general.judged))  # fmt: skip
    for told, limits, owner, judged in kinds:

        def which(flow: LoopFlow, *, told: bool = told) -> BoolArray:
            return np.asarray(~np.isnan(own[flow.racks.row]) == told)

        for rows in rows_of_taken(study, study(taken_loops), which):
            most = limits[rows.row]
            returns = near(rows.of(lambda flow: flow.rack_return_c), most, _CLOSE_K)
            yield Measure(
                kind="rack",
                subject=rows.row,
                other=study.site.subject("loop", rows.loop),
                case=rows.case,
                demand=rows.counted(returns, most),
                limit=most,
                scale=np.full(len(rows), SCALE_K),
                inputs=(
                    *inputs_of_racks(study, rows),
                    *rows.ratings(study),
                    *told_as(study, "rack", "return_max_c", rows.row, ~np.isnan(most)),
                ),
                owner=owner,
                judged=judged,
            )


def _measure(
    study: Study, rows: IntArray, limits: FloatArray, owner: str | Array, *, judged: bool
) -> Measure:
    loop = study(rack_loops)[rows]
    names = np.append(study.table("loop")["fluid"], "")
    catalog = study.site.catalog
    held = {n: fluid_table(catalog, n) is not None for n in np.unique(names).tolist()}
    known = np.array([held[n] for n in names.tolist()], dtype=bool)[loop]
    flow = study(flow_per_kw)[rows]
    hot = ~np.isnan(study(return_c)[rows])
    supply = np.append(study.table("loop")["supply_c"], np.nan)[loop]
    inside = hot | np.isnan(flow) | np.isnan(supply)
    return Measure(
        kind="rack",
        subject=rows,
        other=study.site.subject("loop", loop),
        demand=study(return_c)[rows],
        limit=limits,
        scale=np.full(len(rows), SCALE_K),
        inputs=(
            *load_figures(study, rows),
            rack_figure(study, "liquid_share_high", rows),
            *flow_figures(study, rows),
            Input("loop", "fluid", loop, known & inside),
            *told_as(study, "rack", "return_max_c", rows, ~np.isnan(limits)),
        ),
        owner=owner,
        judged=judged,
    )
