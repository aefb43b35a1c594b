"""COL201: coolant that reaches each rack against what it needs, by solved flows."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np

from twin.checks.coolant.lane_rows import LaneRows
from twin.checks.coolant.rack_rows import inputs_of_racks, rows_of_taken
from twin.checks.coolant.ratings import of_asking
from twin.checks.coolant.solved import lacking_figures, unfed_units, unserved
from twin.checks.coolant.sums import flow_figures
from twin.checks.coolant.taken import CLOSE, Lack, Taken, in_doubt, taken_loops, waits_for
from twin.checks.measure import Input, Measure
from twin.checks.rule import rule
from twin.solve.coolant.pumping import LPM
from twin.solve.study import Study


@rule(
    "COL201",
    role="gate",
    severity="error",
    unit="L/min",
    message="with rack {subject} in place, {other} needs {demand} L/min and gets {limit} L/min"
    "{lost}",
    fix="raise set_kpa or the head of the CDUs, widen the pipes and hoses before {other}, lower "
    "supply_c where its need falls with it, give its CDUs the facility water that they lack "
    "(COL207), or put {subject} elsewhere; where nothing comes, a second way or isolation valves "
    "nearer to what is lost",
    source="global gradient (Todini, Pilati 1988) on the loop's pipes; racks' published flow",
)
def rack_flow_short(study: Study) -> Iterator[Measure]:
    """Less coolant reaches a rack than it needs.

    Why it matters
    --------------
    What a CDU can pump is not what a rack gets: the last rack of a row, the one behind narrow
    hoses, or all of them after a pump has failed get what the pressure gives. A rack that gets
    less than it needs throttles or stops.

    Method
    ------
    Each loop whose pipes the layout describes is solved as a network: Darcy-Weisbach with
    Swamee-Jain in pipes and hoses, each rack's own pressure loss, pumps by their curves or
    within their one duty point, controls as the loop says; healthy and in each case that takes
    something of it. The need is read from the rack type's curve at the rack's own supply
    temperature and heat. Racks are taken by rank, each if all before it still get their flow: a
    rack that is held back is told with the rack that would starve. Live racks come first. Loops
    behind a described plant that gives their CDUs less water than they ask for are taken together,
    the plant solved each time. Racks
    that a case cuts off from all that pumps are held back before anybody is tried. Whether a rack
    fits that comes after one whose temperature is not known, as the rating of a CDU of their loop
    lacks a part, is not known; nor is it on another loop of the same described plant, where
    that one may be short of water beside a CDU of unknown ask (COL207).

    Does not cover
    --------------
    Loops whose pipes are not described (COL102 sums their flows), air and dirt in a loop, valves
    that are not set as stated, and racks that throttle less deeply than their curve says.

    See also
    --------
    COL102, COL204, COL408.
    """
    for lacking, inputs in lacking_figures(study):
        nothing = np.full(len(lacking), np.nan)
        yield Measure(kind="rack", subject=lacking, demand=nothing, limit=nothing, inputs=inputs)
    yield _unserved(study)
    for rows in rows_of_taken(study, study(taken_loops)):
        yield _stands(study, rows)
    for taken in study(taken_loops):
        yield from _unfed(study, taken)
        starve = [lack for lack in taken.lacks if lack.dry]
        if starve:
            yield _held_back(study, starve)


def _unserved(study: Study) -> Measure:
    """Racks that no manifold of their loop serves: nobody knows what reaches them."""
    rows = unserved(study)
    site, nothing = study.site, np.full(len(rows), np.nan)
    place = site.rows_of("position", study.table("rack")["position"])[rows]
    row = site.rows_of("row", study.table("position")["row"])[place]
    known = np.zeros(len(rows), dtype=bool)
    inputs = (
        Input("row", "", row, known),
        Input("position", "", np.where(row < 0, place, -1), known),
    )
    return Measure(kind="rack", subject=rows, demand=nothing, limit=nothing, inputs=inputs)


def _unfed(study: Study, taken: Taken) -> Iterator[Measure]:
    """Racks of a loop one of whose units may fall with any power, as far as anybody says."""
    units, power = unfed_units(study, taken.flow)
    if not len(units) or power < 0:
        return
    rows = taken.flow.racks.row
    nothing, known = np.full(len(rows), np.nan), np.zeros(len(rows), dtype=bool)
    yield Measure(
        kind="rack", subject=rows, case=np.full(len(rows), power), demand=nothing, limit=nothing,
        inputs=(Input("cdu", "feeds", np.full(len(rows), units[0]), known),),
    )  # fmt: skip


def _stands(study: Study, rows: LaneRows) -> Measure:
    """Need and flow of the racks that are taken, in every lane."""
    gets = rows.of(lambda flow: flow.rack_lpm)
    supply = rows.of(lambda flow: flow.rack_supply_c)
    need = rows.of(lambda flow: flow.need_lpm)
    holds = rows.of_each(lambda flow: flow.racks.hold_m3s) / LPM
    return Measure(
        kind="rack",
        subject=rows.row,
        other=study.site.subject("rack", rows.row),
        case=rows.case,
        demand=rows.of(partial(in_doubt, study)),
        limit=gets * (1.0 + CLOSE),
        # A valve gives a rack its need and no more: no margin.
        scale=np.where(np.isclose(gets, holds, rtol=1e-4), np.nan, gets),
        inputs=(
            *inputs_of_racks(study, rows),
            *flow_figures(study, rows.row, np.isnan(need) & ~np.isnan(supply)),
            *rows.ratings(study),
            *of_asking(study, rows.of(partial(waits_for, study))),
        ),
        owner="solved flow",
    )


def _held_back(study: Study, lacks: list[Lack]) -> Measure:
    """Who would starve with each of some racks that are held back, and in which case."""
    held, case, rack, _, need, gets = (np.array(column) for column in zip(*lacks, strict=True))
    return Measure(
        kind="rack",
        subject=held,
        other=study.site.subject("rack", rack),
        case=case,
        demand=need,
        limit=gets,
        owner="solved flow",
    )
