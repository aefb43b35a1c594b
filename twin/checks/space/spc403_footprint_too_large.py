"""SPC403: a rack's width and depth against those of its position."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.inputs import own_figure, rack_figure
from twin.checks.measure import Measure
from twin.checks.rule import rule
from twin.solve.study import Study


@rule(
    "SPC403",
    role="gate",
    severity="error",
    unit="m",
    message="rack {subject} measures {demand} m, position {other} gives it {limit} m",
    fix="choose a position of {demand} m, or widen {other} (width_m, depth_m, pitch_m of its row) "
    "by {shortfall} m",
    source="the rack stands within its position",
)
def footprint_too_large(study: Study) -> Iterator[Measure]:
    """A rack is wider or deeper than its position.

    Why it matters
    --------------
    Three racks of 0.8 m do not stand on three positions of 0.6 m, and a rack of 1.4 m among
    those of 1.2 m narrows both aisles.

    Method
    ------
    The published width and depth of the rack type, each against that of the position, to 1 mm.
    A position of a row that gives no width is as wide as the row's pitch.

    Does not cover
    --------------
    Side panels, baying kits and doors that a published size leaves out, and tolerances of rows.

    See also
    --------
    SPC301, SPC401.
    """
    racks, site = study.table("rack"), study.site
    place = site.rows_of("position", racks["position"])
    rows = np.flatnonzero((place >= 0) & study.here)
    for column in ("width_m", "depth_m"):
        yield Measure(
            kind="rack",
            subject=rows,
            demand=np.round(np.asarray(racks[column])[rows], 3),
            limit=np.round(np.append(study.table("position")[column], np.nan)[place[rows]], 3),
            other=site.subject("position", place[rows]),
            # A rack as wide as its position fits it: that is how racks stand in rows.
            scale=np.full(len(rows), np.nan),
            inputs=(
                rack_figure(study, column, rows),
                own_figure(study, "position", column, place[rows]),
            ),
            owner="position of the layout",
        )
