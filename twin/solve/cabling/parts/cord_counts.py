"""Cords of fabrics by the parts that are chosen, against cords as the plan counts them, and why."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from twin.site.table import BoolArray
from twin.solve.cabling.links.tails import tails
from twin.solve.cabling.panels.pieces import pieces
from twin.solve.cabling.parts.parts import parts
from twin.solve.fabric.growth import cord_links, cord_of
from twin.solve.fabric.portmap import TIERS, port_map
from twin.solve.study import Study

PANELS = "a link through panels has a cord at either end of its trunk"
MOULDED = "a cable with moulded plugs holds all links of its plugs"
SPLIT = "a cord with several tails holds all links of its port"


class CordCount(NamedTuple):
    """Cords of one tier of a fabric, of links whose both ends are planned and whose parts chosen.

    Attributes
    ----------
    fabric, tier
        Row of the fabric, and which of `TIERS`.
    planned
        Cords as the fabric counts them: planes side by side, or `links_per_cord`.
    bought
        Cords by their parts.
    why
        What makes the two differ.
    """

    fabric: int
    tier: int
    planned: int
    bought: int
    why: tuple[str, ...]


def cord_counts(study: Study) -> tuple[CordCount, ...]:
    """Tiers of fabrics, all of whose links that are listed have chosen parts."""
    # Without a tray no length is known, and without a length no part is chosen.
    if not len(study.table("tray")) or not len(study.table("fabric")):
        return ()
    return tuple(_counts(study))


def _counts(study: Study) -> Iterator[CordCount]:
    t, m, part = study(tails), study(port_map), study(parts)
    fabric, tier = m.fabric[t.link], m.tier[t.link]
    known = part.medium[study(pieces).bundle[t.piece]] >= 0
    for row in np.unique(fabric).tolist():
        for number in range(len(TIERS)):
            mine = (fabric == row) & (tier == number)
            if mine.any() and known[mine].all():
                planned = len(np.unique(study(cord_of)[t.link[mine]]))
                bought = len(np.unique(t.cord[mine]))
                yield CordCount(row, number, planned, bought, _why(study, mine, row))


def _why(study: Study, mine: BoolArray, fabric: int) -> tuple[str, ...]:
    """Say what makes cords by parts other than planned ones."""
    part, bundle = study(parts), study(pieces).bundle[study(tails).piece[mine]]
    medium = part.medium[bundle]
    moulded = part.media.moulded[medium].any()
    split = (~part.media.moulded[medium] & (part.media.split[medium] > 1)).any()
    through = (study(pieces).low_panel[bundle] >= 0).any()
    shuffled = (study(pieces).lanes[bundle] > 1).any()
    each = 0 if shuffled else int(cord_links(study)[fabric])
    plan = f"a part for each link; the plan counts {each} to a cord: links_per_cord, else planes"
    told = ((through, PANELS), (moulded, MOULDED), (split, SPLIT), (each > 1, plan))
    return tuple(word for holds, word in told if holds)
