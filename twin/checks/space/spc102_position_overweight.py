"""SPC102: the weight of a rack or power rack against what its position carries."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from twin.checks.inputs import mass_figures, own_figure, typed_figure
from twin.checks.measure import Input, Measure
from twin.checks.rule import rule
from twin.site.table import IntArray
from twin.solve.floor.standing import rack_mass_kg, sure_mass_kg
from twin.solve.study import Study


@rule(
    "SPC102",
    role="gate",
    severity="error",
    unit="kg",
    message="{kind} {subject} weighs {demand} kg, its position {other} carries {limit} kg",
    fix="choose a position that carries {demand} kg, or have max_kg of {other} raised by "
    "{shortfall} kg by who is responsible for the floor",
    source="weight limit of the position, as the building's owner states it",
)
def position_overweight(study: Study) -> Iterator[Measure]:
    """A rack is heavier than its position carries.

    Why it matters
    --------------
    Floor panels, plinths and seismic frames are rated per place. A rack type that is exchanged
    for its successor is often some hundred kilograms heavier.

    Method
    ------
    The highest published mass of the rack type with that of the CDUs that the rack
    carries and of the switches, panels and gear that stand in it; of a type that is a budget for
    these (class network or management) the greater of both (NET405). Or the rack's own mass_kg,
    which is all of it. Against max_kg of the position. A rack with a switch, panel or other gear in
    it of unknown mass is unknown, unless what is known is too heavy already. A rectifier that the
    layout puts on a position is held to it in the same way. There is no default: where nobody
    states max_kg, the row is not known. Worked number: 1,580 kg of GB300 and gear of 100 kg in it
    make 1,680 kg.

    Does not cover
    --------------
    Single feet and casters, the way in (lifts, ramps, panels on the route), and whether a
    published mass includes coolant, cables and the doors: sources seldom say.

    See also
    --------
    SPC101.
    """
    racks, rectifiers = study.table("rack"), study.table("rectifier")
    rows = np.flatnonzero((racks["position"] >= 0) & study.here)
    on = _on_positions(study, "rack", rows, mass_figures(study, rows))
    yield replace(on, demand=study(rack_mass_kg)[rows], sure=study(sure_mass_kg)[rows])
    rows = np.flatnonzero(rectifiers["position"] >= 0)
    yield _on_positions(
        study, "rectifier", rows, (typed_figure(study, "rectifier", "mass_kg", rows),)
    )


def _on_positions(study: Study, kind: str, rows: IntArray, mass: tuple[Input, ...]) -> Measure:
    """Hold what stands on positions to what these carry."""
    table, site = study.table(kind), study.site
    place = site.rows_of("position", table["position"])[rows]
    return Measure(
        kind=kind,
        subject=rows,
        demand=np.asarray(table["mass_kg"])[rows],
        limit=np.append(study.table("position")["max_kg"], np.nan)[place],
        other=site.subject("position", place),
        inputs=(*mass, own_figure(study, "position", "max_kg", place)),
        owner="position of the layout",
    )
