"""Facility valves of CDUs: how far each opens and closes."""

from __future__ import annotations

import numpy as np

from twin.site.table import FloatArray, IntArray
from twin.solve.study import Study


def opened(study: Study, cdus: IntArray, wide_lpm: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Flow through some CDUs with their valves as far closed, and as far open, as they go.

    An opening is a flow over that with the valve wide open at the same pressure, so that the
    pressure lost at one flow goes with its inverse square.

    Parameters
    ----------
    cdus
        (u,) rows of the table.
    wide_lpm
        (u,) or (L, u) flow with the valves wide open.

    Returns
    -------
    least, most
        As `wide_lpm`; the least is 0 where a valve closes, whatever the flow.
    """
    least, most = openings(study, cdus)
    return np.where(least == 0, 0.0, least * wide_lpm), most * wide_lpm


def openings(study: Study, cdus: IntArray) -> tuple[FloatArray, FloatArray]:
    """(u,) least and greatest opening of the valves of some CDUs; row -1 is no CDU."""
    table = study.table("cdu")
    least, most = (
        np.append(np.asarray(table[c], dtype=float), np.nan)[cdus]
        for c in ("valve_min", "valve_max")
    )
    return np.nan_to_num(least, nan=0.0), np.nan_to_num(most, nan=1.0)
