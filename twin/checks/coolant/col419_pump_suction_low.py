"""COL419: suction head that stands before each CDU's pumps against what they require."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.coolant.lane_rows import running_units
from twin.checks.coolant.solved import missing_inputs, unsolved
from twin.checks.measure import Input, Measure
from twin.checks.rule import rule
from twin.site.table import FloatArray
from twin.solve.coolant.circuit import Part
from twin.solve.coolant.psychro import vapour_kpa
from twin.solve.limits import limit
from twin.solve.study import Study

AIR_KPA = 101.325
GRAVITY_M_S2 = 9.80665


@rule(
    "COL419",
    role="advice",
    severity="warning",
    unit="m",
    message="{demand} m of suction head stand before the pumps of CDU {subject}{lost}, {limit} m "
    "are required with the margin of {owner}",
    fix="raise static_kpa of its loop at the expansion vessel, or bring colder coolant back",
    source="net positive suction head (Hydraulic Institute): absolute pressure less vapour "
    "pressure, over density times gravity",
)
def pump_suction_low(study: Study) -> Iterator[Measure]:
    """Coolant may boil where the pumps of a CDU draw it in.

    Why it matters
    --------------
    A pump that draws in too little pressure cavitates: it loses its head, rattles, and its impeller
    is eaten away. Warm coolant makes it worse, a loop that has lost some of its fill as well.

    Method
    ------
    What is available, (101.325 kPa + `static_kpa` of the loop - vapour pressure) / (density x
    gravity), at the temperature at which coolant comes back to the unit, healthy and in each case
    that takes something of the loop; against `npsh_m` of the CDU and the profile's margin. The
    vapour pressure is that of water: of mixtures with glycol it is less. Only CDUs that state
    `npsh_m` are measured. Worked number: 100 kPa of fill and 50 degC of PG25 leave 19.0 m.

    Does not cover
    --------------
    Plants; height above the sea (1,000 m take about 1.2 m away); what pipes lose between the
    expansion vessel and the pumps; a requirement that rises beyond the duty; dissolved gas.

    See also
    --------
    COL205, COL414.
    """
    needed = np.asarray(study.table("cdu")["npsh_m"], dtype=float)
    margin = limit(study, "npsh_margin_m")
    for found in unsolved(study):
        rows = found.circuit.rows(study, "cdu", Part.UNIT)
        rows = rows[~np.isnan(needed[rows])]
        if len(rows):
            yield Measure(
                kind="cdu", subject=rows, demand=np.full(len(rows), np.nan),
                limit=needed[rows] + margin.value, sense="min",
                inputs=missing_inputs(found.missing, len(rows)), owner=margin.owner,
            )  # fmt: skip
    filled = np.asarray(study.table("loop")["static_kpa"], dtype=float)
    units = study(running_units)
    some = units.some(~np.isnan(needed[units.row]))
    static = filled[some.loop]
    warm = some.of(lambda flow: flow.warmth.return_c)
    dense = some.of(lambda flow: flow.loop.fluid.at(flow.warmth.return_c)[0])
    yield Measure(
        kind="cdu",
        subject=some.row,
        case=some.case,
        demand=suction_m(static, warm, dense),
        limit=needed[some.row] + margin.value,
        sense="min",
        inputs=(
            Input("loop", "static_kpa", some.loop, ~np.isnan(static)),
            some.solved,
            *some.ratings(study),
        ),
        owner=margin.owner,
    )


def suction_m(static_kpa: FloatArray | float, t_c: FloatArray, rho_kg_m3: FloatArray) -> FloatArray:
    """Net positive suction head available, m.

    Examples
    --------
    100 kPa above the air at 50 degC and 1,015 kg/m3.

    >>> suction_m(100.0, np.array(50.0), np.array(1015.0)).round(2).item()
    18.98
    """
    absolute = AIR_KPA + static_kpa - vapour_kpa(t_c)
    return np.asarray(1000.0 * absolute / (rho_kg_m3 * GRAVITY_M_S2))
