"""PWR107: the current in the worst phase, where taps say on which phases they stand."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.measure import Measure
from twin.checks.power.flowing import PHASED, phase_rows
from twin.checks.rule import rule
from twin.solve.power.flow_phases import phase_flows, phased
from twin.solve.study import Study


@rule(
    "PWR107",
    role="gate",
    severity="error",
    unit="A",
    message="one phase of {kind} {subject} would carry {demand} A{lost}, {limit} A is allowed",
    fix=(
        "move loads of {shortfall} A to the phase that carries least: change `phase` of taps on "
        "{subject}, or raise its rating_a and breaker_a so that {demand} A is allowed"
    ),
    source="NEC 210.19, 215.2: continuous load at most 80 % of a standard breaker, in every phase",
)
def phase_overloaded(study: Study) -> Iterator[Measure]:
    """One phase of a feeder carries more than its breaker or itself allows.

    Why it matters
    --------------
    A breaker looks at each phase by itself. A run whose average is well inside its limit trips
    when the single-phase loads on one phase are not.

    Method
    ------
    A load flow phase by phase, of constant power: a tap that says `phase` A, B or C hangs between
    that phase and the neutral, one of AB, BC or CA between two lines, all others on three alike.
    The largest of the three currents is held against the limit of PWR101, with nothing lost and
    after the loss that leaves most on each supply. Only elements with a tap of one or two
    `phases` below have rows, and a tap that says its own. One below which such a tap has no
    `phase` is not known until it says it, unless what stands on known phases is too much already:
    the load of that tap counts on none. Worked number: 45, 38 and
    52 A on a breaker of 63 A are 82.5 % in the worst phase, above 80 %, though 71.4 % on average.

    Does not cover
    --------------
    Harmonics, elements rated in kVA or kW alone, and phases above a UPS, a rectifier or a parallel
    group, which are taken to carry alike.

    See also
    --------
    PWR101, PWR108, PWR109.
    """
    for found in study(phase_flows):
        for kind in PHASED:
            rows = phase_rows(study, found, kind)
            worst = found.amps[rows.node].max(axis=1)
            own = kind != "tap" or study(phased)[rows.row]
            yield rows.measure(
                np.where(rows.unsaid >= 0, np.nan, worst), rows.limit,
                sure=worst, keep=np.broadcast_to(own, len(rows.row)),
            )  # fmt: skip
