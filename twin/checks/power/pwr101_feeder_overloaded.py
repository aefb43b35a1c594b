"""PWR101: continuous current against the one least limit of every feeder."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.inputs import load_figures, rack_figure
from twin.checks.measure import Budget, Input, Measure
from twin.checks.power.sums import budget_of, private_measures
from twin.checks.rule import rule
from twin.site.table import BoolArray
from twin.solve.power.feeder_rows import feeder_rows
from twin.solve.power.feeders import feeders
from twin.solve.power.group_rows import group_rows
from twin.solve.study import Study

_IN_AMPERES = {"board", "rpp", "transfer", "tie", "busway"}


def _in_amperes(study: Study, kind: str) -> BoolArray:
    """What is rated in amperes by nature always; what converts only where it says amperes."""
    table = study.table(kind)
    rated = ~np.isnan(table["rating_a"]) | ~np.isnan(table["breaker_a"])
    return np.ones(len(table), dtype=bool) if kind in _IN_AMPERES else rated


@rule(
    "PWR101",
    role="gate",
    severity="error",
    unit="A",
    message=(
        "{kind} {subject} would carry {demand} A{lost}, {limit} A is allowed; {fit} of {on} "
        "racks fit"
    ),
    fix=(
        "raise its rating_a and breaker_a so that {demand} A is allowed, move {shortfall} A to "
        "another run, or cap the racks"
    ),
    source="NEC 210.19, 215.2: continuous load at most 80 % of a standard breaker",
)
def feeder_overloaded(study: Study) -> Iterator[Measure | Budget]:
    """A feeder carries more continuous current than its breaker or itself allows.

    Why it matters
    --------------
    AI racks run at full load for days. A breaker that carries more than its continuous share
    trips in hours, often just after the other side has been lost.

    Method
    ------
    I = P / (sqrt(3) V pf) for each rack at the element's voltage, P / (V pf) on a tap between two
    lines or, with the voltage to neutral, on one that names one phase. It is summed over the racks
    below, healthy and with every loss that the policy names, after which the living supplies of a
    rack share all of its load; what CDUs, pumps and fans draw through their `feeds` counts too. The
    limit is the least of the element's own continuous rating at its ambient, its breaker's setting
    times the continuous factor (0.8, or 1.0 where the breaker is listed for 100 %), and what its
    conductors carry. The factor of the ambient is `ambient_factor`, else what the product's table
    of factors says at `ambient_c` (for a tap, that of its busway); what states no rating has the
    rating of its breaker, which is lowered then. After a loss the owner's `emergency_a` stands for
    the rating, and on a day on which a window gives part of it, that part. Losses between count by
    the efficiency that an element states, of a UPS that states it at several loads by the least of
    them. Parallel transformers that share as nobody knows are held as in PWR102. Worked number:
    132 kW at 415 V and 0.98 is 187.4 A; an 800 A run behind a standard breaker carries 3 such
    racks, 4 behind one listed for 100 %.

    Does not cover
    --------------
    Unequal phases above taps (there load counts as spread over all three), harmonics, ambients for
    which neither the layout nor a product gives a factor (PWR409), gear that names no feeds, losses
    of transformers that are told in kW and of UPS below the lowest load at which an efficiency is
    stated (they are in PWR102 and PWR103), and how long an overload may last.

    See also
    --------
    PWR102, PWR103, PWR106, PWR201, PWR409.
    """
    known = study(feeders)
    for batch in feeder_rows(study, "A", lambda kind: _in_amperes(study, kind)):
        volts = Input(
            batch.kind, "voltage_v", batch.element, ~np.isnan(known.voltage_v[batch.node])
        )
        rating = Input(batch.kind, "rating_a", batch.element, ~np.isnan(batch.limit))
        yield budget_of(
            study, batch, batch.limit,
            (*load_figures(study), rack_figure(study, "power_factor")), (rating, volts),
        )  # fmt: skip
    for batch in group_rows(study, "A"):
        yield budget_of(
            study,
            batch,
            batch.limit,
            (*load_figures(study), rack_figure(study, "power_factor")),
            (),
        )
    yield from private_measures(study)
