"""Room in trays and risers: their section, and what of it cables may take."""

from __future__ import annotations

import numpy as np

from twin.site.table import FloatArray
from twin.solve.cabling import fill
from twin.solve.limits import limit
from twin.solve.study import Study

KINDS = ("tray", "riser")
"""Kinds of ways, in the order in which they are counted."""


def section_m2(study: Study) -> FloatArray:
    """(trays + risers,) section that counts for fill: width times depth of at most 150 mm."""
    ways = [study.table(kind) for kind in KINDS]
    return np.concatenate([fill.section_m2(w["width_m"], w["depth_m"]) for w in ways])


def fill_limits(study: Study) -> FloatArray:
    """(trays + risers,) part of the section that cables may take: the layout's, else tray_fill."""
    own = np.concatenate([study.table(kind)["fill_limit"] for kind in KINDS])
    return np.where(np.isnan(own), limit(study, "tray_fill").value, own)
