"""Feeders: the one least limit of each element, its voltage, and budgets of racks on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from twin.model.base import FEEDERS
from twin.site.table import Array, FloatArray, IntArray
from twin.solve.limits import limit
from twin.solve.shares import Shares, shares
from twin.solve.study import Study

Unit = Literal["A", "kVA", "kW"]
TAPS = (*FEEDERS, "tap")
_NOTHING = 1e-12


@dataclass(frozen=True)
class Feeders:
    """Columns over all feeders and taps, numbered as power nodes, (P,)."""

    limit_a: FloatArray
    limit_kva: FloatArray
    limit_kw: FloatArray
    voltage_v: FloatArray
    phases: FloatArray


def column(study: Study, name: str) -> Array:
    """One column over feeders and taps, (P,)."""
    return np.concatenate([study.table(k)[name] for k in TAPS])


def feeders(study: Study) -> Feeders:
    """Least continuous limit of each element, per unit in which it is rated; NaN not known.

    In amperes the least of the element's own continuous rating and its breaker's setting times
    the part of it that may be loaded for hours (0.8 standard, 1.0 where the breaker is listed for
    100 %): the factor belongs to the breaker. An element that names no breaker is taken to have
    one of its own rating.
    """
    factor = column(study, "continuous_factor")
    factor = np.where(np.isnan(factor), limit(study, "continuous_factor").value, factor)
    rating, breaker = column(study, "rating_a"), column(study, "breaker_a")
    setting = np.where(np.isnan(breaker), rating, breaker) * factor
    least = np.fmin(np.where(np.isnan(rating), np.inf, rating), setting)
    return Feeders(
        limit_a=np.where(np.isnan(setting), np.nan, least),
        limit_kva=column(study, "rating_kva"),
        limit_kw=column(study, "rating_kw"),
        voltage_v=_voltages(study),
        phases=_phases(study),
    )


def _phases(study: Study) -> FloatArray:
    taps = np.asarray(study.table("tap")["phases"], dtype=float)
    others = sum(len(study.table(k)) for k in FEEDERS)
    return np.concatenate([np.full(others, 3.0), taps])


def _voltages(study: Study) -> FloatArray:
    """Own voltage, else that of the nearest element above that says one."""
    own = column(study, "voltage_v")
    topology = study.arrays.topology.power
    parent = topology.parent[: len(own)]
    for _ in range(int(topology.depth.max(initial=0))):
        above = np.where(parent >= 0, own[np.maximum(parent, 0)], np.nan)
        own = np.where(np.isnan(own), above, own)
    return own


def amps_per_kw(volts: FloatArray, power_factor: FloatArray, phases: FloatArray) -> FloatArray:
    """Line current of 1 kW: I = P / (sqrt(3) V pf) on three phases, P / (V pf) on one or two.

    Examples
    --------
    >>> float(132 * amps_per_kw(np.array(415.0), np.array(0.98), np.array(3.0))).__round__(2)
    187.39
    """
    root = np.where(phases == 3, np.sqrt(3.0), 1.0)
    return 1000.0 / (root * volts * power_factor)


@dataclass(frozen=True)
class FeederRows:
    """Rows (element, case) of one kind of feeder in one unit, and racks' shares of them.

    Attributes
    ----------
    kind, element, case
        Kind of the feeder; (R,) row of its table; (R,) case.
    node
        (R,) power node.
    onto
        (R,) healthy row of the same element, -1 for a healthy row.
    rack, row, coefficient
        (E,) shares in the unit per kW of each rack.
    full
        (E,) the same without the caps that are in doubt.
    """

    kind: str
    element: IntArray
    case: IntArray
    node: IntArray
    onto: IntArray
    rack: IntArray
    row: IntArray
    coefficient: FloatArray
    full: FloatArray


def feeder_rows(study: Study, unit: Unit, wanted: Callable[[str], Array]) -> Iterator[FeederRows]:
    """Rows of all shared feeders rated in a unit, one batch per kind.

    Parameters
    ----------
    wanted
        From a kind, which rows of its table are to be held in this unit, (n,) bool.
    """
    share, topology = study(shares), study.arrays.topology.power
    per_kw = _per_kw(study, unit, share.rack, share.element)
    for kind in FEEDERS:
        table = study.table(kind)
        start = study.site.first[kind] - topology.first
        mine = (share.element >= start) & (share.element < start + len(table))
        chosen = np.append(wanted(kind), False)
        mine &= chosen[np.where(mine, share.element - start, -1)]
        if not mine.any() and not chosen.any():
            continue
        yield _batch(kind, start, np.flatnonzero(chosen[:-1]), share, mine, per_kw)


def _per_kw(study: Study, unit: Unit, rack: IntArray, element: IntArray) -> FloatArray:
    """Factor from kW of a rack to the unit at an element, (E,)."""
    known = study(feeders)
    pf = np.asarray(study.table("rack")["power_factor"])[rack]
    if unit == "A":
        return amps_per_kw(known.voltage_v[element], pf, known.phases[element])
    return 1.0 / pf if unit == "kVA" else np.ones(len(rack))


def _batch(
    kind: str, start: int, rows: IntArray, share: Shares, mine: Array, per_kw: FloatArray
) -> FeederRows:
    at = np.flatnonzero(mine)
    case = share.case[at]
    key = np.where(case > 0, (share.element[at] - start) * (1 << 24) + case, -1)
    distinct, inverse = np.unique(key, return_inverse=True)
    # Where no rack brings more than it takes away, the healthy row is the worse.
    worse = np.zeros(len(distinct), dtype=bool)
    worse[inverse[share.full[at] > _NOTHING]] = True
    kept = worse[inverse] | (case == 0)
    at, inverse = at[kept], inverse[kept]
    worse &= distinct >= 0
    row_of, distinct = np.cumsum(worse) - 1 + len(rows), distinct[worse]
    healthy_of = np.full(int(rows.max(initial=0)) + 1, -1, dtype=np.int64)
    healthy_of[rows] = np.arange(len(rows))
    moved = share.case[at] > 0
    row = np.where(moved, row_of[inverse], healthy_of[share.element[at] - start])
    all_elements = np.concatenate([rows, distinct >> 24])
    return FeederRows(
        kind=kind,
        element=all_elements,
        case=np.concatenate([np.zeros(len(rows), dtype=np.int64), distinct & 0xFFFFFF]),
        node=all_elements + start,
        onto=np.concatenate([np.full(len(rows), -1), healthy_of[distinct >> 24]]).astype(np.int64),
        rack=share.rack[at],
        row=row,
        coefficient=share.share[at] * per_kw[at],
        full=share.full[at] * per_kw[at],
    )
