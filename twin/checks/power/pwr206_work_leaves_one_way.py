"""PWR206: planned work during which one more loss leaves racks dark, if the policy is silent."""

from __future__ import annotations

from collections.abc import Iterator

from twin.checks.measure import Measure
from twin.checks.power.twos import dark_after_two
from twin.checks.rule import rule
from twin.solve.losses.sorts import WORK_AND_FAULT
from twin.solve.study import Study


@rule(
    "PWR206",
    role="advice",
    severity="note",
    unit="racks",
    message=(
        "during work on {kind} {subject} one way is left to {demand} racks: the loss of {other} "
        "would leave them dark"
    ),
    fix=(
        "move load away or cap it before the work begins, or hang the racks on a third way; "
        "policy.work_fault says what racks must be then"
    ),
    source="planned work up to the nearest isolators, and one fault while it lasts",
)
def work_leaves_one_way(study: Study) -> Iterator[Measure]:
    """Planned work leaves racks on a single way, and the policy is silent about a fault then.

    Why it matters
    --------------
    Work is done with the racks running. As long as it lasts they stand on what is left, and the
    next fault takes them; whether anybody accepts that should be said before the work order.

    Method
    ------
    With `--losses 2`, and where the policy says nothing of a fault during work: each feeder is
    switched off up to the nearest isolators, by hand, and each other element on the ways of the
    same racks fails besides. Told is the fault that leaves most racks without a living whip that
    neither the work nor the fault alone would leave without one.
    Worked number: on two sides of one unit each, 1,400 kW of load drop; on two sides of 3 x 750
    kW, a module lost during work on the other side drops none, 93.3 % of the two that are left.

    Does not cover
    --------------
    What is overloaded and then trips, which the losses by harm show; faults by the work itself;
    how long it lasts.

    See also
    --------
    PWR202, PWR205.
    """
    if study.site.policy.work_fault is None:
        yield from dark_after_two(study, WORK_AND_FAULT)
