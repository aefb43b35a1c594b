"""The air around elements, and how much of their ratings it leaves."""

from __future__ import annotations

import numpy as np

from twin.model.base import FEEDERS
from twin.site.table import FloatArray, IntArray
from twin.solve.study import Study

_KINDS = (*FEEDERS, "tap")


def surroundings(study: Study) -> FloatArray:
    """(P,) air around each feeder and tap, degC; a tap stands in that of its busway."""
    taps = study.site.rows_of("busway", study.table("tap")["fed_from"])
    around = np.append(np.asarray(study.table("busway")["ambient_c"], dtype=float), np.nan)[taps]
    own = [np.asarray(study.table(k)["ambient_c"], dtype=float) for k in FEEDERS]
    return np.concatenate([*own, around])


def ambient_factors(study: Study) -> FloatArray:
    """(P,) part of its rating that the air around leaves each feeder and tap; 1 where nobody says.

    What the layout says counts, else what the product's table of factors says of that air, with a
    straight line between its points and never more than 1; beyond its last point the last factor
    stays, and PWR409 says that the rating does not hold. Worked number: a trunking with 0.93 at 45
    and 0.90 at 50 degC keeps 0.912 at 48 degC.
    """
    told = np.concatenate(
        [np.asarray(study.table(k)["ambient_factor"], dtype=float) for k in _KINDS]
    )
    around, product = study(surroundings), _products(study)
    known = study.site.catalog.products
    ids = study.site.tables["product"].ids
    for row in np.unique(product[np.isnan(told) & ~np.isnan(around)]).tolist():
        one = known.get(str(ids[row])) if row >= 0 else None
        curve = one.curves.get("derating") if one else None
        if curve is None:
            continue
        points = np.asarray(curve.points, dtype=float)
        mine = (product == row) & np.isnan(told) & ~np.isnan(around)
        read = np.interp(around[mine], points[:, 0], points[:, 1])
        told[mine] = np.minimum(read, 1.0)
    return np.asarray(np.nan_to_num(told, nan=1.0))


def _products(study: Study) -> IntArray:
    """(P,) row of the product of each feeder and tap, -1 none."""
    site = study.site
    return np.concatenate([site.rows_of("product", study.table(k)["type"]) for k in _KINDS])
