"""NET407: rails of a rack's nodes that do not have leaves of their own."""

from __future__ import annotations

from twin.checks.measure import Measure
from twin.checks.network.spread import spread
from twin.checks.rule import rule
from twin.solve.study import Study


@rule(
    "NET407",
    role="gate",
    severity="error",
    unit="rails",
    message="{demand} of {limit} rails of rack {subject} are whole, each on leaves of its own; one"
    " that it hangs on is {other}",
    fix="lead as many links of rack {subject} to leaves of each rail (switches of its position), or"
    " say the rails as they are (rails of the fabric, rail of the switch)",
    source="rail-optimised fabrics: link r of each node ends on a leaf of rail r",
)
def rails_share_a_leaf(study: Study) -> Measure:
    """The rails of a rack's nodes do not all end on leaves of their own.

    Why it matters
    --------------
    In a rail-optimised fabric GPU number r of all nodes meet on one leaf, one hop apart, and no
    leaf takes more than one GPU of a node with it. Two rails on one leaf break both.

    Method
    ------
    Networks with rails: fabrics that say `rails`, and switches by hand of which at least two say a
    `rail`, which are one network. On each plane a rail is whole where leaves of it take at least
    its fair part of the rack's links, one over the number of rails; whole rails against all of
    them. A fabric's own links always are; what somebody has taken out or led elsewhere is not
    (`switches` of a position). Links by hand are spread evenly over the switches that a position
    names. Worked number: eight rails on four leaves are four whole rails of eight.

    Does not cover
    --------------
    Networks of which nobody says rails, which of a node's ports is on which rail where switches
    are written by hand, and whether leaves of two rails stand in one rack (NET201, NET202).

    See also
    --------
    NET101, NET201, NET408.
    """
    return spread(study, "rail", "rails of the layout")
