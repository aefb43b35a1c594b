"""CAB105: ports of a patch panel against the links that go through it."""

from __future__ import annotations

import numpy as np

from twin.checks.cabling.patched_rows import patched_budget
from twin.checks.inputs import own_figure
from twin.checks.measure import Budget
from twin.checks.rule import rule
from twin.solve.cabling.panels.patched import in_panels
from twin.solve.study import Study


@rule(
    "CAB105",
    role="gate",
    severity="error",
    unit="ports",
    message="panel {subject} would need {demand} ports and has {limit}; {fit} of {on} racks fit",
    fix="give panel {subject} {shortfall} more ports, or let another panel serve some positions",
    source="counting: each link takes one port of both its panels",
)
def panel_ports_short(study: Study) -> Budget:
    """More links go through a patch panel than it has ports.

    Why it matters
    --------------
    Trunks are pulled once, months before the racks come. A port that lacks is a link that must be
    led around them, across aisles that are full by then.

    Method
    ------
    A link goes through panels where both its positions are served by one, and not by the same. It
    takes one port of each. The sum is held against the ports of the panel, or of its product.

    Does not cover
    --------------
    Which connector of which cassette, ports that are kept free, and duplex ports.

    See also
    --------
    CAB106, CAB303.
    """
    taken, panel = study(in_panels), study.table("panel")
    return patched_budget(
        study, "panel", taken, np.asarray(panel["ports"], dtype=float),
        (own_figure(study, "panel", "ports"),), "ports of the panel",
    )  # fmt: skip
