"""COL102: coolant flow that the racks on a loop need against that of its living CDUs."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.coolant.sums import (
    flow_figures,
    group_budget,
    groups_with,
    liquid_inputs,
    no_feeds,
    no_units,
    unit_figures,
)
from twin.checks.measure import Budget
from twin.checks.rule import rule
from twin.solve.coolant.coupled import flow_decides
from twin.solve.coolant.racks import flow_need, rack_loops, wet
from twin.solve.power.living import living
from twin.solve.study import Study


@rule(
    "COL102",
    role="gate",
    severity="error",
    unit="L/min",
    message="racks on loop {subject} need {demand} L/min{lost}, its CDUs give {limit} L/min; "
    "{fit} of {on} racks fit",
    fix="lower supply_c of loop {subject}, where the racks' curves need less flow, add a CDU of "
    "at least {shortfall} L/min, or cap the racks (policy.provisioned_kw)",
    source="racks' published flow over supply temperature; CDUs' published flow",
)
def cdu_flow_exceeded(study: Study) -> Iterator[Budget]:
    """Racks need more coolant flow than the CDUs of their loop give.

    Why it matters
    --------------
    Warm supply saves chillers and costs flow: a rack that needs 119 L/min at 40 degC needs 177
    at 45 degC. A loop may pass by heat and still starve the last racks of flow.

    Method
    ------
    Each rack's own published curve is read at the supply temperature of its loop, by straight
    lines between its points, never beyond them. It holds at one heat; racks hold their return
    temperature, so the flow goes with the heat. Racks without a curve: flow per kW, or one flow
    at one heat. The sum against the published flows of the living CDUs, healthy and in the worst
    of the losses that the policy names; where one of power is among them, a CDU that names no
    `feeds` leaves the loop not known. Worked number: at 135 kW a rack gives 121.5 kW to liquid;
    1,200 L/min carry 10 racks at 40 degC and 6 at 45 degC.

    Does not cover
    --------------
    Loops whose pipes are described: there solved flows decide (COL201). What the pumps give
    against the resistance of pipes, hoses and racks, how the flow splits among racks, the
    difference between water and glycol in a rack's curve, and a third pump.

    See also
    --------
    COL101, COL201, COL405, COL407.
    """
    loop = study(rack_loops)
    mine = study(wet) & ~np.append(study(flow_decides), False)[loop]
    amount = np.where(mine, study(flow_need), 0.0)
    cdus = study.table("cdu")
    cdu_loop = study.site.rows_of("loop", cdus["loop"])
    flow = np.asarray(cdus["flow_lpm"], dtype=float)
    rows = living(study, "cdu", cdu_loop, flow, groups_with(study, loop, mine))
    figures = (
        no_units("loop", rows),
        no_feeds("cdu", rows),
        *unit_figures(study, "cdu", "flow_lpm", rows.lacking),
    )
    of_racks = (*liquid_inputs(study), *flow_figures(study))
    yield group_budget(study, "loop", rows, loop, amount, (of_racks, figures))
