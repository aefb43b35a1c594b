"""DAT908: caps of which nobody says how long the overload is carried."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.data.spoken import WHOLE
from twin.checks.measure import Measure
from twin.checks.rule import rule
from twin.model.policy import Capped
from twin.solve.study import Study


@rule(
    "DAT908",
    role="advice",
    severity="warning",
    unit="caps",
    message="nobody says how long the overload after the loss of a {kind} such as {subject} is "
    "carried; whether its cap comes in time is not known",
    fix="set withstand_s in policy.losses, by the trip curves of what is overloaded",
    source="house rule: a cap counts only if it is faster than the overload",
)
def cap_without_time(study: Study) -> Iterator[Measure]:
    """A cap has no time to be held against.

    Why it matters
    --------------
    A breaker that trips after ten seconds is not saved by a cap that holds after thirty.

    Method
    ------
    For each capped outcome in policy.losses: whether `withstand_s` is given. Where it is not,
    racks that need the cap are not known; those that stand without it are judged without.

    Does not cover
    --------------
    Whether the figure is right: PWR211 holds the cap against breakers, PWR216 against UPS that
    state how long they carry an overload.

    See also
    --------
    DAT905, DAT907, PWR211, PWR216.
    """
    for kind, outcome in study.site.policy.losses.items():
        table = WHOLE.get(kind, kind)
        if not isinstance(outcome, Capped) or not len(study.table(table)):
            continue
        doubt = outcome.withstand_s is None
        yield Measure(
            kind=table,
            subject=np.zeros(1, dtype=np.int64),
            demand=np.array([float(doubt)]),
            limit=np.zeros(1),
            scale=np.full(1, np.nan),
            owner=f"policy of {study.site.policy.owner}",
        )
