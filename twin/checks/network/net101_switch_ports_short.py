"""NET101: ports of a switch against the racks that end on it."""

from __future__ import annotations

import numpy as np

from twin.checks.inputs import own_figure
from twin.checks.measure import Budget
from twin.checks.network.ports import ports_figure
from twin.checks.rule import rule
from twin.site.table import FloatArray
from twin.solve.cabling.links.links import links
from twin.solve.fabric.ports import ports, split_of
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
    many identical ones stand there; of a fabric's also against what links to spines leave of the
    ports that its product has at that speed. Worked numbers: 4 racks of 144 ports over two switches
    need 288 ports on each; a leaf of 48 links to racks and 16 to spines, written as a product of 48
    ports, has 32 for racks.

    Does not cover
    --------------
    Drops by hand: which port goes where, and shares that are no whole number of ports; a fabric
    gives these, and whether the product of a switch by hand has its ports. Ports of spines and
    cores (NET103), links of fabric managers, ports of products of which nobody says how many they
    are. Racks that house a switch and publish no ports count with none.

    See also
    --------
    NET103, NET201, NET401, NET402.
    """
    link, switch = study(links), study.table("switch")
    # Spines and cores have no ports for racks.
    serves = np.flatnonzero(~np.isin(np.asarray(switch["tier"]), ("spine", "core")))
    n = len(serves)
    row = np.full(len(switch), -1, dtype=np.int64)
    row[serves] = np.arange(n)
    mine = row[link.switch] >= 0
    return Budget(
        kind="switch",
        subject=serves,
        case=np.zeros(n, dtype=np.int64),
        limit=_for_racks(study)[serves],
        base=np.zeros(n),
        rack=link.rack[mine],
        row=row[link.switch[mine]],
        coefficient=link.count[mine],
        amount=np.ones(len(link.ports)),
        onto=np.full(n, -1),
        rack_inputs=(ports_figure(study),),
        row_inputs=(own_figure(study, "switch", "ports", serves),),
        owner="ports of the layout and of the product",
    )


def _for_racks(study: Study) -> FloatArray:
    """(switches,) ports for racks of all equal switches together, NaN not known."""
    switch, own = study.table("switch"), study(ports)
    said = np.asarray(switch["ports"] * switch["count"], dtype=float)
    left = (own.has - own.above) * split_of(study)
    # By hand a switch may stand for several, with the ports that racks see.
    bare = np.isnan(left) | (study.site.rows_of("fabric", switch["fabric"]) < 0)
    return np.where(bare, said, np.minimum(said, np.maximum(left, 0.0)))
