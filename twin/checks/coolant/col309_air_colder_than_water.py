"""COL309: the set-point of air units against the water that is to hold it."""

from __future__ import annotations

import numpy as np

from twin.checks.coolant.sums import plant_supply_figures
from twin.checks.measure import Measure
from twin.checks.rule import rule
from twin.solve.coolant.air import plant_supply
from twin.solve.coolant.asking import units_in_use
from twin.solve.study import Study

SCALE_K = 10.0


@rule(
    "COL309",
    role="gate",
    severity="error",
    unit="degC",
    message="air unit {subject} is to blow air of {limit} degC and has water of {demand} degC: no "
    "coil makes air colder than its water",
    fix="raise supply_c of {subject} well above {demand} degC, or put it on a colder plant",
    source="second law: heat goes from the warmer to the colder side of a coil",
)
def air_colder_than_water(study: Study) -> Measure:
    """An air unit is to supply air that is colder than its own water.

    Why it matters
    --------------
    What racks breathe is counted from the set-point of the units. One that cannot be held makes
    every figure behind it wrong, by as much as the water is warmer.

    Method
    ------
    Supply of the plant of each air unit that is in use and states `supply_c`, against that
    set-point. Worked number: a unit that is set to 24 degC on facility water of 34 degC would need
    a plant that is colder by more than 10 K.

    Does not cover
    --------------
    By how much water must be colder: a unit that states `return_c` carries what its coil does
    there (COL103). Units without a plant, which have compressors of their own.

    See also
    --------
    COL103, COL303, COL305, COL402.
    """
    units, site = study.table("air_unit"), study.site
    set_point = np.asarray(units["supply_c"], dtype=float)
    plant = site.rows_of("plant", units["plant"])
    rows = np.flatnonzero(units_in_use(study, "air_unit") & (plant >= 0) & ~np.isnan(set_point))
    return Measure(
        kind="air_unit",
        subject=rows,
        demand=study(plant_supply)[rows],
        limit=set_point[rows],
        scale=np.full(len(rows), SCALE_K),
        inputs=plant_supply_figures(study, plant[rows]),
        owner="set-point of the unit",
    )
