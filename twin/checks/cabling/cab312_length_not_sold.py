"""CAB312: length that a cord or trunk needs against the longest in the owner's list of stock."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.checks.cabling.way_inputs import unit_inputs
from twin.checks.measure import Measure
from twin.checks.rule import rule
from twin.site.table import FloatArray, IntArray
from twin.solve.cabling.links.bundles import bundles
from twin.solve.cabling.panels.pieces import pieces
from twin.solve.cabling.panels.taken import trunks_taken
from twin.solve.cabling.parts.parts import longest_m, piece_needed_m
from twin.solve.cabling.parts.unplaced import shorter_m, unplaced, unplaced_panels
from twin.solve.study import Study


@rule(
    "CAB312",
    role="gate",
    severity="error",
    unit="m",
    message="a cord or trunk of the links from {kind} {subject} to switch {other} needs {demand} m,"
    " the longest of it in stock is {limit} m",
    fix="add a length of at least {demand} m to data.stock_m or the list of stock, name another"
    " product, or shorten the way by {shortfall} m",
    source="the owner's list of stock: data.stock_m, or a list of kind stock",
)
def length_not_sold(study: Study) -> Iterator[Measure]:
    """No length in the owner's stock is as long as a cord or trunk must be.

    Why it matters
    --------------
    A cable with plugs on both ends is not spliced. What is not sold that long is made to order,
    with weeks of lead time, or the link goes another way.

    Method
    ------
    Each piece of a link, its cord, or both its cords and the trunk that it takes between their
    panels, needs its way, the drops, the runs in the racks and waste. That is held against the
    longest length which the layout lists of its product (data.stock_m, or a list of kind stock).
    One row for each rack, or switch with uplinks, and switch above: the piece that lacks most.
    Worked number: a trunk that needs 29.1 m, of which 20 m is the longest, lacks 9.1 m.

    Does not cover
    --------------
    Products of which the layout lists no lengths: those that a maker shows are not all that are
    sold. Single cords of fabrics, for which a medium is chosen that is in stock (CAB403); how many
    lie on the shelf; lengths that are not known (CAB301) and ways that do not exist (CAB302).

    See also
    --------
    CAB301, CAB304, CAB403.
    """
    piece, bundle = study(pieces), study(bundles)
    first, shorter = np.arange(len(bundle.rack)), study(shorter_m)
    any_end, panels, taken = study(unplaced), study(unplaced_panels), study(trunks_taken)
    loose = np.concatenate([any_end, any_end, panels[taken.bundle]])
    row = np.concatenate([first, first, taken.bundle])
    trunk = taken.trunk + int((piece.bundle >= 0).sum())
    at = np.concatenate([first, piece.second, trunk])
    need, most = (np.append(study(each), np.nan)[at] for each in (piece_needed_m, longest_m))
    # Of links of which some piece has no way CAB302 speaks.
    mine = np.flatnonzero(bundle.wanted[row] & np.isfinite(need) & ~np.isnan(most))
    for kind, end in (("rack", bundle.rack), ("switch", bundle.low)):
        rows = mine[end[row[mine]] >= 0]
        rows = rows[_worst(end[row[rows]], bundle.switch[row[rows]], need[rows] - most[rows])]
        may = (need[rows] > most[rows]) & (need[rows] - shorter[row[rows]] <= most[rows])
        may &= loose[rows] >= 0
        lacks = np.where(may, loose[rows], -1)
        yield Measure(
            kind=kind,
            subject=end[row[rows]],
            demand=np.where(lacks >= 0, np.nan, need[rows]),
            limit=most[rows],
            other=study.site.subject("switch", bundle.switch[row[rows]]),
            inputs=unit_inputs(study, lacks),
            owner="the owner's list of stock",
        )


def _worst(subject: IntArray, other: IntArray, over: FloatArray) -> IntArray:
    """Row of the greatest excess of each pair."""
    order = np.lexsort((-over, other, subject))
    new = np.ones(len(order), dtype=bool)
    new[1:] = (np.diff(subject[order]) != 0) | (np.diff(other[order]) != 0)
    return order[new]
