"""What reports say of power beyond verdicts: losses by harm, and each rack's real redundancy.

Made when a report asks for it; a check does not need it. Without a study, as of a report that was
put together by hand, there is nothing to say.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from twin.checks.result import Report, State
from twin.site.table import FloatArray
from twin.solve.load import rack_load
from twin.solve.losses.cases import Cases, cases
from twin.solve.losses.outcomes import (
    Outcomes,
    every_case,
    every_loading,
    every_outcome,
    policy_outcomes,
)
from twin.solve.losses.redundancy import Redundancy, redundancy
from twin.solve.losses.schemes import Scheme, names, schemes
from twin.solve.losses.sorts import PAIR, WORK_AND_FAULT
from twin.solve.power.headroom import caps_that_hold, pooled, worst_of_racks
from twin.solve.power.loading import UNITS, Loading, policy_loading
from twin.solve.power.stranded import stranded
from twin.solve.study import Study

NOT_COVERED = ("arc flash", "coordination", "earthing", "harmonics", "transient stability")
"""What no rule of power looks at."""

_PRIVATE = ("tap:", "whip:")
_LITTLE_KW = 0.05
_TWO = 2


@dataclass(frozen=True, slots=True)
class LossLine:
    """What one loss does. `demand` and `limit` of the worst element are in `unit`."""

    case: str
    asked: bool
    full: int
    capped: int
    dark: int
    capped_kw: float
    dark_kw: float
    element: str | None
    loading: float
    demand: float
    limit: float
    unit: str
    at_least: bool
    over: int
    unprotected: int
    cdus: int
    air_units: int
    switches: int


@dataclass(frozen=True, slots=True)
class RackPower:
    """What one rack stands on. Shares are parts of 1; NaN not known.

    `cap_kw` is the greatest load at which its own power limits hold beside the racks that are
    taken; NaN where its load holds already, or none would.
    """

    pooled: float
    worst: float
    element: str | None
    case: str | None
    redundancy: str
    ways: int
    sources: tuple[tuple[str, float], ...]
    dominators: tuple[str, ...]
    cap_kw: float
    cap_change: float

    @property
    def fix(self) -> str:
        """The cap in words; nothing where there is none."""
        if math.isnan(self.cap_change):  # as of a rack that draws nothing
            return ""
        return f"cap to {self.cap_kw:,.5g} kW ({100 * self.cap_change:.0f} %)"


@dataclass(frozen=True, slots=True)
class SchemeLine:
    """Racks of one computed kind of redundancy on the same systems."""

    name: str
    racks: int
    ways: int
    systems: tuple[str, ...]
    reserve: tuple[str, ...]
    max_use: float
    use: float
    pairs: tuple[int, int]


@dataclass(frozen=True, slots=True)
class StrandedLine:
    """Capacity of one source or UPS, in `unit`: usable = placed + reserve + no place + open."""

    element: str
    unit: str
    usable: float
    placed: float
    reserve: float
    without_place: float
    open: float


def judged(report: Report) -> Study | None:
    """Return the study of a report that judged power, else None."""
    return report.study if "PWR" in report.conditions.scope else None


def losses(report: Report, most: int | None = None) -> tuple[list[LossLine], int]:
    """Return what losses do, most harm first, and how many are left out that harm nobody.

    Every loss is told whatever the policy asks, but losses of single taps and whips that harm
    nobody. With `most` only so many lines, of the losses that the policy names.
    """
    study = judged(report)
    if study is None or not report.conditions.losses:
        return [], 0
    found = _first_hand(study) if most is not None else study(every_outcome)
    order = found.by_harm
    if most is not None:
        return [_loss(study, found, c) for c in order[:most].tolist()], 0
    name = found.cases.name[order]
    shared = ~np.logical_or.reduce([np.strings.startswith(name, kind) for kind in _PRIVATE])
    told = order[found.harms[order] | shared]
    return [_loss(study, found, c) for c in told.tolist()], len(order) - len(told)


def count_of(report: Report) -> tuple[int, int]:
    """Return how many losses the text looks at, and how many of them harm somebody."""
    study = judged(report)
    if study is None or not report.conditions.losses:
        return 0, 0
    found = _first_hand(study)
    return len(found.dark) - 1, int(found.harms[1:].sum())


def _first_hand(study: Study) -> Outcomes:
    """Of the policy's losses, which are solved; where pairs are tried, of all."""
    return study(policy_outcomes if study.conditions.losses < _TWO else every_outcome)


def _loss(study: Study, o: Outcomes, c: int) -> LossLine:
    subject = int(o.subject[c])
    return LossLine(
        case=str(o.cases.name[c]),
        asked=bool(o.asked[c]),
        full=int(o.full[c]),
        capped=int(o.capped[c]),
        dark=int(o.dark[c]),
        capped_kw=float(o.capped_kw[c]),
        dark_kw=float(o.dark_kw[c]),
        element=study.site.name_of(subject) if subject >= 0 else None,
        loading=float(o.loading[c]),
        demand=float(o.demand[c]),
        limit=float(o.limit[c]),
        unit=UNITS[int(o.unit[c])] if subject >= 0 else "",
        at_least=bool(o.at_least[c]),
        over=int(o.over[c]),
        unprotected=int(o.unprotected[c]),
        cdus=int(o.gear[c, 0]),
        air_units=int(o.gear[c, 1]),
        switches=int(o.gear[c, 2]),
    )


def of_racks(report: Report) -> dict[int, RackPower]:
    """Return what each delivered rack stands on, by its row in the table of racks."""
    study = judged(report)
    if study is None:
        return {}
    table, loads = _single(study)
    worst = worst_of_racks(study, loads)
    ratio, row = worst.ratio.tolist(), worst.row.tolist()
    share, known = pooled(study).tolist(), study(names)
    caps_kw, load = caps(report).tolist(), study(rack_load)
    found, first = study(redundancy), study.arrays.topology.power.first
    name = study.site.names
    told: dict[int, tuple[str, ...]] = {}
    out = {}
    for rack in report.verdicts.rack.tolist():
        pattern = int(found.of_rack[rack])
        if pattern not in told:
            told[pattern] = _named(study, found, rack)
        own, drawn = found.own.get(rack), float(load[rack])
        element = int(loads.subject[row[rack]]) if row[rack] >= 0 else -1
        lost = str(table.name[loads.case[row[rack]]]) if row[rack] >= 0 else ""
        out[rack] = RackPower(
            pooled=share[rack],
            worst=ratio[rack],
            element=study.site.name_of(element) if element >= 0 else None,
            case=lost or None,
            redundancy=known[rack],
            ways=found.patterns[pattern].ways if pattern >= 0 else 0,
            sources=tuple((str(name[n + first]), part) for n, part in found.sources(rack)),
            dominators=_named(study, found, rack) if own else told[pattern],
            cap_kw=caps_kw[rack],
            cap_change=caps_kw[rack] / drawn - 1.0 if drawn > 0 else math.nan,
        )
    return out


def _named(study: Study, found: Redundancy, rack: int) -> tuple[str, ...]:
    first = study.arrays.topology.power.first
    return tuple(study.site.name_of(n + first) for n in found.dominators(rack))


def _single(study: Study) -> tuple[Cases, Loading]:
    """Every loss of one element, and those of two of which the policy asks something."""
    if not study.conditions.losses:
        return study(cases), study(policy_loading)
    table, loads = study(every_case), study(every_loading)
    two = np.isin(table.sort, (PAIR, WORK_AND_FAULT)) & ~study(every_outcome).asked
    if not two.any():
        return table, loads
    return table, replace(loads, limit=np.where(two[loads.case], np.nan, loads.limit))


def caps(report: Report) -> FloatArray:
    """Return the cap at which each blocked rack's power limits hold, (racks,) kW, NaN none.

    Beside the racks that are taken, each by itself: two that are held back on one element may not
    both come with their cap.
    """
    study = judged(report)
    if study is None:
        return np.empty(0)
    verdicts = report.verdicts
    blocked = (verdicts.state == State.BLOCKED) & ~verdicts.at_risk
    taken = np.zeros(len(study.here), dtype=bool)
    taken[verdicts.rack[~blocked]] = True
    out = np.full(len(taken), np.nan)
    if not blocked.any():
        return out
    rows = verdicts.rack[blocked]
    cap, load = caps_that_hold(study, study(policy_loading), taken)[rows], study(rack_load)[rows]
    out[rows] = np.where((cap > _LITTLE_KW) & (cap < load - _LITTLE_KW), cap, np.nan)
    return out


def capped_alike(report: Report) -> list[tuple[str, tuple[str, ...]]]:
    """Return the caps in words that would help blocked racks, most racks first, and whom."""
    found = caps(report)
    study = judged(report)
    if study is None or np.isnan(found).all():
        return []
    rows = np.flatnonzero(~np.isnan(found))
    change = found[rows] / study(rack_load)[rows] - 1.0
    groups: dict[tuple[float, float], list[int]] = {}
    keys = zip(found[rows].tolist(), np.round(change, 2).tolist(), strict=True)
    for row, key in zip(rows.tolist(), keys, strict=True):
        groups.setdefault(key, []).append(row)
    ids = report.site.tables["rack"].ids
    ordered = sorted(groups.items(), key=lambda g: (-len(g[1]), g[0]))
    return [
        (f"cap to {kw:,.5g} kW ({100 * part:.0f} %)", tuple(ids[np.array(mine)].tolist()))
        for (kw, part), mine in ordered
    ]


def redundancies(report: Report) -> list[SchemeLine]:
    """Return the computed kinds of redundancy, most racks first."""
    study = judged(report)
    return [] if study is None else [_scheme(study, s) for s in study(schemes)]


def _scheme(study: Study, s: Scheme) -> SchemeLine:
    first = study.arrays.topology.power.first
    systems, reserve = (
        tuple(study.site.name_of(n + first) for n in nodes) for nodes in (s.systems, s.reserve)
    )
    return SchemeLine(s.name, len(s.racks), s.ways, systems, reserve, s.max_use, s.use, s.pairs)


def pairs(line: SchemeLine) -> str:
    """Return how many of the pairs of systems occur, in words; nothing where pairs say nothing."""
    there, of = line.pairs
    return f"{there} of {of} pairs" if of else ""


def strandings(report: Report) -> list[StrandedLine]:
    """Return the capacity of sources and UPS that no rack uses, by element."""
    study = judged(report)
    if study is None:
        return []
    s = study(stranded)
    columns = zip(
        s.subject.tolist(), s.unit.tolist(), s.usable.tolist(), s.placed.tolist(),
        s.reserve.tolist(), s.without_place.tolist(), s.open.tolist(), strict=True,
    )  # fmt: skip
    return [StrandedLine(study.site.name_of(n), UNITS[u], *rest) for n, u, *rest in columns]


def not_covered(report: Report) -> str:
    """Return in one sentence what is not looked at where power is judged; else nothing."""
    if "PWR" not in report.conditions.scope:
        return ""
    return f"Power is not checked for {', '.join(NOT_COVERED[:-1])} and {NOT_COVERED[-1]}"
