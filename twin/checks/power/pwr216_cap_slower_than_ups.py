"""PWR216: UPS that carry all of the load until a cap holds, against their overload times."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.inputs import load_figures, rack_figure
from twin.checks.measure import Budget
from twin.checks.rule import rule
from twin.site.table import BoolArray, FloatArray
from twin.solve.load import rack_load
from twin.solve.losses.cases import cases
from twin.solve.losses.sorts import BYPASS
from twin.solve.losses.states import cap_times, states_of
from twin.solve.power.feeder_rows import FeederRows, feeder_rows
from twin.solve.power.overloads import carries_pu, has_curve, least_kw
from twin.solve.power.shares import shares_in
from twin.solve.study import Study


@rule(
    "PWR216",
    role="gate",
    severity="error",
    unit="kW",
    message=(
        "ups {subject} carries {demand} kW{lost} until the cap holds, its overload times allow "
        "{limit} kW for so long; {fit} of {on} racks fit"
    ),
    fix=(
        "have the cap hold sooner (within_s in policy.losses), or move {shortfall} kW to another "
        "UPS"
    ),
    source="time to detect and to act at most the time for which the overload is carried",
)
def cap_slower_than_ups(study: Study) -> Iterator[Budget]:
    """A cap comes later than a UPS carries the overload.

    Why it matters
    --------------
    With one UPS lost the others are overloaded until racks are capped. An inverter carries 125 %
    for half a minute, then it goes to bypass, or off: the cap comes to dark racks.

    Method
    ------
    In every case in which the policy caps racks: the load of each UPS before the cap, against the
    greatest load that it carries for `within_s` by its overload_110_s, overload_125_s
    and overload_150_s. Between two points the heavier one's shorter time counts. `withstand_s` of
    the policy says the same for all that is overloaded; where a UPS states its times, these hold
    besides. Worked number: 1.10 for 120 s and 1.25 for 30 s: a cap within 30 s lets 1,000 kW carry
    1,250 kW, one within 60 s 1,100 kW, one within 121 s 1,000 kW. Where a rating in kVA is the
    lesser one, it counts in kW at the power factor of all that stands on the UPS then: 1,000 kVA
    at 0.9 are 900 kW.

    Does not cover
    --------------
    UPS that state no overload times (DAT908 asks for withstand_s), breakers (PWR211), and the
    bypass.

    See also
    --------
    DAT908, PWR103, PWR211.
    """
    table, times = study(cases), study(cap_times)
    rows = np.flatnonzero((table.keep_by < 1.0).any(axis=1) & (table.sort != BYPASS))
    curve = study(has_curve)
    if not len(rows) or not curve.any():
        return
    none = np.full((len(rows), 1), -1)
    state = states_of(study, table, rows, none, np.ones(table.keep_by[rows].shape))
    until = times.within_s()[rows]
    until = np.where(np.isfinite(until), until, 0.0).max(axis=1)

    def wanted(kind: str) -> BoolArray:
        return curve if kind == "ups" else np.zeros(len(study.table(kind)), dtype=bool)

    share = shares_in(study, state)
    in_kw = feeder_rows(study, "kW", wanted, state, share)
    in_kva = feeder_rows(study, "kVA", wanted, state, share)
    for batch, apparent in zip(in_kw, in_kva, strict=True):
        after = batch.case > 0
        rated = _least_kw(study, batch, apparent)
        pu = np.ones(len(batch.case))
        pu[after] = carries_pu(study, batch.element[after], until[batch.case[after] - 1])
        limit: FloatArray = np.where(after, rated * pu, np.inf)
        yield Budget(
            kind="ups",
            subject=batch.element,
            case=np.where(after, rows[batch.case - 1], 0),
            limit=limit,
            base=batch.base,
            rack=batch.rack,
            row=batch.row,
            coefficient=batch.coefficient,
            amount=study(rack_load),
            onto=batch.onto,
            rack_inputs=(*load_figures(study), rack_figure(study, "power_factor")),
            owner="overload times of the UPS",
            scale=np.where(after, limit, np.nan),
        )


def _least_kw(study: Study, batch: FeederRows, apparent: FeederRows) -> FloatArray:
    """(R,) lesser of the ratings in kW and kVA, in kW as the rows carry in their cases."""
    kw, kva = _carried(study, batch), _carried(study, apparent)
    key = (apparent.element << 32) + apparent.case
    order = np.argsort(key)
    at = np.searchsorted(key[order], (batch.element << 32) + batch.case)
    here = order[np.minimum(at, len(key) - 1)]
    # A case that moves kW and no kVA has no row of its own: the healthy one is as bad there.
    same = key[here] == (batch.element << 32) + batch.case
    first = order[np.searchsorted(key[order], batch.element << 32)]
    row = np.where(same, here, first)
    return least_kw(batch.limit, apparent.limit[row], kw, kva[row])


def _carried(study: Study, batch: FeederRows) -> FloatArray:
    """(R,) what rows carry with all racks that stand; NaN not known."""
    load = np.where(study.here, study(rack_load), 0.0)[batch.rack]
    each = np.where(load == 0.0, 0.0, batch.coefficient * load)
    own = np.bincount(batch.row, each, minlength=len(batch.element)) + batch.base
    return np.asarray(own + np.where(batch.onto >= 0, own[batch.onto], 0.0))
