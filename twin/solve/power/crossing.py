"""What crosses between networks of a chain: converters, parallel groups, stated efficiencies."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.site.table import IntArray
from twin.solve.power.network import BASE_KVA, Network, losses_kw
from twin.solve.power.wired import Wired
from twin.solve.radial.tree import ComplexArray


@dataclass(frozen=True)
class Crossing:
    """What follows from the voltages and currents of a sweep, pu.

    Attributes
    ----------
    extra
        (N,) what points draw besides racks and gear.
    held
        (N,) voltages of sources and heads.
    taken, given
        (P,) what each element takes from what feeds it, and what it delivers.
    through
        (P,) current through it; of a converter at its output.
    """

    extra: ComplexArray
    held: ComplexArray
    taken: ComplexArray
    given: ComplexArray
    through: ComplexArray


def shunts(net: Network, wired: Wired) -> ComplexArray:
    """(N,) admittances of transformers' cores, half at each end of their branch."""
    out = np.zeros(len(wired.up), dtype=complex)
    at = np.flatnonzero((net.shunt > 0) & (wired.up[: len(net.shunt)] >= 0))
    np.add.at(out, at, net.shunt[at] / 2.0)
    np.add.at(out, wired.up[at], net.shunt[at] / 2.0)
    return out


def crossing(net: Network, wired: Wired, v: ComplexArray, j: ComplexArray) -> Crossing:
    """Find what converters, members of groups and losses by efficiency draw."""
    nodes = len(wired.head)
    up = wired.up[:nodes]
    above = np.where(up >= 0, v[up], v[:nodes])
    far, sent = v[:nodes] * np.conj(j[:nodes]), above * np.conj(j[:nodes])
    core = np.where(up >= 0, net.shunt / 2.0, 0.0)
    given = far - core * np.abs(v[:nodes]) ** 2
    given -= _bars(net, wired, v, j)
    taken = sent + core * np.abs(above) ** 2
    taken = np.where(up >= 0, taken, given)
    extra, held = np.zeros(len(v), dtype=complex), np.ones(len(v), dtype=complex)
    lossy = np.flatnonzero((net.efficiency < 1.0) & ~net.converts & (up >= 0))
    more = given[lossy] * (1.0 / net.efficiency[lossy] - 1.0) - (taken - given)[lossy]
    more = _no_less(more)
    taken[lossy] += more
    np.add.at(extra, up[lossy], more)
    through = j[:nodes].copy()
    joined = v * np.conj(j)
    if len(wired.member):
        _join(net, wired, v, joined, extra, held)
    at = wired.converters
    if len(at):
        given[at] = _outputs(wired, joined)
        extra[at] = _inputs(net, at, given[at])
        through[at] = np.abs(given[at]) / np.abs(v[wired.output])
    return Crossing(extra, held, taken, given, through)


def _no_less(more: ComplexArray) -> ComplexArray:
    out = np.zeros(len(more), dtype=complex)
    out.real, out.imag = np.maximum(more.real, 0.0), np.maximum(more.imag, 0.0)
    return out


def _bars(net: Network, wired: Wired, v: ComplexArray, j: ComplexArray) -> ComplexArray:
    """(P,) what the bars of each busway lose between its taps."""
    nodes, run = len(wired.head), net.runs
    point = np.arange(nodes, nodes + len(run.tap))
    up = wired.up[point]
    lost = np.where(up >= 0, (v[up] - v[point]) * np.conj(j[point]), 0.0)
    out = np.zeros(nodes, dtype=complex)
    np.add.at(out, run.busway, lost)
    return out


def _join(
    net: Network, wired: Wired, v: ComplexArray, joined: ComplexArray,
    extra: ComplexArray, held: ComplexArray,
) -> None:  # fmt: skip
    """Let members of groups take their part, and join their outputs at the mean voltage."""
    plain = ~net.converts[wired.member]
    member, group, part = wired.member[plain], wired.group[plain], wired.part[plain]
    extra[member] += part * joined[group]
    held[group] = 0.0
    np.add.at(held, group, part * v[member])


def _outputs(wired: Wired, joined: ComplexArray) -> ComplexArray:
    """(C,) what each converter delivers: all that hangs on it, or its part of a group's."""
    part = np.ones(len(wired.up))
    part[wired.member] = wired.part
    return joined[wired.output] * part[wired.converters]


def _inputs(net: Network, at: IntArray, given: ComplexArray) -> ComplexArray:
    """(C,) what converters take: their output and losses, at the power factor of their input.

    A UPS that states none lets through that of what hangs on it; a rectifier's is not known then.
    """
    kw = given.real * BASE_KVA
    taken = (kw + losses_kw(net, at, kw)) / BASE_KVA
    factor = net.power_factor[at]
    scale = np.divide(taken, given.real, out=np.ones(len(at)), where=given.real > 0)
    own = np.where(net.direct[at], np.where(taken > 0, np.nan, 0.0), given.imag * scale)
    with np.errstate(invalid="ignore"):
        reactive = np.where(np.isnan(factor), own, taken * np.sqrt(1.0 - factor * factor) / factor)
    out = np.zeros(len(at), dtype=complex)
    out.real, out.imag = taken, reactive
    return out
