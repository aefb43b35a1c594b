"""NET411: units of a rack that two things take, or that it does not have."""

from __future__ import annotations

import numpy as np

from twin.arrays.housed import Inside
from twin.checks.inputs import rack_figure
from twin.checks.inside import lacking_figure, things_in_racks
from twin.checks.measure import Measure
from twin.checks.rule import rule
from twin.site.table import FloatArray, IntArray
from twin.solve.fabric.growth import nodes_of_racks
from twin.solve.study import Study


@rule(
    "NET411",
    role="gate",
    severity="error",
    unit="units",
    message="units of rack {subject} that are taken twice, or lie above its top: {demand}",
    fix="write other units (unit) for switches, panels or gear in {subject}, or leave them out:"
    " then the lowest units that are left are taken",
    source="counting: each unit of a rack holds one thing",
)
def units_taken_twice(study: Study) -> Measure:
    """Two things stand in the same units of a rack, or something stands above its top.

    Why it matters
    --------------
    It shows when the second crew stands before the rack with the panel in its hands. Whatever
    moves then, its cords have been bought for another height.

    Method
    ------
    A layout whose switches, patch panels and gear take units that are not free is refused when it
    is read, with the units that are. This counts what changes have made of it (`--set`, scenarios,
    another rack delivered): units between the lowest one of each thing and its top that another
    takes as well, and those above the units of the rack. Whether something of unknown height has
    room is not known, with a unit or without. Worked number: a panel of 4 U at unit 10
    and a switch of 2 U at unit 12 share two units.

    Does not cover
    --------------
    Things of known height of which nobody says a unit, in racks whose units nobody knows; the
    units that servers take in a rack with both, and the top of such a rack; depth, rails, and
    blanking panels.

    See also
    --------
    NET405, CAB105.
    """
    inside = study(things_in_racks)
    placed, unknown = ~np.isnan(inside.unit), np.isnan(inside.height)
    told = np.bincount(inside.rack[placed | unknown], minlength=len(study.here)) > 0
    racks = np.flatnonzero(told & study.here)
    size = np.where(study(nodes_of_racks) > 0, np.inf, study.table("rack")["rack_units"])
    lacks = np.full(len(study.here), -1, dtype=np.int64)
    tall = np.flatnonzero(unknown)[::-1]
    lacks[inside.rack[tall]] = inside.subject[tall]
    sure = _twice(inside, size)
    known = ~np.isnan(size) & (lacks < 0)
    return Measure(
        kind="rack",
        subject=racks,
        demand=np.where(known, sure, np.nan)[racks],
        limit=np.zeros(len(racks)),
        sure=sure[racks],
        inputs=(
            *lacking_figure(study, "rack_units", lacks[racks]),
            rack_figure(study, "rack_units", racks)._replace(known=~np.isnan(size[racks])),
        ),
        owner="units of the rack type",
    )


def _twice(inside: Inside, size: FloatArray) -> FloatArray:
    """(racks,) units that are taken once more than they can be."""
    rows = np.flatnonzero(~np.isnan(inside.unit) & ~np.isnan(inside.height))
    rack, unit = _units(inside, rows)
    top = rack[unit > size[rack]]
    each, times = np.unique(np.stack([rack, unit]), axis=1, return_counts=True)
    out = np.bincount(each[0], times - 1, minlength=len(size))
    return np.asarray(out + np.bincount(top, minlength=len(size)), dtype=float)


def _units(inside: Inside, rows: IntArray) -> tuple[IntArray, IntArray]:
    """Rack and unit of every unit that some things take."""
    height = inside.height[rows].astype(np.int64)
    start = np.repeat(np.cumsum(height) - height, height)
    unit = np.repeat(inside.unit[rows].astype(np.int64), height) + np.arange(len(start)) - start
    return np.repeat(inside.rack[rows], height), unit
