"""SPC304: clear depth before racks."""

from __future__ import annotations

from collections.abc import Iterator

from twin.checks.measure import Measure
from twin.checks.rule import rule
from twin.checks.space.aisle_rows import aisle_measure, wide_enough
from twin.solve.floor.standing import standing
from twin.solve.study import Study


@rule(
    "SPC304",
    role="gate",
    severity="error",
    unit="m",
    message="{demand} m are clear before {subject}, {limit} m are asked for",
    fix="widen the aisle by {shortfall} m (row_pitch_m of the block, at_m of the row), or move "
    "what stands in it",
    source="ANSI/TIA-942-A front aisle, as makers quote it; service depth: engineering judgement",
)
def front_aisle_narrow(study: Study) -> Iterator[Measure]:
    """There is too little room before a rack.

    Why it matters
    --------------
    Racks are rolled in from the front and trays are drawn out to it. A tray of 0.9 m does not
    leave a rack across an aisle of 0.9 m.

    Method
    ------
    The depth that is clear over the whole width of the footprint, from its front to the nearest
    rack, CDU, air unit, power gear, column, wall or the edge of the floor, to 1 mm and up to 3 m,
    against aisle_front_m. For liquid-cooled racks a second row with aisle_front_service_m
    (1.8 m, a judgement) warns until the owner adopts it. Doors and spaces kept free do not
    narrow an aisle, and positions without a rack do not either.

    Does not cover
    --------------
    Egress and working space before electrical gear, containment doors, open cabinet doors, and
    gear without a place or size on the plan.

    See also
    --------
    SPC305, SPC306.
    """
    yield aisle_measure(study, "front", "aisle_front_m")
    served = study(standing).wet & wide_enough(study, "front", "aisle_front_m")
    yield aisle_measure(study, "front", "aisle_front_service_m", served)
