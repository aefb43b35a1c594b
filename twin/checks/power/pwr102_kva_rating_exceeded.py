"""PWR102: apparent power against the kVA rating of transformers, UPS and sources."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from twin.checks.inputs import load_figures, rack_figure
from twin.checks.measure import Budget
from twin.checks.power.sums import budget_of, bypassed, rating_figures, rating_owners
from twin.checks.rule import rule
from twin.site.table import BoolArray
from twin.solve.limits import limit
from twin.solve.power.feeder_rows import feeder_rows
from twin.solve.power.group_rows import group_rows
from twin.solve.study import Study


def _in_kva(study: Study, kind: str) -> BoolArray:
    """Transformers always; UPS and sources where they are rated in kVA; UPS with a bypass."""
    table = study.table(kind)
    if kind == "transformer":
        return np.ones(len(table), dtype=bool)
    rated = ~np.isnan(table["rating_kva"])
    if kind == "ups":
        rated = rated | np.asarray(table["bypass"], dtype=bool)
    return rated & (kind in {"source", "ups"})


@rule(
    "PWR102",
    role="gate",
    severity="error",
    unit="kVA",
    message=(
        "{kind} {subject} would carry {demand} kVA{lost}, {limit} kVA is allowed; {fit} of "
        "{on} racks fit"
    ),
    fix=(
        "raise its rating_kva by {shortfall} kVA, move {shortfall} kVA to another one, or "
        "cap the racks"
    ),
    source="P / pf <= S: a transformer at most at its rating for its cooling class and ambient",
)
def kva_rating_exceeded(study: Study) -> Iterator[Budget]:
    """A transformer, UPS or source carries more apparent power than its rating in kVA.

    Why it matters
    --------------
    Copper and semiconductors are heated by current, so by kVA and not by kW. A transformer past
    its rating ages in months instead of decades, a UPS goes to bypass.

    Method
    ------
    S = P / pf of each rack, summed over the racks below, healthy and with every loss that the
    policy names, after which the living supplies of a rack share all of its load. What plants, CDUs
    and air units draw through their `feeds` counts with its own power factor. Losses of the
    elements between count as a line above them, as PWR103 says, and likewise the kvar that the
    reactance of a transformer draws: z_pct, less its resistance, at its rating, and at less load in
    proportion; S = sqrt(P^2 + Q^2) of each rack with its part of them. A transformer may be loaded
    to its rating times `transformer_load` of the code profile (1.0), a UPS or a source to
    its rating, a UPS on its bypass to `bypass_kva`. Of transformers in parallel, of which one tells
    no `z_pct`, nobody knows what each carries; but where they carry more together than all of them
    may, one is overloaded whatever their impedances: what the others leave for it at their limits
    is told, of the first of them. Worked numbers: 132 kW at 0.98 is 134.7 kVA; four such racks on
    the one living side are 538.8 kVA; on two transformers of 250 kVA that leaves 288.8 kVA for one;
    528 kW at 0.9 behind a transformer of 6 % are 605.3 kVA before it.

    Does not cover
    --------------
    Harmonics (K factor), altitude, ambients for which nobody gives an `ambient_factor`, inrush,
    gear that names no feeds or draws what nobody knows, and that power factors of unlike loads
    add as vectors: their kVA are added as numbers, which is never less; and elements above parallel
    transformers that share as nobody knows, where these are fed or lose each otherwise. The kvar of
    cables, and of transformers of which nobody states z_pct, are not in the sums; those of cables
    are in the load flow.

    See also
    --------
    PWR101, PWR103, PWR105.
    """
    allowed = limit(study, "transformer_load")
    for batch in feeder_rows(study, "kVA", lambda kind: _in_kva(study, kind)):
        own = batch.kind == "transformer"
        rating = batch.limit * (allowed.value if own else 1.0)
        if batch.kind == "ups":
            # One that is rated in other units stands here for what its bypass bears.
            other = np.isnan(study.table("ups")["rating_kva"])[batch.element]
            passed = bypassed(study, batch.kind, batch.element, batch.case)
            rating = np.where(other & ~passed, np.inf, rating)
        budget = budget_of(
            study, batch, rating,
            (*load_figures(study), rack_figure(study, "power_factor")),
            rating_figures(study, batch, "rating_kva"),
        )  # fmt: skip
        unmeant = np.isinf(budget.limit)
        yield replace(
            budget,
            scale=np.where(unmeant, np.nan, np.abs(budget.limit)),
            owner=allowed.owner if own else rating_owners(study, budget),
            judged=allowed.judged and own,
        )
    for batch in group_rows(study, "kVA", allowed.value):
        yield replace(
            budget_of(
                study, batch, batch.limit,
                (*load_figures(study), rack_figure(study, "power_factor")), (),
            ),
            owner=allowed.owner, judged=allowed.judged,
        )  # fmt: skip
