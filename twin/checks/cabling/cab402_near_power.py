"""CAB402: trays of data alongside busways and power trays, nearer than their cables bear."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.inputs import own_figure
from twin.checks.measure import Input, Measure
from twin.checks.rule import rule
from twin.site.table import BoolArray, FloatArray
from twin.solve.cabling.carriers import UNKNOWN
from twin.solve.cabling.pieces import laid
from twin.solve.cabling.separation import beside
from twin.solve.cabling.shields import laid_sorts, unshielded
from twin.solve.cabling.tray_fill import lying
from twin.solve.limits import Owned, limit
from twin.solve.study import Study


@rule(
    "CAB402",
    role="advice",
    severity="warning",
    unit="m",
    message="{kind} {subject} runs {demand} m beside {other}, its cables ask for {limit} m",
    fix="move {subject} by {shortfall} m, cross {other} at a right angle, or lay fibre or shielded"
    " copper in it",
    source="a judgement of practice: 300 mm for unshielded copper, 50 mm for shielded and fibre",
)
def near_power(study: Study) -> Iterator[Measure]:
    """A tray of data runs alongside power, nearer than its cables bear.

    Why it matters
    --------------
    What a busway of a thousand amperes induces in twisted pairs beside it over ten metres is told
    as errors on a link that no test of the cable explains.

    Method
    ------
    Straight pieces of trays that carry data against straight pieces of busways and power trays of
    the same hall, where their directions differ by less than 15 degrees and one runs alongside the
    other; what crosses is left out. The clear distance is that of their edges, on the plan and in
    height together: sqrt(plan^2 + height^2), a busway taken as a line. Unshielded copper asks for
    separation_copper_m, twinax and fibre for separation_shielded_m; a tray is held to what its
    most sensitive cable asks, an empty copper tray to the first, any other empty one to the
    second. Copper of which nobody says that it is twinax counts as unshielded. Both are
    judgements. Only power within 1 m on the plan is looked at, and a tray without any has no row.
    Worked number: a busway 0.1 m aside and 0.4 m below the tray's underside is 0.412 m away.

    Does not cover
    --------------
    The size of a busway's housing, currents, metal covers and dividers between the two, power
    whips, runs inside racks (separation_in_rack_m), lamps and motors, and risers.

    See also
    --------
    CAB101.
    """
    found = study(beside)
    if not len(found.tray):
        return
    copper, unknown = _asks(study)
    of_copper = copper[found.tray]
    for rows, name in ((of_copper, "separation_copper_m"), (~of_copper, "separation_shielded_m")):
        if rows.any():
            yield _of(study, rows, limit(study, name), unknown)


def _asks(study: Study) -> tuple[BoolArray, BoolArray]:
    """(trays,) those that unshielded copper or nothing but copper lies in; those nobody knows."""
    lies, n = study(lying), len(study.table("tray"))
    tray = lies.tray[lies.row]
    mine = (tray < n) & study(laid)[lies.cable]
    tray, cable = tray[mine], lies.cable[mine]
    bare = np.bincount(tray, study(unshielded)[cable], minlength=n) > 0
    dim = np.bincount(tray, study(laid_sorts)[cable] == UNKNOWN, minlength=n) > 0
    empty = np.bincount(tray, minlength=n) == 0
    copper = bare | (empty & (np.asarray(study.table("tray")["kind"]) == "copper"))
    return copper, dim & ~copper


def _of(study: Study, rows: BoolArray, who: Owned, unknown: BoolArray) -> Measure:
    """Rows of trays whose cables ask for one distance."""
    found = study(beside)
    tray, power = found.tray[rows], found.power[rows]
    plan, over = found.plan_m[rows], found.over_m[rows]
    away = np.hypot(plan, over)
    # Far enough on the plan is far enough at any height.
    clear: FloatArray = np.where(plan >= who.value, np.fmax(away, plan), away)
    lacks = np.isnan(over) & np.isnan(clear)
    busway = study.site.rows_of("busway", power)
    figure = own_figure(study, "busway", "elevation_m", busway)
    return Measure(
        kind="tray",
        subject=tray,
        demand=clear,
        limit=np.where(unknown[tray], np.nan, who.value),
        sense="min",
        other=power,
        inputs=(Input("busway", "elevation_m", np.where(lacks, busway, -1), figure.known),),
        owner=who.owner,
        judged=who.judged,
    )
