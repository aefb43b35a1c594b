"""What is shut off with a lost pipe or manifold: all up to the nearest isolation valves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from twin.site.piping import LAST, circuit_of, piped
from twin.site.table import BoolArray, IntArray
from twin.solve.losses.sorts import VALVE_END, VALVE_START
from twin.solve.study import Study

LINES = ("pipe", "manifold")
_BOTH = ("supply", "return")
_VALVED = {"both": (True, True), "start": (True, False), "end": (False, True),
           "none": (False, False)}  # fmt: skip

Place = tuple[int, str, str]
"""Circuit, name, side."""


def isolated(study: Study, sort: IntArray, lost: IntArray) -> IntArray:
    """(n, 2) pairs (state, subject) of lines and units that are shut off in states of losses.

    A lost pipe or manifold is drained. It is shut off by its own valves; at an end without one the
    place where it ends is drained too, and what stands there stops: every other line there is shut
    off by its valve at that end, or drained in turn where it has none. A manifold that is
    shut off at one end still has the other, with what hangs on it. A valve that is lost drains
    both the line that it is of and the place at which it stands.

    Parameters
    ----------
    sort
        (S,) sort of each loss, as in `twin.solve.losses.sorts`.
    lost
        (S, k) subjects of gear that are lost, -1 none.
    """
    site = study.site
    line = np.zeros(lost.shape, dtype=bool)
    for kind in LINES:
        line |= site.rows_of(kind, lost) >= 0
    valve = np.where(sort == VALVE_START, 0, np.where(sort == VALVE_END, 1, -1))
    wet = line.any(axis=1) & ((valve >= 0) | (line & study(_open)[lost]).any(axis=1))
    pairs: list[tuple[int, int]] = []
    for state in np.flatnonzero(wet).tolist():
        gone = lost[state][line[state]].tolist()
        shut = study(_lines).shut_with(gone, int(valve[state]))
        pairs += [(state, subject) for subject in shut]
    return np.array(pairs, dtype=np.int64).reshape(-1, 2)


def _open(study: Study) -> BoolArray:
    """(S + 1,) lines that have no valve at one of their ends, or at both; the last for none."""
    out = np.zeros(study.site.size + 1, dtype=bool)
    for kind in LINES:
        table = study.table(kind)
        joined = piped(table) if kind == "pipe" else np.ones(len(table), dtype=bool)
        first = study.site.first[kind]
        out[first : first + len(table)] = joined & (np.asarray(table["valves"]) != "both")
    return out


def ends_with_valves(study: Study, kind: str) -> tuple[IntArray, IntArray]:
    """Return subjects of pipes or manifolds with a valve at their start, and at their end."""
    table = study.table(kind)
    joined = piped(table) if kind == "pipe" else np.ones(len(table), dtype=bool)
    start, end = (
        np.flatnonzero(joined & np.isin(table["valves"], ("both", at))) + study.site.first[kind]
        for at in ("start", "end")
    )
    return start, end


class _Lines:
    """Lines, the places where each ends, and what stands there."""

    def __init__(self, study: Study) -> None:
        self.ends: dict[int, tuple[tuple[bool, list[Place]], ...]] = {}
        self.met: defaultdict[Place, list[tuple[int, bool]]] = defaultdict(list)
        pipes, manifolds = study.table("pipe"), study.table("manifold")
        first, owner = study.site.first, circuit_of(pipes)
        for row in np.flatnonzero(piped(pipes)).tolist():
            side = str(pipes["side"][row])
            names = tuple(str(pipes[key][row]) for key in ("start", "end"))
            self._add(row + first["pipe"], int(owner[row]), names,
                      _BOTH if side == "both" else (side,), str(pipes["valves"][row]))  # fmt: skip
        owner = circuit_of(manifolds)
        for row, name in enumerate(manifolds.ids.tolist()):
            self._add(row + first["manifold"], int(owner[row]), (name, name + LAST),
                      _BOTH, str(manifolds["valves"][row]))  # fmt: skip
        self.manifolds = set(range(first["manifold"], first["manifold"] + len(manifolds)))
        self.units = {place: (unit,) for place, unit in self._units(study)}

    def _add(
        self, subject: int, circuit: int, names: tuple[str, ...], sides: tuple[str, ...], said: str
    ) -> None:
        ends = tuple(
            (valve, [(circuit, name, side) for side in sides])
            for name, valve in zip(names, _VALVED[said], strict=True)
        )
        self.ends[subject] = ends
        for valve, places in ends:
            for place in places:
                self.met[place].append((subject, valve))

    @staticmethod
    def _units(study: Study) -> Iterator[tuple[Place, int]]:
        """Plants, CDUs and air units at the places that bear their names."""
        for kind, owners in (("plant", ()), ("cdu", ("loop", "plant")), ("air_unit", ("plant",))):
            table, first = study.table(kind), study.site.first[kind]
            for row, name in enumerate(table.ids.tolist()):
                on = [int(table[c][row]) for c in owners] or [first + row]
                yield from (((c, name, side), first + row) for c in on for side in _BOTH)

    def shut_with(self, gone: list[int], valve_at: int = -1) -> list[int]:
        """Subjects shut off with lines that are lost, or with the valve at one end of them."""
        shut, wet, seen = set(gone), set(gone), set[Place]()
        drained = list(gone)
        places = [p for line in gone if valve_at >= 0 for p in self.ends[line][valve_at][1]]
        while drained or places:
            if not places:
                places += [p for valve, at in self.ends[drained.pop()] if not valve for p in at]
                continue
            place = places.pop()
            if place in seen:
                continue
            seen.add(place)
            shut.update(self.units.get(place, ()))
            for line, valve in self.met[place]:
                if not valve and line not in wet:
                    wet.add(line)
                    drained.append(line)
                if not (valve and line in self.manifolds):
                    shut.add(line)
        return sorted(shut)


def _lines(study: Study) -> _Lines:
    return _Lines(study)
