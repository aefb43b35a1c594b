"""SPC404: the plane below sprinkler deflectors that must stay free."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.inputs import own_figure, rack_figure
from twin.checks.measure import Measure
from twin.checks.rule import rule
from twin.solve.limits import limit
from twin.solve.study import Study


@rule(
    "SPC404",
    role="advice",
    severity="warning",
    unit="m",
    message="{kind} {subject} reaches {demand} m, {limit} m are free below the sprinklers",
    fix="lower {subject} by {shortfall} m, raise the heads, or ask the fire engineer",
    source="OSHA 1910.159: 18 in (0.457 m) below deflectors, taken as a plane",
)
def sprinkler_plane_broken(study: Study) -> Iterator[Measure]:
    """Something reaches into the space that sprinklers need.

    Why it matters
    --------------
    Water that meets a tray 0.2 m below the head wets nothing else. The fire marshal looks for it.

    Method
    ------
    The tops of racks, and of trays (underside and depth), against the height of the lowest
    deflector of the hall less sprinkler_clear_m. It is a matter of the permit and blocks no rack.
    Worked number: a deflector at 4.2 m leaves 3.743 m.

    Does not cover
    --------------
    Rules for obstructions that are wider than 1.2 m, containment, pre-action and gas systems, and
    halls that give no deflector_m, which have no row.

    See also
    --------
    SPC401.
    """
    site, halls, clear = study.site, study.table("hall"), limit(study, "sprinkler_clear_m")
    plane = np.append(halls["deflector_m"], np.nan) - clear.value
    racks, trays = study.table("rack"), study.table("tray")
    place = site.rows_of("position", racks["position"])
    hall = np.append(study.table("position")["hall"], -1)[place]
    tops = (
        ("rack", hall, racks["height_m"], study.here & (place >= 0)),
        ("tray", trays["hall"], trays["elevation_m"] + np.nan_to_num(trays["depth_m"]), True),
    )
    for kind, where, top, there in tops:
        at = site.rows_of("hall", where)
        rows = np.flatnonzero(there & (at >= 0) & ~np.isnan(plane[at]))
        figure = rack_figure(study, "height_m", rows) if kind == "rack" else None
        yield Measure(
            kind=kind,
            subject=rows,
            demand=np.asarray(top)[rows],
            limit=plane[at[rows]],
            inputs=(figure or own_figure(study, "tray", "elevation_m", rows),),
            owner=clear.owner,
            judged=clear.judged,
        )
