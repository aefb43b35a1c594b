"""CAB104: height of the cables that lie in each tray against its depth."""

from __future__ import annotations

import numpy as np

from twin.checks.cabling.cables import first_lacking
from twin.checks.inputs import typed_figure
from twin.checks.measure import Measure
from twin.checks.rule import rule
from twin.solve.cabling.fill import fill
from twin.solve.cabling.fill.tray_fill import lying
from twin.solve.cabling.links.counting import once
from twin.solve.cabling.links.tails import counted
from twin.solve.cabling.parts.parts import diameters_m, parts
from twin.solve.limits import limit
from twin.solve.study import Study


@rule(
    "CAB104",
    role="advice",
    severity="warning",
    unit="m",
    message="cables would lie {demand} m high in {kind} {subject}, which is {limit} m deep",
    fix="choose a wider or deeper tray for {subject}, hang a second one, or lay the cables in order"
    " (packing)",
    source="round cables that lie loose: part of the stack that is cable, a judgement",
)
def stack_too_high(study: Study) -> Measure:
    """Cables lie higher than the sides of their tray.

    Why it matters
    --------------
    The share of the section says little to who lays the cables: what counts is whether they stay
    between the sides and whether the lid still closes.

    Method
    ------
    Cables that lie loose leave voids. Height = sum of their sections / (packing x width), and no
    less than the thickest of them, in the fullest piece of each tray. packing of the code profile
    is a judgement: about one half where cables are thrown in, 0.79 to 0.91 in neat layers. Worked
    number: 0.015 m2 of cables in a tray of 0.3 m at one half lie 0.1 m high.

    Does not cover
    --------------
    Trays without a depth, and those in which a cable does not go at all (CAB110), which have no
    row; risers; dividers; cables that are tied in bundles; crossings of cables at junctions and
    what builds up there.

    See also
    --------
    CAB101, CAB103, CAB110.
    """
    table, lies, packing = study.table("tray"), study(lying), limit(study, "packing")
    cords = study(counted)
    od = diameters_m(study, study(parts))[lies.cable]
    part = lies.part * once(cords, lies.cable, lies.row)
    count = cords.count[lies.cable] * part
    size = len(lies.tray)
    area = fill.areas_m2(lies.row, od, count, size)
    tray = np.where(lies.tray < len(table), lies.tray, -1)
    depth, width = (np.append(table[side], np.nan)[tray] for side in ("depth_m", "width_m"))
    largest, sure = (fill.largest_m(lies.row, x, size) for x in (od, np.nan_to_num(od)))
    rows = np.flatnonzero(~np.isnan(depth) & ~(sure > width))
    subject = lies.tray[rows]
    return Measure(
        kind="tray",
        subject=subject,
        demand=fill.stack_m(area[rows], width[rows], largest[rows], packing.value),
        limit=depth[rows],
        inputs=(
            typed_figure(study, "tray", "width_m", subject),
            *first_lacking(study, "od_m", lies.cable, lies.row, size, rows),
        ),
        owner=packing.owner,
        judged=packing.judged,
    )
