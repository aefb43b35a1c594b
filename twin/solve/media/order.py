"""In which order a class of links takes media, and up to which length each one serves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.media.judge import LinkClass, Why, place_in
from twin.solve.media.media import Media
from twin.solve.media.stock import ROUNDING_M, Stock


@dataclass(frozen=True)
class Order:
    """Media that may serve a class, the preferred first, (C,).

    Attributes
    ----------
    medium
        Row of the media.
    longest_m
        Up to which needed length it serves; infinite where its reach is not known.
    sure
        Whether its reach and the cages are known.
    wish
        Its place in the owner's list; 0 where there is none.
    """

    medium: IntArray
    longest_m: FloatArray
    sure: BoolArray
    wish: IntArray

    def first(self, need_m: FloatArray) -> IntArray:
        """(n,) place of the first that serves each length; C where none does."""
        # The greatest so far rises by steps: the step that first reaches a length is the answer.
        steps = np.maximum.accumulate(self.longest_m) if len(self.longest_m) else self.longest_m
        place = np.searchsorted(steps, need_m - ROUNDING_M, side="left")
        return np.where(np.isnan(need_m), len(steps), place)


def longest_m(media: Media, stock: Stock, m: int, *, panels: bool = False) -> float:
    """Return the longest needed length that a medium serves.

    A list of what is sold bounds it: the greatest length in stock within the reach. A list of what
    was only seen, and no list, do not. NaN where the reach is not known and nothing is sold.

    Parameters
    ----------
    panels
        The link is made of pieces: its reach alone counts.
    """
    sizes, reach = stock.of(media.cable[m]), float(media.reach_m[m])
    if panels or sizes is None or stock.seen(media.cable[m]):
        return reach
    fit = sizes[~(sizes > reach + ROUNDING_M) & (sizes >= media.min_m[m])]
    return float(fit[-1]) if len(fit) else -np.inf


def order(media: Media, stock: Stock, asked: LinkClass, against: IntArray) -> Order:
    """Sort the media that nothing speaks against: by the owner's list, else by power and price.

    Where power is not known it is taken for the greatest, likewise the price; what is alike keeps
    the order of the catalog. Media whose reach is not known come after all others, unless the
    owner's list says otherwise.

    Parameters
    ----------
    against
        (M,) row of `judge`.
    """
    rows = np.flatnonzero((against & ~int(Why.UNKNOWN)) == 0)
    sure = (against[rows] & int(Why.UNKNOWN)) == 0
    panels = asked.panels > 0
    longest = np.array([longest_m(media, stock, m, panels=panels) for m in rows.tolist()])
    if asked.parts:
        wish = np.array([place_in(asked.parts, media, m) for m in rows.tolist()], dtype=np.int64)
        last = np.zeros(len(rows), dtype=bool)
    else:
        wish, last = np.zeros(len(rows), dtype=np.int64), ~sure
    power, price = _last_unknown(media.power_w[rows]), _last_unknown(media.price[rows])
    by = np.lexsort((rows, price, power, last, wish))
    return Order(rows[by], _last_unknown(longest)[by], sure[by], wish[by])


def _last_unknown(values: FloatArray) -> FloatArray:
    return np.where(np.isnan(values), np.inf, values)
