"""DAT904: waivers past their last day."""

from __future__ import annotations

from twin.checks.data.spoken import overdue
from twin.checks.measure import Measure
from twin.checks.rule import rule
from twin.solve.study import Study


@rule(
    "DAT904",
    role="advice",
    severity="warning",
    unit="days",
    message="the waiver of {subject} ended {demand} days before the day of the check",
    fix="mend what it accepted, or have its owner renew the waiver of {subject} (until)",
    source="house rule: a waiver counts until its last day",
)
def waiver_expired(study: Study) -> Measure:
    """A waiver has run out, and what it accepted counts again.

    Why it matters
    --------------
    Waivers are given for a time, until the part comes or the works are done.

    Method
    ------
    Days from `until` of each waiver to the day of the study. Without a day nothing expires: the
    machine's clock is never read.

    Does not cover
    --------------
    Whether the reason still holds.

    See also
    --------
    DAT902, DAT903.
    """
    return overdue(study, "waiver")
