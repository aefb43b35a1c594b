"""PWR412: swing between idle and peak at the point of interconnection."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from twin.checks.inputs import rack_figure
from twin.checks.measure import Budget
from twin.checks.power.sums import budget_of
from twin.checks.power.whole import whole_site
from twin.checks.rule import rule
from twin.solve.limits import limit
from twin.solve.load import rack_load
from twin.solve.nameplate import peak
from twin.solve.study import Study


@rule(
    "PWR412",
    role="advice",
    severity="warning",
    unit="kW",
    message=(
        "racks swing by {demand} kW together, seen at {kind} {subject} and the other sources, "
        "{limit} kW are allowed"
    ),
    fix=(
        "smooth {shortfall} kW of it: by the racks' own power smoothing, storage, or jobs that "
        "start and stop one after the other"
    ),
    source="P peak - P trough at most what the grid allows at the point of interconnection",
)
def load_swing(study: Study) -> Iterator[Budget]:
    """The racks of a site swing by more, all at once, than its grid allows.

    Why it matters
    --------------
    A training job stops for a checkpoint and starts again, on all racks within a second. The grid
    sees megawatts come and go, and limits that in the contract.

    Method
    ------
    Sum over racks of short peak (its load in the mode of the study where no peak is published)
    less idle, as it arrives at the sources, against `policy.limits.swing_kw`. No public limit was
    found: without the owner's figure there is no row. Worked number: four racks of 132 kW that
    idle at 32 swing by 400 kW.

    Does not cover
    --------------
    How fast it is (ramps), how often (bands of frequency that are forbidden), what storage on the
    way takes up, and jobs that do not run in step.

    See also
    --------
    PWR104, PWR411.
    """
    allowed = limit(study, "swing_kw")
    batch = None if np.isnan(allowed.value) else whole_site(study)
    if batch is None:
        return
    most = study(peak)
    most = np.where(np.isnan(most), study(rack_load), most)
    budget = budget_of(
        study, batch, np.array([allowed.value]), (rack_figure(study, "idle_kw"),), (),
        most - np.asarray(study.table("rack")["idle_kw"], dtype=float),
    )  # fmt: skip
    yield replace(budget, owner=allowed.owner)
