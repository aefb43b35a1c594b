"""PWR103: active power against the kW rating of UPS and sources."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from twin.checks.inputs import load_figures, rack_figure
from twin.checks.measure import Budget
from twin.checks.power.sums import budget_of, rating_figures, rating_owners
from twin.checks.rule import rule
from twin.site.table import BoolArray
from twin.solve.power.feeder_rows import feeder_rows
from twin.solve.study import Study


def _in_kw(study: Study, kind: str) -> BoolArray:
    """UPS, rectifiers and sources rated in kW, and those that are rated in nothing at all."""
    table = study.table(kind)
    rated = ~np.isnan(table["rating_kw"])
    bare = ~rated & np.isnan(table["rating_kva"]) & np.isnan(table["rating_a"])
    return (rated | bare) & (kind in {"source", "ups", "rectifier"})


@rule(
    "PWR103",
    role="gate",
    severity="error",
    unit="kW",
    message=(
        "{kind} {subject} would carry {demand} kW{lost}, {limit} kW is the {owner}; {fit} of "
        "{on} racks fit"
    ),
    fix=(
        "raise its rating_kw by {shortfall} kW, move {shortfall} kW to another one, or cap "
        "the racks"
    ),
    source="P <= P rated, beside S <= S rated: a UPS and a generator have both limits",
)
def kw_rating_exceeded(study: Study) -> Iterator[Budget]:
    """A UPS or a source carries more active power than its rating in kW.

    Why it matters
    --------------
    The engine of a generator and the inverter of a UPS give so many kW, whatever the power
    factor. Most failures of this kind show only when the other side is lost.

    Method
    ------
    The racks' kW at their input (a figure that holds behind the power shelves, or of which nobody
    says where it holds, over `shelf_efficiency` where that is told), summed over the racks below,
    healthy and with every loss that the policy names, after which the living supplies of a rack
    share all of its load. Losses of the elements between count as a line above them, so that they
    are never less than the load flow's: one efficiency as it is; of a UPS with efficiencies at
    several loads what it loses at the lowest of them, and from there the steepest way to any other;
    of a transformer its no-load loss, and its load loss times load over rating. The lines reach
    what the owner allows after a loss, where that is more than the rating. The limit is
    `rating_kw`; of a UPS on its bypass it is `bypass_kva`, since no more kW than kVA go through it.
    A UPS or source that states no rating at all, in kW, kVA or amperes, is not known here. Worked
    numbers: three sources of 1,000 kW with three groups of 666.67 kW on the pairs AB, BC and CA
    carry 666.67 kW each, and 1,000 kW each when one of them is lost; a UPS of 1,000 kW with 0.92,
    0.95, 0.96 and 0.955 at 25, 50, 75 and 100 % takes 534.4 kW for 500.

    Does not cover
    --------------
    Plants, CDUs and air units that name no feeds (those that do are in the sum), losses of
    conductors and of elements that state none, losses of shelves of which no efficiency is told
    (a figure that is said to hold behind them is not known then), losses beyond what an element may
    carry, battery recharge, load steps of generators, and the derating of a generator by altitude
    and by ambients for which nobody gives an `ambient_factor`. Contracts with a date are windows
    with a share of the rating.

    See also
    --------
    PWR101, PWR102, PWR104.
    """
    for batch in feeder_rows(study, "kW", lambda kind: _in_kw(study, kind)):
        budget = budget_of(
            study, batch, batch.limit, (*load_figures(study), rack_figure(study, "power_factor")),
            rating_figures(study, batch, "rating_kw"),
        )  # fmt: skip
        yield replace(budget, owner=rating_owners(study, budget))
