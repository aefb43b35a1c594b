"""PWR411: load of the site against the size at which a grid's duties for large loads begin."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from twin.checks.inputs import load_figures, rack_figure
from twin.checks.measure import Budget
from twin.checks.power.sums import budget_of
from twin.checks.power.whole import whole_site
from twin.checks.rule import rule
from twin.solve.limits import limit
from twin.solve.load import rack_load
from twin.solve.study import Study


@rule(
    "PWR411",
    role="advice",
    severity="note",
    unit="kW",
    message=(
        "the site draws {demand} kW from {kind} {subject} and its other sources: at {limit} kW and "
        "more it is a large electronic load"
    ),
    fix=(
        "plan a ride-through study with the grid before the energising date, or set large_load_kw "
        "in policy.limits to what the grid of this place says"
    ),
    source="ERCOT large electronic loads: from 75 MW, half of it computing; NERC level 3 alert",
)
def large_load(study: Study) -> Iterator[Budget]:
    """A site is so large that its grid has duties for it.

    Why it matters
    --------------
    A site of this size that drops off at a voltage dip takes as much from the grid as a power
    station's trip gives. Grids ask for models, tests and ride-through before they energise it.

    Method
    ------
    Load of all racks that stand and of the gear that cools them, losses of elements whose
    efficiency is given included, over all sources together, against `large_load_kw` of the code
    profile, where racks are at least `large_load_compute` of it. One row, at the first source.
    A profile that has no such figure has no row until the owner gives one.

    Does not cover
    --------------
    Load beside the hall (offices, water treatment), growth that is not in the layout, what the
    duties are, and whether a source behind the meter counts.

    See also
    --------
    PWR103, PWR412.
    """
    size, part = limit(study, "large_load_kw"), limit(study, "large_load_compute")
    batch = whole_site(study)
    if batch is None or np.isnan(size.value):
        return
    racks = float(np.nansum(study(rack_load)[study.here]))
    total = racks + float(batch.base[0])
    if racks < np.nan_to_num(part.value) * total:
        return
    # From the limit on, not only above it.
    edge = np.nextafter(size.value * (1.0 - 1e-8), 0.0)
    figures = (*load_figures(study), rack_figure(study, "power_factor"))
    budget = budget_of(study, batch, np.array([edge]), figures, ())
    yield replace(budget, owner=size.owner, judged=size.judged)
