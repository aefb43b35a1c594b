"""NET402: a rack with network ports where no network reaches."""

from __future__ import annotations

import numpy as np

from twin.checks.inputs import own_figure
from twin.checks.measure import Input, Measure
from twin.checks.network.ports import ports_figure
from twin.checks.rule import rule
from twin.solve.cabling.links.links import links
from twin.solve.study import Study


@rule(
    "NET402",
    role="gate",
    severity="error",
    unit="drops",
    message="rack {subject} has network ports and its position has no drop to any switch",
    fix="name leaf switches in the switches of its position or row, or place it where a drop is",
    source="what the rack type publishes (ew_ports)",
)
def no_drop(study: Study) -> Measure:
    """A rack with network ports stands at a position without a drop to any switch.

    Why it matters
    --------------
    The rack can be set, cooled and energised, and still does no work.

    Method
    ------
    One row for each rack: drops that it lacks, at most 0. A rack type with compute ports needs a
    position whose drop names at least one switch. A rack that houses switches or is of the class
    network and publishes no ports, and one that publishes 0, needs none. Where a rack type's ports
    are not known, or the layout describes no drops at all, a rack without a drop is not known.

    Does not cover
    --------------
    Whether the drop is enough (NET101), storage and management networks.

    See also
    --------
    NET101, CAB302.
    """
    link = study(links)
    racks = np.flatnonzero(study.here)
    ports, has = link.ports[racks], link.switches[racks] > 0
    described = bool(len(study.table("drop")))
    place = study.site.rows_of("position", study.table("rack")["position"])[racks]
    lacking = np.where(ports > 0, 1.0 if described else np.nan, ports)
    lacking = np.where((ports > 0) & (place < 0), np.nan, lacking)
    asked = ~has & (ports > 0)
    needs_figure = np.where(has, -1, racks)
    figure = ports_figure(study)
    return Measure(
        kind="rack",
        subject=racks,
        demand=np.where(has, 0.0, lacking),
        limit=np.zeros(len(racks)),
        inputs=(
            figure._replace(rows=np.where(has, -1, figure.rows[racks]), known=figure.known[racks]),
            own_figure(study, "rack", "position", needs_figure),
            Input(
                "position", "switches", np.where(asked, place, -1), np.full(len(racks), described)
            ),
        ),
        owner="ports of the rack type",
    )
