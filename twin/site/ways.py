"""Ways of coolant: from what pumps to what is served, and back; told where one is missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from twin.errors import near
from twin.site.faults import Fault
from twin.site.piping import ENDED, LAST, piped
from twin.site.rack_cdus import in_racks
from twin.site.table import Table
from twin.site.whole import SIDES, doubtful
from twin.site.wiring import rows_by, starts

Edge = tuple[str, str, bool]
"""A pipe's start and end, and whether a check valve lets nothing pass from end to start."""


@dataclass(frozen=True, slots=True)
class Net:
    """One described circuit by names: what pumps, what is served, and the pipes of either side."""

    kind: str
    name: str
    pumps: tuple[str, ...]
    served: tuple[tuple[str, str], ...]
    """(kind, id) of manifolds, or of CDUs and air units on facility water."""
    manifolds: tuple[str, ...]
    pipes: Mapping[str, Mapping[str, Edge]]
    """Of either side: pipes by id."""


def faults_of_ways(tables: Mapping[str, Table]) -> Iterator[Fault]:
    """Tell circuits without a pump, what no supply or no return reaches, and valves the wrong way.

    A pipe's coolant is meant to go from `start` to `end` on supply and back on return, so from what
    pumps a check valve may be passed from start to end on either side.
    """
    nets = list(_nets(tables, doubtful(tables)))
    for net in nets:
        if not net.pumps:
            yield Fault("loop", net.name, "", None, "the loop has pipes and no CDU that pumps",
                        "write loop of a CDU, or take its pipes and manifolds out")  # fmt: skip
            continue
        for side in SIDES:
            yield from _of_side(net, side)
        yield from _of_sensor(tables, net)
    yield from _between(nets, {i for kind in ENDED for i in tables[kind].ids.tolist()})


def _nets(tables: Mapping[str, Table], wanted: set[int]) -> Iterator[Net]:
    """Circuits by names, of those that are wanted."""
    if not wanted:
        return
    pipes, first = tables["pipe"], starts(tables)
    joined, none = piped(pipes), np.empty(0, dtype=np.int64)
    carried = set(tables["cdu"].ids[in_racks(tables)].tolist())
    for kind in ("loop", "plant"):
        circuits = np.concatenate([pipes[kind][joined], tables["manifold"][kind]])
        on = {k: rows_by(tables[k][kind]) for k in ("cdu", "air_unit", "manifold")
              if kind in tables[k].columns}  # fmt: skip
        runs = rows_by(np.where(joined, pipes[kind], -1))
        for circuit in sorted(wanted.intersection(circuits[circuits >= 0].tolist())):
            name = str(tables[kind].ids[circuit - first[kind]])
            units = ("cdu", "air_unit", "manifold") if kind == "plant" else ("manifold",)
            # A manifold leads to a CDU in a rack, as to a rack.
            named = {k: tables[k].ids[on[k].get(circuit, none)].tolist() for k in on}
            served = tuple(
                (k, i) for k in units for i in named[k] if k != "cdu" or i not in carried
            )
            sides: dict[str, dict[str, Edge]] = {side: {} for side in SIDES}
            for row in runs.get(circuit, none).tolist():
                edge = (str(pipes["start"][row]), str(pipes["end"][row]), bool(pipes["check"][row]))
                for side in SIDES:
                    if pipes["side"][row] in {"both", side}:
                        sides[side][str(pipes.ids[row])] = edge
            yield Net(
                kind, name,
                pumps=tuple(named["cdu"]) if kind == "loop" else (name,),
                served=served,
                manifolds=tuple(i for k, i in served if k == "manifold"),
                pipes=sides,
            )  # fmt: skip


def _of_side(net: Net, side: str) -> Iterator[Fault]:
    pipes = net.pipes[side]
    edges = [(a, b) for a, b, _ in pipes.values()] + [(m, m + LAST) for m in net.manifolds]
    back = [(b, a) for a, b, check in pipes.values() if not check]
    back += [(m + LAST, m) for m in net.manifolds]
    met = _reached(net.pumps, [*edges, *((b, a) for a, b in edges)])
    passed = _reached(net.pumps, [*edges, *back])
    column = net.kind
    for kind, name in net.served:
        if name not in met:
            of = f"a CDU of {net.name}" if net.kind == "loop" else net.name
            message = f"no {side} pipe joins it to {of}"
            expected = f'join it by a pipe with side = "{side}", or by one for both sides'
            yield Fault(kind, name, column, None, message, expected)
    yield from _against(pipes, passed, met)
    if net.kind == "loop" and net.manifolds:
        served = _reached(net.manifolds, [*edges, *((b, a) for a, b in edges)])
        for name in net.pumps:
            own = _reached((name,), [*edges, *back])
            if name not in served:
                message = f"no {side} pipe joins it to a manifold of {net.name}"
                expected = f'join it by a pipe with side = "{side}", or by one for both sides'
                yield Fault("cdu", name, column, None, message, expected)
            elif own.isdisjoint(net.manifolds):
                yield from _against(pipes, own, served)


def _against(pipes: Mapping[str, Edge], passed: set[str], met: set[str]) -> Iterator[Fault]:
    """Tell check valves that alone part what is meant to be reached from what is."""
    for name, (a, b, check) in pipes.items():
        if check and b in passed and a in met and a not in passed:
            message = f"its check valve stands against the flow, and there is no other way to {a}"
            yield Fault("pipe", name, "check", None, message, "swap start and end, or leave it out")


def _reached(start: Iterable[str], edges: Iterable[tuple[str, str]]) -> set[str]:
    """Return all places that can be reached."""
    ways: dict[str, list[str]] = {}
    for a, b in edges:
        ways.setdefault(a, []).append(b)
    seen, todo = set(start), list(start)
    while todo:
        for place in ways.get(todo.pop(), []):
            if place not in seen:
                seen.add(place)
                todo.append(place)
    return seen


def _of_sensor(tables: Mapping[str, Table], net: Net) -> Iterator[Fault]:
    """Tell a pressure that is to be held where nothing of the circuit stands."""
    table = tables[net.kind]
    at = str(table["sensor"][table.index[net.name]])
    places = {p for side in SIDES for a, b, _ in net.pipes[side].values() for p in (a, b)}
    places |= {*net.pumps, *(name for _, name in net.served), *(m + LAST for m in net.manifolds)}
    if at and at not in places:
        message = f'nothing of {net.name} stands at "{at}"'
        expected = "a manifold, its .end, a unit, or a junction of its pipes"
        yield Fault(net.kind, net.name, "sensor", at, message, expected, near(at, sorted(places)))


def _between(nets: Iterable[Net], units: set[str]) -> Iterator[Fault]:
    """Tell junctions that pipes of two circuits name: each circuit has a fluid of its own."""
    owner: dict[str, str] = {}
    for net in nets:
        for name, (a, b, _) in {**net.pipes["supply"], **net.pipes["return"]}.items():
            for key, place in (("start", a), ("end", b)):
                if place in units or place.removesuffix(LAST) in units:
                    continue
                other = owner.setdefault(place, net.name)
                if other != net.name:
                    message = f"{place} is a junction of {other}, and the pipe is of {net.name}"
                    yield Fault("pipe", name, key, place, message, "junctions of one circuit")
