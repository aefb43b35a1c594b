"""What of a rack's supply lives on: its shelves, or supplies of servers, by where whips hang."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from twin.kernels import kernel
from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.losses.asked import classes
from twin.solve.losses.cases import cases
from twin.solve.losses.switching import grid
from twin.solve.power.servers import living_supplies, servers
from twin.solve.power.shares import Shares, shares
from twin.solve.study import Study


@dataclass(frozen=True)
class Shelves:
    """Living shelves per rack, (racks,): healthy, and in the two worst cases.

    A case is the worse, the more of the load each living shelf has to carry. `surely` counts
    every cap that the policy names, `full` only those that are known to be fast enough; where no
    cap is in doubt the two are the same.

    Attributes
    ----------
    healthy
        Shelves that hang on a whip.
    surely, surely_case, surely_keep
        Living shelves, the case, and the share of the load that they must carry there.
    full, full_case, full_keep
        The same with caps in doubt left out.
    """

    healthy: IntArray
    surely: IntArray
    surely_case: IntArray
    surely_keep: FloatArray
    full: IntArray
    full_case: IntArray
    full_keep: FloatArray


def shelves(study: Study) -> Shelves:
    """Count the shelves of every rack that outlive each loss which the policy names.

    Worked number: eight shelves hung 4 + 4 over two sources keep 4 when one is lost; hung
    3 + 3 + 2 over three they keep 5.
    """
    table, share = study(cases), study(shares)
    own = study(classes).of_rack[share.touched]
    living = _living(study, share)
    promised = table.keep_by[share.touched_case, own]
    sure = np.where(table.counts_by[share.touched_case, own], promised, 1.0)
    asks = table.asked_by[share.touched_case, own]
    healthy = _healthy(study)
    surely = _worst(share, living, np.where(asks, promised, -1.0), healthy)
    doubt = bool((promised != sure).any())
    full = _worst(share, living, np.where(asks, sure, -1.0), healthy) if doubt else surely
    return Shelves(healthy, *surely, *full)


def _shelf_of(study: Study) -> IntArray:
    """(W,) shelf that each whip of the topology feeds; without a number the first."""
    topology = study.arrays.topology.power
    number = np.nan_to_num(study.table("whip")["shelf"], nan=1.0).astype(np.int64)
    return np.asarray(number[topology.whips - (study.site.first["whip"] - topology.first)])


def _healthy(study: Study) -> IntArray:
    """(racks,) shelves with a whip that has supply when nothing is lost."""
    topology, now = study.arrays.topology.power, study(grid)
    alive = ~now.dead[topology.whips]
    return _different(topology.rack_of[alive], _shelf_of(study)[alive], len(topology.whip_ptr) - 1)


def _living(study: Study, share: Shares) -> IntArray:
    """(T,) shelves that live in each touched row: several whips of one shelf count once."""
    count = np.diff(share.alive_ptr)
    row = np.repeat(np.arange(len(count)), count)
    shelf = _shelf_of(study)[share.alive[: share.alive_ptr[-1]]]
    return _different(row, shelf, len(count))


def _different(row: IntArray, shelf: IntArray, rows: int) -> IntArray:
    """(rows,) how many different shelves stand in each row."""
    known = np.zeros((rows, int(shelf.max(initial=0)) + 1), dtype=bool)
    known[row, shelf] = True
    return np.asarray(known.sum(axis=1), dtype=np.int64)


@dataclass(frozen=True)
class Lives:
    """Racks of servers, healthy and in the cases of the policy; rows that differ in nothing once.

    Attributes
    ----------
    rack, case
        (L,) rack, and the case; of alike cases the first.
    living
        (L,) living supplies of each of its servers.
    promised, sure
        (L,) share of its load to be carried, with every cap of the policy, and with those alone
        that are known to be fast enough.
    """

    rack: IntArray
    case: IntArray
    living: IntArray
    promised: FloatArray
    sure: FloatArray


def lives_of_servers(study: Study) -> Lives:
    """Tell how many supplies per server live in racks whose servers have their own."""
    table, share, topology = study(cases), study(shares), study.arrays.topology.power
    racks = np.flatnonzero(study(servers).mine)
    mine = np.isin(share.touched, racks)
    own = study(classes).of_rack[share.touched]
    mine &= table.asked_by[share.touched_case, own]
    count = np.where(mine, np.diff(share.alive_ptr), 0)
    row = np.repeat(np.arange(len(count)), count)
    alive = share.alive[: share.alive_ptr[-1]][np.repeat(mine, np.diff(share.alive_ptr))]
    after = living_supplies(study, len(count), row, alive)[mine]
    healthy = np.flatnonzero(~study(grid).dead[topology.whips])
    before = living_supplies(study, len(study.here), topology.rack_of[healthy], healthy)[racks]
    case, of = share.touched_case[mine], own[mine]
    promised = table.keep_by[case, of]
    sure = np.where(table.counts_by[case, of], promised, 1.0)
    ones = np.ones(len(racks))
    told = Lives(
        rack=np.concatenate([racks, share.touched[mine]]),
        case=np.concatenate([np.zeros(len(racks), np.int64), case]),
        living=np.concatenate([before, after]),
        promised=np.concatenate([ones, promised]),
        sure=np.concatenate([ones, sure]),
    )
    key = np.stack([told.rack, told.living, told.promised, told.sure], axis=1)
    first = np.sort(np.unique(key, axis=0, return_index=True)[1])
    return Lives(*(getattr(told, f.name)[first] for f in fields(Lives)))


def _worst(
    share: Shares, living: IntArray, keep: FloatArray, healthy: IntArray
) -> tuple[IntArray, IntArray, FloatArray]:
    """Living shelves of each rack, the case, and the share to be carried, where it is worst.

    The worst has most load per living shelf; of equals the case that comes first in the table.
    The healthy row, with all of the load, stands where no case is worse.
    """
    with np.errstate(divide="ignore"):
        each = np.where(keep < 0, -1.0, keep / living)
        best = 1.0 / healthy.astype(float)
    best = np.where(healthy == 0, np.inf, best)
    order = np.lexsort((-share.touched_case, each, share.touched))
    rack = share.touched[order]
    last = order[np.flatnonzero(np.append(rack[1:] != rack[:-1], True))] if len(order) else order
    number, case, kept = healthy.copy(), np.zeros(len(healthy), np.int64), np.ones(len(healthy))
    at = share.touched[last]
    worse = each[last] > best[at]
    at, last = at[worse], last[worse]
    number[at], case[at], kept[at] = living[last], share.touched_case[last], keep[last]
    return number, case, kept


def fewest(study: Study) -> tuple[IntArray, IntArray]:
    """Fewest living supplies of each rack where the policy asks for it, and in which case.

    Returns
    -------
    living
        (racks,) whips; those that live with nothing lost where no case takes any. Where servers
        have supplies of their own, the supplies of each.
    case
        (racks,) the case; of equals the loss nearest to the rack.
    """
    topology, now, table, share = (
        study.arrays.topology.power, study(grid), study(cases), study(shares)
    )  # fmt: skip
    racks = len(topology.whip_ptr) - 1
    alive = ~now.dead[topology.whips]
    living = np.bincount(topology.rack_of[alive], minlength=racks).astype(np.int64)
    case = np.zeros(racks, dtype=np.int64)
    own = study(classes).of_rack[share.touched]
    asked = np.flatnonzero(table.asked_by[share.touched_case, own])
    rows = share.touched[asked]
    depth = np.append(topology.depth, 0)[table.root[share.touched_case[asked]]]
    order = asked[np.lexsort((-depth, share.living[asked], rows))]
    rack = share.touched[order]
    first = order[np.flatnonzero(np.append(True, rack[1:] != rack[:-1]))] if len(order) else order
    at = share.touched[first]
    fewer = (share.living[first] <= living[at]) & (share.touched_case[first] > 0)
    living[at[fewer]], case[at[fewer]] = (
        share.living[first][fewer],
        share.touched_case[first][fewer],
    )
    told = study(lives_of_servers)
    order = np.lexsort((told.case > 0, told.living, told.rack))
    own, first = np.unique(told.rack[order], return_index=True)
    living[own], case[own] = told.living[order[first]], told.case[order[first]]
    return living, case


def lowest_common(study: Study) -> IntArray:
    """Lowest element on which all whips of each rack hang, (racks,) power node, -1 none.

    A rack with fewer than two whips has none: nobody meant it to have two sides.
    """
    topology, now = study.arrays.topology.power, study(grid)
    return lowest_common_of(topology.whip_ptr, topology.whips, now.parent)


@kernel
def lowest_common_of(ptr: IntArray, whips: IntArray, parent: IntArray) -> IntArray:
    """Lowest node on which the whips of each rack hang, -1 none; see `lowest_common`."""
    n = len(ptr) - 1
    out = np.full(n, -1, np.int64)
    for r in range(n):
        a, b = ptr[r], ptr[r + 1]
        if b - a < 2:
            continue
        node = parent[whips[a]]
        while node >= 0 and out[r] < 0:
            shared = True
            for w in range(a + 1, b):
                at = whips[w]
                while at >= 0 and at != node:
                    at = parent[at]
                if at < 0:
                    shared = False
                    break
            if shared:
                out[r] = node
            node = parent[node]
    return out


def without_whips(study: Study) -> BoolArray:
    """(racks,) racks to which no whip leads: the layout does not describe their power."""
    return np.asarray(np.diff(study.arrays.topology.power.whip_ptr) == 0)
