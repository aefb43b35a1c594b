"""What speaks against a medium, for all links of a class alike: all but their length."""

from __future__ import annotations

from enum import IntFlag
from typing import NamedTuple

import numpy as np

from twin.site.table import BoolArray, IntArray
from twin.solve.media.media import COPPER, Media
from twin.solve.media.plugs import Cage, barred, fits


class Why(IntFlag):
    """Reasons against a medium; several may hold at once."""

    SPEED = 1
    """It carries another speed."""
    SPLIT = 2
    """It splits a port in other parts."""
    HEAD = 4
    """Its plug does not go into the cage at the head."""
    TAIL = 8
    """Its plug does not go into the cage at the tail."""
    BARRED = 16
    """A rule keeps its plug out of the device."""
    TWIN = 32
    """Its plugs have more or fewer ports than the cages, or its tails end elsewhere."""
    FIBRE = 64
    """The owner asks for another fibre."""
    PANEL = 128
    """It has moulded plugs, or no cord of one tail is of its kind, and the link passes panels."""
    POWER = 256
    """A plug draws more than the cage can feed and cool."""
    PARTS = 512
    """The owner's list does not have it."""
    GONE = 1024
    """A part is discontinued; the owner's list may name it."""
    REACH = 2048
    """It does not reach so far."""
    STOCK = 4096
    """No length in stock is long enough and within its reach."""
    WAY = 16384
    """It is copper where the way is one of trays for fibre, or fibre where it is one for copper."""
    UNKNOWN = 8192
    """Whether it would do is not known: its reach, or form or ports of a cage."""


class LinkClass(NamedTuple):
    """What links of one class ask for; a cord's head is at `head`, where splitters have theirs.

    Parameters
    ----------
    gbps
        Rate of one link, Gb/s.
    head, tail
        Cages at both ends.
    together
        Links of one cage at the head that end in one and the same cage at the tail; it decides
        between straight and split cables with moulded plugs.
    split
        Links that share one port of the head: 2 where a port of 400 serves two of 200.
    fibre
        "mm" or "sm" where the owner asks for one; "" for either.
    panels
        Patch panels on the way; moulded cables pass none.
    parts
        The owner's order: kinds of media or ids of products, the first that can be is taken;
        nothing else is. Empty: by power, then by price.
    sort
        "fibre" or "copper" where the trays of their way carry no other; "" for either.
    """

    gbps: float
    head: Cage
    tail: Cage
    together: int = 1
    split: int = 1
    fibre: str = ""
    panels: int = 0
    parts: tuple[str, ...] = ()
    sort: str = ""


def judge(media: Media, classes: tuple[LinkClass, ...]) -> IntArray:
    """(K, M) reasons against each medium for each class, as bits of `Why`; 0 none.

    UNKNOWN alone, as where a cage has no form, excludes nothing.
    """
    out = np.zeros((len(classes), len(media)), dtype=np.int64)
    for k, asked in enumerate(classes):
        for m in range(len(media)):
            out[k, m] = int(_against(media, m, asked))
        if asked.parts:
            out[k, _beside_the_list(media, asked.parts, out[k])] |= int(Why.PARTS)
    return out


def place_in(parts: tuple[str, ...], media: Media, m: int) -> int:
    """Return the place of a medium in the owner's list, by kind or by one of its parts; -1 none."""
    names = (media.kind[m], media.cable[m], media.head[m], media.tail[m], media.ids[m])
    return next((place for place, part in enumerate(parts) if part in names), -1)


def _beside_the_list(media: Media, parts: tuple[str, ...], against: IntArray) -> BoolArray:
    """(M,) media with a part that the owner's list does not have, where one on it would serve.

    Plugs at either end and cords, each for itself: who lists one twin-port optic and no other says
    which stands in all cages into which it goes, and nothing of the cages of another form.

    Parameters
    ----------
    against
        (M,) reasons of `judge` against each medium by itself.
    """
    fits = (against & ~int(Why.UNKNOWN)) == 0
    listed = np.isin(media.kind, parts) | np.isin(media.ids, parts) | media.moulded
    out = np.zeros(len(media), dtype=bool)
    for column in (media.head, media.tail, media.cable):
        on = np.isin(column, parts)
        if (on & fits & ~media.moulded).any():
            out |= ~listed & ~on
    return out


def _against(media: Media, m: int, asked: LinkClass) -> Why:
    why = Why(0)
    slower = media.kind[m] == "utp" and asked.gbps <= media.gbps[m]
    if not slower and not np.isclose(asked.gbps, media.gbps[m]):
        why |= Why.SPEED
    if media.split[m] != asked.split:
        why |= Why.SPLIT
    for cage, plug, word in (
        (asked.head, media.head_plug[m], Why.HEAD),
        (asked.tail, media.tail_plug[m], Why.TAIL),
    ):
        if not cage.form:
            why |= Why.UNKNOWN
        elif not fits(plug, cage):
            why |= word
        if barred(plug, cage):
            why |= Why.BARRED
    if 0 in {asked.head.ports, asked.tail.ports}:
        why |= Why.UNKNOWN
    elif not _ports_meet(media, m, asked):
        why |= Why.TWIN
    if asked.fibre and not media.moulded[m] and media.fibre[m] != asked.fibre:
        why |= Why.FIBRE
    if asked.sort and (media.kind[m] in COPPER) != (asked.sort == "copper"):
        why |= Why.WAY
    if asked.panels > 0 and not media.single[m]:
        why |= Why.PANEL
    if media.head_w[m] > asked.head.power_w or media.tail_w[m] > asked.tail.power_w:
        why |= Why.POWER
    if asked.parts and place_in(asked.parts, media, m) < 0:
        why |= Why.PARTS
    if not media.made[m] and not {media.cable[m], media.head[m], media.tail[m]} & {*asked.parts}:
        why |= Why.GONE
    if np.isnan(media.reach_m[m]):
        why |= Why.UNKNOWN
    return why


def _ports_meet(media: Media, m: int, asked: LinkClass) -> bool:
    """Whether plugs use each cage whole, and a moulded cable's tails end where the links do."""
    whole = media.head_ports[m] == asked.head.ports and media.tail_ports[m] == asked.tail.ports
    return bool(whole and (not media.moulded[m] or media.tail_ports[m] == asked.together))
