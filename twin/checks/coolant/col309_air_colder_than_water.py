"""COL309: the set-point of air units against the water that is to hold it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.coolant.sums import plant_supply_figures
from twin.checks.inputs import own_figure
from twin.checks.measure import Measure
from twin.checks.rule import rule
from twin.solve.coolant.air import of_return, plant_supply, water_rated_c
from twin.solve.coolant.asking import units_in_use
from twin.solve.coolant.doors import is_door
from twin.solve.study import Study

SCALE_K = 10.0


@rule(
    "COL309",
    role="gate",
    severity="error",
    unit="degC",
    message="air unit {subject} is to blow air of {limit} degC ({owner}) and has water of {demand} "
    "degC: no coil makes air colder than its water",
    fix="put {subject} on a plant that is well below {limit} degC, or let its air be warmer "
    "(supply_c of the unit, dry_bulb_c of the hall)",
    source="second law: heat goes from the warmer to the colder side of a coil",
)
def air_colder_than_water(study: Study) -> Iterator[Measure]:
    """An air unit is to supply air that is colder than its own water.

    Why it matters
    --------------
    What racks breathe is counted from the set-point of the units. One that cannot be held makes
    every figure behind it wrong, by as much as the water is warmer.

    Method
    ------
    Supply of the plant of each air unit that is in use, against its set-point (`supply_c`). A unit
    that states none is to keep its hall as warm as the layout says (`dry_bulb_c`), unless the
    rating of its product names its water: then that speaks (COL103). Worked number: a unit that is
    set to 24 degC on facility water of 34 degC would need a plant that is colder by more than 10 K.

    Does not cover
    --------------
    By how much water must be colder: a unit that states `return_c` carries what its coil does
    there (COL103). Units without a plant, which have compressors of their own. Rear doors without
    a set-point, which take what they can out of air that is warmer than the hall.

    See also
    --------
    COL103, COL303, COL305, COL402.
    """
    units, site = study.table("air_unit"), study.site
    set_point = np.asarray(units["supply_c"], dtype=float)
    plant, hall = site.rows_of("plant", units["plant"]), site.rows_of("hall", units["hall"])
    watered = units_in_use(study, "air_unit") & (plant >= 0)
    states = ~np.isnan(set_point)
    silent = ~(states | study(is_door) | study(of_return)) & np.isnan(study(water_rated_c))
    room = np.append(study.table("hall")["dry_bulb_c"], np.nan)[hall]
    for mine, air, owner in (
        (states, set_point, "set-point of the unit"), (silent, room, "air of its hall"),
    ):  # fmt: skip
        rows = np.flatnonzero(watered & mine)
        yield Measure(
            kind="air_unit",
            subject=rows,
            demand=study(plant_supply)[rows],
            limit=air[rows],
            scale=np.full(len(rows), SCALE_K),
            inputs=(
                *plant_supply_figures(study, plant[rows]),
                own_figure(study, "hall", "dry_bulb_c", np.where(states, -1, hall)[rows]),
            ),
            owner=owner,
        )
