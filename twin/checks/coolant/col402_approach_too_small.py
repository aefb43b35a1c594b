"""COL402: loop supply less facility water supply against the approach that a CDU needs."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.coolant.sums import plant_supply_figures, told_as
from twin.checks.inputs import own_figure
from twin.checks.measure import Input, Measure
from twin.checks.rule import rule
from twin.solve.coolant.coupled import temperature_decides
from twin.solve.coolant.racks import air_side, approach_needed, approach_there
from twin.solve.limits import limit
from twin.solve.study import Study


@rule(
    "COL402",
    role="gate",
    severity="error",
    unit="K",
    message="loop {other} is only {demand} K warmer than the water or air that cools CDU "
    "{subject}, which needs an approach of {limit} K",
    fix="raise supply_c of loop {other}, or lower that of the plant of CDU {subject} or the air of "
    "its hall, by {shortfall} K, or take a CDU with a smaller approach",
    source="approach of the maker's rating; 3 to 5 K where the maker states none",
)
def approach_too_small(study: Study) -> Iterator[Measure]:
    """A CDU cannot hold its loop's set-point with the facility water that it is given.

    Why it matters
    --------------
    A heat exchanger cools the loop to within its approach of the facility water, no further. On
    a hot day the plant's water warms, and the loop follows however many CDUs stand on it.

    Method
    ------
    Supply of the loop less supply of the plant, at least the approach at which the CDU's capacity
    is published; the code profile's approach for a CDU that states none. For a liquid-to-air unit
    that states an approach: supply of the loop less the air of its hall (`dry_bulb_c`). Worked
    number: a loop at 40 degC over water at 36 degC is at the limit of a CDU rated at 4 K.

    Does not cover
    --------------
    CDUs of solved loops whose ratings are told in full: there the exchanger decides (COL203). A
    smaller approach at part load, other flows, fouling, liquid-to-air units that state no
    approach, and air at them that is warmer than the hall's.

    See also
    --------
    COL101, COL401.
    """
    site, cdus = study.site, study.table("cdu")
    loop = site.rows_of("loop", cdus["loop"])
    solved = np.append(study(temperature_decides), False)[loop]
    air, states = study(air_side), ~np.isnan(np.asarray(cdus["approach_k"], dtype=float))
    rows = np.flatnonzero((loop >= 0) & (~air | states) & (~solved | air))
    loop, air, states = loop[rows], air[rows], states[rows]
    hall = np.where(air, site.rows_of("hall", cdus["hall"])[rows], -1)
    plant = site.rows_of("plant", cdus["plant"])[rows]
    loop_c = np.append(study.table("loop")["supply_c"], np.nan)[loop]
    needed = study(approach_needed)[rows]
    yield Measure(
        kind="cdu",
        subject=rows,
        other=site.subject("loop", loop),
        demand=study(approach_there)[rows],
        limit=needed,
        sense="min",
        inputs=(
            Input("loop", "supply_c", loop, ~np.isnan(loop_c)),
            Input("cdu", "plant", np.where(air, -1, rows), plant >= 0),
            *plant_supply_figures(study, np.where(air, -1, plant)),
            Input("cdu", "hall", np.where(air, rows, -1), hall >= 0),
            own_figure(study, "hall", "dry_bulb_c", hall),
            *told_as(study, "cdu", "approach_k", rows, ~np.isnan(needed)),
        ),
        owner=np.where(states, "rating of the CDU", limit(study, "approach_k").owner),
    )
