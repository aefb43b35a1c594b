"""Where cables leave trays: at which place of which tray, at both ends of each way."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.cabling.fill.exits_taken import exits_taken
from twin.solve.cabling.fill.shares import Shares, areas_m2, shared
from twin.solve.cabling.panels.pieces import laid, pieces
from twin.solve.cabling.ways.openings import openings
from twin.solve.study import Study


class Exits(NamedTuple):
    """Cables that pass openings.

    Attributes
    ----------
    subject
        (R,) row of the tray whose drop-out it is, or of the position whose rack they enter.
    shares
        Their sections, in these rows.
    """

    subject: IntArray
    shares: Shares


def drop_out_cables(study: Study) -> Exits:
    """Cables at each drop-out of trays that name theirs."""
    drop, out = study(openings), study(exits_taken)
    number = drop.of_access[out.access]
    mine = number >= 0
    distinct, row = np.unique(number[mine], return_inverse=True)
    shares = shared(study, out.cable[mine], row, len(distinct), study(areas_m2), out.part[mine])
    return Exits(drop.tray[distinct], shares)


def entering_cables(study: Study) -> Exits:
    """Cables that come from elsewhere into the racks on each position."""
    cable = study(pieces)
    mine = study(laid) & (cable.place >= 0) & (cable.host >= 0) & (cable.place != cable.host)
    which = np.tile(np.flatnonzero(mine), 2)
    position, row = np.unique(
        np.concatenate([cable.place[mine], cable.host[mine]]), return_inverse=True
    )
    return Exits(position, shared(study, which, row, len(position), study(areas_m2)))


def managed_cables(study: Study, position: BoolArray) -> Exits:
    """Cables in the vertical managers of racks, at the entry and at each height that may be fuller.

    What comes from elsewhere runs down from the entry to the unit of its switch or panel. What
    joins two things of one rack, as cords between its panels and switches, lies between their
    units. So nothing is fuller than the entry, or the lower end of some cable. A cable of which
    nobody says the unit counts at every height.

    Parameters
    ----------
    position
        (positions,) which racks are looked at; each has a row for every height.
    """
    at, which, low, high = _runs(study, position)
    inner = np.isin(at, at[np.isfinite(high)])
    cuts = np.unique(np.stack([
        np.append(at[inner], at), np.append(low[inner], np.full(len(at), _ENTRY)),
    ]), axis=1)  # fmt: skip
    subject, height = cuts[0].astype(np.int64), cuts[1]
    start, stop = (np.searchsorted(subject, at, side=side) for side in ("left", "right"))
    count = stop - start
    run = np.repeat(np.arange(len(at)), count)
    row = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
    row += np.repeat(start, count)
    there = (low[run] <= height[row]) & (height[row] < high[run])
    return Exits(
        subject, shared(study, which[run[there]], row[there], len(subject), study(areas_m2))
    )


_ENTRY = 1e9
"""Height of the entry of a rack, above all its units."""


def _runs(study: Study, position: BoolArray) -> tuple[IntArray, IntArray, FloatArray, FloatArray]:
    """(K,) positions, cables, and heights from which and to which these lie in the managers.

    A cable that leaves its rack goes on above the entry, to no end.
    """
    cable, there = study(pieces), study(laid)
    ends = ((cable.place, cable.low_unit), (cable.host, cable.high_unit))
    inside = there & (cable.place == cable.host)
    parts = []
    for place, unit in ends:
        rows = np.flatnonzero(there & ~inside & (cable.place >= 0) & (cable.host >= 0))
        rows = rows[np.append(position, False)[place[rows]]]
        low = np.nan_to_num(unit[rows], nan=-np.inf)
        parts.append((place[rows], rows, low, np.full(len(rows), np.inf)))
    rows = np.flatnonzero(inside & np.append(position, False)[cable.place])
    low, high = (pick(cable.low_unit[rows], cable.high_unit[rows]) for pick in
                 (np.minimum, np.maximum))  # fmt: skip
    dim = np.isnan(low)
    parts.append((
        cable.place[rows], rows, np.where(dim, -np.inf, low), np.where(dim, 2 * _ENTRY, high),
    ))  # fmt: skip
    at, which, low, high = (np.concatenate(each) for each in zip(*parts, strict=True))
    return at, which, low, high


def own_or_rack(study: Study, column: str) -> FloatArray:
    """(positions,) figure that a position says, else the least of the racks that stand on it."""
    racks = study.table("rack")
    place = study.site.rows_of("position", racks["position"])
    least = np.full(len(study.table("position")) + 1, np.nan)
    np.fmin.at(least, place, np.asarray(racks[column], dtype=float))
    own = np.asarray(study.table("position")[column], dtype=float)
    return np.where(np.isnan(own), least[:-1], own)
