"""Heat of power gear in the halls where it stands, as a sum over the loads that it feeds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from twin.site.table import FloatArray, IntArray
from twin.solve.load import gear_load, gear_power_factor
from twin.solve.losses.cases import cases
from twin.solve.losses.devices import loads_kw
from twin.solve.losses.switching import grid
from twin.solve.power.loss_bounds import loss_bounds
from twin.solve.power.network import halls_of
from twin.solve.power.parallel import blamed
from twin.solve.power.shares import Shares, lossy_shares
from twin.solve.study import Study

_GROWS = 1.0 + 1e-9


@dataclass(frozen=True)
class GearHeat:
    """Heat of the power gear of halls; rows (hall, rack), and what does not depend on racks.

    Cases are told together by the share of their load that racks keep in them.

    Attributes
    ----------
    hall, rack
        (H,) rows, by hall.
    healthy
        (H,) heat in the hall per kW of the rack with nothing lost.
    keep
        (K,) shares of the load that racks keep in cases, ascending; NaN, the last, where a cap is
        in doubt.
    most
        (K, H) the most heat per kW of the rack, without its caps, in any case of each share.
    fixed_kw, fixed_most_kw
        (halls,) and (K, halls) heat of losses at no load and of what cooling gear draws through
        gear in the hall, with nothing lost and the most; draws that nobody knows are left out.
    grows
        (K, halls) case of each share in which the heat is more than with nothing lost, -1 none.
    no_z, no_rating
        (halls,) row of a transformer for lack of whose `z_pct`, or rating, nobody knows what gear
        in the hall carries; -1 none. What goes with that is NaN above.
    """

    hall: IntArray
    rack: IntArray
    healthy: FloatArray
    keep: FloatArray
    most: FloatArray
    fixed_kw: FloatArray
    fixed_most_kw: FloatArray
    grows: IntArray
    no_z: IntArray
    no_rating: IntArray

    def kept(self, share: FloatArray) -> IntArray:
        """(n,) place in `keep` of shares; that of one that no case keeps is its end."""
        known = self.keep[~np.isnan(self.keep)]
        place = np.searchsorted(known, share)
        there = np.append(known, np.inf)[place] == share
        return np.where(np.isnan(share) | there, place, len(self.keep))


def gear_heat(study: Study) -> GearHeat:
    """Turn the losses of the sums into heat where the gear stands; no load flow is needed.

    Losses are those of `loss_bounds`, so never less than the load flow tells; of a converter or a
    transformer with an efficiency 1/eta - 1 per kW of output. What is dead in a case gives none.
    Worked number: a UPS of 0.96 and a busway of 0.995 in one hall turn 41.9 + 5.0 kW into heat for
    1,000 kW of racks; of two such sides in it, each with half of the load, the other one gives as
    much alone once one is lost.
    """
    share, bounds, hall = study(lossy_shares), study(loss_bounds), halls_of(study)
    racks, halls = len(study.table("rack")), len(study.table("hall"))
    node, load, case, heat = _entries(study, share, hall)
    loads = racks + len(study(gear_load)) + len(bounds.node)
    width = max(loads, 1)
    states = _states(hall[node] * width + load, case, heat)
    hall_of, load_of = states.key // width, states.key % width
    kept = np.where(study(cases).counts, study(cases).keep, np.nan)
    keep, which = np.unique(kept[1:], return_inverse=True)
    most = np.tile(states.healthy, (len(keep), 1))
    own = load_of < racks
    # A rack that no case of its share touches keeps that share all the same.
    most[:, own] *= np.where(np.isnan(keep), 1.0, keep)[:, None]
    with np.errstate(invalid="ignore"):
        np.maximum.at(most, (which[states.case - 1], states.row), states.now)
    drawn = np.nan_to_num(np.concatenate([np.zeros(racks), study(gear_load), bounds.fixed_kw]))
    lives = ~study(grid).dead[bounds.node] & (hall[bounds.node] >= 0)
    fixed = np.bincount(hall[bounds.node][lives], bounds.fixed_kw[lives], minlength=halls)

    def others(part: FloatArray) -> FloatArray:
        amount = (part * drawn[load_of])[~own]
        return np.asarray(fixed + np.bincount(hall_of[~own], amount, minlength=halls))

    return GearHeat(
        hall_of[own], load_of[own], states.healthy[own], keep, most[:, own],
        others(states.healthy), np.array([others(m) for m in most]).reshape(len(keep), halls),
        _grows(study, states, hall_of, load_of, which, (len(keep), halls)),
        *_unshared(study, node[np.isnan(heat)], hall),
    )  # fmt: skip


def _entries(
    study: Study, share: Shares, hall: IntArray
) -> tuple[IntArray, IntArray, IntArray, FloatArray]:
    """Node, load, case and heat per kW of what each load loses in gear of halls.

    In a case: what moved there, and with the other sign what dead gear gave with nothing lost.
    """
    bounds = study(loss_bounds)
    loses = ((bounds.efficiency < 1.0) | (bounds.per_kva > 0)) & (hall >= 0)
    at = np.flatnonzero(loses[share.element])
    load, node, case = share.load[at], share.element[at], share.case[at]
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
    still = np.flatnonzero(case == 0)
    still = still[np.argsort(node[still], kind="stable")]
    fallen = study(cases).fallen
    gone = np.flatnonzero(loses[fallen.dead])
    low, high = (np.searchsorted(node[still], fallen.dead[gone], side=s) for s in ("left", "right"))
    count = high - low
    lost = np.repeat(np.repeat(np.arange(len(fallen.ptr) - 1), np.diff(fallen.ptr))[gone], count)
    was = still[np.arange(int(count.sum())) + np.repeat(low - np.cumsum(count) + count, count)]
    return (
        np.concatenate([node, node[was]]), np.concatenate([load, load[was]]),
        np.concatenate([case, lost]), np.concatenate([heat, -heat[was]]),
    )  # fmt: skip


@dataclass(frozen=True)
class _States:
    """(R,) keys and their healthy heat; (S,) row, case and heat of each where a case changes it."""

    key: IntArray
    healthy: FloatArray
    row: IntArray
    case: IntArray
    now: FloatArray


def _states(key: IntArray, case: IntArray, heat: FloatArray) -> _States:
    """Add up entries of each key: those of case 0, and with what moves in each other case."""
    keys, at = np.unique(key, return_inverse=True)
    still = case == 0
    healthy = np.bincount(at[still], heat[still], minlength=len(keys)).astype(float)
    states, state = np.unique(np.stack([at[~still], case[~still]]), axis=1, return_inverse=True)
    moved = np.bincount(state.ravel(), heat[~still], minlength=states.shape[1])
    return _States(keys, healthy, states[0], states[1], healthy[states[0]] + moved)


def _grows(
    study: Study, states: _States, hall: IntArray, load: IntArray, which: IntArray,
    shape: tuple[int, int],
) -> IntArray:  # fmt: skip
    """(K, halls) of the cases in which a load gives more heat the one with the most, -1 none."""
    out = np.full(shape, -1, dtype=np.int64)
    more = states.now > states.healthy[states.row] * _GROWS
    pairs, pair = np.unique(np.stack([hall[states.row], states.case]), axis=1, return_inverse=True)
    kw = np.concatenate([loads_kw(study), study(loss_bounds).fixed_kw])
    change = np.nan_to_num(states.now - states.healthy[states.row]) * kw[load[states.row]]
    size = pairs.shape[1]
    grown = np.bincount(pair.ravel(), change, minlength=size)
    some = np.bincount(pair.ravel(), more, minlength=size) > 0
    for p in np.lexsort((-pairs[1], grown)).tolist():
        if some[p]:
            out[which[pairs[1][p] - 1], pairs[0][p]] = pairs[1][p]
    return out


def _unshared(study: Study, node: IntArray, hall: IntArray) -> Iterator[IntArray]:
    """Per hall, transformers for lack of whose impedance or rating shares of nodes lack."""
    for told in study(blamed):
        out = np.full(len(study.table("hall")), -1, dtype=np.int64)
        mine = node[node < len(told)]
        mine = mine[told[mine] >= 0]
        out[hall[mine]] = told[mine]
        yield out
