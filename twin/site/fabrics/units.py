"""Units of racks that switches, patch panels and other gear take, shared by all of a site."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import NamedTuple

import numpy as np

from twin.model.data import Gear, Panel, Switch
from twin.site.fabrics.figures import Figures
from twin.site.faults import Fault
from twin.site.table import Table


@dataclass
class Units:
    """Units that are taken of the racks on positions.

    Attributes
    ----------
    size
        Units of the rack on each position; a position is missing where nobody knows them.
    taken
        What stands in the units of each that are taken, 1 is the lowest.
    homeless
        Switches that found no units: where each would stand, the best first, and its height.
    """

    size: Mapping[str, int]
    taken: dict[str, dict[int, str]] = field(default_factory=dict)
    homeless: list[tuple[Sequence[str], int]] = field(default_factory=list)

    def lowest(self, place: str, first: int | None, height: int) -> int | None:
        """Lowest of the next free units of a position, from `first` up; None if none are left."""
        taken = self.taken.get(place, {})
        bottom = first or 1
        # Above the highest one taken all are free, so that this ends.
        while any(unit in taken for unit in range(bottom, bottom + height)):
            bottom += 1
        if place in self.size and bottom + height - 1 > self.size[place]:
            return None
        return bottom

    def clash(self, place: str, bottom: int, height: int) -> str:
        """Say why units of a position cannot be taken; "" where they can."""
        top, size = bottom + height - 1, self.size.get(place)
        units = f"unit {bottom}" if height == 1 else f"units {bottom} to {top}"
        if size is not None and top > size:
            return f"{units} of a rack of {size} at {place}"
        taken = self.taken.get(place, {})
        others = dict.fromkeys(taken[n] for n in range(bottom, top + 1) if n in taken)
        if others:
            take = "takes" if len(others) == 1 else "take"
            return f"{units} at {place}, of which {' and '.join(others)} {take} some"
        return ""

    def free(self, place: str, height: int, wanted: int = 0) -> str:
        """Say in which units of a position something of so many has room, by its lowest one.

        Parameters
        ----------
        wanted
            Lowest unit that cannot be: the nearest one that can is told. 0 none.

        Examples
        --------
        >>> Units({"N-01": 12}, {"N-01": {4: "A", 8: "B"}}).free("N-01", 1)
        'units that are free: 1 to 3, 5 to 7, 9 to 12'
        >>> Units({"N-01": 12}, {"N-01": {4: "A", 8: "B"}}).free("N-01", 3, 7)
        'lowest units with room for 3 U: 1, 5, 9 to 10; the nearest is 5'
        >>> Units({"N-01": 12}, {"N-01": {4: "A", 8: "B"}}).free("N-01", 6)
        'another rack: of the 12 units of this one at most 4 in a row are free'
        >>> Units({}, {"N-01": {4: "A"}}).free("N-01", 2, 3)
        'lowest units with room for 2 U: 1 to 2, from 5 up; the nearest is 2'
        """
        size, taken = self.size.get(place), self.taken.get(place, {})
        top = max(taken, default=0) if size is None else size
        left = [n for n in range(1, top + 1) if n not in taken]
        runs = [[n for _, n in run] for _, run in groupby(enumerate(left), lambda e: e[1] - e[0])]
        fit = [r[: len(r) - height + 1] for r in runs if len(r) >= height]
        words = [f"{r[0]} to {r[-1]}" if len(r) > 1 else str(r[0]) for r in fit]
        if size is None:
            fit.append([top + 1, max(top + 1, wanted)])
            words.append(f"from {top + 1} up")
        if words:
            said = ", ".join(words)
            if height == 1:
                return f"units that are free: {said}"
            near = min((n for r in fit for n in r), key=lambda n: (abs(n - wanted), n))
            nearest = f"; the nearest is {near}" if wanted and sum(map(len, fit)) > 1 else ""
            return f"lowest units with room for {height} U: {said}{nearest}"
        most = max(map(len, runs), default=0)
        return f"another rack: of the {size} units of this one at most {most} in a row are free"

    def take(self, place: str, bottom: int, height: int, name: str) -> None:
        """Take units of a position for something."""
        taken = self.taken.setdefault(place, {})
        taken.update(dict.fromkeys(range(bottom, bottom + height), name))


class Thing(NamedTuple):
    """What takes units of a rack: its kind and id, its position, its lowest unit and its height.

    "", None and 0 say that the position, the unit or the height is not known.
    """

    kind: str
    id: str
    place: str
    unit: int | None
    height: int


def units_of(racks: Table, figures: Figures) -> Units:
    """Units of the racks that stand on positions; the least where several come one after other.

    Those of a rack of servers are not known: what it publishes is what its servers take.
    """
    kinds, kind = np.unique(racks["type"], return_inverse=True)
    units, systems, trays = (
        np.array([figures.of(name, figure) for name in kinds.tolist()])[kind]
        for figure in ("rack_units", "systems", "compute_trays")
    )
    stands = np.flatnonzero((units > 0) & ~(systems > 0) & ~(trays > 0) & (racks["position"] != ""))
    size: dict[str, int] = {}
    places = zip(
        racks["position"][stands].tolist(), units[stands].astype(int).tolist(), strict=True
    )
    for place, known in places:
        size[place] = min(size.get(place, known), known)
    return Units(size)


def written_switches(
    written: Mapping[str, Switch], made: Mapping[str, str], racks: Table, figures: Figures
) -> Iterator[Thing]:
    """Yield the switches that are written one by one.

    Parameters
    ----------
    made
        Products of the switches that fabrics make, by id.
    """
    for name, said in written.items():
        height = _height(said.type or made.get(name, ""), figures) * said.count
        yield Thing("switch", name, place_of(said, racks), said.unit, height)


def written_others(
    panels: Mapping[str, Panel], gear: Mapping[str, Gear], racks: Table, figures: Figures
) -> Iterator[Thing]:
    """Yield patch panels and other gear: what is not switches."""
    for name, panel in panels.items():
        height = panel.rack_units or _height(panel.type or "", figures)
        yield Thing("panel", name, panel.position or "", panel.unit, height)
    for name, item in gear.items():
        height = (item.rack_units or 0) * item.count
        yield Thing("gear", name, place_of(item, racks), item.unit, height)


def _height(product: str, figures: Figures) -> int:
    """Units that a product takes, 0 not known."""
    height = figures.of(product, "rack_units")
    return int(height) if height > 0 else 0


def take_written(units: Units, things: Iterable[Thing], faults: list[Fault]) -> None:
    """Take the units of things that say by hand where they stand.

    Units that two of them take, and units that their rack does not have, are told.
    """
    for thing in things:
        if not (thing.place and thing.unit and thing.height):
            continue
        told = units.clash(thing.place, thing.unit, thing.height)
        if told:
            free = units.free(thing.place, thing.height, thing.unit)
            faults.append(Fault(thing.kind, thing.id, "unit", thing.unit, told, free))
        units.take(thing.place, thing.unit, thing.height, f"{thing.kind} {thing.id}")


def take_left(
    units: Units, things: Iterable[Thing], faults: list[Fault]
) -> dict[str, dict[str, dict[str, int]]]:
    """Give things that say no unit the lowest that are left in their racks.

    Returns
    -------
    by kind and id the unit of each, as `twin.site.assemble.override` takes it. Of a rack whose
    units nobody knows none is given.
    """
    out: dict[str, dict[str, dict[str, int]]] = {}
    for thing in things:
        if thing.unit or not thing.height or thing.place not in units.size:
            continue
        bottom = units.lowest(thing.place, None, thing.height)
        if bottom is None:
            size = units.size[thing.place]
            taken = sum(unit <= size for unit in units.taken.get(thing.place, ()))
            said = (
                f"{thing.height} U find no units left in the rack of {size} U at {thing.place}, of"
                f" which {taken} are taken"
            )
            free = units.free(thing.place, thing.height)
            faults.append(Fault(thing.kind, thing.id, "position", thing.place, said, free))
            continue
        units.take(thing.place, bottom, thing.height, f"{thing.kind} {thing.id}")
        out.setdefault(thing.kind, {})[thing.id] = {"unit": bottom}
    return out


def place_of(said: Switch | Gear, racks: Table) -> str:
    """Position that something says by hand: its own, else that of the rack that it names."""
    if said.position:
        return said.position
    row = racks.index.get(said.rack or "", -1)
    return str(racks["position"][row]) if row >= 0 else ""


def faults_of_standing(
    switches: Mapping[str, Switch], gear: Mapping[str, Gear], racks: Table
) -> Iterator[Fault]:
    """Tell gear that stands nowhere, and things whose rack is on another position than theirs."""
    for name, item in gear.items():
        if not item.position and not item.rack:
            said = "stands nowhere: what it weighs, draws and takes counts in no rack"
            yield Fault("gear", name, "position", None, said, "write position, or rack")
    for kind, things in (("switch", switches), ("gear", gear)):
        for name, thing in things.items():
            row = racks.index.get(thing.rack or "", -1)
            there = str(racks["position"][row]) if row >= 0 else ""
            if thing.position and there and there != thing.position:
                said = f"{thing.rack} stands at {there}, and position says {thing.position}"
                right = f'position = "{there}", or leave one of the two out'
                yield Fault(kind, name, "rack", thing.rack, said, right)
