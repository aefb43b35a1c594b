"""Rows of assumptions and waivers: their place in the tables, and days past their last."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from twin.checks.measure import Measure
from twin.model.policy import Assumption, Waiver
from twin.site.assume import names
from twin.site.table import IntArray
from twin.solve.study import Study

WHOLE = {
    "module": "ups", "bypass": "ups", "shelf": "whip", "pump": "cdu", "exchanger": "cdu",
    "fan": "air_unit", "plane": "switch", "plant_unit": "plant", "valve": "pipe",
}  # fmt: skip
"""Kinds of losses that no table has, and the kind of what they are a part of, or made of."""


def rows_of_items(study: Study, kind: str, items: Sequence[Assumption | Waiver]) -> IntArray:
    """(items,) row of each in the table of its kind, -1 where the site has none."""
    index = study.table(kind).index
    return np.array([index.get(name, -1) for name in names(items)], dtype=np.int64)


def overdue(study: Study, kind: str) -> Measure:
    """Days since the last day of each, on the day of the study; without a day there is no row."""
    until, day = study.table(kind)["until"], study.conditions.date
    rows = np.flatnonzero(~np.isnat(until)) if day is not None else np.empty(0, dtype=np.int64)
    now = np.datetime64(day, "D")
    return Measure(
        kind=kind,
        subject=rows,
        demand=(now - until[rows]).astype("timedelta64[D]").astype(np.int64).astype(float),
        limit=np.zeros(len(rows)),
        scale=np.full(len(rows), 30.0),
        owner="layout",
    )
