"""CAB201: planes of one network whose cables lie in the same trays."""

from __future__ import annotations

from twin.checks.cabling.planes import shared_ways
from twin.checks.measure import Measure
from twin.checks.rule import rule
from twin.solve.cabling.links.sides import asked
from twin.solve.study import Study


@rule(
    "CAB201",
    role="advice",
    severity="warning",
    unit="m",
    message="over {demand} m cables of several planes of rack {subject} lie in the same trays, most"
    " of it in {other}",
    fix="lead one plane over trays of its own from rack {subject} on, or let the policy say what"
    " must survive the loss of a tray (policy.losses.tray)",
    source="planes are there so that one event does not take both",
)
def planes_share_way(study: Study) -> Measure:
    """Cables of several planes of a rack's network lie in the same trays.

    Why it matters
    --------------
    Two planes with switches, power and rooms of their own are one plane where their cables lie in
    one tray: a fire, a leak or a cut there takes both.

    Method
    ------
    Racks on fabrics of several planes that nobody asks to lie apart (CAB202). For each plane the
    pieces of trays and risers that the ways of the rack's cables pass as they are laid, of links
    through panels those of the cords at both ends and of the trunk; the lengths of those pieces
    that more than one plane passes add up, at most 0. It is advice: where the policy says what must
    survive the loss of a tray, NET203 decides by the bandwidth that is left. Worked number: both
    planes over one tray of 4 m share 4 m.

    Does not cover
    --------------
    Racks whose switches are written by hand, which name no planes; cables between switches; trays
    that hang side by side or one above the other and go in one fire; the racks themselves.

    See also
    --------
    CAB202, CAB302, NET203.
    """
    return shared_ways(study, ~asked(study), "planes of the fabric")
