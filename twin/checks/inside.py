"""What stands in racks: sums over it, and where its figures are to be written that lack."""

from __future__ import annotations

import numpy as np

from twin.arrays.housed import Inside, inside_racks
from twin.checks.measure import Input
from twin.site.table import IntArray
from twin.solve.study import Study


def things_in_racks(study: Study) -> Inside:
    """List what stands in the racks of a study."""
    return inside_racks(study.site)


def lacking_figure(study: Study, figure: str, lacks: IntArray) -> tuple[Input, ...]:
    """Say where a figure is to be written that things in racks lack.

    Parameters
    ----------
    lacks
        (m,) subject that lacks it, -1 none.
    """
    site = study.site
    of = {kind: site.rows_of(kind, lacks) for kind in ("switch", "panel", "gear")}
    # A switch says nothing itself: its product does, or it lacks a product.
    product = np.append(site.rows_of("product", study.table("switch")["type"]), -1)[of["switch"]]
    untyped = np.where(product < 0, of["switch"], -1)
    every = (
        ("product", figure, product), ("switch", "type", untyped),
        *((kind, figure, of[kind]) for kind in ("panel", "gear")
          if figure in study.table(kind).columns),
    )  # fmt: skip
    return tuple(Input(kind, column, rows, rows < 0) for kind, column, rows in every)
