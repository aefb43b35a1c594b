"""Rows of what racks that house switches draw or weigh, against what their type says."""

from __future__ import annotations

import numpy as np

from twin.arrays.housed import Housed, housed
from twin.checks.inputs import rack_figure
from twin.checks.measure import Input, Measure
from twin.site.resolve import resolved
from twin.site.table import FloatArray, IntArray
from twin.solve.study import Study


def in_racks(study: Study) -> Housed:
    """Sum up what stands in the racks of a study."""
    return housed(study.site)


def against_its_type(
    study: Study, column: str, figure: str, total: FloatArray, lacks: IntArray
) -> Measure:
    """Sum over the switches of each rack against what the rack's type or the layout says of it.

    Parameters
    ----------
    column
        Figure of the rack.
    figure
        Figure of switches.
    total, lacks
        (racks,) what is known of the sum, and a switch that lacks the figure, -1 none.
    """
    rows = np.flatnonzero((study(in_racks).switches > 0) & study.here)
    said = np.asarray(resolved(study.site, "rack", column), dtype=float)[rows]
    type_of = np.append(study.site.rows_of("product", study.table("switch")["type"]), -1)
    switch = lacks[rows]
    # A switch whose product is not said either lacks that.
    product = type_of[switch]
    return Measure(
        kind="rack",
        subject=rows,
        demand=np.where(switch >= 0, np.nan, total[rows]),
        limit=said,
        sure=total[rows],
        inputs=(
            rack_figure(study, column, rows)._replace(known=~np.isnan(said)),
            Input("product", figure, product, product < 0),
            Input("switch", "type", np.where(product < 0, switch, -1), switch < 0),
        ),
        owner=f"{column} of the rack type",
    )
