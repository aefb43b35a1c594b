"""COL411: pressure that coolant loses to friction on each metre of pipe."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.coolant.piping import line_rows, lines_not_known
from twin.checks.measure import Measure
from twin.checks.rule import rule
from twin.solve.coolant.circuit import Part
from twin.solve.limits import limit
from twin.solve.study import Study


@rule(
    "COL411",
    role="gate",
    severity="error",
    unit="Pa/m",
    message="coolant loses {demand} Pa on each metre of {other}{lost}, {limit} Pa/m is the limit "
    "of {owner}",
    fix="take the next size of pipe for {other}, or less flow",
    source="Darcy-Weisbach with Swamee-Jain; usual design practice, a judgement",
)
def friction_steep(study: Study) -> Iterator[Measure]:
    """A pipe or manifold takes more of the pumps' head on each metre than is usual.

    Why it matters
    --------------
    Pipes stay for decades and pumps pay for them each hour. A loop of narrow pipes also shares
    its flow unevenly: the nearest rack takes what the last one lacks.

    Method
    ------
    f / D x rho v^2 / 2 by solved flows, at the temperature of what flows in, healthy and in each
    case that takes something of the loop; of a manifold its steepest segment. From 400 Pa/m it
    warns. From 1,000 Pa/m it is told of the loop, and blocks where the owner adopts that limit
    (`policy.adopt = ["friction_error_pa_m"]`). Worked number: 1,211 L/min of water at 20 degC in
    NPS 4 schedule 40 lose 538 Pa/m.

    Does not cover
    --------------
    Hoses, which are short; fittings and valves, which are in the flows; facility water.

    See also
    --------
    COL409, COL410.
    """
    warns, blocks = limit(study, "friction_max_pa_m"), limit(study, "friction_error_pa_m")
    for measure in lines_not_known(study, dict.fromkeys(Part, warns.value)):
        if measure.kind != "rack":
            yield measure
    for found in line_rows(study):
        if found.part == Part.HOSE:
            continue
        rows = found.rows
        friction = found.of(lambda lines: lines.friction_pa_m)
        for owned, kind, subject, judged in (
            (warns, found.kind, rows.row, True),
            (blocks, "loop", rows.loop, blocks.judged),
        ):
            limits = np.full(len(friction), owned.value)
            yield Measure(
                kind=kind,
                subject=subject,
                other=study.site.subject(found.kind, rows.row),
                case=rows.case,
                demand=rows.counted(friction, limits),
                limit=limits,
                inputs=(rows.solved,),
                owner=owned.owner,
                judged=judged,
            )
