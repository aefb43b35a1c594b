"""PWR108: how unequal the phases of a feeder are."""

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
    "PWR108",
    role="advice",
    severity="warning",
    unit="%",
    message="phases of {kind} {subject} are {demand} % off their average{lost}, {limit} % is usual",
    fix=(
        "let successive taps on {subject} take the phases in turn (ABC, BCA, CAB): change their "
        "`phase`; makers of rack PDUs alarm at 20 %"
    ),
    source="design guides: warn above 10 %; a maker's default alarm stands at 20 %",
)
def phases_unequal(study: Study) -> Iterator[Measure]:
    """The phases of a feeder carry unequal currents.

    Why it matters
    --------------
    Room for more racks ends with the fullest phase; the neutral carries the difference, and
    generators and UPS run hotter.

    Method
    ------
    The largest distance of a phase current from the average of the three, over that average,
    against `phase_imbalance_pct` of the code profile (10). Currents as in PWR107. An element whose
    average lies below `imbalance_floor_a` (0.5 A) counts as balanced and has no row. Worked
    number: 45, 38 and 52 A are 15.6 % from their average of 45 A.

    Does not cover
    --------------
    Sequence components of voltage, and what stands above a UPS, a rectifier or a parallel group.

    See also
    --------
    PWR107, PWR109.
    """
    part, floor = limit(study, "phase_imbalance_pct"), limit(study, "imbalance_floor_a")
    for found in study(phase_flows):
        for kind in PHASED[:-1]:
            rows = phase_rows(study, found, kind)
            amps = found.amps[rows.node]
            mean = amps.mean(axis=1)
            with np.errstate(divide="ignore", invalid="ignore"):
                off = 100.0 * np.abs(amps - mean[:, None]).max(axis=1) / mean
            yield rows.measure(
                np.where(rows.unsaid >= 0, np.nan, off), np.full(len(off), part.value),
                keep=(rows.unsaid >= 0) | ~(mean < floor.value), owner=part,
            )  # fmt: skip
