"""CAB406: ports of leaves whose lanes one cassette that shuffles cannot bring together."""

from __future__ import annotations

import numpy as np

from twin.checks.measure import Measure
from twin.checks.rule import rule
from twin.solve.cabling.links.bundles import bundles
from twin.solve.cabling.panels.pieces import pieces
from twin.solve.cabling.panels.spread_ports import spread_ports
from twin.solve.study import Study


@rule(
    "CAB406",
    role="gate",
    severity="error",
    unit="ports",
    message="of rack {subject} and its neighbours {demand} ports of switch {other} would need cords"
    " from several panels",
    fix="let one panel serve all positions whose nodes share ports of leaves, as many as there are"
    " planes one after the other, or put them in another order (positions)",
    source="counting: a port of a leaf has one cord, and that one connector behind its panel",
)
def shuffle_spread(study: Study) -> Measure:
    """Lanes of one port of a leaf come through several panels, though one cassette shuffles them.

    Why it matters
    --------------
    Cassettes that shuffle join lanes of neighbours. Where the row ends in the midst of them the
    last port of a leaf would take two cords, and half of its lanes stay dark.

    Method
    ------
    Where a cassette shuffles the planes of a fabric (data.panels, cassette), as many links as there
    are planes share a port of a leaf: those of so many nodes, one after the other in the order of
    their places. All of them must go through the same two panels. One row for each bundle of links
    that is shuffled: ports of its leaf of which that is not so, at most 0. Worked number: rows of
    five nodes on two planes, each with a panel of its own: the fifth node of the first row shares a
    port with the first of the second, on each plane one.

    Does not cover
    --------------
    Lanes that stay dark because nodes are no multiple of the planes; cassettes that shuffle other
    lanes than those of planes.

    See also
    --------
    CAB105, CAB303, CAB405.
    """
    bundle = study(bundles)
    mine = np.flatnonzero((study(pieces).lanes > 1) & bundle.wanted & (bundle.rack >= 0))
    return Measure(
        kind="rack",
        subject=bundle.rack[mine],
        demand=study(spread_ports)[mine],
        limit=np.zeros(len(mine)),
        other=study.site.subject("switch", bundle.switch[mine]),
        owner="ports of the leaves",
    )
