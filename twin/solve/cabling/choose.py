"""Which medium each link gets: the first in order of preference that nothing speaks against.

What a class of links asks for (speed, cages, fibre, panels) is judged once per medium; of a link
only its length is left, and that is a step function: a medium serves up to the longest stock
length within its reach. So a million links cost one search in a few breakpoints each.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.cabling.media import Media
from twin.solve.cabling.plugs import Cage
from twin.solve.cabling.stock import Stock


class LinkClass(NamedTuple):
    """What links of one class ask for; a cord's head is at `head`, where splitters have theirs.

    Parameters
    ----------
    gbps
        Rate of one link, Gb/s.
    head, tail
        Cages at both ends.
    together
        Links of one cage at the head that end in one and the same cage at the tail.
    split
        Links that share one port of the head: 2 where a port of 400 serves two of 200.
    fibre
        "mm" or "sm" where the owner asks for one; "" for either.
    panels
        Patch panels on the way; moulded cables pass none.
    parts
        The owner's order: kinds of media or ids of products, the first that can be is taken;
        nothing else is. Empty: by power, then by price.
    """

    gbps: float
    head: Cage
    tail: Cage
    together: int = 1
    split: int = 1
    fibre: str = ""
    panels: int = 0
    parts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Choice:
    """What links got, (n,).

    Attributes
    ----------
    medium
        Row of the media; -1 where none serves.
    sure
        False where the medium was taken though its reach is not known, or none was.
    stock_m
        Length to buy; NaN where no stock length of the cord is known.
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
        (n,) needed lengths, with drops and waste.
    group
        (n,) links that share a cage at either end, as `sharing` numbers them: they get the same
        plugs and the same kind of cord. None: no two share one.
    """
