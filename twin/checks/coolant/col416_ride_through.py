"""COL416: seconds for which the coolant of a loop carries its racks without cooling."""

from __future__ import annotations

import numpy as np

from twin.checks.coolant.solved import described_loops
from twin.checks.coolant.sums import groups_with
from twin.checks.measure import Input, Measure
from twin.checks.rule import rule
from twin.solve.coolant.fluids import fluid_table
from twin.solve.coolant.racks import rack_loops, wet
from twin.solve.coolant.riding import ride_s, volume_known_l
from twin.solve.study import Study


@rule(
    "COL416",
    role="advice",
    severity="note",
    unit="s",
    message="loop {subject} carries its racks for {demand} s without cooling",
    fix="write volume_l of loop {subject} and of its CDUs; a tank, or pumps and plant that return "
    "sooner, give more time",
    source="energy balance of a mixed volume, t = rho cp V dT / Q",
)
def ride_through(study: Study) -> Measure:
    """How long a loop carries its racks when its cooling stops while its pumps run.

    Why it matters
    --------------
    A chiller takes minutes to come back. Liquid cooling has seconds: whether racks throttle in
    time, or a tank is needed, is asked before the first test of it.

    Method
    ------
    What is known to be in the loop (lines of a described loop, `volume_l` of loop and CDUs) times
    density, heat capacity and the rise from the set-point to the coldest of the racks' warmest
    supplies, over the racks' liquid heat. What nobody gives counts as nothing, so that the true
    time is longer. It is a number and never fails; its limit is 0. Loops of which no volume is
    known are not measured. Worked number: 1,300 kW on 1,000 L of PG25 at 40 degC that may warm by
    10 K: 30.9 s.

    Does not cover
    --------------
    Pumps that stop as well: then only what is in the racks counts, about 30 s for 60 L at 115 kW
    and 15 K. Metal, coolant in racks, and how soon plant and pumps are back (PWR rules).

    See also
    --------
    COL203, COL417.
    """
    volume = volume_known_l(study, tuple(described_loops(study)))
    seconds = ride_s(study, volume)
    table = study.table("loop")
    loops = groups_with(study, study(rack_loops), study(wet))
    loops = loops[volume[loops] > 0]
    fluids = np.asarray(table["fluid"])
    names = {n: fluid_table(study.site.catalog, n) is not None for n in np.unique(fluids).tolist()}
    held = np.array([names[n] for n in fluids[loops].tolist()], dtype=bool)
    return Measure(
        kind="loop",
        subject=loops,
        demand=seconds[loops],
        limit=np.zeros(len(loops)),
        sense="min",
        scale=np.full(len(loops), np.nan),
        inputs=(
            Input("loop", "fluid", loops, held),
            Input("loop", "supply_c", loops, ~np.isnan(table["supply_c"][loops])),
        ),
        owner="none: a number",
    )
