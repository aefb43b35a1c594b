"""CAB102: cables in drop-outs of trays and in the entries of racks against what these take."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.arrays.drop_outs import with_drop_outs
from twin.checks.cabling.cables import Room, at_positions, cable_budget
from twin.checks.inputs import own_figure
from twin.checks.measure import Budget
from twin.checks.rule import rule
from twin.solve.cabling.fill.exits import drop_out_cables, entering_cables, own_or_rack
from twin.solve.limits import limit
from twin.solve.study import Study


@rule(
    "CAB102",
    role="gate",
    severity="error",
    unit="1",
    message="cables would take {demand} of an opening of {kind} {subject}, {limit} may be taken;"
    " the cables of {fit} of {on} racks fit",
    fix="open a second drop-out or entry at {subject}, make it larger, choose a thinner medium, or"
    " spread the cables over more racks",
    source="TIA-569-C as makers quote it: 0.4 of a pathway as first installed",
)
def opening_overfilled(study: Study) -> Iterator[Budget]:
    """Cables fill an opening that they have to pass.

    Why it matters
    --------------
    A tray may be half empty and yet nothing more goes down: the waterfall over the network racks
    and the brush in their roofs are the places through which everything passes.

    Method
    ------
    Each cable leaves the trays at two places: at the drop-out that its way to either rack takes,
    and enters the rack there through its entry. That is the drop-out nearest to the rack, of those
    as near the one with the shorter way; where it would be overfilled, some cables take others in
    reach of the rack, with the way that they then have. At each drop-out of a tray that names them
    the sections pi/4 od^2 add up, over drop_out_m2; the fullest speaks for its tray. At each
    position those of all cables from elsewhere, trunks among them, add up over entry_m2, its own or
    that of its rack's type. The limit is opening_fill of the code profile: a part of the whole
    opening, voids included, so that cords tied into a bundle take no more of it than loose ones.
    Worked number: 72 cables of 3 mm take 0.000509 m2, a quarter of an opening of 0.002036 m2.

    Does not cover
    --------------
    Trays without drop-outs and racks whose entry nobody gives, which have no row; whether a bundle
    or its plugs pass the narrow side of an opening; power whips that share the entry; and the
    height of what lies on the edge of a drop-out. A full drop-out through which both lower and
    upper ends of cables must pass is shared between them in a fixed part.

    See also
    --------
    CAB101, CAB107.
    """
    if with_drop_outs(study.site).any():
        yield _drop_outs(study)
    area = own_or_rack(study, "entry_m2")
    if not np.isnan(area).all():
        found = study(entering_cables)
        yield at_positions(study, found, area, limit(study, "opening_fill"))


def _drop_outs(study: Study) -> Budget:
    """Hold the cables at each drop-out against its area."""
    fill, exits = limit(study, "opening_fill"), study(drop_out_cables)
    area = np.asarray(study.table("tray")["drop_out_m2"], dtype=float)[exits.subject]
    room = Room(
        kind="tray",
        subject=exits.subject,
        limit=np.where(np.isnan(area), np.nan, fill.value),
        capacity=area,
        inputs=(own_figure(study, "tray", "drop_out_m2", exits.subject),),
    )
    every = np.ones(len(exits.subject), dtype=bool)
    return cable_budget(study, every, exits.shares, room, figure="od_m", who=fill)
