"""What cables add up to in places: each rack's share, and that of trunks and between switches."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.cabling import fill
from twin.solve.cabling.bundles import bundles
from twin.solve.cabling.parts import parts
from twin.solve.cabling.pieces import pieces
from twin.solve.study import Study


class Shares(NamedTuple):
    """Sums in rows.

    Attributes
    ----------
    rack, row
        (E,) rack row and row; each pair stands once.
    amount
        (E,) sum over all its cables there; NaN not known.
    between
        (R,) sum over trunks and cables between switches; NaN not known.
    """

    rack: IntArray
    row: IntArray
    amount: FloatArray
    between: FloatArray


def shared(study: Study, cable: IntArray, row: IntArray, rows: int, each: FloatArray) -> Shares:
    """Sum an amount of cables in rows.

    Parameters
    ----------
    cable, row
        (K,) row of `pieces`, and row in which it counts.
    rows
        Count of rows.
    each
        (pieces,) amount of each.
    """
    amount, rack = each[cable], study(rack_of_cables)[cable]
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


def rack_of_cables(study: Study) -> IntArray:
    """(pieces,) rack whose cables these are; -1 of trunks and between switches."""
    return np.append(study(bundles).rack, -1)[study(pieces).bundle]


def laid(study: Study) -> BoolArray:
    """(pieces,) cables that lie there on the day: those of things that stand, and all trunks."""
    return np.append(study(bundles).wanted, True)[study(pieces).bundle]  # noqa: FBT003


def areas_m2(study: Study) -> FloatArray:
    """(pieces,) section of all cables of each; NaN not known."""
    own = np.append(np.asarray(study.table("trunk")["od_m"], dtype=float), np.nan)
    trunk = study(pieces).trunk
    od = np.where(trunk >= 0, own[trunk], of_media(study, "od_m"))
    return fill.cable_area_m2(od) * study(pieces).count


def masses_kg_m(study: Study) -> FloatArray:
    """(pieces,) mass of a metre of all cables of each; NaN not known."""
    return of_media(study, "mass_kg_m") * study(pieces).count


def product_of_cables(study: Study) -> IntArray:
    """(pieces,) product row of each cord or trunk; -1 none."""
    cable = study(pieces)
    made = study.site.rows_of("product", study.table("trunk")["type"])
    cord = np.append(study(parts).cable, -1)[cable.bundle]
    return np.where(cable.trunk >= 0, np.append(made, -1)[cable.trunk], cord)


def of_media(study: Study, figure: str) -> FloatArray:
    """(pieces,) figure of the product of each; NaN not known."""
    values = np.append(study.table("product")[figure], np.nan)
    return np.asarray(values[study(product_of_cables)], dtype=float)
