"""Load flow phase by phase, where taps say between which phases they stand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.power.feeders import feeders
from twin.solve.power.flow import PowerFlow, flows
from twin.solve.power.network import BASE_KVA, network
from twin.solve.power.wired import tops
from twin.solve.radial import phases
from twin.solve.radial.tree import ComplexArray, compile_tree
from twin.solve.study import Study

PLACES = {"A": (0, 0), "B": (0, 1), "C": (0, 2), "AB": (1, 0), "BC": (1, 1), "CA": (1, 2)}
"""Of each name of phases: to neutral (0) or between lines (1), and which of the three."""

_ALL = 3


@dataclass(frozen=True)
class PhaseCurrents:
    """Currents of one state, by phase; rows over power nodes, (P,), NaN where not asked or solved.

    Attributes
    ----------
    flow
        The balanced flow of the state.
    asked
        Whether a living tap on one or two phases, or one that says which, hangs below.
    unsaid
        A tap below that stands on one or two phases and does not say on which, -1 none.
    amps
        (P, 3) current in a, b and c of what is known; loads of unsaid taps are on none of them.
    neutral_a
        Current in the neutral.
    lowest_pu
        Lowest voltage between a phase and the neutral, of what is known.
    """

    flow: PowerFlow
    asked: BoolArray
    unsaid: IntArray
    amps: FloatArray
    neutral_a: FloatArray
    lowest_pu: FloatArray


def phased(study: Study) -> BoolArray:
    """(taps,) taps that say one or two phases."""
    return np.isin(study.table("tap")["phase"], list(PLACES))


def _single(study: Study) -> BoolArray:
    """(taps,) taps on one or two phases that do not say on which."""
    start = study.site.first["tap"] - study.arrays.topology.power.first
    of = study(feeders).phases[start : start + len(study.table("tap"))]
    return np.asarray((of < _ALL) & (of > 0) & ~study(phased), dtype=bool)


def phase_flows(study: Study) -> tuple[PhaseCurrents, ...]:
    """Currents by phase with nothing lost, then after the losses of `flows`.

    What stands above a converter or a parallel group sees its balanced sum; the neutral is as
    large as a phase, and joined to earth at sources, converters and transformers (delta-wye).

    Worked number: 45, 38 and 52 A leave 12.12 A in the neutral (WE-P-030).
    """
    if not (study(phased) | study(_single)).any():
        return ()
    return tuple(_solved(study, solved) for solved in study(flows))


def _solved(study: Study, solved: PowerFlow) -> PhaseCurrents:
    net, wired, state = study(network), solved.wired, solved.state
    topology = study.arrays.topology.power
    nodes, size = len(wired.head), len(wired.up)
    tap = np.full(len(state.at), -1)
    of_whip = state.at >= topology.feeders + len(study.table("tap"))
    tap[of_whip] = topology.parent[state.at[of_whip]] - topology.feeders
    name = np.append(study.table("tap")["phase"], "")[tap]
    split = np.flatnonzero(np.isin(name, list(PLACES)) & ~net.direct[state.at])
    silent = np.flatnonzero(np.append(study(_single), False)[tap] & ~net.direct[state.at])
    unsaid = np.full(size, -1, dtype=np.int64)
    unsaid[state.at[silent]] = tap[silent]
    asked = np.zeros(size, dtype=bool)
    both = np.union1d(state.at[split], state.at[silent])
    asked[both] = True
    at = both
    while len(at):
        above = wired.up[at]
        living = above >= 0
        np.maximum.at(unsaid, above[living], unsaid[at[living]])
        asked[above[living]] = True
        at = np.unique(above[living])
    loads = _loads(solved, split, silent, name, study, unsaid)
    top = tops(wired.up)
    wanted = np.flatnonzero(np.isin(top, np.unique(top[both])))
    v, j = np.full((2, size, 4), np.nan, dtype=complex)
    held = solved.v[top[wanted]]
    for source in np.unique(held[np.isfinite(held)]).tolist():
        points = wanted[held == source]
        v[points], j[points] = _swept(study, solved, points, loads, source)
    return _told(study, solved, (asked, unsaid), v, j, nodes)


def _loads(
    solved: PowerFlow, split: IntArray, silent: IntArray, name: FloatArray, study: Study,
    unsaid: IntArray,
) -> tuple[ComplexArray, ComplexArray]:  # fmt: skip
    """(N, 3) loads from each phase to neutral, and between lines, pu of one phase.

    What hangs on a phase that nobody says is on none, and what efficiencies lose above it neither:
    less than all, so that the currents are ones that flow at least.
    """
    net, wired, state = study(network), solved.wired, solved.state
    lossy = np.flatnonzero((net.efficiency < 1.0) & ~net.converts)
    lossy = lossy[(unsaid[lossy] >= 0) & (wired.up[lossy] >= 0)]
    rest = wired.own + solved.extra
    rest[wired.up[lossy]] = wired.own[wired.up[lossy]]
    each = state.load[split] / BASE_KVA
    for gone in (split, silent):
        np.add.at(rest, state.at[gone], -state.load[gone] / BASE_KVA)
    rest[: len(net.shunt)] += np.where(wired.up[: len(net.shunt)] >= 0, net.shunt, 0.0)
    star = np.repeat(rest[:, None], 3, axis=1)
    between = np.zeros((len(rest), 3), dtype=complex)
    for said, (of, which) in PLACES.items():
        mine = name[split] == said
        np.add.at((star, between)[of], (state.at[split][mine], which), 3.0 * each[mine])
    return star, between


def _swept(
    study: Study, solved: PowerFlow, points: IntArray,
    loads: tuple[ComplexArray, ComplexArray], source: complex,
) -> tuple[ComplexArray, ComplexArray]:  # fmt: skip
    """Voltages and currents of some networks that hold one voltage."""
    net, wired = study(network), solved.wired
    number = np.full(len(wired.up) + 1, -1, dtype=np.int64)
    number[points] = np.arange(len(points))
    first = study.site.first["transformer"] - study.arrays.topology.power.first
    delta = (points >= first) & (points < first + len(study.table("transformer")))
    delta &= wired.up[points] >= 0
    whole: ComplexArray = np.zeros(len(wired.up), dtype=complex)
    whole[: len(net.z)] = net.z
    z = whole[points]
    star, between = loads
    out = phases.sweep(
        compile_tree(number[wired.up[points]]), phases.wires(z, z * ~delta),
        star[points], between[points], delta, source,
    )  # fmt: skip
    return out.v, out.current


def _told(
    study: Study, solved: PowerFlow, marks: tuple[BoolArray, IntArray],
    v: ComplexArray, j: ComplexArray, nodes: int,
) -> PhaseCurrents:  # fmt: skip
    asked, unsaid = marks
    per_pu = BASE_KVA * 1000.0 / (np.sqrt(3.0) * study(network).volts)
    lives = solved.converged & asked[:nodes]
    amps = np.where(lives[:, None], np.abs(j[:nodes]) * per_pu[:, None], np.nan)
    seen = np.abs(v[:nodes, :3] - v[:nodes, 3:]).min(axis=1)
    return PhaseCurrents(
        flow=solved, asked=asked[:nodes], unsaid=unsaid[:nodes], amps=amps[:, :3],
        neutral_a=amps[:, 3], lowest_pu=np.where(lives, seen, np.nan),
    )  # fmt: skip
