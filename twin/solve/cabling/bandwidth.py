"""What a loss takes of each rack's share of its networks: leaves, and what lies above them.

Leaves, spines and cores share their traffic evenly over their links upward (equal-cost paths), so
that a switch that loses some of these links is worth what is left of them.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from twin.site.table import FloatArray, IntArray
from twin.solve.cabling.links import links
from twin.solve.losses.cases import cases
from twin.solve.study import Study


class Worth(NamedTuple):
    """Parts of switches that losses take, (n,): row of the case, of the switch, part lost.

    `first` is the switch that was lost itself.
    """

    case: IntArray
    switch: IntArray
    part: FloatArray
    first: IntArray


class Left(NamedTuple):
    """What is left to racks of one network in cases that take some of it, (n,)."""

    rack: IntArray
    fabric: IntArray
    case: IntArray
    left: FloatArray
    switch: IntArray


def worth_lost(study: Study) -> Worth:
    """Part that each case takes of each switch: all of a dead one, and of those below it."""
    table, site, switches = study(cases), study.site, study.table("switch")
    case, dead = table.lost(site.first["switch"], len(switches))
    # Power takes all identical switches of one name, a switch that fails is one of them.
    alike = np.asarray(switches["count"], dtype=float)[dead]
    alone = table.origin[case] == dead + site.first["switch"]
    return passed_down(study, Worth(case, dead, np.where(alone, 1.0 / alike, 1.0), dead))


def passed_down(study: Study, lost: Worth) -> Worth:
    """Add to what cases take of switches what those below lose with it, from cores to leaves."""
    tier = np.asarray(study.table("switch")["tier"])
    for above in ("core", "spine"):
        lost = _passed_down(study, lost, tier[lost.switch] == above)
    return lost


def _passed_down(study: Study, lost: Worth, mine: FloatArray | IntArray) -> Worth:
    """Add what the switches below lose with the lost parts in `mine`."""
    site, uplink = study.site, study.table("uplink")
    low, high = (site.rows_of("switch", uplink[end]) for end in ("tail", "head"))
    count = np.asarray(uplink["links"], dtype=float)
    total = np.bincount(low, count, minlength=len(study.table("switch")))
    rows = np.flatnonzero(mine)
    order = np.argsort(high, kind="stable")
    start = np.searchsorted(high[order], lost.switch[rows], side="left")
    many = np.searchsorted(high[order], lost.switch[rows], side="right") - start
    within = np.arange(int(many.sum())) - np.repeat(np.cumsum(many) - many, many)
    link, row = order[np.repeat(start, many) + within], np.repeat(rows, many)
    part = lost.part[row] * count[link] / total[low[link]]
    return _summed(
        np.concatenate([lost.case, lost.case[row]]),
        np.concatenate([lost.switch, low[link]]),
        np.concatenate([lost.part, part]),
        np.concatenate([lost.first, lost.first[row]]),
    )


def _summed(case: IntArray, switch: IntArray, part: FloatArray, first: IntArray) -> Worth:
    """One row for each case and switch; nothing loses more than itself."""
    size = int(switch.max()) + 1 if len(switch) else 1
    key, at, which = np.unique(case * size + switch, return_index=True, return_inverse=True)
    total = np.minimum(np.bincount(which, part, minlength=len(key)), 1.0)
    return Worth(key // size, key % size, total, first[at])


def bandwidth_left(study: Study) -> Left:
    """Return what is left to each rack of its networks, in each case that takes some of them."""
    return left_of(study, study(worth_lost))


def left_of(study: Study, lost: Worth) -> Left:
    """Return what is left to racks where parts of switches are lost."""
    link = study(links)
    mine = np.flatnonzero(link.wanted & study.here[link.rack])
    mine = mine[np.argsort(link.switch[mine], kind="stable")]
    low = np.searchsorted(link.switch[mine], lost.switch, side="left")
    count = np.searchsorted(link.switch[mine], lost.switch, side="right") - low
    within = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
    at = mine[np.repeat(low, count) + within]
    row = np.repeat(np.arange(len(lost.case)), count)
    fabrics = len(study.table("fabric")) + 1
    network = link.rack[at] * fabrics + link.fabric[at] + 1
    cases_ = int(lost.case.max()) + 1 if len(lost.case) else 1
    key, first, which = np.unique(
        network * cases_ + lost.case[row], return_index=True, return_inverse=True
    )
    gone = np.bincount(which, link.share[at] * lost.part[row], minlength=len(key))
    network, case = key // cases_, key % cases_
    return Left(
        rack=network // fabrics,
        fabric=network % fabrics - 1,
        case=case,
        left=np.asarray(1.0 - gone, dtype=float),
        switch=lost.first[row][first],
    )
