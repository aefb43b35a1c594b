"""NET405: what switches, panels and gear in a rack weigh against what its type says."""

from __future__ import annotations

from twin.checks.measure import Measure
from twin.checks.network.housed_rows import against_its_type
from twin.checks.rule import rule
from twin.solve.cabling.parts.optics import optics_kg
from twin.solve.nameplate import in_racks
from twin.solve.study import Study


@rule(
    "NET405",
    role="advice",
    severity="warning",
    unit="kg",
    message="switches, panels and gear in rack {subject} weigh {demand} kg, {limit} kg in all is"
    " said of it",
    fix="spread them over more racks (leaf_at, spine_at, core_at), or say what the rack weighs"
    " (mass_kg)",
    source="sum of what stands in it",
)
def switches_weigh_more(study: Study) -> Measure:
    """A rack houses switches, panels and gear that weigh more than is said of all of it.

    Why it matters
    --------------
    The floor is judged by the mass of the rack. One that was weighed empty stands on it full.

    Method
    ------
    The sum of `mass_kg` of the switches, patch panels and gear (data.gear) in the
    rack, and of the optics in its switches, against the mass of the rack: its own, else that of a
    type of the class network or management, which is a budget. Of other types the mass is that of
    what their maker ships: what somebody puts into such a rack comes on top of it, in all rules,
    and there is no row here. An optic of which nobody says the mass weighs `optic_mass_kg` of the
    code profile, a judgement. All other rules take the greater of both; where a switch, panel or
    gear does not say what it weighs, the rack's mass is unknown for them, unless the layout says
    the mass of this very rack. Worked number: ten switches of 15 kg and two panels of 4 kg are 158
    kg.

    Does not cover
    --------------
    The cabinet, cords, trunks and rails, which a budget must hold besides.

    See also
    --------
    NET404, SPC101, SPC102.
    """
    inside = study(in_racks)
    return against_its_type(
        study,
        "mass_kg",
        "mass_kg",
        inside.things,
        inside.mass_kg + study(optics_kg),
        inside.lacks_mass,
    )
