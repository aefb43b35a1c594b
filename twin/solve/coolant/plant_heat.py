"""Heat that each plant takes, healthy and in each case that moves heat to it.

A CDU that is lost leaves its heat to the others of its loop, and those may stand on another plant.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.coolant.coupled import loop_flows
from twin.solve.coolant.flow import LoopFlow
from twin.solve.coolant.laned import alike_rows
from twin.solve.coolant.plants import (
    Group,
    halls_by_rating,
    loops_by_rating,
    members,
    plants_of_cdus,
)
from twin.solve.coolant.racks import rack_loops
from twin.solve.load import liquid_heat
from twin.solve.losses.cases import cases
from twin.solve.losses.sorts import UNIT
from twin.solve.study import Study

_MORE = 1e-9
"""Of a share: what differs by less is the same."""


_On = tuple[Group, int]
"""A group, and the place of a plant among those that its units stand on."""


@dataclass(frozen=True, slots=True)
class PlantHeat:
    """Rows (plant, case), each plant's healthy row first, and heat of racks in them; E entries.

    Attributes
    ----------
    plant, case
        (R,) row of the plant; case, 0 healthy.
    pumps_kw
        (R,) heat of the pumps of solved loops, as far as their efficiency is known.
    counts
        (R,) whether the caps that a row rests on count.
    lacking, stuck
        (R,) a CDU whose heat is not known, and a loop that did not converge: -1 none.
    rack, row, kw
        (E,) rack, row, heat; NaN not known.
    """

    plant: IntArray
    case: IntArray
    pumps_kw: FloatArray
    counts: BoolArray
    lacking: IntArray
    stuck: IntArray
    rack: IntArray
    row: IntArray
    kw: FloatArray


def plant_heat(study: Study) -> PlantHeat:
    """Heat of racks and pumps by plant: of the cases in which a plant takes the same, the first.

    A solved loop sends to each plant what its CDUs there take in each of its states. Racks of other
    loops, and those in air, are split by the ratings of the units that live; units of which no
    rating is known count alike; units without a plant take their part nowhere. Cases that send a
    plant no more from any rack than the healthy state does are told where one of its own units is
    out in them, and no others.
    """
    groups = [*_loops(study), *halls_by_rating(study)]
    on: dict[int, list[_On]] = {}
    for group in groups:
        for k, plant in enumerate(group.plants.tolist()):
            on.setdefault(plant, []).append((group, k))
    parts = [_of_plant(study, on.get(p, []), p, out) for p, out in enumerate(_units_out(study))]
    parts = [part for part in parts if len(part.plant)]
    if not parts:
        none, some = np.empty(0, dtype=np.int64), np.empty(0)
        return PlantHeat(none, none, some, some > 0, none, none, none, none, some)
    first = np.cumsum([0, *(len(part.plant) for part in parts[:-1])])
    return PlantHeat(
        **{
            name: np.concatenate([getattr(part, name) for part in parts])
            for name in PlantHeat.__slots__
            if name != "row"
        },
        row=np.concatenate([p.row + n for p, n in zip(parts, first.tolist(), strict=True)]),
    )


def unit_out(study: Study, heat: PlantHeat) -> BoolArray:
    """(R,) whether one of a plant's own units is out in a row's case."""
    table = study(cases)
    own = heat.plant + study.site.first["plant"]
    out: BoolArray = (table.sort[heat.case] == UNIT) & (table.origin[heat.case] == own)
    return out


def _units_out(study: Study) -> list[IntArray]:
    """Cases in which a chiller or dry cooler of each plant is out."""
    table = study(cases)
    row = np.where(table.sort == UNIT, study.site.rows_of("plant", table.origin), -1)
    mine, none = members(row), np.empty(0, dtype=np.int64)
    return [mine.get(plant, none) for plant in range(len(study.table("plant")))]


def _of_plant(study: Study, mine: Sequence[_On], plant: int, units_out: IntArray) -> PlantHeat:
    """Put the groups with units on a plant together, in each case that differs for one of them."""
    keys = [g.of_case for g, _ in mine if len(g.share) > 1]
    case = np.concatenate([[0], units_out])
    if keys:
        some = np.unique(np.concatenate([[0], *(key.differing for key in keys)])).astype(np.int64)
        first = some[alike_rows(np.stack([key[some] for key in keys], axis=1))[0]]
        case = np.concatenate([first, np.setdiff1d(units_out, first)])
    states = [g.of_case[case] for g, _ in mine]
    sure = study(cases).counts[case]
    keep = np.where(sure, study(cases).keep[case], 1.0)
    shares = [
        g.share[state, k] * (1.0 if g.capped else keep)
        for (g, k), state in zip(mine, states, strict=True)
    ]
    told = np.isin(case, [0, *units_out])
    for share in shares:
        told |= ~(share <= share[0] * (1.0 + _MORE))
    case, shares = case[told] if mine else case[:0], [share[told] for share in shares]
    sure = sure[told] if mine else sure[:0]
    states, rows = [state[told] for state in states], len(case)
    pumps, counts = np.zeros(rows), np.ones(rows, dtype=bool)
    lacking, stuck = np.full(rows, -1), np.full(rows, -1)
    racks, at, kw = [np.empty(0, dtype=np.int64)], [np.empty(0, dtype=np.int64)], [np.empty(0)]
    for (g, k), state, share in zip(mine, states, shares, strict=True):
        pumps += g.pumps_kw[state, k]
        counts &= g.counts[state] & (g.capped | sure)
        lacking = np.where(lacking < 0, g.lacking[state], lacking)
        stuck = np.where(stuck < 0, g.stuck[state], stuck)
        racks.append(np.tile(g.rack, rows))
        at.append(np.repeat(np.arange(rows), len(g.rack)))
        kw.append(np.outer(share, g.kw).ravel())
    return PlantHeat(
        np.full(rows, plant), case, pumps, counts, lacking, stuck,
        np.concatenate(racks), np.concatenate(at), np.concatenate(kw),
    )  # fmt: skip


# ------------------------------------------------------------------------------------- groups


def _loops(study: Study) -> list[Group]:
    """Racks behind the CDUs of each loop: of solved ones as solved, of others by ratings."""
    heat, on = study(liquid_heat), study(rack_loops)
    plant = plants_of_cdus(study)
    flows = {flow.circuit.row: flow for flow in study(loop_flows).flows}
    racks = members(np.where(study.here & (heat != 0), on, -1))
    none = np.empty(0, dtype=np.int64)
    solved = [_solved(flow, plant, racks.get(row, none), heat) for row, flow in flows.items()]
    return [*solved, *loops_by_rating(study, np.where(np.isin(on, list(flows)), -1, on))]


def _solved(flow: LoopFlow, plant: IntArray, racks: IntArray, heat: FloatArray) -> Group:
    """Racks of a solved loop: their heat goes where its CDUs' heat goes in each lane."""
    lanes = flow.lanes
    of_unit = plant[flow.units]
    plants = np.unique(of_unit[of_unit >= 0])
    onto = of_unit[:, None] == plants
    stuck = np.where(flow.moved.converged, -1, flow.circuit.row)
    takes = np.where(flow.unit_lpm > 0, flow.warmth.heat_kw, 0.0)
    dry = ~(flow.rack_lpm > 0)
    carried = lanes.keep * np.where(dry, 0.0, flow.racks.heat_kw).sum(axis=1)
    pumps = np.fmax(takes.sum(axis=1) - carried, 0.0)
    unknown = np.isnan(takes) & flow.moved.converged[:, None]
    lacking = np.where(unknown.any(axis=1), flow.units[unknown.argmax(axis=1)], -1)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = (takes / takes.sum(axis=1, keepdims=True)) @ onto
    share = np.where((takes == 0).all(axis=1)[:, None], 0.0, share)
    if len(np.unique(of_unit)) == 1:  # wherever it goes, it goes there
        share = np.ones(share.shape)
        lacking, stuck = np.full(len(lacking), -1), np.full(len(stuck), -1)
    return Group(
        rack=racks, kw=heat[racks], of_case=lanes.of_case, plants=plants,
        share=share * lanes.keep[:, None], pumps_kw=np.nan_to_num(share * pumps[:, None]),
        counts=lanes.counts, lacking=lacking, stuck=stuck, capped=True,
    )  # fmt: skip
