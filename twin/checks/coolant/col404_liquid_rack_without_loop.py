"""COL404: a rack that gives heat to liquid needs a coolant loop, or facility water, in place."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.coolant.sums import told_as
from twin.checks.measure import Input, Measure
from twin.checks.rule import rule
from twin.solve.coolant.racks import air_side, rack_loops, wet
from twin.solve.study import Study

_LOOP = "coolant loop (loop)"
_WATER = "facility water (plant) for the CDUs in the rack"
"""What a position lacks."""


@rule(
    "COL404",
    role="gate",
    severity="error",
    unit="count",
    message="rack {subject} gives heat to liquid and stands on position {other}, which has no "
    "{owner}",
    fix="give position {other} {owner}, or rack {subject} another position",
    source="the rack type's published liquid share",
)
def liquid_rack_without_loop(study: Study) -> Iterator[Measure]:
    """A rack needs coolant and its position has none.

    Why it matters
    --------------
    A liquid-cooled rack does not run on air for a minute. A position without hoses is found on
    the day on which the rack is rolled to it.

    Method
    ------
    Every rack whose liquid share is above nothing needs a loop at its position. Where the layout
    describes loops, a position without one is a fault; where it describes none, whether there is
    coolant is not known. A rack whose share nobody published is not known without a loop. A rack
    that carries CDUs brings its loop along: its position needs facility water (`plant`) instead,
    and a loop there is of no use to it.

    Does not cover
    --------------
    Whether the hoses reach and fit, and whether the loop is released on the day.

    See also
    --------
    COL101, COL406.
    """
    site, share = study.site, np.asarray(study.table("rack")["liquid_share_high"], dtype=float)
    rows = np.flatnonzero(study(wet) & study.here)
    place = site.rows_of("position", study.table("rack")["position"])[rows]
    wet_cdus = study.table("cdu")["rack"][~study(air_side)]
    own = np.isin(rows, site.rows_of("rack", wet_cdus))
    plant = np.append(study.table("position")["plant"], -1)[place]
    bare = np.where(own, plant < 0, study(rack_loops)[rows] < 0)
    known = ~np.isnan(share)[rows]
    described = np.where(own, len(study.table("plant")) > 0, len(study.table("loop")) > 0)
    unsure = bare & (~known | (place < 0) | ~described)
    yield Measure(
        kind="rack",
        subject=rows,
        other=site.subject("position", place),
        demand=np.where(unsure, np.nan, bare.astype(float)),
        limit=np.zeros(len(rows)),
        scale=np.full(len(rows), np.nan),
        inputs=(
            *told_as(study, "rack", "liquid_share_high", rows, known | ~bare),
            Input("rack", "position", rows, place >= 0),
            Input("position", "loop", np.where(own, -1, place), ~bare),
            Input("position", "plant", np.where(own, place, -1), ~bare),
        ),
        owner=np.where(own, _WATER, _LOOP),
    )
