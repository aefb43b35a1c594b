"""NET406: nodes of a rack against the node places that its compute network keeps there."""

from __future__ import annotations

import numpy as np

from twin.checks.measure import Measure
from twin.checks.rule import rule
from twin.solve.cabling.links.links import links
from twin.solve.fabric.growth import nodes_of_racks
from twin.solve.study import Study


@rule(
    "NET406",
    role="gate",
    severity="error",
    unit="nodes",
    message="rack {subject} has {demand} nodes, {other} keeps {limit} node places at its position",
    fix="raise nodes_per_position of {other} to {demand}, or place the rack where there is room",
    source="counting: each node takes one place",
)
def nodes_without_places(study: Study) -> Measure:
    """A rack has more nodes than its compute fabric keeps places for at its position.

    Why it matters
    --------------
    The nodes beyond the last place get no link, and the job that was sized for all of them waits.

    Method
    ------
    Nodes of the rack type (trays of servers, else servers) against the node places of each position
    of a fabric of the compute network: nodes_per_position, else those of the largest rack there.
    Worked number: four servers on a fabric of two places a position leave two without a link.

    Does not cover
    --------------
    Racks of which nobody says how many nodes they have; places that no node takes; other networks,
    on which a node may be a port of management.

    See also
    --------
    NET403.
    """
    link, fabrics = study(links), study.table("fabric")
    compute = np.append(np.asarray(fabrics["network"]) == "compute", False)
    nodes = study(nodes_of_racks)
    mine = compute[link.fabric] & study.here[link.rack] & ~np.isnan(nodes[link.rack])
    pairs = np.unique(np.stack([link.rack[mine], link.fabric[mine]]), axis=1)
    return Measure(
        kind="rack",
        subject=pairs[0],
        demand=nodes[pairs[0]],
        limit=np.asarray(fabrics["places"], dtype=float)[pairs[1]],
        other=study.site.subject("fabric", pairs[1]),
        owner="nodes_per_position of the fabric",
    )
