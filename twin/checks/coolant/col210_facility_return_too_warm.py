"""COL210: how warm each CDU gives its facility water back."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.coolant.lane_rows import near, running_units
from twin.checks.coolant.solved import missing_inputs, unsolved
from twin.checks.measure import Measure
from twin.checks.rule import rule
from twin.solve.coolant.circuit import Part
from twin.solve.coolant.used import facility_return_c
from twin.solve.study import Study

SCALE_K = 10.0
_CLOSE_K = 0.01
"""Temperatures are not solved more sharply."""


@rule(
    "COL210",
    role="gate",
    severity="error",
    unit="degC",
    message="CDU {subject} gives facility water back at {demand} degC{lost}, plant {other} takes "
    "{limit} degC",
    fix="lower the set-point of its loop, let more coolant through its racks, or have return_max_c "
    "of plant {other} confirmed at {demand}",
    source="energy balance of the exchanger: return = supply + heat / (flow x capacity)",
)
def facility_return_too_warm(study: Study) -> Iterator[Measure]:
    """A CDU returns facility water that is warmer than its plant or its pipes take.

    Why it matters
    --------------
    A CDU that holds its set-point throttles: the less it has to cool, the less water it takes, and
    the warmer that goes back, at most as warm as the racks' return. Chillers trip on it, and
    plastic pipes soften.

    Method
    ------
    Supply of the plant plus the CDU's heat over its flow of facility water, healthy and in each
    case that takes something of its loop, against `return_max_c` of the plant; nothing where that
    is not said. Each CDU for itself: what mixes on the way back is cooler. Worked number: 59.5 kW
    on 49.3 L/min of water of 34 degC come back at 51.4 degC.

    Does not cover
    --------------
    Air units, CDUs of loops that are not described, CDUs that stand on their published condition
    alone (nobody knows what water they take), and the return that plants want at least.

    See also
    --------
    COL203, COL405.
    """
    cdus, site = study.table("cdu"), study.site
    plant = site.rows_of("plant", cdus["plant"])
    most = np.append(np.asarray(study.table("plant")["return_max_c"], dtype=float), np.nan)[plant]
    for found in unsolved(study):
        rows = found.circuit.rows(study, "cdu", Part.UNIT)
        rows = rows[~np.isnan(most[rows])]
        if len(rows):
            nothing = np.full(len(rows), np.nan)
            inputs = missing_inputs(found.missing, len(rows))
            yield Measure(kind="cdu", subject=rows, demand=nothing, limit=most[rows], inputs=inputs)
    units = study(running_units)
    some = units.some(~np.isnan(most[units.row]))
    limit = most[some.row]
    back = near(some.of(facility_return_c), limit, _CLOSE_K)
    yield Measure(
        kind="cdu",
        subject=some.row,
        other=np.asarray(cdus["plant"], dtype=np.int64)[some.row],
        case=some.case,
        demand=some.counted(back, limit),
        limit=limit,
        scale=np.full(len(some), SCALE_K),
        inputs=(some.solved, *some.ratings(study)),
        owner="plant of the layout",
    )
