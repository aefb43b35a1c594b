"""PWR407: fault current against what breakers interrupt and equipment withstands."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.admission import TOLERANCE
from twin.checks.inputs import own_figure
from twin.checks.measure import Input, Measure
from twin.checks.rule import rule
from twin.model.base import FEEDERS
from twin.site.table import FloatArray, IntArray
from twin.solve.power.fault_bounds import fault_bounds, not_said, studied
from twin.solve.power.feeders import TAPS, feeders
from twin.solve.study import Study


@rule(
    "PWR407",
    role="gate",
    severity="error",
    unit="kA",
    message="{kind} {subject} meets {demand} kA by the study of the layout, it is made for {limit}",
    fix=(
        "take one of {demand} kA (interrupting_ka, withstand_ka), a transformer of higher z_pct, "
        "or a current-limiting breaker above"
    ),
    source=(
        "I_sc of an infinite bus behind transformers, FLA / Z_pu, an upper bound (Inflection Point "
        "Engineering), against the interrupting and short-circuit ratings"
    ),
)
def fault_current_above_rating(study: Study) -> Iterator[Measure]:
    """The fault current may be more than a breaker interrupts or equipment withstands.

    Why it matters
    --------------
    A breaker that cannot interrupt bursts, and a busway that cannot withstand throws its bars.
    Larger transformers and lower impedances, as large halls want them, bring just that.

    Method
    ------
    An upper bound: what transformers pass with nothing before them but the source's `fault_mva`
    where it is given, those in parallel together, from the worse of all inputs that switches may
    choose, less only the reactance of runs that the layout names. Where even that is within
    `interrupting_ka` of the breaker (at its feed end) and `withstand_ka` of the equipment, they
    hold. Where it is not, a bound proves nothing: the row is not known until a study gives
    `fault_ka`: of the element itself for what it withstands, of what feeds its breaker (of all in
    parallel there) for what that interrupts. Only such figures can fail.
    Worked number: 3,000 kVA of 5.75 % pass 62.8 kA at 480 V and 72.6 kA at 415 V.

    Does not cover
    --------------
    Equipment that states no such rating, motors (pumps and chillers add four to six times their
    own current for some cycles), sources in parallel for the moment of a closed transition, series
    ratings, peak and let-through, earth faults, direct current, and arc flash. `z_pct` counts as
    given: one that was not measured may be 7.5 to 10 % less.

    See also
    --------
    PWR102, PWR406.
    """
    bounds, known, direct = study(fault_bounds), study(studied), study(feeders).phases == 0
    itself = np.arange(len(direct))
    for name, kinds, amps, certain, gap in (
        ("interrupting_ka", TAPS, bounds.before_ka, known.before_ka, known.gap),
        ("withstand_ka", FEEDERS, bounds.on_ka, known.on_ka, itself),
    ):
        for kind in kinds:
            start = study.site.first[kind] - study.arrays.topology.power.first
            rating = np.asarray(study.table(kind)[name], dtype=float)
            rows = np.flatnonzero(~np.isnan(rating))
            rows = rows[~direct[rows + start]]
            if len(rows):
                node = rows + start
                yield _measure(
                    study, kind, rows, rating[rows], amps[node], certain[node], gap[node]
                )


def _measure(
    study: Study,
    kind: str,
    rows: IntArray,
    rating: FloatArray,
    amps: FloatArray,
    certain: FloatArray,
    gap: IntArray,
) -> Measure:
    """Rows of one kind; a bound above the rating is no figure."""
    first = study.arrays.topology.power.first
    node = rows + study.site.first[kind] - first
    allowed = rating * (1.0 + TOLERANCE)
    proves = (amps <= allowed) | (certain > allowed)
    lacks = np.where(proves | np.isnan(amps) | np.isfinite(amps), -1, not_said(study, node))
    lacks = np.where(lacks >= 0, lacks + first, -1)
    missing = np.where(proves, -1, gap)
    missing = np.where(missing >= 0, missing + first, -1)
    return Measure(
        kind=kind,
        subject=rows,
        demand=np.where(certain > allowed, certain, np.where(proves, amps, np.nan)),
        limit=rating,
        inputs=(
            *(
                own_figure(study, k, c, study.site.rows_of(k, lacks))
                for k, c in (
                    ("transformer", "rating_kva"), ("transformer", "z_pct"), ("source", "fault_mva")
                )
            ),
            *(Input(k, "fault_ka", study.site.rows_of(k, missing), proves) for k in FEEDERS),
        ),
        owner="rating of the layout",
    )  # fmt: skip
