"""What the power chain turns into heat: per element, per hall, and from source to rack."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.site.table import BoolArray, FloatArray
from twin.solve.flow import flow
from twin.solve.network import halls_of, network
from twin.solve.study import Study


@dataclass(frozen=True)
class ChainLosses:
    """Losses with nothing lost; columns over power nodes, (P,), NaN where not solved.

    Attributes
    ----------
    in_kw, out_kw, lost_kw
        What each element takes, delivers and turns into heat.
    silent
        Transformers, UPS and rectifiers that live and say nothing of their losses: 0 stands for
        what they lose.
    heat_of_power_gear
        (halls,) heat that arises in each hall, kW; elements that name no hall give it to none.
    elsewhere_kw
        Heat of elements that name no hall.
    """

    in_kw: FloatArray
    out_kw: FloatArray
    lost_kw: FloatArray
    silent: BoolArray
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
    return ChainLosses(
        in_kw=solved.in_kw, out_kw=solved.out_kw, lost_kw=lost, silent=_silent(study),
        heat_of_power_gear=heat, elsewhere_kw=float(lost[known & (hall < 0)].sum()),
    )  # fmt: skip


def _silent(study: Study) -> BoolArray:
    """(P,) living gear that loses something and says nothing of it."""
    net, solved = study(network), study(flow)
    first = study.arrays.topology.power.first
    start = study.site.first["transformer"] - first
    rows = np.arange(start, start + len(study.table("transformer")))
    out = np.zeros(len(net.says), dtype=bool)
    told = ~np.isnan(np.asarray(study.table("transformer")["efficiency"], dtype=float))
    out[rows] = ~told & ~net.says[rows]
    out |= net.converts & np.isnan(net.curve).all(axis=1)
    return out & ~solved.state.dead
