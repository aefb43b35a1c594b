"""COL302: air that racks of a zone draw against the air that the zone's own units move."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from twin.checks.coolant.air_sums import airflow_budget
from twin.checks.coolant.sums import groups_with
from twin.checks.measure import Budget
from twin.checks.rule import rule
from twin.solve.coolant.air import air_drawn
from twin.solve.coolant.zones import rack_leak, served_zones, unit_zones
from twin.solve.limits import limit
from twin.solve.study import Study


@rule(
    "COL302",
    role="gate",
    severity="error",
    unit="m3/s",
    message="racks in zone {subject} draw {demand} m3/s of air with what passes them by{lost}, "
    "its air units move {limit} m3/s",
    fix="add {shortfall} m3/s of air units to zone {subject}, or close gaps and blank openings "
    "(leak of zone {subject})",
    source="continuity of the zone's air; leak of the layout, else judged",
)
def zone_air_short(study: Study) -> Iterator[Budget]:
    """The air units of a zone move less air than its racks draw.

    Why it matters
    --------------
    Behind containment there is no other air: what units do not bring, fans draw back from the hot
    side through every gap, and COL303 says how warm that is.

    Method
    ------
    The sum of the air that the racks of a zone draw, more by its leak, against the air that its
    own living units move, healthy and in the worst of the losses that the policy names. The
    zone's `leak` decides; the code profile's, which is engineering judgement (0.1), warns. Worked
    number: 4 racks of 1 m3/s with a leak of 0.1 want 4.4 m3/s.

    Does not cover
    --------------
    As COL104. Zones without units of their own are in COL104 with their hall.

    See also
    --------
    COL104, COL301, COL303.
    """
    zone, units = study(served_zones), study(unit_zones)
    air, usual = study(air_drawn) * (1.0 + study(rack_leak)), limit(study, "air_leak")
    wanted = groups_with(study, zone, air != 0)
    said = ~np.isnan(np.asarray(study.table("zone")["leak"], dtype=float))[wanted]
    yield airflow_budget(study, "zone", wanted[said], (zone, units), air)
    rest = airflow_budget(study, "zone", wanted[~said], (zone, units), air)
    yield replace(rest, owner=usual.owner, judged=usual.judged)
