"""PWR218: short peaks of racks against their power shelves and the overload times of UPS."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.inputs import rack_figure
from twin.checks.measure import Input, Measure
from twin.checks.rule import rule
from twin.site.table import FloatArray, IntArray
from twin.solve.limits import limit
from twin.solve.losses.devices import loads_kw
from twin.solve.losses.instants import kva_of, kw_of
from twin.solve.nameplate import peak
from twin.solve.power.overloads import carries_pu, least_kw, together
from twin.solve.power.shares import shares
from twin.solve.power.shelves import shelves
from twin.solve.study import Study


@rule(
    "PWR218",
    role="advice",
    severity="warning",
    unit="kW",
    message="{kind} {subject} has peaks of {demand} kW{lost}, it carries {limit} kW for so long",
    fix=(
        "ask the maker of {subject} what it carries for the length of the peak, smooth the peaks, "
        "or give it {shortfall} kW more"
    ),
    source="peak for its duration at most the overload of the shelf or the UPS",
)
def peaks_beyond_overload(study: Study) -> Iterator[Measure]:
    """Short peaks are higher than shelves or UPS carry for their duration.

    Why it matters
    --------------
    Accelerators that compute in step draw half as much again for a moment, all racks of a job at
    once. Breakers and copper do not notice; a shelf or an inverter at its current limit does.

    Method
    ------
    `peak_kw` of each rack, where one is published, against the output of its living shelves,
    healthy and in the worst case of the policy, times `shelf_overload_pu` of the code profile
    (1.55, ORv3 in short pulses). Peaks of all racks on a UPS, or the part
    `peaks_together_pu` that the owner sets in policy.limits, held against its rating in kW and in
    kVA, the lesser of the two in kW at the power factor of what it carries, times what its
    overload times allow for the longest `peak_s`; a peak above its rating of which nobody knows
    how long it lasts is not
    known. Peaks never count against thermal limits. Worked number: 4 living shelves of 33 kW give
    132 kW and 204.6 kW for a moment: enough for a peak of 155 kW.

    Does not cover
    --------------
    Energy stores in shelves, peaks of which no figure is published, and dips in voltage.

    See also
    --------
    PWR201, PWR216, PWR217.
    """
    yield from _of_shelves(study)
    yield from _of_ups(study)


def _of_shelves(study: Study) -> Iterator[Measure]:
    racks, found = study.table("rack"), study(shelves)
    most = study(peak)
    count, each = np.asarray(racks["shelves"]), np.asarray(racks["shelf_kw"])
    rows = np.flatnonzero(study.here & ~np.isnan(most) & ~np.isnan(count))
    over = limit(study, "shelf_overload_pu")
    for living, case in (
        (found.healthy, np.zeros(len(racks), dtype=np.int64)),
        (found.surely, found.surely_case),
    ):
        fed = (living > 0)[rows]
        mine = rows[fed]
        yield Measure(
            kind="rack", subject=mine, demand=most[mine],
            limit=(np.minimum(living, count) * each)[mine] * over.value, case=case[mine],
            inputs=(rack_figure(study, "shelf_kw", mine),),
            owner=over.owner, judged=over.judged,
        )  # fmt: skip


def _of_ups(study: Study) -> Iterator[Measure]:
    """UPS on which racks with a peak stand, in every case that loads them more."""
    table, share, topology = study.table("ups"), study(shares), study.arrays.topology.power
    rated_kw, rated_kva = (np.asarray(table[c], dtype=float) for c in ("rating_kw", "rating_kva"))
    rating = np.where(np.isnan(rated_kw), rated_kva, rated_kw)
    start, racks = study.site.first["ups"] - topology.first, len(study.table("rack"))
    row = share.element - start
    mine = (row >= 0) & (row < len(table)) & (share.load < racks)
    mine[mine] = ~np.isnan(rating[row[mine]])
    row, case, load = row[mine], share.case[mine], share.load[mine]
    key = np.unique((row << 32) + case)
    has = study.here[load] & ~np.isnan(study(peak)[load])
    of_unit = np.zeros(len(table), dtype=bool)
    of_unit[row[has]] = True
    unit, cases_of = key >> 32, key & 0xFFFFFFFF
    kept = np.flatnonzero(of_unit[unit])
    longest, blind = _longest(study, row[has], load[has], len(table))
    kw = loads_kw(study)
    kw[:racks] = np.where(study.here, np.nan_to_num(study(together)), 0.0)
    demand = kw_of(study, cases_of[kept], unit[kept] + start, kw)
    unit, cases_of = unit[kept], cases_of[kept]
    kva = kva_of(study, cases_of, unit + start, kw)
    # A rating in kVA gives so many kW at the power factor of the peak.
    given = least_kw(rated_kw[unit], rated_kva[unit], demand, kva)
    high = demand > given
    pu = np.where(high, carries_pu(study, unit, longest[unit]), 1.0)
    products = study.site.rows_of("product", study.table("rack")["type"])
    who = np.where(high & (blind[unit] >= 0), products[blind[unit]], -1)
    yield Measure(
        kind="ups", subject=unit, demand=demand, limit=given * pu, case=cases_of,
        inputs=(
            Input("product", "peak_s", who, who < 0),
        ),
        owner="overload times of the UPS",
    )  # fmt: skip


def _longest(
    study: Study, unit: IntArray, rack: IntArray, units: int
) -> tuple[FloatArray, IntArray]:
    """Longest peak of the racks on each UPS, NaN where one is not known, and which rack that is."""
    seconds = np.asarray(study.table("rack")["peak_s"], dtype=float)[rack]
    out, blind = np.zeros(units), np.full(units, -1, dtype=np.int64)
    np.maximum.at(out, unit, np.nan_to_num(seconds))
    lacking = np.isnan(seconds)
    blind[unit[lacking]] = rack[lacking]
    return np.where(blind >= 0, np.nan, out), blind
