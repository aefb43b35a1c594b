"""In which order unknowns are eliminated, as a program without search.

Nodes are taken by minimum degree (Tinney and Walker, "Direct solutions of sparse network
equations by optimally ordered triangular factorization", Proc. IEEE 55(11), 1967). The program
says for each pivot where its off-diagonals are, and which slot each pair of them updates.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.site.table import IntArray

Places = NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class Program:
    """The elimination of a symmetric matrix, unknowns at their places in the order.

    Attributes
    ----------
    order
        (u,) unknown at each place.
    first
        (u + 1,) first slot of each place; its slots are its entries right of the diagonal.
    other
        (slots,) place of the column of each slot, later than the row's.
    target
        For each place, each of its slots a and each b before a: the slot that the pair updates.
    """

    order: IntArray
    first: Places
    other: Places
    target: Places


def minimum_degree(
    count: int, pairs: Iterable[tuple[int, int]]
) -> tuple[list[int], list[list[int]]]:
    """Return unknowns in the order of elimination, and the neighbours that each has then.

    Examples
    --------
    >>> minimum_degree(4, [(0, 1), (0, 2), (0, 3)])
    ([1, 2, 0, 3], [[0], [0], [3], []])
    """
    near: list[set[int]] = [set() for _ in range(count)]
    for a, b in pairs:
        near[a].add(b)
        near[b].add(a)
    heap = [(len(some), k) for k, some in enumerate(near)]
    heapq.heapify(heap)
    done = bytearray(count)
    order, rows = [], []
    while heap:
        degree, k = heapq.heappop(heap)
        if done[k] or degree != len(near[k]):
            continue  # an older entry of an unknown whose degree has changed
        done[k] = 1
        order.append(k)
        around = near[k]
        rows.append(sorted(around))
        for a in around:
            own = near[a]
            own |= around
            own.discard(a)
            own.discard(k)
            heapq.heappush(heap, (len(own), a))
    return order, rows


def compile_program(
    count: int, pairs: Iterable[tuple[int, int]]
) -> tuple[Program, dict[tuple[int, int], int]]:
    """Return the program of a matrix with some off-diagonal pairs, and the slot of each pair.

    Pairs in the dictionary are places, the earlier first.
    """
    order, rows = minimum_degree(count, pairs)
    place = [0] * count
    for at, k in enumerate(order):
        place[k] = at
    first, other = [0], list[int]()
    slot: dict[tuple[int, int], int] = {}
    for at, row in enumerate(rows):
        for b in sorted(place[k] for k in row):
            slot[at, b] = len(other)
            other.append(b)
        first.append(len(other))
    target = [
        slot[other[b], other[a]]
        for at in range(count)
        for a in range(first[at], first[at + 1])
        for b in range(first[at], a)
    ]
    return Program(
        np.array(order, np.int64), np.array(first, np.uint32), np.array(other, np.uint32),
        np.array(target, np.uint32),
    ), slot  # fmt: skip
