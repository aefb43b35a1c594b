"""Room in trays and risers: their section, and what of it cables may take."""

from __future__ import annotations

import numpy as np

from twin.site.resolve import of_product
from twin.site.table import FloatArray
from twin.solve.cabling.fill import fill
from twin.solve.limits import limit
from twin.solve.study import Study

KINDS = ("tray", "riser")
"""Kinds of ways, in the order in which they are counted."""


def of_ways(study: Study, column: str) -> FloatArray:
    """(trays + risers,) what both tables say under one name."""
    return np.concatenate([np.asarray(study.table(kind)[column], dtype=float) for kind in KINDS])


def names_of_ways(study: Study) -> list[str]:
    """Ids of trays, then of risers."""
    return [str(name) for kind in KINDS for name in study.table(kind).ids.tolist()]


def section_m2(study: Study) -> FloatArray:
    """(trays + risers,) section that counts for fill: width times depth of at most 150 mm.

    Of a tray whose maker says which depth counts, no more than that.
    """
    depth = of_ways(study, "depth_m")
    trays = len(study.table("tray"))
    counts = np.asarray(of_product(study.site, "tray", "fill_depth_m"), dtype=float)
    # The lesser of both; one that is not known stays so.
    depth[:trays] = np.where(counts < depth[:trays], counts, depth[:trays])
    return fill.section_m2(of_ways(study, "width_m"), depth)


def fill_limits(study: Study) -> FloatArray:
    """(trays + risers,) part of the section that cables may take: the layout's, else tray_fill."""
    own = of_ways(study, "fill_limit")
    return np.where(np.isnan(own), limit(study, "tray_fill").value, own)
