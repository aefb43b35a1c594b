"""Pieces of cables: a link is one cord, or cord, panel, trunk, panel and cord.

Each piece lies from one place to another by itself: it has its own way, length and section. A trunk
is one piece, however many links it carries.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.cabling.links.bundles import bundles
from twin.solve.cabling.panels.cassettes import lanes
from twin.solve.study import Study


@dataclass(frozen=True)
class Pieces:
    """Pieces, (Q,): the cords of all bundles, then the trunks as their table has them.

    Attributes
    ----------
    bundle
        Row of the bundle whose cords these are, -1 of a trunk.
    trunk
        Row of the trunk, -1 of cords.
    place, host
        Rows of the positions at the lower and the upper end; -1 not known.
    low_unit, high_unit
        Lowest unit of the switch or panel at either end; NaN not known, or none.
    count
        Cords, or trunks that lie side by side; NaN not known.
    low_panel, high_panel
        (B,) rows of the panels of each bundle, -1 of a bundle of single cords.
    trunks
        (B,) row of the first trunk between its panels, -1 none: `taken` knows which its links take.
    lanes
        (B,) links of each bundle that share a port at either end, where a cassette shuffles them.
    second
        (B,) piece from the upper panel of each bundle to its upper end, -1 of single cords; the
        piece that begins at its lower end is its own row.
    """

    bundle: IntArray
    trunk: IntArray
    place: IntArray
    host: IntArray
    low_unit: FloatArray
    high_unit: FloatArray
    count: FloatArray
    low_panel: IntArray
    high_panel: IntArray
    trunks: IntArray
    lanes: IntArray
    second: IntArray


def pieces(study: Study) -> Pieces:
    """Pieces of all bundles, and the trunks."""
    site, bundle, trunk = study.site, study(bundles), study.table("trunk")
    low, high = panels_of(study)
    a, b = (site.rows_of("panel", trunk[end]) for end in ("panel_a", "panel_b"))
    panel = study.table("panel")
    at = np.append(site.rows_of("position", panel["position"]), -1)
    unit = np.append(np.asarray(panel["unit"], dtype=float), np.nan)
    of_switch = np.append(np.asarray(study.table("switch")["unit"], dtype=float), np.nan)
    every = np.arange(len(bundle.rack))
    through = low >= 0
    cords = np.concatenate([every, every[through]])
    first = np.arange(len(cords)) < len(every)
    short = first & through[cords]
    n = len(trunk)
    share = lanes(study, low, high)
    count = bundle.count / share
    return Pieces(
        bundle=np.concatenate([cords, np.full(n, -1)]),
        trunk=np.concatenate([np.full(len(cords), -1), np.arange(n)]),
        place=np.concatenate([np.where(first, bundle.place[cords], at[high[cords]]), at[a]]),
        host=np.concatenate([np.where(short, at[low[cords]], bundle.host[cords]), at[b]]),
        low_unit=np.concatenate([
            np.where(first, of_switch[bundle.low[cords]], unit[high[cords]]), unit[a],
        ]),
        high_unit=np.concatenate([
            np.where(short, unit[low[cords]], of_switch[bundle.switch[cords]]), unit[b],
        ]),
        count=np.concatenate([count[cords], np.asarray(trunk["count"], dtype=float)]),
        low_panel=low,
        high_panel=high,
        trunks=_between(low, high, a, b, len(panel)),
        lanes=share,
        second=np.where(through, len(every) + np.cumsum(through) - 1, -1),
    )  # fmt: skip


def shuffled_fabrics(study: Study) -> BoolArray:
    """(fabrics,) whether links of each are lanes that a cassette shuffles."""
    of = study.site.rows_of("fabric", study.table("switch")["fabric"])
    rows = of[study(bundles).switch[study(pieces).lanes > 1]]
    return np.isin(np.arange(len(study.table("fabric"))), rows)


def panels_of(study: Study) -> tuple[IntArray, IntArray]:
    """Panels at the lower and the upper end of each bundle, (B,); -1 where it is one cord.

    A link goes through panels where both its places are served by one, and not by the same.
    """
    site, bundle, patch = study.site, study(bundles), study.table("patch")
    fabric = site.rows_of("fabric", study.table("switch")["fabric"])[bundle.switch]
    place, panel = site.rows_of("position", patch["tail"]), site.rows_of("panel", patch["head"])
    own = site.rows_of("fabric", study.table("panel")["fabric"])
    size = len(study.table("fabric")) + 1
    # What a panel says of one fabric comes before what it says of all.
    served = np.full((len(study.table("position")) + 1, size), -1, dtype=np.int64)
    for general in (True, False):
        mine = (own[panel] < 0) == general
        rows, columns = place[mine], own[panel[mine]]
        if general:
            served[rows] = panel[mine][:, None]
        else:
            served[rows, columns] = panel[mine]
    served[-1] = -1
    low, high = served[bundle.place, fabric], served[bundle.host, fabric]
    through = (low >= 0) & (high >= 0) & (low != high)
    return np.where(through, low, -1), np.where(through, high, -1)


def _between(low: IntArray, high: IntArray, a: IntArray, b: IntArray, panels: int) -> IntArray:
    """(B,) the first trunk between two panels, whichever way round; -1 none."""
    size = panels + 1
    ends = np.minimum(a, b) * size + np.maximum(a, b)
    order = np.argsort(ends, kind="stable")
    asked = np.minimum(low, high) * size + np.maximum(low, high)
    if not len(order):
        return np.full(len(low), -1, dtype=np.int64)
    at = np.minimum(np.searchsorted(ends[order], asked), len(order) - 1)
    return np.where((low >= 0) & (ends[order][at] == asked), order[at], -1)


def no_trunk(study: Study) -> BoolArray:
    """(B,) bundles of links through two panels between which no trunk lies."""
    piece = study(pieces)
    return np.asarray((piece.low_panel >= 0) & (piece.trunks < 0))


def rack_of_cables(study: Study) -> IntArray:
    """(pieces,) rack whose cables these are; -1 of trunks and between switches."""
    return np.append(study(bundles).rack, -1)[study(pieces).bundle]


def laid(study: Study) -> BoolArray:
    """(pieces,) cables that lie there on the day: those of things that stand, and all trunks."""
    return np.append(study(bundles).wanted, True)[study(pieces).bundle]
