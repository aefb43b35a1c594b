"""CAB107: cables in the vertical managers of a rack against what these take."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.cabling.cables import at_positions
from twin.checks.measure import Budget
from twin.checks.rule import rule
from twin.solve.cabling.fill.exits import managed_cables, own_or_rack
from twin.solve.limits import limit
from twin.solve.study import Study

SIDES = 2
"""Vertical managers of a rack: one on each side."""


@rule(
    "CAB107",
    role="gate",
    severity="error",
    unit="1",
    message="cables would take {demand} of the vertical managers of {kind} {subject}, {limit} may"
    " be taken; the cables of {fit} of {on} racks fit",
    fix="give {subject} wider managers (manager_m2), choose a thinner medium, or spread its"
    " switches over more racks",
    source="a maker's rule for managers: full at half of their section",
)
def manager_overfilled(study: Study) -> Iterator[Budget]:
    """Cables fill the vertical managers beside the switches of a rack.

    Why it matters
    --------------
    Cables that find no place in the manager hang before the switches: they block the air, and no
    module can be drawn any more.

    Method
    ------
    All cables from elsewhere, trunks among them, enter the rack at its top and run down its two
    managers, half on each side, to the unit of their switch or panel. Cords that join two things of
    one rack, as its panels and switches, lie between their units. At the entry and at each height
    where a cable ends, the sections pi/4 od^2 of those that lie beside each other add up over the
    section of both, 2 x manager_m2, the position's own or that of its rack's type; the fullest
    height speaks for the rack. A cable of which nobody says the unit counts at every height. The
    limit is manager_fill of the code profile. Worked number: 1,000 cables of 3 mm take 0.00707 m2,
    half of two managers of 0.00707 m2.

    Does not cover
    --------------
    Racks whose managers nobody gives, which have no row; sides that are filled unevenly; cables
    that enter from below; horizontal managers; slack that is stored in them.

    See also
    --------
    CAB101, CAB102.
    """
    area = own_or_rack(study, "manager_m2")
    if not np.isnan(area).all():
        found = managed_cables(study, ~np.isnan(area))
        yield at_positions(study, found, SIDES * area, limit(study, "manager_fill"))
