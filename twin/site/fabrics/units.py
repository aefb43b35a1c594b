"""Units of racks that switches take, shared by all fabrics of a site."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from twin.model.data import Switch
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
        Units that are taken of each, 1 is the lowest.
    """

    size: Mapping[str, int]
    taken: dict[str, set[int]] = field(default_factory=dict)

    def lowest(self, place: str, first: int | None, height: int) -> int | None:
        """Lowest of the next free units of a position, from `first` up; None if none are left."""
        taken = self.taken.get(place, set())
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
        if size is not None and top > size:
            return f"units {bottom} to {top} of a rack of {size} at {place}"
        if not self.taken.get(place, set()).isdisjoint(range(bottom, top + 1)):
            return f"units {bottom} to {top} at {place}, of which another takes some"
        return ""

    def take(self, place: str, bottom: int, height: int) -> None:
        """Take units of a position."""
        self.taken.setdefault(place, set()).update(range(bottom, bottom + height))


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


def take_written(
    units: Units, written: Mapping[str, Switch], made: Mapping[str, str], racks: Table,
    figures: Figures, faults: list[Fault],
) -> None:  # fmt: skip
    """Take the units of switches that say by hand where they stand.

    Units that two of them take, and units that their rack does not have, are told.

    Parameters
    ----------
    made
        Products of the switches that fabrics make, by id.
    """
    for name, said in written.items():
        place = place_of(said, racks)
        height = figures.of(said.type or made.get(name, ""), "rack_units")
        if not (place and said.unit and height > 0):
            continue
        high = int(height) * said.count
        told = units.clash(place, said.unit, high)
        if told:
            faults.append(Fault("switch", name, "unit", said.unit, told, "units that are free"))
        units.take(place, said.unit, high)


def place_of(said: Switch, racks: Table) -> str:
    """Position that a switch says by hand: its own, else that of the rack that it names."""
    if said.position:
        return said.position
    row = racks.index.get(said.rack or "", -1)
    return str(racks["position"][row]) if row >= 0 else ""
