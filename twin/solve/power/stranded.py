"""Capacity of sources and UPS that no rack uses, split by what keeps it: losses, or no place."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.losses.switching import grid
from twin.solve.power.loading import UNITS, Loading, policy_loading
from twin.solve.study import Study

KINDS = ("source", "ups", "rectifier")


@dataclass(frozen=True)
class Stranded:
    """Capacity of each element, (n,), in the first unit in which it is rated.

    usable = placed + reserve + without_place + open; `open` below 0 is what is placed too much.

    Attributes
    ----------
    subject, unit
        Subject number, place in `UNITS`.
    usable, placed
        Limit, and load with nothing lost.
    reserve
        Kept free for what the losses of the policy move on to it, or take from its limit.
    without_place
        Left after that where no empty position hangs on the element.
    open
        The rest: room for racks, as far as this element goes.
    """

    subject: IntArray
    unit: IntArray
    usable: FloatArray
    placed: FloatArray
    reserve: FloatArray
    without_place: FloatArray
    open: FloatArray


def stranded(study: Study) -> Stranded:
    """Split the capacity of sources, UPS and central rectifiers.

    Worked number: of two sides of 1,500 kW under 1,400 kW of dual-corded load each carries 700 kW,
    keeps 700 kW for the other side's loss and has 100 kW left.
    """
    loads = study(policy_loading)
    kinds = np.array([_is_of(study, loads.subject, k) for k in KINDS]).any(axis=0)
    mine = np.flatnonzero(kinds & ~np.isnan(loads.limit) & ~loads.at_least)
    healthy = mine[loads.case[mine] == 0]
    order = np.lexsort((loads.unit[healthy], loads.subject[healthy]))
    healthy = healthy[order]
    subject = loads.subject[healthy]
    healthy = healthy[np.append(True, subject[1:] != subject[:-1])[: len(subject)]]
    free = _least_free(loads, mine, healthy)
    usable, placed = loads.limit[healthy], loads.demand[healthy]
    left = np.maximum(free, 0.0)
    place = _has_place(study)[loads.subject[healthy] - study.arrays.topology.power.first]
    return Stranded(
        subject=loads.subject[healthy],
        unit=loads.unit[healthy],
        usable=usable,
        placed=placed,
        reserve=usable - placed - free,
        without_place=np.where(place, 0.0, left),
        open=np.where(place | (free < 0), free, 0.0),
    )


def unit_word(number: int) -> str:
    """Return the unit of a place in `UNITS`."""
    return UNITS[number]


def _is_of(study: Study, subject: IntArray, kind: str) -> BoolArray:
    return np.asarray(study.site.rows_of(kind, subject) >= 0)


def _least_free(loads: Loading, mine: IntArray, healthy: IntArray) -> FloatArray:
    """Least of limit less load of each element over all cases, in the unit of its healthy row."""
    key = loads.subject * len(UNITS) + loads.unit
    place = {k: i for i, k in enumerate(key[healthy].tolist())}
    at = np.array([place.get(k, -1) for k in key[mine].tolist()], dtype=np.int64)
    out = np.full(len(healthy), np.inf)
    has = at >= 0
    np.minimum.at(out, at[has], (loads.limit - loads.demand)[mine[has]])
    return out


def _has_place(study: Study) -> BoolArray:
    """(P,) power nodes on which an empty position hangs now."""
    site, topology, parent = study.site, study.arrays.topology.power, study(grid).parent
    taken = np.zeros(len(site.tables["position"]) + 1, dtype=bool)
    taken[site.rows_of("position", study.table("rack")["position"])[study.here]] = True
    row = site.rows_of("position", study.table("tap")["position"])
    empty = (row >= 0) & ~taken[row]
    at = np.flatnonzero(empty) + site.first["tap"] - topology.first
    out = np.zeros(len(topology.parent), dtype=bool)
    while len(at):
        out[at] = True
        for g in np.unique(topology.group[at[at < topology.feeders]]).tolist():
            if g >= 0:
                more = topology.members[topology.group_ptr[g] : topology.group_ptr[g + 1]]
                at = np.concatenate([at, more[~out[more]]])
                out[more] = True
        up = parent[at]
        at = np.unique(up[up >= 0])
        at = at[~out[at]]
    return out
