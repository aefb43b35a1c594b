"""What each loss does: racks full, capped and dark, the worst loading, gear lost; by harm."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.load import rack_load
from twin.solve.losses.asked import everything
from twin.solve.losses.cascade import cascade
from twin.solve.losses.cases import Cases, cases, cases_of
from twin.solve.losses.sorts import BYPASS, HEALTHY
from twin.solve.power.loading import UNITS, Loading, Touched, loading, policy_loading, touched
from twin.solve.power.shares import Shares, shares, shares_in
from twin.solve.study import Study

GEAR = ("cdu", "air_unit", "switch")
_FULL = 1.0
_BITS = 32
_LOW = (1 << _BITS) - 1
_OVER = 1.0 + 1e-9


@dataclass(frozen=True)
class Outcomes:
    """What each case of a table does, (C,); row 0 is nothing lost.

    Counts are of racks that stand and live with nothing lost. A rack is dark without a living
    supply, where fewer supplies live than its servers run with, and after a loss of which the
    policy asks something also where breakers that open then leave it none for certain; capped
    where the policy's cap is in force (one in doubt is none) or its servers run reduced, else full.
    What it draws above the output of its living shelves or a limit on its way shows in
    `loading`, which is that before any breaker opens.

    Attributes
    ----------
    cases
        The table.
    asked
        Whether the policy asks anything of racks after this loss.
    full, capped, dark
        Racks.
    capped_kw, dark_kw
        What they no longer draw; NaN where the load of one of them is not known.
    subject
        Subject number of the element that comes nearest to, or most over, its limit, of those
        that the loss loads or derates; -1 none.
    loading, demand, limit, unit
        Load over limit of that element, both in the unit, a place in `UNITS`; NaN none.
    at_least
        Whether a load, or a limit, that is not known is left out.
    over
        Elements over their limit.
    unprotected
        Racks of which a part hangs on a UPS that stands on its bypass.
    gear
        (C, 3) CDUs, air units and switches lost.
    """

    cases: Cases
    asked: BoolArray
    full: IntArray
    capped: IntArray
    dark: IntArray
    capped_kw: FloatArray
    dark_kw: FloatArray
    subject: IntArray
    loading: FloatArray
    demand: FloatArray
    limit: FloatArray
    unit: IntArray
    at_least: BoolArray
    over: IntArray
    unprotected: IntArray
    gear: IntArray

    @property
    def by_harm(self) -> IntArray:
        """Cases but the healthy one: most racks dark first, then over-limit, capped, least room."""
        room = np.nan_to_num(self.loading, nan=-1.0)
        over = np.where(room > _OVER, room, 1.0)
        order = np.lexsort(
            (np.arange(len(self.dark)), -self.gear.sum(axis=1), -room, -self.capped, -over,
             -self.dark)
        )  # fmt: skip
        return np.asarray(order[order > 0], dtype=np.int64)

    @property
    def harms(self) -> BoolArray:
        """(C,) whether a rack is dark or capped, something is over its limit, or gear is lost."""
        hurt = (self.dark > 0) | (self.capped > 0) | (self.over > 0) | (self.unprotected > 0)
        return np.asarray(hurt | (self.gear.sum(axis=1) > 0))


def policy_outcomes(study: Study) -> Outcomes:
    """Tell what the losses do that the policy says must be survived."""
    seen = touched(study, study(cases), study(shares))
    return outcomes(study, study(cases), study(shares), study(policy_loading), seen)


def every_case(study: Study) -> Cases:
    """Every loss whatever the policy asks; with two losses every pair within a group too."""
    return cases_of(study, study(everything))


def every_share(study: Study) -> Shares:
    """Shares of all loads in every loss."""
    return shares_in(study, study(every_case))


def every_loading(study: Study) -> Loading:
    """Hold all elements against their limits in every loss."""
    return loading(study, study(every_case), study(every_share))


def every_touched(study: Study) -> Touched:
    """Who lives where in every loss."""
    return touched(study, study(every_case), study(every_share))


def every_outcome(study: Study) -> Outcomes:
    """Tell what every loss does, whatever the policy asks."""
    seen = study(every_touched)
    return outcomes(study, study(every_case), study(every_share), study(every_loading), seen)


def dark_rows(study: Study, seen: Touched) -> IntArray:
    """Rows of who lives where in which a rack that lived with nothing lost is dark by the loss."""
    lived = study.here & seen.runs[: len(study.here)]
    return np.flatnonzero(lived[seen.rack] & (seen.case > 0) & ~seen.runs)


def outcomes(study: Study, table: Cases, share: Shares, loads: Loading, seen: Touched) -> Outcomes:
    """Count what each case of a table does.

    Worked number: racks of 142 kW with eight shelves of 33 kW, hung 4 + 4 over two sources, draw
    1.076 times what the four that are left give when one source is lost; none is dark.
    """
    count, dark, kept = len(table), *_of_racks(study, seen, table)
    lives = int((study.here & seen.runs[: len(study.here)]).sum())
    worst, over, blind = _worst(loads, count)
    gaps = np.where(worst >= 0, worst, 0)
    none = worst < 0

    def told(values: FloatArray) -> FloatArray:
        return np.where(none, np.nan, values[gaps]) if len(values) else np.full(count, np.nan)

    return Outcomes(
        cases=table,
        asked=_asked(study, table),
        full=lives - dark[0].astype(np.int64) - kept[0].astype(np.int64),
        capped=kept[0].astype(np.int64),
        dark=dark[0].astype(np.int64),
        capped_kw=kept[1],
        dark_kw=dark[1],
        subject=np.where(none, -1, loads.subject[gaps]) if len(loads.subject) else worst,
        loading=told(loads.ratio),
        demand=told(loads.demand),
        limit=told(loads.limit),
        unit=np.where(none, -1, loads.unit[gaps]) if len(loads.unit) else worst,
        at_least=blind,
        over=over,
        unprotected=_unprotected(study, table, share),
        gear=_gear(study, table),
    )


def _of_racks(
    study: Study, seen: Touched, table: Cases
) -> tuple[tuple[FloatArray, FloatArray], tuple[FloatArray, FloatArray]]:
    """Racks and kW that go dark, and that are capped away, per case."""
    lived, load = study.here & seen.runs[: len(study.here)], study(rack_load)
    at = dark_rows(study, seen)
    first = _pairs(seen.case[at], seen.rack[at])
    dark = np.union1d(first, _pairs(*_by_breakers(study, table, lived)))
    allowed = load[seen.rack] * seen.keep
    capped = (seen.keep < _FULL) | ~np.isnan(allowed) & ~(allowed <= seen.most_kw)
    kept = np.flatnonzero(lived[seen.rack] & (seen.case > 0) & seen.runs & capped)
    kept = kept[~np.isin(_pairs(seen.case[kept], seen.rack[kept]), dark)]

    def summed(case: IntArray, kw: FloatArray) -> tuple[FloatArray, FloatArray]:
        number = np.bincount(case, minlength=len(table)).astype(float)
        return number, np.bincount(case, kw, minlength=len(table)).astype(float)

    whole = load[seen.rack[kept]]
    saved = np.maximum(whole * (1.0 - seen.keep[kept]), whole - seen.most_kw[kept])
    return summed(dark >> _BITS, load[dark & _LOW]), summed(seen.case[kept], saved)


def _pairs(case: IntArray, rack: IntArray) -> IntArray:
    """One number for each pair of a case and a rack."""
    return np.asarray((case << _BITS) | rack)


def _by_breakers(study: Study, table: Cases, lived: BoolArray) -> tuple[IntArray, IntArray]:
    """Pairs of a case and a rack that goes dark for certain by breakers that open after the loss.

    Only what the policy asks for is followed, so that other cases have none.
    """
    found, own = study(cascade), study(cases)
    case, rack = found.case[found.surely[:, 0]], found.surely[:, 1]
    told = (case > 0) & lived[rack]
    case, rack = case[told], rack[told]
    if table is own or not len(case):
        return case, rack
    places = {k: c for c, k in enumerate(_keys(table))}
    mine = np.array([places.get(k, -1) for k in _keys(own)], dtype=np.int64)[case]
    return mine[mine > 0], rack[mine > 0]


def _worst(loads: Loading, count: int) -> tuple[IntArray, IntArray, BoolArray]:
    """Per case the row with the highest ratio, -1 none; elements over; whether some is unknown."""
    ratio = loads.ratio
    order = np.lexsort((loads.unit, loads.subject, -np.nan_to_num(ratio, nan=-1.0), loads.case))
    case = loads.case[order]
    head = np.append(True, case[1:] != case[:-1]) if len(case) else np.empty(0, dtype=bool)
    worst = np.full(count, -1, dtype=np.int64)
    first = order[head]
    known = first[~np.isnan(ratio[first])]
    worst[loads.case[known]] = known
    past = np.flatnonzero(ratio > _OVER)
    elements = np.unique(np.stack([loads.case[past], loads.subject[past]]), axis=1)
    over = np.bincount(elements[0], minlength=count).astype(np.int64)
    blind = np.zeros(count, dtype=bool)
    blind[loads.case[loads.at_least | np.isnan(loads.limit)]] = True
    return worst, over, blind


def _unprotected(study: Study, table: Cases, share: Shares) -> IntArray:
    """(C,) racks a part of whose load hangs on a UPS that stands on its bypass."""
    out = np.zeros(len(table), dtype=np.int64)
    first, racks = study.arrays.topology.power.first, len(study.here)
    mine = np.flatnonzero((share.case == 0) & (share.load < racks) & (share.share > 0))
    mine = mine[study.here[share.load[mine]]]
    on = np.bincount(share.element[mine], minlength=study.arrays.topology.power.feeders)
    bypassed = np.flatnonzero(table.sort == BYPASS)
    out[bypassed] = on[table.origin[bypassed] - first]
    return out


def _gear(study: Study, table: Cases) -> IntArray:
    """(C, 3) CDUs, air units and switches that a case takes, beside those that are dead anyway."""
    out = np.zeros((len(table), len(GEAR)), dtype=np.int64)
    for place, kind in enumerate(GEAR):
        case, _ = table.lost(study.site.first[kind], len(study.site.tables[kind]))
        out[:, place] = np.bincount(case, minlength=len(table))
    return np.asarray(out - out[0])


def _asked(study: Study, table: Cases) -> BoolArray:
    """(C,) whether the policy asks something of racks after each loss."""
    if table is study(cases):
        return np.asarray(table.asked_by.any(axis=1) & (table.sort != HEALTHY))
    known = {k for k, a in zip(_keys(study(cases)), study(cases).asked_by, strict=True) if a.any()}
    own = np.array([k in known for k in _keys(table)], dtype=bool)
    return np.asarray(own & (table.sort != HEALTHY))


def _keys(table: Cases) -> list[tuple[int, int, int, int]]:
    """Say what is lost in each case, whatever it is named after."""
    roots = table.roots
    own = np.where((roots < 0).all(axis=1), table.origin, -1)
    columns = (table.sort, roots[:, 0], roots[:, 1], own)
    return list(zip(*(c.tolist() for c in columns), strict=True))


def unit_of(number: int) -> str:
    """Return a unit by its place; nothing for none."""
    return UNITS[number] if number >= 0 else ""
