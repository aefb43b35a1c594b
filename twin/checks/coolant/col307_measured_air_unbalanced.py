"""COL307: Return Temperature Index of measured air."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.coolant.measured_rows import by_kind
from twin.checks.inputs import rack_figure
from twin.checks.measure import Measure
from twin.checks.rule import rule
from twin.solve.coolant.air import air_drawn
from twin.solve.coolant.measured import mean_of, measured, return_temperature_index
from twin.solve.coolant.zones import areas
from twin.solve.limits import limit
from twin.solve.study import Study


@rule(
    "COL307",
    role="advice",
    severity="note",
    unit="%",
    message="measured air in {kind} {subject} has a Return Temperature Index of {demand} %, "
    "{limit} % is the end of what is usual",
    fix="match the air that units move to what racks draw: more of it above 100 %, less below",
    source="Herrlin 2008 (formula, aim 100 %); the band round it is engineering judgement",
)
def measured_air_unbalanced(study: Study) -> Iterator[Measure]:
    """Units move much less, or much more, air than racks draw, as measured.

    Why it matters
    --------------
    Above 100 % racks breathe exhaust; below it cold air returns unused, and fans run for nothing.

    Method
    ------
    100 (T_return - T_supply) / dT: the mean of the air measured into and out of the air units that
    serve an area (`coolant.temperatures` of air units), over the mean rise of its racks of which
    inlet and outlet were measured, weighted by their airflow. Only what was measured counts.
    Worked number: 34 degC back, 22 degC out and a rise of 12 K are 100 %; a rise of 15 K is 80 %.

    Does not cover
    --------------
    Areas that share units with others (their mean return is not theirs alone; it is taken as if
    it were), units of unequal airflow, and racks whose airflow nobody states.

    See also
    --------
    COL104, COL302, COL306.
    """
    read, found = study(measured), study(areas)
    count = len(found.pool)
    back = mean_of(read.pool, read.return_c, count)
    out = mean_of(read.pool, read.supply_c, count)
    rise = read.outlet_c - read.inlet_c
    both = ~np.isnan(rise) & (read.rack_area >= 0)
    rack, group = read.rack[both], read.rack_area[both]
    air = study(air_drawn)[rack]
    weight = np.bincount(group, weights=air, minlength=count)
    heat = np.bincount(group, weights=air * rise[both], minlength=count)
    lacks = np.full(count, -1, dtype=np.int64)
    lacks[group[np.isnan(air)]] = rack[np.isnan(air)]
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = heat / weight
    index = return_temperature_index(
        np.append(back, np.nan)[found.pool], np.append(out, np.nan)[found.pool], mean
    )
    seen = np.isin(np.arange(count), group)
    seen &= ~np.isnan(np.append(back - out, np.nan)[found.pool])
    off = limit(study, "rti_off_pct")
    for kind, rows, here in by_kind(study, np.flatnonzero(seen)):
        at = np.flatnonzero(seen)[here]
        for bound, sense in ((100.0 + off.value, "max"), (100.0 - off.value, "min")):
            yield Measure(
                kind=kind,
                subject=rows,
                demand=index[at],
                limit=np.full(len(rows), bound),
                sense="min" if sense == "min" else "max",
                inputs=(rack_figure(study, "airflow_m3s", lacks[at]),),
                owner=off.owner,
                judged=off.judged,
            )
