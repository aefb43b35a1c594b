"""Corners of trays: where the line of a tray turns."""

from __future__ import annotations

import numpy as np

from twin.site.table import BoolArray
from twin.solve.study import Study

STRAIGHT_DEG = 5.0
"""A line that turns by less is straight: it was drawn so by hand."""


def with_corners(study: Study) -> BoolArray:
    """(trays,) those whose line turns by more than a few degrees."""
    ids = study.table("tray").ids.tolist()
    lines = [study.site.shapes.lines.get(("tray", name)) for name in ids]
    return np.array([p is not None and _turns(np.asarray(p, dtype=float)) for p in lines], bool)


def _turns(points: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> bool:
    step = np.diff(points, axis=0)
    step = step[np.hypot(*step.T) > 0]
    angle = np.rad2deg(np.arctan2(step[:, 1], step[:, 0]))
    turn = np.abs(np.diff(angle)) % 360.0
    return bool((np.minimum(turn, 360.0 - turn) > STRAIGHT_DEG).any())
