"""What the nodes of a fabric are, position by position: names, and places that are left free."""

from __future__ import annotations

import fnmatch
from collections.abc import Mapping

import numpy as np

from twin.errors import near, shown
from twin.model.data import Fabric
from twin.site.faults import Fault
from twin.site.table import IntArray, StrArray

Names = Mapping[str, tuple[str, ...]]


def devices_of(
    name: str, item: Fabric, places: StrArray, nodes: int, every: StrArray, faults: list[Fault]
) -> Names:
    """Names of the nodes of each position that `devices` speaks of, in the order of their places.

    Of positions that the fabric does not join, as before they are built, nothing is named.

    Parameters
    ----------
    places, every
        Ids of the fabric's positions, and of all.
    nodes
        Node places of each position.

    Examples
    --------
    >>> item = Fabric(positions=["A-*"], leaf="x", links_per_node=1, nodes_per_position=4,
    ...               devices={"A-*": {"server": 2, "pdu": 1}})
    >>> here = np.array(["A-1"])
    >>> devices_of("oob", item, here, 4, here, [])
    {'A-1': ('server1', 'server2', 'pdu')}
    """
    found: dict[str, tuple[str, ...]] = {}
    ids, known = places.tolist(), every.tolist()
    for glob, kinds in item.devices.items():
        here = [glob] if glob in ids else fnmatch.filter(ids, glob)
        count = sum(kinds.values())
        if not here and glob not in known and not fnmatch.filter(known, glob):
            told = f"{shown(glob)} matches no position"
            guess = near(glob, known)
            faults.append(Fault("fabric", name, "devices", glob, told, "ids or globs", guess))
        if twice := [p for p in here if p in found]:
            told = f"{shown(glob)} speaks of {twice[0]}, of which another does already"
            faults.append(Fault("fabric", name, "devices", glob, told, "each position once"))
        if count > nodes:
            told = f"{count} devices at {here[0] if here else glob}, of {nodes} node places"
            right = f"at most {nodes}, or nodes_per_position = {count}"
            faults.append(Fault("fabric", name, "devices", glob, told, right))
        named = tuple(
            f"{kind}{k + 1}" if many > 1 else kind
            for kind, many in kinds.items() for k in range(many)
        )  # fmt: skip
        found |= dict.fromkeys(here, named)
    if item.devices and item.nodes_per_position is None:
        most = max(sum(kinds.values()) for kinds in item.devices.values())
        told = "devices say what stands on node places, of which nobody says how many there are"
        faults.append(Fault("fabric", name, "devices", None, told, f"nodes_per_position = {most}"))
    return found


def taken_nodes(places: StrArray, nodes: int, devices: Names) -> IntArray:
    """Node places of each position that its nodes take, (P,): all, or those that have a name."""
    counts = [len(devices[p]) if p in devices else nodes for p in places.tolist()]
    return np.array(counts, dtype=np.int64)
