"""What a loss takes of each rack's share of its networks: switches, and ways of cables.

Leaves, spines and cores share their traffic evenly over their links upward (equal-cost paths), so
that a switch that loses some of these links is worth what is left of them. A tray that is lost
takes all cables in it.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from twin.arrays.joins import each_match
from twin.site.table import BoolArray, FloatArray, IntArray
from twin.solve.cabling.fill.tray_fill import lying
from twin.solve.cabling.links.links import links
from twin.solve.cabling.panels.pieces import pieces
from twin.solve.cabling.panels.taken import trunks_taken
from twin.solve.losses.cases import cases
from twin.solve.losses.sorts import PLANE
from twin.solve.study import Study

WAYS: Final = ("tray", "riser")


class Worth(NamedTuple):
    """Parts of switches that losses take, (n,): row of the case, of the switch, part lost.

    `first` is the switch that was lost itself, or the one whose uplinks were.
    """

    case: IntArray
    switch: IntArray
    part: FloatArray
    first: IntArray


class Left(NamedTuple):
    """What is left to racks of one network in cases that take some of it, (n,).

    `switch` is one that was lost, or to which links were.
    """

    rack: IntArray
    fabric: IntArray
    case: IntArray
    left: FloatArray
    switch: IntArray

    def take(self, rows: IntArray) -> Left:
        """Return some of them."""
        return Left(
            self.rack[rows], self.fabric[rows], self.case[rows], self.left[rows], self.switch[rows]
        )


class Cut(NamedTuple):
    """Bundles that lost ways take, (n,): rows of case and bundle, pair by pair, and the part."""

    case: IntArray
    bundle: IntArray
    part: FloatArray


UNCUT = Cut(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0))
"""No cables lost."""


def of_switches(study: Study) -> BoolArray:
    """(cases,) those in which no plane, tray or riser is lost itself."""
    site, table = study.site, study(cases)
    ways = [site.rows_of(kind, table.origin) >= 0 for kind in WAYS]
    return np.asarray((table.sort != PLANE) & ~ways[0] & ~ways[1])


def cut_bundles(study: Study) -> Cut:
    """Bundles whose cables lie in a tray or riser that is lost."""
    table, trays = study(cases), len(study.table("tray"))
    lost = [table.lost(study.site.first[k], len(study.table(k))) for k in WAYS]
    case = np.concatenate([c for c, _ in lost])
    return cut_by(study, case, np.concatenate([lost[0][1], lost[1][1] + trays]))


def cut_by(study: Study, case: IntArray, way: IntArray) -> Cut:
    """Bundles that ways take, pair by pair of a case and a way: trays first, then risers."""
    if not len(case):
        return UNCUT
    lies = study(lying)
    tray = lies.tray[lies.row]
    order = np.argsort(tray, kind="stable")
    row, at = each_match(tray[order], way)
    size = len(study(pieces).bundle)
    key, of = np.unique(case[row] * size + lies.cable[order[at]], return_inverse=True)
    part = np.zeros(len(key))
    # In one tray a cable may lie in several places: it is lost once.
    np.maximum.at(part, of, lies.part[order[at]])
    return _of_bundles(study, key // size, key % size, part)


def _of_bundles(study: Study, case: IntArray, cable: IntArray, part: FloatArray) -> Cut:
    """Bundles of lost cords, and those whose links lie in lost trunks."""
    piece, taken = study(pieces), study(trunks_taken)
    order = np.argsort(taken.trunk, kind="stable")
    trunk = np.flatnonzero(piece.trunk[cable] >= 0)
    row, at = each_match(taken.trunk[order], piece.trunk[cable[trunk]])
    cord = piece.bundle[cable] >= 0
    cases_ = np.append(case[cord], case[trunk[row]])
    bundle = np.append(piece.bundle[cable[cord]], taken.bundle[order[at]])
    size = len(piece.low_panel) + 1
    key, of = np.unique(cases_ * size + bundle, return_inverse=True)
    cords = int(cord.sum())
    # Trunks side by side lose links of their own each.
    most = np.bincount(of[cords:], part[trunk[row]] * taken.share[order[at]], minlength=len(key))
    np.maximum.at(most, of[:cords], part[cord])
    return Cut(key // size, key % size, np.minimum(most, 1.0))


def worth_lost(study: Study) -> Worth:
    """Part that each case takes of each switch: all of a dead one, and of those below it.

    Where uplinks are cut, the part that they are of all uplinks of the switch.
    """
    table, site, switches = study(cases), study.site, study.table("switch")
    case, dead = table.lost(site.first["switch"], len(switches))
    # Power and planes take all identical switches of one name, one that fails is one of them.
    alike = np.asarray(switches["count"], dtype=float)[dead]
    alone = (table.origin[case] == dead + site.first["switch"]) & (table.sort[case] != PLANE)
    lost = Worth(case, dead, np.where(alone, 1.0 / alike, 1.0), dead)
    return passed_down(study, lost, study(cut_bundles))


def passed_down(study: Study, lost: Worth, cut: Cut = UNCUT) -> Worth:
    """Add to what cases take of switches what those below lose with it, from cores to leaves."""
    tier = np.asarray(study.table("switch")["tier"])
    for above in ("core", "spine"):
        lost = _passed_down(study, lost, cut, tier == above)
    return lost


def _passed_down(study: Study, lost: Worth, cut: Cut, above: BoolArray) -> Worth:
    """Add what switches lose with the lost parts of those `above`, and with their own uplinks.

    Parameters
    ----------
    above
        (switches,) the tier whose loss is passed down.
    """
    site, uplink = study.site, study.table("uplink")
    low, high = (site.rows_of("switch", uplink[end]) for end in ("tail", "head"))
    count = np.asarray(uplink["links"], dtype=float)
    total = np.bincount(low, count, minlength=len(study.table("switch")))
    rows = np.flatnonzero(above[lost.switch])
    order = np.argsort(high, kind="stable")
    row, at = each_match(high[order], lost.switch[rows])
    row = rows[row]
    own = cut.bundle - len(study(links).rack)
    # Behind the bundles of uplinks come those of managers, which carry no rack's traffic.
    mine = (own >= 0) & (own < len(high))
    mine &= np.append(above[high], False)[np.where(mine, own, -1)]
    link, case, part, first = _worst(
        np.append(order[at], own[mine]),
        np.append(lost.case[row], cut.case[mine]),
        np.append(lost.part[row], cut.part[mine]),
        np.append(lost.first[row], low[own[mine]]),
    )
    return _summed(
        np.append(lost.case, case),
        np.append(lost.switch, low[link]),
        np.append(lost.part, part * count[link] / total[low[link]]),
        np.append(lost.first, first),
    )


def _summed(case: IntArray, switch: IntArray, part: FloatArray, first: IntArray) -> Worth:
    """One row for each case and switch; nothing loses more than itself."""
    size = int(switch.max()) + 1 if len(switch) else 1
    key, at, which = np.unique(case * size + switch, return_index=True, return_inverse=True)
    total = np.minimum(np.bincount(which, part, minlength=len(key)), 1.0)
    return Worth(key // size, key % size, total, first[at])


def bandwidth_left(study: Study) -> Left:
    """Return what is left to each rack of its networks, in each case that takes some of them."""
    return left_of(study, study(worth_lost), study(cut_bundles))


def left_of(study: Study, lost: Worth, cut: Cut = UNCUT) -> Left:
    """Return what is left to racks where parts of switches, and cables, are lost."""
    link = study(links)
    mine = np.flatnonzero(link.wanted & study.here[link.rack])
    mine = mine[np.argsort(link.switch[mine], kind="stable")]
    row, at = each_match(link.switch[mine], lost.switch)
    direct = np.isin(cut.bundle, mine)
    at = np.append(mine[at], cut.bundle[direct])
    case = np.append(lost.case[row], cut.case[direct])
    part = np.append(lost.part[row], cut.part[direct])
    switch = np.append(lost.first[row], link.switch[cut.bundle[direct]])
    at, case, part, switch = _worst(at, case, part, switch)
    fabrics = len(study.table("fabric")) + 1
    network = link.rack[at] * fabrics + link.fabric[at] + 1
    cases_ = int(max(case.max(initial=0), 0)) + 1
    key, first, which = np.unique(network * cases_ + case, return_index=True, return_inverse=True)
    gone = np.bincount(which, link.share[at] * part, minlength=len(key))
    network, case = key // cases_, key % cases_
    return Left(
        rack=network // fabrics,
        fabric=network % fabrics - 1,
        case=case,
        # What is all but gone by rounding is gone.
        left=np.where(gone > 1.0 - 1e-12, 0.0, 1.0 - gone),
        switch=switch[first],
    )


def worst_of(left: Left, rows: IntArray) -> IntArray:
    """Return of some rows the one for each rack and network that leaves least, first case first."""
    keys = [column[rows] for column in (left.case, left.left, left.fabric, left.rack)]
    order = rows[np.lexsort(keys)]
    network = np.stack([left.rack, left.fabric])[:, order]
    first = np.ones(len(order), dtype=bool)
    first[1:] = (network[:, 1:] != network[:, :-1]).any(axis=0)
    return np.asarray(order[first])


def _worst(
    link: IntArray, case: IntArray, part: FloatArray, switch: IntArray
) -> tuple[IntArray, IntArray, FloatArray, IntArray]:
    """One row for each link and case: a link in a lost tray to a lost switch is lost once."""
    order = np.lexsort((-part, case, link))
    link, case, part, switch = link[order], case[order], part[order], switch[order]
    new = np.ones(len(link), dtype=bool)
    new[1:] = (link[1:] != link[:-1]) | (case[1:] != case[:-1])
    return link[new], case[new], part[new], switch[new]
