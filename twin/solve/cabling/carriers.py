"""Which trays carry which cables: fibre and copper lie apart, unless a tray takes any."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from twin.site.table import BoolArray, IntArray
from twin.solve.cabling.bundles import bundles
from twin.solve.study import Study

if TYPE_CHECKING:
    from twin.catalog.product import Product

FIBRE, COPPER, UNKNOWN = range(3)
_CARRIES: Final = (("fibre", "any"), ("copper", "any"), ("fibre", "copper", "any"))
"""Kinds of trays that carry fibre, copper, and cables of which nobody says what they are."""

_OPTICAL: Final = frozenset({"aoc", "fibre", "trunk"})
"""Media of cables that are fibre from end to end."""

_TWINAX: Final = frozenset({"dac", "acc", "aec"})


def cable_sorts(study: Study) -> IntArray:
    """(bundles,) FIBRE, COPPER or UNKNOWN, by the medium that the layout names."""
    products = [study.site.catalog.products.get(n) for n in study.table("product").ids.tolist()]
    sorts = [UNKNOWN if p is None else _sort(p) for p in products]
    return np.array([*sorts, UNKNOWN], dtype=np.int64)[study(bundles).medium]


def _sort(product: Product) -> int:
    """Sort of a product's cable: what names its fibre, or is made of it, is fibre."""
    if product.kind in {"optic", "trunk"} or "fibre" in product.text:
        return FIBRE
    return FIBRE if product.text.get("medium") in _OPTICAL else COPPER


def open_to(study: Study) -> BoolArray:
    """(sorts, trays + risers) which ways carry which sort of cables."""
    kind = np.concatenate([np.asarray(study.table(k)["kind"]) for k in ("tray", "riser")])
    return np.stack([np.isin(kind, words) for words in _CARRIES])


def unshielded(study: Study) -> BoolArray:
    """(bundles,) copper that is not known to have a shield: twisted pairs, and what says nothing.

    Twinax is shielded pair by pair.
    """
    products = [study.site.catalog.products.get(n) for n in study.table("product").ids.tolist()]
    twinax = [p is not None and p.text.get("medium") in _TWINAX for p in products]
    shield = np.array([*twinax, False])[study(bundles).medium]
    return np.asarray((study(cable_sorts) == COPPER) & ~shield)
