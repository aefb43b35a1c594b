"""SPC101: racks' weight over the floor that carries them, against what the slab carries."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.inputs import mass_figures, own_figure
from twin.checks.measure import Measure
from twin.checks.rule import rule
from twin.checks.space.sums import drawn, size_inputs, taken
from twin.site.table import FloatArray
from twin.solve.floor.standing import aisles, standing
from twin.solve.limits import limit
from twin.solve.study import Study

_G = 9.80665
"""Standard gravity, m/s2."""

_WIDEST_M = 2.4
"""Aisle, m, of which half may be counted at most: two of the least front aisle of 1.2 m."""


def slab_load_kpa(
    mass_kg: FloatArray, width_m: FloatArray, depth_m: FloatArray, aisle_m: FloatArray
) -> FloatArray:
    """Weight over the footprint and its share of the aisles, kPa.

    `aisle_m` is half of the front aisle and half of the rear aisle together.

    Examples
    --------
    >>> one = [np.array([v]) for v in (1600.0, 0.6, 1.2, 1.2)]
    >>> float(slab_load_kpa(*one)[0].round(3))
    10.896
    """
    return mass_kg * _G / 1000.0 / (width_m * (depth_m + aisle_m))


@rule(
    "SPC101",
    role="gate",
    severity="error",
    unit="kPa",
    message="what stands on {subject} loads the slab with {demand} kPa, it carries {limit} kPa",
    fix="spread the load by {shortfall} kPa with plates or wider aisles, place a lighter rack "
    "there, or have slab_kpa of the hall confirmed at {demand}",
    source="uniform load over the tributary area: m g / (w (d + half of each aisle)) + other loads",
)
def slab_overloaded(study: Study) -> Iterator[Measure]:
    """Racks weigh more on the slab than it is made for.

    Why it matters
    --------------
    A liquid-cooled rack weighs 1.3 to 2 t on 0.7 m2. Slabs of office buildings carry 2.5 to 12
    kPa; only who made the building can say what this one carries.

    Method
    ------
    q = m g / (w (d + half of the front aisle + half of the rear aisle)), with the highest
    published mass of the rack type and of the CDUs in the rack, or what stands in it where that is
    more (NET405), the rack's footprint, and the aisles as they are clear on the plan, of which no
    more than 2.4 m each are counted. A rack with a switch, panel or other gear in it of unknown
    mass is unknown, unless what is known is too heavy already or the layout says its mass_kg, which
    is all of it. What hangs
    and stands beside racks (slab_other_kpa) is a judgement: a second row with it only warns until
    the owner adopts it, or replaces it in policy.limits. Worked number: 1,600 kg on 0.6 x 1.2 m
    between two aisles of 1.2 m are 10.9 kPa.

    Does not cover
    --------------
    Loads of feet and casters on single points, raised floors, a rack on its way in, what CDUs and
    power gear weigh, and bending between columns.

    See also
    --------
    SPC102, SPC304.
    """
    here, clear, other = study(standing), study(aisles), limit(study, "slab_other_kpa")
    if not len(here):
        return
    boxes = here.boxes
    share = (np.minimum(clear.front_m, _WIDEST_M) + np.minimum(clear.rear_m, _WIDEST_M)) / 2
    load, least = (
        slab_load_kpa(kg, boxes.width_m, boxes.depth_m, share)
        for kg in (here.mass_kg, here.sure_kg)
    )
    slab = np.append(study.table("hall")["slab_kpa"], np.nan)[here.hall]
    inputs = (
        *mass_figures(study, here.rack),
        own_figure(study, "position", "hall", here.position),
        own_figure(study, "hall", "slab_kpa", here.hall),
        *size_inputs(study),
        drawn(study, here.hall),
    )
    sums = [(0.0, False, "slab of the layout")]
    if not np.isnan(other.value):
        whole = (other.value, other.judged, f"slab of the layout; {other.owner}")
        sums = [*sums, whole] if other.judged else [whole]
    for more, judged, owner in sums:
        # What is over without the other loads is told once.
        at = np.flatnonzero(~(load > slab)) if judged else np.arange(len(here))
        yield Measure(
            kind="position",
            subject=here.position[at],
            demand=load[at] + more,
            limit=slab[at],
            sure=least[at] + more,
            inputs=taken(inputs, at),
            owner=owner,
            judged=judged,
        )
