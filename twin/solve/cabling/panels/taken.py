"""Trunks through which the links of each bundle go: those that the ports of its links lead to."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from twin.arrays.joins import each_match
from twin.site.table import FloatArray, IntArray
from twin.solve.cabling.links.bundles import bundles
from twin.solve.cabling.links.links_bundled import any_bundle_of_links
from twin.solve.cabling.panels.panel_ports import panel_ports
from twin.solve.cabling.panels.pieces import pieces
from twin.solve.study import Study


class Through(NamedTuple):
    """Pairs of a bundle of links through panels and a trunk that takes some of them, (P,).

    In the order of bundles, then of trunks. Bundles between whose panels no trunk lies have none.

    Attributes
    ----------
    bundle, trunk
        Rows of either.
    share
        Part of the bundle's links that the trunk takes, of those that have one.
    """

    bundle: IntArray
    trunk: IntArray
    share: FloatArray


def trunks_taken(study: Study) -> Through:
    """Find the trunks of each bundle as the schedule of panels gives them to its links.

    Where one trunk joins two panels it is that one. Links by hand have no ports: they follow those
    that have, in the order of bundles. Links for which no connector is left have no trunk: the
    first between their panels stands for theirs.
    """
    piece = study(pieces)
    through = np.flatnonzero(piece.trunks >= 0)
    first = piece.trunks[through]
    if not np.isin(first, _parallel(study)).any():
        return Through(through, first, np.ones(len(first)))
    of, trunk = study(any_bundle_of_links), study(panel_ports).trunk
    led = np.flatnonzero((of >= 0) & (trunk >= 0))
    found, links = np.unique(np.stack([of[led], trunk[led]]), axis=1, return_counts=True)
    # Racks that stand on one position in turn use the same ports.
    lead = racks_in_turn(study)[through]
    more = _following(study, found[0], np.unique(lead[~np.isin(lead, found[0])]))
    pair = np.append(found, np.stack([more.bundle, more.trunk]), axis=1)
    part = np.append(links / np.bincount(found[0], links)[found[0]], more.share)
    order = np.lexsort(pair[::-1])
    pair, part = pair[:, order], part[order]
    which, at = each_match(pair[0], lead)
    return Through(through[which], pair[1][at], part[at])


def _following(study: Study, led: IntArray, bare: IntArray) -> Through:
    """Trunks of bundles whose links have no ports: the connectors that those with ports leave.

    Parameters
    ----------
    led, bare
        Bundles whose links have ports, and those whose links have none.
    """
    piece, table = study(pieces), study.table("trunk")
    cords = study(bundles).count / piece.lanes
    taken = np.bincount(piece.trunks[led], cords[led], minlength=len(table))
    ends = np.sort(np.stack([table["panel_a"], table["panel_b"]]), axis=0)
    each = np.asarray(table["connectors"] * table["count"], dtype=float)
    found = [
        _in_order(rows, mine, cords[mine], each[rows], taken[rows[0]])
        for rows, mine in (
            (np.flatnonzero((ends == ends[:, [first]]).all(axis=0)),
             bare[piece.trunks[bare] == first])
            for first in np.unique(piece.trunks[bare]).tolist()
        )
    ]  # fmt: skip
    none = np.array([], dtype=np.int64)
    columns = zip(Through(none, none, np.array([])), *found, strict=True)
    return Through(*(np.concatenate(column) for column in columns))


def _in_order(
    rows: IntArray, mine: IntArray, cords: FloatArray, each: FloatArray, taken: float
) -> Through:
    """Give the connectors of trunks between two panels to bundles, in the order of both.

    Parameters
    ----------
    rows, each
        (t,) the trunks and the connectors of each; NaN, nobody counts them, takes all that come.
    mine, cords
        (b,) the bundles and the connectors that each takes; NaN, nobody says, may take all.
    taken
        Connectors that others have.
    """
    upto = np.cumsum(np.where(np.isnan(each), np.inf, each))
    start = taken + np.cumsum(np.nan_to_num(cords)) - np.nan_to_num(cords)
    end = np.where(np.maximum.accumulate(np.isnan(cords)), np.inf, start + cords)
    low, high = np.maximum.outer(start, np.append(0, upto[:-1])), np.minimum.outer(end, upto)
    with np.errstate(invalid="ignore"):
        over = np.where(high > low, high - low, 0.0)
    endless = np.isinf(end)
    over[endless] = over[endless] > 0
    over[~over.any(axis=1), 0] = 1.0
    at, trunk = np.nonzero(over)
    return Through(mine[at], rows[trunk], (over / over.sum(axis=1, keepdims=True))[at, trunk])


def _parallel(study: Study) -> IntArray:
    """Trunks between whose two panels others lie."""
    trunk = study.table("trunk")
    ends = np.sort(np.stack([trunk["panel_a"], trunk["panel_b"]]), axis=0)
    _, of, count = np.unique(ends, axis=1, return_inverse=True, return_counts=True)
    return np.flatnonzero(count[of.ravel()] > 1)


def racks_in_turn(study: Study) -> IntArray:
    """(B,) the first bundle with the same two ends as each: of racks, those of their position."""
    bundle = study(bundles)
    low = np.where(bundle.rack >= 0, bundle.place, -2 - bundle.low)
    key = low * (len(study.table("switch")) + 1) + bundle.switch + 1
    _, first, of = np.unique(key, return_index=True, return_inverse=True)
    return np.asarray(first[of.ravel()])


def joined_each_m(study: Study, each_m: FloatArray) -> FloatArray:
    """Length of links through panels, trunk by trunk of `trunks_taken`, (P,).

    Parameters
    ----------
    each_m
        (Q,) length of each of the `pieces`.
    """
    taken, cords = study(trunks_taken), int((study(pieces).bundle >= 0).sum())
    return np.asarray(_cords_m(study, each_m)[taken.bundle] + each_m[cords + taken.trunk])


def joined_m(study: Study, each_m: FloatArray, *, sure: bool = False) -> FloatArray:
    """Length of the links of each of the `bundles`, (B,): of all their pieces together.

    Where its links take several trunks, that of the longest. Infinite where one piece has no way,
    NaN not known. Links that go through panels between which no trunk lies have none.

    Parameters
    ----------
    each_m
        (Q,) length of each of the `pieces`.
    sure
        Whether to take, of several trunks, the longest of those that are known.
    """
    piece, taken = study(pieces), study(trunks_taken)
    length = np.where(piece.low_panel >= 0, np.nan if sure else -np.inf, _cords_m(study, each_m))
    with np.errstate(invalid="ignore"):
        longest = np.fmax if sure else np.maximum
        longest.at(length, taken.bundle, joined_each_m(study, each_m))
    return np.where((piece.low_panel >= 0) & (piece.trunks < 0), np.inf, length)


def _cords_m(study: Study, each_m: FloatArray) -> FloatArray:
    piece = study(pieces)
    cords = piece.bundle >= 0
    length = np.zeros(len(piece.low_panel))
    np.add.at(length, piece.bundle[cords], each_m[cords])
    return length


def pieces_of(study: Study, row: int) -> list[int]:
    """Pieces of the links of a bundle: its cords, then the trunks that they take."""
    piece, taken = study(pieces), study(trunks_taken)
    second, cords = int(piece.second[row]), int((piece.bundle >= 0).sum())
    low, high = np.searchsorted(taken.bundle, [row, row + 1])
    ends = [row] if second < 0 else [row, second]
    return [*ends, *(cords + taken.trunk[low:high]).tolist()]


def pieces_of_bundles(study: Study, rows: IntArray) -> tuple[IntArray, IntArray]:
    """(K,) place among some bundles, and piece of their links: cords at both ends, and trunks."""
    piece, taken = study(pieces), study(trunks_taken)
    ends = np.stack([rows, piece.second[rows]])
    end, place = np.nonzero(ends >= 0)
    which, at = each_match(taken.bundle, rows)
    first = int((piece.bundle >= 0).sum())
    return np.append(place, which), np.append(ends[end, place], first + taken.trunk[at])
