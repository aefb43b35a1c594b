"""NET411: units of a rack that two things take, or that it does not have."""

from __future__ import annotations

import numpy as np

from twin.arrays.housed import Inside, budgets
from twin.checks.inputs import rack_figure
from twin.checks.inside import lacking_figure, things_in_racks
from twin.checks.measure import Measure
from twin.checks.rule import rule
from twin.site.resolve import product_rows
from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.fabric.growth import nodes_of_racks
from twin.solve.study import Study


@rule(
    "NET411",
    role="gate",
    severity="error",
    unit="units",
    message="units of rack {subject} that two things take, or that it does not have free: {demand}",
    fix="write other units (unit) for switches, panels or gear in {subject}, leave them out: then"
    " the lowest units that are left are taken, or house some of them in another rack",
    source="counting: each unit of a rack holds one thing",
)
def units_taken_twice(study: Study) -> Measure:
    """Two things stand in the same units of a rack, or it has no units for them.

    Why it matters
    --------------
    It shows when the second crew stands before the rack with the panel in its hands. Whatever
    moves then, its cords have been bought for another height.

    Method
    ------
    A layout whose switches, patch panels and gear take units that are not free is refused when it
    is read, with the units that are. This counts what changes have made of it (`--set`, scenarios,
    another rack delivered): units between the lowest one of each thing and its top that another
    takes as well, and those above the units of the rack; or, if that is more, how many units all of
    them take beyond those of the rack. Of a rack with servers, or of storage, those count that its
    maker left free (`free_units`, its own or its type's): where nobody says them, or `rack_units`
    of another rack, it is not known whether things have room. Neither is it of a thing of unknown
    height, with a unit or without. Worked numbers: a panel of 4 U at unit 10 and a switch of 2 U at
    unit 12 share two units; 68 switches of 1 U in a rack of 48 units are 20 too many.

    Does not cover
    --------------
    Which units servers take in a rack with both, the top of such a rack, and whether the free ones
    are next to each other; racks of servers that carry CDUs, whose free units SPC405 shares out;
    depth, rails, and blanking panels.

    See also
    --------
    NET405, CAB105, SPC405.
    """
    inside, racks = study(things_in_racks), len(study.here)
    takes = np.isnan(inside.height) | (inside.height > 0)
    rows = np.flatnonzero((np.bincount(inside.rack[takes], minlength=racks) > 0) & study.here)
    servers, room = _of_servers(study), _room(study)
    lacks = np.full(racks, -1, dtype=np.int64)
    tall = np.flatnonzero(np.isnan(inside.height))[::-1]
    lacks[inside.rack[tall]] = inside.subject[tall]
    taken = np.bincount(inside.rack, np.nan_to_num(inside.height), minlength=racks)
    top = np.where(servers, np.inf, room)
    sure = np.maximum(_twice(inside, top), np.nan_to_num(taken - room))
    known = ~np.isnan(room) & (lacks < 0)
    silent = ~np.isnan(room[rows])
    return Measure(
        kind="rack",
        subject=rows,
        demand=np.where(known, sure, np.nan)[rows],
        limit=np.zeros(len(rows)),
        sure=sure[rows],
        inputs=(
            *lacking_figure(study, "rack_units", lacks[rows]),
            rack_figure(study, "free_units", rows)._replace(known=silent | ~servers[rows]),
            rack_figure(study, "rack_units", rows)._replace(known=silent | servers[rows]),
        ),
        owner="units of the rack type",
    )


def _of_servers(study: Study) -> BoolArray:
    """(racks,) those that come with something in their units, by their nodes or their class."""
    site = study.site
    ids = site.tables["product"].ids.tolist()
    known = [site.catalog.products[i].text.get("class") in {"compute", "storage"} for i in ids]
    named = np.append(known, False)[product_rows(site, "rack")].astype(bool)
    return np.asarray((named | (study(nodes_of_racks) > 0)) & ~budgets(site))


def _room(study: Study) -> FloatArray:
    """(racks,) units for switches, panels and gear, NaN not known; infinite where SPC405 looks."""
    free, units = (
        np.asarray(study.table("rack")[c], dtype=float) for c in ("free_units", "rack_units")
    )
    carried = study.site.rows_of("rack", study.table("cdu")["rack"])
    full = free.copy()
    full[carried[carried >= 0]] = np.inf
    return np.where(study(_of_servers), full, units)


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
