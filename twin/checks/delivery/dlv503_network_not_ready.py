"""DLV503: network before the rack."""

from __future__ import annotations

from twin.checks.delivery.waiting import standing_racks, waiting
from twin.checks.measure import Measure
from twin.checks.rule import rule
from twin.solve.ready import network_ready
from twin.solve.study import Study


@rule(
    "DLV503",
    role="gate",
    severity="error",
    unit="days",
    message="rack {subject} is there {demand} days before its network: {other} is not ready",
    fix="bring {other} forward by {shortfall} days (network_ready of the position, ready of the "
    "switch), let the rack arrive as much later (arrives), or stage it",
    source="network live before arrival, as construction schedules gate it",
)
def network_not_ready(study: Study) -> Measure:
    """A rack arrives before its network drop or its switches are ready.

    Why it matters
    --------------
    A rack is burnt in over the network. Without it, nobody can say that it works.

    Method
    ------
    The latest of `network_ready` of the rack's position and `ready` of the switches that the
    position names, against the rack's arrival, or the day of the study.

    Does not cover
    --------------
    Spines and cores, the arrival of the network rack that a switch stands in, and whether the
    position names switches at all (rules NET).

    See also
    --------
    DLV501, DLV504.
    """
    racks, place = standing_racks(study)
    return waiting(study, racks, study(network_ready).take(place), "network_ready")
