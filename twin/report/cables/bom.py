"""The bill of materials: cords and trunks by part and length, optics by part, spares by policy."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from twin.report.cables import cells
from twin.report.tables import Value
from twin.site.table import FloatArray, IntArray
from twin.solve.cabling.cords.cables import cables
from twin.solve.cabling.cords.cord_lengths import cord_lengths
from twin.solve.cabling.panels.pieces import pieces
from twin.solve.cabling.parts.bare import bare_products
from twin.solve.cabling.parts.bought import bought
from twin.solve.cabling.parts.optics import plugged
from twin.solve.cabling.parts.parts import piece_stock_m
from twin.solve.limits import limit
from twin.solve.study import Study

CORDS = (
    "cable", "part", "vendor", "name", "medium", "stock_m", "cords", "spares", "order", "total_m",
    "mass_kg", "price_each", "price_total", "missing",
)  # fmt: skip
OPTICS = (
    "optic", "part", "vendor", "name", "medium", "plugs", "spares", "order", "mass_kg",
    "price_each", "price_total",
)  # fmt: skip
BOM = (
    "item", "id", "part", "vendor", "name", "medium", "stock_m", "count", "spares", "order",
    "total_m", "mass_kg", "price_each", "price_total", "missing",
)  # fmt: skip
"""Both in one table."""
CABLE_SPARES, OPTIC_SPARES = "cable_spares", "optic_spares"
_ROUNDING = 1e-9
"""A share of spares that exceeds a whole number by no more is that number."""


@dataclass(frozen=True)
class Cords:
    """Cords to buy, one row per cable and stock length, (K,).

    Attributes
    ----------
    cable
        Product row, -1 not known.
    stock_m
        Length of one; NaN not known.
    count
        Cords; NaN where some are not counted, as those by hand that are no whole number.
    medium
        Kind of the medium, "" not known.
    """

    cable: IntArray
    stock_m: FloatArray
    count: FloatArray
    medium: tuple[str, ...]


def cords_to_buy(study: Study) -> Cords:
    """Count cords by cable and stock length, each cord once."""
    cable, b = study(cables), study(bought)
    first = cable.cords != 0
    row, count = cable.piece[first], cable.cords[first]
    stock_m = study(cord_lengths).stock_m[first]
    media = sorted(set(b.medium))
    medium = np.array([media.index(m) for m in b.medium], dtype=np.int64)
    # NaN as the longest, so that rows which are not known stand together and last.
    keys = np.stack([b.cable[row], np.nan_to_num(stock_m, nan=np.inf), medium[row]], axis=1)
    found, of = np.unique(keys, axis=0, return_inverse=True)
    stock = found[:, 1]
    return Cords(
        cable=found[:, 0].astype(np.int64),
        stock_m=np.where(np.isinf(stock), np.nan, stock),
        count=np.bincount(of.ravel(), count, minlength=len(found)).astype(float),
        medium=tuple(media[int(m)] for m in found[:, 2]),
    )


def optics_to_buy(study: Study) -> tuple[IntArray, IntArray]:
    """Product rows of optics and how many of each: one for each cage, however many links it has."""
    return np.unique(study(plugged).product, return_counts=True)


def spares(study: Study, name: str, count: float) -> int | None:
    """Return spares of one line, rounded up; None where the owner's policy says none.

    Parameters
    ----------
    name
        Limit of the owner: a part of what is built in.
    count
        What is built in; NaN not known.
    """
    share = limit(study, name).value
    if math.isnan(share) or math.isnan(count):
        return None
    return math.ceil(share * count - _ROUNDING)


def cord_rows(study: Study) -> Iterator[tuple[Value, ...]]:
    """Yield a row for each cable and stock length."""
    found = cords_to_buy(study)
    for k, row in enumerate(found.cable.tolist()):
        length, count = float(found.stock_m[k]), float(found.count[k])
        spare = spares(study, CABLE_SPARES, count)
        order = count + (spare or 0)
        product = _words(study, row)
        yield (
            *product[:4], found.medium[k] or None, cells.metres(length), cells.whole(count), spare,
            cells.whole(order), cells.metres(order * length), _kg(study, row, order * length),
            *_price(study, product[0], order), _lacking(study, row, length, count),
        )  # fmt: skip


def trunk_rows(study: Study) -> Iterator[tuple[Value, ...]]:
    """Yield a row for each type and stock length of trunks, in the columns of `CORDS`.

    They are pulled once and stay: no spares are asked for.
    """
    table, piece = study.table("trunk"), study(pieces)
    stock = study(piece_stock_m)[piece.trunk >= 0]
    made = study.site.rows_of("product", table["type"])
    count = np.asarray(table["count"], dtype=float)
    keys = np.stack([made, np.nan_to_num(stock, nan=np.inf)], axis=1)
    found, of = np.unique(keys, axis=0, return_inverse=True)
    total = np.bincount(of.ravel(), count, minlength=len(found))
    for k, (row, length) in enumerate(found.tolist()):
        many, each = float(total[k]), length if math.isfinite(length) else math.nan
        product = _words(study, int(row))
        yield (
            *product, cells.metres(each), cells.whole(many), None, cells.whole(many),
            cells.metres(many * each), _kg(study, int(row), many * each),
            *_price(study, product[0], many), _lacking(study, int(row), each, many),
        )  # fmt: skip


def _lacking(study: Study, row: int, length: float, count: float) -> str | None:
    """Say what a line lacks before it can be ordered, beside what a product says of itself."""
    said = ((row < 0, "cable"), (math.isnan(length), "length"), (math.isnan(count), "count"))
    words = [word for lacks, word in said if lacks]
    return "; ".join([*words, *study(bare_products).get(row, ())]) or None


def optic_rows(study: Study) -> Iterator[tuple[Value, ...]]:
    """Yield a row for each optic."""
    for row, count in zip(*(column.tolist() for column in optics_to_buy(study)), strict=True):
        spare = spares(study, OPTIC_SPARES, count)
        order = count + (spare or 0)
        product = _words(study, row)
        each = float(study.table("product")["mass_kg"][row])
        mass = cells.rounded(each * order)
        yield *product, count, spare, order, mass, *_price(study, product[0], order)


def bom_rows(study: Study) -> Iterator[tuple[Value, ...]]:
    """Yield cords, then trunks, then optics, in the columns of `BOM`."""
    for row in cord_rows(study):
        yield "cord", *row
    for row in trunk_rows(study):
        yield "trunk", *row
    for row in optic_rows(study):
        yield "optic", *row[:5], None, *row[5:8], None, *row[8:], None


def _words(study: Study, row: int) -> tuple[str | None, ...]:
    """Return id, part, vendor, name and medium of a product's row; None not known."""
    if row < 0:
        return (None,) * 5
    site = study.site
    product = site.catalog.products[str(site.tables["product"].ids[row])]
    words = (product.id, product.text.get("part"), product.vendor, product.name)
    return *(word or None for word in words), product.text.get("medium")


def _kg(study: Study, row: int, length: float) -> float | None:
    """Return what a length of a cable weighs; None where nobody publishes it."""
    if row < 0:
        return None
    site = study.site
    each = site.catalog.products[str(site.tables["product"].ids[row])].number("mass_kg_m")
    return round(each * length, 1) if math.isfinite(each * length) else None


def _price(study: Study, product: str | None, count: float) -> tuple[float | None, float | None]:
    """Return the price of one and of all, in the owner's unit; None where no price is stated."""
    each = study.site.prices.get(product or "")
    if each is None or math.isnan(count):
        return each, None
    return each, round(each * count, 2)
