"""What a diagram is made of: units, junctions, manifolds with two ends, and runs of pipe.

Of a loop the units are its CDUs. Of a plant they are its pumps, and CDUs and air units on pipes of
their own are its users; racks with CDUs of their own hang on its manifolds. Without any manifold
the pumps stand in the place of one, of which pipes lead off at the last end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from twin.site.piping import LAST
from twin.site.table import IntArray
from twin.solve.coolant.circuit import RETURN, SUPPLY, Circuit, Part
from twin.solve.coolant.drops import manifold_positions
from twin.solve.study import Study

START, END = 0, 1
"""The two ends of a manifold; pumps in its place have the last alone, other things the first."""

IN_RACK = "in the rack"
"""What the place is called at which a rack stands on its own CDUs; its row is -1."""

_BOTH = 2


@dataclass(frozen=True, slots=True)
class Item:
    """A thing at which pipes end: its kind, id and row; of a user its place among all users.

    Kinds are "cdu", "manifold" and "junction", and of a plant "plant", "user", "manifold" and
    "junction".
    """

    kind: str
    name: str
    row: int = -1


@dataclass(frozen=True, slots=True)
class Run:
    """Pipes between the same two ends, as one pair of lines.

    Attributes
    ----------
    a, b
        Item and end of it, each.
    pipes
        Ids of its pipes: one for both sides, or one for each.
    links
        Links of the circuit on its supply and its return, -1 none.
    turned
        Whether each of those links is meant to flow from b to a.
    """

    a: tuple[int, int]
    b: tuple[int, int]
    pipes: tuple[str, ...]
    links: tuple[int, int]
    turned: tuple[bool, bool]


@dataclass(frozen=True, slots=True)
class Parts:
    """Things and runs of one loop or plant.

    Attributes
    ----------
    positions
        Of each manifold by its row: rows of its positions, from its first end.
    racks
        Row of the rack on each of those positions that is in the circuit, -1 none.
    """

    items: tuple[Item, ...]
    runs: tuple[Run, ...]
    positions: dict[int, IntArray]
    racks: dict[int, IntArray]


def parts_of(study: Study, circuit: Circuit) -> Parts:
    """Collect what a loop or plant is made of, in the order of the layout."""
    site, table = study.site, study.table("manifold")
    mine = np.flatnonzero(site.rows_of(circuit.kind, table[circuit.kind]) == circuit.row).tolist()
    items = _users(study, circuit) if circuit.kind == "plant" else _cdus(study, circuit)
    items += [Item("manifold", str(table.ids[row]), row) for row in mine]
    index = {item.name: k for k, item in enumerate(items)}
    runs = _runs(study, circuit, items, index)
    positions = {row: manifold_positions(study, row) for row in mine}
    hung = circuit.rows(study, "rack", Part.HOSE)
    place = site.rows_of("position", study.table("rack")["position"])[hung]
    if circuit.kind == "loop" and study.table("loop")["rack"][circuit.row] >= 0:
        return _in_rack(circuit, items, hung, place)
    on = np.full(len(study.table("position")), -1, dtype=np.int64)
    on[place] = hung
    return Parts(tuple(items), runs, positions, {row: on[p] for row, p in positions.items()})


def middle(items: Sequence[Item]) -> str:
    """Kind of what stands in the middle: manifolds, or without any the pumps of a plant."""
    return "manifold" if any(item.kind == "manifold" for item in items) else "plant"


def _cdus(study: Study, circuit: Circuit) -> list[Item]:
    ids = study.table("cdu").ids
    return [Item("cdu", str(ids[k]), k) for k in circuit.rows(study, "cdu", Part.UNIT).tolist()]


def _users(study: Study, circuit: Circuit) -> list[Item]:
    """Return a plant's pumps, and its users that do not hang on a manifold."""
    link = circuit.links(Part.USER)
    names = [study.site.name_of(k).partition(":")[2] for k in circuit.subject[link].tolist()]
    alone = np.flatnonzero(circuit.place[link] < 0).tolist()
    pumps = Item("plant", str(study.table("plant").ids[circuit.row]), circuit.row)
    return [pumps, *(Item("user", names[n], n) for n in alone)]


def _in_rack(circuit: Circuit, items: list[Item], rack: IntArray, place: IntArray) -> Parts:
    """Return the parts of a rack's own loop: its CDUs, joined to a place with that rack alone."""
    end = (len(items), START)
    links = circuit.links(Part.UNIT).tolist()
    # What a CDU moves leaves it on supply and comes back on return.
    runs = tuple(Run((k, START), end, ("",), (x, x), (False, True)) for k, x in enumerate(links))
    return Parts((*items, Item("manifold", IN_RACK, -1)), runs, {-1: place}, {-1: rack})


def _runs(
    study: Study, circuit: Circuit, items: list[Item], index: dict[str, int]
) -> tuple[Run, ...]:
    """Collect runs; junctions are added to the items as pipes name them."""
    pipes, first = study.table("pipe"), study.site.first["pipe"]
    is_pipe = circuit.part == Part.PIPE
    rows = np.unique(circuit.subject[is_pipe]) - first
    found: dict[tuple[tuple[int, int], tuple[int, int]], list[Run]] = {}
    for row in rows.tolist():
        a, b = (_end(str(pipes[key][row]), items, index) for key in ("start", "end"))
        here = np.flatnonzero(is_pipe & (circuit.subject == row + first))
        links = tuple(
            next((int(k) for k in here if circuit.side[k] == side), -1) for side in (SUPPLY, RETURN)
        )
        key = (a, b) if a <= b else (b, a)
        turned = (key != (a, b), key == (a, b))
        run = Run(*key, (str(pipes.ids[row]),), (links[0], links[1]), turned)
        _joined(found.setdefault(key, []), run)
    return tuple(run for several in found.values() for run in several)


def _joined(several: list[Run], run: Run) -> None:
    """Add a run; a supply and a return between the same ends are one."""
    for k, other in enumerate(several):
        pairs = list(zip(other.links, run.links, strict=True))
        if len(pairs) == _BOTH and all(min(pair) < 0 for pair in pairs):
            by = [run if theirs[0] < 0 else other for theirs in pairs]
            links = (by[0].links[0], by[1].links[1])
            pipes = tuple(one.pipes[0] for one in by)
            several[k] = Run(other.a, other.b, pipes, links, (by[0].turned[0], by[1].turned[1]))
            return
    several.append(run)


def _end(name: str, items: list[Item], index: dict[str, int]) -> tuple[int, int]:
    """Item and end that a pipe names; a junction that is new is added."""
    if name in index and items[index[name]].kind == "plant" == middle(items):
        return index[name], END
    base = name.removesuffix(LAST)
    if base != name and base in index and items[index[base]].kind == "manifold":
        return index[base], END
    if name not in index:
        index[name] = len(items)
        items.append(Item("junction", name))
    return index[name], START
