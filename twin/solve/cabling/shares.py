"""What bundles add up to in places: each rack's share, and that of cables between switches."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from twin.site.table import FloatArray, IntArray
from twin.solve.cabling import fill
from twin.solve.cabling.bundles import bundles
from twin.solve.study import Study


class Shares(NamedTuple):
    """Sums in rows.

    Attributes
    ----------
    rack, row
        (E,) rack row and row; each pair stands once.
    amount
        (E,) sum over all its bundles there; NaN not known.
    between
        (R,) sum over bundles between switches; NaN not known.
    """

    rack: IntArray
    row: IntArray
    amount: FloatArray
    between: FloatArray


def shared(study: Study, bundle: IntArray, row: IntArray, rows: int, each: FloatArray) -> Shares:
    """Sum an amount of bundles in rows.

    Parameters
    ----------
    bundle, row
        (K,) bundle and row in which it counts.
    rows
        Count of rows.
    each
        (bundles,) amount of each bundle.
    """
    amount, rack = each[bundle], study(bundles).rack[bundle]
    between = rack < 0
    key = rack[~between] * (1 << 32) + row[~between]
    distinct, inverse = np.unique(key, return_inverse=True)
    total = np.bincount(inverse, amount[~between], minlength=len(distinct))
    return Shares(
        rack=(distinct >> 32).astype(np.int64),
        row=(distinct & 0xFFFFFFFF).astype(np.int64),
        amount=total.astype(float),
        between=np.bincount(row[between], amount[between], minlength=rows).astype(float),
    )


def areas_m2(study: Study) -> FloatArray:
    """(bundles,) section of all cables of each; NaN not known."""
    return fill.cable_area_m2(of_media(study, "od_m")) * study(bundles).count


def masses_kg_m(study: Study) -> FloatArray:
    """(bundles,) mass of a metre of all cables of each; NaN not known."""
    return of_media(study, "mass_kg_m") * study(bundles).count


def of_media(study: Study, figure: str) -> FloatArray:
    """(bundles,) figure of the medium of each; NaN not known."""
    values = np.append(study.table("product")[figure], np.nan)
    return np.asarray(values[study(bundles).medium], dtype=float)
