"""PWR203: racks with several whips that all hang on one element, of which the policy is silent."""

from __future__ import annotations

import numpy as np

from twin.checks.measure import Measure
from twin.checks.rule import rule
from twin.solve.losses.common_points import common_points
from twin.solve.study import Study


@rule(
    "PWR203",
    role="advice",
    severity="warning",
    unit="paths",
    message="all whips of rack {subject} hang on {other}, whose loss the policy does not name",
    fix=(
        "hang some of its whips elsewhere, or say in policy.losses what racks must be when "
        "it is lost"
    ),
    source="paths of a rack share no element below the declared common point",
)
def single_point_of_failure(study: Study) -> Measure:
    """Several whips of a rack lead to one and the same element.

    Why it matters
    --------------
    Two whips look like redundancy. Where they meet in one busway or one UPS, its loss leaves the
    rack dark, and a policy that does not name this loss never shows it.

    Method
    ------
    The lowest element on which all whips of a rack that has two or more hang, of which the policy
    says nothing: the one where they meet, or one above it as far as no second way begins (an
    alternate, a parallel group, a tie). Where the policy says "full" or "capped" PWR202 decides,
    and "may go dark" is an answer, of which PWR408 tells what it accepts. The policy of the rack's
    class comes first.

    Does not cover
    --------------
    Elements beyond a transfer switch or a tie, ways of cable that lie in one trench or tray,
    control power, and shared cooling.

    See also
    --------
    PWR202, PWR408.
    """
    site, first = study.site, study.arrays.topology.power.first
    whips = np.diff(study.arrays.topology.power.whip_ptr)
    rows = np.flatnonzero(study.here & (whips > 1))
    silent = study(common_points).silent[rows]
    return Measure(
        kind="rack",
        subject=rows,
        demand=np.where(silent >= 0, 1.0, 2.0),
        limit=np.full(len(rows), 2.0),
        sense="min",
        scale=np.full(len(rows), np.nan),
        other=np.where(silent >= 0, silent + first, -1),
        owner=f"policy of {site.policy.owner}: losses",
    )
