"""COL205: flow of each CDU against the least flow of its pumps."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.coolant.lane_rows import running_units
from twin.checks.coolant.solved import missing_inputs, unsolved
from twin.checks.coolant.sums import told_as
from twin.checks.measure import Measure
from twin.checks.rule import rule
from twin.solve.coolant.circuit import Part
from twin.solve.study import Study


@rule(
    "COL205",
    role="advice",
    severity="warning",
    unit="L/min",
    message="CDU {subject} gives {demand} L/min{lost}, its pumps need {limit} L/min and it has no "
    "bypass",
    fix="add a bypass (bypass = true), let fewer CDUs run until more racks stand, or take smaller "
    "pumps",
    source="least flow of the pumps as their maker states it",
)
def below_least_flow(study: Study) -> Iterator[Measure]:
    """The pumps of a CDU run below their least flow, and no bypass opens.

    Why it matters
    --------------
    Below its least flow a pump heats what stands in it, recirculates and wears out its seals. A
    row that is being filled starts there: two CDUs share the flow of the first rack.

    Method
    ------
    Flow of each running CDU against its `min_flow_lpm`, by solved flows, healthy and in each case
    that takes something of the loop. CDUs with a bypass are not measured: their pumps move their
    least flow, and racks get what its head gives; the papers say what goes round. Worked number:
    two CDUs that share eight GB300 at 127.5 L/min give 510 L/min each.

    Does not cover
    --------------
    CDUs in which pumps are staged off at part load, and plants.

    See also
    --------
    COL204.
    """
    cdus = study.table("cdu")
    least = np.asarray(cdus["min_flow_lpm"], dtype=float)
    bare = ~np.asarray(cdus["bypass"], dtype=bool)
    for found in unsolved(study):
        rows = found.circuit.rows(study, "cdu", Part.UNIT)
        rows = rows[bare[rows]]
        yield Measure(
            kind="cdu",
            subject=rows,
            demand=np.full(len(rows), np.nan),
            limit=least[rows],
            sense="min",
            inputs=missing_inputs(found.missing, len(rows)),
        )
    units = study(running_units)
    some = units.some(bare[units.row])
    limit = least[some.row]
    yield Measure(
        kind="cdu",
        subject=some.row,
        case=some.case,
        demand=some.of(lambda flow: flow.unit_lpm),
        limit=limit,
        sense="min",
        inputs=(some.solved, *told_as(study, "cdu", "min_flow_lpm", some.row, ~np.isnan(limit))),
        owner="maker of the pumps",
    )
