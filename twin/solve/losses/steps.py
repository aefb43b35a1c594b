"""Steps of load that generators get at once after a loss."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.site.table import FloatArray, IntArray
from twin.solve.losses.devices import loads_kw
from twin.solve.losses.gaps import feeder_gaps
from twin.solve.losses.instants import figures_of, kw_of
from twin.solve.power.loss_bounds import given_efficiency
from twin.solve.power.overloads import together
from twin.solve.power.shares import shares
from twin.solve.study import Study


@dataclass(frozen=True)
class Steps:
    """Load that comes onto generators in cases, (n,).

    Attributes
    ----------
    row, case
        Row of the table of sources, and case.
    kw
        Most that comes at once: all of it, or the largest stage in which it is given back.
    full_s
        Time from the first stage to the last, 0 where all comes at once; NaN not known.
    """

    row: IntArray
    case: IntArray
    kw: FloatArray
    full_s: FloatArray


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
    kept = more - soft > 1e-9
    row, at_once = node[kept] - first, (more - soft)[kept]
    largest, interval = (
        np.asarray(study.table("source")[name], dtype=float)[row]
        for name in ("stage_kw", "stage_s")
    )
    return Steps(
        row, case[kept], np.fmin(at_once, largest), full_load_s(at_once, largest, interval)
    )


def last_stage_s(study: Study, row: IntArray, case: IntArray) -> FloatArray:
    """(n,) time to the last stage of load of generators, by row, in cases; 0 where none waits."""
    found = study(steps)
    key, wanted = (found.case << 32) + found.row, (case << 32) + row
    order = np.argsort(key)
    at = np.searchsorted(key[order], wanted)
    hit = (np.append(key[order], -1)[at] == wanted) & (row >= 0)
    return np.where(hit, np.append(found.full_s[order], 0.0)[at], 0.0)


def full_load_s(load_kw: FloatArray, stage_kw: FloatArray, stage_s: FloatArray) -> FloatArray:
    """Return the time from the first stage of a load to its last, s; stages as large as allowed.

    Stages n = ceil(P / P_stage), and T = (n - 1) t. Nothing states a stage: all comes at once.

    Examples
    --------
    528 kW in stages of 150 kW every 10 s are four: 150, 300, 450 and 528 kW, the last after 30 s.

    >>> full_load_s(np.array([528.0, 528.0]), np.array([150.0, np.nan]), np.array([10.0, 10.0]))
    array([30.,  0.])
    """
    stages = np.ceil(load_kw / stage_kw - 1e-9)
    more = np.where(np.isnan(stage_kw), 0.0, np.maximum(stages - 1.0, 0.0))
    return np.asarray(np.where(more == 0.0, 0.0, more * stage_s))


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
