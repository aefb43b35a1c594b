"""The whole site as one row: what racks and gear draw from all sources with nothing lost."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from twin.site.table import BoolArray
from twin.solve.power.feeder_rows import FeederRows, feeder_rows
from twin.solve.study import Study


def _sources(study: Study, kind: str) -> BoolArray:
    return np.full(len(study.table(kind)), kind == "source")


def whole_site(study: Study) -> FeederRows | None:
    """All healthy rows of sources in kW as one, told at the first source; None without sources."""
    batches = feeder_rows(study, "kW", lambda kind: _sources(study, kind))
    batch = next((b for b in batches if b.kind == "source"), None)
    if batch is None:
        return None
    entries = np.flatnonzero(batch.case[batch.row] == 0)
    healthy = batch.case == 0
    blind = batch.blind[healthy & (batch.blind >= 0)]
    return replace(
        batch,
        element=np.zeros(1, dtype=np.int64),
        case=np.zeros(1, dtype=np.int64),
        node=batch.node[:1],
        onto=np.full(1, -1, dtype=np.int64),
        limit=np.full(1, np.nan),
        base=np.array([batch.base[healthy].sum()]),
        blind=blind[:1] if len(blind) else np.full(1, -1, dtype=np.int64),
        rack=batch.rack[entries],
        row=np.zeros(len(entries), dtype=np.int64),
        coefficient=batch.coefficient[entries],
        full=batch.full[entries],
    )
