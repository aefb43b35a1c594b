"""CAB313: links through two panels between which no trunk lies."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.measure import Measure
from twin.checks.rule import rule
from twin.solve.cabling.links.bundles import bundles
from twin.solve.cabling.panels.pieces import no_trunk, pieces
from twin.solve.study import Study


@rule(
    "CAB313",
    role="gate",
    severity="error",
    unit="bundles",
    message="links from {kind} {subject} go through panel {other}, and no trunk leads from there "
    "to the panel at their other end (bundles: {demand})",
    fix="write a trunk between the two panels (data.trunks), or let another panel serve one of the"
    " two ends (data.panels, serves)",
    source="panels and trunks of the layout",
)
def no_trunk_between(study: Study) -> Iterator[Measure]:
    """Two panels serve the ends of a link, and nothing joins them.

    Why it matters
    --------------
    The cords of both ends can be plugged, and no light comes through. Trunks are ordered to length
    and pulled first: one that was forgotten holds up all racks behind its panels.

    Method
    ------
    A link goes through panels where both its places are served by one and not by the same. One row
    for each rack, and for each switch with uplinks, that has such links: bundles without a trunk
    between their two panels, whichever way round it is written, at most 0. Worked number: a rack
    with links to eight leaves behind a panel without its trunk has eight.

    Does not cover
    --------------
    Trunks that are too few (CAB106), and links by way of a third panel.

    See also
    --------
    CAB106, CAB302.
    """
    bundle, panel = study(bundles), study(pieces).low_panel
    mine = np.flatnonzero(bundle.wanted & (panel >= 0))
    lacks = study(no_trunk)[mine]
    for kind, end in (("rack", bundle.rack), ("switch", bundle.low)):
        some = end[mine] >= 0
        subject = np.unique(end[mine][some])
        count = np.bincount(end[mine][some], lacks[some], minlength=len(study.table(kind)))
        # The panel that is told is one without its trunk, where there is such a one.
        order = np.argsort(lacks[some], kind="stable")
        told = np.full(len(study.table(kind)), -1, dtype=np.int64)
        told[end[mine][some][order]] = panel[mine][some][order]
        yield Measure(
            kind=kind,
            subject=subject,
            demand=count[subject].astype(float),
            limit=np.zeros(len(subject)),
            other=study.site.subject("panel", told[subject]),
            owner="trunks of the layout",
        )
