"""COL417: loops of which the layout does not say how their pipes run."""

from __future__ import annotations

import numpy as np

from twin.checks.measure import Measure
from twin.checks.rule import rule
from twin.solve.coolant.described import loops_described
from twin.solve.coolant.racks import rack_loops, wet
from twin.solve.study import Study


@rule(
    "COL417",
    role="advice",
    severity="warning",
    unit="racks",
    message="the pipes of loop {subject} are not described: {demand} racks on it are judged by "
    "sums alone, and no loss of a pump or pipe is looked at",
    fix="describe its pipes (coolant.pipes), manifolds (coolant.manifolds) and hookups "
    "(coolant.hookups), and what it holds (control)",
    source="flow and temperature at a rack follow from the network, not from sums",
)
def loop_not_described(study: Study) -> Measure:
    """A loop with racks is judged by sums of heat and flow, for nobody says how its pipes run.

    Why it matters
    --------------
    A sum may hold while the last rack of a row starves: what reaches a rack is decided by pipes,
    hoses and the pressure that is left.

    Method
    ------
    Counts liquid-cooled racks on each loop of which neither pipes with ends nor manifolds are
    written. Worked number: a loop of eight racks with a manifold counts 0, without one 8.

    Does not cover
    --------------
    Whether what is described is right, and figures that a described loop lacks: its rules are
    then not known, and name them.

    See also
    --------
    COL101, COL102, COL201.
    """
    loop = study(rack_loops)
    mine = study(wet) & (loop >= 0) & study.here
    count = np.bincount(loop[mine], minlength=len(study.table("loop")))
    loops = np.flatnonzero(count)
    return Measure(
        kind="loop",
        subject=loops,
        demand=np.where(study(loops_described), 0.0, count)[loops],
        limit=np.zeros(len(loops)),
        owner="twin",
    )
