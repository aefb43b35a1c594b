"""The power layer compiled: parents, depths, what a fault takes out, and each rack's whips."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.model.base import FEEDERS, POWER_KINDS
from twin.site.site import Site
from twin.site.table import Array, BoolArray, IntArray
from twin.site.wiring import grouped


@dataclass(frozen=True)
class PowerTopology:
    """Trees of power. A node is numbered subject - `first`, whips last.

    Attributes
    ----------
    first
        Subject number of node 0.
    parent
        (P,) node that feeds each node, -1 at a source.
    depth
        (P,) steps to the source.
    fault
        (P,) highest node that a fault in this node takes out: up to the nearest protective device.
    whip_ptr, whips
        Whip nodes of each rack: whips[whip_ptr[r]:whip_ptr[r + 1]].
    chain
        (W, D) for each entry of `whips`: its nodes from the whip upwards, -1 beyond the source.
    """

    first: int
    parent: IntArray
    depth: IntArray
    fault: IntArray
    whip_ptr: IntArray
    whips: IntArray
    chain: IntArray

    @property
    def rack_of(self) -> IntArray:
        """(W,) rack row of each entry of `whips`."""
        return np.repeat(np.arange(len(self.whip_ptr) - 1), np.diff(self.whip_ptr))


def nodes(site: Site, column: str) -> Array:
    """One column over all power nodes but whips, which lack most; (P without whips,)."""
    return np.concatenate([site.tables[k][column] for k in (*FEEDERS, "tap")])


def parents(site: Site) -> IntArray:
    """(P,) node that feeds each node, -1 at a source; a whip is fed by its tap."""
    parent = np.concatenate([nodes(site, "fed_from"), site.tables["whip"]["tap"]])
    return np.where(parent >= 0, parent - site.first[POWER_KINDS[0]], -1)


def power_topology(site: Site) -> PowerTopology:
    """Compile the power layer of a site."""
    first = site.first[POWER_KINDS[0]]
    whips = site.tables["whip"]
    parent = parents(site)
    protected = np.concatenate([nodes(site, "protected"), np.zeros(len(whips), dtype=bool)])
    depth = depths(parent)
    rack = _rack_of_whips(site)
    order = np.nan_to_num(whips["shelf"])
    ptr, rows = grouped(rack, order, len(site.tables["rack"]))
    node = rows + site.first["whip"] - first
    return PowerTopology(
        first=first,
        parent=parent,
        depth=depth,
        fault=_faults(parent, protected, depth),
        whip_ptr=ptr,
        whips=node,
        chain=_chains(parent, node),
    )


def depths(parent: IntArray) -> IntArray:
    """(P,) steps from each node to its source."""
    depth = np.zeros(len(parent), dtype=np.int64)
    at = parent.copy()
    while (at >= 0).any():
        depth += at >= 0
        at = np.where(at >= 0, parent[np.maximum(at, 0)], -1)
    return depth


def _faults(parent: IntArray, protected: BoolArray, depth: IntArray) -> IntArray:
    """Climb from each node to the nearest one with a protective device at its feed end."""
    at = np.arange(len(parent))
    for _ in range(int(depth.max(initial=0))):
        climbs = ~protected[at] & (parent[at] >= 0)
        if not climbs.any():
            break
        at = np.where(climbs, parent[at], at)
    return at


def _chains(parent: IntArray, start: IntArray) -> IntArray:
    chains = [start]
    at = start
    while len(at) and (at >= 0).any():
        at = np.where(at >= 0, parent[np.maximum(at, 0)], -1)
        chains.append(at)
    return np.ascontiguousarray(np.stack(chains, axis=1))


def _rack_of_whips(site: Site) -> IntArray:
    """Rack row of each whip: its own, else the first rack on its position."""
    whips, racks = site.tables["whip"], site.tables["rack"]
    own = site.rows_of("rack", whips["rack"])
    first_at = np.full(len(site.tables["position"]) + 1, -1, dtype=np.int64)
    place = site.rows_of("position", racks["position"])
    first_at[place[::-1]] = np.arange(len(racks))[::-1]
    first_at[-1] = -1
    by_place = first_at[site.rows_of("position", whips["position"])]
    return np.where(own >= 0, own, by_place)
