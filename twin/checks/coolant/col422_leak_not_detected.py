"""COL422: how far leaks of a loop are detected, and shut off by themselves."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.inputs import own_figure
from twin.checks.measure import Measure
from twin.checks.rule import rule
from twin.solve.coolant.racks import rack_loops, wet
from twin.solve.limits import limit
from twin.solve.study import Study


@rule(
    "COL422",
    role="advice",
    severity="warning",
    unit="%",
    message="{demand} % of loop {subject} has leak detection, or valves that a leak shuts; {limit} "
    "% is asked for",
    fix="detection cable or drip trays, and valves that shut by themselves, for all of {subject}",
    source="checklist of a CDU: detection, trays and automatic isolation of every zone with liquid",
)
def leak_not_detected(study: Study) -> Iterator[Measure]:
    """A leak of a loop is not detected everywhere, or not shut off by itself.

    Why it matters
    --------------
    A coupling that drips onto a power shelf ends a rack; a hose that bursts empties a loop in a
    minute, and with it a row. Both are small where a cable tells and a valve shuts.

    Method
    ------
    `leak_detected` and `leak_isolated` of each loop with racks, in per cent, against
    `leak_coverage` of the code profile. A loop without says 0; one that says nothing is not known.
    Worked number: a loop of which 0.8 lies over detection cable has 80 %, of 100 %.

    Does not cover
    --------------
    Where the parts without are, loops within a rack, whether sensors work, facility water, and
    what a valve shuts off with the leak (`policy.losses.pipe` and `manifold` tell that).

    See also
    --------
    COL414.
    """
    wanted, loops = limit(study, "leak_coverage"), study(rack_loops)
    rows = np.unique(loops[study(wet) & (loops >= 0) & study.here])
    rows = rows[np.asarray(study.table("loop")["rack"])[rows] < 0]
    for column in ("leak_detected", "leak_isolated"):
        yield Measure(
            kind="loop",
            subject=rows,
            demand=100.0 * np.asarray(study.table("loop")[column], dtype=float)[rows],
            limit=np.full(len(rows), 100.0 * wanted.value),
            sense="min",
            inputs=(own_figure(study, "loop", column, rows),),
            owner=wanted.owner,
            judged=wanted.judged,
        )
