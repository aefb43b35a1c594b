"""SPC102: a rack's weight against what its position carries."""

from __future__ import annotations

import numpy as np

from twin.checks.inputs import own_figure, rack_figure
from twin.checks.measure import Measure
from twin.checks.rule import rule
from twin.solve.study import Study


@rule(
    "SPC102",
    role="gate",
    severity="error",
    unit="kg",
    message="rack {subject} weighs {demand} kg, its position {other} carries {limit} kg",
    fix="choose a position that carries {demand} kg, or have max_kg of {other} raised by "
    "{shortfall} kg by who is responsible for the floor",
    source="weight limit of the position, as the building's owner states it",
)
def position_overweight(study: Study) -> Measure:
    """A rack is heavier than its position carries.

    Why it matters
    --------------
    Floor panels, plinths and seismic frames are rated per place. A rack type that is exchanged
    for its successor is often some hundred kilograms heavier.

    Method
    ------
    The highest published mass of the rack type, or the rack's own mass_kg, against max_kg of the
    position. There is no default: where nobody states max_kg, the row is not known.

    Does not cover
    --------------
    Single feet and casters, the way in (lifts, ramps, panels on the route), and whether a
    published mass includes coolant, cables and the doors: sources seldom say.

    See also
    --------
    SPC101.
    """
    racks, site = study.table("rack"), study.site
    place = site.rows_of("position", racks["position"])
    rows = np.flatnonzero((place >= 0) & study.here)
    most = np.append(study.table("position")["max_kg"], np.nan)[place[rows]]
    return Measure(
        kind="rack",
        subject=rows,
        demand=np.asarray(racks["mass_kg"])[rows],
        limit=most,
        other=site.subject("position", place[rows]),
        inputs=(
            rack_figure(study, "mass_kg", rows),
            own_figure(study, "position", "max_kg", place[rows]),
        ),
        owner="position of the layout",
    )
