"""What of a fabric must be live before a rack is usable: its leaves, and all that is above them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.site.table import IntArray
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
    bare
        Subject of a switch that no rack of the layout houses, -1 none: nobody knows its day either.
    """

    positions: IntArray
    switches: IntArray
    day: float
    on: int
    lacking: int
    bare: int


def before(study: Study, fabric: int) -> list[Before]:
    """Return what positions of a fabric wait for, those that wait for the same together."""
    site, drops = study.site, study.table("drop")
    switch = site.rows_of("switch", drops["head"])
    of = np.append(site.rows_of("fabric", study.table("switch")["fabric"]), -1)[switch]
    mine = (of == fabric) & ~np.isnan(np.asarray(drops["links"], dtype=float))
    place = site.rows_of("position", drops["tail"])
    leaves: dict[int, list[int]] = {}
    for p, s in zip(place[mine].tolist(), switch[mine].tolist(), strict=True):
        leaves.setdefault(p, []).append(s)
    alike: dict[tuple[int, ...], list[int]] = {}
    for p, found in sorted(leaves.items()):
        alike.setdefault(tuple(sorted(found)), []).append(p)
    ready, bare = study(switches_ready), study(bare_switches)
    out = []
    for rows, positions in alike.items():
        low = np.array(rows, dtype=np.int64)
        last = low[np.argmax(ready.day[low])]
        blind = ready.lacking[low][ready.lacking[low] >= 0]
        homeless = bare[low][bare[low] >= 0]
        out.append(
            Before(
                np.array(positions, dtype=np.int64),
                above(study, low),
                float(ready.day[last]),
                int(ready.on[last]),
                int(blind[0]) if len(blind) else -1,
                int(site.subject("switch", homeless[:1])[0]) if len(homeless) else -1,
            )
        )
    return out


def above(study: Study, low: IntArray) -> IntArray:
    """Rows of some switches and of all that are above them."""
    site, uplink = study.site, study.table("uplink")
    tail, head = (site.rows_of("switch", uplink[end]) for end in ("tail", "head"))
    found = np.unique(low)
    for _ in range(2):  # from leaves to spines, and from these to cores
        found = np.unique(np.concatenate([found, head[np.isin(tail, found)]]))
    return found
