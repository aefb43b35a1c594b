"""Upper bounds of what transformers and converters lose, as straight lines over their load.

Sums over racks are linear, losses are not: those of copper go with the square of the load, and the
efficiency of a UPS has a curve. A straight line above the curve keeps the sums exact to add to and
to take from, and never says less than the load flow does.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.model.base import FEEDERS
from twin.site.table import FloatArray, IntArray
from twin.solve.limits import limit
from twin.solve.load import gear_power_factor
from twin.solve.losses.switching import grid
from twin.solve.power.feeders import column, feeders
from twin.solve.power.network import LOADS, converter_curves, resistance_pu
from twin.solve.study import Study

_NO_VOLTAGE = 0.25
"""Impedance from which no voltage is left at full load."""


@dataclass(frozen=True)
class LossBounds:
    """Losses of elements as lines: a fixed part, and parts that go with kW and with kVA.

    Attributes
    ----------
    efficiency
        (P,) output over input of the part that goes with kW.
    per_kva
        (P,) kW lost per kVA of output.
    per_kvar
        (P,) kvar that the reactance draws per kVA of output.
    node, fixed_kw, power_factor
        (K,) elements that lose something whatever their load, how much, and at which power factor
        they draw it.
    says_more
        Whether anything is said that one efficiency per element does not say.
    """

    efficiency: FloatArray
    per_kva: FloatArray
    per_kvar: FloatArray
    node: IntArray
    fixed_kw: FloatArray
    power_factor: FloatArray
    says_more: bool


def loss_bounds(study: Study) -> LossBounds:
    """Lay a line above the losses of each element, from no load to the most that it may carry.

    That is its rating, or what the owner allows after a loss where that is more: up to a share e of
    the rating. A transformer loses its no-load loss always, and e times its load loss times load
    over rating: the square of a share is at most e times the share; the kvar of its reactance go
    likewise. A UPS of which efficiencies at several loads are told loses what it loses at the
    lowest of them always, and above that as the steepest line from there to any of the others, or
    to the most that it may carry. Beyond that, where a rule of its own says so, the line may lie
    too low.

    Worked numbers: a UPS of 1,000 kW with 0.92, 0.95, 0.96 and 0.955 at 25, 50, 75 and 100 % loses
    21.7 kW, and 25.4 W per kW: 47.1 kW at full load, as its curve says, and 34.4 kW at half load,
    where the curve says 26.3. One that may carry 1,200 kW after a loss loses 29.0 W per kW: 56.5 kW
    there, as its efficiency at full load says.
    """
    efficiency, reach = given_efficiency(study), _reach(study)
    per_kva, per_kvar, fixed = np.zeros((3, len(efficiency)))
    factor = np.ones(len(efficiency))
    first = study.arrays.topology.power.first
    start, table = study.site.first["transformer"] - first, study.table("transformer")
    mine = slice(start, start + len(table))
    size = np.nan_to_num(np.asarray(table["z_pct"], dtype=float)) / 100.0
    resistance = np.nan_to_num(resistance_pu(table))
    share = reach[mine] / _lowest_voltage(size * reach[mine]) ** 2
    per_kva[mine] = resistance * share
    per_kvar[mine] = np.sqrt(np.maximum(size**2 - resistance**2, 0.0)) * share
    # What a group draws that shares as nobody knows, nobody knows either: it counts as none.
    per_kvar[mine] *= ~np.isnan(study(grid).weight[mine])
    fixed[mine] = np.nan_to_num(np.asarray(table["no_load_kw"], dtype=float))
    rating, curve, own = converter_curves(study, len(efficiency))
    curved = np.flatnonzero((~np.isnan(curve[:, :-1])).any(axis=1))
    for node in curved.tolist():
        if np.isnan(rating[node]) or np.isnan(curve[node]).sum() == len(LOADS) - 1:
            efficiency[node] = 1.0 / (1.0 + float(np.nanmax(curve[node] / LOADS)))
            continue
        least, slope = line_above(curve[node], float(reach[node]))
        fixed[node], efficiency[node] = least * rating[node], 1.0 / (1.0 + slope)
    # A UPS that tells no power factor lets through that of its load: the lowest is the worse.
    racks = np.asarray(study.table("rack")["power_factor"], dtype=float)
    worse = np.nanmin(np.concatenate([racks, study(gear_power_factor), [1.0]]))
    factor[curved] = np.where(np.isnan(own[curved]), worse, own[curved])
    losing = np.flatnonzero(fixed > 0)
    more = bool(len(curved) or len(losing) or (per_kva > 0).any() or (per_kvar > 0).any())
    return LossBounds(efficiency, per_kva, per_kvar, losing, fixed[losing], factor[losing], more)


def plain_bounds(study: Study) -> LossBounds:
    """One efficiency per element, and no more: for currents."""
    efficiency = given_efficiency(study)
    none, no_losses = np.empty(0, dtype=np.int64), np.zeros(len(efficiency))
    return LossBounds(
        efficiency, no_losses, no_losses, none, np.empty(0), np.empty(0), says_more=False
    )


def _reach(study: Study) -> FloatArray:
    """(P,) most that each element may carry in any state, over its rating; at least 1.

    In kW of what converts and states kW, else in kVA; a transformer as the code profile or the
    owner lets it be loaded.
    """
    known, out = study(feeders), np.ones(len(study.arrays.topology.power.parent))
    kw, kva = column(study, "rating_kw"), column(study, "rating_kva")
    first = study.site.first["transformer"] - study.arrays.topology.power.first
    mine = slice(first, first + len(study.table("transformer")))
    kw[mine] = np.nan
    own = np.isnan(kw)
    most = np.where(
        own, np.fmax(known.limit_kva, known.after_kva), np.fmax(known.limit_kw, known.after_kw)
    )
    most[mine] *= limit(study, "transformer_load").value
    out[: len(most)] = np.fmax(most / np.where(own, kva, kw), 1.0)
    return out


def line_above(curve: FloatArray, reach: float = 1.0) -> tuple[float, float]:
    """Losses at no load, and per load, of a line above losses told at `LOADS`; all over rating.

    Below the lowest load that is told losses stay what they are there; above the highest the
    efficiency stays. The line holds up to `reach`.

    Examples
    --------
    >>> eta = np.array([0.92, 0.95, 0.96, 0.955])
    >>> [round(x, 4) for x in line_above(LOADS * (1 / eta - 1))]
    [0.0217, 0.0254]
    >>> [round(x, 4) for x in line_above(LOADS * (1 / eta - 1), 1.2)]
    [0.0217, 0.029]
    """
    known = np.flatnonzero(~np.isnan(curve))
    at, lost = LOADS[known], curve[known]
    if at[-1] < reach:
        at, lost = np.append(at, reach), np.append(lost, reach * lost[-1] / at[-1])
    return float(lost[0]), max(float(((lost - lost[0]) / at).max()), 0.0)


def given_efficiency(study: Study) -> FloatArray:
    """(P,) efficiency that each element states; not given counts as 1.

    Of a UPS that states several, at several loads, the least of them counts.
    """
    given = {k: np.asarray(study.table(k)["efficiency"], dtype=float) for k in (*FEEDERS, "tap")}
    for part in (25, 50, 75):
        at_part = np.asarray(study.table("ups")[f"efficiency_{part}"], dtype=float)
        given["ups"] = np.fmin(given["ups"], at_part)
    whips = np.ones(len(study.table("whip")))
    return np.asarray(np.nan_to_num(np.concatenate([*given.values(), whips]), nan=1.0))


def _lowest_voltage(size: FloatArray) -> FloatArray:
    """Voltage behind an impedance at its rating, whatever the power factor: v (v - v0) = z.

    Examples
    --------
    >>> _lowest_voltage(np.array([0.0, 0.06])).round(3)
    array([1.   , 0.936])
    """
    return np.asarray((1.0 + np.sqrt(1.0 - 4.0 * np.minimum(size, _NO_VOLTAGE))) / 2.0)
