"""Cascades: which breakers open after each case, one after the other, and who goes dark by it.

Only devices with a trip open. The loads of a case are those of all that stands there, without the
caps of the policy until these hold; of the devices above their setting the one opens whose time
is over first, what it carried moves to other ways or goes dark, and the loads are taken anew.
Heat that a device has taken up counts in the next step. A cap that holds before the next device
opens relieves them. Every case is followed twice: with every device at its soonest, and with every
device at its latest, which is never where a standard only says that it may open. What the two
ends have in common is sure; what only one of them shows may be.

Removing all overloaded elements at once would give false blackouts: the first to open often
relieves the others. Taps are taken together where their times lie within a tenth of one another:
one that opens only loads the others of its rack more. So are feeders that carry none of the same
loads. Of feeders that open at the same time the one nearest to the racks goes first, as it should
where devices are set to be selective.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.losses.cases import Cases, cases
from twin.solve.losses.devices import amps_per_whip, carried, devices, loads_kw
from twin.solve.losses.follow import SAME, Follower, Run, limits_a
from twin.solve.losses.sorts import BYPASS, MODULE
from twin.solve.losses.states import states_of
from twin.solve.power.shares import Shares, shares, shares_in
from twin.solve.study import Study


@dataclass(frozen=True)
class Cascades:
    """Cases after which a device is above what it must hold; all others open nothing.

    Attributes
    ----------
    case
        (S,) cases, ascending.
    soonest, latest
        What follows with devices at the one and at the other end of their band.
    surely, maybe
        (n, 2) pairs of a place in `case` and a rack: dark at both ends, dark at one end only.
    """

    case: IntArray
    soonest: Run
    latest: Run
    surely: IntArray
    maybe: IntArray


def cascade(study: Study) -> Cascades:
    """Follow every case that the policy asks for until nothing more opens."""
    return cascade_of(study, study(suspects))


def cascade_of(study: Study, rows: IntArray) -> Cascades:
    """Follow some cases of the table of losses."""
    if study.conditions.trip is not None:
        soonest = latest = Follower(study, rows, "crude").run()
    else:
        soonest = Follower(study, rows, "soonest").run()
        latest = Follower(study, rows, "latest").run()
    width = len(study.table("rack")) + 1
    a, b = (np.unique(r.dark[:, 0] * width + r.dark[:, 1]) for r in (soonest, latest))
    both, either = np.intersect1d(a, b), np.setxor1d(a, b)
    return Cascades(
        case=rows, soonest=soonest, latest=latest,
        surely=np.stack([both // width, both % width], axis=1),
        maybe=np.stack([either // width, either % width], axis=1),
    )  # fmt: skip


def suspects(study: Study) -> IntArray:
    """Cases in which a device is above what it must hold before any cap acts, ascending."""
    table, known = study(cases), study(devices)
    if not len(known.node):
        return np.empty(0, dtype=np.int64)
    found = [_above(study, study(shares), table)]
    capped = np.flatnonzero((table.keep_by < 1.0).any(axis=1))
    if len(capped):
        none = np.full((len(capped), 1), -1)
        bare = states_of(study, table, capped, none, np.ones(table.keep_by[capped].shape))
        again = _above(study, shares_in(study, bare), bare)
        found.append(capped[again[again > 0] - 1])
    rows = np.unique(np.concatenate(found))
    return rows[~np.isin(table.sort[rows], (MODULE, BYPASS))]


def heaviest(study: Study) -> tuple[FloatArray, IntArray]:
    """Most that the device of each feeder carries in any case, (D,) A, and the case; taps 0."""
    share, known = study(shares), study(devices)
    found = carried(study, _of_racks(share, np.zeros(len(study.here), dtype=bool)), study(cases))
    amps, case = found.healthy_a.copy(), np.zeros(len(known.node), dtype=np.int64)
    order = np.argsort(found.amps, kind="stable")
    more = order[found.amps[order] > amps[found.device[order]]]
    amps[found.device[more]], case[found.device[more]] = found.amps[more], found.case[more]
    return amps, case


def _above(study: Study, share: Shares, table: Cases) -> IntArray:
    """Cases of a table in which a device carries more than it must hold."""
    known, topology, limit = study(devices), study.arrays.topology.power, limits_a(study)
    device = np.append(known.of_node, -1)[topology.taps]
    kw = loads_kw(study)[topology.rack_of]
    most = np.nan_to_num(np.maximum(share.full_whip, share.worst_whip) * amps_per_whip(study)) * kw
    over = np.bincount(device[device >= 0], most[device >= 0], minlength=len(limit)) > limit
    racks = np.zeros(len(study.table("rack")), dtype=bool)
    racks[topology.rack_of[over[device] & (device >= 0)]] = True
    found = carried(study, _of_racks(share, racks), table)
    hit = found.amps > limit[found.device] + SAME
    healthy = (found.healthy_a > limit + SAME).any()
    return np.unique(np.concatenate([found.case[hit], np.zeros(int(healthy), dtype=np.int64)]))


def _of_racks(share: Shares, racks: BoolArray) -> Shares:
    """Return shares with the touched rows of some racks only."""
    rows = np.flatnonzero(racks[share.touched])
    count = np.diff(share.alive_ptr)[rows]
    ptr = np.concatenate([[0], np.cumsum(count)]).astype(np.int64)
    within = np.arange(int(count.sum())) - np.repeat(ptr[:-1], count)
    return replace(
        share,
        touched=share.touched[rows],
        touched_case=share.touched_case[rows],
        living=share.living[rows],
        alive_ptr=ptr,
        alive=share.alive[np.repeat(share.alive_ptr[rows], count) + within],
    )
