"""COL304: air at the inlets of racks against the recommended range of their class."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.coolant.inlet_rows import (
    inlet_figures,
    rack_class,
    rack_inlets,
    set_point_figures,
)
from twin.checks.measure import Measure
from twin.checks.rule import rule
from twin.solve.coolant.zones import areas, inlets
from twin.solve.limits import limit
from twin.solve.study import Study

SCALE_K = 10.0


@rule(
    "COL304",
    role="advice",
    severity="warning",
    unit="degC",
    message="air at the inlet of rack {subject} is {demand} degC{lost}, {limit} degC is the end "
    "of what is recommended",
    fix="contain the aisle, move more air to it, or set supply_c of its air units by {shortfall} K "
    "nearer to the range",
    source="recommended ranges of ASHRAE TC 9.9 as secondary sources quote them",
)
def inlet_air_not_recommended(study: Study) -> Iterator[Measure]:
    """Racks breathe air outside the range that is recommended for their class.

    Why it matters
    --------------
    The allowable range is for hours, the recommended one for years: beyond it fans draw more and
    parts age sooner.

    Method
    ------
    The inlet air of COL303, with the judged share of recirculation where the layout says none,
    against the upper end that is recommended for the rack's class, else its hall's: 27 degC for
    A1 to A4, 22 degC for H1. The coldest set-point against the lower end, 18 degC. Worked number:
    24 degC and a rise of 15 K in an open aisle (0.15) are 26.65 degC, which is inside A1.

    Does not cover
    --------------
    Racks of which nobody says the class, humidity, and as COL303.

    See also
    --------
    COL303, COL305.
    """
    rack, row = rack_inlets(study)
    found, rows = study(areas), study(inlets)
    name = rack_class(study, rack)
    for letter in ("a", "h1"):
        mine = (name == "H1") if letter == "h1" else (name != "") & (name != "H1")
        high = limit(study, f"{letter}_inlet_recommended_max_c")
        low = limit(study, f"{letter}_inlet_recommended_min_c")
        yield Measure(
            kind="rack",
            subject=rack[mine],
            case=rows.case[row][mine],
            demand=rows.inlet_c[row][mine],
            limit=np.full(int(mine.sum()), high.value),
            scale=np.full(int(mine.sum()), SCALE_K),
            inputs=inlet_figures(study, row[mine]),
            owner=high.owner,
            judged=high.judged,
        )
        first = mine & (rows.case[row] == 0)
        area = rows.area[row][first]
        yield Measure(
            kind="rack",
            subject=rack[first],
            demand=found.coldest_c[area],
            limit=np.full(int(first.sum()), low.value),
            sense="min",
            scale=np.full(int(first.sum()), SCALE_K),
            inputs=set_point_figures(study, area),
            owner=low.owner,
            judged=low.judged,
        )
