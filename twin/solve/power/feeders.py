"""Feeders: the one least limit of each element and state, its voltage and its phases."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from twin.model.base import FEEDERS
from twin.site.table import BoolArray, FloatArray, IntArray
from twin.site.windows import shares_on
from twin.solve.limits import limit
from twin.solve.losses.switching import grid
from twin.solve.power.ambient import ambient_factors
from twin.solve.study import Study

Unit = Literal["A", "kVA", "kW"]
TAPS = (*FEEDERS, "tap")


@dataclass(frozen=True)
class Feeders:
    """Columns over all feeders and taps, numbered as power nodes, (P,); NaN not known.

    Attributes
    ----------
    limit_a, limit_kva, limit_kw
        Limit with nothing lost.
    after_a, after_kva, after_kw
        Limit after a loss: the owner's emergency value stands for the rating.
    voltage_v
        Line to line, pole to pole where direct; of a tap to neutral, from line to neutral.
    phases
        Of a tap 1 to neutral, 2 between lines, as it says or as the phases that it names, else 3;
        0 for direct current.
    """

    limit_a: FloatArray
    limit_kva: FloatArray
    limit_kw: FloatArray
    after_a: FloatArray
    after_kva: FloatArray
    after_kw: FloatArray
    voltage_v: FloatArray
    phases: FloatArray

    def limits(self, unit: Unit) -> tuple[FloatArray, FloatArray]:
        """Limits in a unit, with nothing lost and after a loss, (P,) each."""
        return {
            "A": (self.limit_a, self.after_a),
            "kVA": (self.limit_kva, self.after_kva),
            "kW": (self.limit_kw, self.after_kw),
        }[unit]


def column(study: Study, name: str) -> FloatArray:
    """One column of numbers over feeders and taps, (P,); kinds that lack it do not know it."""
    tables = [study.table(k) for k in TAPS]
    return np.concatenate(
        [
            np.asarray(t[name], dtype=float) if name in t.columns else np.full(len(t), np.nan)
            for t in tables
        ]
    )


def feeders(study: Study) -> Feeders:
    """Least continuous limit of each element, per unit in which it is rated; NaN not known.

    In amperes the least of the element's own continuous rating at its ambient, its breaker's
    setting times the part of it that may be loaded for hours (0.8 standard, 1.0 where the breaker
    is listed for 100 %), and what its conductors carry: the factor belongs to the breaker. An
    element that names no breaker is taken to have one of its own rating. The air lowers the
    rating, and the setting where that stands for the rating or the breaker stands in a tap. After
    a loss the owner's emergency value stands for the rating; breaker and conductors stay what they
    are. On a day on which a window gives part of the rating, that part counts.
    """
    factor = column(study, "continuous_factor")
    factor = np.where(np.isnan(factor), limit(study, "continuous_factor").value, factor)
    ambient = study(ambient_factors)
    there = np.ones(len(factor))
    windows = shares_on(study.site, study.conditions.date)
    there[: len(windows)] = windows
    rating, breaker = column(study, "rating_a"), column(study, "breaker_a")
    setting = np.where(np.isnan(breaker), rating, breaker) * factor
    # The breaker of a tap stands in it; what states no rating has that of its breaker.
    lowered = np.isnan(rating)
    lowered[len(rating) - len(study.table("tap")) :] = True
    setting = np.where(lowered & ~np.isnan(breaker), setting * ambient, setting)
    bound = np.fmin(setting, _conductors(study))
    out = {}
    for unit in ("a", "kva", "kw"):
        own, after = (column(study, f"{n}_{unit}") * there for n in ("rating", "emergency"))
        healthy, lost = own * ambient, np.where(np.isnan(after), own * ambient, after)
        if unit == "a":
            known = ~np.isnan(setting)
            healthy = np.where(known, np.fmin(healthy, bound), np.nan)
            lost = np.where(known | ~np.isnan(after), np.fmin(lost, bound), np.nan)
        out[f"limit_{unit}"], out[f"after_{unit}"] = healthy, lost
    phases = _phases(study)
    return Feeders(voltage_v=_voltages(study, phases), phases=phases, **out)


def _conductors(study: Study) -> FloatArray:
    """Return what the conductors of each feeder carry in all runs, (P,) A; NaN not known."""
    site, out = study.site, []
    ampacity = np.append(site.tables["product"]["ampacity_a"], np.nan)
    for kind in TAPS:
        table = study.table(kind)
        if "conductor" not in table.columns:
            out.append(np.full(len(table), np.nan))
            continue
        each = ampacity[site.rows_of("product", table["conductor"])]
        out.append(each * np.nan_to_num(np.asarray(table["runs"], dtype=float), nan=1.0))
    return np.concatenate(out)


def _phases(study: Study) -> FloatArray:
    """Phases of each element; direct current below a rectifier."""
    said = np.asarray(study.table("tap")["phases"], dtype=float)
    named = np.strings.str_len(np.asarray(study.table("tap")["phase"], dtype=np.str_))
    taps = np.where(np.isnan(said), np.where(named > 0, named, 3), said)
    others = sum(len(study.table(k)) for k in FEEDERS)
    own = np.concatenate([np.full(others, 3.0), taps])
    return np.where(is_direct(study)[: len(own)], 0.0, own)


def is_direct(study: Study) -> BoolArray:
    """(P,) nodes that carry direct current: rectifiers and all that hangs below them."""
    parent = _stands_on(study)
    start = study.site.first["rectifier"] - study.arrays.topology.power.first
    out = np.zeros(len(parent) + 1, dtype=bool)
    out[start : start + len(study.table("rectifier"))] = True
    while out.any():
        more = out.copy()
        more[:-1] |= out[parent]
        if np.array_equal(more, out):
            break
        out = more
    return out[:-1]


def _voltages(study: Study, phases: FloatArray) -> FloatArray:
    """Own voltage, else that of the nearest element above that says one; a tie as its sides.

    A tap to neutral that states none, or that of its feeder, has that over root three.
    """
    own = column(study, "voltage_v")
    parent = _stands_on(study)[: len(own)]
    while True:
        above = np.where(parent >= 0, own[np.maximum(parent, 0)], np.nan)
        new = np.isnan(own) & ~np.isnan(above)
        if not new.any():
            break
        own = np.where(new, above, own)
    neutral = (phases == 1) & ((own == above) | np.isnan(own))
    return np.where(neutral, above / np.sqrt(3.0), own)


def _stands_on(study: Study) -> IntArray:
    """(P,) what feeds each node on the day; an open tie is as its first side."""
    topology, now = study.arrays.topology.power, study(grid)
    parent = now.parent.copy()
    open_ties = np.flatnonzero((topology.side_a >= 0) & (parent[: topology.feeders] < 0))
    parent[open_ties] = topology.side_a[open_ties]
    return parent


def amps_per_kw(volts: FloatArray, power_factor: FloatArray, phases: FloatArray) -> FloatArray:
    """Line current of 1 kW: I = P / (sqrt(3) V pf) on three phases, P / (V pf) on one or two.

    Direct current, phases 0, knows no power factor: I = P / V.

    Examples
    --------
    >>> float(132 * amps_per_kw(np.array(415.0), np.array(0.98), np.array(3.0))).__round__(2)
    187.39
    """
    return amps_per_kva(volts, phases) / np.where(phases == 0, 1.0, power_factor)


def amps_per_kva(volts: FloatArray, phases: FloatArray) -> FloatArray:
    """Line current of 1 kVA: 1 / (sqrt(3) V) on three phases, 1 / V on one, two or direct."""
    return np.asarray(1000.0 / (np.where(phases == 3, np.sqrt(3.0), 1.0) * volts))
