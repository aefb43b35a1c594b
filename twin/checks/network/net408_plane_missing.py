"""NET408: planes of a network that do not have their part of a rack's links."""

from __future__ import annotations

from twin.checks.measure import Measure
from twin.checks.network.spread import spread
from twin.checks.rule import rule
from twin.solve.study import Study


@rule(
    "NET408",
    role="gate",
    severity="error",
    unit="planes",
    message="{demand} of {limit} planes have their part of the links of rack {subject}; one switch"
    " that it hangs on is {other}",
    fix="lead as many links of rack {subject} to each plane (switches of its position), or say the"
    " planes as they are (planes of the fabric, plane of the switch)",
    source="planes stand in for each other: every link has a port on each",
)
def plane_missing(study: Study) -> Measure:
    """A rack's links are not spread evenly over the planes of its network.

    Why it matters
    --------------
    Traffic is dealt to the planes in equal parts. A rack that hangs on one of two has half of its
    bandwidth in no fabric, and nothing at all when that one is lost.

    Method
    ------
    Networks of several planes: fabrics that say `planes`, and switches by hand of which at least
    two say a `plane`, which are one network. A plane has its part where its leaves take at least
    one over the number of planes of the rack's links. A fabric's own links always do; what somebody
    has taken out or led elsewhere may not (`switches` of a position). Links by hand are spread
    evenly over the switches that a position names. Worked number: both leaves of a rack on plane 0
    of two are one plane of two.

    Does not cover
    --------------
    Networks of which nobody says planes, what planes share (NET202, CAB201), and what a lost one
    leaves (NET204).

    See also
    --------
    NET204, NET407.
    """
    return spread(study, "plane", "planes of the layout")
