"""Which medium each link gets: the first in order of preference that nothing speaks against.

What a class of links asks for is judged once per medium. Of a link only its length is left, and
that is a step: a medium serves up to the longest stock length within its reach. So a million links
cost one search among a few steps.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.media.families import families
from twin.solve.media.judge import LinkClass, judge
from twin.solve.media.media import Media
from twin.solve.media.order import Order, order
from twin.solve.media.stock import ROUNDING_M, Stock, round_up


@dataclass(frozen=True)
class Choice:
    """What links got, (n,).

    Attributes
    ----------
    medium
        Row of the media; -1 where none serves or the length is not known.
    sure
        Whether the medium is known to do; False also where none was found.
    stock_m
        Length to buy; NaN where no stock length is known, and for links through panels, whose
        pieces are bought one by one.
    """

    medium: IntArray
    sure: BoolArray
    stock_m: FloatArray


def choose(
    media: Media,
    stock: Stock,
    classes: tuple[LinkClass, ...],
    class_of: IntArray,
    length_m: FloatArray,
    group: IntArray | None = None,
) -> Choice:
    """Choose a medium for every link.

    Parameters
    ----------
    media
        Candidates.
    stock
        Lengths in stock.
    classes
        What links ask for.
    class_of
        (n,) class of each link.
    length_m
        (n,) needed lengths, with drops and waste; NaN not known.
    group
        (n,) links that share a cage at either end, as `sharing` numbers them. Those of one class
        get one medium, that of the longest; those of several classes get the same plugs in
        cages of the same form, and all straight or all split cords. A class that nothing serves
        gets nothing, and is no hindrance to the others. None: no two share one.
    """
    against = judge(media, classes)
    orders = tuple(
        order(media, stock, each, row) for each, row in zip(classes, against, strict=True)
    )
    at = np.arange(len(class_of)) if group is None else group
    found, cell_class, cell_group, need = _cells(class_of, at, length_m, len(classes))
    taken = np.full(len(need), -1, dtype=np.int64)
    sure = np.zeros(len(need), dtype=bool)
    for cells in _alike(cell_class, cell_group):
        kinds = tuple(cell_class[cells[0]].tolist())
        rows, known = _joint(media, orders, kinds, need[cells])
        taken[cells], sure[cells] = rows, known
    medium = taken[found]
    panels = np.array([each.panels > 0 for each in classes], dtype=bool)
    bought = stock_lengths(media, stock, medium, length_m)
    return Choice(medium, sure[found], np.where(panels[class_of], np.nan, bought))


def stock_lengths(media: Media, stock: Stock, medium: IntArray, length_m: FloatArray) -> FloatArray:
    """(n,) length to buy of each link's cord; NaN where none is known.

    Of a list that was only seen a length beyond the reach says nothing: NaN.
    """
    out = np.full(len(medium), np.nan)
    for m in np.unique(medium[medium >= 0]).tolist():
        mine = medium == m
        sizes = round_up(np.maximum(length_m[mine], media.min_m[m]), stock.of(media.cable[m]))
        beyond = np.isinf(sizes) | (sizes > media.reach_m[m] + ROUNDING_M)
        out[mine] = np.where(beyond, np.nan, sizes)
    return out


def _cells(
    class_of: IntArray, group: IntArray, length_m: FloatArray, count: int
) -> tuple[IntArray, IntArray, IntArray, FloatArray]:
    """Links of one group and class as one cell: of each link its cell; class, group, longest."""
    key = group.astype(np.int64) * count + class_of
    distinct, found = np.unique(key, return_inverse=True)
    need = np.full(len(distinct), -np.inf)
    # A length that is not known makes the longest of its cell unknown.
    with np.errstate(invalid="ignore"):
        np.maximum.at(need, found, length_m)
    return np.asarray(found, dtype=np.int64), distinct % count, distinct // count, need


def _alike(cell_class: IntArray, cell_group: IntArray) -> Iterator[IntArray]:
    """Yield (G, K) cells of the groups that hold the same K classes; cells are sorted by group."""
    first = np.flatnonzero(np.diff(cell_group, prepend=-1))
    size = np.diff(first, append=len(cell_group))
    for width in np.unique(size).tolist():
        cells = first[size == width][:, None] + np.arange(width)
        kinds = cell_class[cells]
        while len(cells):
            mine = (kinds == kinds[0]).all(axis=1)
            yield cells[mine]
            cells, kinds = cells[~mine], kinds[~mine]


def _joint(
    media: Media, orders: tuple[Order, ...], kinds: tuple[int, ...], need_m: FloatArray
) -> tuple[IntArray, BoolArray]:
    """Rows and surety, (G, K), for groups of the same classes: the best family of plugs."""
    if len(kinds) == 1:
        rows, sure, _ = _taken(orders[kinds[0]], need_m[:, 0])
        return rows[:, None], sure[:, None]
    alone = np.stack(
        [_taken(orders[kind], need_m[:, k])[0] >= 0 for k, kind in enumerate(kinds)], axis=1
    )
    if not alone.all():
        return _without_those(media, orders, kinds, need_m, alone)
    best = np.full(need_m.shape, -1, dtype=np.int64)
    known = np.zeros(need_m.shape, dtype=bool)
    least = np.full((len(need_m), 6), np.inf)
    for family in families(media, [orders[kind] for kind in kinds]):
        got = [_taken(each, need_m[:, k]) for k, each in enumerate(family)]
        rows, sure, wish = (np.stack(column, axis=1) for column in zip(*got, strict=True))
        power, price = media.power_w[rows], media.price[rows]
        rank = np.stack(
            [
                wish.sum(axis=1),
                (~sure).sum(axis=1),
                np.isnan(power).sum(axis=1),
                np.nansum(power, axis=1),
                np.isnan(price).sum(axis=1),
                np.nansum(price, axis=1),
            ],
            axis=1,
        ).astype(float)
        better = (rows >= 0).all(axis=1) & less(rank, least)
        best[better], known[better], least[better] = rows[better], sure[better], rank[better]
    return best, known


def _without_those(
    media: Media, orders: tuple[Order, ...], kinds: tuple[int, ...], need_m: FloatArray,
    alone: BoolArray,
) -> tuple[IntArray, BoolArray]:  # fmt: skip
    """Rows and surety, (G, K), where nothing serves some classes: they keep no other from a plug.

    Parameters
    ----------
    alone
        (G, K) whether something serves each if it shares no cage.
    """
    rows = np.full(need_m.shape, -1, dtype=np.int64)
    sure = np.zeros(need_m.shape, dtype=bool)
    patterns, which = np.unique(alone, axis=0, return_inverse=True)
    for number, pattern in enumerate(patterns):
        mine, there = np.flatnonzero(which.ravel() == number), np.flatnonzero(pattern)
        if len(there):
            rest = tuple(kinds[k] for k in there.tolist())
            at = np.ix_(mine, there)
            rows[at], sure[at] = _joint(media, orders, rest, need_m[at])
    return rows, sure


def less(a: FloatArray, b: FloatArray) -> BoolArray:
    """(G,) whether rows of `a` come before rows of `b`, compared from the first column on."""
    out = np.zeros(len(a), dtype=bool)
    open_ = np.ones(len(a), dtype=bool)
    for k in range(a.shape[1]):
        out |= open_ & (a[:, k] < b[:, k])
        open_ &= a[:, k] == b[:, k]
    return out


def _taken(order_: Order, need_m: FloatArray) -> tuple[IntArray, BoolArray, IntArray]:
    """(n,) rows, surety and places in the owner's list of what serves each length; -1 nothing."""
    place = order_.first(need_m)
    return (
        np.append(order_.medium, -1)[place],
        np.append(order_.sure, [False])[place],
        np.append(order_.wish, 0)[place],
    )
