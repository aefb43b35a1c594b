"""What the one-line diagram says of every feeder: where it stands, what it carries, what limits it.

Everything here is told by the solvers: positions by the switching of the day or of one loss, loads
and limits by the same rows that the rules of feeders hold.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import numpy as np

from twin.site.table import BoolArray, FloatArray, IntArray, StrArray
from twin.site.windows import shares_on
from twin.solve.load import rack_load
from twin.solve.losses.asked import classes
from twin.solve.losses.cases import Cases, cases, lost_row
from twin.solve.losses.sorts import WORK_SORTS
from twin.solve.losses.switching import grid
from twin.solve.power.feeder_rows import FeederRows, feeder_rows
from twin.solve.power.feeders import Unit, feeders
from twin.solve.power.supplies import supplies
from twin.solve.study import Study
from twin.views import colours

UNITS: tuple[Unit, ...] = ("A", "kVA", "kW")
_GEAR = (
    ("cdu", "CDU", "CDUs"),
    ("air_unit", "air unit", "air units"),
    ("plant", "plant", "plants"),
)


@dataclass(frozen=True)
class Figures:
    """One row per feeder, (F,).

    Attributes
    ----------
    parent
        What feeds it in the positions that are shown, -1 none.
    dead
        Has no supply in them.
    out
        Is not there on the day: out for work, or not yet energised.
    unit
        Unit of the figures: that of its ratings in which it is nearest to its limit.
    load, limit
        What it carries in the positions that are shown, and what it may carry then; NaN not known.
    worst, worst_limit
        What it carries in its worst case and its limit then; of a single loss that is shown, those
        of that loss.
    cause
        What is lost in that case, in words; "" nothing.
    band
        Colour, as in `twin.views.colours`.
    racks, rack_kw
        Racks whose taps hang on it, and what they draw in all, kW.
    dark
        How many of those racks have no supply left.
    gear
        Gear that it feeds, in words.
    """

    parent: IntArray
    dead: BoolArray
    out: BoolArray
    unit: StrArray
    load: FloatArray
    limit: FloatArray
    worst: FloatArray
    worst_limit: FloatArray
    cause: StrArray
    band: IntArray
    racks: IntArray
    rack_kw: FloatArray
    dark: IntArray
    gear: StrArray


@dataclass(frozen=True)
class After:
    """One loss: the study in the positions after it, and what racks keep of their load.

    Attributes
    ----------
    study
        The site in the positions that its switches take; nothing else is lost in it.
    kept
        (racks,) part of its load that each rack keeps: the policy may cap after the loss.
    dark
        (racks,) racks that have no supply left.
    """

    study: Study
    kept: FloatArray
    dark: BoolArray


def figures(study: Study, after: After | None = None) -> Figures:
    """Return the figures of all feeders.

    Parameters
    ----------
    study
        The site on its day, with the losses that its policy names.
    after
        The same site after one loss, by `after_loss`; None: nothing is lost.
    """
    shown = after.study if after else study
    n = study.arrays.topology.power.feeders
    now = shown(grid)
    unit, load, limit, worst, most, case = _rows(shown, after.kept if after else None)
    if after:
        limit = most = _after_limits(shown, unit)
    table = shown(cases)
    causes = np.array([told(table, c) for c in range(len(table))], dtype=np.str_)
    share = np.divide(worst, most, out=np.full(n, np.nan), where=most > 0)
    band = np.where(np.isnan(share), colours.UNKNOWN, colours.bands_of(share))
    racks, rack_kw, dark = _racks(study, after.dark if after else None)
    return Figures(
        parent=now.parent[:n],
        dead=now.dead[:n],
        out=shares_on(study.site, study.conditions.date)[:n] <= 0.0,
        unit=unit,
        load=load,
        limit=limit,
        worst=worst,
        worst_limit=most,
        cause=causes[case],
        band=np.where(now.dead[:n], colours.NOT_JUDGED, band),
        racks=racks,
        rack_kw=rack_kw,
        dark=dark,
        gear=_gear(study),
    )


def after_loss(study: Study, lost: str) -> After:
    """Return what a site comes to after one loss, given as kind:id of an element that exists."""
    bare = replace(study.conditions, losses=0)
    one = Study(study.arrays, bare, (lost,))
    table, now = one(cases), one(grid)
    case, fallen = len(table) - 1, table.fallen
    parent = now.parent.copy()
    moved = slice(fallen.over_ptr[case], fallen.over_ptr[case + 1])
    parent[fallen.over[moved]] = fallen.onto[moved]
    first = study.arrays.topology.power.first
    lost_then, start = lost_row(one, case), study.site.first["rack"]
    dead = lost_then[first : first + len(parent)]
    dark = lost_then[start : start + len(study.table("rack"))]
    settled = replace(now, parent=parent, dead=dead)
    kept = np.asarray(table.keep_by[case][one(classes).of_rack])
    return After(Study(study.arrays, bare, (), {grid: settled}), kept, dark)


def told(table: Cases, case: int) -> str:
    """Say in a few words what is lost in a case: "UB lost", "work on P1"; "" nothing."""
    name = re.sub(r"\b[a-z_]+:", "", str(table.name[case]))
    whole = not name or int(table.sort[case]) in WORK_SORTS or name.endswith(" lost")
    return name if whole else f"{name} lost"


def _rows(
    study: Study, kept: FloatArray | None
) -> tuple[StrArray, FloatArray, FloatArray, FloatArray, FloatArray, IntArray]:
    """Return unit, load, limit, and load, limit and case of the worst case of every feeder."""
    n = study.arrays.topology.power.feeders
    unit = np.full(n, "kW", dtype="U3")
    load, limit, worst, most = (np.full(n, np.nan) for _ in range(4))
    case = np.zeros(n, dtype=np.int64)
    share = np.full(n, -1.0)
    for one in reversed(UNITS):
        for batch in feeder_rows(study, one, lambda kind: np.ones(len(study.table(kind)), bool)):
            demand = _demand(study, batch, kept)
            # Of equal cases the first one is told, whatever the last digit of a sum says.
            part = np.full(len(demand), -1.0)
            np.divide(demand, batch.limit, out=part, where=batch.limit > 0)
            part = np.nan_to_num(part, nan=-1.0).round(9)
            order = np.lexsort((batch.case, -part, batch.node))
            first = order[np.unique(batch.node[order], return_index=True)[1]]
            node, healthy = batch.node[first], np.flatnonzero(batch.case == 0)
            better = (part[first] >= share[node]) & (
                ~np.isnan(batch.limit[first]) | (share[node] < 0)
            )
            # A unit in which nothing is rated says no more than kW does.
            better &= ~np.isnan(batch.limit[first]) | (one == "kW")
            at, row = node[better], first[better]
            own = healthy[np.searchsorted(batch.node[healthy], at)]
            unit[at], share[at], case[at] = one, part[row], batch.case[row]
            load[at], limit[at] = demand[own], batch.limit[own]
            worst[at], most[at] = demand[row], batch.limit[row]
    return unit, load, limit, worst, most, case


def _demand(study: Study, batch: FeederRows, kept: FloatArray | None) -> FloatArray:
    """(R,) what each row carries in all, without caps in doubt; NaN where a load is not known."""
    here = np.where(study.here, study(rack_load), 0.0)
    if kept is not None:
        here = here * kept
    size = len(batch.element)
    out = batch.base + np.bincount(batch.row, weights=batch.full * here[batch.rack], minlength=size)
    out = np.where(batch.blind >= 0, np.nan, out)
    return np.asarray(out + np.where(batch.onto >= 0, out[batch.onto], 0.0))


def _after_limits(study: Study, unit: StrArray) -> FloatArray:
    """(F,) limit of each feeder after a loss, in its own unit."""
    known, n = study(feeders), len(unit)
    each = {one: known.limits(one)[1][:n] for one in UNITS}
    return np.select([unit == one for one in UNITS], list(each.values()), np.nan)


def _racks(study: Study, dark: BoolArray | None) -> tuple[IntArray, FloatArray, IntArray]:
    """(F,) racks that stand and have taps on each feeder, what they draw, kW, how many are dark."""
    topology, n = study.arrays.topology.power, study.arrays.topology.power.feeders
    feeder = np.append(topology.parent, -1)[topology.taps]
    rack = topology.rack_of
    hangs = (feeder >= 0) & study.here[rack]
    pairs = np.unique(np.stack([feeder[hangs], rack[hangs]], axis=1), axis=0)
    load = study(rack_load)[pairs[:, 1]]
    out = np.zeros(len(pairs)) if dark is None else dark[pairs[:, 1]]
    count, draw, without = (
        np.bincount(pairs[:, 0], weights=w, minlength=n) for w in (None, load, out)
    )
    return count.astype(np.int64), draw.astype(float), without.astype(np.int64)


def _gear(study: Study) -> StrArray:
    """(F,) what gear each feeder feeds, in words: "2 CDUs, 5 air units"."""
    fed, topology, site = study(supplies), study.arrays.topology.power, study.site
    racks = len(study.table("rack"))
    owner = np.repeat(fed.gear, np.diff(fed.ptr)[racks:])
    node = fed.start[fed.ptr[racks] :]
    words: list[list[str]] = [[] for _ in range(topology.feeders)]
    for kind, one, many in _GEAR:
        mine = (site.rows_of(kind, owner) >= 0) & (node >= 0) & (node < topology.feeders)
        for at, count in zip(*np.unique(node[mine], return_counts=True), strict=True):
            words[int(at)].append(f"{count} {one if count == 1 else many}")
    return np.array([", ".join(w) for w in words], dtype=np.str_)
