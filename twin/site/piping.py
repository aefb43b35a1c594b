"""Pipes and what they join, as it cannot be: ends that nobody meets, loops left open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NamedTuple

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
    stands = {loop: _circuits(tables, of_loop=loop) for loop in (True, False)}
    mine = np.flatnonzero(piped(pipes))
    columns = (pipes[key][mine].tolist() for key in ("start", "end", "loop", "plant"))
    for name, *said in zip(pipes.ids[mine].tolist(), *columns, strict=True):
        yield from _of_pipe(Joining(name, *said), known, meets, stands[said[2] >= 0])
    for row in np.flatnonzero(~piped(pipes)).tolist():
        if not tables["pipe"].columns["length_m"][row] > 0 and not _drawn(pipes, row):
            yield Fault("pipe", str(pipes.ids[row]), "points_m", None,
                        "is neither drawn nor joined to anything",
                        "write points_m, or start and end")  # fmt: skip
    yield from _of_manifolds(tables)


def _drawn(pipes: Table, row: int) -> bool:
    return bool(pipes["hall"][row] >= 0)


class Joining(NamedTuple):
    """A pipe that joins something: its id, its ends, and the subject of its loop or plant."""

    name: str
    start: str
    end: str
    loop: int
    plant: int


def _of_pipe(
    pipe: Joining, known: set[str], meets: Counter[str], stands: Mapping[str, int]
) -> Iterator[Fault]:
    name, start, end, loop, plant = pipe
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
    if (loop < 0) == (plant < 0):
        yield Fault("pipe", name, "loop", None, "the pipe must belong to one circuit",
                    "write loop or plant, one of the two")  # fmt: skip
        return
    for key, at in (("start", start), ("end", end)):
        if stands.get(at, -1) not in {-1, max(loop, plant)}:
            message = f"{at} is on another circuit than the pipe"
            yield Fault("pipe", name, key, at, message, "ends of one circuit")


def _circuits(tables: Mapping[str, Table], *, of_loop: bool) -> dict[str, int]:
    """Circuit on which each thing stands for a pipe of a loop, or of a plant, by name.

    Subject numbers; -1 none, -2 never that of such a pipe.
    """
    cdus, manifolds = tables["cdu"], tables["manifold"]
    plants = starts(tables)["plant"] + np.arange(len(tables["plant"]))
    own = {
        "cdu": cdus["loop" if of_loop else "plant"],
        "plant": np.full(len(plants), -2) if of_loop else plants,
        "air_unit": np.full(len(tables["air_unit"]), -2) if of_loop
        else tables["air_unit"]["plant"],
        "manifold": circuit_of(manifolds),
    }  # fmt: skip
    out: dict[str, int] = {}
    for kind in ENDED:
        circuits = own[kind].tolist()
        out |= zip(tables[kind].ids.tolist(), circuits, strict=True)
        if kind == "manifold":
            out |= zip((i + LAST for i in manifolds.ids.tolist()), circuits, strict=True)
    return out


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


def of_no_circuit(
    manifolds: Mapping[str, Manifold], made: Mapping[tuple[str, str], str]
) -> Iterator[Fault]:
    """Tell manifolds that name neither a loop nor a plant, or both.

    Parameters
    ----------
    made
        Kind and id of what rules make, with the id of the rule: one that makes nothing is left out.
    """
    making = {name for (kind, _), name in made.items() if kind == "manifold"}
    for name, manifold in manifolds.items():
        if manifold.each is not None and name not in making:
            continue
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
