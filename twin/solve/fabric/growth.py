"""A fabric as it grows: what of it stands on a day, and which cords another plan would move.

A fabric is wired for its last unit, so that what stands is a part of what will: links whose ends
both stand. Two plans of one fabric are compared by the ids of what each port belongs to.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from twin.arrays.needs import hosts
from twin.site.fabrics.wiring import wiring_of
from twin.site.resolve import of_product
from twin.site.table import BoolArray, FloatArray, IntArray, StrArray
from twin.solve.cabling.links.links import switch_places
from twin.solve.fabric.portmap import MANAGER, NODE, PortMap, port_map
from twin.solve.study import Study


def switches_stand(study: Study) -> BoolArray:
    """Whether each switch stands and runs on the day of the study, (switches,).

    One whose place or rack no layout says stands; one that says no day runs.
    """
    host = hosts(study.site)
    housed = np.append(study.here, True)[host]
    # On a position that is known no rack stands: nor does the switch.
    housed &= (host >= 0) | (switch_places(study) < 0)
    day = study.conditions.date
    if day is None:
        return np.asarray(housed, dtype=bool)
    late = study.table("switch")["ready"] > np.datetime64(day, "D")
    return np.asarray(housed & ~late, dtype=bool)


def nodes_of_racks(study: Study) -> FloatArray:
    """Nodes of each rack: its trays of servers, else its servers, (racks,); NaN not known."""
    trays, systems = (of_product(study.site, "rack", c) for c in ("compute_trays", "systems"))
    return np.asarray(np.where(np.isnan(trays), systems, trays), dtype=float)


def nodes_stand(study: Study) -> FloatArray:
    """Nodes of the racks that stand on each position, (positions,); NaN not known."""
    place = study.site.rows_of("position", study.table("rack")["position"])
    rows = np.flatnonzero(study.here & (place >= 0))
    out = np.zeros(len(study.table("position")))
    np.add.at(out, place[rows], study(nodes_of_racks)[rows])
    return out


def _racks_stand(study: Study) -> FloatArray:
    """Racks that stand on each position, (positions,)."""
    place = study.site.rows_of("position", study.table("rack")["position"])
    place = place[study.here & (place >= 0)]
    return np.bincount(place, minlength=len(study.table("position"))).astype(float)


def ends_stand(study: Study) -> BoolArray:
    """Whether the node of each link of the port map stands, if it has one, (n,).

    A node stands with the rack on its position. Where the layout does not say how many nodes a
    position has, those of the largest rack have places, and a smaller one takes fewer of them.
    """
    m = study(port_map)
    count = np.append(study(nodes_stand), np.inf)[m.place]
    said = ~np.isnan(np.asarray(study.table("fabric")["nodes_per_position"], dtype=float))
    # A manager stands with its rack, which has no nodes of its own.
    count = np.where(m.tier == MANAGER, np.append(study(_racks_stand), np.inf)[m.place], count)
    return np.asarray(np.where(said[m.fabric], count != 0, ~(m.node >= count)))


def links_stand(study: Study) -> BoolArray:
    """Whether both ends of each link of the port map stand on the day of the study, (n,).

    Links of managers stand with their leaf, and with the rack of theirs where it is known.
    """
    m, stands = study(port_map), np.append(study(switches_stand), True)
    return np.asarray(stands[m.high] & stands[m.low] & study(ends_stand), dtype=bool)


def cord_links(study: Study) -> IntArray:
    """Return the links that one cord of each fabric carries, (fabrics,).

    Said, else those that share a port of a leaf, else its planes.
    """
    fabrics = study.table("fabric")
    said, planes, split = (
        np.asarray(fabrics[c], dtype=float) for c in ("links_per_cord", "planes", "split")
    )
    own = np.where(split > 1, split, planes)
    return np.where(np.isnan(said), own, said).astype(np.int64)


def cord_of(study: Study) -> IntArray:
    """Return which cord carries each link of the port map, (n,) numbers from 0.

    A cord carries as many links as `cord_links` says: those of one node, its planes side by side,
    or those of ports of a switch in a row. See `twin.solve.fabric.cords`. Where ports of leaves
    are split, a cord to nodes has its head there: it carries the links of so many parts in a row;
    between switches each link then has a cord.
    """
    m, fabrics = study(port_map), study.table("fabric")
    planes, down, split = (
        np.asarray(fabrics[c], dtype=float)[m.fabric].astype(np.int64)
        for c in ("planes", "leaf_down", "split")
    )
    headed = (split > 1) & (m.low < 0)
    each = np.where((split > 1) & ~headed, 1, cord_links(study)[m.fabric])
    above = m.low_port - _first_upward(study, m, down)
    low = np.where(m.low < 0, m.low_port * planes + m.plane, above)
    port = np.where(headed, m.high_port * split + m.high_lane, low) // each
    ends = np.where(headed, m.high, np.stack([m.place, m.node, m.low]))
    key = np.stack([m.fabric, m.tier, *ends, port])
    # Managers sit on ports of leaves among nodes: one cord may serve both.
    key[1] = np.where(headed, NODE, m.tier)
    _, cord = np.unique(key, axis=1, return_inverse=True)
    return np.asarray(cord, dtype=np.int64).ravel()


def _first_upward(study: Study, m: PortMap, down: IntArray) -> IntArray:
    """First port upward of the switch at the lower end: of a leaf `down`, of a spine its links."""
    switches, fabrics = study.table("switch"), study.table("fabric")
    tier = np.append(np.asarray(switches["tier"]), "")[m.low]
    number = np.append(np.asarray(switches["number"], dtype=float), -1.0)[m.low]
    out = down.copy()
    for row in range(len(fabrics)):
        mine = (m.fabric == row) & (tier == "spine")
        out[mine] = wiring_of(fabrics, row).spine_down(number[mine].astype(np.int64))
    return out


class Ends(NamedTuple):
    """Both ends of links in numbers that two sites share, (n,): equal numbers, the same port."""

    low: IntArray
    high: IntArray


def moved(before: Study, after: Study) -> IntArray:
    """Rows of the links of `before` whose two ports `after` does not join, by ids.

    What `after` no longer has, or joins otherwise, has to be pulled out and laid anew.
    """
    a, b = _ends(before, after)
    size = int(max([0, *(int(e.high.max()) + 1 for e in (a, b) if len(e.high))]))
    kept = np.isin(a.low * size + a.high, b.low * size + b.high)
    return np.flatnonzero(~kept)


def _ends(before: Study, after: Study) -> tuple[Ends, Ends]:
    """Return the ends of the links of two studies, in numbers that they share."""
    codes = [
        _codes(*(s.table(kind).ids for s in (before, after)))
        for kind in ("fabric", "position", "switch")
    ]
    ours, theirs = ([pair[n] for pair in codes] for n in (0, 1))
    low = _shared(_low(before, *ours), _low(after, *theirs))
    high = _shared(_high(before, ours[2]), _high(after, theirs[2]))
    return Ends(low[0], high[0]), Ends(low[1], high[1])


def _codes(ours: StrArray, theirs: StrArray) -> tuple[IntArray, IntArray]:
    """Return a number of each id of two sites: the same for the same id; -1 at the end for none."""
    _, number = np.unique(np.concatenate([ours, theirs]), return_inverse=True)
    return np.append(number[: len(ours)], -1), np.append(number[len(ours) :], -1)


def _shared(ours: IntArray, theirs: IntArray) -> tuple[IntArray, IntArray]:
    """Return a number of each column of two tables: the same for the same values."""
    both = np.concatenate([ours, theirs], axis=1)
    _, number = np.unique(both, axis=1, return_inverse=True)
    number = np.asarray(number, dtype=np.int64).ravel()
    return number[: ours.shape[1]], number[ours.shape[1] :]


def _low(study: Study, fabric: IntArray, position: IntArray, switch: IntArray) -> IntArray:
    """Lower ends as columns: whose, which node or switch, which port and lane."""
    m = study(port_map)
    # Links of a node on several planes end in one port of it, one lane each.
    lane = np.where((m.tier == NODE) | (m.tier == MANAGER), m.plane, 0)
    low = switch[m.low]
    return np.stack([fabric[m.fabric], m.tier, position[m.place], low, m.node, m.low_port, lane])


def _high(study: Study, switch: IntArray) -> IntArray:
    """Upper ends as columns: which switch, which port, which part of it."""
    m = study(port_map)
    return np.stack([switch[m.high], m.high_port, m.high_lane])
