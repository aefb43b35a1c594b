"""CAB304: surplus of a cord over the length that is needed, against what can be stored."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.measure import Measure
from twin.checks.rule import rule
from twin.site.table import FloatArray, IntArray
from twin.solve.cabling.bundles import bundles
from twin.solve.cabling.parts import parts
from twin.solve.limits import limit
from twin.solve.media.stock import slack_limit_m
from twin.solve.study import Study


@rule(
    "CAB304",
    role="advice",
    severity="warning",
    unit="m",
    message="cords from {kind} {subject} to switch {other} would be {demand} m longer than needed,"
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
    Slack = length in stock less length needed (way, runs in racks, waste). Copper with moulded
    plugs is not looped: its slack may be a part of the length (slack_copper of the code profile);
    fibre and twisted pairs may be looped for slack_loop_m, at the upper end. One row for each rack
    or switch: the longest slack by its upper switch.

    Does not cover
    --------------
    Whether there is a place for loops at all, trunks, links through panels, and cables of which
    the layout lists no lengths in stock (data.stock_m): lengths that a maker shows are not all
    that are sold.

    See also
    --------
    CAB301, CAB403.
    """
    bundle, part = study(bundles), study(parts)
    seen = np.array([part.stock.seen(cable) for cable in part.media.cable], dtype=bool)
    own = (part.medium >= 0) & ~np.append(seen, True)[part.medium]
    mine = np.flatnonzero(bundle.wanted & own & ~np.isnan(part.stock_m))
    for kind, end in (("rack", bundle.rack), ("switch", bundle.low)):
        rows = mine[end[mine] >= 0]
        for moulded in (False, True):
            yield _of(study, kind, rows[part.media.moulded[part.medium[rows]] == moulded], end,
                      moulded=moulded)  # fmt: skip


def _of(study: Study, kind: str, rows: IntArray, end: IntArray, *, moulded: bool) -> Measure:
    part = study(parts)
    name = "slack_copper" if moulded else "slack_loop_m"
    owned = limit(study, name)
    needed = part.needed_m[rows]
    none = np.full(len(rows), np.nan)
    loop = none if moulded else np.full(len(rows), owned.value)
    share = np.full(len(rows), owned.value) if moulded else none
    slack, most = part.stock_m[rows] - needed, slack_limit_m(needed, loop, share)
    worst = _worst(end[rows], slack - most)
    return Measure(
        kind=kind,
        subject=end[rows][worst],
        demand=slack[worst],
        limit=most[worst],
        other=study.site.subject("switch", study(bundles).switch[rows][worst]),
        owner=owned.owner,
        judged=owned.judged,
    )


def _worst(subject: IntArray, over: FloatArray) -> IntArray:
    """Row of the greatest excess of each subject."""
    order = np.lexsort((-over, subject))
    new = np.ones(len(order), dtype=bool)
    new[1:] = subject[order][1:] != subject[order][:-1]
    return order[new]
