"""Racks of servers with supplies of their own, as they cannot be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from twin.catalog.supplies import supplies_amiss
from twin.errors import shown
from twin.model.policy import Assumption
from twin.site.faults import Fault
from twin.site.table import IntArray, Table
from twin.site.wiring import starts

_FIGURES = {
    "psus_per_system": "each", "psus_needed": "needed", "psus_least": "least",
    "shelves": "shelves", "shelf_efficiency": "efficiency",
}  # fmt: skip


def faults_of_supplies(
    tables: Mapping[str, Table],
    assumed: Mapping[tuple[str, str], IntArray],
    assumptions: Sequence[Assumption],
) -> list[Fault]:
    """Return what is wrong with supplies of servers once all assumptions stand.

    What a product's own file says wrong was told when that was read: what is wrong here rests on
    an assumption, or is said of a rack.
    """
    return [*_of_products(tables, assumed, assumptions), *_of_racks(tables, assumed, assumptions)]


def _of_products(
    tables: Mapping[str, Table],
    assumed: Mapping[tuple[str, str], IntArray],
    assumptions: Sequence[Assumption],
) -> list[Fault]:
    table, out = tables["product"], []
    for row in np.flatnonzero(~np.isnan(table["psus_per_system"])).tolist():
        said = {word: float(table[name][row]) for name, word in _FIGURES.items()}
        wrong = supplies_amiss(**said)
        if wrong is not None:
            at = _marked(assumed, [("product", name, row) for name in _FIGURES])
            out.append(_fault("product", str(table.ids[row]), wrong, said, assumptions, at))
    return out


def _of_racks(
    tables: Mapping[str, Table],
    assumed: Mapping[tuple[str, str], IntArray],
    assumptions: Sequence[Assumption],
) -> list[Fault]:
    """Racks that say what their power shelves lose, and have none."""
    racks, products, out = tables["rack"], tables["product"], []
    product = np.maximum(racks["type"] - starts(tables)["product"], -1)
    bare = np.append(~np.isnan(products["psus_per_system"]) & np.isnan(products["shelves"]), False)
    own = np.asarray(racks["shelf_efficiency"], dtype=float)
    for row in np.flatnonzero(~np.isnan(own) & bare[product]).tolist():
        figures = {w: float(products[n][product[row]]) for n, w in _FIGURES.items()}
        said = {**figures, "efficiency": float(own[row])}
        wrong = supplies_amiss(**said)
        if wrong is not None and wrong[0] == "shelf_efficiency":
            at = _marked(assumed, [("rack", "shelf_efficiency", row)])
            out.append(_fault("rack", str(racks.ids[row]), wrong, said, assumptions, at))
    return out


def _marked(
    assumed: Mapping[tuple[str, str], IntArray], cells: Sequence[tuple[str, str, int]]
) -> int:
    """Return the number of the last assumption on which one of some cells rests, -1 none."""
    marks = [assumed[k, c][row] for k, c, row in cells if (k, c) in assumed]
    return int(max(marks, default=-1))


def _fault(
    kind: str,
    name: str,
    wrong: tuple[str, str, str],
    said: Mapping[str, float],
    assumptions: Sequence[Assumption],
    at: int,
) -> Fault:
    column, message, expected = wrong
    if at >= 0:
        value = assumptions[at].value
        message = f"{shown(value)} cannot be: {message}"
        return Fault("assume", str(at), "value", value, message, expected)
    return Fault(kind, name, column, said[_FIGURES[column]], message, expected)
