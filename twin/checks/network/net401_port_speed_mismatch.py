"""NET401: speed of racks' ports against the speed of the switch's ports."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.inputs import own_figure, rack_figure
from twin.checks.measure import Measure
from twin.checks.rule import rule
from twin.solve.cabling.links.links import links
from twin.solve.study import Study


@rule(
    "NET401",
    role="gate",
    severity="error",
    unit="Gb/s",
    message="ports of rack {subject} run at {demand} Gb/s, those of switch {other} at {limit} Gb/s",
    fix="connect rack {subject} to switches whose ports run at its speed, or correct gbps of"
    " switch {other}",
    source="both ends of a link run at one speed",
)
def port_speed_mismatch(study: Study) -> Iterator[Measure]:
    """The compute ports of a rack and the ports of its switch run at different speeds.

    Why it matters
    --------------
    A link with two speeds does not come up, or comes up at the slower one and wastes the other.

    Method
    ------
    The speed of the rack type's compute ports (ew_gbps) must equal the port speed that the layout
    gives for each switch of its position's drop (gbps), by hand or of a compute fabric. One row for
    each speed that a rack meets.

    Does not cover
    --------------
    Twin ports and splitter cables (one port of 800 Gb/s as two of 400 Gb/s): write speed and
    ports of the switch as the racks see them. Ports of other networks. Lanes, modulation,
    connectors, error correction.

    See also
    --------
    NET101, CAB301.
    """
    link = study(links)
    network = np.append(np.asarray(study.table("fabric")["network"], dtype=np.str_), "compute")
    compute = network[link.fabric] == "compute"
    mine = np.flatnonzero(link.wanted & study.here[link.rack] & compute)
    speed = np.asarray(study.table("switch")["gbps"], dtype=float)[link.switch[mine]]
    order = np.lexsort((mine, speed, link.rack[mine]))
    mine, speed = mine[order], speed[order]
    new = np.ones(len(mine), dtype=bool)
    new[1:] = (link.rack[mine][1:] != link.rack[mine][:-1]) | ~(speed[1:] == speed[:-1])
    mine, speed = mine[new], speed[new]
    rack, switch = link.rack[mine], link.switch[mine]
    theirs = np.asarray(study.table("rack")["ew_gbps"], dtype=float)[rack]
    slower = theirs < speed
    for rows, slow in ((np.flatnonzero(~slower), False), (np.flatnonzero(slower), True)):
        yield Measure(
            kind="rack",
            subject=rack[rows],
            demand=theirs[rows],
            limit=speed[rows],
            sense="min" if slow else "max",
            scale=np.full(len(rows), np.nan),
            other=study.site.subject("switch", switch[rows]),
            inputs=(
                rack_figure(study, "ew_gbps", rack[rows]),
                own_figure(study, "switch", "gbps", switch[rows]),
            ),
            owner="speed of the layout's switches",
        )
