"""What of a fabric must be live before a rack is usable: leaves, all above, panels and trunks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.site.fabrics.wiring import of_managers
from twin.site.table import IntArray
from twin.solve.cabling.links.bundles import bundles
from twin.solve.cabling.panels.through import gear_of_links_ready, through
from twin.solve.ready import bare_switches, switches_ready
from twin.solve.study import Study


@dataclass(frozen=True)
class Before:
    """Positions that wait for the same switches of a fabric, and these.

    Attributes
    ----------
    positions
        Rows of the positions, in the order of their ids.
    switches
        Rows of leaves, spines and cores.
    day
        Last known day on which one of them is live, since 1970-01-01; -inf none.
    on, lacking
        Subject whose day that is, and one whose day is not known; -1 none.
    gear
        Subjects of panels and trunks through which links to and between these switches lead.
    bare
        Subject of a switch that no rack of the layout houses, -1 none: nobody knows its day either.
    """

    positions: IntArray
    switches: IntArray
    day: float
    on: int
    lacking: int
    gear: IntArray
    bare: int


def before(study: Study, fabric: int) -> list[Before]:
    """Return what positions of a fabric wait for, those that wait for the same together."""
    site, drops = study.site, study.table("drop")
    switch = site.rows_of("switch", drops["head"])
    of = np.append(site.rows_of("fabric", study.table("switch")["fabric"]), -1)[switch]
    mine = (of == fabric) & ~np.isnan(np.asarray(drops["links"], dtype=float))
    mine &= ~of_managers(drops)
    place = site.rows_of("position", drops["tail"])
    gear = _Gear(study)
    leaves: dict[int, list[int]] = {}
    for p, s in zip(place[mine].tolist(), switch[mine].tolist(), strict=True):
        leaves.setdefault(p, []).append(s)
    alike: dict[tuple[tuple[int, ...], tuple[int, ...]], list[int]] = {}
    for p, found in sorted(leaves.items()):
        key = (tuple(sorted(found)), gear.to_leaves(p, found))
        alike.setdefault(key, []).append(p)
    return [
        _before(study, positions, np.array(low, dtype=np.int64), passed, gear)
        for (low, passed), positions in alike.items()
    ]


def _before(
    study: Study, positions: list[int], low: IntArray, passed: tuple[int, ...], gear: _Gear
) -> Before:
    every = above(study, low)
    through = np.unique(np.array([*passed, *gear.between(every)], dtype=np.int64))
    ready = study(switches_ready).take(low)
    subject = study(gear_of_links_ready).take(through)
    day, on = np.append(ready.day, subject.day), np.append(ready.on, subject.on)
    lacking = np.append(ready.lacking, subject.lacking)
    lacking = lacking[lacking >= 0]
    bare = study(bare_switches)[low]
    homeless = study.site.subject("switch", bare[bare >= 0])
    last = int(np.argmax(day))
    return Before(
        positions=np.array(positions, dtype=np.int64),
        switches=every,
        day=float(day[last]),
        on=int(on[last]),
        lacking=int(lacking[0]) if len(lacking) else -1,
        gear=through,
        bare=int(homeless[0]) if len(homeless) else -1,
    )


class _Gear:
    """Panels and trunks by the ends of the links that lead through them."""

    def __init__(self, study: Study) -> None:
        found, bundle = study(through), study(bundles)
        self.at: dict[tuple[int, int], set[int]] = {}
        self.up: dict[int, set[int]] = {}
        for row, subject in zip(found.bundle.tolist(), found.subject.tolist(), strict=True):
            if bundle.rack[row] >= 0:
                key = (int(bundle.place[row]), int(bundle.switch[row]))
                self.at.setdefault(key, set()).add(subject)
            else:
                self.up.setdefault(int(bundle.low[row]), set()).add(subject)

    def to_leaves(self, position: int, leaves: list[int]) -> tuple[int, ...]:
        """Return those of links from a position to some leaves."""
        found = (self.at.get((position, leaf), set()) for leaf in leaves)
        return tuple(sorted(set().union(*found)))

    def between(self, switches: IntArray) -> set[int]:
        """Return those of the uplinks of some switches."""
        return set().union(*(self.up.get(s, set()) for s in switches.tolist()))


def above(study: Study, low: IntArray) -> IntArray:
    """Rows of some switches and of all that are above them."""
    site, uplink = study.site, study.table("uplink")
    tail, head = (site.rows_of("switch", uplink[end]) for end in ("tail", "head"))
    found = np.unique(low)
    for _ in range(2):  # from leaves to spines, and from these to cores
        found = np.unique(np.concatenate([found, head[np.isin(tail, found)]]))
    return found
