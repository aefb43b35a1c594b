"""What the rules of feeders share: budgets of racks on them, and measures of taps and whips."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from twin.checks.admission import TOLERANCE
from twin.checks.inputs import caps_in_doubt, load_figures, own_figure, rack_figure, typed_figure
from twin.checks.measure import Budget, Input, Measure
from twin.checks.power.whips import tap_of_whips, whip_rows
from twin.site.table import BoolArray, FloatArray, IntArray, StrArray
from twin.solve.load import rack_load
from twin.solve.losses.cases import cases
from twin.solve.losses.sorts import BYPASS
from twin.solve.power.feeder_rows import FeederRows
from twin.solve.power.feeders import amps_per_kw, feeders
from twin.solve.power.parallel import blamed
from twin.solve.power.shares import shares
from twin.solve.power.supplies import GEAR
from twin.solve.study import Study


def budget_of(
    study: Study,
    batch: FeederRows,
    limit: FloatArray,
    rack_inputs: tuple[Input, ...],
    row_inputs: tuple[Input, ...],
    amount: FloatArray | None = None,
) -> Budget:
    """Budget of racks on feeders; limits that no rack touches say nothing and hold.

    Where a cap is in doubt and all racks stand without it, it is left out. Where they do not, the
    row counts it, so that what fails even with it fails, and a second row without any figure says
    that nobody knows: for every rack on the element, since which of them could do without the cap
    depends on who else comes. What gear on the element draws and nobody knows is told the same way.

    Parameters
    ----------
    amount
        (racks,) kW of each rack; None: its load.
    """
    load = study(rack_load) if amount is None else amount
    budget = Budget(
        kind=batch.kind,
        subject=batch.element,
        case=batch.case,
        limit=limit,
        base=batch.base if amount is None else np.zeros(len(batch.element)),
        rack=batch.rack,
        row=batch.row,
        coefficient=batch.coefficient,
        amount=load,
        onto=batch.onto,
        rack_inputs=rack_inputs,
        row_inputs=row_inputs,
        owner="rating or breaker of the layout",
    )
    doubt = np.empty(0, dtype=np.int64)
    if not study(cases).counts.all():
        without = replace(budget, coefficient=batch.full)
        needs_cap = without.demand(study.here)[1] > limit * (1.0 + TOLERANCE)
        doubt = np.flatnonzero(needs_cap & ~study(cases).counts[batch.case])
        capped = np.where(needs_cap[batch.row], batch.coefficient, batch.full)
        budget = replace(budget, coefficient=capped)
    dark = np.isnan(budget.base)
    dark[batch.row[np.isnan(batch.full)]] = True
    told_of_groups = tuple(parallel_figures(study, batch.node, dark))
    if told_of_groups:
        row_inputs = (*row_inputs, *told_of_groups)
        lacking = np.logical_or.reduce([~i.known for i in told_of_groups])
        budget = replace(budget, row_inputs=row_inputs, base=np.where(lacking, np.nan, budget.base))
    blind = np.flatnonzero((batch.blind >= 0) & (amount is None))
    if not len(doubt) and not len(blind):
        return budget
    again = np.concatenate([np.arange(len(limit)), doubt, blind])
    second = np.arange(len(again)) >= len(limit)
    of_gear = np.arange(len(again)) >= len(limit) + len(doubt)
    told = [i._replace(rows=i.rows[again], known=i.known[again]) for i in row_inputs]
    return replace(
        budget,
        subject=batch.element[again],
        case=batch.case[again],
        limit=limit[again],
        base=np.where(second, np.nan, budget.base[again]),
        onto=batch.onto[again],
        row_inputs=(
            *told,
            *caps_in_doubt(study, batch.case[again], second & ~of_gear),
            *draws(study, np.where(of_gear, batch.blind[again], -1)),
        ),
    )


def parallel_figures(study: Study, node: IntArray, dark: BoolArray) -> Iterator[Input]:
    """Say of rows of which nobody knows how a parallel group shares which transformer lacks what.

    Parameters
    ----------
    node
        (R,) power node of each row.
    dark
        (R,) rows in which a share of a rack, of gear or of losses is not known.
    """
    for column, of_node in zip(("z_pct", "rating_kva"), study(blamed), strict=True):
        row = np.where(dark, of_node[node], -1)
        if (row >= 0).any():
            yield Input("transformer", column, row, row < 0)


def bypassed(study: Study, kind: str, subject: IntArray, case: IntArray) -> BoolArray:
    """Rows of UPS that stand on their bypass in their case: its rating is the limit there."""
    table = study(cases)
    own = table.origin[case] == study.site.subject(kind, subject)
    return np.asarray(own & (table.sort[case] == BYPASS) & (kind == "ups"))


def rating_figures(study: Study, batch: FeederRows, column: str) -> tuple[Input, ...]:
    """Figures behind the limits of a batch: the rating, and on a bypass that of the bypass."""
    on = bypassed(study, batch.kind, batch.element, batch.case)
    rating = own_figure(study, batch.kind, column, batch.element)
    if not on.any():
        return (rating,)
    bypass = own_figure(study, batch.kind, "bypass_kva", batch.element)
    return (
        rating._replace(rows=np.where(on, -1, rating.rows), known=rating.known | on),
        bypass._replace(rows=np.where(on, bypass.rows, -1), known=bypass.known | ~on),
    )


def rating_owners(study: Study, budget: Budget) -> StrArray:
    """Say who set the limit of each row of a budget."""
    on = bypassed(study, budget.kind, budget.subject, budget.case)
    return np.where(on, "bypass_kva of the layout", "rating of the layout")


def draws(study: Study, gear: IntArray) -> Iterator[Input]:
    """Say of rows whose gear nobody knows the draw of, which it is; (m,) subjects, -1 none."""
    for kind in GEAR:
        rows = study.site.rows_of(kind, gear)
        if (rows >= 0).any():
            product = "type" in study.table(kind).columns
            figure = typed_figure if product else own_figure
            told = figure(study, kind, "draw_kw", rows)
            yield told._replace(known=rows < 0)


def private_measures(study: Study) -> Iterator[Measure]:
    """Taps and whips, which one rack alone loads: worst share of it in any case, in amperes."""
    share, known, topology = study(shares), study(feeders), study.arrays.topology.power
    rack = topology.rack_of
    tap, whip = tap_of_whips(study), whip_rows(study)
    node = tap + study.site.first["tap"] - topology.first
    pf = np.asarray(study.table("rack")["power_factor"])[rack]
    here = study.here[rack]
    each = amps_per_kw(known.voltage_v[node], pf, known.phases[node])
    each = np.where(here, study(rack_load)[rack] * each, 0.0)
    figures = (
        *load_figures(study, rack),
        rack_figure(study, "power_factor", rack),
        _of_tap("voltage_v", tap, known.voltage_v[node]),
    )
    rated = np.asarray(study.table("whip")["rating_a"])[whip]
    has = ~np.isnan(rated)
    rows = whip[has]
    of_whips = (
        *(f._replace(rows=f.rows[has], known=f.known[has]) for f in figures),
        own_figure(study, "whip", "rating_a", rows),
    )
    of_taps = (*figures, _of_tap("breaker_a", tap, known.limit_a[node]))
    worst = [(share.worst_whip, share.worst_case)]
    if not study(cases).counts.all():
        worst.append((share.full_whip, share.full_case))
    for part, case in worst:
        amps, sure = each * part, each * share.worst_whip
        yield _measure(study, "tap", tap, (amps, sure), known.limit_a[node], case, of_taps)
        yield _measure(study, "whip", rows, (amps[has], sure[has]), rated[has], case[has], of_whips)


def _of_tap(column: str, tap: IntArray, values: FloatArray) -> Input:
    return Input("tap", column, tap, ~np.isnan(values))


def _measure(
    study: Study,
    kind: str,
    subject: IntArray,
    loads: tuple[FloatArray, FloatArray],
    limit: FloatArray,
    case: IntArray,
    inputs: tuple[Input, ...],
) -> Measure:
    """Rows of one kind; loads without and with the caps in doubt: what rests on one is unknown."""
    demand, sure = loads
    doubt = (demand > sure) & (demand > limit * (1.0 + TOLERANCE))
    return Measure(
        kind=kind, subject=subject, demand=np.where(doubt, np.nan, demand), limit=limit, sure=sure,
        case=case, inputs=(*inputs, *caps_in_doubt(study, case, doubt)),
        owner="rating or breaker of the layout",
    )  # fmt: skip
