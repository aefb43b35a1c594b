"""SPC303: distance of racks from columns, walls and other built things."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.measure import Measure
from twin.checks.rule import rule
from twin.checks.space.sums import size_inputs, taken, yes_or_no
from twin.site.geometry import nearest_gap
from twin.site.table import FloatArray, IntArray
from twin.solve.floor.standing import by_hall, standing, things
from twin.solve.limits import limit
from twin.solve.study import Study

_LOOK_M = 0.5
"""Distance in m beyond which no column is looked at; the limit, where that is more."""


def _nearest(study: Study, look_m: float) -> tuple[IntArray, FloatArray]:
    """Nearest obstacle of each row of `standing` (-1 none) and the gap to it, at most `look_m`."""
    here, every = study(standing), study(things)
    gap = np.where(~here.boxes.known | (here.hall < 0), np.nan, look_m)
    other = np.full(len(here), -1, dtype=np.int64)
    for _, mine, inside in by_hall(study, here.hall):
        rows = inside[every.fixed[inside]]
        i, j, apart = nearest_gap(here.boxes.take(mine), every.boxes.take(rows), look_m)
        # The last write of an index stays, so that the nearest is written last.
        order = np.lexsort((rows[j], apart, i))[::-1]
        gap[mine[i[order]]] = apart[order]
        other[mine[i[order]]] = every.subject[rows[j[order]]]
    return other, gap


@rule(
    "SPC303",
    role="gate",
    severity="error",
    unit="m",
    message="what stands on {subject} is clear of {other} by {demand} m, {limit} m are asked for",
    fix="move {subject} by {shortfall} m away from {other}, or leave the position out",
    source="footprints are clear of columns and walls",
)
def column_in_the_way(study: Study) -> Iterator[Measure]:
    """A rack stands in a column or a wall, or so close that it cannot be set.

    Why it matters
    --------------
    Columns do not move. A position that a rule has put into one is lost, and often its neighbour.

    Method
    ------
    The gap between each footprint and the nearest column, wall or built-in thing of the hall to
    1 mm; where they overlap, less than nothing: the least move that parts them. Overlap blocks.
    The clearance of column_clear_m (0.05 m) is a judgement and warns until the owner adopts it.

    Does not cover
    --------------
    Base plates, fire protection and pipes on columns that the plan does not show, and obstacles
    beyond 0.5 m, which are told as 0.5 m.

    See also
    --------
    SPC301, SPC302.
    """
    clear, here = limit(study, "column_clear_m"), study(standing)
    wanted = 0.0 if np.isnan(clear.value) else clear.value
    other, gap = _nearest(study, max(_LOOK_M, wanted))
    n = len(here)
    every = np.arange(n)
    rows = [(0.0, "layout", False, yes_or_no(n), every)]
    if wanted > 0:
        # What overlaps is told once; the clearance is asked of the others.
        apart = np.flatnonzero(~(gap < 0)) if clear.judged else every
        judged = (wanted, clear.owner, clear.judged, np.full(n, wanted), apart)
        rows = [*rows, judged] if clear.judged else [judged]
    for least, owner, is_judged, scale, at in rows:
        yield Measure(
            kind="position",
            subject=here.position[at],
            demand=gap[at],
            limit=np.full(len(at), least),
            sense="min",
            scale=scale[at],
            other=other[at],
            inputs=taken(size_inputs(study), at),
            owner=owner,
            judged=is_judged,
        )
