"""Fabrics by rule become switches, drops of positions and links between switches."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from twin.errors import near
from twin.model.data import Fabric, Switch
from twin.site.fabrics.described import Described, described
from twin.site.fabrics.devices import taken_nodes
from twin.site.fabrics.figures import Figures
from twin.site.fabrics.places import Floor, Wishes, settle, stand, wishes_of
from twin.site.fabrics.units import Thing, take_left, take_written, units_of, written_switches
from twin.site.fabrics.wiring import COLUMNS, to_cores, to_leaves, to_managers, to_spines
from twin.site.fabrics.wrong import TIERS, other_protocol
from twin.site.faults import Fault
from twin.site.table import Array, Chunk, FloatArray, IntArray, StrArray, Table

MANAGER = "manager"
"""Name of the fabric's manager among the devices of a position."""


@dataclass(frozen=True)
class Woven:
    """What fabrics make: their own columns, and chunks of switches, drops and uplinks of each.

    `devices` are names of the nodes of a fabric at a position; `stand` is the units that switches
    have left to other things, by kind and id.
    """

    sizes: dict[str, dict[str, int]]
    switches: list[Chunk]
    drops: list[Chunk]
    uplinks: list[Chunk]
    devices: dict[tuple[str, str], tuple[str, ...]]
    stand: dict[str, dict[str, dict[str, int]]]


def weave(
    fabrics: Mapping[str, Fabric], written: Mapping[str, Switch], positions: Table, racks: Table,
    figures: Figures, others: Sequence[Thing], faults: list[Fault],
) -> Woven:  # fmt: skip
    """Make the switches of all fabrics and what joins them; what cannot be built is told.

    Parameters
    ----------
    written
        Switches that are written one by one: where they say so, those of fabrics stand there.
    others
        What else stands in racks: its units are taken by hand before, by rule after switches.
    """
    woven = Woven({}, [], [], [], {}, {})
    found = described(fabrics, positions, racks, figures, faults)
    made = {name: d.products[tier] for d in found for tier, ids in _ids(d) for name in ids.tolist()}
    floor = Floor(positions, racks, written, units_of(racks, figures), figures)
    # What stands by hand, whatever made it, has its units before any rule looks for some.
    switches = written_switches(written, made, racks, figures)
    take_written(floor.units, [*switches, *others], faults)
    wishes = {}
    for d in found:
        for tier, ids in _ids(d):
            wishes[d.name, tier] = wishes_of(d, tier, len(ids), floor, faults)
            settle(d, tier, ids, wishes[d.name, tier], floor, faults)
    for d in found:
        sizes = {column: getattr(d.wiring, size) for size, column in COLUMNS.items()}
        every = len(d.places) * d.nodes
        woven.sizes[d.name] = {**sizes, "places": d.nodes, "node_places": every}
        woven.switches.append(_switches(d, wishes, floor, faults))
        woven.drops.append(_drops(d))
        if len(d.managers):
            woven.drops.append(_manager_drops(d))
        woven.uplinks.extend(_uplinks(d))
        woven.devices.update({(d.name, place): names for place, names in d.devices.items()})
    woven.devices.update(_managers(found))
    woven.stand.update(take_left(floor.units, others, faults))
    faults.extend(_misnamed(found, made, written, figures))
    return woven


def _managers(found: Sequence[Described]) -> dict[tuple[str, str], tuple[str, ...]]:
    """Names of fabric managers: with that of their fabric where another's device has the same."""
    at = [(place, d.name) for d in found for place in d.managers.tolist()]
    named = Counter(place for place, _ in at)
    named.update(place for d in found for place, names in d.devices.items() if MANAGER in names)
    return {
        (fabric, place): (MANAGER if named[place] == 1 else f"{fabric}-{MANAGER}",)
        for place, fabric in at
    }


def switch_ids(name: str, tier: str, planes: int, count: int) -> StrArray:
    """Ids of the switches of a tier, (planes * count,): plane after plane.

    Examples
    --------
    >>> switch_ids("compute", "leaf", 1, 2).tolist(), switch_ids("c", "spine", 2, 1).tolist()
    (['compute-leaf-001', 'compute-leaf-002'], ['c-p1-spine-001', 'c-p2-spine-001'])
    """
    plane = [f"{name}-p{p + 1}" if planes > 1 else name for p in range(planes)]
    width = max(3, len(str(count)))
    ids = [f"{p}-{tier}-{n + 1:0{width}d}" for p in plane for n in range(count)]
    return np.array(ids, dtype=np.str_)


def taken_places(d: Described) -> IntArray:
    """Node places of a fabric that nodes take: neither the reserved ones at the end, nor free."""
    place = np.arange(len(d.places) * d.nodes - d.item.reserved)
    taken = taken_nodes(d.places, d.nodes, d.devices)
    return place[place % d.nodes < taken[place // d.nodes]]


def _ids(d: Described) -> list[tuple[int, StrArray]]:
    """Tiers of a fabric, and the ids of the switches of each."""
    w, planes = d.wiring, d.item.planes
    counts = (w.all_leaves, w.all_spines, w.all_cores)[: d.item.tiers]
    return [(t, switch_ids(d.name, TIERS[t], planes, n)) for t, n in enumerate(counts)]


def _misnamed(
    found: list[Described], made: Mapping[str, str], written: Mapping[str, Switch], figures: Figures
) -> Iterator[Fault]:
    """Switches written as if a fabric made them that it does not, or with what it says itself."""
    names = "|".join(re.escape(d.name) for d in found)
    looks = re.compile(rf"(?:{names})-(?:p\d+-)?(?:{'|'.join(TIERS)})-\d+")
    for name, said in written.items():
        if name in made:
            if said.count != 1:
                told = "is one switch of its fabric"
                yield Fault("switch", name, "count", said.count, told, "leave it out")
            for key in ("plane", "rail"):
                if getattr(said, key) is not None:
                    told = f"its fabric says its {key}"
                    yield Fault("switch", name, key, getattr(said, key), told, "leave it out")
            if said.type:
                yield from other_protocol(("switch", name, "type"), made[name], said.type, figures)
        elif found and name not in made and looks.fullmatch(name):
            told = "its fabric has no switch of this id"
            yield Fault("switch", name, "", name, told, "an id of the fabric", near(name, made))


def _switches(
    d: Described, wishes: Mapping[tuple[str, int], Wishes], floor: Floor, faults: list[Fault]
) -> Chunk:
    w, item = d.wiring, d.item
    parts: list[tuple[StrArray, dict[str, Array]]] = []
    for tier, ids in _ids(d):
        at = stand(d, tier, ids, wishes[d.name, tier], floor, faults)
        n = len(ids)
        count = n // item.planes
        up = item.core_medium or item.up_medium
        medium = (item.medium, item.up_medium, up)[tier] or ""
        parts.append((ids, {
            "position": at.position,
            "unit": at.unit,
            "number": np.tile(np.arange(count, dtype=float), item.planes),
            "plane": np.repeat(np.arange(item.planes, dtype=float), count),
            "rail": _rails(d, ids) if tier == 0 else np.full(n, np.nan),
            "tier": np.full(n, TIERS[tier]),
            "ports": np.full(n, float(w.leaf_links) if tier == 0 else np.nan),
            "gbps": np.full(n, d.gbps * (1 if tier == 0 else w.split)),
            "type": np.full(n, d.products[tier]),
            # One that the catalog does not have is told of the fabric.
            "medium": np.full(n, medium if medium in floor.figures.products else ""),
        }))  # fmt: skip
    ids = np.concatenate([p[0] for p in parts])
    columns: dict[str, Array] = {k: np.concatenate([p[1][k] for p in parts]) for k in parts[0][1]}
    n = len(ids)
    columns["fabric"] = np.full(n, d.name)
    columns["count"] = np.ones(n)
    columns["ready"] = np.full(n, np.datetime64(item.ready or "NaT", "D"))
    return ids, columns


def _rails(d: Described, leaves: StrArray) -> FloatArray:
    """Rail of each leaf, all planes one after the other; NaN where the fabric has no rails."""
    w = d.wiring
    if d.item.rails is None:
        return np.full(len(leaves), np.nan)
    number = np.arange(len(leaves)) % w.all_leaves
    return np.asarray(number // w.leaves % w.rails, dtype=float)


def _drops(d: Described) -> Chunk:
    """Positions on leaves, with the links between each two, and the positions' first nodes."""
    w, item = d.wiring, d.item
    j = to_leaves(w, taken_places(d))
    place, leaf, links = _summed(j.low // d.nodes, j.high)
    leaves = switch_ids(d.name, TIERS[0], item.planes, w.all_leaves)
    rows = np.tile(np.arange(len(place)), item.planes)
    plane = np.repeat(np.arange(item.planes), len(place))
    return _edges(
        d.places[place[rows]],
        leaves[plane * w.all_leaves + leaf[rows]],
        links=links[rows].astype(float),
        first=(place[rows] * d.nodes).astype(float),
        nodes=taken_nodes(d.places, d.nodes, d.devices)[place[rows]].astype(float),
    )


def _manager_drops(d: Described) -> Chunk:
    """Positions of managers on leaves: links of the managers go round. They are no node places."""
    w, planes = d.wiring, d.item.planes
    last = len(d.places) * d.nodes
    free = np.arange(last - d.item.reserved, last)
    j = to_managers(w, free, d.item.manager_links)
    place, leaf, links = _summed(j.low_port % len(d.managers), j.high)
    rows = np.tile(np.arange(len(place)), planes)
    plane = np.repeat(np.arange(planes), len(place))
    leaves = switch_ids(d.name, TIERS[0], planes, w.all_leaves)
    none = np.full(len(rows), np.nan)
    return _edges(
        d.managers[place[rows]], leaves[plane * w.all_leaves + leaf[rows]],
        links=links[rows].astype(float), first=none, nodes=none,
    )  # fmt: skip


def _uplinks(d: Described) -> list[Chunk]:
    """Leaves on spines and spines on cores, with the links between each two."""
    w, planes = d.wiring, d.item.planes
    counts = (w.all_leaves, w.all_spines, w.all_cores)
    out = []
    for tier, joined in enumerate((to_spines, to_cores)[: d.item.tiers - 1]):
        low, high, links = _summed(joined(w).low, joined(w).high)
        rows = np.tile(np.arange(len(low)), planes)
        plane = np.repeat(np.arange(planes), len(low))
        lows = switch_ids(d.name, TIERS[tier], planes, counts[tier])
        highs = switch_ids(d.name, TIERS[tier + 1], planes, counts[tier + 1])
        out.append(_edges(
            lows[plane * counts[tier] + low[rows]],
            highs[plane * counts[tier + 1] + high[rows]],
            links=links[rows].astype(float),
        ))  # fmt: skip
    return out


def _summed(low: IntArray, high: IntArray) -> tuple[IntArray, IntArray, IntArray]:
    """Pairs that links join, and how many join each."""
    size = int(high.max()) + 1 if len(high) else 1
    key, links = np.unique(low * size + high, return_counts=True)
    return key // size, key % size, links


def _edges(tail: StrArray, head: StrArray, **columns: Array) -> Chunk:
    ids = np.strings.add(np.strings.add(tail, ">"), head)
    return ids, {"tail": tail, "head": head, **columns}
