"""Trunks through which the links of each bundle go: those that the ports of its links lead to."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from twin.arrays.joins import each_match
from twin.site.table import FloatArray, IntArray
from twin.solve.cabling.bundles import bundles
from twin.solve.cabling.links_bundled import any_bundle_of_links
from twin.solve.cabling.panel_ports import panel_ports
from twin.solve.cabling.pieces import pieces
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

    Where one trunk joins two panels it is that one. Links by hand have no ports, and those for
    which no connector is left have no trunk: the first between their panels stands for theirs.
    """
    piece = study(pieces)
    through = np.flatnonzero(piece.trunks >= 0)
    first = piece.trunks[through]
    if not np.isin(first, _parallel(study)).any():
        return Through(through, first, np.ones(len(first)))
    of, trunk = study(any_bundle_of_links), study(panel_ports).trunk
    led = np.flatnonzero((of >= 0) & (trunk >= 0))
    found, links = np.unique(np.stack([of[led], trunk[led]]), axis=1, return_counts=True)
    share = links / np.bincount(found[0], links)[found[0]]
    # Racks that stand on one position in turn use the same ports.
    lead = _in_turn(study)[through]
    which, at = each_match(found[0], lead)
    bare = ~np.isin(lead, found[0])
    pairs = np.stack([
        np.append(through[which], through[bare]), np.append(found[1][at], first[bare]),
    ])  # fmt: skip
    order = np.lexsort(pairs[::-1])
    part = np.append(share[at], np.ones(int(bare.sum())))
    return Through(pairs[0, order], pairs[1, order], part[order])


def _parallel(study: Study) -> IntArray:
    """Trunks between whose two panels others lie."""
    trunk = study.table("trunk")
    ends = np.sort(np.stack([trunk["panel_a"], trunk["panel_b"]]), axis=0)
    _, of, count = np.unique(ends, axis=1, return_inverse=True, return_counts=True)
    return np.flatnonzero(count[of.ravel()] > 1)


def _in_turn(study: Study) -> IntArray:
    """(B,) the first bundle with the same two ends as each: of racks, those of their position."""
    bundle = study(bundles)
    key = np.stack([np.where(bundle.rack >= 0, bundle.place, -2 - bundle.low), bundle.switch])
    _, first, of = np.unique(key, axis=1, return_index=True, return_inverse=True)
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
