"""PWR413: what the policy asks to survive against the tier that the owner declares."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.measure import Measure
from twin.checks.rule import rule
from twin.model.base import POWER_KINDS
from twin.model.policy import Policy
from twin.solve.limits import limit
from twin.solve.study import Study

_CAPACITY = ("source", "transformer", "ups", "rectifier", "plant", "cdu", "air_unit")
_WORKED_ON = POWER_KINDS[:-1]


@rule(
    "PWR413",
    role="advice",
    severity="warning",
    unit="tier",
    message=(
        "tier {limit} is declared, and of {kind}s as {subject} the policy asks no more than tier "
        "{demand}"
    ),
    fix=(
        "say full for {kind} in policy.losses (tier 4, and tier 2 of what gives capacity), and in "
        "policy.work (tiers 3 and 4); what does not hold then is told by the rules of power"
    ),
    source="Uptime tiers: N; N + 1 of capacity; work on all without loss of load; any fault",
)
def tier_not_asked_for(study: Study) -> Iterator[Measure]:
    """The policy asks for less than the tier that the owner declares.

    Why it matters
    --------------
    A tier is a promise about every element. A rule can only hold a layout against what is asked
    of it: a kind of which the policy is silent is one that nobody checked.

    Method
    ------
    For each kind of element that the layout has, at its first one: tier 4 where racks are to be
    "full" in its loss and, for what is worked on by itself, in work on it; tier 3 in work; tier 2
    where it gives capacity and its loss, or that of one module, is survived, and for all that
    only leads; else 1. Against `policy.limits.tier`; without one there is no row. Whether the
    layout meets what is asked is told by PWR101 to PWR104, PWR201, PWR202 and the rules of
    cooling in every case.

    Does not cover
    --------------
    Compartments, continuous cooling, fuel (PWR414), rating of generators for continuous use, and
    the certificate, which an institute gives and no program. Availability in percent is no check.

    See also
    --------
    PWR202, PWR414.
    """
    declared = limit(study, "tier")
    if np.isnan(declared.value):
        return
    for kind in (*_WORKED_ON, "plant", "cdu", "air_unit"):
        if not len(study.table(kind)):
            continue
        yield Measure(
            kind=kind,
            subject=np.zeros(1, dtype=np.int64),
            demand=np.array([float(_tier(study.site.policy, kind))]),
            limit=np.array([declared.value]),
            sense="min",
            scale=np.full(1, np.nan),
            owner=declared.owner,
        )


def _tier(policy: Policy, kind: str) -> int:
    """Tier for which the policy's answers to losses of a kind would do."""
    lost = policy.losses.get(kind) == "full"  # type: ignore[call-overload]
    worked = policy.work.get(kind) == "full"  # type: ignore[call-overload]
    if kind not in _WORKED_ON:  # what cools is worked on as it fails
        return 4 if lost else 1
    if worked:
        return 4 if lost else 3
    if kind not in _CAPACITY or lost or policy.losses.get("module") == "full":
        return 2
    return 1
