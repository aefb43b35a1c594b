"""COL421: pumps, controls and fans that stand behind no battery."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.coolant.air_sums import heat_figures
from twin.checks.measure import Input, Measure
from twin.checks.rule import rule
from twin.site.table import IntArray
from twin.solve.coolant.air import heat_to_hall, rack_halls
from twin.solve.coolant.asking import plants_in_use, units_in_use
from twin.solve.limits import limit
from twin.solve.load import rack_load
from twin.solve.power.bridged import bridged_feeds
from twin.solve.power.living import power_counts
from twin.solve.study import Study

_ALWAYS = 4
"""Tier at which cooling is to be continuous, whatever racks give to the air."""


@rule(
    "COL421",
    role="gate",
    severity="error",
    unit="feeds",
    message="feeds of {kind} {subject} through a UPS or another battery: {demand}, of {limit} "
    "asked for; any other stops with every gap of its source",
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
    Feeds of each CDU that cools racks in liquid, of each air unit in a hall in which a rack gives
    more heat to the air than `continuous_cooling_kw`, and of the plants of both, that have a UPS
    or a rectifier with a battery between them and the source, against `bridged_feeds_min` (1), a
    judgement that warns until the owner adopts it. A UPS has a battery unless its `battery_min` is
    0, a rectifier where its `battery_min` is more; one that is not ready or has no power on the
    day counts for nothing. Where nobody knows how much heat racks give to the air, units with too
    few such feeds are not known, unless some other rack of the hall gives enough, or no rack draws
    as much. Where the owner declares tier 4 (`policy.limits.tier`) air units are asked wherever a
    rack gives heat to the air, however little. A CDU in a rack stands on the whips of its rack;
    where power is out of scope no feeds are asked of a unit. Worked number: a CDU on boards BA and
    BB, each behind its own UPS, has 2.

    Does not cover
    --------------
    How long batteries last (PWR214), what a unit does in a gap (PWR213), drives with batteries of
    their own, tanks that are filled in time, and plants that stand outside of the layout.

    See also
    --------
    COL416, PWR213, PWR410.
    """
    wanted = limit(study, "bridged_feeds_min")
    units, sure = study(_of_dense), len(study.table("rack"))
    plants = np.where(plants_in_use(study, ("cdu",)), sure, _of_plants(study, units))
    for kind, asked in (
        ("cdu", np.where(units_in_use(study, "cdu"), sure, -1)),
        ("plant", plants),
        ("air_unit", units),
    ):
        count = bridged_feeds(study, kind)
        rows = np.flatnonzero((asked >= 0) & (study(power_counts) | ~np.isnan(count)))
        count = count[rows]
        # Who has feeds enough holds, asked for or not.
        doubt = np.where((count >= wanted.value) | (asked[rows] == sure), -1, asked[rows])
        yield Measure(
            kind=kind, subject=rows, demand=np.where(doubt < 0, count, np.nan),
            limit=np.full(len(rows), wanted.value), sense="min", scale=np.full(len(rows), np.nan),
            inputs=(*_of_heat(study, doubt), Input(kind, "feeds", rows, ~np.isnan(count))),
            owner=wanted.owner, judged=wanted.judged,
        )  # fmt: skip


def _of_heat(study: Study, racks: IntArray) -> Iterator[Input]:
    """Figures behind the heat of racks to the air, -1 where none is asked for."""
    for told in heat_figures(study, racks):
        yield told._replace(rows=np.where(racks < 0, -1, told.rows))


def _of_dense(study: Study) -> IntArray:
    """(air units,) whether a rack of their hall gives more to the air than is bearable.

    The number of racks where one surely does, the row of one that may where none does, -1 where no
    rack can: none gives more to the air than it draws.
    """
    heat, most = study(heat_to_hall), limit(study, "continuous_cooling_kw").value
    most = 0.0 if limit(study, "tier").value >= _ALWAYS else most
    at_most = np.where(np.isnan(heat), study(rack_load), heat)
    mine = np.flatnonzero(study.here & ~(at_most <= most))
    dense = np.full(len(study.table("hall")) + 1, -1, dtype=np.int64)
    told = np.where(np.isnan(heat[mine]), mine, len(heat))
    np.maximum.at(dense, study(rack_halls)[mine], told)
    dense[-1] = -1
    of = dense[study.site.rows_of("hall", study.table("air_unit")["hall"])]
    return np.where(units_in_use(study, "air_unit"), of, -1)


def _of_plants(study: Study, units: IntArray) -> IntArray:
    """(plants,) the same of plants, by their air units."""
    plants = np.full(len(study.table("plant")) + 1, -1, dtype=np.int64)
    np.maximum.at(plants, study.site.rows_of("plant", study.table("air_unit")["plant"]), units)
    return plants[:-1]
