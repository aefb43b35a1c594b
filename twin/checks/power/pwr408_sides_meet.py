"""PWR408: racks whose sides meet in one element with which the policy lets them go dark."""

from __future__ import annotations

import numpy as np

from twin.checks.measure import Measure
from twin.checks.rule import rule
from twin.solve.losses.common_points import common_points
from twin.solve.study import Study


@rule(
    "PWR408",
    role="advice",
    severity="note",
    unit="paths",
    message="all sides of rack {subject} stand on {other}, with which the policy lets it go dark",
    fix=(
        "nothing, if that is meant; else hang some of its whips elsewhere and say full or capped "
        "in policy.losses"
    ),
    source="paths of a rack share no element below the declared common point",
)
def sides_meet(study: Study) -> Measure:
    """Both sides of a rack stand on one element whose loss the policy accepts.

    Why it matters
    --------------
    A policy is written for a whole site, and "racks may go dark with the utility" is soon said.
    Which racks have two sides on the drawing and one in truth is worth a look before the order.

    Method
    ------
    As PWR203, for elements of which the policy, or that of the rack's class, says "may go dark":
    the lowest on which all whips of a rack that has two or more hang. It is the declared common
    point of its paths, and this rule tells what has been declared. An element of which the policy
    is silent is told by PWR203, one that must be survived by PWR202.

    Does not cover
    --------------
    What lies beyond a transfer switch or a tie, racks with one whip, and paths of cables.

    See also
    --------
    PWR202, PWR203, PWR410.
    """
    site, first = study.site, study.arrays.topology.power.first
    whips = np.diff(study.arrays.topology.power.whip_ptr)
    rows = np.flatnonzero(study.here & (whips > 1))
    meets = study(common_points).accepted[rows]
    return Measure(
        kind="rack",
        subject=rows,
        demand=np.where(meets >= 0, 1.0, 2.0),
        limit=np.full(len(rows), 2.0),
        sense="min",
        scale=np.full(len(rows), np.nan),
        other=np.where(meets >= 0, meets + first, -1),
        owner=f"policy of {site.policy.owner}: losses",
    )
