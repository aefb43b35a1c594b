"""Pipes and what they join, as it cannot be: ends that nobody meets, loops left open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

import numpy as np

from twin.errors import near
from twin.model.coolant import Manifold
from twin.site.faults import Fault
from twin.site.rack_cdus import in_racks
from twin.site.table import IntArray, Table
from twin.site.wiring import rows_by, starts

LAST = ".end"
"""What a manifold's name ends with where its last end is meant."""
ENDED = ("cdu", "plant", "air_unit", "manifold")
"""Kinds that a pipe may name at an end."""


def piped(pipes: Table) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """(pipes,) those that join something; the others are drawn only."""
    return np.asarray((pipes["start"] != "") | (pipes["end"] != ""))


def faults_of_piping(tables: Mapping[str, Table]) -> Iterator[Fault]:
    """Tell pipes that lead nowhere or belong to no circuit, and manifolds that leave their row.

    A name that stands at one end of one pipe alone, and is nothing else's, is a mistake: a junction
    joins two pipes at least.
    """
    pipes = tables["pipe"]
    known = {i for kind in ENDED for i in tables[kind].ids.tolist()}
    known -= set(tables["cdu"].ids[in_racks(tables)].tolist())
    known |= {i + LAST for i in tables["manifold"].ids.tolist()}
    meets = Counter([*pipes["start"].tolist(), *pipes["end"].tolist()])
    circuits = _circuits(tables)
    for row in np.flatnonzero(piped(pipes)).tolist():
        yield from _of_pipe(tables, row, known, meets, circuits)
    for row in np.flatnonzero(~piped(pipes)).tolist():
        if not tables["pipe"].columns["length_m"][row] > 0 and not _drawn(pipes, row):
            yield Fault("pipe", str(pipes.ids[row]), "points_m", None,
                        "is neither drawn nor joined to anything",
                        "write points_m, or start and end")  # fmt: skip
    yield from _of_manifolds(tables)


def _drawn(pipes: Table, row: int) -> bool:
    return bool(pipes["hall"][row] >= 0)


def _of_pipe(
    tables: Mapping[str, Table],
    row: int,
    known: set[str],
    meets: Counter[str],
    circuits: Mapping[tuple[str, bool], IntArray],
) -> Iterator[Fault]:
    pipes = tables["pipe"]
    name = str(pipes.ids[row])
    start, end = str(pipes["start"][row]), str(pipes["end"][row])
    for key, at in (("start", start), ("end", end)):
        if not at:
            yield Fault("pipe", name, key, None, f"the pipe has no {key}", f"write {key}")
        elif at not in known and meets[at] < 2:  # noqa: PLR2004 - a junction joins two
            message = f'nothing else meets the pipe at "{at}"'
            words = [*sorted(known), *sorted(m for m in meets if m and m != at)]
            expected = "a CDU, plant, air unit or manifold, or a junction that other pipes name"
            yield Fault("pipe", name, key, at, message, expected, near(at, words))
    if start and start == end:
        yield Fault("pipe", name, "end", end, f"both ends of the pipe are at {end}", "two ends")
    if (pipes["loop"][row] < 0) == (pipes["plant"][row] < 0):
        yield Fault("pipe", name, "loop", None, "the pipe must belong to one circuit",
                    "write loop or plant, one of the two")  # fmt: skip
    else:
        yield from _foreign(tables, row, (("start", start), ("end", end)), circuits)


def _circuits(tables: Mapping[str, Table]) -> dict[tuple[str, bool], IntArray]:
    """Circuit on which each thing of a kind stands for a pipe of a loop, True, or of a plant.

    Subject numbers; -1 none, -2 never that of such a pipe.
    """
    plants = starts(tables)["plant"] + np.arange(len(tables["plant"]))
    never = {kind: np.full(len(tables[kind]), -2) for kind in ("plant", "air_unit")}
    out = {
        ("plant", True): never["plant"], ("plant", False): plants,
        ("air_unit", True): never["air_unit"], ("air_unit", False): tables["air_unit"]["plant"],
        ("cdu", True): tables["cdu"]["loop"], ("cdu", False): tables["cdu"]["plant"],
    }  # fmt: skip
    both = circuit_of(tables["manifold"])
    return out | {("manifold", True): both, ("manifold", False): both}


def _foreign(
    tables: Mapping[str, Table],
    row: int,
    ends: tuple[tuple[str, str], ...],
    circuits: Mapping[tuple[str, bool], IntArray],
) -> Iterator[Fault]:
    """Tell an end of a pipe of one circuit that stands on another."""
    pipes = tables["pipe"]
    loop, plant = int(pipes["loop"][row]), int(pipes["plant"][row])
    for key, at in ends:
        theirs = -1
        for kind in ENDED:
            item = tables[kind].index.get(at.removesuffix(LAST) if kind == "manifold" else at)
            if item is not None:
                theirs = int(circuits[kind, loop >= 0][item])
        wanted = loop if loop >= 0 else plant
        if theirs not in {-1, wanted}:
            message = f"{at} is on another circuit than the pipe"
            yield Fault("pipe", str(pipes.ids[row]), key, at, message, "ends of one circuit")


def circuit_of(manifolds: Table) -> IntArray:
    """(manifolds,) subject of the loop or plant that each is of, -1 none."""
    loop = np.asarray(manifolds["loop"], dtype=np.int64)
    return np.where(loop >= 0, loop, np.asarray(manifolds["plant"], dtype=np.int64))


def _of_another(
    tables: Mapping[str, Table], at: int, of_row: IntArray, low: int, last: int
) -> Iterator[Fault]:
    """Tell a manifold whose positions say that they hang on another loop, or on another plant.

    Parameters
    ----------
    of_row
        Positions of its row; of these those from `low` to `last` hang on it.
    """
    table, positions = tables["manifold"], tables["position"]
    place = positions["index"][of_row]
    mine = of_row[(place >= low) & (place <= last)]
    for kind in ("loop", "plant"):
        if table[kind][at] < 0:
            continue
        theirs = positions[kind][mine]
        for other in mine[(theirs >= 0) & (theirs != table[kind][at])][:1].tolist():
            name = str(positions.ids[other])
            message = f"position {name} hangs on another {kind} than the manifold"
            yield Fault("manifold", str(table.ids[at]), kind, None, message, f"one {kind} for both")


def of_no_circuit(manifolds: Mapping[str, Manifold]) -> Iterator[Fault]:
    """Tell manifolds that name neither a loop nor a plant, or both."""
    for name, manifold in manifolds.items():
        if (manifold.loop is None) == (manifold.plant is None):
            yield Fault("manifold", name, "loop", None, "the manifold must belong to one circuit",
                        "write loop or plant, one of the two")  # fmt: skip


def _of_manifolds(tables: Mapping[str, Table]) -> Iterator[Fault]:
    """Tell manifolds that go beyond their row, and positions that hang on two."""
    table, first = tables["manifold"], starts(tables)
    sizes = np.bincount(
        np.maximum(tables["position"]["row"] - first["row"], -1) + 1,
        minlength=len(tables["row"]) + 1,
    )[1:]
    of_row = rows_by(np.asarray(tables["position"]["row"], dtype=np.int64))
    held: dict[tuple[bool, int, int], str] = {}
    for at, name in enumerate(table.ids.tolist()):
        row = int(table["row"][at]) - first["row"]
        facility = bool(table["plant"][at] >= 0)
        if row < 0:
            continue
        low = int(table["first"][at])
        high = table["last"][at]
        last = int(sizes[row]) if np.isnan(high) else int(high)
        if last > sizes[row] or low > last:
            column = "last" if last > sizes[row] else "first"
            message = f"the row has {sizes[row]} positions, not {low} to {last}"
            yield Fault("manifold", name, column, last, message, f"at most {sizes[row]}")
            continue
        yield from _of_another(tables, at, of_row[int(table["row"][at])], low, last)
        for n in range(low, last + 1):
            other = held.setdefault((facility, row, n), name)
            if other != name:
                message = f"position {n} of the row hangs on {other} already"
                yield Fault("manifold", name, "first", low, message, "each position on one")
                break
