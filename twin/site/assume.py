"""Assumptions: the owner's stand-ins for figures that nobody published."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from datetime import date

import numpy as np

from twin.errors import ChangeError
from twin.model.policy import Assumption, Waiver
from twin.site.change import find, parts
from twin.site.contract import BY_KIND
from twin.site.faults import Fault
from twin.site.site import Site
from twin.site.table import IntArray, Table


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
            if _idle(item.path, products):
                continue
            faults.append(Fault("assume", str(number), "path", item.path, str(error), "a path"))
            continue
        if out[kind][column].dtype.kind != "f" or isinstance(item.value, str):
            message = "stands in for no number"
            faults.append(Fault("assume", str(number), "value", item.value, message, "a number"))
            continue
        values = out[kind][column].copy()
        empty = rows[np.isnan(values[rows])]
        values[empty] = float(item.value)
        out[kind] = out[kind].with_columns(**{column: values})
        mark = assumed.setdefault((kind, column), np.full(len(values), -1, dtype=np.int64))
        mark[empty] = number
    return out, assumed


def _idle(path: str, products: Container[str]) -> bool:
    """Whether a path names a figure of a product that the catalog has and no rack is of."""
    pieces = parts(path)
    named = len(pieces) == 3 and pieces[0] == "catalog"  # noqa: PLR2004 - catalog.<id>.<figure>
    return named and pieces[1] in products and pieces[2] in BY_KIND["product"]


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
    """Take out the figures of assumptions whose last day is before `day`: not known again."""
    ended = [i for i, a in enumerate(site.assumptions) if a.until is not None and a.until < day]
    if not ended:
        return site
    tables, assumed = dict(site.tables), dict(site.assumed)
    for (kind, column), marks in site.assumed.items():
        gone = np.isin(marks, ended)
        values = np.where(gone, np.nan, tables[kind][column])
        tables[kind] = tables[kind].with_columns(**{column: values})
        assumed[kind, column] = np.where(gone, -1, marks)
    return site.replace(tables=tables, assumed=assumed)
