"""PWR104: what sources would carry if no cap held, against what may be oversubscribed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from twin.checks.inputs import own_figure, rack_figure
from twin.checks.measure import Budget
from twin.checks.power.sums import budget_of
from twin.checks.rule import rule
from twin.site.table import BoolArray
from twin.solve.limits import limit
from twin.solve.nameplate import nameplate
from twin.solve.power.feeder_rows import feeder_rows
from twin.solve.study import Study


def _sources(study: Study, kind: str) -> BoolArray:
    rated = ~np.isnan(study.table(kind)["rating_kw"])
    return rated & (kind == "source")


@rule(
    "PWR104",
    role="advice",
    severity="warning",
    unit="kW",
    message=(
        "{kind} {subject} would carry {demand} kW{lost} if racks drew their nameplate, "
        "{limit} kW is its share without enforced caps"
    ),
    fix=(
        "make sure that {shortfall} kW are capped by something that acts in time, or set "
        "oversubscription_uncapped in policy.limits"
    ),
    source="sum of nameplates over capacity at most 1.0 where nothing enforces a cap",
)
def rests_on_caps(study: Study) -> Iterator[Budget]:
    """A source stands only because racks are capped below their nameplate.

    Why it matters
    --------------
    Provisioned power is a promise of software. Where racks can draw more than the source gives,
    the cap must be enforced, and faster than the source trips.

    Method
    ------
    The nameplates of the racks summed over each source rated in kW, healthy and with every loss
    that the policy names, against its rating times `oversubscription_uncapped` of the code profile
    (1.0), which the owner may replace, e.g. by 1.03 for training under enforced capping. Worked
    number: four racks of 142 kW are 568 kW on the living side, of which caps at 132 kW spare 40.
    Silent where the check itself runs at nameplate: PWR103 says the same then.

    Does not cover
    --------------
    Whether the cap is enforced and how fast, peaks above nameplate, what cooling draws (no cap
    holds it), and elements below the source.

    See also
    --------
    PWR103.
    """
    if study.conditions.mode == "nameplate":
        return
    ratio = limit(study, "oversubscription_uncapped")
    full = study(nameplate)
    for batch in feeder_rows(study, "kW", lambda kind: _sources(study, kind)):
        budget = budget_of(
            study, batch, batch.limit * ratio.value,
            (rack_figure(study, "nameplate_kw"), rack_figure(study, "power_factor")),
            (own_figure(study, batch.kind, "rating_kw", batch.element),), full,
        )  # fmt: skip
        yield replace(budget, owner=ratio.owner, judged=ratio.judged)
