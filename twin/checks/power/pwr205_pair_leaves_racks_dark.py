"""PWR205: two losses at once that leave racks dark, of which the policy asks nothing."""

from __future__ import annotations

from collections.abc import Iterator

from twin.checks.measure import Measure
from twin.checks.power.twos import dark_after_two
from twin.checks.rule import rule
from twin.solve.losses.sorts import PAIR
from twin.solve.study import Study


@rule(
    "PWR205",
    role="advice",
    severity="note",
    unit="racks",
    message="the loss of {kind} {subject} together with {other} would leave {demand} racks dark",
    fix=(
        "repair the first loss soon, or hang the racks on a third way; policy.pairs says what "
        "racks must be after two losses"
    ),
    source="every pair of elements on the ways of one rack, one after the other",
)
def pair_leaves_racks_dark(study: Study) -> Iterator[Measure]:
    """Two elements that are lost at once leave racks dark, and the policy is silent about it.

    Why it matters
    --------------
    Two ways are enough for any one loss and for no two. While one side is down for repair the
    other one is all there is, and for how many racks that is so should be known before.

    Method
    ------
    With `--losses 2`, and where the policy says nothing of pairs: racks that stand and that no
    living whip is left to after the loss of two elements, neither of which hangs below the other,
    for every pair on the ways of one rack. Racks that one of the two alone leaves dark are not
    counted, and pairs without others are left out: PWR202 and PWR203 tell of those. Of each
    element its worst partner is told. Worked number: two sides with one unit of 1,500 kW each under
    1,400 kW of dual-corded load drop all 1,400 kW when both are lost; where the policy asks for
    pairs PWR202 decides.

    Does not cover
    --------------
    What is overloaded and then trips after two losses, which the losses by harm show; taps and
    whips; three losses at once.

    See also
    --------
    PWR202, PWR206.
    """
    if study.site.policy.pairs is None:
        yield from dark_after_two(study, PAIR)
