"""SPC305: clear depth behind racks."""

from __future__ import annotations

from collections.abc import Iterator

from twin.checks.measure import Measure
from twin.checks.rule import rule
from twin.checks.space.aisle_rows import aisle_measure, wide_enough
from twin.solve.floor.standing import standing
from twin.solve.study import Study


@rule(
    "SPC305",
    role="gate",
    severity="error",
    unit="m",
    message="{demand} m are clear behind {subject}, {limit} m are asked for",
    fix="widen the aisle by {shortfall} m (row_pitch_m of the block, at_m of the row), or move "
    "what stands in it",
    source="rear aisle of 3 ft, as planning guides give it; manifolds: engineering judgement",
)
def rear_aisle_narrow(study: Study) -> Iterator[Measure]:
    """There is too little room behind a rack.

    Why it matters
    --------------
    Manifolds, hoses and power are served from the rear, and hot air leaves there.

    Method
    ------
    The depth that is clear over the whole width of the footprint behind it, measured as for
    SPC304, against aisle_rear_m. For liquid-cooled racks a second row with aisle_rear_liquid_m
    (1.2 m, a judgement) warns until the owner adopts it.

    Does not cover
    --------------
    Rear doors and their swing, racks that are made to stand back to a wall, and what SPC304 does
    not cover.

    See also
    --------
    SPC304, SPC306.
    """
    yield aisle_measure(study, "rear", "aisle_rear_m")
    served = study(standing).wet & wide_enough(study, "rear", "aisle_rear_m")
    yield aisle_measure(study, "rear", "aisle_rear_liquid_m", served)
