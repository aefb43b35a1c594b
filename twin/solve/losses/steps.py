"""Steps of load that generators get at once after a loss."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.site.table import FloatArray, IntArray
from twin.solve.losses.devices import loads_kw
from twin.solve.losses.gaps import beside, feeder_gaps
from twin.solve.losses.instants import figures_of, kw_of
from twin.solve.power.loss_bounds import given_efficiency
from twin.solve.power.overloads import together
from twin.solve.power.shares import shares
from twin.solve.study import Study

_NOTHING = 1e-9


@dataclass(frozen=True)
class Steps:
    """Load that comes onto generators in cases, (n,).

    Attributes
    ----------
    row, case
        Row of the table of sources, and case.
    kw
        Most that comes at once: all of it, or the largest stage in which it is given back; NaN
        not known.
    stages
        Number of stages in which each alone is given its load back, 1 where all comes at once.
    """

    row: IntArray
    case: IntArray
    kw: FloatArray
    stages: FloatArray


def steps(study: Study) -> Steps:
    """Return what each generator carries more than with nothing lost, less what walks in.

    What walks in stands behind a UPS with a walk_in_s whose input was interrupted. Members of a
    parallel group share it as they share the load.
    """
    share, topology = study(shares), study.arrays.topology.power
    table = study.site.tables["source"]
    first = study.site.first["source"] - topology.first
    rows = np.flatnonzero(table["kind"] == "generator")
    mine = np.isin(share.element, rows + first) & (share.case > 0)
    pairs = np.unique(np.stack([share.case[mine], share.element[mine]], axis=1), axis=0)
    case, node = pairs[:, 0], pairs[:, 1]
    kw = loads_kw(study)
    racks = len(study.table("rack"))
    kw[:racks] = np.where(study.here, np.nan_to_num(study(together)), 0.0)
    now = kw_of(study, case, node, kw)
    more = now - kw_of(study, np.zeros_like(case), node, kw)
    soft = _walking_in(study, case, node, now, kw)
    kept = ~(more - soft <= _NOTHING)
    row, at_once = node[kept] - first, (more - soft)[kept]
    largest = np.asarray(study.table("source")["stage_kw"], dtype=float)[row]
    most = np.where(at_once > largest, largest, at_once)
    return Steps(row, case[kept], most, stages_of(at_once, largest))


def stages_of(load_kw: FloatArray, stage_kw: FloatArray) -> FloatArray:
    """Return in how many stages a load is given back: n = ceil(P / P_stage), all at once 1.

    Examples
    --------
    528 kW in stages of 150 kW are four: 150, 300, 450 and 528 kW.

    >>> stages_of(np.array([528.0, 528.0]), np.array([150.0, np.nan]))
    array([4., 1.])
    """
    stages = np.maximum(np.ceil(load_kw / stage_kw - _NOTHING), 1.0)
    return np.asarray(np.where(np.isnan(stage_kw), 1.0, stages))


def last_stage_s(study: Study, row: IntArray, case: IntArray) -> tuple[FloatArray, IntArray]:
    """Time from the first stage of load of generators to the last, T = (n - 1) t.

    Generators in parallel get their stages together, as they share the load: as many as the one
    with the smallest stage needs, one after the other as the slowest of them allows. Worked number:
    two that share 528 kW, in stages of 150 kW every 10 s and of 100 kW every 5 s, get three, 20 s.

    Parameters
    ----------
    row, case
        (n,) row of the table of sources, -1 none, and case.

    Returns
    -------
    seconds
        (n,) 0 where all comes at once, NaN not known.
    lacking
        (n,) row of a generator whose `stage_s` is missing for it, -1 none.
    """
    found = study(steps)
    first = study.site.first["source"] - study.arrays.topology.power.first
    pair, node = beside(study, np.where(row >= 0, row + first, -1), case)
    member, table = node - first, study.table("source")
    key, wanted = (found.case << 32) + found.row, (case[pair] << 32) + member
    order = np.argsort(key)
    at = np.searchsorted(key[order], wanted)
    hit = np.append(key[order], -1)[at] == wanted
    own = np.where(hit, np.append(found.stages[order], 1.0)[at], 1.0)
    interval = np.asarray(table["stage_s"], dtype=float)[member]
    stages, seconds = np.ones(len(row)), np.full(len(row), np.nan)
    np.maximum.at(stages, pair, own)
    np.fmax.at(seconds, pair, interval)
    lacking = np.full(len(row), -1, dtype=np.int64)
    silent = np.isnan(interval) & (own > 1.0)
    lacking[pair[silent]] = member[silent]
    waits = np.where(stages > 1.0, (stages - 1.0) * seconds, 0.0)
    return np.where(lacking >= 0, np.nan, waits), lacking


def _walking_in(
    study: Study, case: IntArray, node: IntArray, now: FloatArray, kw: FloatArray
) -> FloatArray:
    """(n,) kW on each generator in each case that stands behind a UPS which walks in."""
    found, topology = study(feeder_gaps), study.arrays.topology.power
    walk = np.nan_to_num(figures_of(study, "walk_in_s", ("ups",)))
    own = np.flatnonzero(
        (found.battery == found.node) & (walk[found.node] > 0) & (found.starts >= 0)
    )
    efficiency = given_efficiency(study)
    unit = found.node[own]
    part = kw_of(study, found.case[own], unit, kw) / efficiency[unit]
    # A group is named by its first member.
    lead = np.arange(topology.feeders)
    grouped = topology.group >= 0
    lead[grouped] = topology.members[topology.group_ptr[topology.group[grouped]]]
    key = (found.case[own] << 32) + lead[found.starts[own]]
    mine = (case << 32) + lead[node]
    keys, at = np.unique(np.concatenate([mine, key]), return_inverse=True)
    soft = np.bincount(at[len(mine) :], part, minlength=len(keys))
    total = np.bincount(at[: len(mine)], now, minlength=len(keys))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.nan_to_num(soft / total)[at[: len(mine)]] * now)
