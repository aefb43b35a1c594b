"""COL104: air that racks draw against the air that the units of their hall move."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from twin.checks.coolant.air_sums import airflow_budget
from twin.checks.coolant.sums import groups_with
from twin.checks.measure import Budget
from twin.checks.rule import rule
from twin.solve.coolant.air import air_drawn
from twin.solve.coolant.zones import rack_leak, served_halls, unit_halls
from twin.solve.limits import limit
from twin.solve.study import Study


@rule(
    "COL104",
    role="advice",
    severity="warning",
    unit="m3/s",
    message="racks in hall {subject} draw {demand} m3/s of air with what passes them by{lost}, "
    "its air units move {limit} m3/s",
    fix="add {shortfall} m3/s of air units to hall {subject}, close gaps and blank openings, "
    "or contain the aisles",
    source="continuity of the hall's air; leak of the code profile (engineering judgement)",
)
def air_short(study: Study) -> Iterator[Budget]:
    """Air units move less air than the racks of the hall draw.

    Why it matters
    --------------
    Fans that do not get their air from the units draw it back from the hot aisle, and the racks
    at the ends and tops warm first, long before the heat balance of the hall shows it.

    Method
    ------
    The sum of the air that racks draw, more by the leak that passes them by (their zone's, else 0.1
    as judged), is held against the air that the living units of the hall move, healthy and in the
    worst of the losses that the policy names. A rack without a published airflow draws its heat
    over rho cp dT at the owner's design rise (`policy.limits.air_rise_k`); without that its row is
    not known. Racks of a zone with air units of its own are in COL302. With one of its `fans` out
    a unit moves what the others do; where more than `fans_needed` are left, all.
    Worked number: 20 kW at 15 K is 1.106 m3/s.

    Does not cover
    --------------
    Where the air goes, pressure under floors, fan speeds, what switches and gear that somebody puts
    into a rack draw beside the figure of its type, and halls in which nobody says how much air
    units or racks move.

    See also
    --------
    COL103, COL302.
    """
    hall, air, unit_hall = study(served_halls), study(air_drawn), study(unit_halls)
    moved = np.asarray(study.table("air_unit")["airflow_m3s"], dtype=float)
    told = np.unique(unit_hall[~np.isnan(moved)])
    wanted = np.intersect1d(groups_with(study, hall, ~np.isnan(air)), told)
    leak = limit(study, "air_leak")
    through = air * (1.0 + study(rack_leak))
    budget = airflow_budget(study, "hall", wanted, (hall, unit_hall), through)
    yield replace(budget, owner=leak.owner, judged=leak.judged)
