"""COL405: coolant that leaves a rack at the flow that it needs, against its warmest return."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.coolant.sums import flow_figures, told_as
from twin.checks.inputs import load_figure, rack_figure
from twin.checks.measure import Input, Measure
from twin.checks.rule import rule
from twin.site.table import Array, FloatArray, IntArray
from twin.solve.coolant.fluids import fluid_table, return_c
from twin.solve.coolant.racks import flow_per_kw, rack_loops, wet
from twin.solve.limits import limit
from twin.solve.study import Study

SCALE_K = 10.0


@rule(
    "COL405",
    role="gate",
    severity="error",
    unit="degC",
    message="coolant would leave rack {subject} at {demand} degC, {limit} degC is allowed",
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
    Supply of the loop plus Q / (rho V cp), with the rack's liquid heat, the flow that it needs at
    this supply and the fluid's properties at the mean temperature. The rack type's own limit
    decides; the code profile's, which is engineering judgement, warns where the type has none.
    Worked number: 1 kW into 1.5 L/min of PG25 at 40 degC rises by 9.95 K.

    Does not cover
    --------------
    More flow than the rack needs (the return is then colder), less flow than it needs (COL102),
    and heat lost on the way.

    See also
    --------
    COL102, COL407.
    """
    loop, racks = study(rack_loops), study.table("rack")
    own = np.asarray(racks["return_max_c"], dtype=float)
    mine = study(wet) & (loop >= 0) & study.here
    general = limit(study, "return_max_c")
    told = np.flatnonzero(mine & ~np.isnan(own))
    other = np.flatnonzero(mine & np.isnan(own))
    yield _measure(study, told, own[told], "rack type", judged=False)
    if len(other):
        limits = np.full(len(other), general.value)
        yield _measure(study, other, limits, general.owner, judged=general.judged)


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
            load_figure(study, rows),
            rack_figure(study, "liquid_share_high", rows),
            *flow_figures(study, rows),
            Input("loop", "fluid", loop, known & inside),
            *told_as(study, "rack", "return_max_c", rows, ~np.isnan(limits)),
        ),
        owner=owner,
        judged=judged,
    )
