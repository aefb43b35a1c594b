"""CAB108: cables in trays and risers with the growth that is planned for them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.cabling.fill_rows import fill_budget
from twin.checks.measure import Budget
from twin.checks.rule import rule
from twin.solve.cabling.fill.room import section_m2
from twin.solve.cabling.fill.tray_fill import tray_shares
from twin.solve.limits import limit
from twin.solve.study import Study


@rule(
    "CAB108",
    role="advice",
    severity="warning",
    unit="1",
    message="with its growth cables would take {demand} of the section of {kind} {subject}, {limit}"
    " may be taken in the end",
    fix="hang a wider tray at once, or a second one beside {subject}, before the first cables lie",
    source="a maker's fill of half the section at most; NEC 392.22 as tabulated",
)
def no_room_for_growth(study: Study) -> Iterator[Budget]:
    """A tray is too small for the cables that are planned to come.

    Why it matters
    --------------
    A tray is widened by taking every cable out of it. That the first half fits says nothing of the
    second, and the second is what the tray was hung for.

    Method
    ------
    As CAB101, for trays and risers that say `growth`: how many cables will come beyond those that
    the layout describes, as a part of these. Their sections pi/4 od^2 times 1 + growth, over width
    times depth, in the fullest piece, against tray_fill_max of the code profile, which is more
    than what may lie there when first installed. Worked number: 100 cables of 8.9 mm and growth
    of 1.5 are 250, which take 0.502 of 0.3048 x 0.1016 m.

    Does not cover
    --------------
    Trays without growth, which have no row: racks and switches that the layout already describes
    need none, since CAB101 counts them on the day on which they stand. Growth by other routes.

    See also
    --------
    CAB101.
    """
    kinds = ("tray", "riser")
    growth = np.concatenate([study.table(kind)["growth"] for kind in kinds])
    if np.isnan(growth).all():
        return
    tray, most = study(tray_shares).tray, limit(study, "tray_fill_max")
    grows, riser = ~np.isnan(growth[tray]), tray >= len(study.table("tray"))
    for kind, mine in zip(kinds, (~riser, riser), strict=True):
        rows = grows & mine
        if rows.any():
            limits = np.full(int(rows.sum()), most.value)
            yield fill_budget(study, kind, rows, study(section_m2) / (1.0 + growth), limits, most)
