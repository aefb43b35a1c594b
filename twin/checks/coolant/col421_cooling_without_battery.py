"""COL421: pumps, controls and fans that stand behind no battery."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.measure import Input, Measure
from twin.checks.rule import rule
from twin.site.table import BoolArray
from twin.solve.coolant.air import heat_to_hall, rack_halls
from twin.solve.coolant.asking import plants_in_use, units_in_use
from twin.solve.limits import limit
from twin.solve.power.bridged import bridged_feeds
from twin.solve.power.living import power_counts
from twin.solve.study import Study


@rule(
    "COL421",
    role="gate",
    severity="error",
    unit="feeds",
    message="of {kind} {subject} {demand} feeds come through a UPS or another battery, {limit} is "
    "asked for: it stops with every gap of its source",
    fix="feed {subject} from a UPS, with its pumps, fans and controls",
    source="continuous cooling: pumps and controls, and fans above a density, on a UPS",
)
def cooling_without_battery(study: Study) -> Iterator[Measure]:
    """A pump, a CDU's controls or a fan stops with every gap of its source.

    Why it matters
    --------------
    Racks run on through a gap, on their UPS, and draw all of their load. A loop without flow
    holds half a minute of their heat, and air around dense racks little more.

    Method
    ------
    Feeds of each CDU and plant that cools racks in liquid, and of each air unit in a hall in
    which a rack gives more heat to the air than `continuous_cooling_kw`, that have a UPS, or a
    rectifier with a battery, between them and the source, against `bridged_feeds_min` (1), a
    judgement that warns until the owner adopts it. A CDU in a rack stands on the whips of its
    rack; where power is out of scope no feeds are asked of a unit. Worked number: a CDU on boards
    BA and BB, each behind its own UPS, has 2.

    Does not cover
    --------------
    How long batteries last (PWR214), what a unit does in a gap (PWR213), drives with batteries of
    their own, tanks that are filled in time, and plants that stand outside of the layout.

    See also
    --------
    COL416, PWR213, PWR410.
    """
    wanted = limit(study, "bridged_feeds_min")
    for kind, some in (
        ("cdu", units_in_use(study, "cdu")),
        ("plant", plants_in_use(study, ("cdu",))),
        ("air_unit", units_in_use(study, "air_unit") & _dense(study)),
    ):
        count = bridged_feeds(study, kind)
        rows = np.flatnonzero(some if study(power_counts) else some & ~np.isnan(count))
        count = count[rows]
        yield Measure(
            kind=kind, subject=rows, demand=count, limit=np.full(len(rows), wanted.value),
            sense="min", scale=np.full(len(rows), np.nan),
            inputs=(Input(kind, "feeds", rows, ~np.isnan(count)),),
            owner=wanted.owner, judged=wanted.judged,
        )  # fmt: skip


def _dense(study: Study) -> BoolArray:
    """(air units,) units of halls in which some rack gives more to the air than is bearable."""
    dense = np.zeros(len(study.table("hall")) + 1, dtype=bool)
    mine = study.here & (study(heat_to_hall) > limit(study, "continuous_cooling_kw").value)
    dense[study(rack_halls)[mine]] = True
    dense[-1] = False
    return dense[study.site.rows_of("hall", study.table("air_unit")["hall"])]
