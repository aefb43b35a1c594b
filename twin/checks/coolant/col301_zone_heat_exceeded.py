"""COL301: heat that racks give to the air of a zone against the living air units of that zone."""

from __future__ import annotations

from collections.abc import Iterator

from twin.checks.coolant.air_sums import air_heat_budget
from twin.checks.measure import Budget
from twin.checks.rule import rule
from twin.solve.coolant.zones import served_zones, unit_zones
from twin.solve.study import Study


@rule(
    "COL301",
    role="gate",
    severity="error",
    unit="kW",
    message="racks give {demand} kW to the air of zone {subject}{lost}, its air units take "
    "{limit} kW; {fit} of {on} racks fit",
    fix="add air units of {shortfall} kW to zone {subject}, put rear doors on the racks, or cap "
    "the racks (policy.provisioned_kw)",
    source="heat balance of the zone; makers' net capacities; one unit out as the policy says",
)
def zone_heat_exceeded(study: Study) -> Iterator[Budget]:
    """Racks give more heat to the air of a zone than the zone's own air units take.

    Why it matters
    --------------
    Behind containment, units of the next zone do not help: a hall with capacity to spare can
    have a zone without.

    Method
    ------
    As COL103, for each zone with air units of its own (`coolant.air_units.*.zone`): its racks
    and its units, healthy and in the worst of the losses that the policy names. A zone without
    units of its own is served by those of its hall that serve no zone, and counts in COL103.
    Worked number: five racks of 20 kW in air against two units of 90 kW: 100 kW with one unit
    lost is 10 kW too much.

    Does not cover
    --------------
    As COL103; heat through the walls of the containment, and units that serve two zones of three:
    a unit serves one zone, or all of its hall that has none of its own.

    See also
    --------
    COL103, COL302, COL303.
    """
    yield air_heat_budget(study, "zone", study(served_zones), study(unit_zones))
