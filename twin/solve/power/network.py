"""The power chain as a network: impedances per unit, runs of busways, what converts and leaks.

Everything here stands whatever the switches do. The branch of a node is what leads to it from what
feeds it; it is ideal where nothing is said, and `says` tells where that is so.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.arrays.power import of_feeders
from twin.model.base import FEEDERS, POWER_KINDS
from twin.site.table import BoolArray, FloatArray, IntArray, Table
from twin.solve.power.feeders import column, feeders, is_direct
from twin.solve.power.runs import Runs, runs
from twin.solve.radial.tree import ComplexArray
from twin.solve.study import Study

BASE_KVA = 1000.0
"""Base of the per-unit values, three-phase."""
CONVERTERS = ("ups", "rectifier")
LOADS = np.array([0.25, 0.5, 0.75, 1.0])
_HALVES = 2


@dataclass(frozen=True)
class Network:
    """Columns over power nodes, (P,), and over the joints of busways, (J,), numbered after them.

    Attributes
    ----------
    z
        (P + J,) impedance of the branch above each AC node, pu on `BASE_KVA` and its voltage.
    loop_ohm
        (P + J,) both conductors of the branch above each DC node.
    shunt
        (P,) no-load losses at rated voltage, pu; half at each end of the branch.
    says, part
        (P,) whether the layout tells the impedance of the branch, and whether any of it.
    needs
        (P,) whether the branch has one that could be told: all but sources and taps.
    efficiency
        (P,) output over input where one is stated, else 1; of what converts at its full load.
    converts
        (P,) UPS and rectifiers: their output is regulated.
    rating_kw, curve
        (P,) and (P, 4) rating of what converts, and its losses over that rating at `LOADS`.
    power_factor
        (P,) at the input of what converts, NaN: that of what hangs on it.
    direct
        (P,) carries direct current.
    volts
        (P,) nominal voltage of each node; of taps and whips that of what they hang on.
    runs
        Joints of busways.
    """

    z: ComplexArray
    loop_ohm: FloatArray
    shunt: FloatArray
    says: BoolArray
    part: BoolArray
    needs: BoolArray
    efficiency: FloatArray
    converts: BoolArray
    rating_kw: FloatArray
    curve: FloatArray
    power_factor: FloatArray
    direct: BoolArray
    volts: FloatArray
    runs: Runs


def network(study: Study) -> Network:
    """Collect impedances, losses and efficiencies of the chain."""
    topology = study.arrays.topology.power
    n, nodes = topology.feeders, len(topology.parent)
    volts, direct, along = _volts(study), study(is_direct), study(runs)
    converts = np.zeros(nodes, dtype=bool)
    for kind in CONVERTERS:
        converts[_rows(study, kind)] = True
    # What joins a converter to its feed stands at the voltage of the feed, and is AC.
    up = np.append(volts, np.nan)[topology.parent]
    at = np.where(converts & ~np.isnan(up), up, volts)
    ohm, says = _said(study, along)
    transformer, complete = _transformers(study)
    rows = _rows(study, "transformer")
    conductor = np.where(np.isin(np.arange(nodes), rows), up, at)
    # A voltage that nobody says is caught below: its branch counts as not told.
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.nan_to_num(ohm * BASE_KVA * 1000.0 / (conductor * conductor))
    z[rows] += transformer
    says[rows] = complete
    says &= (ohm == 0) | ~np.isnan(conductor)
    needs = np.ones(nodes, dtype=bool)
    needs[_rows(study, "source")] = needs[n : n + len(study.table("tap"))] = False
    with np.errstate(divide="ignore", invalid="ignore"):
        joints = np.nan_to_num(along.ohm * BASE_KVA * 1000.0 / volts[along.busway] ** 2)
    no_load = np.zeros(nodes)
    no_load[rows] = np.nan_to_num(study.table("transformer")["no_load_kw"]) / BASE_KVA
    rating, curve, factor = converter_curves(study, nodes)
    return Network(
        z=np.concatenate([z, joints]),
        loop_ohm=2.0 * np.concatenate([np.nan_to_num(ohm).real, along.ohm.real]),
        shunt=no_load,
        says=says,
        part=says | (z != 0),
        needs=needs,
        efficiency=_efficiency(study, nodes),
        converts=converts,
        rating_kw=rating,
        curve=curve,
        power_factor=factor,
        direct=direct,
        volts=volts,
        runs=along,
    )


def _rows(study: Study, kind: str) -> IntArray:
    """Nodes of a kind."""
    start = study.site.first[kind] - study.arrays.topology.power.first
    return np.arange(start, start + len(study.table(kind)))


def _volts(study: Study) -> FloatArray:
    """(P,) nominal voltage; a tap to neutral, and its whip, stand on the voltage between lines."""
    topology, own = study.arrays.topology.power, study(feeders).voltage_v
    n, taps = topology.feeders, len(study.table("tap"))
    out = np.full(len(topology.parent), np.nan)
    out[: len(own)] = own
    for first, last in ((n, n + taps), (n + taps, len(out))):
        above = np.append(out, np.nan)[topology.parent[first:last]]
        out[first:last] = np.where(np.isnan(above), out[first:last], above)
    return out


def _efficiency(study: Study, nodes: int) -> FloatArray:
    out = np.ones(nodes)
    for kind in (*FEEDERS, "tap"):
        out[_rows(study, kind)] = np.nan_to_num(
            np.asarray(study.table(kind)["efficiency"], dtype=float), nan=1.0
        )
    return out


def _said(study: Study, along: Runs) -> tuple[ComplexArray, BoolArray]:
    """(P,) ohms of the branches, NaN where nothing is said; and where something is."""
    site, topology = study.site, study.arrays.topology.power
    product = site.tables["product"]
    per_km = np.append(
        product["r_ohm_per_km"] + 1j * np.nan_to_num(product["x_ohm_per_km"]), np.nan
    )
    out = []
    for kind in POWER_KINDS:
        table, none = study.table(kind), np.full(len(study.table(kind)), np.nan)
        if "conductor" not in table.columns:
            out.append(none.astype(complex))
            continue
        each = per_km[site.rows_of("product", table["conductor"])]
        count = np.asarray(table["runs"], dtype=float) if "runs" in table.columns else none
        ohm = each * np.asarray(table["length_m"], dtype=float) / 1000.0
        ohm = ohm / np.nan_to_num(count, nan=1.0)
        if "r_ohm" in table.columns:
            r, x = (np.asarray(table[c], dtype=float) for c in ("r_ohm", "x_ohm"))
            ohm = np.where(np.isnan(r), ohm, r + 1j * np.nan_to_num(x))
        out.append(ohm)
    ohm = np.concatenate(out)
    says = ~np.isnan(ohm)
    # A busway that tells the impedance of its bars has a run; a cable to it may be told besides.
    has = np.zeros(len(topology.parent), dtype=bool)
    has[along.described] = True
    return np.where(np.isnan(ohm), 0.0, ohm), says | has


def _transformers(study: Study) -> tuple[ComplexArray, BoolArray]:
    """Impedance of each transformer, pu on `BASE_KVA`, and whether it is told in full.

    The resistance follows from its load loss, else from reactance over resistance; where neither
    is said all of it is taken for reactance, and it counts as not told in full.
    """
    table = study.table("transformer")
    size, kva = np.asarray(table["z_pct"], dtype=float) / 100.0, np.asarray(table["rating_kva"])
    r = resistance_pu(table)
    complete = ~np.isnan(size) & ~np.isnan(r) & ~np.isnan(kva)
    r = np.minimum(np.nan_to_num(r), np.nan_to_num(size))
    x = np.sqrt(np.nan_to_num(size) ** 2 - r**2)
    with np.errstate(invalid="ignore"):
        on_base: ComplexArray = (r + 1j * x) * np.nan_to_num(BASE_KVA / kva)
    return on_base, complete


def resistance_pu(table: Table) -> FloatArray:
    """Resistance of each transformer on its own rating: load loss over rating; NaN not known."""
    z_pct, ratio, loss, kva = (
        np.asarray(table[c], dtype=float)
        for c in ("z_pct", "x_over_r", "load_loss_kw", "rating_kva")
    )
    with np.errstate(invalid="ignore"):
        by_ratio = z_pct / 100.0 / np.sqrt(1.0 + ratio * ratio)
        return np.asarray(np.where(np.isnan(loss), by_ratio, loss / kva))


def converter_curves(study: Study, nodes: int) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Rating, losses at parts of it, and power factor at the input of what converts."""
    rating, factor = column(study, "rating_kw"), np.full(nodes, np.nan)
    kva = column(study, "rating_kva")
    rating = np.where(np.isnan(rating), kva, rating)
    rating = np.append(rating, np.full(nodes - len(rating), np.nan))
    curve = np.full((nodes, len(LOADS)), np.nan)
    for kind in CONVERTERS:
        table, rows = study.table(kind), _rows(study, kind)
        for place, part in enumerate(("_25", "_50", "_75", "")):
            if f"efficiency{part}" in table.columns:
                eta = np.asarray(table[f"efficiency{part}"], dtype=float)
                curve[rows, place] = LOADS[place] * (1.0 / eta - 1.0)
        factor[rows] = np.asarray(table["power_factor"], dtype=float)
    return rating, curve, factor


def losses_kw(net: Network, at: IntArray, out_kw: FloatArray) -> FloatArray:
    """Losses of what converts, kW, at its output.

    Between the loads at which its maker states an efficiency the losses are interpolated; below
    the lowest they stay what they are there, since most of them do not depend on load; above the
    highest the efficiency stays. One efficiency alone holds at every load, and none: no losses.

    Parameters
    ----------
    at
        (C,) nodes.
    out_kw
        (C,) what each delivers.
    """
    curve, rating = net.curve[at], net.rating_kw[at]
    known = ~np.isnan(curve)
    several = (known.sum(axis=1) >= _HALVES) & ~np.isnan(rating)
    with np.errstate(divide="ignore", invalid="ignore"):
        per_kw = np.nanmax(np.where(known, curve / LOADS, 0.0), axis=1)
    out: FloatArray = per_kw * out_kw
    for row in np.flatnonzero(several).tolist():
        x, y = LOADS[known[row]], curve[row, known[row]]
        load = out_kw[row] / rating[row]
        lost = np.interp(load, x, y) * max(load / x[-1], 1.0)
        out[row] = lost * rating[row]
    return out


def halls_of(study: Study) -> IntArray:
    """(P,) row of the hall in which each element stands, -1 none; a tap stands with its busway."""
    site, topology = study.site, study.arrays.topology.power
    own = site.rows_of("hall", np.asarray(of_feeders(site, "hall", -1), dtype=np.int64))
    taps = site.rows_of("hall", study.table("tap")["hall"])
    out = np.full(len(topology.parent) + 1, -1, dtype=np.int64)
    out[: len(own)], out[len(own) : len(own) + len(taps)] = own, taps
    rest = np.arange(len(own), len(topology.parent))
    for _ in range(2):
        out[rest] = np.where(out[rest] < 0, out[topology.parent[rest]], out[rest])
    return out[:-1]
