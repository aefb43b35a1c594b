"""How far a layout tells the impedances between a voltage that is held and each element."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.model.base import POWER_KINDS
from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.power.flow import PowerFlow
from twin.solve.power.network import Network, network
from twin.solve.study import Study


@dataclass(frozen=True)
class Described:
    """Columns over power nodes, (P,).

    Attributes
    ----------
    told, some
        Whether all branches up to the voltage that is held tell an impedance, and whether any.
    lacks
        The nearest node upwards whose branch tells none, -1 where all do.
    origin_pu
        Voltage at the output of the nearest transformer, converter or source above.
    by_transformer
        Whether a transformer of the layout stands between the source and the node.
    metres
        Length of conductors and bars from there, as far as they are told.
    """

    told: BoolArray
    some: BoolArray
    lacks: IntArray
    origin_pu: FloatArray
    by_transformer: BoolArray
    metres: FloatArray


def described(study: Study, solved: PowerFlow) -> Described:
    """Follow each branch up to the voltage that is held."""
    net, wired = study(network), solved.wired
    nodes, size = len(wired.head), len(wired.up)
    fed = np.flatnonzero(wired.up >= 0)
    up = wired.up[fed]
    own_lack = np.full(size, -1, dtype=np.int64)
    untold = np.flatnonzero(net.needs & ~net.says & (wired.up[:nodes] >= 0))
    own_lack[untold] = untold
    some, lacks = np.zeros(size, dtype=bool), own_lack.copy()
    some[:nodes] = net.part & net.needs & (wired.up[:nodes] >= 0)
    some[nodes : nodes + len(net.runs.tap)] = True
    transformer = _transformers(study, size)
    stops = transformer | (wired.up < 0)
    behind = transformer.copy()
    origin = np.arange(size)
    origin[fed] = np.where(stops[fed], fed, up)
    metres = _lengths(study, net, size)
    total = np.where(stops, 0.0, metres)
    plain = ~net.converts[wired.member]
    member, group = wired.member[plain], wired.group[plain]
    while True:
        was = (some.copy(), lacks.copy(), behind.copy(), origin.copy(), total.copy())
        np.logical_or.at(some, group, some[member])
        np.maximum.at(lacks, group, lacks[member])
        np.logical_or.at(behind, group, behind[member])
        some[fed] |= some[up]
        lacks[fed] = np.where(own_lack[fed] >= 0, own_lack[fed], lacks[up])
        behind[fed] |= behind[up]
        origin = origin[origin]
        total[fed] = np.where(stops[fed], 0.0, metres[fed] + total[up])
        if all(np.array_equal(a, b) for a, b in zip(
            was, (some, lacks, behind, origin, total), strict=True
        )):  # fmt: skip
            break
    at = np.abs(solved.v)[origin[:nodes]]
    own = lacks[:nodes]
    return Described(
        told=own < 0, some=some[:nodes], lacks=own,
        origin_pu=np.where(solved.converged, at, np.nan), by_transformer=behind[:nodes],
        metres=total[:nodes],
    )  # fmt: skip


def _transformers(study: Study, size: int) -> BoolArray:
    start = study.site.first["transformer"] - study.arrays.topology.power.first
    out = np.zeros(size, dtype=bool)
    out[start : start + len(study.table("transformer"))] = True
    return out


def _lengths(study: Study, net: Network, size: int) -> FloatArray:
    """(N,) length of conductors and pieces of bar, m; 0 where none is told."""
    parts = []
    for kind in POWER_KINDS:
        table = study.table(kind)
        own = table["length_m"] if "length_m" in table.columns else np.zeros(len(table))
        parts.append(np.nan_to_num(np.asarray(own, dtype=float)))
    out = np.zeros(size)
    lengths = np.concatenate(parts)
    out[: len(lengths)] = lengths
    out[len(lengths) : len(lengths) + len(net.runs.tap)] = net.runs.piece_m
    return out


def end_pu(study: Study, solved: PowerFlow) -> FloatArray:
    """(P,) lowest voltage along each element: of a busway at its far end, pu."""
    run, nodes = study(network).runs, len(solved.wired.head)
    joint = np.arange(nodes, nodes + len(run.tap))
    out = solved.far_pu.copy()
    here = solved.wired.up[joint] >= 0
    np.minimum.at(out, run.busway[here], np.abs(solved.v)[joint[here]])
    return out
