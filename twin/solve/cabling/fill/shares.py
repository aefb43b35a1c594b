"""What cables add up to in places: each rack's share, and that of trunks and between switches."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from twin.site.table import FloatArray, IntArray
from twin.solve.cabling.fill import fill
from twin.solve.cabling.links.counting import once
from twin.solve.cabling.links.resting import resting
from twin.solve.cabling.links.tails import counted
from twin.solve.cabling.panels.pieces import rack_of_cables
from twin.solve.cabling.parts.parts import diameters_m, parts, products
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
    rests, on
        (D,) racks and rows: whose network rests on trunks or cables between switches there, though
        none of the cables in that row is the rack's own; each pair stands once.
    """

    rack: IntArray
    row: IntArray
    amount: FloatArray
    between: FloatArray
    rests: IntArray
    on: IntArray


def shared(
    study: Study,
    cable: IntArray,
    row: IntArray,
    rows: int,
    each: FloatArray,
    part: float | FloatArray = 1.0,
) -> Shares:
    """Sum an amount of cables in rows.

    Parameters
    ----------
    cable, row
        (K,) row of `pieces`, and row in which it counts.
    part
        (K,) part of these cables that counts there.
    rows
        Count of rows.
    each
        (pieces,) amount of each.
    """
    part = once(study(counted), cable, row) * part
    amount, rack = each[cable] * part, study(rack_of_cables)[cable]
    between = rack < 0
    key = rack[~between] * (1 << 32) + row[~between]
    distinct, inverse = np.unique(key, return_inverse=True)
    total = np.bincount(inverse, amount[~between], minlength=len(distinct))
    rests, on = resting(study, cable[between], row[between])
    fresh = ~np.isin(rests * (1 << 32) + on, distinct)
    return Shares(
        rack=(distinct >> 32).astype(np.int64),
        row=(distinct & 0xFFFFFFFF).astype(np.int64),
        amount=total.astype(float),
        between=np.bincount(row[between], amount[between], minlength=rows).astype(float),
        rests=rests[fresh],
        on=on[fresh],
    )


def areas_m2(study: Study) -> FloatArray:
    """(pieces,) section of all cables of each; NaN not known."""
    return fill.cable_area_m2(diameters_m(study, study(parts))) * study(counted).count


def masses_kg_m(study: Study) -> FloatArray:
    """(pieces,) mass of a metre of all cables of each; NaN not known."""
    return of_media(study, "mass_kg_m") * study(counted).count


def product_of_cables(study: Study) -> IntArray:
    """(pieces,) product row of each cord or trunk; -1 none."""
    return products(study, study(parts))


def of_media(study: Study, figure: str) -> FloatArray:
    """(pieces,) figure of the product of each; NaN not known."""
    values = np.append(study.table("product")[figure], np.nan)
    return np.asarray(values[study(product_of_cables)], dtype=float)
