"""Loops and plants whose pipes the layout describes, and the rated water of their users."""

from __future__ import annotations

import numpy as np

from twin.site.piping import piped
from twin.site.resolve import of_product
from twin.site.table import BoolArray, FloatArray
from twin.solve.study import Study


def described(study: Study, kind: str) -> BoolArray:
    """(loops or plants,) circuits of which the layout says how their pipes run.

    A rack's own loop has none.
    """
    site, n = study.site, len(study.table(kind))
    out = np.zeros(n + 1, dtype=bool)
    pipes = study.table("pipe")
    out[site.rows_of(kind, pipes[kind])[piped(pipes)]] = True
    out[site.rows_of(kind, study.table("manifold")[kind])] = True
    if kind == "loop":
        out[:-1] |= study.table("loop")["rack"] >= 0
    out[-1] = False
    return out[:-1]


def loops_described(study: Study) -> BoolArray:
    """(loops,) loops whose pipes are described."""
    return described(study, "loop")


def plants_described(study: Study) -> BoolArray:
    """(plants,) plants whose pipes are described."""
    return described(study, "plant")


def cdu_water(study: Study) -> FloatArray:
    """(cdus,) rated facility flow, L/min; NaN not known."""
    return np.asarray(study.table("cdu")["facility_flow_lpm"], dtype=float)


def air_unit_water(study: Study) -> FloatArray:
    """(air units,) rated facility flow, L/min: its own, else its product's; NaN not known."""
    own = np.asarray(study.table("air_unit")["facility_flow_lpm"], dtype=float)
    theirs = of_product(study.site, "air_unit", "water_flow_lpm")
    return np.where(np.isnan(own), theirs, own)
