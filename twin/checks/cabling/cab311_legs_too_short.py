"""CAB311: tails of one cord that end in several racks against the length of its legs."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.measure import Input, Measure
from twin.checks.rule import rule
from twin.site.table import IntArray
from twin.solve.cabling.cords.legs import legs
from twin.solve.cabling.links.bundles import bundles
from twin.solve.cabling.panels.pieces import laid, pieces
from twin.solve.cabling.parts.parts import parts
from twin.solve.study import Study


@rule(
    "CAB311",
    role="gate",
    severity="error",
    unit="m",
    message="a tail of a cord from switch {other} to {kind} {subject} goes {demand} m alone, its"
    " legs are {limit} m",
    fix="let a cord end in one rack (links of a rack to a leaf that are a multiple of its tails),"
    " or take a cable whose legs are {demand} m",
    source="legs that the maker of the cable publishes",
)
def legs_too_short(study: Study) -> Iterator[Measure]:
    """Tails of one cord end in racks that are farther apart than its legs reach.

    Why it matters
    --------------
    A splitter is one cable up to where it divides. Two racks side by side share one; across an
    aisle the second plug hangs in the air, whatever the length on the label.

    Method
    ------
    Of each cord that has tails in several racks: length of each tail, less what all of them share
    from the head on, which is the run in its rack, the drop to the tray, and the trays that they
    take one after the other. A tail within the head's own rack shares nothing. Held against leg_m
    of the cable. One row for each rack and cable: the longest. Worked number: racks of 2.3 m, trays
    at 2.8 m and 0.3 m aside, two racks 0.6 m from each other: the tail of the farther one goes
    0.6 + 0.3 + 0.5 + 2.3 = 3.7 m alone.

    Does not cover
    --------------
    Tails that end in one rack, whose nodes have no units here; cords that are led over several
    ways, of which the way of most is taken; how far the part that is not divided is bent.

    See also
    --------
    CAB301, CAB304, CAB403.
    """
    bundle, found = study(bundles), study(legs)
    mine = found.piece
    known = study(laid)[mine] & ~np.isinf(found.alone_m)
    of = study(pieces).bundle[mine]
    for kind, end in (("rack", bundle.rack), ("switch", bundle.low)):
        yield _of(study, kind, end[of], np.flatnonzero(known & (end[of] >= 0)))


def _of(study: Study, kind: str, subject: IntArray, rows: IntArray) -> Measure:
    bundle, part, found = study(bundles), study(parts), study(legs)
    of = study(pieces).bundle[found.piece[rows]]
    cable, alone = part.cable[of], found.alone_m[rows]
    order = np.lexsort((rows, -np.nan_to_num(alone, nan=np.inf), cable, subject[rows]))
    key = np.stack([subject[rows], cable])[:, order]
    new = np.ones(len(order), dtype=bool)
    new[1:] = (key[:, 1:] != key[:, :-1]).any(axis=0)
    at = order[new]
    leg = np.append(study.table("product")["leg_m"], np.nan)[cable[at]]
    height = np.append(study.table("position")["height_m"], np.nan)[bundle.place[of[at]]]
    return Measure(
        kind=kind,
        subject=subject[rows][at],
        demand=alone[at],
        limit=leg,
        other=study.site.subject("switch", bundle.switch[of[at]]),
        inputs=(
            Input("product", "leg_m", cable[at], ~np.isnan(leg)),
            Input("position", "height_m", bundle.place[of[at]], ~np.isnan(height)),
        ),
        owner="legs of the cable",
    )
