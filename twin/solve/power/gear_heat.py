"""Heat of power gear in the halls where it stands, as a sum over the loads that it feeds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from twin.site.table import FloatArray, IntArray
from twin.solve.load import gear_load, gear_power_factor
from twin.solve.power.loss_bounds import loss_bounds
from twin.solve.power.network import halls_of
from twin.solve.power.parallel import blamed
from twin.solve.power.shares import lossy_shares
from twin.solve.study import Study


@dataclass(frozen=True)
class GearHeat:
    """Heat of the power gear of halls; rows (hall, rack), and what does not depend on racks.

    Attributes
    ----------
    hall, rack
        (H,) rows, by hall.
    healthy, most
        (H,) heat in the hall per kW of the rack: with nothing lost, and the most in any state.
    fixed_kw, fixed_most_kw
        (halls,) heat of losses at no load and of what cooling gear draws through gear in the hall,
        with nothing lost and the most in any state; draws that nobody knows are left out.
    no_z, no_rating
        (halls,) row of a transformer for lack of whose `z_pct`, or rating, nobody knows what gear
        in the hall carries; -1 none. What goes with that is NaN above.
    """

    hall: IntArray
    rack: IntArray
    healthy: FloatArray
    most: FloatArray
    fixed_kw: FloatArray
    fixed_most_kw: FloatArray
    no_z: IntArray
    no_rating: IntArray


def gear_heat(study: Study) -> GearHeat:
    """Turn the losses of the sums into heat where the gear stands; no load flow is needed.

    Losses are those of `loss_bounds`, so never less than the load flow tells; of a converter or a
    transformer with an efficiency 1/eta - 1 per kW of output. Worked number: a UPS of 0.96 and a
    busway of 0.995 in one hall turn 41.9 + 5.0 kW into heat for 1,000 kW of racks.
    """
    share, bounds, hall = study(lossy_shares), study(loss_bounds), halls_of(study)
    racks, halls = len(study.table("rack")), len(study.table("hall"))
    loses = (bounds.efficiency < 1.0) | (bounds.per_kva > 0)
    at = np.flatnonzero((loses & (hall >= 0))[share.element])
    load, node = share.load[at], share.element[at]
    factor = np.concatenate(
        [
            np.asarray(study.table("rack")["power_factor"], dtype=float),
            study(gear_power_factor),
            bounds.power_factor,
        ]
    )
    bare = share.bare_full[at]
    kva = np.where(bare == 0.0, 0.0, bare / factor[load]) + share.kva_full[at]
    copper = bounds.per_kva[node] * kva
    rest = share.full[at] * (1.0 / bounds.efficiency[node] - 1.0)
    heat = np.where(bounds.per_kva[node] > 0.0, np.where(rest > copper, rest, copper), rest)
    key = hall[node] * len(factor) + load
    rows, healthy, most = _by_state(key, share.case[at], heat)
    hall_of, load_of = rows // max(len(factor), 1), rows % max(len(factor), 1)
    own = load_of < racks
    drawn = np.nan_to_num(np.concatenate([np.zeros(racks), study(gear_load), bounds.fixed_kw]))
    mine = hall[bounds.node] >= 0
    fixed = np.bincount(hall[bounds.node][mine], bounds.fixed_kw[mine], minlength=halls)

    def others(part: FloatArray) -> FloatArray:
        amount = (part * drawn[load_of])[~own]
        return np.asarray(fixed + np.bincount(hall_of[~own], amount, minlength=halls))

    return GearHeat(
        hall_of[own], load_of[own], healthy[own], most[own], others(healthy), others(most),
        *_unshared(study, node[np.isnan(share.full[at])], hall),
    )  # fmt: skip


def _unshared(study: Study, node: IntArray, hall: IntArray) -> Iterator[IntArray]:
    """Per hall, transformers for lack of whose impedance or rating shares of nodes lack."""
    for told in study(blamed):
        out = np.full(len(study.table("hall")), -1, dtype=np.int64)
        mine = node[node < len(told)]
        mine = mine[told[mine] >= 0]
        out[hall[mine]] = told[mine]
        yield out


def _by_state(
    key: IntArray, case: IntArray, heat: FloatArray
) -> tuple[IntArray, FloatArray, FloatArray]:
    """Add up entries of each key: those of case 0, and with what moves in the worst other case."""
    rows, at = np.unique(key, return_inverse=True)
    still = case == 0
    healthy = np.bincount(at[still], heat[still], minlength=len(rows)).astype(float)
    states, state = np.unique(np.stack([at[~still], case[~still]]), axis=1, return_inverse=True)
    moved = np.bincount(state.ravel(), heat[~still], minlength=states.shape[1])
    more = np.zeros(len(rows))
    with np.errstate(invalid="ignore"):
        np.maximum.at(more, states[0], moved)
    return rows, healthy, healthy + more
