"""NET410: what stands of the switches on which a rack hangs."""

from __future__ import annotations

import numpy as np

from twin.arrays.needs import hosts
from twin.checks.measure import Measure
from twin.checks.rule import rule
from twin.site.table import BoolArray
from twin.solve.cabling.bandwidth import Worth, left_of, passed_down
from twin.solve.cabling.links import links
from twin.solve.fabric.growth import switches_stand
from twin.solve.study import Study


@rule(
    "NET410",
    role="gate",
    severity="error",
    unit="1",
    message="rack {subject} has {demand} of its links of a network, {limit} is all: {other} does"
    " not stand, or not all above it",
    fix="deliver the rack that houses {other}, or place {other} in a rack that there is",
    source="a link without its switch carries nothing",
)
def switch_absent(study: Study) -> Measure:
    """A rack hangs on switches that do not stand, or whose spines do not.

    Why it matters
    --------------
    A drop names a leaf, and the leaf is a row in a table. Where its rack was never ordered the
    compute rack is cabled to nothing.

    Method
    ------
    The part of each rack's links of one network that is left without the switches that do not
    stand: their position is known and no rack stands on it, or it has left; or with a day, their
    rack or they come later. A spine that does not stand takes of each leaf below it the part of its
    uplinks that end on it, and a core likewise of its spines. All should stand. Where delivery is
    in scope, DLV503 tells of those that come later by how many days, and they are not looked at
    here. Worked number: one of four leaves in a rack that never comes leaves 3/4.

    Does not cover
    --------------
    Switches of which nobody says where they stand (CAB302 and DLV503 tell of them), positions whose
    drop names no switch (NET402), and whether a switch that stands has power: its rack is judged
    for that.

    See also
    --------
    NET201, NET402, DLV503.
    """
    absent = np.flatnonzero(_absent(study))
    case = np.zeros(len(absent), dtype=np.int64)
    lost = Worth(case, absent, np.ones(len(absent)), absent)
    left = left_of(study, passed_down(study, lost))
    link = study(links)
    racks = np.unique(link.rack[link.wanted & study.here[link.rack]])
    # The least of the networks of each rack is written last.
    order = np.lexsort((-left.fabric, -left.left))
    demand, switch = np.ones(len(study.here)), np.full(len(study.here), -1, dtype=np.int64)
    demand[left.rack[order]] = left.left[order]
    switch[left.rack[order]] = study.site.subject("switch", left.switch[order])
    return Measure(
        kind="rack",
        subject=racks,
        demand=demand[racks],
        limit=np.ones(len(racks)),
        sense="min",
        scale=np.full(len(racks), np.nan),
        other=switch[racks],
        owner="drops of the layout",
    )


def _absent(study: Study) -> BoolArray:
    """(switches,) those that do not stand; without those that DLV503 tells of as late."""
    gone = ~study(switches_stand)
    day = study.conditions.date
    if day is None or "DLV" not in study.conditions.scope:
        return gone
    now = np.datetime64(day, "D")
    arrival = np.append(study.arrival, np.datetime64("NaT", "D"))[hosts(study.site)]
    return np.asarray(gone & ~(arrival > now) & ~(study.table("switch")["ready"] > now))
