"""CAB106: connectors of the trunks between two panels against the links that need them."""

from __future__ import annotations

from twin.checks.cabling.patched_rows import patched_budget
from twin.checks.inputs import own_figure
from twin.checks.measure import Budget
from twin.checks.rule import rule
from twin.solve.cabling.panels.patched import connectors, in_trunks
from twin.solve.study import Study


@rule(
    "CAB106",
    role="gate",
    severity="error",
    unit="links",
    message="{demand} links would go through trunks such as {subject}, which carry {limit};"
    " {fit} of {on} racks fit",
    fix="pull more trunks between these two panels (count of {subject}), or ones of more"
    " connectors",
    source="counting: each link takes one connector of a trunk",
)
def trunk_full(study: Study) -> Budget:
    """More links join two panels than the trunks between them carry.

    Why it matters
    --------------
    A trunk belongs to the hall and is pulled first, before anybody has counted the racks twice.

    Method
    ------
    All trunks between the same two panels count together, told of the first of them: count times
    connectors, the layout's or the product's, against the links between positions that the two
    panels serve. Two panels between which no trunk lies join nothing (CAB302).

    Does not cover
    --------------
    Fibres that are dark or broken, trunks in several steps over a third panel.

    See also
    --------
    CAB105, CAB302.
    """
    return patched_budget(
        study, "trunk", study(in_trunks), study(connectors),
        (own_figure(study, "trunk", "connectors"),), "connectors of the trunks",
    )  # fmt: skip
