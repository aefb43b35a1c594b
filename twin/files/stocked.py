"""Lengths in stock from lists: what a layout's `data.stock_m` says, one length a row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from twin.catalog import Catalog
from twin.errors import Problem, near, shown
from twin.files.ids import section
from twin.files.origins import Listed
from twin.model.layout import Layout

_SOLD = ("cable", "trunk")


def stocked(
    lists: Sequence[Listed], document: dict[str, Any], catalog: Catalog
) -> tuple[dict[str, list[float]], list[Problem]]:
    """Return the lengths of each product, ascending, and what is wrong with them, row by row.

    A length that stands twice counts once: rows may differ in what is not read, as their shelf.
    """
    lengths: dict[str, set[float]] = {}
    problems: list[Problem] = []
    written = section(document, "data.stock_m")
    for each in lists:
        columns = each.table.columns
        if each.table.kind != "length" or not {"product", "length_m"} <= set(columns):
            continue
        names, metres = columns["product"].tolist(), columns["length_m"].tolist()
        told: set[str] = set()
        for row, name, length in zip(each.table.rows.tolist(), names, metres, strict=True):
            if name and name not in told and (wrong := _wrong(name, written, catalog)):
                told.add(name)
                problems.append(
                    Problem(each.table.file, sheet=each.sheet, row=row,
                            key=each.headers["product"], value=name, message=wrong[0],
                            expected=wrong[1], near=wrong[2])
                )  # fmt: skip
            lengths.setdefault(name, set()).add(length)
    return {name: sorted(sizes) for name, sizes in lengths.items()}, problems


def _wrong(
    name: str, written: Mapping[str, Any], catalog: Catalog
) -> tuple[str, str, str | None] | None:
    """Say what is wrong with a product of a list: what, what would be right, what was meant."""
    sold = [product.id for kind in _SOLD for product in catalog.of(kind)]
    if name in written:
        return f"data.stock_m lists {shown(name)} as well", "its lengths in one place", None
    if name not in catalog.products:
        message = f"there is no product {shown(name)} in the catalog"
        return message, "the id of a cable or trunk", near(name, sold)
    if name not in sold:
        message = f"{shown(name)} is of kind {catalog.products[name].kind}"
        return message, "the id of a cable or trunk", None
    return None


def with_stock(layout: Layout, lengths_m: Mapping[str, Sequence[float]]) -> Layout:
    """Return a layout that says the lengths of lists as if they stood in `data.stock_m`."""
    if not lengths_m:
        return layout
    data = layout.data.model_copy(update={"stock_m": {**layout.data.stock_m, **lengths_m}})
    return layout.model_copy(update={"data": data})
