"""Assumptions: the owner's stand-ins for figures that nobody published."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from datetime import date

import numpy as np

from twin.errors import ChangeError, shown
from twin.model.policy import Assumption, Waiver
from twin.site.change import find, parts
from twin.site.change import number as as_number
from twin.site.contract import BY_KIND, Column
from twin.site.faults import Fault
from twin.site.fits import misfit
from twin.site.site import Site
from twin.site.table import BoolArray, IntArray, Table


def apply(
    tables: Mapping[str, Table],
    assumptions: Sequence[Assumption],
    faults: list[Fault],
    products: Container[str] = (),
) -> tuple[dict[str, Table], dict[tuple[str, str], IntArray]]:
    """Fill what is not known with what the owner assumes; what is known stays as it is.

    Returns
    -------
    tables
        With assumed figures in place.
    assumed
        (kind, column) -> (n,) number of the assumption that each cell rests on, -1 none.
    """
    out = dict(tables)
    assumed: dict[tuple[str, str], IntArray] = {}
    for number, item in enumerate(assumptions):
        try:
            kind, rows, column = find(out, item.path)
        except ChangeError as error:
            figure = _idle(item.path, products)
            if figure is None:
                told = Fault("assume", str(number), "path", item.path, str(error), "a path")
                faults.append(told)
            else:
                _fitting(figure, number, item, faults)
            continue
        value = _fitting(BY_KIND[kind][column], number, item, faults)
        if value is not None:
            empty = rows[np.isnan(out[kind][column][rows])]
            _fill(out, assumed, (kind, column), empty, value, number)
    return out, assumed


def _fitting(spec: Column, number: int, item: Assumption, faults: list[Fault]) -> float | None:
    """Return what an assumption stands in for its column; None, and a fault, if it does not fit."""
    told, expected = "stands in for no number", "a number"
    if spec.dtype == "f8":
        expected = misfit(spec, item.value)
        if not expected:
            return as_number(item.value, spec)
        told = f"{shown(item.value)} does not fit"
    faults.append(Fault("assume", str(number), "value", item.value, told, expected))
    return None


def _fill(
    tables: dict[str, Table],
    assumed: dict[tuple[str, str], IntArray],
    at: tuple[str, str],
    rows: IntArray,
    value: float,
    number: int,
) -> None:
    """Put a value into some cells of a column, and mark the assumption on which they rest."""
    kind, column = at
    values = tables[kind][column].copy()
    values[rows] = value
    tables[kind] = tables[kind].with_columns(**{column: values})
    marks = assumed.get(at, np.full(len(values), -1, dtype=np.int64)).copy()
    marks[rows] = number
    assumed[at] = marks


def _idle(path: str, products: Container[str]) -> Column | None:
    """Return the figure that a path names of a product that the catalog has and no rack is of."""
    pieces = parts(path)
    named = len(pieces) == 3 and pieces[0] == "catalog"  # noqa: PLR2004 - catalog.<id>.<figure>
    return BY_KIND["product"].get(pieces[2]) if named and pieces[1] in products else None


def names(items: Sequence[Assumption | Waiver]) -> list[str]:
    """Id of each as a subject: an assumption's path, a waiver's rule and subject.

    Examples
    --------
    >>> one = Assumption(path="halls.H1.slab_kpa", value=50, reason="letter", by="me")
    >>> names([one, one])
    ['halls.H1.slab_kpa', 'halls.H1.slab_kpa (2)']
    """
    seen: dict[str, int] = {}
    out = []
    for item in items:
        name = item.path if isinstance(item, Assumption) else f"{item.rule} {item.subject}"
        seen[name] = seen.get(name, 0) + 1
        out.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return out


def spoken(assumptions: Sequence[Assumption], waivers: Sequence[Waiver]) -> dict[str, Table]:
    """Tables of assumptions and waivers, so that rules can speak of them."""
    kinds: dict[str, Sequence[Assumption | Waiver]] = {
        "assumption": assumptions,
        "waiver": waivers,
    }
    out = {}
    for kind, items in kinds.items():
        ids = np.array(names(items), dtype=np.str_)
        days = [np.datetime64(i.until or "NaT", "D") for i in items]
        table = Table(kind, ids, {"until": np.array(days, dtype="datetime64[D]")})
        out[kind] = table.take(np.argsort(ids, kind="stable"))
    return out


def expire(site: Site, day: date) -> Site:
    """Take out the figures of assumptions whose last day is before `day`.

    A later assumption of the same figure that still counts steps in; else it is not known again.
    """
    ended = [i for i, a in enumerate(site.assumptions) if a.until is not None and a.until < day]
    if not ended:
        return site
    tables, assumed = dict(site.tables), dict(site.assumed)
    emptied: dict[tuple[str, str], BoolArray] = {}
    for (kind, column), marks in site.assumed.items():
        gone = np.isin(marks, ended)
        emptied[kind, column] = gone
        values = np.where(gone, np.nan, tables[kind][column])
        tables[kind] = tables[kind].with_columns(**{column: values})
        assumed[kind, column] = np.where(gone, -1, marks)
    for number, item in enumerate(site.assumptions):
        if number not in ended:
            _step_in(tables, assumed, emptied, number, item)
    return site.replace(tables=tables, assumed=assumed)


def _step_in(
    tables: dict[str, Table],
    assumed: dict[tuple[str, str], IntArray],
    emptied: Mapping[tuple[str, str], BoolArray],
    number: int,
    item: Assumption,
) -> None:
    """Fill what an ended assumption left empty; what a change made unknown stays so."""
    try:
        kind, rows, column = find(tables, item.path)
    except ChangeError:  # what it named is gone, or no rack is of that product
        return
    if (kind, column) in emptied:
        rows = rows[emptied[kind, column][rows] & np.isnan(tables[kind][column][rows])]
        value = as_number(item.value, BY_KIND[kind][column])
        _fill(tables, assumed, (kind, column), rows, value, number)
