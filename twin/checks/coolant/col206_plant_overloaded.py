"""COL206: heat that racks send to each plant against its rating, with one of its units out."""

from __future__ import annotations

import numpy as np

from twin.checks.coolant.sums import liquid_inputs
from twin.checks.inputs import carried_figure, rack_figure
from twin.checks.measure import Budget, Input
from twin.checks.rule import rule
from twin.site.table import FloatArray
from twin.solve.coolant.plants import plant_parts
from twin.solve.load import rack_load
from twin.solve.study import Study


@rule(
    "COL206",
    role="gate",
    severity="error",
    unit="kW",
    message="{demand} kW go to plant {subject}, {limit} kW are allowed; {fit} of {on} racks fit",
    fix="add a unit to plant {subject} or raise its rating_kw by {shortfall} kW, or move racks to "
    "another plant",
    source="heat balance; rating of the plant as the layout states it",
)
def plant_overloaded(study: Study) -> Budget:
    """Racks send more heat to facility water than its plant rejects.

    Why it matters
    --------------
    Behind every CDU and air unit stands a plant. It is sized for a design day, and for one of its
    chillers or dry coolers out of service.

    Method
    ------
    The sum of the racks' heat: to the plants of their loop's CDUs by the CDUs' ratings, and to
    those of their hall's air units by theirs. The limit is `rating_kw`, which `units_needed` of
    its `units` give; where the policy asks for anything after the loss of a plant, what is left
    with one unit out. Worked number: 6 MW on 3 units needed of 3 leaves 4 MW with one out.

    Does not cover
    --------------
    Heat of pumps and fans, of power gear, of sun and walls; a rating at another ambient than that
    for which it is stated; redundancy between plants.

    See also
    --------
    COL101, COL103, COL202.
    """
    plants, load = study.table("plant"), study(rack_load)
    parts = study(plant_parts)
    with np.errstate(divide="ignore", invalid="ignore"):
        coefficient = np.where(parts.kw == 0, 0.0, parts.kw / load[parts.rack])
    used = np.unique(parts.plant)
    at = np.searchsorted(used, parts.plant)
    limits = _limit(study)[used]
    return Budget(
        kind="plant",
        subject=used,
        case=np.zeros(len(used), dtype=np.int64),
        limit=limits,
        base=np.zeros(len(used)),
        rack=parts.rack,
        row=at,
        coefficient=coefficient,
        amount=load,
        onto=np.full(len(used), -1, dtype=np.int64),
        rack_inputs=(
            *liquid_inputs(study),
            rack_figure(study, "liquid_share_low"),
            carried_figure(study, "draw_kw"),
        ),
        row_inputs=(Input("plant", "rating_kw", used, ~np.isnan(plants["rating_kw"][used])),),
        owner="rating of the maker or the layout",
    )


def _limit(study: Study) -> FloatArray:
    """(plants,) what each plant rejects, kW; with one unit out where the policy asks for that."""
    plants, policy = study.table("plant"), study.site.policy
    rating, units, needed = (
        np.asarray(plants[c], dtype=float) for c in ("rating_kw", "units", "units_needed")
    )
    needed = np.where(np.isnan(needed), units, needed)
    left = np.where(np.isnan(units), 1.0, np.minimum(1.0, (units - 1.0) / needed))
    asked = policy.losses.get("plant") not in {None, "may go dark"}
    return rating * left if asked else rating
