"""Which cables, as they are laid, are copper without a shield."""

from __future__ import annotations

from typing import Final

import numpy as np

from twin.site.table import BoolArray, IntArray
from twin.solve.cabling.fill.shares import product_of_cables
from twin.solve.cabling.ways.carriers import COPPER, UNKNOWN, sort_of
from twin.solve.study import Study

_TWINAX: Final = frozenset({"dac", "acc", "aec"})


def laid_sorts(study: Study) -> IntArray:
    """(pieces,) FIBRE, COPPER or UNKNOWN, by the product of each cord or trunk."""
    products = [study.site.catalog.products.get(n) for n in study.table("product").ids.tolist()]
    sorts = [UNKNOWN if p is None else sort_of(p) for p in products]
    return np.array([*sorts, UNKNOWN], dtype=np.int64)[study(product_of_cables)]


def unshielded(study: Study) -> BoolArray:
    """(pieces,) copper that is not known to have a shield: twisted pairs, and what says nothing.

    Twinax is shielded pair by pair.
    """
    products = [study.site.catalog.products.get(n) for n in study.table("product").ids.tolist()]
    twinax = [p is not None and p.text.get("medium") in _TWINAX for p in products]
    shield = np.array([*twinax, False])[study(product_of_cables)]
    return np.asarray((study(laid_sorts) == COPPER) & ~shield)
