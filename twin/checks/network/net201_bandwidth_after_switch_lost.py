"""NET201: what is left of a rack's network when one of its switches is lost."""

from __future__ import annotations

from collections.abc import Iterator

from twin.checks.measure import Measure
from twin.checks.network.left import kept
from twin.checks.rule import rule
from twin.solve.cabling.links.bandwidth import of_switches
from twin.solve.study import Study


@rule(
    "NET201",
    role="gate",
    severity="error",
    unit="1",
    message="rack {subject} keeps {demand} of its network ports{lost}, the policy asks for {limit}",
    fix="spread its ports over more switches (switches of its position), or let the policy say"
    " what a rack may lose with a switch (policy.losses.switch)",
    source="the owner's policy",
)
def bandwidth_after_switch_lost(study: Study) -> Iterator[Measure]:
    """A rack loses more of its network with one loss than the owner's policy allows of a switch.

    Why it matters
    --------------
    A training job goes at the pace of its slowest rack. Half of one rack's ports lost is half of
    the job's network.

    Method
    ------
    Only racks of which the policy says what must survive the loss of a switch, in all or by their
    class. The part of a rack's links
    of one network that is left is held against what the policy keeps: 1 for `full`, which no rack
    can hold whose links each end on one switch, or the share of `capped`. A lost leaf takes the
    links that end on it; a lost spine takes of each leaf below it the part of its uplinks that end
    on it, and a lost core likewise of its spines: traffic spreads evenly over links of equal cost.
    Of several identical switches under one name one is lost. Losses of power that the policy names
    count too where they take every whip of a network rack, and so all switches in it, held against
    the same share. Where a rack type's ports are not known and no fabric counts its links, neither
    is what it keeps. Worked numbers: 8 leaves keep 7/8 = 0.875, 16 spines 15/16 = 0.9375.

    Does not cover
    --------------
    Policies under which switches "may go dark" (no row, whatever takes the switches), traffic that
    is uneven, ports that fail over to a second switch, who enforces a cap and how soon, network
    racks without whips in the layout, switches in no rack (DLV503), and cooling that takes
    switches.

    See also
    --------
    NET101, NET203, NET204, NET205.
    """
    yield from kept(study, study(of_switches), "switch")
