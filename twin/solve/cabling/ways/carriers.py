"""Which trays carry which cables: fibre and copper lie apart, unless a tray takes any."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from twin.site.table import BoolArray, IntArray
from twin.solve.cabling.links.bundles import bundles
from twin.solve.cabling.panels.pieces import pieces
from twin.solve.media.media import COPPER as WIRE
from twin.solve.study import Study

if TYPE_CHECKING:
    from twin.catalog.product import Product

FIBRE, COPPER, UNKNOWN = range(3)
_CARRIES: Final = (("fibre", "any"), ("copper", "any"), ("fibre", "copper", "any"))
"""Kinds of trays that carry fibre, copper, and cables of which nobody says what they are."""

_LIGHT: Final = frozenset({"sr", "dr", "fr", "lr", "aoc"})
"""Kinds of media of light."""
_OPTICAL: Final = frozenset({"aoc", "fibre", "trunk"})
"""Media of cables that are fibre from end to end."""


def said_sorts(study: Study) -> IntArray:
    """(pieces,) FIBRE, COPPER or UNKNOWN, by the medium or the media that the layout names.

    UNKNOWN where a fabric may take either, or says nothing: `sorts` decides.
    """
    cable, bundle = study(pieces), study(bundles)
    products = [study.site.catalog.products.get(n) for n in study.table("product").ids.tolist()]
    sorts = np.array([*(UNKNOWN if p is None else sort_of(p) for p in products), UNKNOWN])
    fabric = study.site.rows_of("fabric", study.table("switch")["fabric"])[bundle.switch]
    said = [_of_words(str(words)) for words in study.table("fabric")["media"]]
    wished = np.array([*said, UNKNOWN], dtype=np.int64)[fabric]
    cord = np.where(bundle.medium >= 0, sorts[bundle.medium], wished)
    return np.where(cable.trunk >= 0, FIBRE, np.append(cord, UNKNOWN)[cable.bundle])


def _of_words(media: str) -> int:
    """Sort of all of some kinds of media; UNKNOWN where they are of both, or ids of products."""
    words = set(media.split())
    if words and words <= _LIGHT:
        return FIBRE
    return COPPER if words and words <= WIRE else UNKNOWN


def sort_of(product: Product) -> int:
    """Sort of a product's cable: what names its fibre, or is made of it, is fibre."""
    if product.kind in {"optic", "trunk"} or "fibre" in product.text:
        return FIBRE
    return FIBRE if product.text.get("medium") in _OPTICAL else COPPER


def open_to(study: Study) -> BoolArray:
    """(sorts, trays + risers) which ways carry which sort of cables."""
    kind = np.concatenate([np.asarray(study.table(k)["kind"]) for k in ("tray", "riser")])
    return np.stack([np.isin(kind, words) for words in _CARRIES])
