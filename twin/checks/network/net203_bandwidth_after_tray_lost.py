"""NET203: what is left of a rack's network when a tray or riser is lost with the cables in it."""

from __future__ import annotations

from collections.abc import Iterator

from twin.checks.measure import Measure
from twin.checks.network.left import kept
from twin.checks.rule import rule
from twin.solve.losses.cases import cases
from twin.solve.study import Study


@rule(
    "NET203",
    role="gate",
    severity="error",
    unit="1",
    message="rack {subject} keeps {demand} of its network ports{lost}, the policy asks for {limit}",
    fix="lead some of its cables over trays of their own, or let the policy say what a rack may"
    " lose with a tray (policy.losses.tray, policy.losses.riser)",
    source="the owner's policy",
)
def bandwidth_after_tray_lost(study: Study) -> Iterator[Measure]:
    """A rack loses more of its network with one tray or riser than the owner's policy allows.

    Why it matters
    --------------
    Two planes, two rooms of switches and two feeds are worth nothing where all cables lie in one
    tray: a fire or a saw there takes them together.

    Method
    ------
    Only racks of which the policy says what must survive the loss of a tray, or of a riser. What is
    lost takes all cables in it over its whole length: links of racks, and uplinks, of which each
    switch below loses that part of its worth, as in NET201. The part of a rack's links of one
    network that is left is held against what the policy keeps: 1 for `full`, or the share of
    `capped`.
    Worked number: two planes on a tray each keep 1/2 when one of them is lost.

    Does not cover
    --------------
    Policies under which trays "may go dark" (no row), a loss of part of a tray, trays that hang
    one above the other and go together, cables that could be led another way, racks whose cables
    have no way (CAB302), and cables of power.

    See also
    --------
    CAB201, NET201, NET205.
    """
    for kind in ("tray", "riser"):
        lost = study.site.rows_of(kind, study(cases).origin) >= 0
        yield from kept(study, lost, kind)
