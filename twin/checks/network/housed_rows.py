"""Rows of what stands in racks, what it draws or weighs, against a figure that is to hold it."""

from __future__ import annotations

import numpy as np

from twin.arrays.housed import budgets
from twin.checks.inputs import rack_figure
from twin.checks.inside import lacking_figure
from twin.checks.measure import Input, Measure
from twin.site.resolve import resolved
from twin.site.table import FloatArray, IntArray
from twin.solve.study import Study


def against_its_type(
    study: Study,
    column: str,
    figure: str,
    count: IntArray,
    total: FloatArray,
    lacks: IntArray,
    *more: Input,
) -> Measure:
    """Sum over the things in each rack against the budget of its type, or what the layout says.

    Of other racks the figure of the type holds nothing of it, so that they have no row.

    Parameters
    ----------
    column
        Figure of the rack.
    figure
        Figure of what stands in it.
    count
        (racks,) things that count; a rack without any has no row.
    total, lacks
        (racks,) what is known of the sum, and a thing that lacks the figure, -1 none.
    more
        Other figures that may lack, one row per rack.
    """
    own = ~np.isnan(np.asarray(study.site.tables["rack"][column], dtype=float))
    rows = np.flatnonzero((count > 0) & study.here & (own | budgets(study.site)))
    dim = lacks >= 0
    for figures in more:
        dim = dim | ~figures.known
    said = np.asarray(resolved(study.site, "rack", column), dtype=float)[rows]
    return Measure(
        kind="rack",
        subject=rows,
        demand=np.where(dim[rows], np.nan, total[rows]),
        limit=said,
        sure=total[rows],
        inputs=(
            rack_figure(study, column, rows)._replace(known=~np.isnan(said)),
            *lacking_figure(study, figure, lacks[rows]),
            *(i._replace(rows=i.rows[rows], known=i.known[rows]) for i in more),
        ),
        owner=f"{column} of the rack type",
    )
