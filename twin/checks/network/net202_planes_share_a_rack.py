"""NET202: what one network rack takes of a fabric of several planes."""

from __future__ import annotations

import numpy as np

from twin.arrays.needs import hosts
from twin.checks.measure import Measure
from twin.checks.rule import rule
from twin.site.table import IntArray
from twin.solve.cabling.links.bandwidth import Left, Worth, left_of, passed_down, worst_of
from twin.solve.study import Study


@rule(
    "NET202",
    role="advice",
    severity="warning",
    unit="1",
    message="rack {subject} keeps {demand} of its links without network rack {other}, its planes"
    " would keep {limit}",
    fix="house the switches of each plane in racks of their own (leaf_at, spine_at, core_at), or"
    " spread the rack's links evenly over the planes",
    source="planes stand in for each other only as far as they share nothing",
)
def planes_share_a_rack(study: Study) -> Measure:
    """The planes of a fabric share a network rack, so that it takes more of a rack than one plane.

    Why it matters
    --------------
    Planes are bought so that a rack goes on with the others when one is gone. Switches of two
    planes in one rack, on one busway and under one tray, go together.

    Method
    ------
    Fabrics of several planes. For each network rack all its switches of the fabric are lost; a
    lost spine or core takes of what is below it the part of the uplinks that end on it. The least
    part of its links that a rack keeps, against what it keeps where the loss is one plane of P
    equal ones: 1 - 1/P. Worked number: two planes keep 0.5; where leaves of both stand in one rack
    that has all of a rack's links, it keeps 0.

    Does not cover
    --------------
    What else planes may share: feeds (NET201 where the policy says what a lost switch may take),
    trays, and switches in a compute rack, whose own loss ends its work. Rails, whose leaves are
    one plane. Switches that stand nowhere (DLV503). It is advice: the owner says what a loss may
    take.

    See also
    --------
    NET201, NET204, DLV503.
    """
    left = _left(study)
    planes = np.asarray(study.table("fabric")["planes"], dtype=float)
    worst = worst_of(left, np.flatnonzero(planes[left.fabric] > 1))
    return Measure(
        kind="rack",
        subject=left.rack[worst],
        demand=left.left[worst],
        limit=1.0 - 1.0 / planes[left.fabric[worst]],
        sense="min",
        other=study.site.subject("rack", left.case[worst]),
        owner="planes of the fabric",
    )


def _left(study: Study) -> Left:
    """What is left to racks without each rack that houses switches; its row is the case."""
    host = hosts(study.site)
    inside: IntArray = np.flatnonzero(host >= 0)
    lost = passed_down(study, Worth(host[inside], inside, np.ones(len(inside)), inside))
    left = left_of(study, lost)
    others = np.flatnonzero((left.case != left.rack) & (left.fabric >= 0))
    return left.take(others)
