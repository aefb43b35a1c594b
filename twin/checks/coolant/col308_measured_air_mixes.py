"""COL308: Supply Heat Index of measured air."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.coolant.measured_rows import by_kind
from twin.checks.measure import Measure
from twin.checks.rule import rule
from twin.solve.coolant.inlets import supply_heat_index
from twin.solve.coolant.measured import mean_of, measured
from twin.solve.coolant.zones import areas
from twin.solve.limits import limit
from twin.solve.study import Study


@rule(
    "COL308",
    role="advice",
    severity="note",
    unit="1",
    message="measured air in {kind} {subject} has a Supply Heat Index of {demand}, {limit} is "
    "usual at most",
    fix="close what lets exhaust reach the inlets: blanking panels, aisle doors, cable openings",
    source="Sharma, Bash, Patel 2002 (formula); the limit is engineering judgement",
)
def measured_air_mixes(study: Study) -> Iterator[Measure]:
    """Supply air gains much of its heat before it reaches the racks, as measured.

    Why it matters
    --------------
    Heat that supply picks up on its way has been through a rack once already; each part of it is
    paid for with colder supply for all.

    Method
    ------
    SHI = sum(T_in - T_ref) / sum(T_out - T_ref) over the racks of an area of which inlet and
    outlet were measured, with T_ref the mean of the air measured out of the units that serve it.
    Racks count alike, as the formula takes equal flows. Only what was measured counts. Worked
    number: inlets of 21, 22 and 24 degC, outlets of 34, 35 and 38 degC on 20 degC: 0.149.

    Does not cover
    --------------
    Racks of unequal airflow, and where the heat is picked up.

    See also
    --------
    COL303, COL306, COL307.
    """
    read, found = study(measured), study(areas)
    supply = mean_of(read.pool, read.supply_c, len(found.pool))
    reference = np.append(supply, np.nan)[found.pool]
    both = (read.rack_area >= 0) & ~np.isnan(read.outlet_c - read.inlet_c)
    seen = np.unique(read.rack_area[both])
    seen = seen[~np.isnan(reference[seen])]
    most = limit(study, "shi_max")
    index = np.array([
        supply_heat_index(
            read.inlet_c[both & (read.rack_area == a)],
            read.outlet_c[both & (read.rack_area == a)],
            float(reference[a]),
        )[0]
        for a in seen.tolist()
    ])  # fmt: skip
    for kind, rows, here in by_kind(study, seen):
        yield Measure(
            kind=kind,
            subject=rows,
            demand=index[here],
            limit=np.full(len(rows), most.value),
            owner=most.owner,
            judged=most.judged,
        )
