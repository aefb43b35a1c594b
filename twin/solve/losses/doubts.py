"""Caps in doubt: which field of the policy is missing, case by case."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.model.policy import Capped
from twin.site.table import IntArray
from twin.solve.losses.asked import classes
from twin.solve.losses.caps import enforcers_of, is_known
from twin.solve.losses.cases import cases
from twin.solve.losses.states import asked_of
from twin.solve.study import Study


@dataclass(frozen=True)
class Doubts:
    """What the policy does not say of caps.

    Attributes
    ----------
    of_case
        (C,) number in `paths` of what puts a cap of the case in doubt, -1 where none is.
    paths
        Dotted paths of fields of the policy.
    """

    of_case: IntArray
    paths: tuple[str, ...]


def doubts(study: Study) -> Doubts:
    """Find the field behind each cap that does not count: its time, or who enforces it."""
    table, site = study(cases), study.site
    names = (*study(classes).names, "")
    of_case, paths = np.full(len(table), -1, dtype=np.int64), list[str]()
    for case, k in np.argwhere(~table.counts_by).tolist():
        origin = int(table.origin[case])
        kind = site.kind_of(origin) if origin >= 0 else ""
        for path, outcome in asked_of(study, int(table.sort[case]), kind, names[k]):
            field = _lacking(study, outcome) if isinstance(outcome, Capped) else ""
            if field and of_case[case] < 0:
                told = f"{path}.{field}"
                paths += [] if told in paths else [told]
                of_case[case] = paths.index(told)
    return Doubts(of_case, tuple(paths))


def _lacking(study: Study, cap: Capped) -> str:
    """Return the field of a cap that is missing, or names what the layout does not have."""
    if cap.withstand_s is None:
        return "withstand_s"
    known = is_known(cap.enforced_by, enforcers_of(study.site, cap.enforced_by))
    return "" if known else "enforced_by"
