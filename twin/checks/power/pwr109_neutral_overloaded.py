"""PWR109: the current in the neutral of a feeder."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.measure import Measure
from twin.checks.power.flowing import PHASED, phase_rows
from twin.checks.rule import rule
from twin.solve.limits import limit
from twin.solve.power.flow_phases import phase_flows
from twin.solve.study import Study


@rule(
    "PWR109",
    role="advice",
    severity="warning",
    unit="A",
    message=(
        "the neutral of {kind} {subject} would carry {demand} A{lost}, {limit} A is taken to be "
        "its share of the rating"
    ),
    fix=(
        "balance the phases of the taps on {subject}, or take a run whose neutral carries "
        "{demand} A and set limits.neutral_pct"
    ),
    source="sum of phase currents of linear loads; a neutral as large as a phase",
)
def neutral_overloaded(study: Study) -> Iterator[Measure]:
    """The neutral of a feeder carries more than it is made for.

    Why it matters
    --------------
    Nothing protects a neutral: no breaker looks at its current, and one that breaks puts the
    voltage between lines on loads made for less.

    Method
    ------
    The current that returns in the neutral, from the load flow of PWR107, against `neutral_pct` of
    the limit of a phase (100 %). Of linear loads of one power factor it is
    sqrt(Ia^2 + Ib^2 + Ic^2 - Ia Ib - Ib Ic - Ic Ia). Worked number: 45, 38 and 52 A leave 12.12 A.

    Does not cover
    --------------
    Third harmonics, which add up in the neutral even where phases carry alike: supplies with
    correction of their power factor make few.

    See also
    --------
    PWR107, PWR108.
    """
    part = limit(study, "neutral_pct")
    for found in study(phase_flows):
        for kind in PHASED[:-1]:
            rows = phase_rows(study, found, kind)
            neutral = found.neutral_a[rows.node]
            yield rows.measure(
                np.where(rows.unsaid >= 0, np.nan, neutral),
                rows.limit * part.value / 100.0, sure=None, owner=part,
            )  # fmt: skip
