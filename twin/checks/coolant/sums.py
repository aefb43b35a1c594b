"""What the coolant rules share: budgets of racks on groups of units, and how gaps are told."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from twin.checks.admission import TOLERANCE
from twin.checks.inputs import (
    beside_figures,
    caps_in_doubt,
    carried_figure,
    load_figures,
    rack_figure,
)
from twin.checks.measure import Budget, Input
from twin.site.resolve import product_rows
from twin.site.table import Array, BoolArray, FloatArray, IntArray
from twin.solve.coolant.racks import flow_per_kw, no_approach, plant_supply_c, rack_loops, wet
from twin.solve.losses.cases import cases
from twin.solve.power.living import Living
from twin.solve.study import Study


def group_budget(
    study: Study,
    kind: str,
    rows: Living,
    group_of: IntArray,
    amount: FloatArray,
    inputs: tuple[tuple[Input, ...], tuple[Input, ...]],
) -> Budget:
    """Budget of racks on groups of units (loops of CDUs, halls of air units).

    Every row stands alone, so that a case in which racks are capped may ask for less than the
    healthy row. Where a cap is in doubt and all racks stand without it, it is left out; where they
    do not, the row counts it and says that nobody knows.

    Parameters
    ----------
    kind
        Table that the groups are rows of.
    group_of
        (racks,) group of each rack, -1 none.
    amount
        (racks,) in the unit of the capacity; racks with 0 have no entry.
    inputs
        Figures behind the amounts, one row per rack; figures behind the limits, one per row.
    """
    racks = np.flatnonzero((group_of >= 0) & (amount != 0))
    low = np.searchsorted(rows.group, group_of[racks], side="left")
    count = np.searchsorted(rows.group, group_of[racks], side="right") - low
    within = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
    row = np.repeat(low, count) + within
    rack_inputs, row_inputs = inputs
    doubt = np.isnan(rows.keep)
    keep = np.where(doubt, 1.0, rows.keep)
    budget = Budget(
        kind=kind,
        subject=rows.group,
        case=rows.case,
        limit=rows.capacity,
        base=np.zeros(len(rows.group)),
        rack=np.repeat(racks, count),
        row=row,
        coefficient=keep[row],
        amount=amount,
        onto=np.full(len(rows.group), -1, dtype=np.int64),
        rack_inputs=rack_inputs,
        row_inputs=row_inputs,
        owner="rating of the maker or the layout",
    )
    needs_cap = doubt & (budget.demand(study.here)[1] > rows.capacity * (1.0 + TOLERANCE))
    if not needs_cap.any():
        return budget
    promised = np.where(needs_cap, study(cases).keep[rows.case], keep)
    return replace(
        budget,
        base=np.where(needs_cap, np.nan, 0.0),
        coefficient=promised[row],
        row_inputs=(*row_inputs, *caps_in_doubt(study, rows.case, needs_cap)),
    )


def groups_with(study: Study, group_of: IntArray, mine: Array) -> IntArray:
    """Return groups on which any of these racks stands, ascending."""
    return np.unique(group_of[mine & (group_of >= 0) & study.here])


def unit_figures(study: Study, kind: str, column: str, rows: IntArray) -> tuple[Input, Input]:
    """Say a figure of units: as the product's where a unit has a product, else as its own."""
    values = np.append(study.table(kind)[column], np.nan)[rows]
    return told_as(study, kind, column, rows, ~np.isnan(values))


def plant_supply_figures(study: Study, plant: IntArray) -> tuple[Input, Input]:
    """Figures behind the supply of plants, -1 none: the approach to its air, or what is set."""
    silent = np.append(study(no_approach), False)[plant]
    known = np.append(~np.isnan(study(plant_supply_c)), True)[plant]
    return (
        Input("plant", "approach_k", np.where(silent, plant, -1), ~silent),
        Input("plant", "supply_c", plant, known | silent),
    )


def told_as(
    study: Study, kind: str, column: str, rows: IntArray, known: BoolArray
) -> tuple[Input, Input]:
    """Return the product's figure and the unit's own, each for the rows that it speaks for."""
    product = np.append(product_rows(study.site, kind), -1)[rows]
    return (
        Input("product", column, product, known),
        Input(kind, column, np.where(product < 0, rows, -1), known),
    )


def no_units(kind: str, rows: Living) -> Input:
    """Tell groups that no unit serves: the layout does not describe what the racks need."""
    bare = np.isnan(rows.capacity) & (rows.lacking < 0) & (rows.unfed < 0)
    return Input(kind, "", np.where(bare, rows.group, -1), ~bare)


def no_feeds(kind: str, rows: Living) -> Input:
    """Tell units of which the layout does not say what power feeds them."""
    return no_feeds_of(kind, rows.unfed)


def no_feeds_of(kind: str, unfed: IntArray) -> Input:
    """Tell these units, -1 none, as units of which the layout does not say what feeds them."""
    return Input(kind, "feeds", unfed, unfed < 0)


def liquid_inputs(study: Study) -> tuple[Input, ...]:
    """Figures behind the liquid heat of racks, one row per rack."""
    return (*load_figures(study), rack_figure(study, "liquid_share_high"))


def heat_inputs(study: Study) -> tuple[Input, ...]:
    """Figures behind the heat that racks send to plants, by liquid and by air, one row per rack."""
    return (
        *liquid_inputs(study),
        rack_figure(study, "liquid_share_low"),
        carried_figure(study, "draw_kw"),
        *beside_figures(study),
    )


def supply_figure(study: Study, racks: IntArray | None = None) -> Input:
    """Supply temperature of the loop of each rack; racks in air or without a loop need none."""
    loop = np.where(study(wet), study(rack_loops), -1)
    loop = loop if racks is None else loop[racks]
    supply = np.append(study.table("loop")["supply_c"], np.nan)
    return Input("loop", "supply_c", loop, ~np.isnan(supply[loop]))


def flow_figures(
    study: Study, racks: IntArray | None = None, beyond: BoolArray | None = None
) -> tuple[Input, ...]:
    """Figures behind the flow that racks need: the loop's supply, then the type's flow.

    Parameters
    ----------
    racks
        (m,) rows of the rack table; None: all.
    beyond
        (m,) whether the type's flow is not known at the supply that a rack gets; None: it is.
    """
    rows = np.arange(len(study.table("rack"))) if racks is None else racks
    known = ~np.isnan(study(flow_per_kw))[rows]
    known = known if beyond is None else known & ~beyond
    rows = np.where(study(wet)[rows], rows, -1)
    return (supply_figure(study, racks), *told_as(study, "rack", "flow_per_kw_lpm", rows, known))
