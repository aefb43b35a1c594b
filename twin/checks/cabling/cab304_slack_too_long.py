"""CAB304: surplus of a cord or trunk over the length that is needed, against what can be stored."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.measure import Measure
from twin.checks.rule import rule
from twin.site.table import FloatArray, IntArray
from twin.solve.cabling.links.bundles import bundles
from twin.solve.cabling.panels.pieces import laid, pieces
from twin.solve.cabling.parts.parts import longest_m, parts, piece_needed_m, piece_stock_m
from twin.solve.limits import limit
from twin.solve.media.stock import slack_limit_m
from twin.solve.study import Study


@rule(
    "CAB304",
    role="advice",
    severity="warning",
    unit="m",
    message="cables from {kind} {subject} towards {other} would be {demand} m longer than needed,"
    " {limit} m can be stored",
    fix="add lengths to data.stock_m that come nearer to what is needed, or order to length",
    source="practice of installers; a judgement until policy.adopt or policy.limits says it",
)
def slack_too_long(study: Study) -> Iterator[Measure]:
    """The next length in stock leaves more slack than a rack can hold.

    Why it matters
    --------------
    A hundred loops of two metres in front of a rack's fans are neither cooled past nor cabled past.

    Method
    ------
    Slack = length in stock less length needed (way, runs in racks, waste), of each piece of a link:
    its cord, or both its cords and the trunk between their panels. Copper with moulded plugs is not
    looped: its slack may be a part of the length (slack_copper of the code profile); fibre and
    twisted pairs may be looped for slack_loop_m, at the upper end; a trunk, in the tray, for
    slack_trunk_m. One row for each rack, switch or trunk: the longest slack by its upper switch.

    Does not cover
    --------------
    Whether there is a place for loops at all, and cables of which the layout lists no lengths in
    stock (data.stock_m): lengths that a maker shows are not all that are sold.

    See also
    --------
    CAB301, CAB312, CAB403.
    """
    piece, bundle, part = study(pieces), study(bundles), study(parts)
    own = study(laid) & ~np.isnan(study(longest_m)) & ~np.isnan(study(piece_stock_m))
    cord = piece.bundle >= 0
    moulded = np.append(part.media.moulded, False)[np.append(part.medium, -1)[piece.bundle]]
    for kind, end in (("rack", bundle.rack), ("switch", bundle.low)):
        mine = own & cord & (np.append(end, -1)[piece.bundle] >= 0)
        for copper in (False, True):
            rows = np.flatnonzero(mine & (moulded == copper))
            upper = study.site.subject("switch", bundle.switch[piece.bundle[rows]])
            name = "slack_copper" if copper else "slack_loop_m"
            yield _of(study, (kind, end[piece.bundle[rows]]), rows, upper, name)
    rows = np.flatnonzero(own & ~cord)
    far = study.table("trunk")["panel_b"][piece.trunk[rows]]
    yield _of(study, ("trunk", piece.trunk[rows]), rows, far, "slack_trunk_m")


def _of(
    study: Study, subject: tuple[str, IntArray], rows: IntArray, other: IntArray, name: str
) -> Measure:
    """Slack of some pieces against a limit; of those of one subject the worst."""
    owned = limit(study, name)
    needed = study(piece_needed_m)[rows]
    none, value = np.full(len(rows), np.nan), np.full(len(rows), owned.value)
    share = name == "slack_copper"
    slack = study(piece_stock_m)[rows] - needed
    most = slack_limit_m(needed, none if share else value, value if share else none)
    worst = _worst(subject[1], slack - most)
    return Measure(
        kind=subject[0],
        subject=subject[1][worst],
        demand=slack[worst],
        limit=most[worst],
        other=other[worst],
        owner=owned.owner,
        judged=owned.judged,
    )


def _worst(subject: IntArray, over: FloatArray) -> IntArray:
    """Row of the greatest excess of each subject."""
    order = np.lexsort((-over, subject))
    new = np.ones(len(order), dtype=bool)
    new[1:] = subject[order][1:] != subject[order][:-1]
    return order[new]
