"""PWR304: voltage drop of whips, of feeders, and from the transformer to the rack."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.measure import Input, Measure
from twin.checks.power.flowing import case_of, impedances_told, lacking, nodes_of
from twin.checks.power.whips import worst_of
from twin.checks.rule import rule
from twin.model.base import POWER_KINDS
from twin.site.table import FloatArray, IntArray
from twin.solve.limits import limit
from twin.solve.power.described import Described, described, end_pu
from twin.solve.power.flow import PowerFlow, flows
from twin.solve.power.network import network
from twin.solve.study import Study

_ENDS = ("source", "transformer", "tap")
"""Kinds whose own drop is no drop of a conductor."""


@rule(
    "PWR304",
    role="advice",
    severity="warning",
    unit="%",
    message="voltage drops by {demand} % on the way to {kind} {subject}{lost}; {limit} % is usual",
    fix=(
        "shorten the run, take a larger conductor or more `runs` in parallel, feed a busway at its "
        "middle, or distribute at a higher voltage: {shortfall} % too much"
    ),
    source=(
        "NEC 210.19, 215.2 informational notes: 3 % and 5 %; IEC 60364-5-52 annex G; a judgement "
        "for direct current"
    ),
)
def voltage_drop(study: Study) -> Iterator[Measure]:
    """Voltage drops by more on the way to a rack than codes advise.

    Why it matters
    --------------
    What drops on the way is heat in the cable and current in the breaker: supplies of servers draw
    more when they get less. A long row at full load is where it shows first.

    Method
    ------
    Load flow of the chain with constant power, with nothing lost and after the loss that leaves
    most on each supply. Of each whip and each feeder whose impedance is told: the difference of
    voltage over it, against `vd_branch_pct`. Of each rack: from the nearest transformer, UPS or
    source to the end of its worst whip, against `vd_total_pct`; by a profile that tells them apart
    (IEC) 8 % behind a transformer of the layout and 5 % on the public network, and
    `vd_per_m_pct` more for each metre beyond `vd_length_m`, at most `vd_length_max_pct`. Direct
    current, from the rectifier on: `dc_vd_pct`. Where only a part of the way is told, the rack is
    not known, unless that part alone drops too much. By hand dV = sqrt(3) I L (R cos + X sin), a
    little less. Worked numbers: 20 A over 200 ft of No. 10 copper lose 1.59 % of 480 V; three
    pieces of busway with 264 kW each lose 0.63 %.

    Does not cover
    --------------
    Layouts that tell no impedance at all, conductors cooler than their tables, and starting
    currents.

    See also
    --------
    PWR305, PWR402.
    """
    if not impedances_told(study):
        return
    for solved in study(flows):
        yield from _of_elements(study, solved)
        yield from _of_racks(study, solved)


def _of_elements(study: Study, solved: PowerFlow) -> Iterator[Measure]:
    """Yield the drop over whips and feeders whose impedance is told."""
    net, bound = study(network), limit(study, "vd_branch_pct")
    if np.isnan(bound.value):
        return
    drop = 100.0 * (solved.sent_pu - end_pu(study, solved))
    for kind in POWER_KINDS:
        if kind in _ENDS:
            continue
        node = nodes_of(study, kind)
        wanted = net.says[node] & ~net.direct[node] & ~solved.state.dead[node]
        wanted &= solved.wired.up[node] >= 0
        row = np.flatnonzero(wanted)
        yield Measure(
            kind=kind, subject=row, demand=drop[node[row]], limit=np.full(len(row), bound.value),
            case=case_of(solved, len(row)),
            inputs=(Input(kind, "", row, solved.converged[node[row]]),),
            owner=bound.owner, judged=bound.judged,
        )  # fmt: skip


def _of_racks(study: Study, solved: PowerFlow) -> Iterator[Measure]:
    """Yield the drop from the nearest transformer or held voltage to each rack's worst whip."""
    topology, net = study.arrays.topology.power, study(network)
    way, whip = described(study, solved), topology.whips
    drop = 100.0 * (way.origin_pu - solved.far_pu)[whip]
    for direct in (False, True):
        bound = limit(study, "dc_vd_pct" if direct else "vd_total_pct")
        most = np.full(len(whip), bound.value)
        if not direct:
            most = _most(study, way, most)
        mine = (net.direct[whip] == direct) & way.some[whip] & ~solved.state.dead[whip]
        at = worst_of(study, drop / most[: len(whip)], mine)
        yield _racks(study, solved, way, at, (drop[at], most[at]), (bound.owner, bound.judged))


def _most(study: Study, way: Described, total: FloatArray) -> FloatArray:
    """Return what is advised in all for each whip by the code profile, %."""
    whip = study.arrays.topology.power.whips
    public = limit(study, "vd_total_public_pct").value
    if not np.isnan(public):
        total = np.where(way.by_transformer[whip], total, public)
    each, most = (limit(study, f"vd_{n}_pct").value for n in ("per_m", "length_max"))
    beyond = np.clip(way.metres[whip] - limit(study, "vd_length_m").value, 0.0, None)
    more = np.minimum(beyond * each, most)
    return np.asarray(total + np.nan_to_num(more))


def _racks(
    study: Study, solved: PowerFlow, way: Described, at: IntArray,
    numbers: tuple[FloatArray, FloatArray], owner: tuple[str, bool],
) -> Measure:  # fmt: skip
    topology, (drop, most) = study.arrays.topology.power, numbers
    rack, node = topology.rack_of[at], topology.whips[at]
    return Measure(
        kind="rack", subject=rack, demand=np.where(way.told[node], drop, np.nan), limit=most,
        sure=np.nan_to_num(drop), case=case_of(solved, len(rack)),
        inputs=(
            *lacking(study, way.lacks[node]),
            Input("rack", "", rack, solved.converged[node]),
        ),
        owner=owner[0], judged=owner[1],
    )  # fmt: skip
