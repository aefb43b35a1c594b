"""Instants after a loss: the gap of each rack and piece of gear, what bridges it, what recharges.

A rack stands on the best of its living supplies. One that never was without supply leaves no gap.
Else the rack must ride through: its shelves hold up for milliseconds, a battery of its own for
minutes; or a battery above it bridges until its input is back and has walked in. A battery carries
its rating for `battery_min`; at less load it lasts at least in proportion longer, since no battery
gives less of its charge at a smaller current.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.site.table import FloatArray, IntArray
from twin.solve.limits import limit
from twin.solve.load import of_gear
from twin.solve.losses.cases import cases
from twin.solve.losses.devices import loads_kw
from twin.solve.losses.gaps import batteries, beside, feeder_gaps
from twin.solve.losses.switching import grid
from twin.solve.power.feeder_rows import in_unit
from twin.solve.power.loss_bounds import LossBounds, loss_bounds, plain_bounds
from twin.solve.power.shares import shares
from twin.solve.power.supplies import supplies
from twin.solve.study import Study


@dataclass(frozen=True)
class Bridges:
    """Gaps of feeders with what bridges them, (G,) as in `feeder_gaps`.

    Attributes
    ----------
    need_s
        Time until the battery's input is back with all of its load: the gap at its input and
        the walk-in of itself and of the generator, of several in parallel the slowest.
    have_s
        Time for which the battery carries its load in the case; NaN not known, 0 where none is.
    """

    need_s: FloatArray
    have_s: FloatArray


def bridges(study: Study) -> Bridges:
    """Time that batteries need, and time that they have."""
    found, topology = study(feeder_gaps), study.arrays.topology.power
    walk = _walk_in(study)
    at = found.find(found.case, found.battery)
    # At the battery's own row stands the gap at its input.
    need = found.gap_s[at] + walk[found.battery]
    row, source = beside(study, found.starts[at], found.case)
    slowest = np.zeros(len(need))
    np.maximum.at(slowest, row, walk[source])
    need = need + slowest
    need = np.where(found.battery >= 0, need, np.nan)
    full = _battery_s(study)
    rating = _rating_kw(study)
    load = kw_of(study, found.case, found.battery)
    with np.errstate(divide="ignore", invalid="ignore"):
        longer = np.where(np.isnan(rating[found.battery]), 1.0, rating[found.battery] / load)
    have = full[found.battery] * longer
    have = np.fmax(have, _hold_up(study)[found.battery]) if topology.feeders else have
    return Bridges(need, np.where(found.battery >= 0, have, 0.0))


def figures_of(study: Study, column: str, kinds: tuple[str, ...]) -> FloatArray:
    """Return a figure of some kinds with products' filled in, (feeders,), NaN elsewhere."""
    topology = study.arrays.topology.power
    out = np.full(topology.feeders, np.nan)
    for kind in kinds:
        table, start = study.table(kind), study.site.first[kind] - topology.first
        if column in table.columns:
            out[start : start + len(table)] = np.asarray(table[column], dtype=float)
    return out


def _walk_in(study: Study) -> FloatArray:
    return np.nan_to_num(figures_of(study, "walk_in_s", ("source", "ups")))


def _battery_s(study: Study) -> FloatArray:
    return 60.0 * figures_of(study, "battery_min", ("ups", "rectifier"))


def _hold_up(study: Study) -> FloatArray:
    return figures_of(study, "hold_up_s", ("rectifier",))


def _rating_kw(study: Study) -> FloatArray:
    """(feeders,) kW of a UPS or rectifier, its kVA where it states no kW."""
    kw = figures_of(study, "rating_kw", ("ups", "rectifier"))
    return np.where(np.isnan(kw), figures_of(study, "rating_kva", ("ups",)), kw)


def kva_of(study: Study, case: IntArray, node: IntArray, kw: FloatArray) -> FloatArray:
    """Return kVA that elements give in cases, (n,), for kW of each load; see `kw_of`."""
    entries = in_unit(study, "kVA", study(shares))
    load = kw[entries.share.load]
    # A load of nothing draws nothing, whatever its power factor.
    return _given(study, case, node, np.where(load == 0.0, 0.0, entries.full * load))


def kw_of(study: Study, case: IntArray, node: IntArray, kw: FloatArray | None = None) -> FloatArray:
    """Return kW that elements give in cases, (n,); node -1 gives nothing.

    Parameters
    ----------
    kw
        (loads,) kW of each load; None: as in the mode of the study.
    """
    share = study(shares)
    kw = loads_kw(study) if kw is None else kw
    return _given(study, case, node, share.full * kw[share.load])


def _given(study: Study, case: IntArray, node: IntArray, each: FloatArray) -> FloatArray:
    """Sum what the entries of shares bring to elements in cases: healthy, and what moved there."""
    share = study(shares)
    wanted = np.zeros(len(study.arrays.topology.power.parent) + 1, dtype=bool)
    wanted[node[node >= 0]] = True
    mine = np.flatnonzero(wanted[share.element])
    amount = each[mine]
    key = (share.case[mine] << 32) + share.element[mine]
    keys, row = np.unique(np.append(key, -1), return_inverse=True)
    sums = np.bincount(row[:-1], amount, minlength=len(keys))
    out = np.zeros(len(node))
    for at in (np.zeros_like(case), np.where(case > 0, case, -1)):
        sought = np.where((node >= 0) & (at >= 0), (at << 32) + node, -1)
        place = np.minimum(np.searchsorted(keys, sought), len(keys) - 1)
        out += np.where((keys[place] == sought) & (sought >= 0), sums[place], 0.0)
    return out


@dataclass(frozen=True)
class Rides:
    """Who is without supply for a while after a case, on the best of what lives.

    Attributes
    ----------
    subject, case
        (n,) subject of a rack or of gear, and case.
    gap_s
        (n,) time without supply at the best input, were there no battery above; NaN not known.
    need_s, have_s
        (n,) what must be ridden through and for how long that is possible: by the battery above,
        or by itself. NaN not known.
    battery
        (n,) subject of the battery above that bridges, -1 none.
    lacking
        (n,) subject of the feeder whose transfer_s nobody knows, -1 none.
    starts
        (n,) subject of the generator that must start, -1 none.
    """

    subject: IntArray
    case: IntArray
    gap_s: FloatArray
    need_s: FloatArray
    have_s: FloatArray
    battery: IntArray
    lacking: IntArray
    starts: IntArray


def rack_rides(study: Study) -> Rides:
    """Racks all of whose living supplies were interrupted, and how they ride through."""
    share, found = study(shares), study(feeder_gaps)
    count = np.diff(share.alive_ptr)
    moving = np.zeros(len(study(cases)), dtype=bool)
    moving[found.case] = True
    rows = np.flatnonzero(moving[share.touched_case] & study.here[share.touched] & (count > 0))
    row = np.repeat(rows, count[rows])
    within = np.arange(len(row)) - np.repeat(np.cumsum(count[rows]) - count[rows], count[rows])
    whip = share.alive[share.alive_ptr[row] + within]
    gap = found.find(share.touched_case[row], study(grid).parent[study(supplies).start[whip]])
    whole = np.bincount(row, gap < 0, minlength=len(count)) > 0
    kept = np.flatnonzero(~whole[row])
    row, gap = row[kept], gap[kept]
    own = _own_hold(study)[share.touched[row]]
    subject = share.touched[row] + study.site.first["rack"]
    return _best(study, subject, share.touched_case[row], gap, own)


def _own_hold(study: Study) -> FloatArray:
    """(racks,) what each rack rides through itself: its shelves, or a battery in it."""
    racks = study.table("rack")
    hold = np.asarray(racks["hold_up_s"], dtype=float)
    hold = np.where(np.isnan(hold), limit(study, "hold_up_s").value, hold)
    return np.asarray(np.fmax(hold, np.asarray(racks["battery_s"], dtype=float)))


def _best(study: Study, subject: IntArray, case: IntArray, gap: IntArray, own: FloatArray) -> Rides:
    """Of several supplies of a subject in a case the one that rides through best."""
    found, bridge, first = study(feeder_gaps), study(bridges), study.arrays.topology.power.first
    by_battery = found.battery[gap] >= 0
    need = np.where(by_battery, bridge.need_s[gap], found.gap_s[gap])
    have = np.where(by_battery, bridge.have_s[gap], own)
    slack = have - need
    # What surely rides comes first, then what nobody knows, then what surely does not.
    rank = np.where(np.isnan(slack), 1, np.where(slack >= 0, 0, 2))
    order = np.lexsort((-np.nan_to_num(slack), rank, case, subject))
    key = np.stack([subject, case])[:, order]
    head = np.append(True, (key[:, 1:] != key[:, :-1]).any(axis=0))[: len(order)]
    at = order[head]
    g = gap[at]

    def named(node: IntArray) -> IntArray:
        return np.where(node >= 0, node + first, -1)

    return Rides(
        subject[at], case[at], found.gap_s[g], need[at], have[at],
        named(found.battery[g]), named(found.lacking[g]), named(found.starts[g]),
    )  # fmt: skip


def gear_rides(study: Study) -> Rides:
    """Gear whose feed was interrupted and comes back; where it goes to another feed, none.

    How fast a unit changes over from one of its own feeds to another nobody describes.
    """
    fed, found = study(supplies), study(feeder_gaps)
    racks = len(study.table("rack"))
    topology, now = study.arrays.topology.power, study(grid)
    ptr = fed.ptr[racks:]
    start = np.repeat(np.arange(len(fed.gear)), np.diff(ptr))
    node = fed.start[ptr[0] : ptr[-1]]
    feeder = np.where(node >= topology.feeders, now.parent[node], node)
    alive = (node >= 0) & ~np.append(now.dead, True)[node]
    living, first = np.unique(start[alive], return_index=True)
    feed = feeder[alive][first]
    hit = np.isin(found.node, feed)
    cases_of = np.unique(found.case[hit])
    pair = np.repeat(np.arange(len(living)), len(cases_of))
    case = np.tile(cases_of, len(living))
    gap = found.find(case, feed[pair])
    kept = np.flatnonzero(gap >= 0)
    own = _gear_hold(study)[living[pair[kept]]]
    return _best(study, fed.gear[living[pair[kept]]], case[kept], gap[kept], own)


def _gear_hold(study: Study) -> FloatArray:
    """(gear,) gap that drives and controls ride through, NaN not known."""
    return of_gear(study, "hold_up_s")


@dataclass(frozen=True)
class SupplyGaps:
    """Who is without supply after a case, and for how long.

    Attributes
    ----------
    case, subject
        (n,) case, and subject of a rack, a plant, a CDU or an air unit.
    seconds
        (n,) time without supply after all batteries above; infinite where none comes back, NaN
        where nobody knows.
    """

    case: IntArray
    subject: IntArray
    seconds: FloatArray


def gaps_in_supply(study: Study) -> SupplyGaps:
    """Gaps of racks and gear in every case: to be handed on to what asks how cooling rides."""
    share, fallen = study(shares), study(cases).fallen
    dark = (share.living == 0) & study.here[share.touched]
    gear = np.isin(fallen.gear, study(supplies).gear)
    parts = [
        (share.touched_case[dark], share.touched[dark] + study.site.first["rack"]),
        (fallen.gear_state[gear], fallen.gear[gear]),
    ]
    seconds = [np.full(len(c), np.inf) for c, _ in parts]
    for rides in (study(rack_rides), study(gear_rides)):
        bridged = (rides.battery >= 0) & (rides.have_s >= rides.need_s)
        unknown = (rides.battery >= 0) & np.isnan(rides.have_s - rides.need_s)
        kept = ~bridged
        parts.append((rides.case[kept], rides.subject[kept]))
        seconds.append(np.where(unknown, np.nan, rides.gap_s)[kept])
    case, subject = (np.concatenate(p).astype(np.int64) for p in zip(*parts, strict=True))
    order = np.lexsort((subject, case))
    return SupplyGaps(case[order], subject[order], np.concatenate(seconds)[order])


@dataclass(frozen=True)
class Recharge:
    """Batteries that recharge in a case, (n,): case, feeder, and kW at its input."""

    case: IntArray
    node: IntArray
    kw: FloatArray


def recharge(study: Study) -> Recharge:
    """Batteries that have bridged a gap and draw their recharge beside the load."""
    found = study(feeder_gaps)
    kw = figures_of(study, "recharge_kw", ("ups",))
    own = (found.battery == found.node) & (kw[found.node] > 0) & study(batteries)[found.node]
    return Recharge(found.case[own], found.node[own], kw[found.node[own]])


@dataclass(frozen=True)
class Upstream:
    """Recharge on what feeds the batteries: (n,) pairs of case and node, in each unit.

    Attributes
    ----------
    case, node
        Case, and feeder.
    kw, kva
        With what is lost between as `loss_bounds` has it, per kW more.
    current_kva
        kVA that count for currents: with one efficiency per element.
    """

    case: IntArray
    node: IntArray
    kw: FloatArray
    kva: FloatArray
    current_kva: FloatArray


def upstream_recharge(study: Study) -> Upstream:
    """Carry recharge up from each battery to the source on which it stands in the case.

    Of a parallel group each member that lives takes its share. The power factor is that of the
    UPS's input, one where it states none. Worked number: 90 kW behind a transformer of 1,000 kVA
    with a load loss of 10 kW are 90.9 kW before it.
    """
    bounds, plain = _carried_up(study, study(loss_bounds)), _carried_up(study, plain_bounds(study))
    keys = np.array(sorted(bounds), dtype=np.int64).reshape(-1, 2)
    kw, kva, current = (
        np.array([sums[key][unit] for key in sorted(bounds)], dtype=float)
        for sums, unit in ((bounds, 0), (bounds, 1), (plain, 1))
    )
    return Upstream(keys[:, 0], keys[:, 1], kw, kva, current)


def _carried_up(study: Study, bounds: LossBounds) -> dict[tuple[int, int], list[float]]:
    """KW and kVA of recharge by case and feeder; losses as a load of the battery's input has."""
    found, now, topology = study(recharge), study(grid), study.arrays.topology.power
    fallen = study(cases).fallen
    factor = np.nan_to_num(figures_of(study, "power_factor", ("ups",)), nan=1.0)
    own = figures_of(study, "power_factor", ("ups", "rectifier"))
    sums: dict[tuple[int, int], list[float]] = {}
    for case, node, kw in zip(found.case.tolist(), found.node.tolist(), found.kw, strict=True):
        span = slice(fallen.over_ptr[case], fallen.over_ptr[case + 1])
        onto = dict(zip(fallen.over[span].tolist(), fallen.onto[span].tolist(), strict=True))
        dead = set(fallen.dead[fallen.ptr[case] : fallen.ptr[case + 1]].tolist())
        left = [(int(onto.get(node, now.parent[node])), float(kw), float(factor[node]))]
        while left:
            at, amount, pf = left.pop()
            if at < 0:
                continue
            g = int(topology.group[at])
            mine = (
                [at] if g < 0 else topology.members[slice(*topology.group_ptr[g : g + 2])].tolist()
            )
            live = [m for m in mine if m not in dead and not now.dead[m]]
            total = sum(now.weight[m] for m in live)
            for m in live:
                part = amount if len(live) == 1 else amount * now.weight[m] / total
                told = sums.setdefault((case, m), [0.0, 0.0])
                told[0] += part
                told[1] += part / pf
                lost = max(part / bounds.efficiency[m] - part, part / pf * bounds.per_kva[m])
                above = int(onto.get(m, now.parent[m]))
                left.append((above, part + lost, pf if np.isnan(own[m]) else float(own[m])))
    return sums
