"""CAB101: cables in the fullest place of each tray against what may lie in it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.cabling.fill_rows import fill_budget
from twin.checks.measure import Budget
from twin.checks.rule import rule
from twin.solve.cabling.fill.room import KINDS, fill_limits, section_m2
from twin.solve.cabling.fill.tray_fill import tray_shares
from twin.solve.limits import Owned, limit
from twin.solve.study import Study


@rule(
    "CAB101",
    role="gate",
    severity="error",
    unit="1",
    message="cables would take {demand} of the section of {kind} {subject}, {limit} may be taken;"
    " the cables of {fit} of {on} racks fit",
    fix="raise width_m or depth_m of {kind} {subject}, hang a second one, choose a thinner medium,"
    " or lead some racks another way",
    source="TIA-569-C as makers quote it (0.4 as first installed), NEC 392.22 as tabulated (0.5)",
)
def tray_overfilled(study: Study) -> Iterator[Budget]:
    """Cables take more of a tray's section than its fill limit.

    Why it matters
    --------------
    Round cables at half of the section fill a tray to its brim. What lies below can be neither
    cooled nor replaced, and the last racks' cables find no place.

    Method
    ------
    A fabric says how many links join which rack, leaf, spine and core; by hand, each rack's ports
    are spread evenly over the switches of its drop. A link is one cable, or cord, trunk and cord
    where it goes through panels; each piece takes its shortest way along the trays. Where that
    would overfill some tray, all cables are led again round what is full: ways get prices that rise
    with what is too much, bundles keep together unless only a split fits, and what is left over
    goes to a linear program. They leave by the trays of their shortest ways; where that does not
    do, cables in full trays may leave by any tray that their racks reach, and if it still does not,
    all may. In each piece of tray between two drop-outs the sections pi/4 od^2 add up, over width
    times depth (at most 150 mm of it); the fullest piece speaks for its tray. Risers and ways
    between halls count alike. The limit is the tray's own fill_limit, else tray_fill of the code
    profile. Worked number: 2 x 12 in at 0.5 takes 124.7 cables of 0.35 in.

    Does not cover
    --------------
    Power cables in the same tray, networks that nobody describes, how thin legs of splitters are
    (each counts with the whole diameter), height of the stack (CAB104) and weight (CAB103). Of more
    than 50 000 bundles only those in full trays leave by others. Cables are led for all racks that
    stand on the day, not anew for each rack that fails. The diameter is that of the switch's
    medium: where it names an optic, name the cable or assume the optic's od_m.

    See also
    --------
    CAB108, CAB109, CAB111, CAB301, CAB302.
    """
    shares, general = study(tray_shares), limit(study, "tray_fill")
    layout = Owned(np.nan, "fill_limit of the layout", judged=False)
    own = np.concatenate([study.table(kind)["fill_limit"] for kind in KINDS])[shares.tray]
    riser = shares.tray >= len(study.table("tray"))
    for kind, mine in zip(KINDS, (~riser, riser), strict=True):
        for rows, who in ((mine & ~np.isnan(own), layout), (mine & np.isnan(own), general)):
            if rows.any():
                limits = study(fill_limits)[shares.tray[rows]]
                yield fill_budget(study, kind, rows, study(section_m2), limits, who)
