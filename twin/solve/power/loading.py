"""Load against limit of every element in every case: feeders, taps, whips and racks' shelves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import partial

import numpy as np

from twin.site.table import Array, BoolArray, FloatArray, IntArray
from twin.solve.load import rack_load, shelf_load
from twin.solve.losses.asked import classes
from twin.solve.losses.cases import Cases, cases
from twin.solve.losses.switching import grid
from twin.solve.power.feeder_rows import FeederRows, feeder_rows
from twin.solve.power.feeders import Unit, amps_per_kw, feeders
from twin.solve.power.servers import given, in_full, living_supplies, off, servers
from twin.solve.power.shares import Shares, shares, with_losses
from twin.solve.power.supplies import supplies
from twin.solve.study import Study

UNITS: tuple[Unit, ...] = ("kW", "kVA", "A")
_RATINGS = {"kW": ("rating_kw",), "kVA": ("rating_kva",), "A": ("rating_a", "breaker_a")}


@dataclass(frozen=True)
class Loading:
    """Rows (element, case): those with nothing lost, and what is moved or derated by a loss.

    A row is in one unit; an element that is rated in several has rows in each. Loads are those of
    the study's mode, of racks that stand; caps in doubt count as none.

    Attributes
    ----------
    subject, case, unit
        (R,) subject number, case of the table, place in `UNITS`.
    demand, limit
        (R,) in the unit; what nobody knows of a demand is left out of it.
    at_least
        (R,) whether something in the demand is not known.
    onto
        (R,) healthy row that a moved share adds to, -1 none.
    rack, row, each
        (E,) racks' shares of rows, in the unit per kW of the rack.
    """

    subject: IntArray
    case: IntArray
    unit: IntArray
    demand: FloatArray
    limit: FloatArray
    at_least: BoolArray
    onto: IntArray
    rack: IntArray
    row: IntArray
    each: FloatArray

    @property
    def ratio(self) -> FloatArray:
        """(R,) demand over limit; NaN where the limit is not known, infinite on a limit of 0."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(self.demand > 0, self.demand / self.limit, 0.0 * self.limit)


@dataclass(frozen=True)
class Touched:
    """Racks in cases that touch them, and with nothing lost: which of their supplies live.

    Attributes
    ----------
    rack, case
        (T,) the rows with nothing lost come first.
    ptr, alive
        Living supplies of each row, places in the list of supplies.
    keep
        (T,) share of its load that the rack must keep; a cap in doubt is none.
    runs
        (T,) whether a supply lives, and of servers with supplies of their own as many as they
        run with.
    most_kw
        (T,) what the rack is given at most, in kW, where its servers run reduced, NaN where nobody
        states it; else infinite.
    """

    rack: IntArray
    case: IntArray
    ptr: IntArray
    alive: IntArray
    keep: FloatArray
    runs: BoolArray
    most_kw: FloatArray

    @property
    def living(self) -> IntArray:
        """(T,) how many supplies live."""
        return np.diff(self.ptr)


def policy_loading(study: Study) -> Loading:
    """Hold all elements against their limits in the cases that the policy says must be survived."""
    return loading(study, study(cases), study(shares))


def loading(study: Study, table: Cases, share: Shares) -> Loading:
    """Hold every element in every case against its limit."""
    parts = list(_shared(study, table, share))
    seen = touched(study, table, share)
    parts += [*_private(study, seen), _shelves(study, seen), _servers(study, seen)]
    rows = np.cumsum([0, *(len(p.subject) for p in parts)])
    moved = [
        {
            "onto": np.where(p.onto >= 0, p.onto + start, -1),
            "row": p.row + start,
        }
        for p, start in zip(parts, rows.tolist(), strict=False)
    ]
    out = {
        f.name: np.concatenate(
            [m.get(f.name, getattr(p, f.name)) for p, m in zip(parts, moved, strict=True)]
        )
        for f in fields(Loading)
    }
    return Loading(**out)


def touched(study: Study, table: Cases, share: Shares) -> Touched:
    """Collect who lives where: with nothing lost, then in each case that touches a rack."""
    fed, now, topology = study(supplies), study(grid), study.arrays.topology.power
    whips = len(topology.whips)
    start, supply = fed.start[:whips], fed.supply[:whips]
    lives = (start >= 0) & ~now.dead[start] & ~now.dead[supply]
    racks = len(topology.whip_ptr) - 1
    count = np.bincount(topology.rack_of[lives], minlength=racks)
    known = np.where(table.counts_by, table.keep_by, 1.0)
    own = study(classes).of_rack[share.touched]
    rack = np.concatenate([np.arange(racks), share.touched])
    ptr = np.concatenate([[0], np.cumsum(count), share.alive_ptr[1:] + count.sum()])
    alive = np.concatenate([np.flatnonzero(lives), share.alive[: share.alive_ptr[-1]]])
    living = living_supplies(study, len(rack), np.repeat(np.arange(len(rack)), np.diff(ptr)), alive)
    return Touched(
        rack=rack,
        case=np.concatenate([np.zeros(racks, np.int64), share.touched_case]),
        ptr=ptr,
        alive=alive,
        keep=np.concatenate([np.ones(racks), known[share.touched_case, own]]),
        runs=(np.diff(ptr) > 0) & ~off(study, rack, living),
        most_kw=_reduced_kw(study, rack, living),
    )


def _reduced_kw(study: Study, rack: IntArray, living: IntArray) -> FloatArray:
    """(T,) what racks whose servers run reduced are given, NaN not known; infinite for others."""
    reduced = study(servers).mine[rack] & ~in_full(study, rack, living)
    return np.where(reduced, given(study, rack, living).known, np.inf)


def _shared(study: Study, table: Cases, share: Shares) -> Iterator[Loading]:
    """Feeders in each unit in which they are rated."""
    heavy = with_losses(study, table, share)
    for number, unit in enumerate(UNITS):
        own = share if unit == "A" else heavy
        for batch in feeder_rows(study, unit, partial(_rated, study, unit), table, own):
            yield _summed(study, batch, number)


def _rated(study: Study, unit: Unit, kind: str) -> Array:
    table = study.table(kind)
    given = [~np.isnan(np.asarray(table[c], dtype=float)) for c in _RATINGS[unit]]
    return np.asarray(np.logical_or.reduce(given))


def _summed(study: Study, batch: FeederRows, unit: int) -> Loading:
    load = np.where(study.here, study(rack_load), 0.0)
    amount = batch.full * load[batch.rack]
    size = len(batch.element)
    demand = np.bincount(batch.row, np.nan_to_num(amount), minlength=size) + batch.base
    lacking = np.bincount(batch.row, np.isnan(amount), minlength=size) > 0
    lacking |= batch.blind >= 0
    has = batch.onto >= 0
    demand = demand + np.where(has, demand[batch.onto], 0.0)
    lacking = lacking | (has & lacking[batch.onto])
    return Loading(
        subject=study.site.subject(batch.kind, batch.element),
        case=batch.case,
        unit=np.full(size, unit),
        demand=demand,
        limit=np.asarray(batch.limit, dtype=float),
        at_least=lacking,
        onto=batch.onto,
        rack=batch.rack,
        row=batch.row,
        each=batch.full,
    )


def parts_of(study: Study, seen: Touched) -> tuple[IntArray, FloatArray]:
    """Row in `seen` of each living supply, and the part of the rack's load that it carries."""
    weight = study(supplies).weight[seen.alive]
    row = np.repeat(np.arange(len(seen.rack)), seen.living)
    total = np.bincount(row, weight, minlength=len(seen.rack))[row]
    living = seen.living[row]
    with np.errstate(divide="ignore", invalid="ignore"):
        part = np.where(total > 0.0, weight / total, 1.0 / living)
    return row, part * seen.keep[row] * seen.runs[row]


def _private(study: Study, seen: Touched) -> Iterator[Loading]:
    """Taps and whips that say what they carry, in amperes."""
    known, topology = study(feeders), study.arrays.topology.power
    row, part = parts_of(study, seen)
    rack, case = seen.rack[row], seen.case[row]
    whip = topology.whips[seen.alive]
    tap = topology.parent[whip]
    pf = np.asarray(study.table("rack")["power_factor"], dtype=float)[rack]
    each = part * amps_per_kw(known.voltage_v[tap], pf, known.phases[tap])
    rating = np.asarray(study.table("whip")["rating_a"], dtype=float)
    rated = rating[whip - (study.site.first["whip"] - topology.first)]
    for node, limit in ((tap, known.limit_a[tap]), (whip, rated)):
        has = study.here[rack] & ~np.isnan(limit)
        yield _alone(
            study, node[has] + topology.first, case[has], UNITS.index("A"), limit[has], rack[has],
            each[has],
        )  # fmt: skip


def _shelves(study: Study, seen: Touched) -> Loading:
    """Racks against the output of their living shelves, in kW."""
    topology, racks = study.arrays.topology.power, study.table("rack")
    number = np.nan_to_num(study.table("whip")["shelf"], nan=1.0).astype(np.int64)
    shelf = number[topology.whips - (study.site.first["whip"] - topology.first)][seen.alive]
    row = np.repeat(np.arange(len(seen.rack)), seen.living)
    width = int(shelf.max(initial=0)) + 1
    distinct = np.unique(row * width + shelf) // width
    living = np.bincount(distinct, minlength=len(seen.rack))
    most = np.nan_to_num(np.asarray(racks["shelves"], dtype=float))[seen.rack]
    limit = np.minimum(living, most) * np.asarray(racks["shelf_kw"], dtype=float)[seen.rack]
    has = study.here[seen.rack] & (most > 0) & (seen.living > 0) & ~np.isnan(limit)
    rack = seen.rack[has]
    return _alone(
        study, rack + study.site.first["rack"], seen.case[has], UNITS.index("kW"), limit[has],
        rack, seen.keep[has] * _behind_shelves(study)[rack],
    )  # fmt: skip


def _behind_shelves(study: Study) -> FloatArray:
    """(racks,) load behind the shelves over that at the whips; 1 where nothing is drawn."""
    load, behind = study(rack_load), study(shelf_load)
    return np.divide(behind, load, out=np.ones(len(load)), where=load > 0)


def _servers(study: Study, seen: Touched) -> Loading:
    """Racks of servers that run reduced against what these are given, in kW; NaN not known."""
    rows = np.flatnonzero(study.here[seen.rack] & seen.runs & ~np.isposinf(seen.most_kw))
    rack = seen.rack[rows]
    return _alone(
        study, rack + study.site.first["rack"], seen.case[rows], UNITS.index("kW"),
        seen.most_kw[rows], rack, seen.keep[rows],
    )  # fmt: skip


def _alone(
    study: Study,
    subject: IntArray,
    case: IntArray,
    unit: int,
    limit: FloatArray,
    rack: IntArray,
    each: FloatArray,
) -> Loading:
    """Rows of elements on which one rack alone stands."""
    demand = each * study(rack_load)[rack]
    rows = np.arange(len(subject))
    return Loading(
        subject=subject, case=case, unit=np.full(len(rows), unit),
        demand=np.asarray(np.nan_to_num(demand)), limit=limit, at_least=np.isnan(demand),
        onto=np.full(len(rows), -1), rack=rack, row=rows, each=each,
    )  # fmt: skip
