"""COL415: the filter of each CDU against the finest that racks on its loop ask for."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.coolant.sums import unit_figures
from twin.checks.measure import Measure
from twin.checks.rule import rule
from twin.solve.coolant.racks import rack_loops, wet
from twin.solve.limits import limit
from twin.solve.study import Study


@rule(
    "COL415",
    role="advice",
    severity="warning",
    unit="um",
    message="CDU {subject} filters to {demand} um, {limit} um is asked for ({owner})",
    fix="fit a filter of {limit} um or finer in {subject}, or a side stream",
    source="the rack type's own mesh; else 50 um, a press figure",
)
def filter_coarse(study: Study) -> Iterator[Measure]:
    """A CDU's filter lets through what clogs the racks on its loop.

    Why it matters
    --------------
    Channels of cold plates are as narrow as 50 to 100 um. What a filter lets through stays in
    the first plate, and the chip above it throttles.

    Method
    ------
    Mesh of the CDU's filter against the finest that a rack type on its loop asks for, and
    against the code profile's where no type on the loop asks for one. CDUs of loops without
    racks are not measured. Worked number: GB300 as Lenovo ships it asks for 50 um.

    Does not cover
    --------------
    Strainers before racks, side streams, how clean the coolant is, and the facility side.

    See also
    --------
    COL406, COL413.
    """
    racks, cdus, loops = study.table("rack"), study.table("cdu"), len(study.table("loop"))
    on, general = study(rack_loops), limit(study, "filter_um")
    mine = study(wet) & (on >= 0) & study.here
    finest, count = np.full(loops + 1, np.inf), np.zeros(loops + 1)
    mesh = np.asarray(racks["filter_um"], dtype=float)
    asks = mine & ~np.isnan(mesh)
    np.minimum.at(finest, on[asks], mesh[asks])
    np.add.at(count, on[mine], 1.0)
    loop = study.site.rows_of("loop", cdus["loop"])
    rows = np.flatnonzero((loop >= 0) & (count[loop] > 0))
    asked = np.isfinite(finest[loop[rows]])
    for which, owner, judged in (
        (asked, "rack type", False),
        (~asked, general.owner, general.judged),
    ):
        some = rows[which]
        yield Measure(
            kind="cdu",
            subject=some,
            demand=np.asarray(cdus["filter_um"], dtype=float)[some],
            limit=np.where(asked[which], finest[loop[some]], general.value),
            inputs=unit_figures(study, "cdu", "filter_um", some),
            owner=owner,
            judged=judged,
        )
