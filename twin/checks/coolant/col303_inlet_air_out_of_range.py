"""COL303: air at the inlets of racks, by mixing in their zone, against what they may breathe."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import numpy as np

from twin.checks.coolant.inlet_rows import (
    inlet_figures,
    rack_class,
    rack_inlets,
    set_point_figures,
)
from twin.checks.coolant.sums import told_as
from twin.checks.measure import Measure
from twin.checks.rule import rule
from twin.site.table import FloatArray, IntArray, StrArray
from twin.solve.coolant.zones import areas, inlets
from twin.solve.limits import limit
from twin.solve.study import Study

SCALE_K = 10.0
CLASSES = ("A1", "A2", "A3", "A4", "H1")


@rule(
    "COL303",
    role="gate",
    severity="error",
    unit="degC",
    message="air at the inlet of rack {subject} is {demand} degC{lost}, {limit} degC is the "
    "limit ({owner})",
    fix="contain the aisle, move more air to it, or set supply_c of its air units by {shortfall} K "
    "nearer to the range",
    source="mixing by mass in the zone; the rack type's own limit, else ASHRAE TC 9.9 classes as "
    "secondary sources quote them",
)
def inlet_air_out_of_range(study: Study) -> Iterator[Measure]:
    """Racks breathe air that is warmer, or colder, than they may.

    Why it matters
    --------------
    Fans speed up, then processors slow down, then racks stop: first those that breathe most of
    their own exhaust.

    Method
    ------
    The air of a zone, or of the rest of a hall, mixes wholly. A share r of what racks draw is
    their exhaust: T_in = T_s + r dT / (1 - r), with T_s the warmest set-point of the units that
    serve it and dT the rise of all its racks together, Q / (rho cp V). The share is the zone's
    `recirculation`, else that of its containment (0.02 closed off, 0.15 open: engineering
    judgement), and never less than 1 - V_s / V_wanted where living units move V_s of the air that
    the racks want with their leak: what units do not bring can only be exhaust. Healthy, and in
    the worst of the losses that the policy names. With the judged share the rule warns; what
    follows from the layout's own figures alone blocks. The rack type's warmest inlet comes first,
    then the class of the rack, then the `air_class` of its hall. The coldest set-point is held
    against the lower end of the class. Worked number: 22 degC and a rise of 12 K with a tenth of
    exhaust are 23.33 degC; with three tenths 27.14 degC.

    Does not cover
    --------------
    Where in a zone it is warm (tops and ends of rows), the loss of a rear door, units that cannot
    hold their set-point (COL103, COL301), halls without zones in which no air unit states
    `supply_c`, altitude, which lowers the limits of classes, and humidity. All racks of the day
    count, whatever their rank.

    See also
    --------
    COL104, COL302, COL304.
    """
    rack, row = rack_inlets(study)
    found, rows = study(areas), study(inlets)
    own = np.asarray(study.table("rack")["air_inlet_max_c"], dtype=float)[rack]
    name = rack_class(study, rack)
    limits = np.where(np.isnan(own), class_limits(study, name, "inlet_max_c"), own)
    owner = np.where(np.isnan(own), _owners(study, name, "inlet_max_c"), "rack type")
    yield _measure(study, rack, row, rows.least_c[row], (limits, owner), judged=False)
    open_ = ~found.told[rows.area[row]]
    judged = all(limit(study, f"recirculation_{w}").judged for w in ("open", "contained"))
    if open_.any():
        told = (limits[open_], owner[open_])
        warm = rows.inlet_c[row][open_]
        yield _measure(study, rack[open_], row[open_], warm, told, judged=judged)
    yield _cold(study, rack, row, name)


def _measure(
    study: Study,
    rack: IntArray,
    row: IntArray,
    demand: FloatArray,
    told: tuple[FloatArray, StrArray],
    *,
    judged: bool,
) -> Measure:
    limits, owner = told
    return Measure(
        kind="rack",
        subject=rack,
        case=study(inlets).case[row],
        demand=demand,
        limit=limits,
        scale=np.full(len(rack), SCALE_K),
        inputs=(
            *inlet_figures(study, row),
            *told_as(study, "rack", "air_inlet_max_c", rack, ~np.isnan(limits)),
        ),
        owner=owner,
        judged=judged,
    )


def _cold(study: Study, rack: IntArray, row: IntArray, name: StrArray) -> Measure:
    """Coldest set-point against the lower end of a class, healthy, where the class has one."""
    limits = class_limits(study, name, "inlet_min_c")
    mine = (study(inlets).case[row] == 0) & ~np.isnan(limits)
    area = study(inlets).area[row][mine]
    sense: Literal["min"] = "min"
    return Measure(
        kind="rack",
        subject=rack[mine],
        demand=study(areas).coldest_c[area],
        limit=limits[mine],
        sense=sense,
        scale=np.full(int(mine.sum()), SCALE_K),
        inputs=set_point_figures(study, area),
        owner=_owners(study, name[mine], "inlet_min_c"),
    )


def class_limits(study: Study, name: StrArray, end: str) -> FloatArray:
    """Limit of each class, degC, NaN where there is no class or it has no such limit."""
    out = np.full(len(name), np.nan)
    for each in CLASSES:
        out[name == each] = limit(study, f"{each.lower()}_{end}").value
    return out


def _owners(study: Study, name: StrArray, end: str) -> StrArray:
    """Who set the limit of each class."""
    out = np.full(len(name), "", dtype=object)
    for each in CLASSES:
        out[name == each] = limit(study, f"{each.lower()}_{end}").owner
    return out.astype(np.str_)
