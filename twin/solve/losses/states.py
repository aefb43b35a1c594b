"""States after a case: its losses with what has opened since, and the caps that the policy names.

A state is a case of the table of losses to which elements are added that opened meanwhile, and in
which each class of racks keeps a share of its load: all of it until a cap holds.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.model.policy import Capped, Outcome
from twin.site.table import FloatArray, IntArray
from twin.solve.losses.asked import classes
from twin.solve.losses.cases import Cases, cases
from twin.solve.losses.fallen import close
from twin.solve.losses.sorts import BYPASS, FAULT, MODULE, PAIR, PLANE, WORK, WORK_AND_FAULT
from twin.solve.losses.supply_lost import outages
from twin.solve.study import Study


def states_of(
    study: Study, table: Cases, rows: IntArray, opened: IntArray, keep: FloatArray
) -> Cases:
    """Return a small table: row 0 healthy, then one row per state.

    Parameters
    ----------
    table
        Cases from which the states start.
    rows
        (S,) case of each state.
    opened
        (S, R) power nodes that have opened, -1 none.
    keep
        (S, K) share of the load that each class keeps.
    """
    at = np.concatenate([[0], rows]).astype(np.int64)
    none = np.full((1, opened.shape[1]), -1)
    since = np.concatenate([none, opened]).astype(np.int64)
    # A case that cuts off no power and is a fault is one of gear.
    of_gear = (table.roots[at] < 0).all(axis=1) & np.isin(table.sort[at], (FAULT, PLANE))
    gear = np.full((len(at), 2), -1, dtype=np.int64)
    gear[:, 0] = np.where(of_gear, table.origin[at], -1)
    shares = np.concatenate([np.ones((1, table.keep_by.shape[1])), keep])
    sort, roots, lost = table.sort[at], table.roots[at, :2], (table.origin[at], table.second[at])
    return Cases(
        name=table.name[at],
        sort=sort,
        origin=table.origin[at],
        second=table.second[at],
        roots=np.concatenate([table.roots[at], since], axis=1).astype(np.int64),
        keep_by=shares,
        counts_by=np.ones(shares.shape, dtype=bool),
        asked_by=table.asked_by[at],
        fallen=close(study, sort, roots, gear, outages(study, sort, *lost, roots), since),
    )


@dataclass(frozen=True)
class CapTimes:
    """Which cap acts on which class of racks in which case.

    Attributes
    ----------
    number
        (C, K) number of the outcome, -1 where nothing caps.
    outcomes
        The caps.
    """

    number: IntArray
    outcomes: tuple[Capped, ...]

    def within_s(self) -> FloatArray:
        """(C, K) time until the cap holds, infinite where there is none."""
        times = np.array([o.within_s for o in self.outcomes] + [np.inf])
        return np.asarray(times[self.number])


def cap_times(study: Study) -> CapTimes:
    """Find the cap behind each share below one in the table of losses."""
    table = study(cases)
    names, site = study(classes).names, study.site
    number = np.full(table.keep_by.shape, -1, dtype=np.int64)
    found: list[Capped] = []
    rows = np.flatnonzero((table.keep_by < 1.0).any(axis=1))
    kinds = np.array([site.kind_of(int(s)) if s >= 0 else "" for s in table.origin[rows]])
    for sort, kind in sorted({(int(table.sort[r]), str(k)) for r, k in zip(rows, kinds)}):  # noqa: B905
        mine = rows[(table.sort[rows] == sort) & (kinds == kind)]
        for k, name in enumerate(names):
            for _, outcome in asked_of(study, sort, kind, name):
                if not isinstance(outcome, Capped):
                    continue
                if outcome not in found:
                    found.append(outcome)
                same = mine[(table.keep_by[mine, k] == outcome.to) & (number[mine, k] < 0)]
                number[same, k] = found.index(outcome)
    return CapTimes(number, tuple(found))


def asked_of(study: Study, sort: int, kind: str, name: str) -> list[tuple[str, Outcome | None]]:
    """Outcomes that may be asked of a class after a sort of loss, the sort's own first.

    Each with the dotted path under which the policy says it.
    """
    policy = study.site.policy
    if sort == PAIR:
        return [("policy.pairs", policy.pairs)]
    if sort == WORK_AND_FAULT:
        return [("policy.work_fault", policy.work_fault)]
    if sort == WORK:
        return [(f"policy.work.{kind}", policy.work.get(kind))]  # type: ignore[call-overload]
    keys = {MODULE: ["module"], BYPASS: ["bypass"], PLANE: ["plane"]}.get(sort, [kind])
    keys = [*keys, "shelf"] if kind == "whip" else keys
    # Losses that take the same out are one case: its cap may be another kind's.
    keys = [*keys, *(k for k in policy.losses if k not in keys)]
    own = policy.classes.get(name, {})
    return [
        (f"policy.classes.{name}.{k}", own[k])
        if k in own
        else (f"policy.losses.{k}", policy.losses.get(k))  # type: ignore[call-overload]
        for k in keys
    ]
