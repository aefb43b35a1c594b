"""COL305: water of a rear door against the dew point of its hall."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.coolant.sums import plant_supply_figures
from twin.checks.inputs import own_figure
from twin.checks.measure import Measure
from twin.checks.rule import rule
from twin.solve.coolant.air import plant_supply
from twin.solve.coolant.doors import is_door
from twin.solve.coolant.psychro import dew_point_c
from twin.solve.limits import limit
from twin.solve.study import Study

SCALE_K = 10.0


@rule(
    "COL305",
    role="gate",
    severity="error",
    unit="degC",
    message="water of {demand} degC would sweat in rear door {subject}: dew point and margin of "
    "hall {other} are {limit} degC",
    fix="warm the water of rear door {subject} to {limit} degC, or dry the air of hall {other}",
    source="HPE guide of rear doors: water at least 2 K above the dew point of the room",
)
def rear_door_sweats(study: Study) -> Iterator[Measure]:
    """A rear door is so cold that water condenses in it.

    Why it matters
    --------------
    A rear door has no drain. What condenses in it drips behind the rack, over its power shelves.

    Method
    ------
    Supply of the plant of each air unit that stands behind a position (`position`), against the
    dew point of the hall of that position plus the margin of the code profile, as COL403 has it
    for loops. Worked number: 24 degC and 50 % have a dew point of 12.94 degC, so water must be
    14.94 degC or warmer.

    Does not cover
    --------------
    Fan walls and room units, which have drains, and air that differs within the hall.

    See also
    --------
    COL103, COL403.
    """
    site, units = study.site, study.table("air_unit")
    rows = np.flatnonzero(study(is_door))
    place = site.rows_of("position", units["position"])[rows]
    hall = site.rows_of("hall", study.table("position")["hall"][place])
    room = study.table("hall")
    dew = dew_point_c(room["dry_bulb_c"], room["relative_humidity_pct"])
    plant = site.rows_of("plant", units["plant"])[rows]
    margin = limit(study, "dew_margin_k")
    yield Measure(
        kind="air_unit",
        subject=rows,
        other=site.subject("hall", hall),
        demand=study(plant_supply)[rows],
        limit=np.append(dew, np.nan)[hall] + margin.value,
        sense="min",
        scale=np.full(len(rows), SCALE_K),
        inputs=(
            own_figure(study, "air_unit", "plant", rows),
            *plant_supply_figures(study, plant),
            own_figure(study, "hall", "dry_bulb_c", hall),
            own_figure(study, "hall", "relative_humidity_pct", hall),
        ),
        owner=margin.owner,
        judged=margin.judged,
    )
