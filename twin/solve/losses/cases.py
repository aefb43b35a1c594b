"""What is lost together: each case closed over feeds and switches, before any rule reads it.

A fault in an element takes out everything up to the nearest protective device, and all below it
that no switch can move to another side; the outage of a source takes the source alone, and what
no switch can move; gear whose feeds are all dead is dead too, as is a unit whose plant is dead or
that a lost pipe parts from it, and a switch whose rack has no living whip. Planned work takes out
everything up to the nearest isolators.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from twin.site.table import BoolArray, FloatArray, IntArray, StrArray
from twin.solve.losses.asked import Asked, asked
from twin.solve.losses.caps import caps
from twin.solve.losses.fallen import Fallen, close, cut_off
from twin.solve.losses.sorts import (
    BYPASS,
    EXCHANGER,
    FAN,
    MODULE,
    PLANE,
    PUMP,
    SHELF,
    UNIT,
    VALVE_END,
    VALVE_START,
    WORK_AND_FAULT,
    WORK_SORTS,
)
from twin.solve.losses.supply_lost import outages
from twin.solve.losses.switching import grid
from twin.solve.study import Study


@dataclass(frozen=True)
class Cases:
    """Rows of what is lost; row 0 is all healthy. K classes of racks, the last one for gear.

    Attributes
    ----------
    name
        (C,) kind:id of the element whose loss it is, "" for row 0; in words for what is no loss of
        one element.
    sort
        (C,) which sort of loss, as in `twin.solve.losses.asked`.
    origin, second
        (C,) subject that is lost, and the second one where two are; -1 none.
    roots
        (C, W) power nodes under which all is dead unless a switch moves it, -1 none.
    keep_by, counts_by, asked_by
        (C, K) share of the load that racks of a class must keep: 1 full, less where the policy
        caps; False where a cap is in doubt: nobody knows that it is fast enough, or who enforces
        it; whether the policy asks anything of the class.
    fallen
        What is dead, and what stands elsewhere, case by case.
    """

    name: StrArray
    sort: IntArray
    origin: IntArray
    second: IntArray
    roots: IntArray
    keep_by: FloatArray
    counts_by: BoolArray
    asked_by: BoolArray
    fallen: Fallen

    def __len__(self) -> int:
        """Return the number of cases, the healthy one included."""
        return len(self.name)

    @property
    def root(self) -> IntArray:
        """(C,) power node under which all is dead at first, -1 where no power is lost."""
        return self.roots[:, 0]

    @cached_property
    def keep(self) -> FloatArray:
        """(C,) share of the load that the strictest class must keep."""
        return np.asarray(self.keep_by[:, :-1].max(axis=1))

    @cached_property
    def counts(self) -> BoolArray:
        """(C,) whether no cap of any class is in doubt."""
        return np.asarray(self.counts_by.all(axis=1))

    def lost(self, first: int, count: int) -> tuple[IntArray, IntArray]:
        """(case, row) pairs of dead gear among the subjects first .. first + count."""
        gear = self.fallen.gear
        mine = (gear >= first) & (gear < first + count)
        return self.fallen.gear_state[mine], gear[mine] - first


def cases(study: Study) -> Cases:
    """Cases that the owner's policy says must be survived."""
    return cases_of(study, study(asked))


def cases_of(study: Study, wanted: Asked) -> Cases:
    """Close losses that are asked for; those that take the same out are one case.

    It is named after what is lost itself where that is as strict as all that falls with it, and
    asks the strictest of what is asked of all of them.
    """
    out = outages(study, wanted.sort, wanted.origin, wanted.second, wanted.roots)
    key = np.stack(
        [
            wanted.section, wanted.sort, *wanted.roots.T, *wanted.gear.T, *wanted.derated.T, *out.T,
        ],
        axis=1,
    )  # fmt: skip
    distinct, first, state = np.unique(key, axis=0, return_index=True, return_inverse=True)
    state = state.ravel()
    sort, roots, gear = distinct[:, 1], distinct[:, 2:4], distinct[:, 4:6]
    fallen = close(study, sort, roots, gear, out[first])
    keep, counts = caps(study, wanted, fallen, state)
    full = np.where(counts, keep, 1.0)
    itself = wanted.origin - study.arrays.topology.power.first == wanted.roots[:, 0]
    order = np.lexsort((wanted.origin, ~itself, -full.max(axis=1), -keep.max(axis=1), state))
    head = order[np.searchsorted(state[order], np.arange(len(distinct)))]
    low = np.searchsorted(state[order], np.arange(len(distinct)))
    strictest = np.maximum.reduceat(keep[order], low)
    asks = wanted.outcome > 0
    return Cases(
        name=_names(study, wanted, head),
        sort=wanted.sort[head],
        origin=wanted.origin[head],
        second=wanted.second[head],
        roots=cut_off(study, sort, roots, out[first]),
        keep_by=strictest,
        counts_by=strictest == np.maximum.reduceat(full[order], low),
        asked_by=np.logical_or.reduceat(asks[order], low),
        fallen=fallen,
    )


def _names(study: Study, wanted: Asked, rows: IntArray) -> StrArray:
    """Say what is lost: an element, a module of one, or work with or without a fault."""
    out, second = (study.site.names_of(of[rows]) for of in (wanted.origin, wanted.second))
    sort = wanted.sort[rows]
    work, both = np.isin(sort, WORK_SORTS), sort == WORK_AND_FAULT
    for mine, before, after in (
        (sort == MODULE, "a module of ", ""),
        (sort == BYPASS, "the inverter of ", ""),
        (sort == PUMP, "a pump of ", ""),
        (sort == FAN, "a fan of ", ""),
        (sort == EXCHANGER, "the exchanger of ", ""),
        (sort == UNIT, "a chiller or dry cooler of ", ""),
        (sort == VALVE_START, "the valve at the start of ", ""),
        (sort == VALVE_END, "the valve at the end of ", ""),
        (sort == SHELF, "the shelf of ", ""),
        (sort == PLANE, "the plane of ", ""),
        (work, "work on ", ""),
        ((second != "") & ~work, "", np.strings.add(" and ", second)),
        (both, "", np.strings.add(np.strings.add(" with ", second), " lost")),
    ):
        # Most cases are named as what is lost, and have no words besides.
        if mine.any():
            more = after if isinstance(after, str) else after[mine]
            said = np.strings.add(np.strings.add(before, out[mine]), more)
            out = out.astype(f"U{max(out.itemsize // 4, np.strings.str_len(said).max())}")
            out[mine] = said
    return out


def lost_row(study: Study, case: int) -> BoolArray:
    """One row of the table of losses over all subjects, (S,) bool; row 0 is what is not there."""
    table, topology, now = study(cases), study.arrays.topology.power, study(grid)
    fallen = table.fallen
    lost = np.zeros(study.site.size, dtype=bool)
    lost[fallen.gear[fallen.gear_state == case]] = True
    dead = now.dead.copy()
    dead[fallen.dead[fallen.ptr[case] : fallen.ptr[case + 1]]] = True
    fed = np.arange(topology.feeders, len(dead))
    for _ in range(2):
        dead[fed] |= (now.parent[fed] >= 0) & topology.silent(dead)[now.parent[fed]]
    lost[topology.first : topology.first + len(dead)] |= dead
    racks = np.bincount(
        topology.rack_of, weights=~dead[topology.whips], minlength=len(study.table("rack"))
    )
    start = study.site.first["rack"]
    dark = (np.diff(topology.whip_ptr) > 0) & (racks == 0)
    lost[start : start + len(dark)] |= dark
    return lost
