"""SPC405: units that CDUs, and switches beside them, take in a rack against those free in it."""

from __future__ import annotations

import numpy as np

from twin.checks.inputs import rack_figure, typed_figure
from twin.checks.inside import lacking_figure, things_in_racks
from twin.checks.measure import Measure
from twin.checks.rule import rule
from twin.solve.study import Study


@rule(
    "SPC405",
    role="gate",
    severity="error",
    unit="count",
    message="CDUs, switches, panels and gear in rack {subject} take {demand} units, {limit} are"
    " free in it",
    fix="carry fewer CDUs (count of coolant.rack_cdus), take smaller ones, stand them beside "
    "the rack and write a loop, or house switches, panels and gear in another rack",
    source="units of the CDUs and free units of the rack as its maker or the layout says them",
)
def rack_too_full(study: Study) -> Measure:
    """A rack has no room for the CDUs that it is to carry.

    Why it matters
    --------------
    Racks of servers come full. A CDU of four units, and a second one for n + 1, are eight units
    that its maker must have left free.

    Method
    ------
    `rack_units` of each CDU in the rack, its own or its product's, and of each switch, patch panel
    and other gear that stands in the same rack, added up, against `free_units` of the rack, its own
    or its type's: what its maker left free. One row for each rack that carries a CDU. Worked
    numbers: two CDUs of 4 units take 8 of the 10 that are free, with a switch of 1 unit 9.

    Does not cover
    --------------
    Where in the rack the free units lie and whether they are next to each other, hoses and
    manifolds in them; racks that carry no CDU: NET411 tells what stands twice in their units.

    See also
    --------
    NET411, SPC102, SPC401.
    """
    site, cdus = study.site, study.table("cdu")
    rack = site.rows_of("rack", cdus["rack"])
    inside = np.flatnonzero(rack >= 0)
    each = np.asarray(cdus["rack_units"], dtype=float)
    racks = len(study.table("rack"))
    taken = np.bincount(rack[inside], each[inside], minlength=racks).astype(float)
    beside = study(things_in_racks)
    taken += np.bincount(beside.rack, beside.height, minlength=racks)
    lacks, without = (np.full(racks, -1, dtype=np.int64) for _ in range(2))
    silent = inside[np.isnan(each[inside])][::-1]
    lacks[rack[silent]] = silent
    silent = np.flatnonzero(np.isnan(beside.height))[::-1]
    without[beside.rack[silent]] = beside.subject[silent]
    known = np.zeros(racks)
    np.add.at(known, rack[inside], np.nan_to_num(each[inside]))
    np.add.at(known, beside.rack, np.nan_to_num(beside.height))
    rows = np.intersect1d(rack[inside], np.flatnonzero(study.here))
    units = typed_figure(study, "cdu", "rack_units", lacks[rows])
    return Measure(
        kind="rack",
        subject=rows,
        demand=taken[rows],
        limit=np.asarray(study.table("rack")["free_units"], dtype=float)[rows],
        sure=known[rows],
        inputs=(
            units._replace(known=lacks[rows] < 0),
            *lacking_figure(study, "rack_units", without[rows]),
            rack_figure(study, "free_units", rows),
        ),
        owner="rack type",
    )
