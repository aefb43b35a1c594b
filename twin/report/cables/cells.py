"""Words and numbers of bundles that several papers of cables share."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

import numpy as np

from twin.site.table import DateArray, FloatArray, IntArray
from twin.solve.cabling.bought import Lack, bought_m, is_cable, lacks
from twin.solve.cabling.bundles import bundles
from twin.solve.cabling.cords import trays_of_pairs
from twin.solve.cabling.parts import parts
from twin.solve.cabling.ways import ways
from twin.solve.fabric.cages import speed
from twin.solve.study import Study

WITHIN = "within the rack"
THEN = " > "


@dataclass(frozen=True)
class Bought:
    """What the cables of each of the `bundles` are, (B,).

    Attributes
    ----------
    medium
        Kind of the medium, "" not known.
    cable
        Product row of the cable, -1 not known; an optic that a switch names is none.
    needed_m, stock_m, slack_m
        Length that is needed, that is bought, and what is left over; NaN not known.
    gbps
        Speed of a link; NaN not known.
    """

    medium: tuple[str, ...]
    cable: IntArray
    needed_m: FloatArray
    stock_m: FloatArray
    slack_m: FloatArray
    gbps: FloatArray


def bought(study: Study) -> Bought:
    """What the cables of each bundle are."""
    part, bundle, site = study(parts), study(bundles), study.site
    real = np.array([is_cable(study, row) for row in range(len(study.table("product")))] + [False])
    cable = np.where(real[part.cable], part.cable, -1)
    kinds = [*(p.text.get("medium", "") for p in _products(study)), ""]
    chosen = [*part.media.kind, ""]
    medium = tuple(
        chosen[m] or kinds[c]
        for m, c in zip(part.medium.tolist(), part.cable.tolist(), strict=True)
    )
    needed, stock = (np.where(np.isfinite(x), x, np.nan) for x in (part.needed_m, study(bought_m)))
    fabric = site.rows_of("fabric", study.table("switch")["fabric"])
    by_fabric = [speed(study, row) for row in range(len(study.table("fabric")))]
    own = np.asarray(study.table("switch")["gbps"], dtype=float)
    gbps = np.where(fabric >= 0, np.array([*by_fabric, np.nan])[fabric], own)
    return Bought(
        medium=medium,
        cable=cable,
        needed_m=needed,
        stock_m=stock,
        slack_m=stock - needed,
        gbps=np.append(gbps, np.nan)[bundle.switch],
    )


def _products(study: Study):  # noqa: ANN202 - products in the order of their rows
    catalog = study.site.catalog.products
    return [catalog[str(name)] for name in study.site.tables["product"].ids.tolist()]


def product_words(study: Study) -> tuple[list[str], list[str]]:
    """Id and maker's part number of each product row; "" for -1 and where there is no number."""
    every = _products(study)
    return [*(p.id for p in every), ""], [*(p.text.get("part", "") for p in every), ""]


def way_words(study: Study) -> list[str]:
    """Trays of each of the `bundles`, from the lower end to the upper; "" no way, or not known."""
    way, trays = study(ways), study.table("tray").ids
    said = [THEN.join(str(trays[t]) for t in found.tolist()) for found in study(trays_of_pairs)]
    one = [WITHIN if a == b else s for a, b, s in zip(way.place, way.host, said, strict=True)]
    return [[*one, ""][pair] for pair in way.pair.tolist()]


def lack_words(study: Study) -> list[str | None]:
    """What each of the `bundles` lacks, in words; None where nothing is."""
    found = study(lacks)
    return [_said(found.get(row)) for row in range(len(study(bundles).count))]


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
