"""COL410: velocity in pipes, manifolds and hoses of solved loops."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.coolant.piping import line_rows, lines_not_known
from twin.checks.measure import Measure
from twin.checks.rule import rule
from twin.solve.coolant.circuit import Part
from twin.solve.limits import limit
from twin.solve.study import Study

_MOST = {
    Part.PIPE: "header_velocity_max_m_s",
    Part.SEGMENT: "manifold_velocity_max_m_s",
    Part.HOSE: "hose_velocity_max_m_s",
}


@rule(
    "COL410",
    role="advice",
    severity="warning",
    unit="m/s",
    message="coolant runs at {demand} m/s at {kind} {subject}{lost}, {limit} m/s is the limit of "
    "{owner}",
    fix="above: the next size of pipe or hose, or less flow; below: a smaller one",
    source="velocity in headers as energy-code flow tables imply it; manifolds and hoses, and the "
    "least, are judgement",
)
def pipe_too_fast(study: Study) -> Iterator[Measure]:
    """Coolant runs faster in a pipe, a manifold or a hose than such lines are made for.

    Why it matters
    --------------
    Fast flow erodes, whistles and wastes the pumps' head; dirt and air settle where it creeps.

    Method
    ------
    Flow over the section of the bore, by solved flows, healthy and in each case that takes
    something of the loop: pipes 2.5 m/s, manifolds 2.0 m/s in their fastest segment, hoses 2.5
    m/s (told as the rack on them). Pipes below 0.3 m/s while nothing is lost are told as well.
    Worked number: 1,211 L/min in a bore of 102.26 mm run at 2.457 m/s.

    Does not cover
    --------------
    Slow ends of manifolds, and spare hoses and pipes of loops that are not described. Facility
    water.

    See also
    --------
    COL411, COL413.
    """
    most = {part: limit(study, name) for part, name in _MOST.items()}
    least = limit(study, "velocity_min_m_s")
    yield from lines_not_known(study, {part: owned.value for part, owned in most.items()})
    for found in line_rows(study):
        owned, rows = most[found.part], found.rows
        speed = found.of(lambda lines: lines.velocity_m_s)
        limits = np.full(len(speed), owned.value)
        yield Measure(
            kind=found.kind,
            subject=rows.row,
            case=rows.case,
            demand=rows.counted(speed, limits),
            limit=limits,
            inputs=(rows.solved,),
            owner=owned.owner,
            judged=owned.judged,
        )
        if found.part == Part.PIPE:
            healthy = rows.case == 0
            yield Measure(
                kind=found.kind,
                subject=rows.row[healthy],
                demand=speed[healthy],
                limit=np.full(int(healthy.sum()), least.value),
                sense="min",
                inputs=(rows.some(healthy).solved,),
                owner=least.owner,
                judged=least.judged,
            )
