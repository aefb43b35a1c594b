"""Which plant takes the heat of which rack by ratings: of its loop's CDUs, its hall's air units."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.coolant.air import heat_to_hall, rack_halls
from twin.solve.coolant.lane_of_case import LaneOfCase
from twin.solve.coolant.laned import alike_rows
from twin.solve.coolant.racks import air_side, rack_loops
from twin.solve.load import liquid_heat
from twin.solve.losses.cases import cases
from twin.solve.power.living import units_left
from twin.solve.study import Study


@dataclass(frozen=True, slots=True)
class Parts:
    """Heat of racks by plant: n entries.

    Attributes
    ----------
    rack, plant
        (n,) rows.
    kw
        (n,) heat, NaN not known.
    """

    rack: IntArray
    plant: IntArray
    kw: FloatArray


@dataclass(frozen=True, slots=True)
class Group:
    """Racks behind the same units, in S states of these.

    Attributes
    ----------
    rack, kw
        (r,) racks here, and their heat.
    of_case
        (C,) state of each case; the first is healthy.
    plants, share
        (p,) plants of its units; (S, p) part of the racks' heat that goes to each, NaN not known.
    pumps_kw
        (S, p) heat of pumps.
    counts
        (S,) whether a cap counts.
    lacking, stuck
        (S,) a CDU whose heat is not known, and a loop that did not converge: -1 none.
    capped
        Whether shares are those of racks as they are capped in each state; else of all their heat.
    """

    rack: IntArray
    kw: FloatArray
    of_case: LaneOfCase
    plants: IntArray
    share: FloatArray
    pumps_kw: FloatArray
    counts: BoolArray
    lacking: IntArray
    stuck: IntArray
    capped: bool = False


def plant_parts(study: Study) -> Parts:
    """Split the heat of every rack among plants while nothing is lost, by ratings alone.

    Units of which no rating is known count alike; units without a plant take their part nowhere.
    """
    groups = [*loops_by_rating(study, study(rack_loops)), *halls_by_rating(study)]
    none = np.empty(0, dtype=np.int64)
    return Parts(
        np.concatenate([none, *(np.tile(g.rack, len(g.plants)) for g in groups)]),
        np.concatenate([none, *(np.repeat(g.plants, len(g.rack)) for g in groups)]),
        np.concatenate([np.empty(0), *(np.outer(g.share[0], g.kw).ravel() for g in groups)]),
    )


def plants_of_cdus(study: Study) -> IntArray:
    """(cdus,) plant that takes the heat of each, -1 none: it goes to the air of its hall."""
    plant = study.site.rows_of("plant", study.table("cdu")["plant"])
    return np.where(study(air_side), -1, plant)


def loops_by_rating(study: Study, loop: IntArray) -> list[Group]:
    """Racks behind the CDUs of each loop, by the ratings of these.

    Parameters
    ----------
    loop
        (racks,) loop of each rack, -1 none.
    """
    cdus = study.table("cdu")
    group, rating = (
        study.site.rows_of("loop", cdus["loop"]),
        np.asarray(cdus["heat_kw"], dtype=float),
    )
    return _rated(study, "cdu", (loop, study(liquid_heat)), (group, plants_of_cdus(study), rating))


def halls_by_rating(study: Study) -> list[Group]:
    """Racks behind the air units of each hall, by the ratings of these."""
    site, units = study.site, study.table("air_unit")
    plant, group = (site.rows_of(kind, units[kind]) for kind in ("plant", "hall"))
    rating = np.asarray(units["heat_kw"], dtype=float)
    racks = study(rack_halls), study(heat_to_hall)
    return _rated(study, "air_unit", racks, (group, plant, rating))


def _rated(
    study: Study,
    kind: str,
    racks: tuple[IntArray, FloatArray],
    units: tuple[IntArray, IntArray, FloatArray],
) -> list[Group]:
    """Racks in groups of units that share their heat by ratings, as far as they live.

    Parameters
    ----------
    racks
        (racks,) group of each rack, and its heat.
    units
        (units,) group, plant and rating of each unit.
    """
    (group_of, heat), (group, plant, rating) = racks, units
    case, unit, left = units_left(study, kind)
    out: list[Group] = []
    behind = members(group)
    for g, rack in members(np.where(study.here & (heat != 0), group_of, -1)).items():
        mine = behind.get(g, np.empty(0, dtype=np.int64))
        plants = np.unique(plant[mine][plant[mine] >= 0])
        if not len(plants):
            continue
        weight = rating[mine]
        weight = np.ones(len(mine)) if np.isnan(weight).any() else weight
        none = np.empty(0, dtype=np.int64)
        lives, of_case = np.ones((1, len(mine))), LaneOfCase(len(study(cases)), 0, none, none)
        if len(np.unique(plant[mine])) > 1:
            hit = np.isin(unit, mine)
            some = np.unique(np.append(case[hit], 0))
            states = np.ones((len(some) + 1, len(mine)))  # the last one of all other cases
            states[np.searchsorted(some, case[hit]), np.searchsorted(mine, unit[hit])] = left[hit]
            first, lane = alike_rows(states)
            lives = states[first]
            of_case = LaneOfCase(len(study(cases)), int(lane[-1]), some, lane[:-1])
        each = lives * weight
        with np.errstate(divide="ignore", invalid="ignore"):
            share = (each / each.sum(axis=1, keepdims=True)) @ (plant[mine][:, None] == plants)
        share = np.where((each == 0).all(axis=1)[:, None], 0.0, share)
        none = np.full(len(each), -1)
        out.append(Group(
            rack=rack, kw=heat[rack], of_case=of_case, plants=plants, share=share,
            pumps_kw=np.zeros(share.shape), counts=np.ones(len(each), dtype=bool),
            lacking=none, stuck=none,
        ))  # fmt: skip
    return out


def members(group: IntArray) -> dict[int, IntArray]:
    """Rows of each group, -1 none."""
    order = np.argsort(group, kind="stable")
    order = order[group[order] >= 0]
    names, first = np.unique(group[order], return_index=True)
    return dict(zip(names.tolist(), np.split(order, first[1:]), strict=True)) if len(names) else {}
