"""CAB321: connections of links through panels against how many their makers allow."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.measure import Measure
from twin.checks.rule import rule
from twin.solve.cabling.links.bundles import bundles
from twin.solve.cabling.panels.patched import joints_of_links
from twin.solve.cabling.panels.pieces import pieces
from twin.solve.limits import limit
from twin.solve.study import Study


@rule(
    "CAB321",
    role="gate",
    severity="error",
    unit="connections",
    message="the link from {kind} {subject} to switch {other} has {demand} connections between its"
    " optics, {limit} are allowed",
    fix="take panels of plain adapters for those with cassettes, or lead the link past a panel"
    " (serves)",
    source="cable requirements of the maker of the optics (NVIDIA: four from ferrule to ferrule)",
)
def too_many_connections(study: Study) -> Iterator[Measure]:
    """A link is put together of more pieces than its maker vouches for.

    Why it matters
    --------------
    Each connection loses and reflects light. A link may hold its loss budget and still be one that
    its maker does not support.

    Method
    ------
    Connections from ferrule to ferrule between the two optics: one at a panel of plain adapters,
    where the cord meets the trunk, two at a panel with ferrules of its own, as of cassettes. Those
    at the optics are none of them: what was read of the requirement does not say, and budgets of
    loss do not count them either. Against max_connections of the code profile or of the owner's
    policy.limits. One row for each rack, or switch with uplinks: the link of most. Worked number:
    a panel of plain adapters and one with cassettes are three.

    Does not cover
    --------------
    Links by hand of which nobody says that they go through panels; reflections (return loss), of
    which makers state the least and nobody the sum.

    See also
    --------
    CAB303.
    """
    owned = limit(study, "max_connections")
    bundle = study(bundles)
    through = np.flatnonzero(bundle.wanted & (study(pieces).low_panel >= 0))
    if np.isnan(owned.value) or not len(through):
        return
    joints = joints_of_links(study, through)
    for kind, end in (("rack", bundle.rack), ("switch", bundle.low)):
        at = np.flatnonzero(end[through] >= 0)
        order = at[np.lexsort((at, -joints[at], end[through[at]]))]
        worst = order[np.flatnonzero(np.diff(end[through[order]], prepend=-1))]
        rows = through[worst]
        yield Measure(
            kind=kind,
            subject=end[rows],
            demand=joints[worst].astype(float),
            limit=np.full(len(rows), owned.value),
            other=study.site.subject("switch", bundle.switch[rows]),
            owner=owned.owner,
            judged=owned.judged,
        )
