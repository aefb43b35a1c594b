"""Rows of aisles: clear depth on one side of what stands, against a limit that anybody asks."""

from __future__ import annotations

import numpy as np

from twin.checks.measure import Measure
from twin.checks.space.sums import drawn, size_inputs, taken
from twin.site.table import BoolArray
from twin.solve.floor.standing import REACH_M, aisles, standing
from twin.solve.limits import limit
from twin.solve.study import Study


def wide_enough(study: Study, side: str, name: str) -> BoolArray:
    """(n,) positions of `standing` that do not fall short of a limit, so that more may be asked."""
    clear = study(aisles)
    depth = clear.front_m if side == "front" else clear.rear_m
    return np.asarray(~(depth < limit(study, name).value), dtype=np.bool_)


def aisle_measure(study: Study, side: str, name: str, racks: BoolArray | None = None) -> Measure:
    """Clear depth of the standing positions against a limit of the profile.

    Parameters
    ----------
    side
        "front" or "rear".
    name
        Limit of the profile, m.
    racks
        (n,) which positions of `standing` it holds for; None: all.
    """
    here, clear, asked = study(standing), study(aisles), limit(study, name)
    depth, by = (
        (clear.front_m, clear.front_by) if side == "front" else (clear.rear_m, clear.rear_by)
    )
    at = np.arange(len(here)) if racks is None else np.flatnonzero(racks)
    # Nobody looks further than REACH_M: what is clear so far is clear enough for any limit.
    depth = np.where((depth >= REACH_M) & (asked.value > REACH_M), asked.value, depth)
    inputs = (*size_inputs(study), drawn(study, here.hall))
    return Measure(
        kind="position",
        subject=here.position[at],
        demand=depth[at],
        limit=np.full(len(at), asked.value),
        sense="min",
        other=by[at],
        inputs=taken(inputs, at),
        owner=asked.owner,
        judged=asked.judged,
    )
