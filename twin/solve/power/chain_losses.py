"""What the power chain turns into heat: per element, per hall, and from source to rack."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.power.flow import PowerFlow, flow
from twin.solve.power.network import BASE_KVA, Network, halls_of, network
from twin.solve.study import Study


@dataclass(frozen=True)
class ChainLosses:
    """Losses with nothing lost; columns over power nodes, (P,), NaN where not solved.

    Attributes
    ----------
    in_kw, out_kw, lost_kw
        What each element takes, delivers and turns into heat.
    useful_kw
        What racks and gear draw of what goes through each element.
    silent
        An element below, or the element itself, that lives and loses something without a word of
        it (a transformer, UPS or rectifier); node, -1 none. Its losses count as nothing.
    heat_of_power_gear
        (halls,) heat that arises in each hall, kW; elements that name no hall give it to none.
    elsewhere_kw
        Heat of elements that name no hall.
    """

    in_kw: FloatArray
    out_kw: FloatArray
    lost_kw: FloatArray
    useful_kw: FloatArray
    silent: IntArray
    heat_of_power_gear: FloatArray
    elsewhere_kw: float


def chain_losses(study: Study) -> ChainLosses:
    """Roll up losses from racks to sources, and to the halls where they arise.

    Worked number: transformer, UPS and busway of 0.99, 0.96 and 0.995 turn 57.48 kW into heat for
    1,000 kW of racks (WE-P-070). Where impedances are told, losses follow from the currents; a
    stated efficiency counts as far as it says more than they do.
    """
    solved, hall = study(flow), halls_of(study)
    lost = solved.loss_kw
    halls = len(study.table("hall"))
    known = np.isfinite(lost)
    mine = known & (hall >= 0)
    heat = np.bincount(hall[mine], lost[mine], minlength=halls).astype(float)
    unknown = ~solved.state.dead & ~solved.converged & (hall >= 0)
    heat[hall[unknown]] = np.nan
    useful, silent = _upwards(solved, _silent(study, solved))
    return ChainLosses(
        in_kw=solved.in_kw, out_kw=solved.out_kw, lost_kw=lost,
        useful_kw=np.where(solved.converged, useful, np.nan), silent=silent,
        heat_of_power_gear=heat, elsewhere_kw=float(lost[known & (hall < 0)].sum()),
    )  # fmt: skip


def _silent(study: Study, solved: PowerFlow) -> BoolArray:
    """(P,) living gear that loses something and says nothing of it."""
    net = study(network)
    start = study.site.first["transformer"] - study.arrays.topology.power.first
    rows = np.arange(start, start + len(study.table("transformer")))
    out = np.zeros(len(net.says), dtype=bool)
    told = ~np.isnan(np.asarray(study.table("transformer")["efficiency"], dtype=float))
    out[rows] = ~told & (net.z[rows].real == 0) & (net.shunt[rows] == 0)
    out |= _mute(net)
    return out & ~solved.state.dead


def _mute(net: Network) -> BoolArray:
    """(P,) converters of which no efficiency is stated."""
    return np.asarray(net.converts & np.isnan(net.curve).all(axis=1))


def _upwards(solved: PowerFlow, mute: BoolArray) -> tuple[FloatArray, IntArray]:
    """Add up loads, and hand up who is silent, from racks to sources; both (P,)."""
    wired, size = solved.wired, len(solved.wired.up)
    nodes = len(wired.head)
    own = wired.own.real * BASE_KVA
    said = np.full(size, -1, dtype=np.int64)
    said[:nodes][mute] = np.flatnonzero(mute)
    alone = np.isin(wired.converters, wired.member, invert=True)
    below = np.concatenate([np.flatnonzero(wired.up >= 0), wired.output[alone], wired.group])
    above = np.concatenate([wired.up[wired.up >= 0], wired.converters[alone], wired.member])
    part = np.concatenate([np.ones(len(below) - len(wired.part)), wired.part])
    total, silent = own, said
    # What hangs on nothing but loads is right after one round, what hangs on that after two.
    for _ in range(size):
        now, told = own.copy(), said.copy()
        np.add.at(now, above, total[below] * part)
        np.maximum.at(told, above, silent[below])
        done = np.array_equal(now, total, equal_nan=True) and np.array_equal(told, silent)
        total, silent = now, told
        if done:
            break
    return total[:nodes], silent[:nodes]
