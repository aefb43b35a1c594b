"""Fault current that each element may meet, as upper bounds over all positions of the switches.

Short-circuit power does not change with voltage: a transformer passes at most its rating over its
impedance in per unit, and with what lies before it at most the root of the sum of squares of both
impedances, since neither leaves the first quadrant (as in `twin.solve.power.faults.after_run_ka`).
Runs count with their reactance alone, which heat does not move. What is not known counts as nothing
in the way, so that the bound stays one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.site.table import FloatArray, IntArray
from twin.solve.power.faults import infinite_bus_ka
from twin.solve.power.feeders import TAPS, column, feeders
from twin.solve.study import Study


@dataclass(frozen=True)
class FaultBounds:
    """Upper bounds over all power nodes but whips; infinite where nothing known is in the way.

    Attributes
    ----------
    on_ka
        (P,) on the element itself, at its own voltage; NaN where that is not known.
    before_ka
        (P,) at its feed end, what the breaker there may have to open.
    passed_mva
        (P,) what it passes on to those that it feeds, with all in parallel to it.
    """

    on_ka: FloatArray
    before_ka: FloatArray
    passed_mva: FloatArray


def fault_bounds(study: Study) -> FaultBounds:
    """Bound the fault current of every feeder and tap.

    An element names a figure of its own by a study, `fault_ka`: it stands for the bound there and
    for all below.
    """
    topology, volts = study.arrays.topology.power, study(feeders).voltage_v
    size, n = len(volts), topology.feeders
    own = _own_mva(study)
    said = column(study, "fault_ka") * volts * np.sqrt(3.0) / 1000.0
    out = np.zeros(size)
    before = np.zeros(size)
    for _ in range(int(topology.depth.max(initial=0)) + 2):
        joined = _joined(study, out)
        before = _worst_before(study, joined)
        with np.errstate(divide="ignore"):
            behind = 1.0 / np.hypot(1.0 / before, 1.0 / own)
        source = topology.depth[:size] == 0
        source[:n] &= topology.side_a < 0
        out = np.where(source, own, behind)
        out = np.where(np.isnan(said), out, said)
    at = np.where(topology.parent[:size] >= 0, volts[topology.parent[:size]], volts)
    root = topology.parent[:size] < 0
    return FaultBounds(
        on_ka=_ka(np.where(np.isnan(said), joined, said), volts),
        before_ka=_ka(np.where(root, out, before), at),
        passed_mva=joined,
    )


def _joined(study: Study, mva: FloatArray) -> FloatArray:
    """(P,) what each element passes on, those in parallel all of their group together."""
    topology, out = study.arrays.topology.power, mva.copy()
    if len(topology.members):
        sums = np.add.reduceat(mva[topology.members], topology.group_ptr[:-1])
        out[topology.members] = np.repeat(sums, np.diff(topology.group_ptr))
    return out


def _worst_before(study: Study, joined: FloatArray) -> FloatArray:
    """(P,) the most that any of the inputs of each element brings."""
    topology, fed, size = study.arrays.topology.power, np.append(joined, 0.0), len(joined)
    before = fed[topology.parent[:size]]
    mine = before[: topology.feeders]
    for other in (topology.alternate, topology.side_a, topology.side_b):
        np.maximum(mine, fed[other], out=mine)
    for side, other_side in ((0, 1), (1, 0)):
        _over_ties(study, before, fed, side, other_side)
    return before


def _over_ties(study: Study, before: FloatArray, fed: FloatArray, side: int, other: int) -> None:
    """Let a tie feed one of its sides from the other one."""
    topology = study.arrays.topology.power
    sides = (topology.side_a, topology.side_b)
    ties = np.flatnonzero(topology.side_a >= 0)
    np.maximum.at(before, sides[side][ties], fed[sides[other][ties]])


def _ka(mva: FloatArray, volts: FloatArray) -> FloatArray:
    return np.asarray(mva * 1000.0 / (np.sqrt(3.0) * volts))


def _own_mva(study: Study) -> FloatArray:
    """Short-circuit power that each element itself lets through, (P,) MVA."""
    site, first = study.site, study.arrays.topology.power.first
    volts = study(feeders).voltage_v
    run = _reactance(study)
    with np.errstate(divide="ignore"):
        out = np.where(run > 0, volts**2 / run / 1e6, np.inf)
    out[np.isnan(out)] = np.inf
    table, start = study.table("transformer"), site.first["transformer"] - first
    rows = slice(start, start + len(table))
    kva = np.asarray(table["rating_kva"], dtype=float)
    # At 1 kV: short-circuit power in MVA is sqrt(3) times the current in kA.
    through = infinite_bus_ka(kva, 1000.0, table["z_pct"]) * np.sqrt(3.0)
    with np.errstate(divide="ignore"):
        both = 1.0 / np.hypot(1.0 / np.nan_to_num(through, nan=np.inf), 1.0 / out[rows])
    out[rows] = both
    start = site.first["source"] - first
    given = np.asarray(study.table("source")["fault_mva"], dtype=float)
    out[start : start + len(given)] = np.nan_to_num(given, nan=np.inf)
    return out


def _reactance(study: Study) -> FloatArray:
    """Reactance of the run that feeds each element, (P,) ohm; 0 where nobody says it."""
    site = study.site
    per_km = np.append(site.tables["product"]["x_ohm_per_km"], np.nan)
    parts = []
    for kind in TAPS:
        table = study.table(kind)
        if "conductor" not in table.columns:
            parts.append(np.zeros(len(table)))
            continue
        each = per_km[site.rows_of("product", table["conductor"])] * table["length_m"] / 1000.0
        each = each / np.nan_to_num(np.asarray(table["runs"], dtype=float), nan=1.0)
        own = np.asarray(table["x_ohm"], dtype=float)
        parts.append(np.nan_to_num(np.where(np.isnan(own), each, own)))
    return np.concatenate(parts)


def not_said(study: Study, nodes: IntArray) -> IntArray:
    """Nearest transformer or source above each node that does not say what it lets through.

    Returns
    -------
    nodes
        (n,) power nodes, -1 where all of them do.
    """
    topology, own = study.arrays.topology.power, np.append(_own_mva(study), 0.0)
    ends = np.zeros(len(topology.parent) + 1, dtype=bool)
    for kind in ("transformer", "source"):
        start = study.site.first[kind] - topology.first
        ends[start : start + len(study.table(kind))] = True
    at = nodes.copy()
    while True:
        climbs = (at >= 0) & ~ends[at]
        if not climbs.any():
            break
        at = np.where(climbs, topology.parent[at], at)
    return np.where((at >= 0) & np.isinf(own[at]), at, -1)


@dataclass(frozen=True)
class Studied:
    """What studies say, over all power nodes but whips; 0 where none says anything.

    Attributes
    ----------
    on_ka
        (P,) on the element itself.
    before_ka
        (P,) at its feed end, by the worst input all of whose parallel elements have a figure.
    gap
        (P,) node whose `fault_ka` is missing before the bound at the feed end is a study's.
    """

    on_ka: FloatArray
    before_ka: FloatArray
    gap: IntArray


def studied(study: Study) -> Studied:
    """Tell the figures of studies, where no bound had a part in them."""
    topology, volts = study.arrays.topology.power, study(feeders).voltage_v
    said = column(study, "fault_ka")
    mva = said * volts * np.sqrt(3.0) / 1000.0
    size = len(said)
    whole = np.nan_to_num(_joined(study, mva))
    up = topology.parent[:size]
    before = _ka(_worst_before(study, whole), np.where(up >= 0, volts[up], volts))
    # The bound before what has no parent is that on itself.
    before = np.where(up >= 0, before, np.nan_to_num(said))
    return Studied(on_ka=np.nan_to_num(said), before_ka=before, gap=_gaps(study, mva))


def _gaps(study: Study, mva: FloatArray) -> IntArray:
    """(P,) the first element without a study behind the worst input that is a bound.

    Inputs with a figure of a study are passed over: nothing is missing there.
    """
    topology, size = study.arrays.topology.power, len(mva)
    n, lacks = topology.feeders, np.where(np.isnan(mva), np.arange(size), -1)
    if len(topology.members):
        # In a group the last one without a figure stands for all.
        most = np.maximum.reduceat(lacks[topology.members], topology.group_ptr[:-1])
        lacks[topology.members] = np.repeat(most, np.diff(topology.group_ptr))
    lacks = np.append(lacks, -1)
    bound = study(fault_bounds)
    passed = np.append(np.where(lacks[:-1] >= 0, bound.passed_mva, -1.0), -1.0)
    up = topology.parent[:size]
    best, gap = passed[up], lacks[up]
    ties = np.flatnonzero(topology.side_a >= 0)
    sides = (topology.side_a[ties], topology.side_b[ties])
    for to, off in (
        (np.arange(n), topology.alternate), (sides[0], sides[1]), (sides[1], sides[0])
    ):  # fmt: skip
        for node, other in zip(to[off >= 0].tolist(), off[off >= 0].tolist(), strict=True):
            if passed[other] > best[node]:
                best[node], gap[node] = passed[other], lacks[other]
    return np.where(up >= 0, gap, np.arange(size))
