"""Fault current that each element may meet, as upper bounds over all positions of the switches.

Short-circuit power does not change with voltage: a transformer passes at most its rating over its
impedance in per unit, and with what lies before it at most the root of the sum of squares of both
impedances, since neither leaves the first quadrant (as in `twin.solve.faults.after_run_ka`). Runs
count with their reactance alone, which heat does not move. What is not known counts as nothing in
the way, so that the bound stays one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.faults import infinite_bus_ka
from twin.solve.feeders import TAPS, column, feeders
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
    """

    on_ka: FloatArray
    before_ka: FloatArray


def fault_bounds(study: Study) -> FaultBounds:
    """Bound the fault current of every feeder and tap.

    An element names a figure of its own by a study, `fault_ka`: it stands for the bound there and
    for all below.
    """
    topology, volts = study.arrays.topology.power, study(feeders).voltage_v
    n, size = topology.feeders, len(volts)
    own = _own_mva(study)
    said = column(study, "fault_ka") * volts * np.sqrt(3.0) / 1000.0
    out = np.zeros(size)
    before = np.zeros(size)
    for _ in range(int(topology.depth.max(initial=0)) + 2):
        joined = out.copy()
        if len(topology.members):
            sums = np.add.reduceat(out[topology.members], topology.group_ptr[:-1])
            joined[topology.members] = np.repeat(sums, np.diff(topology.group_ptr))
        fed = np.append(joined, 0.0)
        before = fed[topology.parent[:size]]
        before[:n] = np.maximum(before[:n], fed[topology.alternate])
        before[:n] = np.maximum(before[:n], fed[topology.side_a])
        before[:n] = np.maximum(before[:n], fed[topology.side_b])
        for side, other in ((0, 1), (1, 0)):
            _over_ties(study, before, fed, side, other)
        with np.errstate(divide="ignore"):
            behind = 1.0 / np.hypot(1.0 / before, 1.0 / own)
        source = topology.depth[:size] == 0
        source[:n] &= topology.side_a < 0
        out = np.where(source, own, behind)
        out = np.where(np.isnan(said), out, said)
    joined = np.append(joined, 0.0)
    at = np.where(topology.parent[:size] >= 0, volts[topology.parent[:size]], volts)
    root = topology.parent[:size] < 0
    return FaultBounds(
        on_ka=_ka(np.where(np.isnan(said), joined[:size], said), volts),
        before_ka=_ka(np.where(root, out, before), at),
    )


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
    """(P,) whether the fault current on an element, and at its feed end, is one of a study."""

    on: BoolArray
    before: BoolArray


def studied(study: Study) -> Studied:
    """Tell where a study's figure stands, and not a bound."""
    topology = study.arrays.topology.power
    on = ~np.isnan(column(study, "fault_ka"))
    before = np.append(on, False)[topology.parent[: len(on)]]
    before[: topology.feeders] &= topology.alternate < 0
    return Studied(on=on, before=before)
