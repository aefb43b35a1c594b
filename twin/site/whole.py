"""Which circuits of coolant are whole beyond doubt, so that nobody need walk each of thousands.

A circuit without a check valve is whole where on either side all that pumps and all that is served
is joined to one another. Of what is told of ways nothing is then wrong with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import numpy as np

from twin.site.piping import ENDED, LAST, circuit_of, piped
from twin.site.rack_cdus import in_racks
from twin.site.table import IntArray, Table
from twin.site.wiring import starts

SIDES = ("supply", "return")


def doubtful(tables: Mapping[str, Table]) -> set[int]:
    """Circuits of which a way may be missing, or that another one may touch; by their subjects."""
    pipes, manifolds = tables["pipe"], tables["manifold"]
    rows = np.flatnonzero(piped(pipes))
    circuit = circuit_of(pipes)[rows]
    out = {*circuit[np.asarray(pipes["check"])[rows]].tolist()}
    for table, mine in ((pipes, rows), (manifolds, np.arange(len(manifolds)))):
        both = mine[(table["loop"][mine] >= 0) & (table["plant"][mine] >= 0)]
        out |= {*table["loop"][both].tolist(), *table["plant"][both].tolist()}
    ends = [pipes[key][rows].tolist() for key in ("start", "end")]
    out |= set(_shared(tables, circuit.tolist(), ends))
    return out | set(_parted(tables, rows, circuit, ends)) | set(_singular(tables, circuit))


def _shared(
    tables: Mapping[str, Table], circuit: list[int], ends: Iterable[list[str]]
) -> Iterator[int]:
    """Circuits that name a junction that another one names."""
    units = {i for kind in ENDED for i in tables[kind].ids.tolist()}
    owner: dict[str, int] = {}
    for names in ends:
        for place, own in zip(names, circuit, strict=True):
            other = owner.setdefault(place, own)
            if other != own and not (place in units or place.removesuffix(LAST) in units):
                yield own
                yield other


def _singular(tables: Mapping[str, Table], circuit: IntArray) -> Iterator[int]:
    """Circuits that hold a pressure at a place, and loops on which nothing pumps."""
    first = starts(tables)
    for kind in ("loop", "plant"):
        yield from (np.flatnonzero(np.asarray(tables[kind]["sensor"]) != "") + first[kind]).tolist()
    described = np.concatenate([circuit, circuit_of(tables["manifold"])])
    loops = first["loop"] + np.arange(len(tables["loop"]))
    yield from loops[np.isin(loops, described) & ~np.isin(loops, tables["cdu"]["loop"])].tolist()


def _parted(
    tables: Mapping[str, Table], rows: IntArray, circuit: IntArray, ends: list[list[str]]
) -> Iterator[int]:
    """Circuits of which something that pumps or is served stands apart on one of the sides."""
    manifolds = tables["manifold"]
    of_manifold = circuit_of(manifolds).tolist()
    number: dict[tuple[int, str], int] = {}

    def places(of: list[int], names: list[str]) -> IntArray:
        keys = zip(of, names, strict=True)
        return np.array([number.setdefault(k, len(number)) for k in keys], dtype=np.int64)

    a, b = (places(circuit.tolist(), names) for names in ends)
    first_end = places(of_manifold, manifolds.ids.tolist())
    last_end = places(of_manifold, [name + LAST for name in manifolds.ids.tolist()])
    of, names = _members(tables, {*circuit.tolist(), *of_manifold} - {-1})
    at = places(of, names)
    side_of, owner = np.asarray(tables["pipe"]["side"])[rows], np.array(of, dtype=np.int64)
    for side in SIDES:
        mine = np.flatnonzero((side_of == "both") | (side_of == side))
        tail, head = np.append(a[mine], first_end), np.append(b[mine], last_end)
        label = components(tail, head, len(number))[at]
        order = np.lexsort((label, owner))
        apart = (np.diff(owner[order]) == 0) & (np.diff(label[order]) != 0)
        yield from owner[order][:-1][apart].tolist()


def _members(tables: Mapping[str, Table], described: set[int]) -> tuple[list[int], list[str]]:
    """Circuit and name of all that pumps and is served; a CDU in a rack is behind its manifold."""
    plants, cdus = tables["plant"], tables["cdu"]
    floor = np.ones(len(cdus), dtype=bool)
    floor[in_racks(tables)] = False
    parts = (
        (starts(tables)["plant"] + np.arange(len(plants)), plants.ids),
        (cdus["loop"], cdus.ids),
        (np.where(floor, cdus["plant"], -1), cdus.ids),
        (tables["air_unit"]["plant"], tables["air_unit"].ids),
        (circuit_of(tables["manifold"]), tables["manifold"].ids),
    )
    pairs = [
        (of, name)
        for circuits, ids in parts
        for of, name in zip(circuits.tolist(), ids.tolist(), strict=True)
        if of in described
    ]
    return [of for of, _ in pairs], [name for _, name in pairs]


def components(tail: IntArray, head: IntArray, size: int) -> IntArray:
    """(size,) the least node that each node is joined to, itself included.

    Examples
    --------
    >>> components(np.array([3, 1, 4]), np.array([1, 0, 2]), 6).tolist()
    [0, 0, 2, 0, 2, 5]
    """
    label = np.arange(size)
    while True:
        low = np.minimum(label[tail], label[head])
        new = label.copy()
        np.minimum.at(new, label[tail], low)
        np.minimum.at(new, label[head], low)
        while (new[new] != new).any():
            new = new[new]
        if (new == label).all():
            return label
        label = new
