"""PWR414: hours that generators run on the fuel at the site."""

from __future__ import annotations

import numpy as np

from twin.checks.inputs import own_figure
from twin.checks.measure import Measure
from twin.checks.rule import rule
from twin.solve.limits import limit
from twin.solve.study import Study


@rule(
    "PWR414",
    role="advice",
    severity="warning",
    unit="h",
    message="generator {subject} runs {demand} h on the fuel at the site, {limit} h are usual",
    fix=(
        "store fuel for {shortfall} h more (runtime_min), contract deliveries, or set fuel_h in "
        "policy.limits"
    ),
    source="12 h at N load on site, as the Uptime tiers are quoted for tier IV",
)
def fuel_too_short(study: Study) -> Measure:
    """A generator has less fuel at the site than is usual.

    Why it matters
    --------------
    An outage that lasts longer than a night is a storm, and then no tanker comes.

    Method
    ------
    `runtime_min` of each source that is a generator, the time for which it carries its rating,
    against `fuel_h` of the code profile (12 h) or of the owner. One that states none is not known.

    Does not cover
    --------------
    Load below the rating, which stretches the fuel, tanks that several generators share, fuel
    that ages, prime generation on gas from a pipe (state its contract's time), and batteries.

    See also
    --------
    PWR103, PWR413.
    """
    wanted, sources = limit(study, "fuel_h"), study.table("source")
    rows = np.flatnonzero(np.asarray(sources["kind"]) == "generator")
    return Measure(
        kind="source",
        subject=rows,
        demand=np.asarray(sources["runtime_min"], dtype=float)[rows] / 60.0,
        limit=np.full(len(rows), wanted.value),
        sense="min",
        inputs=(own_figure(study, "source", "runtime_min", rows),),
        owner=wanted.owner,
        judged=wanted.judged,
    )
