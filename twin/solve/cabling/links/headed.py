"""Links in cords, by what is plugged in at their heads; and how long a cord must be."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from twin.site.table import FloatArray, IntArray
from twin.solve.cabling.links.links_bundled import bundle_of_links
from twin.solve.cabling.panels.pieces import pieces
from twin.solve.fabric.cages import cages
from twin.solve.fabric.portmap import port_map
from twin.solve.media.media import Media
from twin.solve.study import Study


class Tails(NamedTuple):
    """Links of the port map in the pieces that they go through, (n,): all that are ever there.

    Parameters
    ----------
    link, piece
        Row of the port map, and row of `pieces`: of a link through panels first the cord at its
        lower end, then that at its upper.
    cord
        Number of the cord from 0, in no order.
    """

    link: IntArray
    piece: IntArray
    cord: IntArray


def tails_of(study: Study, media: Media, medium: IntArray) -> Tails:
    """Put links into cords.

    A moulded cable holds all links of its plug, a fibre cord those of one port of the plug that its
    splitter divides, else each link has its own. Links that a cassette shuffles are lanes of one
    tail: they share a port, and so a cord, at either end.

    Parameters
    ----------
    medium
        (B,) row of the media of each of the `bundles`, -1 none.
    """
    of = study(bundle_of_links)
    first = np.flatnonzero(of >= 0)
    second = study(pieces).second[of[first]]
    again = first[second >= 0]
    link = np.concatenate([first, again])
    piece = np.concatenate([of[first], second[second >= 0]])
    made, lanes = medium[of[link]], study(pieces).lanes[of[link]]
    # What is split is so at the upper end of the link: a cord from below to a panel is not.
    below = (np.arange(len(link)) < len(first)) & (study(pieces).second[of[link]] >= 0)
    moulded = np.append(media.moulded, False)[made]
    held = lanes * np.where(below, 1, np.append(media.split, 1)[made])
    if not (moulded.any() or (held > 1).any()):
        return Tails(link, piece, np.arange(len(link)))
    # Ranges of keys: cages of moulded cables, ports at upper and at lower ends, links.
    heads = study(cages).head[link]
    upper, lower = high_ports(study, link, held), low_ports(study, link, held)
    parts = int(heads.max(initial=-1)) + 1
    tails = parts + int(upper.max(initial=-1)) + 1
    single = tails + int(lower.max(initial=-1)) + 1
    shared = np.where(below, tails + lower, parts + upper)
    key = np.where(moulded, heads, np.where(held > 1, shared, single + link)) * 2 + below
    _, number = np.unique(key, return_inverse=True)
    return Tails(link, piece, np.asarray(number, dtype=np.int64).ravel())


def high_ports(study: Study, link: IntArray, held: IntArray) -> IntArray:
    """(n,) port of the switch at the upper end of each link; those that share one have one number.

    Parameters
    ----------
    held
        (n,) links of the port map that one such port holds.
    """
    port = study(cages).head_port[link] // held
    return np.asarray(study(port_map).high[link] * (int(port.max(initial=0)) + 1) + port)


def low_ports(study: Study, link: IntArray, held: IntArray) -> IntArray:
    """(n,) likewise the port of the node or switch at the lower end."""
    port = study(cages).tail_port[link] // held
    return np.asarray(study(cages).tail[link] * (int(port.max(initial=0)) + 1) + port)


def farthest_m(cord: IntArray, need_m: FloatArray) -> FloatArray:
    """(n,) length that the cord of each tail needs: that of its farthest tail.

    A tail that no way leads to makes no cord longer; where none has a way it is -inf.

    Parameters
    ----------
    cord
        (n,) number of the cord, from 0.
    need_m
        (n,) length that each tail needs; infinite no way, NaN not known.
    """
    longest = np.full(int(cord.max(initial=-1)) + 1, -np.inf)
    with np.errstate(invalid="ignore"):
        np.maximum.at(longest, cord, np.where(np.isinf(need_m), -np.inf, need_m))
    return longest[cord]


def served_m(t: Tails, need_m: FloatArray) -> FloatArray:
    """(Q,) length of the longest cord that has a tail in each of the `pieces`.

    A cord serves its farthest tail, whether or not that stands yet.

    Parameters
    ----------
    need_m
        (Q,) length that each piece needs; infinite no way, NaN not known.
    """
    with np.errstate(invalid="ignore"):
        out = np.full(len(need_m), -np.inf)
        np.maximum.at(out, t.piece, farthest_m(t.cord, need_m[t.piece]))
        return np.where(np.isinf(out) | np.isinf(need_m), need_m, out)
