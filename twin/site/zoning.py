"""Zones of air and rear doors as they cannot be: of another hall than what they serve."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from twin.site.faults import Fault
from twin.site.table import Table
from twin.site.wiring import starts


def faults_of_zones(tables: Mapping[str, Table]) -> Iterator[Fault]:
    """Tell positions and air units whose zone lies in another hall than they do."""
    halls = np.append(tables["zone"]["hall"], -1)
    first = starts(tables)["zone"]
    for kind in ("position", "air_unit"):
        table = tables[kind]
        zone = np.where(table["zone"] >= 0, table["zone"] - first, -1)
        theirs = halls[zone]
        wrong = (zone >= 0) & (table["hall"] >= 0) & (theirs >= 0) & (theirs != table["hall"])
        for row in np.flatnonzero(wrong).tolist():
            name = str(tables["zone"].ids[zone[row]])
            message = f"zone {name} is in another hall than this {kind.replace('_', ' ')}"
            yield Fault(kind, str(table.ids[row]), "zone", name, message, "a zone of its own hall")
    yield from _two_doors(tables["air_unit"])
    yield from _doors_elsewhere(tables)


def _two_doors(units: Table) -> Iterator[Fault]:
    """Tell rear doors behind a position that has one already."""
    rows = np.flatnonzero(units["position"] >= 0)
    _, first = np.unique(units["position"][rows], return_index=True)
    for row in np.setdiff1d(rows, rows[first]).tolist():
        message = "stands behind a position that has a rear door already"
        yield Fault("air_unit", str(units.ids[row]), "position", None, message, "one for each")


def _doors_elsewhere(tables: Mapping[str, Table]) -> Iterator[Fault]:
    """Tell rear doors that name another hall than that of the position behind which they stand."""
    units, positions, first = tables["air_unit"], tables["position"], starts(tables)
    rows = np.flatnonzero((units["position"] >= 0) & (units["hall"] >= 0))
    there = positions["hall"][units["position"][rows] - first["position"]]
    for row in rows[(there >= 0) & (there != units["hall"][rows])].tolist():
        hall = str(tables["hall"].ids[units["hall"][row] - first["hall"]])
        message = "stands behind a position in another hall"
        yield Fault("air_unit", str(units.ids[row]), "hall", hall, message, "the hall of its rack")
