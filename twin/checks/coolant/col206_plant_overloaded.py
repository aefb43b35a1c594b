"""COL206: heat that racks send to each plant against its rating, healthy and in each case."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.coolant.plant_budget import plant_budget, some
from twin.checks.measure import Budget, Input
from twin.checks.rule import rule
from twin.site.table import FloatArray
from twin.solve.coolant.plant_heat import plant_heat, unit_out
from twin.solve.study import Study


@rule(
    "COL206",
    role="gate",
    severity="error",
    unit="kW",
    message="{demand} kW go to plant {subject}{lost}, {limit} kW are allowed; {fit} of {on} racks "
    "fit",
    fix="add a unit to plant {subject} or raise its rating_kw by {shortfall} kW, or move racks to "
    "another plant",
    source="heat balance; rating of the plant as the layout states it",
)
def plant_overloaded(study: Study) -> Iterator[Budget]:
    """Racks send more heat to facility water than its plant rejects.

    Why it matters
    --------------
    Behind every CDU and air unit stands a plant. It is sized for a design day, and for one of its
    chillers or dry coolers out of service.

    Method
    ------
    Healthy, with one of its chillers or dry coolers out (`losses.plant_unit`), and in each case
    that moves heat to the plant: a CDU that is lost leaves its heat to the others of its loop. A
    loop whose pipes are described and solved sends each plant what its CDUs there take, with the
    heat of their pumps; of other loops, and of halls, the living units share the racks' heat by
    their ratings. The limit is `rating_kw`, which `units_needed` of its
    `units` give, and what is left of it with one out. Worked numbers: 6 MW on 3 units needed of 3
    leaves 4 MW with one out; two CDUs of one loop on two plants, which share 953 kW: with one lost
    all of it goes to the plant of the other.

    Does not cover
    --------------
    Heat of the plant's own pumps and of fans, of power gear, of sun and walls; a rating at another
    ambient than that for which it is stated; how a loop that is short of water or held back shares
    its heat with fewer racks.

    See also
    --------
    COL101, COL103, COL202.
    """
    heat, owner = study(plant_heat), "rating of the maker or the layout"
    rating = np.asarray(study.table("plant")["rating_kw"], dtype=float)[heat.plant]
    limit = rating * np.where(unit_out(study, heat), _one_out(study)[heat.plant], 1.0)
    known = Input("plant", "rating_kw", heat.plant, ~np.isnan(rating))
    yield plant_budget(study, heat, np.ones(len(limit)), limit, (known,), owner)
    # Of a plant that does not count its units nobody knows what one of them leaves.
    uncounted = np.isnan(np.asarray(study.table("plant")["units"], dtype=float))[heat.plant]
    silent = some(heat, uncounted & (heat.case == 0))
    if len(silent.plant) and study.site.policy.asks("plant_unit"):
        none = np.full(len(silent.plant), np.nan)
        unsaid = Input("plant", "units", silent.plant, ~np.isnan(none))
        yield plant_budget(study, silent, np.ones(len(none)), none, (unsaid,), owner)


def _one_out(study: Study) -> FloatArray:
    """(plants,) part of its rating that each plant has with one of its units out; NaN not told."""
    plants = study.table("plant")
    units, needed = (np.asarray(plants[c], dtype=float) for c in ("units", "units_needed"))
    needed = np.where(np.isnan(needed), units, needed)
    return np.asarray(np.minimum(1.0, (units - 1.0) / needed))
