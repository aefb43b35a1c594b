"""PWR502: how long racks stand on a single path while windows take the other away."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.measure import Input, Measure
from twin.checks.rule import rule
from twin.solve.losses.single_path import single_paths
from twin.solve.study import Study


@rule(
    "PWR502",
    role="gate",
    severity="error",
    unit="h",
    message="rack {subject} stands on {other} alone for {demand} h, {limit} h are allowed",
    fix=(
        "shorten or divide the work (start and until of its window), move the rack's load for the "
        "time, bring in a temporary second supply, or raise single_path_h of the policy"
    ),
    source="longest time on a single path that the owner's policy allows",
)
def single_path_too_long(study: Study) -> Iterator[Measure]:
    """Work, or a side that is not there yet, leaves a rack on a single path for too long.

    Why it matters
    --------------
    While one side is open, the next fault takes the rack. Owners allow that for a shift or a
    weekend, not for the six weeks until the second transformer comes.

    Method
    ------
    Between the days on which windows change something, switches are settled. A rack stands on a
    single path while the lowest element on which all its living whips hang is none on which they
    all hang as built. The longest such time without a break, in whole days from the rack's
    arrival until it leaves, against `single_path_h` of the policy; without one there is no row.
    With a day of the study a time that has begun counts whole, and one that ended before that day
    does not; a rack whose arrival nobody gives is there from that day on. Work without a last day
    leaves the row not known. Worked number: work from Monday to Wednesday is 72 h.

    Does not cover
    --------------
    Hours within a day, faults, racks that have one path as built (PWR203), and racks that are
    dark meanwhile (PWR501).

    See also
    --------
    PWR203, PWR501, PWR503.
    """
    allowed = study.site.policy.single_path_h
    if allowed is None:
        return
    found = study(single_paths)
    rows = found.rack
    first = study.arrays.topology.power.first
    known = ~(found.endless[rows] >= 0)
    yield Measure(
        kind="rack",
        subject=rows,
        demand=np.where(known, found.hours[rows], np.nan),
        limit=np.full(len(rows), allowed),
        sure=found.hours[rows],
        other=np.where(found.on[rows] >= 0, found.on[rows] + first, -1),
        inputs=(
            Input("window", "until", found.endless[rows], known),
            Input("rack", "arrives", rows, ~np.isnan(found.hours[rows])),
        ),
        owner=f"policy of {study.site.policy.owner}: single_path_h",
    )
