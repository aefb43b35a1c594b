"""NET410: what stands of the switches on which a rack hangs."""

from __future__ import annotations

import numpy as np

from twin.arrays.needs import hosts
from twin.checks.measure import Input, Measure
from twin.checks.rule import rule
from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.cabling.links.bandwidth import Worth, left_of, passed_down
from twin.solve.cabling.links.links import links, switch_places
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
    stand: their rack has left, or with a day, it or they come later. A spine that does not stand
    takes of each leaf below it the part of its uplinks that end on it, and a core likewise of its
    spines. All should stand. Where less is left only because no rack is planned on the position of
    a switch, that rack is what is not known. Where delivery is in scope, DLV503 tells of those that
    come later by how many days, and they are not looked at here. Worked number: one of four leaves
    in a rack that has left leaves 3/4.

    Does not cover
    --------------
    Switches of which nobody says where they stand (CAB302 and DLV503 tell of them), positions whose
    drop names no switch (NET402), and whether a switch that stands has power: its rack is judged
    for that.

    See also
    --------
    NET201, NET402, DLV503.
    """
    absent, unhoused = _absent(study), hosts(study.site) < 0
    sure, switch = _left(study, absent & ~unhoused)
    most, lacking = _left(study, absent)
    link = study(links)
    racks = np.unique(link.rack[link.wanted & study.here[link.rack]])
    known = (sure == most) | (sure < 1.0)
    place = np.append(switch_places(study), -1)[lacking]
    return Measure(
        kind="rack",
        subject=racks,
        demand=np.where(known, sure, np.nan)[racks],
        limit=np.ones(len(racks)),
        sense="min",
        scale=np.full(len(racks), np.nan),
        other=study.site.subject("switch", np.where(known, switch, lacking)[racks]),
        inputs=(Input("position", "racks", place[racks], known[racks]),),
        owner="drops of the layout",
    )


def _left(study: Study, absent: BoolArray) -> tuple[FloatArray, IntArray]:
    """Part of its worst network that each rack has without some switches, and one of these."""
    gone = np.flatnonzero(absent)
    lost = Worth(np.zeros(len(gone), dtype=np.int64), gone, np.ones(len(gone)), gone)
    left = left_of(study, passed_down(study, lost))
    # The least of the networks of each rack is written last.
    order = np.lexsort((-left.fabric, -left.left))
    part, switch = np.ones(len(study.here)), np.full(len(study.here), -1, dtype=np.int64)
    part[left.rack[order]], switch[left.rack[order]] = left.left[order], left.switch[order]
    return part, switch


def _absent(study: Study) -> BoolArray:
    """(switches,) those that do not stand; without those that DLV503 tells of as late."""
    gone = ~study(switches_stand)
    day = study.conditions.date
    if day is None or "DLV" not in study.conditions.scope:
        return gone
    now = np.datetime64(day, "D")
    arrival = np.append(study.arrival, np.datetime64("NaT", "D"))[hosts(study.site)]
    return np.asarray(gone & ~(arrival > now) & ~(study.table("switch")["ready"] > now))
