"""DLV503: network before the rack."""

from __future__ import annotations

from twin.checks.delivery.waiting import standing_racks, waiting
from twin.checks.measure import Input, Measure
from twin.checks.rule import rule
from twin.solve.cabling.panels.through import patched_ready
from twin.solve.ready import network_ready, without_host
from twin.solve.study import Study


@rule(
    "DLV503",
    role="gate",
    severity="error",
    unit="days",
    message="rack {subject} is there {demand} days before its network: {other} is not ready",
    fix="bring {other} forward by {shortfall} days (network_ready of the position, ready of the "
    "switch, panel or trunk, arrives of the network rack), let the rack arrive as much later "
    "(arrives), or stage it",
    source="network live before arrival, as construction schedules gate it",
)
def network_not_ready(study: Study) -> Measure:
    """A rack arrives before its network drop, its switches, panels or trunks are ready.

    Why it matters
    --------------
    A rack is burnt in over the network. Without it, nobody can say that it works.

    Method
    ------
    The latest of `network_ready` of the rack's position, `ready` of the switches that the
    position names and of all spines and cores above them in their fabric, and the arrival of the
    racks that house these (`rack` of the switch, else the rack on its `position`; a live rack is
    there); and of `ready` of the panels and trunks through which its links and the uplinks above
    them lead, and of the panels' racks; against the rack's arrival, or the day of the study. A
    switch that stands in no rack leaves the row not known. What a rule finds about a network rack
    alone (its place, its weight, its power) also holds for the racks that use its switches: one
    that is blocked blocks them, with its finding.

    Does not cover
    --------------
    Spines and cores above switches by hand, fabrics that run with a part of their spines, and
    whether the position names switches at all (rules NET). A network rack that is held back by a
    sum over many racks does not hold back those that use its switches.
    Racks that house each other's switches: what is found about one does not reach the other.

    See also
    --------
    DLV501, DLV504.
    """
    racks, place = standing_racks(study)
    lone = study(without_host)[place]
    absent = (Input("switch", "rack", lone, lone < 0),)
    ready = study(network_ready).take(place).and_(study(patched_ready).take(racks))
    return waiting(study, racks, ready, "network_ready", layer="NET", absent=absent)
