"""Figures of which one is beyond the other, as more pumps needed than there are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from twin.errors import shown
from twin.model.pairs import PAIRS, beyond
from twin.model.policy import Assumption
from twin.site.faults import Fault
from twin.site.table import FloatArray, IntArray, Table
from twin.site.wiring import starts

_KINDS = ("plant", "cdu", "air_unit", "pipe", "manifold", "hookup")


def faults_of_pairs(
    tables: Mapping[str, Table],
    assumed: Mapping[tuple[str, str], IntArray],
    assumptions: Sequence[Assumption],
) -> Iterator[Fault]:
    """Tell figures that are beyond the other of their pair, once all assumptions stand.

    It is told where the figure is written: of the unit, of the rule of its rack, or of the
    assumption. Where the product says both, reading its own file has told it already.
    """
    for kind in _KINDS:
        own = tables[kind]
        for needed, there, word in PAIRS:
            if needed not in own.columns or there not in own.columns:
                continue
            few, many = (_said(tables, kind, name) for name in (needed, there))
            for row in np.flatnonzero(few >= many).tolist():
                wrong = beyond(float(few[row]), float(many[row]), word)
                if wrong is not None:
                    yield _fault(tables, (kind, row), (needed, there), wrong, assumed, assumptions)


def _said(tables: Mapping[str, Table], kind: str, column: str) -> FloatArray:
    """(n,) figure of each item, the product's where the item says none."""
    own = np.asarray(tables[kind][column], dtype=float)
    if column not in tables["product"].columns:
        return own
    product = np.asarray(tables[kind]["type"]) - starts(tables)["product"]
    theirs = np.append(np.asarray(tables["product"][column], dtype=float), np.nan)
    return np.where(np.isnan(own), theirs[np.maximum(product, -1)], own)


def _fault(
    tables: Mapping[str, Table],
    at: tuple[str, int],
    keys: tuple[str, str],
    wrong: tuple[str, str],
    assumed: Mapping[tuple[str, str], IntArray],
    assumptions: Sequence[Assumption],
) -> Fault:
    kind, row = at
    table = tables[kind]
    name, (message, expected) = str(table.ids[row]), wrong
    cells = [*((kind, row, c) for c in keys), *_of_product(tables, kind, row, keys)]
    marks = [int(assumed[k, c][r]) for k, r, c in cells if (k, c) in assumed]
    number = max(marks, default=-1)
    if number >= 0:
        value = assumptions[number].value
        told = f'{shown(value)} cannot be: of {kind.replace("_", " ")} "{name}" {message}'
        return Fault("assume", str(number), "value", value, told, expected)
    key = next((c for c in keys if not np.isnan(table[c][row])), keys[0])
    value = table[key][row]
    if kind == "cdu" and table["rack"][row] >= 0:
        rack = int(table["rack"][row]) - starts(tables)["rack"]
        kind, name = "rack_cdu", str(tables["rack"]["cdus"][rack])
    return Fault(kind, name, key, value, message, expected)


def _of_product(
    tables: Mapping[str, Table], kind: str, row: int, keys: tuple[str, str]
) -> Iterator[tuple[str, int, str]]:
    """Cells of the product that speak where the item does not."""
    product = int(tables[kind]["type"][row]) - starts(tables)["product"]
    for key in keys:
        if product >= 0 and np.isnan(tables[kind][key][row]):
            yield "product", product, key
