"""What the rules of space share: which figures say where and how large a rack stands."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from twin.checks.inputs import own_figure
from twin.checks.measure import Input
from twin.site.table import FloatArray, IntArray
from twin.solve.floor.standing import has_outline, standing
from twin.solve.study import Study


def size_inputs(study: Study) -> tuple[Input, ...]:
    """Place and size of the footprints of `standing`; missing sizes are told of the position."""
    here = study(standing)
    figures = [own_figure(study, "position", c, here.position) for c in ("hall", "x_m", "y_m")]
    for column, size in (("width_m", here.boxes.width_m), ("depth_m", here.boxes.depth_m)):
        figures.append(Input("position", column, here.position, ~np.isnan(size)))
    return tuple(figures)


def drawn(study: Study, hall: IntArray) -> Input:
    """Whether the floor of each hall is drawn; hall -1 needs none."""
    known = np.append(study(has_outline), True)[hall]
    return Input("hall", "outline_m", hall, known)


def taken(inputs: Iterable[Input], at: IntArray) -> tuple[Input, ...]:
    """Return the figures of some rows."""
    return tuple(i._replace(rows=i.rows[at], known=i.known[at]) for i in inputs)


def yes_or_no(rows: int) -> FloatArray:
    """Scale of rows that fit or do not: those that fit are not near anything."""
    return np.full(rows, np.nan)
