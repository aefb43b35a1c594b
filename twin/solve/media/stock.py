"""Lengths that are in stock, and how a needed length is rounded up to one.

A catalog knows lengths that were seen, which are not all that are sold. What a user says is in
stock replaces them, product by product; where neither is known, so is the stock length.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from twin.catalog import Catalog
from twin.site.table import FloatArray

ROUNDING_M = 1e-9
"""A length that exceeds a stock length by no more is that length."""


class Lengths(NamedTuple):
    """Lengths of one product, ascending, m; `seen` where they are not a list of what is sold."""

    sizes_m: tuple[float, ...]
    seen: bool


@dataclass(frozen=True)
class Stock:
    """Lengths in stock by product; a product that is absent has no known lengths."""

    lengths: Mapping[str, Lengths]

    def of(self, product: str) -> FloatArray | None:
        """(S,) stock lengths of a product, ascending, m; None where nobody knows any."""
        held = self.lengths.get(product)
        return None if held is None else np.asarray(held.sizes_m, dtype=float)

    def seen(self, product: str) -> bool:
        """Whether a product's lengths are only lengths that were seen."""
        held = self.lengths.get(product)
        return held is not None and held.seen


def stock(catalog: Catalog, own: Mapping[str, Sequence[float]] | None = None) -> Stock:
    """Gather stock lengths: the user's list of a product, else those that its catalog has seen.

    Parameters
    ----------
    catalog
        Products; `lengths_m` of cables and trunks counts as seen, not as sold.
    own
        The user's lengths by id of product, m; an empty list says that none is in stock.
    """
    found = {
        product.id: Lengths(product.curves["lengths_m"].column("length_m"), seen=True)
        for product in catalog.products.values()
        if "lengths_m" in product.curves
    }
    for id_, sizes in (own or {}).items():
        found[id_] = Lengths(tuple(sorted({float(size) for size in sizes})), seen=False)
    return Stock(found)


def round_up(length_m: FloatArray, sizes_m: FloatArray | None) -> FloatArray:
    """(n,) least stock length that is no shorter; infinite beyond the longest, NaN not known.

    Parameters
    ----------
    length_m
        (n,) needed lengths.
    sizes_m
        (S,) stock lengths, ascending; None where they are not known.

    Examples
    --------
    >>> round_up(np.array([2.9, 3.0, 3.1, 60.0]), np.array([3.0, 5.0, 50.0])).tolist()
    [3.0, 3.0, 5.0, inf]
    """
    if sizes_m is None:
        return np.full(len(length_m), np.nan)
    above = np.append(sizes_m, np.inf)
    place = np.searchsorted(sizes_m, length_m - ROUNDING_M, side="left")
    # searchsorted puts NaN behind everything.
    return np.where(np.isnan(length_m), np.nan, above[place])


def slack_limit_m(length_m: FloatArray, loop_m: FloatArray, share: FloatArray) -> FloatArray:
    """(n,) greatest surplus: a loop of so many metres, or a share of the needed length.

    Parameters
    ----------
    length_m
        (n,) needed lengths.
    loop_m
        (n,) greatest loop that can be stored at the named end; NaN for cords that are not looped.
    share
        (n,) greatest surplus of those as a part of the needed length.

    Examples
    --------
    Fibre may be looped for a metre, copper may be a fifth longer than it need be:

    >>> slack_limit_m(np.array([8.0, 2.0]), np.array([1.0, np.nan]), np.array([0.2, 0.2])).tolist()
    [1.0, 0.4]
    """
    return np.where(np.isnan(loop_m), share * length_m, loop_m)
