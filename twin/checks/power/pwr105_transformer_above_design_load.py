"""PWR105: load of transformers against the design margin."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from twin.checks.inputs import load_figures, own_figure, rack_figure
from twin.checks.measure import Budget
from twin.checks.power.sums import budget_of
from twin.checks.rule import rule
from twin.site.table import BoolArray
from twin.solve.limits import limit
from twin.solve.power.feeder_rows import feeder_rows
from twin.solve.study import Study


def _transformers(study: Study, kind: str) -> BoolArray:
    return np.full(len(study.table(kind)), kind == "transformer")


@rule(
    "PWR105",
    role="advice",
    severity="warning",
    unit="kVA",
    message="{kind} {subject} would carry {demand} kVA{lost}, {limit} kVA is the usual design load",
    fix="take the next size of the series, or move {shortfall} kVA to another transformer",
    source="design practice: 0.8 of the rating, a judgement",
)
def transformer_above_design_load(study: Study) -> Iterator[Budget]:
    """A transformer is loaded beyond the margin that designers usually keep.

    Why it matters
    --------------
    A transformer at its rating has nothing left for growth, a hot day or a high altitude.

    Method
    ------
    The same sum as PWR102, healthy and with every loss that the policy names, against the rating
    times `transformer_design_load` of the code profile (0.8), which is a judgement and only
    advises. Worked number: of 2,000 kVA, 1,600 kVA.

    Does not cover
    --------------
    Whether the rating is that with fans, derating by altitude and harmonics, and ambients for which
    nobody gives an `ambient_factor`. Gear that names its feeds is in the sum, as in PWR102.

    See also
    --------
    PWR102.
    """
    part = limit(study, "transformer_design_load")
    for batch in feeder_rows(study, "kVA", lambda kind: _transformers(study, kind)):
        budget = budget_of(
            study, batch, batch.limit * part.value,
            (*load_figures(study), rack_figure(study, "power_factor")),
            (own_figure(study, batch.kind, "rating_kva", batch.element),),
        )  # fmt: skip
        yield replace(budget, owner=part.owner, judged=part.judged)
