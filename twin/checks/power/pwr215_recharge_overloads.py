"""PWR215: load with the recharge of batteries that have bridged, against the limits upstream."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.inputs import load_figures, rack_figure
from twin.checks.measure import Budget
from twin.checks.rule import rule
from twin.site.table import BoolArray, FloatArray
from twin.solve.load import rack_load
from twin.solve.losses.instants import upstream_recharge
from twin.solve.power.feeder_rows import FeederRows, feeder_rows
from twin.solve.power.feeders import Unit, amps_per_kva, feeders
from twin.solve.study import Study

_UNITS: tuple[Unit, ...] = ("A", "kVA", "kW")


@rule(
    "PWR215",
    role="gate",
    severity="error",
    unit="%",
    message=(
        "{kind} {subject} would be loaded to {demand} % of what it may carry{lost} while batteries "
        "recharge, {limit} % is allowed; {fit} of {on} racks fit"
    ),
    fix=(
        "let batteries recharge more slowly (recharge_kw of the UPS) or one after the other, or "
        "raise the rating"
    ),
    source="load + cooling + losses + battery recharge at most the continuous rating",
)
def recharge_overloads(study: Study) -> Iterator[Budget]:
    """Batteries recharge beside the full load, and what feeds them is overloaded.

    Why it matters
    --------------
    A generator that carries the load after a loss of the utility also refills the batteries that
    bridged until it ran. Sized for the load alone it is overloaded for hours.

    Method
    ------
    For every case of the policy in which a UPS bridged a gap: what each element above it carries in
    that case, and `recharge_kw` of all such batteries below with the losses between (as PWR103 has
    them, in amperes as PWR101), as a part of what the element may carry with nothing lost; the
    limit is what it may carry after a loss.
    Elements without a limit in kW, kVA or A are left to PWR101 to PWR103. Worked number: 600 kW and
    90 kW of recharge on a generator of 650 kW are 106 %.

    Does not cover
    --------------
    How recharge falls off, that it may be held back while a generator runs, the rating of the UPS
    input, and rectifiers' batteries.

    See also
    --------
    PWR101, PWR103, PWR214.
    """
    extra = study(upstream_recharge)
    if not len(extra.case):
        return
    first = study.arrays.topology.power.first
    for unit in _UNITS:
        limit = study(feeders).limits(unit)[0]

        def wanted(kind: str, limit: FloatArray = limit) -> BoolArray:
            start = study.site.first[kind] - first
            nodes = np.arange(len(study.table(kind))) + start
            return np.asarray(np.isin(nodes, extra.node) & ~np.isnan(limit[nodes]))

        for batch in feeder_rows(study, unit, wanted):
            yield _with_recharge(study, unit, batch)


def _with_recharge(study: Study, unit: Unit, batch: FeederRows) -> Budget:
    """Rows (element, case) in which batteries recharge, in per cent; healthy rows below them."""
    extra, known = study(upstream_recharge), study(feeders)
    healthy, after = known.limits(unit)
    mine = np.flatnonzero(np.isin(extra.node, batch.node))
    node, case, kw = extra.node[mine], extra.case[mine], extra.kw[mine]
    amount = kw if unit == "kW" else extra.kva[mine]
    if unit == "A":
        amount = extra.current_kva[mine] * amps_per_kva(known.voltage_v[node], known.phases[node])
    own = np.flatnonzero(batch.case == 0)
    order = own[np.argsort(batch.node[own])]
    below = order[np.searchsorted(batch.node[order], node)]
    key = (batch.case << 32) + batch.node
    sought = np.argsort(key)
    at = np.minimum(np.searchsorted(key[sought], (case << 32) + node), len(key) - 1)
    moved = np.where(key[sought][at] == (case << 32) + node, sought[at], -1)
    n = len(own)
    place = np.full(len(batch.case), -1)
    place[own] = np.arange(n)
    place[moved[moved >= 0]] = n + np.flatnonzero(moved >= 0)
    kept = np.flatnonzero(place[batch.row] >= 0)
    scale = 100.0 / healthy[batch.node[batch.row[kept]]]
    base = np.concatenate([batch.base[own] * 100.0 / healthy[batch.node[own]], np.zeros(len(node))])
    base[n:] = (amount + np.where(moved >= 0, batch.base[moved], 0.0)) * 100.0 / healthy[node]
    return Budget(
        kind=batch.kind,
        subject=np.concatenate([batch.element[own], batch.element[below]]),
        case=np.concatenate([np.zeros(n, np.int64), case]),
        limit=np.concatenate([np.full(n, np.inf), 100.0 * after[node] / healthy[node]]),
        base=base,
        rack=batch.rack[kept],
        row=place[batch.row[kept]],
        coefficient=batch.full[kept] * scale,
        amount=study(rack_load),
        onto=np.concatenate([np.full(n, -1), place[below]]),
        rack_inputs=(*load_figures(study), rack_figure(study, "power_factor")),
        owner="rating or breaker of the layout",
        # A healthy row is only there to be added to: it has no margin of its own.
        scale=_scale(n, after[node] / healthy[node]),
    )


def _scale(healthy: int, ratio: FloatArray) -> FloatArray:
    return np.concatenate([np.full(healthy, np.nan), 100.0 * ratio])
