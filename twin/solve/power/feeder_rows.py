"""Budgets of racks on shared feeders: rows (element, case), racks' shares, and what gear draws."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from twin.model.base import FEEDERS
from twin.site.table import Array, BoolArray, FloatArray, IntArray
from twin.solve.load import gear_load, gear_power_factor
from twin.solve.losses.asked import derate
from twin.solve.losses.cases import Cases, cases
from twin.solve.losses.sorts import BYPASS, MODULE, WORK
from twin.solve.power.feeders import Unit, amps_per_kva, feeders
from twin.solve.power.loss_bounds import loss_bounds
from twin.solve.power.shares import Shares, lossy_shares, shares, shares_in, with_losses
from twin.solve.power.supplies import supplies
from twin.solve.study import Study

_NOTHING = 1e-12


@dataclass(frozen=True)
class FeederRows:
    """Rows (element, case) of one kind of feeder in one unit, and racks' shares of them.

    Attributes
    ----------
    kind, element, case
        Kind of the feeder; (R,) row of its table; (R,) case.
    node
        (R,) power node.
    onto
        (R,) healthy row of the same element, -1 for a healthy row.
    limit
        (R,) limit of the element in the state of the case; NaN not known.
    base
        (R,) what gear draws through it, and what elements below lose whatever their load; in a
        case what moved of that; NaN where a parallel group shares it as nobody knows.
    blind
        (R,) subject of gear on it of which nobody knows what it draws, -1 none.
    rack, row, coefficient
        (E,) shares in the unit per kW of each rack.
    full
        (E,) the same without the caps that are in doubt.
    """

    kind: str
    element: IntArray
    case: IntArray
    node: IntArray
    onto: IntArray
    limit: FloatArray
    base: FloatArray
    blind: IntArray
    rack: IntArray
    row: IntArray
    coefficient: FloatArray
    full: FloatArray


@dataclass(frozen=True)
class Entries:
    """Entries of shares in one unit per kW of the load; `gear` is a place or -1 for racks."""

    share: Shares
    rack: IntArray
    gear: IntArray
    coefficient: FloatArray
    full: FloatArray


def feeder_rows(
    study: Study,
    unit: Unit,
    wanted: Callable[[str], Array],
    table: Cases | None = None,
    share: Shares | None = None,
) -> Iterator[FeederRows]:
    """Rows of all shared feeders rated in a unit, one batch per kind.

    Parameters
    ----------
    wanted
        From a kind, which rows of its table are to be held in this unit, (n,) bool.
    table
        Cases; those that the policy asks for where none are given.
    share
        Shares in these cases, where they are at hand: for kW and kVA those with losses.
    """
    if share is None:
        share = _shares(study, unit, table)
    entries = in_unit(study, unit, share)
    first = study.arrays.topology.power.first
    for kind in FEEDERS:
        rows = np.flatnonzero(wanted(kind))
        if not len(rows):
            continue
        start = study.site.first[kind] - first
        chosen = np.zeros(len(study.arrays.topology.power.parent) + 1, dtype=bool)
        chosen[rows + start] = True
        batch = _Batch(study, unit, study(cases) if table is None else table, kind, start)
        yield batch.rows(entries, rows, np.flatnonzero(chosen[share.element]))


def _shares(study: Study, unit: Unit, table: Cases | None) -> Shares:
    """Shares for a unit: currents know one efficiency per element, kW and kVA all losses."""
    if table is None:
        return study(shares) if unit == "A" else study(lossy_shares)
    plain = shares_in(study, table)
    return plain if unit == "A" else with_losses(study, table, plain)


def in_unit(study: Study, unit: Unit, share: Shares) -> Entries:
    """Shares of loads on elements in a unit per kW of each load."""
    racks = len(study.table("rack"))
    per_kw = (lambda kw, *_: kw) if unit == "kW" else _per_kw(study, unit, share)

    coefficient = per_kw(share.share, share.bare, share.kva)
    doubt = share.full is not share.share
    return Entries(
        share=share,
        rack=np.where(share.load < racks, share.load, -1),
        gear=np.where(share.load < racks, -1, share.load - racks),
        coefficient=coefficient,
        full=per_kw(share.full, share.bare_full, share.kva_full) if doubt else coefficient,
    )


def _per_kw(
    study: Study, unit: Unit, share: Shares
) -> Callable[[FloatArray, FloatArray, FloatArray], FloatArray]:
    """Return what turns the kW of shares, what of them is bare, and their kVA into A or kVA."""
    known = study(feeders)
    pf = np.concatenate(
        [
            np.asarray(study.table("rack")["power_factor"], dtype=float),
            study(gear_power_factor),
            study(loss_bounds).power_factor,
        ]
    )[share.load]
    pf[(known.phases == 0)[share.element]] = 1.0
    # Of elements there are far fewer than of shares on them.
    amps = amps_per_kva(known.voltage_v, known.phases)[share.element] if unit == "A" else 1.0

    def per_kw(_: FloatArray, bare: FloatArray, kva: FloatArray) -> FloatArray:
        # Nothing through a converter, or nothing beside it, needs no power factor of either.
        own = np.where(bare == 0.0, 0.0, bare / pf)
        return np.asarray((own + kva) * amps)

    return per_kw


def limits_in(study: Study, unit: Unit, table: Cases, node: IntArray, case: IntArray) -> FloatArray:
    """(n,) limit of elements in the state of cases of a table; NaN not known."""
    healthy, after = study(feeders).limits(unit)
    # Planned work is no loss: what the owner allows after one does not stand for it.
    planned = (case == 0) | (table.sort[case] == WORK)
    out = np.where(planned, healthy[node], after[node])
    first = study.arrays.topology.power.first
    own = table.origin[case] == node + first
    out = np.where(own, out * derate(study, table.sort, table.origin)[case], out)
    start = study.site.first["ups"] - first
    kva = np.append(np.asarray(study.table("ups")["bypass_kva"], dtype=float), np.nan)
    of_ups = (node >= start) & (node < start + len(kva) - 1)
    bypassed = own & of_ups & (table.sort[case] == BYPASS) & (unit != "A")
    return np.where(bypassed, kva[np.where(of_ups, node - start, -1)], out)


@dataclass(frozen=True)
class _Batch:
    """Makes the rows of one kind in one unit."""

    study: Study
    unit: Unit
    table: Cases
    kind: str
    start: int

    def rows(self, entries: Entries, rows: IntArray, at: IntArray) -> FeederRows:
        """Rows of the elements `rows`, of which the entries `at` tell."""
        share = entries.share
        case = share.case[at]
        key = np.where(case > 0, (share.element[at] - self.start) * (1 << 24) + case, -1)
        distinct, inverse = np.unique(key, return_inverse=True)
        # Where no load brings more than it takes away, the healthy row is the worse; what a load
        # brings is not known where members of a parallel group share it as nobody knows.
        worse = np.zeros(len(distinct), dtype=bool)
        more = ~((share.full[at] <= _NOTHING) & (entries.full[at] <= _NOTHING))
        worse[inverse[more]] = True
        # Of a unit of which a part is lost the limit falls too: what is left on it counts.
        pair = np.where(distinct >= 0, distinct & 0xFFFFFF, 0)
        own = self.table.origin[pair] - self._first == distinct >> 24
        worse = (worse | (own & self._partly[pair])) & (distinct >= 0)
        kept = worse[inverse] | (case == 0)
        at, inverse = at[kept], inverse[kept]
        partly = self._derated(rows, distinct[worse])
        row_of, distinct = np.cumsum(worse) - 1 + len(rows), distinct[worse]
        healthy_of = np.full(int(rows.max(initial=0)) + 1, -1, dtype=np.int64)
        healthy_of[rows] = np.arange(len(rows))
        row = np.where(
            share.case[at] > 0, row_of[inverse], healthy_of[share.element[at] - self.start]
        )
        element = np.concatenate([rows, distinct >> 24, partly[0]])
        cases_of = np.concatenate([np.zeros(len(rows)), distinct & 0xFFFFFF, partly[1]])
        node, case = element + self.start, cases_of.astype(np.int64)
        base, blind = self._gear(entries, at, row, len(element))
        own = np.flatnonzero(entries.rack[at] >= 0)
        at, row = at[own], row[own]
        return FeederRows(
            kind=self.kind,
            element=element,
            case=case,
            node=node,
            onto=np.where(case > 0, healthy_of[element], -1),
            limit=limits_in(self.study, self.unit, self.table, node, case),
            base=base,
            blind=blind,
            rack=entries.rack[at],
            row=row,
            coefficient=entries.coefficient[at],
            full=entries.full[at],
        )

    def _derated(self, rows: IntArray, moved: IntArray) -> tuple[IntArray, IntArray]:
        """(element, case) of units of which a part is lost and nothing moves: the limit does."""
        case = np.flatnonzero(self._partly & np.isin(self.table.origin, rows + self._first))
        element = self.table.origin[case] - self._first
        kept = ~np.isin(element * (1 << 24) + case, moved)
        return element[kept], case[kept]

    @property
    def _partly(self) -> BoolArray:
        """(C,) cases in which a part of a unit is lost."""
        return np.isin(self.table.sort, (MODULE, BYPASS))

    @property
    def _first(self) -> int:
        return self.study.site.first[self.kind]

    def _gear(
        self, entries: Entries, at: IntArray, row: IntArray, size: int
    ) -> tuple[FloatArray, IntArray]:
        """(R,) what gear draws and elements lose at no load, and what nobody knows, -1 none."""
        own = np.flatnonzero(entries.gear[at] >= 0)
        gear, where = entries.gear[at[own]], row[own]
        drawn = np.concatenate([self.study(gear_load), self.study(loss_bounds).fixed_kw])
        amount = entries.full[at[own]] * drawn[gear]
        # Of what a parallel group shares in a way that nobody knows the draw is not what lacks.
        unshared = np.isnan(entries.share.full[at[own]])
        known = np.where(unshared, amount, np.nan_to_num(amount))
        base = np.bincount(where, known, minlength=size).astype(float)
        blind = np.full(size, -1, dtype=np.int64)
        lacking = np.isnan(amount) & ~unshared
        losing = self.study(loss_bounds).node + self.study.arrays.topology.power.first
        blind[where[lacking]] = np.concatenate([self.study(supplies).gear, losing])[gear[lacking]]
        return base, blind
