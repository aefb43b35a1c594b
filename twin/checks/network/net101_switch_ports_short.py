"""NET101: ports of a switch against the racks that end on it."""

from __future__ import annotations

import numpy as np

from twin.checks.inputs import own_figure
from twin.checks.measure import Budget
from twin.checks.network.ports import ports_figure
from twin.checks.rule import rule
from twin.solve.cabling.links import links
from twin.solve.study import Study


@rule(
    "NET101",
    role="gate",
    severity="error",
    unit="ports",
    message="switch {subject} would need {demand} ports for racks and has {limit};"
    " {fit} of {on} racks fit",
    fix="give switch {subject} {shortfall} more ports (ports or count), or name a further switch in"
    " the switches of these racks' positions",
    source="counting: each link ends in one port",
)
def switch_ports_short(study: Study) -> Budget:
    """Racks have more links to a switch than the switch has ports for them.

    Why it matters
    --------------
    A link without a port is a GPU without a network. It shows when the last racks of a row are
    cabled, and a further switch takes months.

    Method
    ------
    A fabric says how many links of a position end on each of its leaves. By hand, the compute
    ports of each rack type (ew_ports) are spread evenly over all switches that the drop of its
    position names. The sum over racks is held against the ports for racks of the switch times how
    many identical ones stand there. Worked number: 4 racks of 144 ports over two switches need 288
    ports on each.

    Does not cover
    --------------
    Drops by hand: which port goes where, ports between switches, and shares that are no whole
    number of ports; a fabric gives all of these. Racks that house a switch and publish no ports
    count with none.

    See also
    --------
    NET201, NET401, NET402.
    """
    link, switch = study(links), study.table("switch")
    # Spines and cores have no ports for racks: a fabric is sized when it is read.
    serves = np.flatnonzero(~np.isin(np.asarray(switch["tier"]), ("spine", "core")))
    n = len(serves)
    row = np.full(len(switch), -1, dtype=np.int64)
    row[serves] = np.arange(n)
    mine = row[link.switch] >= 0
    return Budget(
        kind="switch",
        subject=serves,
        case=np.zeros(n, dtype=np.int64),
        limit=np.asarray(switch["ports"] * switch["count"], dtype=float)[serves],
        base=np.zeros(n),
        rack=link.rack[mine],
        row=row[link.switch[mine]],
        coefficient=link.count[mine],
        amount=np.ones(len(link.ports)),
        onto=np.full(n, -1),
        rack_inputs=(ports_figure(study),),
        row_inputs=(own_figure(study, "switch", "ports", serves),),
        owner="ports of the layout",
    )
