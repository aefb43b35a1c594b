"""NET404: what switches and gear in a rack draw against what its type says."""

from __future__ import annotations

from twin.checks.measure import Input, Measure
from twin.checks.network.housed_rows import against_its_type
from twin.checks.rule import rule
from twin.solve.cabling.parts.optics import chosen_kw, lacking_plug
from twin.solve.nameplate import in_racks
from twin.solve.study import Study


@rule(
    "NET404",
    role="advice",
    severity="warning",
    unit="kW",
    message="switches, plugs and gear in rack {subject} draw {demand} kW, {limit} kW is said of it",
    fix="spread them over more racks (leaf_at, spine_at, core_at), or say what the rack draws"
    " (nameplate_kw)",
    source="sum of what stands in it",
)
def switches_draw_more(study: Study) -> Measure:
    """A rack houses switches that draw more than the nameplate that is to hold them.

    Why it matters
    --------------
    A network rack is planned by a budget, and filled later. Its whips, its breakers and its air
    are sized for the budget.

    Method
    ------
    The sum of `draw_kw` of the switches and of the gear (data.gear) in the rack, and
    of what the plugs of the switches' links dissipate, against the nameplate of the rack: its own,
    else the budget of a type of the class network or management. Of other types the nameplate is
    that of what their maker ships: what somebody puts into such a rack comes on top of it, in all
    rules, and there is no row here. A medium that is a plug has `power_w`, shared by the links that
    it serves; of cables, named or chosen, each optic at an end counts once, in its cage, and a
    moulded cable that is chosen with its end. All other rules take the greater of such a nameplate
    and of this sum; where a switch, gear or the plug of a link does not say what it draws, the
    rack's load is unknown for them, unless the layout says the nameplate of this very rack. Worked
    numbers: ten switches of 0.75 kW draw 7.5 kW; 40 of 0.747 kW with 1,280 optics of 17 W 51.64 kW;
    gear of 2 kW in a rack of servers of 40.8 kW makes 42.8 kW.

    Does not cover
    --------------
    What the layout does not name (fans, lights); ends of cables that are named by hand; the
    greatest draw of a switch with plugs in all cages, where its maker states one beside the
    typical. Switches that stand in no rack.

    See also
    --------
    NET405, PWR101, COL103.
    """
    inside, lacks = study(in_racks), study(lacking_plug)
    return against_its_type(
        study, "nameplate_kw", "draw_kw", inside.drawing, inside.draw_kw + study(chosen_kw),
        inside.lacks_draw, Input("product", "power_w", lacks, lacks < 0),
    )  # fmt: skip
