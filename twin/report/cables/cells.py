"""Words and numbers of bundles that several papers of cables share."""

from __future__ import annotations

import math
from datetime import date

import numpy as np

from twin.catalog import Product
from twin.site.table import DateArray, FloatArray
from twin.solve.cabling.panels.pieces import pieces
from twin.solve.cabling.parts.bought import Lack, lacks
from twin.solve.study import Study


def _products(study: Study) -> list[Product]:
    """Return products in the order of their rows."""
    catalog = study.site.catalog.products
    return [catalog[str(name)] for name in study.site.tables["product"].ids.tolist()]


def product_words(study: Study) -> tuple[list[str], list[str]]:
    """Id and maker's part number of each product row; "" for -1 and where there is no number."""
    every = _products(study)
    return [*(p.id for p in every), ""], [*(p.text.get("part", "") for p in every), ""]


def kg_m(study: Study) -> FloatArray:
    """Mass of a metre of each product row; NaN not known, and for -1."""
    return np.array([*(p.number("mass_kg_m") for p in _products(study)), np.nan])


def lack_words(study: Study) -> list[str | None]:
    """Say what the links of each of the `pieces` that are cords lack; None where nothing."""
    found, bundle = study(lacks), study(pieces).bundle
    return [_said(found.get(row)) for row in bundle[bundle >= 0].tolist()]


def _said(lack: Lack | None) -> str | None:
    return None if lack is None else "; ".join((*lack.cannot, *lack.missing))


def day_words(days: DateArray) -> tuple[list[str | None], list[str | None]]:
    """Return days as 2027-05-03 and as ISO weeks 2027-W18; None where a day is not known."""
    known: list[date | None] = days.astype("datetime64[D]").astype(object).tolist()
    iso = {d: d.isocalendar() for d in set(known) if d is not None}
    return (
        [None if d is None else d.isoformat() for d in known],
        [None if d is None else f"{iso[d].year}-W{iso[d].week:02d}" for d in known],
    )


def metres(length: float) -> float | None:
    """Return a length to the millimetre; None where it is not known.

    Examples
    --------
    >>> metres(9.80000001), metres(float("nan"))
    (9.8, None)
    """
    return round(length, 3) + 0.0 if math.isfinite(length) else None


def whole(count: float) -> int | None:
    """Return a count; None where it is not known.

    Examples
    --------
    >>> whole(72.0), whole(float("nan"))
    (72, None)
    """
    return int(count) if math.isfinite(count) else None


def rounded(mass: float) -> float | None:
    """Return a mass to 0.1 kg; None where it is not known."""
    return round(mass, 1) if math.isfinite(mass) else None
