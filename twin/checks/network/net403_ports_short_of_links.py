"""NET403: ports of a rack against the links that its fabrics ask of it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.inputs import rack_figure
from twin.checks.measure import Measure
from twin.checks.network.ports import PORTS_OF
from twin.checks.rule import rule
from twin.solve.cabling.links.links import links
from twin.solve.fabric.growth import nodes_of_racks
from twin.solve.study import Study


@rule(
    "NET403",
    role="gate",
    severity="error",
    unit="ports",
    message="fabrics ask for {demand} ports of rack {subject} and it has {limit} ({owner})",
    fix="take its position out of the fabric's positions, set nodes_per_position or links_per_node"
    " of the fabric to what the rack has, or place a rack there that has {shortfall} more ports",
    source="counting: each link ends in one port",
)
def ports_short_of_links(study: Study) -> Iterator[Measure]:
    """A fabric joins more links to a rack than the rack has ports for that network.

    Why it matters
    --------------
    Cords are bought and pulled that end in the air, and ports of leaves are kept for nobody: a
    network rack that a glob has caught, or a rack with fewer servers than its place was planned
    for.

    Method
    ------
    Links that fabrics lead to the rack's position, by the ports in which they end: of the compute
    network (ew_ports), of storage, in-band and converged together (ns_ports), and of the
    out-of-band network (oob_ports). Where a fabric does not say how many nodes a position has
    (nodes_per_position), a rack with fewer nodes than the largest one takes links for those that it
    has. Worked number: four servers of eight links ask for 32 ports.

    Does not cover
    --------------
    Ports of the rack that no fabric asks for, networks by hand (drops take an even share of the
    rack's ports, NET101), and the speed of a port (NET401). A rack that houses switches and
    publishes no compute ports has none.

    See also
    --------
    NET101, NET401, NET402.
    """
    link, fabrics = study(links), study.table("fabric")
    racks = len(study.table("rack"))
    network = np.append(np.asarray(fabrics["network"], dtype=np.str_), "")[link.fabric]
    count = link.count * _part(study)
    for column, (networks, words) in PORTS_OF.items():
        mine = np.isin(network, networks) & study.here[link.rack]
        asked = np.bincount(link.rack[mine], count[mine], minlength=racks).astype(float)
        rows = np.flatnonzero(asked > 0)
        published = np.asarray(study.table("rack")[column], dtype=float)
        has = link.ports if column == "ew_ports" else published
        yield Measure(
            kind="rack",
            subject=rows,
            demand=asked[rows],
            limit=has[rows],
            inputs=(rack_figure(study, column, rows)._replace(known=~np.isnan(has[rows])),),
            owner=f"{words}, {column} of the rack type",
        )


def _part(study: Study) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Part of the links of each of the `links` that nodes of the rack take."""
    link, fabrics = study(links), study.table("fabric")
    places, said = (
        np.append(np.asarray(fabrics[c], dtype=float), np.nan)[link.fabric]
        for c in ("places", "nodes_per_position")
    )
    nodes = study(nodes_of_racks)[link.rack]
    fewer = np.isnan(said) & (nodes < places)
    return np.where(fewer, nodes / places, 1.0)
