"""Why a medium was not taken, and which ones come nearest: for messages, one link at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from twin.solve.media.judge import LinkClass, Why, judge
from twin.solve.media.media import Media
from twin.solve.media.order import longest_m
from twin.solve.media.stock import ROUNDING_M, Stock, round_up


class Rejection(NamedTuple):
    """One medium that a link cannot have.

    Parameters
    ----------
    medium
        Row of the media.
    why
        All reasons against it.
    serves_m
        Up to which length it serves, judged on stock; NaN not known.
    text
        The reasons in words.
    """

    medium: int
    why: Why
    serves_m: float
    text: str


def rejections(media: Media, stock: Stock, asked: LinkClass, length_m: float) -> list[Rejection]:
    """List the media that a link cannot have: fewest reasons first, then longest reach.

    Parameters
    ----------
    length_m
        Needed length of the link; NaN leaves lengths out.
    """
    found = []
    for m, bits in enumerate(judge(media, (asked,))[0].tolist()):
        serves = longest_m(media, stock, m, panels=asked.panels > 0)
        why = Why(bits) | _by_length(media, m, serves, length_m)
        if why & ~Why.UNKNOWN:
            sold = "" if asked.panels else _sold(media, stock, m, length_m)
            text = "; ".join(_words(media, m, asked, why, sold))
            found.append(Rejection(m, why, serves, text))
    return sorted(found, key=_nearness)


def _nearness(each: Rejection) -> tuple[int, float, int]:
    """Fewest reasons beside length first, among them the longest reach."""
    other = each.why & ~(Why.REACH | Why.STOCK | Why.UNKNOWN)
    return int(other).bit_count(), -float(np.nan_to_num(each.serves_m)), each.medium


def _by_length(media: Media, m: int, serves_m: float, length_m: float) -> Why:
    """Too long for the reach, or within the reach and still without a stock length."""
    if not length_m > serves_m + ROUNDING_M:
        return Why(0)
    return Why.REACH if length_m > media.reach_m[m] + ROUNDING_M else Why.STOCK


def _sold(media: Media, stock: Stock, m: int, length_m: float) -> str:
    """Say which length of a medium would be bought for a needed one, and how far it reaches."""
    name, reach = media.cable[m], float(media.reach_m[m])
    sizes = stock.of(name)
    if sizes is None or np.isnan(length_m):
        return ""
    if not len(sizes):
        return f"{name} is in stock in no length"
    bought = float(round_up(np.array([max(length_m, media.min_m[m])]), sizes)[0])
    if np.isinf(bought):
        return f"{name} is in stock up to {sizes[-1]:g} m, {length_m:.4g} m are needed"
    if not bought > reach + ROUNDING_M:
        return ""
    return f"{length_m:.4g} m are bought as {bought:g} m of {name}, its reach is {reach:g} m"


def _words(media: Media, m: int, asked: LinkClass, why: Why, sold: str) -> Iterator[str]:
    """Yield each reason with the numbers or names that do not fit."""
    said = {
        Why.SPEED: f"carries {media.gbps[m]:g} Gb/s, the link asks for {asked.gbps:g}",
        Why.SPLIT: f"makes {media.split[m]} links of a port, {asked.split} are asked for",
        Why.HEAD: f"plug {media.head_plug[m]} does not go into a cage {asked.head.form}",
        Why.TAIL: f"plug {media.tail_plug[m]} does not go into a cage {asked.tail.form}",
        Why.BARRED: "its plug is made for adapters, not for switches",
        Why.TWIN: f"its plugs have {media.head_ports[m]} and {media.tail_ports[m]} ports,"
        f" the cages {asked.head.ports} and {asked.tail.ports}, of which {asked.together} go"
        " together",
        Why.FIBRE: f"fibre {media.fibre[m]} where {asked.fibre} is asked for",
        Why.WAY: f"on the way lie trays for {asked.sort} (kind)",
        Why.PANEL: "its plugs are moulded on, it cannot pass a patch panel",
        Why.POWER: f"plugs of {media.head_w[m]:g} and {media.tail_w[m]:g} W in cages for"
        f" {asked.head.power_w:g} and {asked.tail.power_w:g} W",
        Why.PARTS: f"not among {', '.join(asked.parts)}",
        Why.GONE: "discontinued",
        Why.REACH: f"reaches {media.reach_m[m]:g} m",
        Why.STOCK: sold or "no length in stock is within its reach",
        Why.UNKNOWN: "its reach, or the form or ports of a cage are not known",
    }
    yield from (words for reason, words in said.items() if reason & why)
