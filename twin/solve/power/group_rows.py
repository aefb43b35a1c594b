"""Parallel transformers of which nobody knows how they share: what one of them surely carries.

Whatever their impedances, what they carry together is known. Where the others carry all that they
may, the rest is left for one: if that is more than it may carry, one of them is surely overloaded.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.site.table import BoolArray, IntArray
from twin.solve.load import gear_load
from twin.solve.losses.cases import cases
from twin.solve.losses.switching import grid
from twin.solve.power.feeder_rows import FeederRows, in_unit, limits_in
from twin.solve.power.feeders import Unit
from twin.solve.power.loss_bounds import loss_bounds
from twin.solve.power.parallel import hand_up
from twin.solve.power.shares import Shares, shares_if_alike
from twin.solve.study import Study

_NOTHING = 1e-12


def group_rows(study: Study, unit: Unit, part: float = 1.0) -> Iterator[FeederRows]:
    """Rows (transformer, case) of groups that share as nobody knows, one batch for each group.

    The transformer of a row stands for its group: `base` is less than nothing by what the others
    may carry. Worked number: two of 1,000 kVA with 2,200 kVA on both leave 1,200 kVA for one of
    them, whatever their impedances.

    Parameters
    ----------
    part
        Part of their limits that transformers may carry.
    """
    topology = study.arrays.topology.power
    groups = [g for g in range(len(topology.group_ptr) - 1) if _sure(study, g)]
    if not groups:
        return
    share = shares_if_alike(study, lossy=unit != "A")
    for g in groups:
        yield from _rows(study, unit, share, _members(study, g), part)


def _members(study: Study, group: int) -> IntArray:
    topology = study.arrays.topology.power
    return topology.members[topology.group_ptr[group] : topology.group_ptr[group + 1]]


def _sure(study: Study, group: int) -> bool:
    """Whether nobody knows how a group of transformers shares, but what reaches it is known."""
    mine, first = _members(study, group), study.arrays.topology.power.first
    alone = (study.site.rows_of("transformer", mine + first) >= 0).all()
    return bool(
        alone and np.isnan(study(grid).weight[mine]).any() and not study(_blurred)[mine].any()
    )


def _blurred(study: Study) -> BoolArray:
    """(feeders,) what hangs on feeds of a group whose members lose, or are fed, each otherwise."""
    topology, now, bounds = study.arrays.topology.power, study(grid), study(loss_bounds)
    told = np.full(topology.feeders, -1, dtype=np.int64)
    n = topology.feeders
    columns = [now.parent[:n], topology.parent[:n], topology.alternate, bounds.efficiency[:n],
               bounds.per_kva[:n], bounds.per_kvar[:n]]  # fmt: skip
    for g in range(len(topology.group_ptr) - 1):
        mine = _members(study, g)
        unknown = np.isnan(now.weight[mine]).any()
        if unknown and any((c[mine] != c[mine[0]]).any() for c in columns):
            told[mine] = mine[0]
    own = told >= 0
    hand_up(study, told)
    return np.asarray((told >= 0) & ~own)


def _rows(
    study: Study, unit: Unit, share: Shares, members: IntArray, part: float
) -> Iterator[FeederRows]:
    """Rows of one group: the healthy one, and the cases in which it carries or may carry other."""
    table, first = study(cases), study.arrays.topology.power.first
    entries, lives = in_unit(study, unit, share), _living(study, members)
    at = np.flatnonzero(np.isin(share.element, members))
    wanted = np.isin(table.origin, members + first) | (lives != lives[0]).any(axis=1)
    wanted[share.case[at][(share.full[at] > _NOTHING) | (entries.full[at] > _NOTHING)]] = True
    # One that lives alone carries all: that is known without this.
    wanted &= lives.sum(axis=1) > 1
    if not wanted[0]:
        return
    case = np.flatnonzero(wanted)
    each = [limits_in(study, unit, table, np.full(len(case), m), case) for m in members.tolist()]
    limit = np.where(lives[case], np.stack(each, axis=1) * part, 0.0)
    if np.isnan(limit).any():
        return
    one = lives[case].argmax(axis=1)
    own = limit[np.arange(len(case)), one]
    others = limit.sum(axis=1) - own
    row_of = np.full(len(table), -1, dtype=np.int64)
    row_of[case] = np.arange(len(case))
    now, gone, row_gone = _moved(share, at, members, ~lives[case], row_of)
    which, row = np.concatenate([now, gone]), np.concatenate([row_of[share.case[now]], row_gone])
    sign = np.repeat([1.0, -1.0], [len(now), len(gone)])
    gear = entries.gear[which] >= 0
    drawn = np.nan_to_num(np.concatenate([study(gear_load), study(loss_bounds).fixed_kw]))
    amount = (sign * entries.full[which])[gear] * drawn[entries.gear[which][gear]]
    base = np.bincount(row[gear], np.nan_to_num(amount), minlength=len(case)).astype(float)
    base -= np.where(np.arange(len(case)) == 0, others, others - others[0])
    yield FeederRows(
        kind="transformer", element=members[one] + first - study.site.first["transformer"],
        case=case, node=members[one], onto=np.where(case > 0, 0, -1), limit=own, base=base,
        blind=np.full(len(case), -1), rack=entries.rack[which][~gear], row=row[~gear],
        coefficient=(sign * entries.coefficient[which])[~gear],
        full=(sign * entries.full[which])[~gear],
    )  # fmt: skip


def _living(study: Study, members: IntArray) -> BoolArray:
    """(C, M) which members live in each case."""
    fallen, dead = study(cases).fallen, study(grid).dead[members]
    lives = np.tile(~dead, (len(study(cases)), 1))
    case = np.repeat(np.arange(len(lives)), np.diff(fallen.ptr))
    for m, node in enumerate(members.tolist()):
        lives[case[fallen.dead == node], m] = False
    return lives


def _moved(
    share: Shares, at: IntArray, members: IntArray, dead: BoolArray, row_of: IntArray
) -> tuple[IntArray, IntArray, IntArray]:
    """Entries of the rows: what moved, and what is gone with dead members, with the row of each."""
    now = at[row_of[share.case[at]] >= 0]
    still = at[share.case[at] == 0]
    gone, rows = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    for m, node in enumerate(members.tolist()):
        own = still[share.element[still] == node]
        lost = np.flatnonzero(dead[:, m])
        gone.append(np.tile(own, len(lost)))
        rows.append(np.repeat(lost, len(own)))
    return now, np.concatenate(gone), np.concatenate(rows)
