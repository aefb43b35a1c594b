"""How ferrules meet, and whether the lanes of a link cross over: genders and polarity (TIA-568)."""

from __future__ import annotations

import numpy as np

from twin.catalog import Product
from twin.site.table import BoolArray, IntArray

POLARITIES = ("A", "B", "C")
"""Types of cords and trunks: straight, reversed, pairs crossed (ANSI/TIA-568.3)."""
GENDERS = ("female", "male", "none")
"""Genders of ferrules; those that have neither pins nor holes, as LC, are `none`."""


def ferrule(part: Product) -> str:
    """Return "mpo" or "lc" as a part's connector begins; "" for any other."""
    connector = part.text.get("connector", "").lower()
    return next((kind for kind in ("mpo", "lc") if connector.startswith(kind)), "")


def gender(part: Product, name: str = "gender") -> int:
    """Return the gender of a cord, trunk or cassette, -1 not known; LC ferrules have no pins."""
    word = "none" if ferrule(part) == "lc" else part.text.get(name, "")
    return GENDERS.index(word) if word else -1


def optic_gender(optic: Product) -> int:
    """Return the gender of an optic: those with MPO hold the pins (NVIDIA: cords are female)."""
    word = {"mpo": "male", "lc": "none"}.get(ferrule(optic), "")
    return GENDERS.index(word) if word else -1


def clashes(left: IntArray, right: IntArray) -> tuple[BoolArray, BoolArray]:
    """(J,) joints of two ferrules with pins or two without, and joints where that is not known.

    MPO optics and trunks have pins, cords have none. Ferrules without either never clash.

    Parameters
    ----------
    left, right
        (J,) places of both sides' gender in `GENDERS`, -1 not known.
    """
    unknown = (left < 0) | (right < 0)
    pins = left != GENDERS.index("none")
    return (left == right) & pins & ~unknown, unknown


def wrong_polarity(link: IntArray, polarity: IntArray, links: int) -> tuple[BoolArray, BoolArray]:
    """(n,) links whose lanes do not cross over, and links where that is not known.

    Parallel optics send on fibres 1 to 4 and listen on 12 to 9: the whole link must reverse the
    order. A cord or trunk of type B reverses it, one of type C swaps within pairs, one of type A
    does neither. An adapter of type B joins key up to key up, so that fibre 1 meets fibre 12; one
    of type A joins key up to key down, fibre to like fibre (ANSI/TIA-568.3). Both undo themselves
    and do not mind each other's order, so that the count of type B must be odd and that of type C
    even.

    Parameters
    ----------
    link, polarity
        (P,) link of each cord, trunk and adapter, and place of its type in `POLARITIES`, -1 not
        known.
    links
        Count of links, n.

    Examples
    --------
    One cord B; cord, adapter, trunk, adapter and cord B; two cords B in an adapter A; cord B,
    adapter A and cord A; a cord C:

    >>> link = np.array([0, 1, 1, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4])
    >>> types = np.array([POLARITIES.index(each) for each in "BBBBBBBABBAAC"])
    >>> wrong_polarity(link, types, 5)[0].tolist()
    [False, False, True, False, True]
    """
    turns, swaps = (
        np.bincount(link, polarity == POLARITIES.index(each), minlength=links) for each in "BC"
    )
    unknown = np.bincount(link, polarity < 0, minlength=links) > 0
    return ((turns % 2 == 0) | (swaps % 2 == 1)) & ~unknown, unknown
