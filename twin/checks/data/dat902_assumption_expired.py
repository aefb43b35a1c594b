"""DAT902: assumptions past their last day."""

from __future__ import annotations

from twin.checks.data.spoken import overdue
from twin.checks.measure import Measure
from twin.checks.rule import rule
from twin.solve.study import Study


@rule(
    "DAT902",
    role="advice",
    severity="warning",
    unit="days",
    message="the assumption on {subject} ended {demand} days before the day of the check",
    fix="find the figure, or have its owner renew the assumption on {subject} (until)",
    source="house rule: an assumption counts until its last day",
)
def assumption_expired(study: Study) -> Measure:
    """An assumption is older than its owner allowed.

    Why it matters
    --------------
    Stand-ins are made to be replaced once the maker publishes. Forgotten ones become facts.

    Method
    ------
    Days from `until` of each assumption that has one to the day of the study. Without a day
    nothing expires: the machine's clock is never read.

    Does not cover
    --------------
    Assumptions without a last day.

    See also
    --------
    DAT901, DAT904.
    """
    return overdue(study, "assumption")
