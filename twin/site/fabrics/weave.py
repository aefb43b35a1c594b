"""Fabrics by rule become switches, drops of positions and links between switches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from twin.model.data import Fabric
from twin.site.expand import Chunk
from twin.site.fabrics.described import TIERS, Described, described
from twin.site.fabrics.places import Units, stand, units_of
from twin.site.fabrics.wiring import (
    COLUMNS,
    to_cores,
    to_leaves,
    to_spines,
)
from twin.site.faults import Fault
from twin.site.table import Array, IntArray, StrArray, Table

if TYPE_CHECKING:
    from twin.catalog.catalog import Catalog


@dataclass(frozen=True)
class Woven:
    """What fabrics make: their own columns, and chunks of switches, drops and uplinks of each."""

    sizes: dict[str, dict[str, int]]
    switches: list[Chunk]
    drops: list[Chunk]
    uplinks: list[Chunk]


def weave(
    fabrics: Mapping[str, Fabric], positions: Table, racks: Table, catalog: Catalog,
    faults: list[Fault],
) -> Woven:  # fmt: skip
    """Make the switches of all fabrics and what joins them; what cannot be built is told."""
    woven = Woven({}, [], [], [])
    units = units_of(racks, catalog)
    for d in described(fabrics, positions, racks, catalog, faults):
        sizes = {column: getattr(d.wiring, size) for size, column in COLUMNS.items()}
        woven.sizes[d.name] = {**sizes, "places": d.nodes}
        woven.switches.append(_switches(d, positions, units, catalog, faults))
        woven.drops.append(_drops(d))
        woven.uplinks.extend(_uplinks(d))
    return woven


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
    """Node places of a fabric that nodes take: all but the reserved ones at the end."""
    return np.arange(len(d.places) * d.nodes - d.item.reserved)


def _switches(
    d: Described, positions: Table, units: Units, catalog: Catalog, faults: list[Fault]
) -> Chunk:
    w, item = d.wiring, d.item
    parts: list[tuple[StrArray, dict[str, Array]]] = []
    for tier, count in enumerate((w.all_leaves, w.all_spines, w.all_cores)[: item.tiers]):
        ids = switch_ids(d.name, TIERS[tier], item.planes, count)
        at = stand(d, tier, item.planes, positions, units, catalog, faults)
        n = len(ids)
        parts.append((ids, {
            "position": at.position,
            "unit": at.unit,
            "number": np.tile(np.arange(count, dtype=float), item.planes),
            "plane": np.repeat(np.arange(item.planes, dtype=float), count),
            "tier": np.full(n, TIERS[tier]),
            "ports": np.full(n, float(w.down - w.spare) if tier == 0 else np.nan),
            "type": np.full(n, d.products[tier]),
            "medium": np.full(n, (item.medium, item.up_medium, item.core_medium)[tier] or ""),
        }))  # fmt: skip
    ids = np.concatenate([p[0] for p in parts])
    columns: dict[str, Array] = {
        k: np.concatenate([p[1][k] for p in parts]) for k in parts[0][1]
    }
    n = len(ids)
    columns["fabric"] = np.full(n, d.name)
    columns["count"] = np.ones(n)
    columns["gbps"] = np.full(n, d.gbps)
    columns["ready"] = np.full(n, np.datetime64(item.ready or "NaT", "D"))
    return ids, columns


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
    )


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
