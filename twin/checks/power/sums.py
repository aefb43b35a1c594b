"""What the rules of feeders share: budgets of racks on them, and measures of taps and whips."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.inputs import load_figure, own_figure, rack_figure
from twin.checks.measure import Budget, Input, Measure
from twin.checks.power.whips import tap_of_whips, whip_rows
from twin.site.table import FloatArray, IntArray
from twin.solve.feeders import FeederRows, amps_per_kw, feeders
from twin.solve.load import rack_load
from twin.solve.shares import shares
from twin.solve.study import Study


def budget_of(
    study: Study,
    batch: FeederRows,
    limit: FloatArray,
    rack_inputs: tuple[Input, ...],
    row_inputs: tuple[Input, ...],
) -> Budget:
    """Budget of racks on feeders; limits that no rack touches say nothing and hold."""
    return Budget(
        kind=batch.kind,
        subject=batch.element,
        case=batch.case,
        limit=limit,
        base=np.zeros(len(batch.element)),
        rack=batch.rack,
        row=batch.row,
        coefficient=batch.coefficient,
        amount=study(rack_load),
        onto=batch.onto,
        rack_inputs=rack_inputs,
        row_inputs=row_inputs,
        owner="rating or breaker of the layout",
    )


def private_measures(study: Study) -> Iterator[Measure]:
    """Taps and whips, which one rack alone loads: worst share of it in any case, in amperes."""
    share, known, topology = study(shares), study(feeders), study.arrays.topology.power
    rack = topology.rack_of
    tap, whip = tap_of_whips(study), whip_rows(study)
    node = tap + study.site.first["tap"] - topology.first
    pf = np.asarray(study.table("rack")["power_factor"])[rack]
    here = study.here[rack]
    amps = study(rack_load)[rack] * share.worst_whip
    amps = amps * amps_per_kw(known.voltage_v[node], pf, known.phases[node])
    amps = np.where(here, amps, 0.0)
    figures = (
        load_figure(study, rack),
        rack_figure(study, "power_factor", rack),
        _of_tap("voltage_v", tap, known.voltage_v[node]),
    )
    yield _measure("tap", tap, amps, known.limit_a[node], share.worst_case, (
        *figures, _of_tap("breaker_a", tap, known.limit_a[node]),
    ))  # fmt: skip
    rated = np.asarray(study.table("whip")["rating_a"])[whip]
    has = ~np.isnan(rated)
    rows = whip[has]
    yield _measure(
        "whip", rows, amps[has], rated[has], share.worst_case[has],
        (*(f._replace(rows=f.rows[has], known=f.known[has]) for f in figures),
         own_figure(study, "whip", "rating_a", rows)),
    )  # fmt: skip


def _of_tap(column: str, tap: IntArray, values: FloatArray) -> Input:
    return Input("tap", column, tap, ~np.isnan(values))


def _measure(
    kind: str,
    subject: IntArray,
    demand: FloatArray,
    limit: FloatArray,
    case: IntArray,
    inputs: tuple[Input, ...],
) -> Measure:
    return Measure(
        kind=kind, subject=subject, demand=demand, limit=limit, case=case, inputs=inputs,
        owner="rating or breaker of the layout",
    )  # fmt: skip
