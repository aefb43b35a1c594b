"""Plugs that several classes of links can share a cage with.

In one cage sits one plug. Where links of several classes meet in a group of cages, all cages of one
form and count of ports get one product, and all cords are straight or all are split, since a
twin-port optic takes no mixture.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import product

import numpy as np

from twin.solve.media.media import Media
from twin.solve.media.order import Order

Cages = tuple[str, int]
"""Form and ports of cages that are alike."""
Plugs = tuple[bool, tuple[tuple[Cages, str], ...]]
"""Whether cords split, and the product in each kind of cages."""


def families(media: Media, orders: list[Order]) -> Iterator[list[Order]]:
    """Yield the orders of all classes, cut down to media that agree in the cages they share.

    Parameters
    ----------
    orders
        One per class that meets in a group.
    """
    own = [[_cages(media, m) for m in each.medium.tolist()] for each in orders]
    counted = Counter(cages for each in own for cages in {c for ends in each for c in ends})
    shared = {cages for cages, count in counted.items() if count > 1}
    keys = [
        [_plugs(media, m, ends, shared) for m, ends in zip(each.medium.tolist(), mine, strict=True)]
        for each, mine in zip(orders, own, strict=True)
    ]
    for chosen in product(*(dict.fromkeys(key for key in each if key) for each in keys)):
        if _agree(chosen):
            yield [
                _only(each, [key == mine for key in named])
                for each, named, mine in zip(orders, keys, chosen, strict=True)
            ]


def _cages(media: Media, m: int) -> dict[Cages, str]:
    """Kinds of cages that a medium sits in, with the product; empty where they would differ."""
    head = (media.head_plug[m], int(media.head_ports[m]))
    tail = (media.tail_plug[m], int(media.tail_ports[m]))
    same = head != tail or media.head[m] == media.tail[m]
    return {head: media.head[m], tail: media.tail[m]} if same else {}


def _plugs(media: Media, m: int, ends: dict[Cages, str], shared: set[Cages]) -> Plugs | None:
    named = tuple(sorted((cages, plug) for cages, plug in ends.items() if cages in shared))
    return (bool(media.split[m] > 1), named) if ends else None


def _agree(chosen: tuple[Plugs, ...]) -> bool:
    """Whether all classes split alike and put one product into each kind of cages."""
    named = {pair for _, pairs in chosen for pair in pairs}
    return len({split for split, _ in chosen}) == 1 and len(named) == len(dict(named))


def _only(order: Order, keep: list[bool]) -> Order:
    at = np.flatnonzero(np.array(keep, dtype=bool))
    return Order(order.medium[at], order.longest_m[at], order.sure[at], order.wish[at])
