"""CAB202: planes that the layout asks to lie apart, and whose cables share trays all the same."""

from __future__ import annotations

from twin.checks.cabling.planes import shared_ways
from twin.checks.measure import Measure
from twin.checks.rule import rule
from twin.solve.cabling.links.sides import asked
from twin.solve.study import Study


@rule(
    "CAB202",
    role="gate",
    severity="error",
    unit="m",
    message="over {demand} m cables of both planes of rack {subject} lie in the same trays, most of"
    " it in {other}; its fabric asks that they share none",
    fix="hang a tray that leads one plane round {other}, or stand its leaves where another way"
    " leads to them",
    source="apart of the fabric, as the layout asks",
)
def asked_apart(study: Study) -> Measure:
    """Planes that are to lie apart have no ways of their own.

    Why it matters
    --------------
    Who asks for two planes on ways of their own counts on one of them when a tray burns, is cut or
    flooded. Where the trays leave no second way, that is not so, whatever the switches cost.

    Method
    ------
    Racks on fabrics that ask for it (apart of the fabric). From each position the racks of switches
    of either plane are paired in their order; the two ways of a pair are searched together, so that
    they share as little as can be and are short together (Suurballe and Tarjan 1984), and no way
    leads through another rack. Then the lengths of pieces of trays and risers that cables of both
    planes of the rack pass add up, at most 0; of links through panels these are the cords at both
    ends and the trunk, which are led like all others: a trunk that both planes share fails. Worked
    number: both planes over one tray of 4 m share 4 m.

    Does not cover
    --------------
    Cables between switches, which are led like all others; trays that hang side by side or one
    above the other and go in one fire; the racks themselves, and panels that both planes share.

    See also
    --------
    CAB201, CAB302, NET203.
    """
    return shared_ways(study, asked(study), "apart of the fabric")
