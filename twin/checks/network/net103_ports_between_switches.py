"""NET103: ports of spines and cores against the links on them."""

from __future__ import annotations

import numpy as np

from twin.checks.inputs import own_figure
from twin.checks.measure import Measure
from twin.checks.rule import rule
from twin.solve.fabric.ports import ports
from twin.solve.study import Study


@rule(
    "NET103",
    role="gate",
    severity="error",
    unit="ports",
    message="switch {subject} would need {demand} ports for other switches and has {limit}",
    fix="let {subject} be as its fabric has it (leave out type, ports, gbps and count), or give it"
    " {shortfall} more ports",
    source="counting: each link ends in one port",
)
def ports_between_switches(study: Study) -> Measure:
    """A spine or core has fewer ports than links to other switches.

    Why it matters
    --------------
    A fabric is sized so that all links of its leaves find a port. Another product in the place of
    one of its spines takes a part of the bandwidth of every leaf below it.

    Method
    ------
    Links to switches below and above, each one port at its speed, against the ports of the switch:
    those of its product, divided to that speed, and no more than the layout says of this very one
    (`ports`). A fabric whose products have too few is refused when it is read; this looks at what
    switches that are written by hand, and changes, make of it. Worked number: 64 links on a spine
    of `ports = 4` lack 60.

    Does not cover
    --------------
    Leaves, whose ports for racks are what links to spines leave (NET101), and the speed of ports
    (NET412).

    See also
    --------
    NET101, NET102, NET412.
    """
    switch, own = study.table("switch"), study(ports)
    rows = np.flatnonzero(np.isin(np.asarray(switch["tier"]), ("spine", "core")))
    said = np.asarray(switch["ports"] * switch["count"], dtype=float)
    has = np.fmin(said, own.has)[rows]
    return Measure(
        kind="switch",
        subject=rows,
        demand=(own.below + own.above)[rows],
        limit=has,
        inputs=(own_figure(study, "switch", "ports", rows)._replace(known=~np.isnan(has)),),
        owner="ports of the product, or of the layout",
    )
